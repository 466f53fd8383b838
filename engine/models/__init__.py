"""The one door to language models: a prompt in, words out, every failure translated."""

from engine.models.cache import Cache
from engine.models.model import Completion, Model, ModelOverloaded, ModelRefused, ModelUnavailable, Prompt
from engine.models.openai import OpenAIModel

__all__ = [
    "Cache",
    "Completion",
    "Model",
    "ModelOverloaded",
    "ModelRefused",
    "ModelUnavailable",
    "OpenAIModel",
    "Prompt",
]

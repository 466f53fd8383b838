"""The one door to language models: a prompt in, words out, every failure translated."""

from engine.models.cache import Cache
from engine.models.model import (
    Completion,
    Endpoint,
    KeyRefused,
    Model,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    ProviderError,
    Usage,
)
from engine.models.openai import OpenAIModel
from engine.models.transport import HttpClient, http_client

__all__ = [
    "Cache",
    "Completion",
    "Endpoint",
    "HttpClient",
    "KeyRefused",
    "Model",
    "ModelOverloaded",
    "ModelRefused",
    "ModelUnavailable",
    "OpenAIModel",
    "Prompt",
    "ProviderError",
    "Usage",
    "http_client",
]

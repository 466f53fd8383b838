"""A stand-in that speaks OpenAI's protocol and answers by rules, as a sensible model would, or badly on request."""

from emulators.models.answers import Character
from emulators.models.server import MODELS, Behaviour, ModelEmulator

__all__ = ["MODELS", "Behaviour", "Character", "ModelEmulator"]

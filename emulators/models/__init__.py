"""Stand-ins that speak the protocols of OpenAI, Anthropic and Ollama and answer by rules, as a sensible model would, or badly on request."""

from emulators.models.answers import Character
from emulators.models.anthropic import AnthropicEmulator
from emulators.models.behaviour import Behaviour
from emulators.models.ollama import OllamaEmulator
from emulators.models.server import MODELS, ModelEmulator

__all__ = ["MODELS", "AnthropicEmulator", "Behaviour", "Character", "ModelEmulator", "OllamaEmulator"]

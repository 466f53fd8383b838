"""The providers there are, and the way from an endpoint to a model. An SDK is imported when the first endpoint needs it."""

import asyncio
import sys
from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from types import MappingProxyType

from engine.models.embedding import Embedder
from engine.models.model import Endpoint, Model, ModelRefused
from engine.models.transport import HttpClient


class Provider(StrEnum):
    """Who models are asked of, in the order in which one stands in for another."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    OLLAMA = "ollama"
    COMPATIBLE = "compatible"


ADAPTERS: Mapping[str, str] = MappingProxyType(
    {
        "openai": "engine.models.openai.OpenAIModel",
        "anthropic": "engine.models.anthropic.AnthropicModel",
        "ollama": "engine.models.ollama.OllamaModel",
        "compatible": "engine.models.openai.OpenAIModel",
    }
)


async def imported(provider: str) -> None:
    """Have the provider's SDK imported, on a thread, for that takes up to seconds. Raises ValueError for an unknown provider."""
    module = _adapter(provider)[0]
    if module not in sys.modules:
        await asyncio.to_thread(import_module, module)


def connect(endpoint: Endpoint, http: HttpClient) -> Model:
    """Return the model behind an endpoint; nothing is sent yet. Raises ValueError for an unknown provider."""
    module, name = _adapter(endpoint.provider)
    model: Model = getattr(import_module(module), name)(endpoint, http)
    return model


def embedder(spec: str, endpoint: Endpoint | None, http: HttpClient, dimension: int) -> Embedder:
    """Return what turns texts into vectors: ``hashing``, ``minilm``, or the model behind an endpoint, of this dimension.

    Raises ModelRefused where the package that ``minilm`` needs is not installed.
    """
    if spec == "hashing":
        from engine.models.embedding_hashing import HashingEmbedder

        return HashingEmbedder()
    if spec == "minilm":
        from engine.models.embedding_minilm import MiniLMEmbedder

        return MiniLMEmbedder()
    if endpoint is None:
        raise ModelRefused(f"There is no account for {spec}; set the key of its provider.")
    from engine.models.embedding_openai import OpenAIEmbedder

    return OpenAIEmbedder(endpoint, http, dimension)


def _adapter(provider: str) -> tuple[str, str]:
    if provider not in ADAPTERS:
        raise ValueError(f"{provider!r} is none of the providers {', '.join(Provider)}")
    module, _, name = ADAPTERS[provider].rpartition(".")
    return module, name

"""Language models: a prompt in, words out, every failure translated, and the chain that gets over failures."""

from engine.models.cache import Cache
from engine.models.chain import Answered, Candidate, Chain, NoModel, Step
from engine.models.embedding import Embedded, Embedder
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
from engine.models.nearby import Nearby
from engine.models.prices import Prices
from engine.models.providers import Provider, connect, embedder, imported
from engine.models.structured import Unreadable, read, schema_of
from engine.models.transport import HttpClient, http_client, without_stray_settings

__all__ = [
    "Answered",
    "Cache",
    "Candidate",
    "Chain",
    "Completion",
    "Embedded",
    "Embedder",
    "Endpoint",
    "HttpClient",
    "KeyRefused",
    "Model",
    "ModelOverloaded",
    "ModelRefused",
    "ModelUnavailable",
    "Nearby",
    "NoModel",
    "Prices",
    "Prompt",
    "Provider",
    "ProviderError",
    "Step",
    "Unreadable",
    "Usage",
    "connect",
    "embedder",
    "http_client",
    "imported",
    "read",
    "schema_of",
    "without_stray_settings",
]

"""What a model is to the engine, and how it may fail.

ModelError
├── ModelUnavailable   no connection, a timeout, 5xx, an unreadable answer: another may answer
├── ModelOverloaded    429: wait or ask another
└── ModelRefused       401, 403, 404, 400, quota: an administrator has to act
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import ModelError


class ModelUnavailable(ModelError):
    """The provider did not give a usable answer."""

    permanent = False


class ModelOverloaded(ModelError):
    """The provider asks for patience; ``retry_after`` is in seconds when it said so."""

    permanent = False

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class ModelRefused(ModelError):
    """The provider does not accept the request or the key."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model: ``system`` are our instructions, ``user`` holds the person's text as marked data.

    ``version`` names the template it was made from; ``schema`` asks for JSON of that shape.
    """

    task: str
    version: str
    system: str
    user: str
    temperature: float
    max_tokens: int = 2000
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered, by which model (``provider:name``), at what use of tokens."""

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    finish: str


class Model(Protocol):
    """Anything that completes prompts."""

    name: str

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt; raises ModelError."""

    async def ping(self) -> None:
        """Reach the provider for real without spending tokens; raises ModelError."""

    async def close(self) -> None:
        """Let go of connections."""

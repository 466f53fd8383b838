"""What a model is to the engine, and how it may fail.

    ModelError
    └── ProviderError          a provider was asked and gave no usable answer
        ├── ModelUnavailable   no connection, a timeout, 5xx, overloaded, an unreadable or cut answer: another may answer
        ├── ModelOverloaded    429: wait, or ask another model
        └── ModelRefused       400, 404: the request or the model's name is wrong
            └── KeyRefused     401, 402, 403, no quota: the credential is of no use until somebody acts

Each says by attributes what a caller may do: ``permanent`` (asking the same again cannot help), ``trips`` (it speaks against the
provider's health), ``retry_after`` and ``spent`` (tokens that were used all the same).
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import ModelError


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted; None where it did not say. ``cached`` is the part of ``tokens_in`` read from its cache."""

    tokens_in: int | None = None
    tokens_out: int | None = None
    cached: int = 0


class ProviderError(ModelError):
    """A provider was asked and gave no usable answer."""

    trips = False

    def __init__(
        self, sentence: str, *, retry_after: float | None = None, spent: Usage | None = None
    ) -> None:
        super().__init__(sentence)
        self.retry_after, self.spent = retry_after, spent


class ModelUnavailable(ProviderError):
    """The provider did not give a usable answer."""

    permanent = False
    trips = True


class ModelOverloaded(ProviderError):
    """The provider asks for patience; ``retry_after`` is in seconds when it said so."""

    permanent = False


class ModelRefused(ProviderError):
    """The provider does not accept the request or does not have the model."""


class KeyRefused(ModelRefused):
    """The provider does not accept the key, or its quota is used up."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model: ``system`` are our instructions, ``user`` holds the person's text as marked data.

    ``version`` names the template it was made from; ``schema`` asks for JSON of that shape (an object whose properties are all
    required, as the strict modes of the providers want it). ``turns`` are pairs of an answer and what was said to it.
    """

    task: str
    version: str
    system: str
    user: str
    temperature: float
    max_tokens: int = 2000
    schema: Mapping[str, Any] | None = None
    turns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered, by which model (``provider:name``), at what use of tokens.

    ``finish`` is ``stop`` for a whole answer; one that was cut off is an error and no completion.
    """

    text: str
    model: str
    usage: Usage
    finish: str = "stop"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is reached and how: ``timeout`` bounds one try in seconds, ``options`` go into the request as they are.

    ``provider`` is openai, anthropic, ollama or compatible (any other server that speaks OpenAI's chat completions).
    """

    provider: str
    model: str
    base_url: str
    key: str = field(default="", repr=False)
    timeout: float = 30.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``provider:model``, as records and people name it."""
        return f"{self.provider}:{self.model}"


class Model(Protocol):
    """Anything that completes prompts. Each call is one try: no retries, no fallback, bounded by the endpoint's timeout."""

    name: str

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt; raises ProviderError."""

    def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Answer a prompt piece by piece; the last item is the whole as a Completion. Raises ProviderError, also midway.

        The timeout bounds the time to the first piece and then between pieces; the text as a whole is bounded by
        ``max_tokens`` whatever the server sends.
        """

    async def ping(self) -> None:
        """Reach the provider for real without spending tokens, and see that it has the model; raises ProviderError."""

    async def close(self) -> None:
        """Let go of what is its own; a shared HTTP client stays open."""

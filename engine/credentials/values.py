"""What a credential is, and which are refused: errors name the field and say what to do, and never repeat a secret."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict

from engine.checks.credentials import CREDENTIALS
from engine.errors import InvalidInput
from engine.models import Endpoint, Provider

ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "ollama": "http://127.0.0.1:11434",
}
"""Where a provider is reached when no base URL is given; a compatible server has to be named."""
HINT = 4
"""Characters of a key's end that are kept to tell keys apart."""
_HIDDEN_FROM = 16
"""Characters a key has at least before its end is shown."""
FIRST, LAST, USUAL = 0, 1000, 100
"""Priorities: a lower one is tried earlier."""

_NAME = re.compile(r"[^\W_](?:[\w .+-]{0,62}[\w.+-])?")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?")
_KEPT_HEADERS = frozenset(
    (
        *("connection", "content-length", "content-type", "cookie", "expect", "host", "keep-alive", "te"),
        *("trailer", "transfer-encoding", "upgrade"),
    )
)
"""Headers that the connection itself needs."""
_KEPT_OPTIONS = frozenset(
    (
        *(
            "input",
            "max_completion_tokens",
            "max_tokens",
            "messages",
            "model",
            "n",
            "prompt",
            "response_format",
        ),
        *("stream", "stream_options", "system", "temperature", "tool_choice", "tools"),
    )
)
"""What Updraft says itself in a request."""
_SHAPES = tuple((one.name, one.title, re.compile(one.pattern)) for one in CREDENTIALS)
_SERVICES = frozenset(("slack", "slack-webhook", "atlassian"))
"""Tokens that are at hand where Updraft is set up, and that no model takes."""


class State(StrEnum):
    """What was last found of a credential."""

    UNTESTED = "untested"
    OK = "ok"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class Level(StrEnum):
    """How far a test goes: the server answers; it has the model and takes the key; it completes a prompt."""

    REACH = "reach"
    MODEL = "model"
    PROMPT = "prompt"


class FieldRefused(InvalidInput):
    """A field of a credential is wrong; ``field`` is its name."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field


class Fields(TypedDict, total=False):
    """What people set; what is left out stays, None clears. ``key`` and ``headers`` are kept sealed."""

    name: str
    key: str | None
    base_url: str | None
    headers: Mapping[str, str] | None
    model: str | None
    temperature: float | None
    max_tokens: int | None
    system_prompt: str | None
    options: Mapping[str, Any] | None
    is_default: bool
    priority: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What one level of a test found, in words fit for a person; ``passed`` is None where a lower level failed before."""

    level: Level
    passed: bool | None
    words: str
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """A way to reach a provider's models, without the key itself: that stays sealed.

    ``revision`` counts the changes that people made; ``priority`` is 0 to 1000, a lower one is tried earlier.
    """

    id: str
    workspace: str
    provider: Provider
    name: str
    key_hint: str
    base_url: str
    model: str | None
    temperature: float | None
    max_tokens: int | None
    system_prompt: str | None
    options: Mapping[str, Any]
    is_default: bool
    priority: int
    state: State
    state_reason: str | None
    tested_at: datetime | None
    tests: tuple[Trial, ...]
    last_used_at: datetime | None
    created_by: str
    created_at: datetime
    changed_at: datetime
    revision: int
    sealed_key: str | None = field(repr=False)
    sealed_headers: str | None = field(repr=False)

    def endpoint(
        self, key: str, headers: Mapping[str, str], *, model: str | None = None, timeout: float = 30.0
    ) -> Endpoint:
        """Return where to ask which model, with the opened key and headers; raises FieldRefused when no model is named."""
        if not (name := model or self.model):
            raise FieldRefused("model", f"the credential {self.name} prefers none; name one.")
        return Endpoint(
            self.provider.value, name, self.base_url, key, timeout, dict(headers), dict(self.options)
        )


def ordered(credentials: Sequence[Credential]) -> list[Credential]:
    """Return credentials in the order to try: refused ones last, then the default first, then by priority and age."""
    return sorted(
        credentials,
        key=lambda one: (
            one.state is State.REFUSED,
            not one.is_default,
            one.priority,
            one.created_at,
            one.id,
        ),
    )


def provider_of(text: str) -> Provider:
    """Return the provider of this name; raises FieldRefused."""
    try:
        return Provider(text)
    except ValueError:
        raise FieldRefused("provider", f"must be one of {', '.join(Provider)}.") from None


def hint(key: str | None) -> str:
    """Return the end of a key, by which people tell it from others; nothing of a short one."""
    return key[-HINT:] if key and len(key) >= _HIDDEN_FROM else ""


def check_fields(provider: Provider, fields: Fields) -> None:
    """Look at every field that is given; the address is read elsewhere. Raises FieldRefused."""
    if "name" in fields and not _NAME.fullmatch(fields["name"]):
        raise FieldRefused(
            "name", "must be up to 64 letters, digits, blanks and . + - _, such as production."
        )
    if "key" in fields:
        _check_key(provider, fields["key"])
    if headers := fields.get("headers"):
        _check_headers(headers)
    if options := fields.get("options"):
        _check_options(options)
    _check_numbers(fields)
    _check_texts(fields)


def _check_key(provider: Provider, key: str | None) -> None:
    if not key:
        if key == "" or provider in (Provider.OPENAI, Provider.ANTHROPIC):
            raise FieldRefused("key", "is empty; copy it from the provider's page of API keys.")
        return
    if not key.isascii() or not key.isprintable() or key.split() != [key]:
        raise FieldRefused("key", "contains blanks, line breaks or letters that no key has; copy it anew.")
    if len(key) > 4096:
        raise FieldRefused("key", "is longer than any key; copy it anew.")
    if problem := _foreign(provider, key):
        raise FieldRefused("key", problem)


def _foreign(provider: Provider, key: str) -> str | None:
    """Say whose key this is when it is obviously not the provider's."""
    name, title = next(((name, title) for name, title, shape in _SHAPES if shape.fullmatch(key)), ("", ""))
    if name in _SERVICES:
        return f"this looks like {title}, which no model takes."
    if provider is Provider.OPENAI and key.startswith("sk-or-"):
        return (
            f"this looks like OpenRouter's key; add it as {Provider.COMPATIBLE} with OpenRouter's base URL."
        )
    if provider is Provider.COMPATIBLE or name in ("", "jwt", provider):
        # Gateways and other servers take all kinds, OpenAI's, Google's, GitHub's and Hugging Face's too.
        return None
    if name in (Provider.OPENAI, Provider.ANTHROPIC):
        return f"this looks like {title}; add it with the provider {name}."
    return f"this looks like {title}; add it with the provider {Provider.COMPATIBLE} and its base URL."


def _check_headers(headers: Mapping[str, str]) -> None:
    if len(headers) > 20 or len({name.lower() for name in headers}) < len(headers):
        raise FieldRefused("headers", "at most 20 are possible, each once.")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise FieldRefused("headers", "a name must be letters, digits and -, such as X-Gateway-Token.")
        if name.lower() in _KEPT_HEADERS:
            raise FieldRefused("headers", f"{name} is set by the connection itself; leave it out.")
        if not _HEADER_VALUE.fullmatch(value):
            raise FieldRefused(
                "headers", f"the value of {name} must be one line of ASCII without blanks around."
            )


def _check_options(options: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(dict(options), allow_nan=False)
    except (TypeError, ValueError):
        raise FieldRefused("options", 'must be a JSON object, such as {"top_p": 0.9}.') from None
    if len(text) > 4000:
        raise FieldRefused("options", "are longer than 4,000 characters.")
    if kept := sorted(_KEPT_OPTIONS & options.keys()):
        raise FieldRefused("options", f"{kept[0]} is set for each request; leave it out.")
    _refuse_secret("options", text)


def _check_numbers(fields: Fields) -> None:
    temperature, most = fields.get("temperature"), fields.get("max_tokens")
    if temperature is not None and not 0 <= temperature <= 2:
        raise FieldRefused("temperature", "must be from 0 to 2.")
    if most is not None and not 1 <= most <= 1_000_000:
        raise FieldRefused("max_tokens", "must be from 1 to 1,000,000.")
    if not FIRST <= fields.get("priority", USUAL) <= LAST:
        raise FieldRefused("priority", f"must be from {FIRST} to {LAST}; a lower one is tried earlier.")


def _check_texts(fields: Fields) -> None:
    model, prompt = fields.get("model"), fields.get("system_prompt")
    if model is not None and (not model.isprintable() or model.split() != [model] or len(model) > 100):
        raise FieldRefused("model", "must be a model's name without blanks, such as gpt-4.1.")
    if prompt is not None and not 0 < len(prompt.strip()) <= len(prompt) <= 8000:
        raise FieldRefused("system_prompt", "must have from 1 to 8,000 characters.")
    for name, text in (("name", fields.get("name")), ("model", model), ("system_prompt", prompt)):
        _refuse_secret(name, text or "")


def _refuse_secret(field: str, text: str) -> None:
    """Refuse a key where it would be kept, and shown, in clear."""
    for name, title, shape in _SHAPES:
        if name != "assigned-secret" and shape.search(text):
            raise FieldRefused(field, f"holds what looks like {title}; only key and headers are kept sealed.")

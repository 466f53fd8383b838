"""Anthropic's messages.

One call is one try; the chain (`engine.models.chain`) repeats and falls back. Importing this module imports Anthropic's library, so
whoever opens a model of another provider only does not.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic

from engine.models.model import (
    Completion,
    Endpoint,
    KeyRefused,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    Usage,
)
from engine.models.profiles import profile
from engine.models.transport import (
    Gathered,
    HttpClient,
    completion,
    each_in_time,
    in_time,
    unreached,
    wait_asked,
)

WITH_TEMPERATURE = "2023-06-01"
"""The last version of the API that takes a temperature; the library sends a newer one
(https://platform.claude.com/docs/en/api/versioning)."""
FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Kinds of errors and the status each goes with (https://platform.claude.com/docs/en/api/errors); in a stream only the kind is told."""
NO_CREDIT = (
    "contract_spend_limit_reached",
    "enforced_spend_limit_reached",
    "organization_on_hold",
)
"""Codes of a 400 or 429 that waiting does not mend."""
_NO_CREDIT = re.compile(r"credit balance|billing|spend limit|usage limits", re.IGNORECASE)
# Structured outputs do not know them; what a model answers is checked by us all the same.
_BOUNDS = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)


class AnthropicModel:
    """One model of Anthropic's, or of a server that speaks its messages."""

    def __init__(self, endpoint: Endpoint, http: HttpClient) -> None:
        self.endpoint, self.name = endpoint, endpoint.name
        self._profile = profile(endpoint)
        version = {"anthropic-version": WITH_TEMPERATURE} if self._profile.temperature else {}
        self._client = AsyncAnthropic(
            api_key=endpoint.key or "none",
            base_url=endpoint.base_url,
            webhook_key="",
            max_retries=0,
            open_telemetry=False,
            http_client=http,
        )
        # The constructor mixes in headers of the environment (ANTHROPIC_CUSTOM_HEADERS) whatever it is given.
        self._client._custom_headers = version | dict(endpoint.headers)

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt; raises ProviderError."""
        async with in_time(self.name, self.endpoint.timeout), self._translated():
            answer = await self._client.messages.create(**self._request(prompt))
        # A proxy's page with status 200 comes back as a str, and a hostile server may leave anything out.
        blocks = getattr(answer, "content", None)
        if not isinstance(blocks, list):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")
        usage, reason = _usage(getattr(answer, "usage", None)), getattr(answer, "stop_reason", None)
        self._declined(reason, getattr(answer, "stop_details", None), usage)
        return completion(self.name, "".join(map(_words, blocks)), usage, _finish(reason))

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Answer a prompt piece by piece, then as a whole; raises ProviderError, also midway."""
        gathered, reason = Gathered(self.name, prompt.max_tokens), None
        async with self._translated():
            async with in_time(self.name, self.endpoint.timeout):
                events = await self._client.messages.create(**self._request(prompt), stream=True)
            async with events:
                async for event in each_in_time(self.name, aiter(events), self.endpoint.timeout):
                    delta, told = getattr(event, "delta", None), getattr(event, "message", event)
                    if getattr(told, "usage", None):
                        gathered.usage = _usage(told.usage)
                    reason = getattr(delta, "stop_reason", None) or reason
                    self._declined(reason, getattr(delta, "stop_details", None), gathered.usage)
                    if piece := gathered.add(_words(delta)):
                        yield piece
        yield gathered.whole(_finish(reason) if reason else None)

    async def ping(self) -> None:
        """Ask the server for the model's card; raises ProviderError."""
        async with in_time(self.name, self.endpoint.timeout), self._translated():
            card = await self._client.models.retrieve(self.endpoint.model)
        # A proxy's page with status 200 comes back as something else than a card; an alias gets the card of what it stands for.
        if not isinstance(getattr(card, "id", None), str):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")
        if getattr(card, "lifecycle", None) == "retired":
            raise ModelRefused(f"{self.name} has been retired by its provider; choose another model.")

    async def close(self) -> None:
        """The connections belong to the shared client."""

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        messages = [{"role": "user", "content": prompt.user}]
        for answer, reply in prompt.turns:
            messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": reply}]
        asked: dict[str, Any] = {
            "model": self.endpoint.model,
            "max_tokens": prompt.max_tokens,
            "system": prompt.system,
            "messages": messages,
        }
        options = dict(self.endpoint.options)
        shape: dict[str, Any] = {"effort": self._profile.effort} if self._profile.effort else {}
        shape |= options.pop("output_config", {})
        if prompt.schema is not None and self._profile.schema:
            shape["format"] = {"type": "json_schema", "schema": _unbounded(prompt.schema)}
        if shape:
            asked["output_config"] = shape
        if self._profile.thinking:
            asked["thinking"] = {"type": self._profile.thinking}
        # The library has no such argument any more; the models that know it take it up to 1.
        warmth = {"temperature": min(prompt.temperature, 1.0)} if self._profile.temperature else {}
        return asked | {"extra_body": warmth | options}

    def _declined(self, reason: object, details: object, usage: Usage) -> None:
        """Raise ModelRefused where the answer ended because the model declined."""
        if reason == "refusal":
            why = getattr(details, "explanation", None) or "no reason given."
            raise ModelRefused(f"{self.name} declined: {str(why)[:200]}", spent=usage)

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Translate what the SDK raises; its exceptions hold requests with the key, so sentences are ours."""
        try:
            yield
        except anthropic.APIConnectionError as error:
            raise unreached(self.name, error) from error
        except anthropic.APIStatusError as error:
            raise self._refusal(error) from error
        except (anthropic.AnthropicError, httpx2.HTTPError, ValueError) as error:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.") from error

    def _refusal(self, error: anthropic.APIStatusError) -> Exception:
        kind = error.type if error.type in STATUS else "no known reason"
        # An error within a stream comes after a status of 200.
        status = error.status_code if error.status_code >= 400 else STATUS.get(kind, 500)
        wait = wait_asked(error.response.headers.get("retry-after"))
        # Most of these have no code, so the words must do.
        broke = error.error_code in NO_CREDIT or _NO_CREDIT.search(str(error.api_message))
        if status in (401, 402, 403) or (status in (400, 429) and broke):
            return KeyRefused(f"{self.name} does not accept the key ({status}, {kind}).")
        if status == 429:
            return ModelOverloaded(f"{self.name} asks for patience.", retry_after=wait)
        if status >= 500 or status == 408:
            return ModelUnavailable(f"{self.name} failed ({status}).", retry_after=wait)
        return ModelRefused(f"{self.name} refused ({status}, {kind}).")


def _finish(reason: object) -> str:
    return FINISHES.get(str(reason), str(reason))


def _words(block: object) -> str:
    """Return the text of a block, or of a piece of one; thinking has none."""
    text = getattr(block, "text", None)
    return text if isinstance(text, str) else ""


def _usage(counted: object) -> Usage:
    """Read what a server counted. What its cache had and what it put there is not in its ``input_tokens``, but in ours."""
    told, made = getattr(counted, "input_tokens", None), getattr(counted, "output_tokens", None)
    if not isinstance(told, int) or not isinstance(made, int):
        return Usage()
    read = getattr(counted, "cache_read_input_tokens", None) or 0
    kept = getattr(counted, "cache_creation_input_tokens", None) or 0
    return Usage(told + read + kept, made, read)


def _unbounded(schema: Any) -> Any:
    """Return a schema without the bounds that structured outputs refuse."""
    if isinstance(schema, list):
        return [_unbounded(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    named = ("properties", "$defs")
    return {
        key: {name: _unbounded(one) for name, one in below.items()} if key in named else _unbounded(below)
        for key, below in schema.items()
        if key not in _BOUNDS
    }

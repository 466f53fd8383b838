"""OpenAI's chat completions, and every server that speaks them.

Chat completions and not the responses API, whose answers the provider stores by default. One call is one try; the chain
(`engine.models.chain`) repeats and falls back. Requests are posted as they are: walking them through the SDK's types would take as
long as all the rest of a call (docs/performance.md).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel, Field

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

NO_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
"""Codes of a 429 that waiting does not mend (https://platform.openai.com/docs/guides/error-codes)."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    """What is read of an answer; the SDK's own types take a fifth of a call to fill."""

    choices: list[_Choice] = Field(min_length=1)
    usage: Any = None


class OpenAIModel:
    """One model of one server that speaks OpenAI's chat completions."""

    def __init__(self, endpoint: Endpoint, http: HttpClient) -> None:
        self.endpoint, self.name = endpoint, endpoint.name
        self._profile = profile(endpoint)
        self._client = client(endpoint, http)

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt; raises ProviderError."""
        async with in_time(self.name, self.endpoint.timeout), translated(self.name):
            response = await self._client.post(
                "/chat/completions", cast_to=httpx2.Response, body=self._request(prompt)
            )
            # A proxy's page with status 200 is no JSON, and a hostile server may leave anything out.
            answer = _Answer.model_validate_json(response.content)
        usage, choice = _usage(answer.usage), answer.choices[0]
        if choice.message.refusal:
            raise ModelRefused(f"{self.name} declined: {choice.message.refusal[:200]}", spent=usage)
        return completion(self.name, choice.message.content or "", usage, str(choice.finish_reason))

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Answer a prompt piece by piece, then as a whole; raises ProviderError, also midway."""
        gathered, finish = Gathered(self.name, prompt.max_tokens), None
        asked = self._request(prompt) | {"stream": True, "stream_options": {"include_usage": True}}
        async with translated(self.name):
            async with in_time(self.name, self.endpoint.timeout):
                chunks = await self._client.post(
                    "/chat/completions",
                    cast_to=ChatCompletion,
                    body=asked,
                    stream=True,
                    stream_cls=AsyncStream[ChatCompletionChunk],
                )
            async with chunks:
                async for chunk in each_in_time(self.name, aiter(chunks), self.endpoint.timeout):
                    if getattr(chunk, "usage", None):
                        gathered.usage = _usage(chunk.usage)
                    gathered.add("")
                    for choice in getattr(chunk, "choices", None) or ():
                        finish = choice.finish_reason or finish
                        if choice.delta and choice.delta.content:
                            yield gathered.add(choice.delta.content)
        yield gathered.whole(finish)

    async def ping(self) -> None:
        """Ask the server for the model's card; raises ProviderError."""
        async with in_time(self.name, self.endpoint.timeout), translated(self.name):
            card = await self._client.models.retrieve(self.endpoint.model)
        # A proxy's page with status 200 comes back as something else than a card.
        if getattr(card, "id", None) != self.endpoint.model:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")

    async def close(self) -> None:
        """The connections belong to the shared client."""

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        for answer, reply in prompt.turns:
            messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": reply}]
        asked: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": messages,
            self._profile.limit: prompt.max_tokens,
        }
        if self._profile.temperature:
            asked["temperature"] = prompt.temperature
        if prompt.schema is not None:
            shape = {"name": prompt.task, "strict": True, "schema": dict(prompt.schema)}
            asked["response_format"] = (
                {"type": "json_schema", "json_schema": shape}
                if self._profile.schema
                else {"type": "json_object"}
            )
        return asked | dict(self.endpoint.options)


def client(endpoint: Endpoint, http: HttpClient) -> AsyncOpenAI:
    """Return the SDK's client for an endpoint: it repeats nothing and shares our connections."""
    return AsyncOpenAI(
        api_key=endpoint.key or "none",
        base_url=endpoint.base_url,
        max_retries=0,
        default_headers=dict(endpoint.headers),
        http_client=http,
    )


@asynccontextmanager
async def translated(name: str) -> AsyncIterator[None]:
    """Translate what the SDK raises; its exceptions hold requests with the key, so sentences are ours."""
    try:
        yield
    except openai.APIConnectionError as error:
        raise unreached(name, error) from error
    except openai.APIStatusError as error:
        raise _refusal(name, error) from error
    except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
        raise ModelUnavailable(f"{name} gave an unreadable answer.") from error


def _refusal(name: str, error: openai.APIStatusError) -> Exception:
    status, code = error.status_code, error.code or error.type
    wait = wait_asked(error.response.headers.get("retry-after"))
    if status == 429 and code not in NO_QUOTA:
        return ModelOverloaded(f"{name} asks for patience.", retry_after=wait)
    if status in (401, 402, 403) or code in NO_QUOTA:
        return KeyRefused(f"{name} does not accept the key ({status}, {code}).")
    if status >= 500 or status == 408:
        return ModelUnavailable(f"{name} failed ({status}).", retry_after=wait)
    return ModelRefused(f"{name} refused ({status}, {code}).")


def _usage(counted: Any) -> Usage:
    """Read what a server counted; one that counts nothing, or nonsense, leaves it unknown."""
    told, made = _part(counted, "prompt_tokens"), _part(counted, "completion_tokens")
    if not isinstance(told, int) or not isinstance(made, int):
        return Usage()
    return Usage(told, made, _part(_part(counted, "prompt_tokens_details"), "cached_tokens") or 0)


def _part(whole: Any, name: str) -> Any:
    """Return a part of JSON, or of what the SDK made of it."""
    return whole.get(name) if isinstance(whole, dict) else getattr(whole, name, None)

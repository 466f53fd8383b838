"""OpenAI's chat completions, and every server that speaks them.

Chat completions and not the responses API, whose answers the provider stores by default.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI

from engine.errors import ModelError
from engine.models.model import Completion, ModelOverloaded, ModelRefused, ModelUnavailable, Prompt


class OpenAIModel:
    """One model of one OpenAI-compatible server; ``timeout`` bounds an answer with all its tries, in seconds."""

    def __init__(
        self,
        model: str,
        *,
        key: str,
        base_url: str,
        timeout: float = 30.0,
        retries: int = 1,
        pause: float = 0.3,
    ) -> None:
        self.model, self.name = model, f"openai:{model}"
        self.timeout, self.retries, self.pause = timeout, retries, pause
        self._client = AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False),
        )

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt within the timeout; a failure that may pass is tried again once if time is left."""
        async with self._in_time():
            return await self._patiently(lambda: self._ask(prompt))

    async def ping(self) -> None:
        """Ask the server for the model's card."""
        async with self._in_time(), self._translated():
            card = await self._client.models.retrieve(self.model)
        # A proxy's page with status 200 comes back as something else than a card.
        if getattr(card, "id", None) != self.model:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _patiently(self, ask: Callable[[], Any]) -> Completion:
        for left in range(self.retries, -1, -1):
            try:
                return await ask()  # type: ignore[no-any-return] # a coroutine of ours
            except ModelError as error:
                wait = getattr(error, "retry_after", None) or self.pause
                if error.permanent or not left or wait > 5:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _ask(self, prompt: Prompt) -> Completion:
        shape: Any = openai.omit
        if prompt.schema is not None:
            shape = {
                "type": "json_schema",
                "json_schema": {"name": prompt.task, "strict": True, "schema": dict(prompt.schema)},
            }
        async with self._translated():
            answer = await self._client.chat.completions.create(
                model=self.model,
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                temperature=prompt.temperature,
                max_completion_tokens=prompt.max_tokens,
                response_format=shape,
            )
        return _completion(answer, self.name)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Bound the time of an answer."""
        try:
            async with asyncio.timeout(self.timeout):
                yield
        except TimeoutError as error:
            raise ModelUnavailable(f"{self.name} did not answer within {self.timeout:g} s.") from error

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Translate what the SDK raises."""
        try:
            yield
        except openai.APITimeoutError as error:
            raise ModelUnavailable(f"{self.name} did not answer within {self.timeout:g} s.") from error
        except openai.APIConnectionError as error:
            raise ModelUnavailable(f"{self.name} cannot be reached.") from error
        except openai.RateLimitError as error:
            if error.code == "insufficient_quota":
                raise ModelRefused(f"The quota of {self.name} is used up.") from error
            raise ModelOverloaded(f"{self.name} asks for patience.", _seconds(error)) from error
        except openai.InternalServerError as error:
            raise ModelUnavailable(f"{self.name} failed ({error.status_code}).") from error
        except openai.APIStatusError as error:
            raise ModelRefused(
                f"{self.name} refused ({error.status_code}, {error.code or error.type})."
            ) from error
        except openai.OpenAIError as error:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.") from error
        except ValueError as error:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.") from error


def _completion(answer: Any, name: str) -> Completion:
    # A proxy's page with status 200 comes back as a str, and a hostile server may leave anything out.
    choices = getattr(answer, "choices", None)
    if not choices or choices[0].message is None:
        raise ModelUnavailable(f"{name} gave an unreadable answer.")
    text = (choices[0].message.content or "").strip()
    if not text:
        raise ModelUnavailable(f"{name} gave an empty answer.")
    if choices[0].finish_reason == "length":
        raise ModelUnavailable(f"{name} was cut off in the middle of its answer.")
    usage = answer.usage
    tokens_in, tokens_out = (usage.prompt_tokens, usage.completion_tokens) if usage is not None else (0, 0)
    return Completion(text, name, tokens_in, tokens_out, str(choices[0].finish_reason))


def _seconds(error: openai.APIStatusError) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None

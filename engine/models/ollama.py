"""Ollama by its own protocol: ``/api/chat``, since its imitation of OpenAI's ignores the window of context and cuts prompts in silence.

https://docs.ollama.com/api. One call is one try; the chain (`engine.models.chain`) repeats and falls back.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx2

from engine.models.model import (
    Completion,
    Endpoint,
    KeyRefused,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    ProviderError,
    Usage,
)
from engine.models.transport import Gathered, HttpClient, completion, each_in_time, in_time, wait_asked

WINDOW = 8192
"""The smallest window of context asked for, in tokens; larger ones double. Another window makes the server load the model anew."""
BYTES_A_TOKEN = 2
"""UTF-8 bytes that a token of a prompt stands for at the least: about 4 in English, 2 to 3 elsewhere."""
LINE = 1024
"""Bytes of a stream for one token at the most: its line repeats the model's name and the time."""
HEAD = 65_536
"""Bytes that a stream may have besides, and any single line or error."""
_TOO_LONG = ("exceeds the available context size", "exceeds the context length", "exceed_context_size")


class OllamaModel:
    """One model of one Ollama server; ``base_url`` is the server's address without a path, as http://localhost:11434.

    The endpoint's ``options`` are merged into the request, its own ``options`` too: ``{"keep_alive": "1h", "options": {"seed": 1}}``.
    """

    def __init__(self, endpoint: Endpoint, http: HttpClient) -> None:
        self.endpoint, self.name = endpoint, endpoint.name
        self._http = http
        self._headers = dict(endpoint.headers)
        if endpoint.key:
            self._headers["Authorization"] = f"Bearer {endpoint.key}"

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt; raises ProviderError."""
        answer = await self._asked("chat", self._request(prompt) | {"stream": False})
        text = self._text(answer)
        return completion(self.name, text, _usage(answer), _finish(answer, prompt) or "no end")

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Answer a prompt piece by piece, then as a whole; raises ProviderError, also midway."""
        gathered, finish = Gathered(self.name, prompt.max_tokens), None
        asked = self._http_request("chat", self._request(prompt) | {"stream": True})
        async with self._translated():
            async with in_time(self.name, self.endpoint.timeout):
                reply = await self._http.send(asked, stream=True)
            async with aclosing(reply):
                if reply.status_code != 200:
                    async with in_time(self.name, self.endpoint.timeout):
                        raise self._refusal(reply, await self._short(reply))
                lines = self._lines(reply, prompt.max_tokens * LINE + HEAD)
                async for line in each_in_time(self.name, lines, self.endpoint.timeout):
                    part = self._object(line, gathered.usage)
                    gathered.usage = _usage(part)
                    finish = _finish(part, prompt)
                    if piece := self._text(part):
                        yield gathered.add(piece)
                    if finish is not None:
                        break
        yield gathered.whole(finish)

    async def ping(self) -> None:
        """Ask the server for the model's description; raises ProviderError."""
        card = await self._asked("show", {"model": self.endpoint.model})
        able = card.get("capabilities")
        if not isinstance(card.get("details"), dict):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")
        if isinstance(able, list) and "completion" not in able:
            raise ModelRefused(f"{self.name} cannot write texts; choose a model that can chat.")

    async def close(self) -> None:
        """The connections belong to the shared client."""

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        for answer, reply in prompt.turns:
            messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": reply}]
        asked: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": messages,
            # Short texts need no thinking, and it would use up the tokens of the answer.
            "think": False,
            # Better refused than answered without the instructions; servers before 0.12.6 know neither and pass over them.
            "truncate": False,
            "shift": False,
        }
        if prompt.schema is not None:
            asked["format"] = dict(prompt.schema)
        own = dict(self.endpoint.options)
        options = {
            "temperature": prompt.temperature,
            "num_predict": prompt.max_tokens,
            "num_ctx": window(prompt),
        }
        return asked | own | {"options": options | own.get("options", {})}

    def _http_request(self, path: str, body: Mapping[str, Any]) -> httpx2.Request:
        url = f"{self.endpoint.base_url.rstrip('/')}/api/{path}"
        try:
            return self._http.build_request("POST", url, json=body, headers=self._headers)
        except httpx2.InvalidURL as error:
            raise self._no_address() from error

    async def _asked(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        request = self._http_request(path, body)
        async with in_time(self.name, self.endpoint.timeout), self._translated():
            reply = await self._http.send(request)
            if reply.status_code != 200:
                raise self._refusal(reply, reply.text)
            return self._object(reply.text, Usage())

    def _object(self, text: str, spent: Usage) -> dict[str, Any]:
        """Read one JSON object; raises ModelUnavailable, also for one that tells of an error."""
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.", spent=spent)
        if "error" in found:
            raise ModelUnavailable(f"{self.name} failed: {_words(text)}", spent=spent)
        return found

    def _text(self, part: Mapping[str, Any]) -> str:
        """Return the words of an answer or of a part; what a model thinks aloud is none of it."""
        message = part.get("message")
        text = message.get("content", "") if isinstance(message, dict) else None
        if not isinstance(text, str):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")
        return text

    async def _lines(self, reply: httpx2.Response, most: int) -> AsyncIterator[str]:
        """Yield the lines of a stream; raises ModelUnavailable when it is longer than any answer can be."""
        rest, length = b"", 0
        async for chunk in reply.aiter_bytes():
            length += len(chunk)
            if length > most:
                raise ModelUnavailable(f"{self.name} did not stop writing.")
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    yield line.decode()
        if rest.strip():
            yield rest.decode()

    async def _short(self, reply: httpx2.Response) -> str:
        """Return the beginning of an error's body."""
        body = b""
        async for chunk in reply.aiter_bytes():
            body += chunk
            if len(body) > HEAD:
                break
        return body.decode(errors="replace")

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except httpx2.UnsupportedProtocol as error:
            raise self._no_address() from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise ModelUnavailable(
                f"The Ollama server for {self.name} cannot be reached at {self.endpoint.base_url}; is it running?"
            ) from error
        except httpx2.TimeoutException as error:
            raise ModelUnavailable(f"{self.name} did not answer in time.") from error
        except httpx2.TransportError as error:
            raise ModelUnavailable(f"{self.name} broke the connection off.") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.") from error

    def _no_address(self) -> ModelRefused:
        return ModelRefused(
            f"The address of {self.name} must begin with http:// or https://, not be {self.endpoint.base_url!r}."
        )

    def _refusal(self, reply: httpx2.Response, body: str) -> ProviderError:
        status, words = reply.status_code, _words(body)
        wait = wait_asked(reply.headers.get("retry-after"))
        if status == 404 and "model" in words:
            model = self.endpoint.model
            return ModelRefused(f"The Ollama server does not have {model}; run `ollama pull {model}` there.")
        if status == 404:
            return ModelRefused(f"There is no Ollama server at {self.endpoint.base_url} (404).")
        if status in (401, 402, 403):
            return KeyRefused(f"{self.name} does not accept the key ({status}).")
        if status == 429:
            return ModelOverloaded(f"{self.name} asks for patience.", retry_after=wait)
        if any(sign in words for sign in _TOO_LONG):
            return ModelRefused(f"The text is too long for {self.name}.")
        if status >= 500 or status < 400 or status == 408:
            return ModelUnavailable(f"{self.name} failed ({status}): {words}", retry_after=wait)
        return ModelRefused(f"{self.name} refused ({status}): {words}")


def window(prompt: Prompt) -> int:
    """Return how many tokens of context a prompt and its answer need, in steps."""
    texts = [prompt.system, prompt.user, *(text for turn in prompt.turns for text in turn)]
    needed = sum(len(text.encode()) // BYTES_A_TOKEN + 16 for text in texts) + prompt.max_tokens
    return WINDOW << ((needed - 1) // WINDOW).bit_length()


def _finish(part: Mapping[str, Any], prompt: Prompt) -> str | None:
    """Return why an answer ended, None while it goes on; servers of old do not say why."""
    if part.get("done") is not True:
        return None
    made = part.get("eval_count")
    cut = isinstance(made, int) and made >= prompt.max_tokens
    return str(part.get("done_reason") or ("length" if cut else "stop"))


def _usage(part: Mapping[str, Any]) -> Usage:
    told, made = (
        count if isinstance(count, int) and not isinstance(count, bool) else None
        for count in (part.get("prompt_eval_count"), part.get("eval_count"))
    )
    return Usage(told, made)


def _words(body: str) -> str:
    """Return what an error body says, on one line and not too long."""
    try:
        told = json.loads(body)["error"]
    except (ValueError, TypeError, KeyError):
        told = "an answer that is not Ollama's"
    return " ".join(str(told).split())[:200]

"""OpenAI's chat completions, embeddings and models over HTTP."""

import asyncio
import base64
import hashlib
import itertools
import json
import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from aiohttp import web

from emulators.kit import middlewares, streamed
from emulators.models.answers import answer
from emulators.models.behaviour import Provider, in_tokens
from emulators.models.shapes import Refused, check_chat, check_embeddings, model_named, parsed, text_of
from emulators.models.vectors import DIMENSIONS, embed
from emulators.people import MODEL_KEY

JSON = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MODELS = {
    "gpt-4o": 1715367049,
    "gpt-4o-mini": 1721172741,
    "gpt-4.1": 1744316542,
    "gpt-4.1-mini": 1744318173,
    "gpt-4.1-nano": 1744321707,
    "o3": 1744225308,
    "o4-mini": 1744225351,
    "gpt-5": 1754425777,
    "gpt-5-mini": 1754425928,
    "gpt-5-nano": 1754426384,
    "gpt-5.1": 1762800673,
    "gpt-5.2": 1765313051,
    "gpt-5.4": 1772668800,
    "gpt-5.4-mini": 1773705600,
    "gpt-5.4-nano": 1773705600,
    "gpt-5.5": 1776902400,
    "gpt-5.6-sol": 1780272000,
    "gpt-5.6-terra": 1780272000,
    "gpt-5.6-luna": 1780272000,
    "gpt-6-sol": 1788220800,
    "gpt-6-luna": 1788220800,
    "text-embedding-3-small": 1705948997,
    "text-embedding-3-large": 1705953180,
    "text-embedding-ada-002": 1671217299,
}
"""The models offered, with the time each was made."""
_NUMBERS = itertools.count(1)
_DOWN = {
    "error": {
        "message": "The engine is currently overloaded, please try again later",
        "type": "server_error",
        "param": None,
        "code": None,
    }
}


class ModelEmulator(Provider):
    """The stand-in for OpenAI, to be mounted at ``/openai``."""

    def __init__(self, *, key: str = MODEL_KEY) -> None:
        super().__init__("/openai", key)
        self._ids = itertools.count(1)
        served = web.Application(
            middlewares=[_identified, *middlewares(self.requests, self.faults), self._guarded],
            client_max_size=32 * 2**20,
        )
        served.add_routes(
            [
                web.post("/chat/completions", self._chat),
                web.post("/embeddings", self._embeddings),
                web.get("/models", self._models),
                web.get("/models/{model}", self._model),
            ]
        )
        self.app.add_subapp("/v1", served)

    @property
    def _guarded(self) -> Any:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.behaviour.down:
                return web.json_response(_DOWN, status=503)
            try:
                self._authenticate(request)
                return await handler(request)
            except Refused as refused:
                return web.json_response(refused.body(), status=refused.status)
            except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
                wrong = Refused(f"Invalid URL ({request.method} {request.path.removeprefix('/openai')})")
                if isinstance(error, web.HTTPMethodNotAllowed):
                    wrong = Refused(
                        f"Not allowed to {request.method} on {request.path.removeprefix('/openai')}."
                    )
                return web.json_response(wrong.body(), status=error.status)

        return guarded

    def _authenticate(self, request: web.Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not key:
            raise Refused(
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
                "(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.",
                status=401,
            )
        if key != self.key:
            shown = f"{key[:5]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * len(key)
            raise Refused(
                f"Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com/account/api-keys.",
                status=401,
                code="invalid_api_key",
            )

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [_described(name) for name in MODELS]})

    async def _model(self, request: web.Request) -> web.Response:
        return web.json_response(_described(model_named({"model": request.match_info["model"]}, MODELS)))

    async def _embeddings(self, request: web.Request) -> web.Response:
        asked = parsed(await request.read())
        model = model_named(asked, MODELS)
        if model not in DIMENSIONS:
            raise Refused(f"The model '{model}' does not support embeddings.", status=403)
        texts = check_embeddings(asked)
        size = asked.get("dimensions") or DIMENSIONS[model]
        packed = asked.get("encoding_format") == "base64"
        rows: list[JSON] = []
        for place, text in enumerate(texts):
            vector = embed(text, size)
            value = base64.b64encode(struct.pack(f"<{size}f", *vector)).decode() if packed else vector
            rows.append({"object": "embedding", "index": place, "embedding": value})
        tokens = sum(len(in_tokens(text)) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response({"object": "list", "data": rows, "model": model, "usage": usage})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = parsed(await request.read())
        model = model_named(asked, MODELS)
        if model in DIMENSIONS:
            raise Refused(
                "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",
                status=404,
                param="model",
            )
        check_chat(asked)
        behaviour = self.taken()
        if behaviour.seconds:
            await asyncio.sleep(behaviour.seconds)
        pieces, finish = _cut(answer(asked, behaviour.character, behaviour.text), asked)
        head = {
            "id": self._id(asked),
            "created": MODELS[model],
            "model": model,
            "system_fingerprint": "fp_standin",
        }
        sent = sum(len(in_tokens(text_of(one))) + 4 for one in asked["messages"]) + 3
        usage = _usage(sent, len(pieces) * (asked.get("n") or 1))
        if asked.get("stream"):
            headers = request[HEADERS] | {"Content-Type": "text/event-stream; charset=utf-8"}
            return await streamed(request, _chunks(asked, head, pieces, finish, usage), headers)
        message: JSON = {"role": "assistant", "content": "".join(pieces), "refusal": None, "annotations": []}
        choices = [
            {"index": place, "message": message, "logprobs": None, "finish_reason": finish}
            for place in range(asked.get("n") or 1)
        ]
        return web.json_response(head | {"object": "chat.completion", "choices": choices, "usage": usage})

    def _id(self, asked: JSON) -> str:
        digest = hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=10).hexdigest()
        return f"chatcmpl-{digest}{next(self._ids):09d}"


@web.middleware
async def _identified(request: web.Request, handler: Handler) -> web.StreamResponse:
    digest = hashlib.blake2b(f"{next(_NUMBERS)} {request.path}".encode(), digest_size=16).hexdigest()
    request[HEADERS] = {
        "x-request-id": f"req_{digest}",
        "openai-version": "2020-10-01",
        "openai-processing-ms": "12",
        "x-ratelimit-limit-requests": "10000",
        "x-ratelimit-remaining-requests": "9999",
        "x-ratelimit-reset-requests": "6ms",
        "x-ratelimit-limit-tokens": "2000000",
        "x-ratelimit-remaining-tokens": "1999000",
        "x-ratelimit-reset-tokens": "30ms",
    }
    reply = await handler(request)
    if not reply.prepared:
        for name, value in request[HEADERS].items():
            reply.headers.setdefault(name, value)
    return reply


HEADERS: web.RequestKey[dict[str, str]] = web.RequestKey("headers", dict)


def _described(name: str) -> JSON:
    return {"id": name, "object": "model", "created": MODELS[name], "owned_by": "system"}


def _cut(text: str, asked: JSON) -> tuple[list[str], str]:
    stops = [asked["stop"]] if isinstance(asked.get("stop"), str) else asked.get("stop") or []
    text = text[: min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))]
    pieces = in_tokens(text)
    most = asked.get("max_completion_tokens") or asked.get("max_tokens")
    return (pieces[:most], "length") if most and len(pieces) > most else (pieces, "stop")


def _usage(sent: int, made: int) -> JSON:
    return {
        "prompt_tokens": sent,
        "completion_tokens": made,
        "total_tokens": sent + made,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _chunks(asked: JSON, head: JSON, pieces: list[str], finish: str, usage: JSON) -> Iterator[bytes]:
    """Yield the events of a streamed completion."""
    counted = bool((asked.get("stream_options") or {}).get("include_usage"))

    def chunk(choices: list[JSON], total: JSON | None = None) -> bytes:
        told = head | {"object": "chat.completion.chunk", "choices": choices}
        return b"data: " + json.dumps(told | ({"usage": total} if counted else {})).encode() + b"\n\n"

    for place in range(asked.get("n") or 1):
        first = {"role": "assistant", "content": "", "refusal": None}
        deltas: list[tuple[JSON, str | None]] = [
            (first, None),
            *(({"content": one}, None) for one in pieces),
            ({}, finish),
        ]
        for delta, reason in deltas:
            yield chunk([{"index": place, "delta": delta, "logprobs": None, "finish_reason": reason}])
    if counted:
        yield chunk([], usage)
    yield b"data: [DONE]\n\n"

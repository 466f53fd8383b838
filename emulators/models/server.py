"""OpenAI's chat completions, embeddings and models over HTTP."""

import asyncio
import base64
import hashlib
import itertools
import json
import re
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, get_args

from aiohttp import web

from emulators.kit import PREFIX, Faults, Recorded, control, middlewares
from emulators.models.answers import Character, answer
from emulators.models.shapes import Refused, check_chat, check_embeddings, model_named, parsed, text_of
from emulators.models.vectors import DIMENSIONS, embed
from emulators.people import MODEL_KEY

JSON = dict[str, Any]
Listener = Callable[[dict[str, Any]], None]
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
SLOW = 8.0
_NUMBERS = itertools.count(1)
_PIECE = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")
_DOWN = {
    "error": {
        "message": "The engine is currently overloaded, please try again later",
        "type": "server_error",
        "param": None,
        "code": None,
    }
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the model answers: ``seconds`` of delay before each answer, the ``text`` that ``verbatim`` gives, for ``times``
    answers (then good again; None: for ever). ``down`` answers everything with 503."""

    character: Character = "good"
    seconds: float = 0.0
    text: str | None = None
    times: int | None = None
    down: bool = False


class ModelEmulator:
    """The stand-in for OpenAI, to be mounted at ``/openai``; it keeps nothing but its behaviour."""

    def __init__(self, *, key: str = MODEL_KEY) -> None:
        self.key = key
        self.requests: deque[Recorded] = deque(maxlen=20_000)
        self.faults = Faults()
        self.listeners: list[Listener] = []
        self.behaviour = Behaviour()
        self._ids = itertools.count(1)
        self.app = web.Application()
        self.app[PREFIX] = "/openai"
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
        controls = control(self.requests, self.faults)
        controls.add_routes([web.get("/behaviour", self._shown), web.post("/behaviour", self._behave)])
        self.app.add_subapp("/_control", controls)

    def behave(
        self,
        character: Character = "good",
        *,
        seconds: float | None = None,
        text: str | None = None,
        times: int | None = None,
        down: bool = False,
    ) -> None:
        """Set the character of the answers from now on; see :class:`Behaviour`. ``slow`` without seconds is 8 s.

        Raises ValueError for a character that does not exist.
        """
        if character not in get_args(Character):
            raise ValueError(f"character must be one of {', '.join(get_args(Character))}, not {character!r}")
        delay = seconds if seconds is not None else SLOW if character == "slow" else 0.0
        self.behaviour = Behaviour(character, delay, text, times, down)
        for listener in self.listeners:
            listener({"service": "models", "type": "behaviour", **asdict(self.behaviour)})

    def reset(self) -> None:
        """Behave well, forget faults and the record."""
        self.requests.clear()
        self.faults.clear()
        self.behave()

    async def start(self) -> None:
        """Begin; there is nothing in the background."""

    async def stop(self) -> None:
        """End; there is nothing to save."""

    async def _shown(self, _: web.Request) -> web.Response:
        return web.json_response(asdict(self.behaviour))

    async def _behave(self, request: web.Request) -> web.Response:
        try:
            self.behave(**await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(asdict(self.behaviour))

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
        tokens = sum(len(_PIECE.findall(text)) for text in texts)
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
        behaviour = self._taken()
        if behaviour.seconds:
            await asyncio.sleep(behaviour.seconds)
        pieces, finish = _cut(answer(asked, behaviour.character, behaviour.text), asked)
        head = {
            "id": self._id(asked),
            "created": MODELS[model],
            "model": model,
            "system_fingerprint": "fp_standin",
        }
        sent = sum(len(_PIECE.findall(text_of(one))) + 4 for one in asked["messages"]) + 3
        usage = _usage(sent, len(pieces) * (asked.get("n") or 1))
        if asked.get("stream"):
            return await _stream(request, asked, head, pieces, finish, usage)
        message: JSON = {"role": "assistant", "content": "".join(pieces), "refusal": None, "annotations": []}
        choices = [
            {"index": place, "message": message, "logprobs": None, "finish_reason": finish}
            for place in range(asked.get("n") or 1)
        ]
        return web.json_response(head | {"object": "chat.completion", "choices": choices, "usage": usage})

    def _taken(self) -> Behaviour:
        now = self.behaviour
        if now.times is not None:
            if now.times <= 1:
                self.behave()
            else:
                self.behaviour = Behaviour(now.character, now.seconds, now.text, now.times - 1, now.down)
        return now

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
    pieces = _PIECE.findall(text)
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


async def _stream(
    request: web.Request, asked: JSON, head: JSON, pieces: list[str], finish: str, usage: JSON
) -> web.StreamResponse:
    reply = web.StreamResponse(
        headers=request[HEADERS] | {"Content-Type": "text/event-stream; charset=utf-8"}
    )
    await reply.prepare(request)
    counted = bool((asked.get("stream_options") or {}).get("include_usage"))

    async def send(choices: list[JSON], total: JSON | None = None) -> None:
        chunk = (
            head
            | {"object": "chat.completion.chunk", "choices": choices}
            | ({"usage": total} if counted else {})
        )
        await reply.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    for place in range(asked.get("n") or 1):
        first = {"role": "assistant", "content": "", "refusal": None}
        deltas: list[tuple[JSON, str | None]] = [
            (first, None),
            *(({"content": one}, None) for one in pieces),
            ({}, finish),
        ]
        for delta, reason in deltas:
            await send([{"index": place, "delta": delta, "logprobs": None, "finish_reason": reason}])
    if counted:
        await send([], usage)
    await reply.write(b"data: [DONE]\n\n")
    await reply.write_eof()
    return reply

"""What every stand-in shares: a record of what it was asked, faults on request, state that survives a restart.

Wrap a stand-in's application with :func:`middlewares`; the first records, the second misbehaves. A fault is chosen by
method and path pattern, counts down, and can strike before or **after** the stand-in's own effect.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

FaultKind = Literal[
    "status", "html", "slow", "hang", "drop_before", "drop_after", "cut", "stall", "garbage", "endless"
]
IN_STREAMS = ("cut", "stall", "garbage", "endless")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived and the answer that left; bodies are the raw bytes."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes

    def json(self) -> Any:
        """Return the request body as JSON, or None when it is empty."""
        return json.loads(self.body) if self.body else None


@dataclass(slots=True)
class Fault:
    """One way to misbehave.

    ``path`` is a regular expression searched in the path below the stand-in's own prefix. ``skip`` lets that many matching
    requests pass first, ``times`` is how often it strikes (-1: always). ``seconds`` is the delay of ``slow``; ``hang``
    answers never (at most an hour). ``status`` answers ``status``/``body``/``headers``. These three strike before the
    effect, or after it when ``after`` is set. ``html`` is a proxy's page with status 200; ``drop_*`` cuts the connection
    without or after the effect.

    Four strike a streamed answer after ``pieces`` of its pieces, and leave other answers alone: ``cut`` drops the
    connection, ``stall`` keeps it and sends nothing more, ``garbage`` spoils the next piece (a ``body`` of text is sent in
    its place), ``endless`` sends the next piece for ever.
    """

    kind: FaultKind
    path: str = ""
    method: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    after: bool = False
    pieces: int = 1

    def strikes(self, method: str, path: str) -> bool:
        """Tell whether this request is hit, and count it."""
        if self.times == 0 or (self.method and self.method != method) or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times > 0:
            self.times -= 1
        return True


class Faults:
    """The faults in force, first match strikes."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, kind: FaultKind, path: str = "", **rest: Any) -> Fault:
        """Ask for a fault; see :class:`Fault` for the arguments."""
        fault = Fault(kind, path, **rest)
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Behave again."""
        self.active.clear()

    def match(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, if any."""
        return next((fault for fault in self.active if fault.strikes(method, path)), None)


def middlewares(record: "deque[Recorded]", faults: Faults) -> list[Any]:
    """Build the recorder and the misbehaver for one aiohttp application."""

    @web.middleware
    async def recording(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read() if request.can_read_body else b""
        answer = await handler(request)
        text = answer.body if isinstance(answer, web.Response) else b""
        record.append(
            Recorded(
                request.method,
                below(request),
                request.query_string,
                dict(request.headers),
                body,
                answer.status,
                text if isinstance(text, bytes) else b"",
            )
        )
        return answer

    @web.middleware
    async def misbehaving(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = faults.match(request.method, below(request))
        return await handler(request) if fault is None else await strike(fault, request, handler)

    return [recording, misbehaving]


def below(request: web.Request) -> str:
    """Return the request's path below the prefix its application is mounted at."""
    prefix = request.config_dict.get(PREFIX, "")
    return request.path.removeprefix(prefix)


PREFIX: web.AppKey[str] = web.AppKey("prefix", str)
STREAM_FAULT: web.RequestKey[Fault] = web.RequestKey("stream fault", Fault)


async def strike(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer one request in the way the fault asks for."""
    if fault.kind in IN_STREAMS:
        request[STREAM_FAULT] = fault
        return await handler(request)
    if fault.kind in ("slow", "hang"):
        done = await handler(request) if fault.after else None
        await asyncio.sleep(3600 if fault.kind == "hang" else fault.seconds)
        return done or await handler(request)
    if fault.kind == "drop_after" or fault.after:
        await handler(request)
    if fault.kind in ("drop_before", "drop_after"):
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if fault.kind == "html":
        page = "<!doctype html><title>Sign in</title><h1>Please sign in to the network</h1>"
        return web.Response(text=page, content_type="text/html")
    if isinstance(fault.body, str):
        return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
    return web.json_response(fault.body or {}, status=fault.status, headers=fault.headers)


async def streamed(
    request: web.Request, pieces: Iterable[bytes], headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer with the pieces one by one, as far as a fault in streams lets them."""
    reply = web.StreamResponse(headers=headers)
    await reply.prepare(request)
    fault = request.get(STREAM_FAULT)
    try:
        for place, piece in enumerate(pieces):
            if fault is None or place < fault.pieces:
                await reply.write(piece)
            elif await _spoiled(fault, request, reply, piece):
                fault = None
            else:
                return reply
        await reply.write_eof()
    except ConnectionError:
        pass  # Whoever was reading has gone; the request is on record all the same.
    return reply


async def _spoiled(fault: Fault, request: web.Request, reply: web.StreamResponse, piece: bytes) -> bool:
    """Strike at one piece of a stream; tell whether the stream goes on."""
    if fault.kind == "garbage":
        told = fault.body.encode() if isinstance(fault.body, str) else piece[: len(piece) // 2] + GARBAGE
        await reply.write(told)
        return True
    if fault.kind == "stall":
        await _reader_gone(request)
    while fault.kind == "endless":
        await reply.write(piece)
        await asyncio.sleep(0)
    if request.transport is not None:
        request.transport.close()
    return False


async def _reader_gone(request: web.Request) -> None:
    """Wait until nobody reads any more; aiohttp tells a handler only when it writes."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


GARBAGE = b"\xff\x00}]<\n\n"


def control(record: "deque[Recorded]", faults: Faults) -> web.Application:
    """Let another process read the record and ask for faults: GET /requests, GET/POST/DELETE /faults."""

    async def requests(_: web.Request) -> web.Response:
        rows = [
            asdict(one)
            | {"body": one.body.decode(errors="replace"), "answer": one.answer.decode(errors="replace")}
            for one in record
        ]
        return web.json_response(rows)

    async def listed(_: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in faults.active])

    async def add(request: web.Request) -> web.Response:
        try:
            faults.active.append(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"ok": True})

    async def clear(_: web.Request) -> web.Response:
        faults.clear()
        return web.json_response({"ok": True})

    app = web.Application()
    app.add_routes(
        [
            web.get("/requests", requests),
            web.get("/faults", listed),
            web.post("/faults", add),
            web.delete("/faults", clear),
        ]
    )
    return app


class Snapshot:
    """A stand-in's state in one JSON file, written whole and atomically soon after each change."""

    def __init__(self, path: Path | None, state: Callable[[], Any], *, delay: float = 0.3) -> None:
        self.path, self.state, self.delay = path, state, delay
        self._timer: asyncio.TimerHandle | None = None

    def load(self) -> Any | None:
        """Return what was saved, or None; a damaged file raises ValueError naming it."""
        if self.path is None or not self.path.exists():
            return None
        try:
            return json.loads(self.path.read_text())
        except ValueError as error:
            raise ValueError(f"{self.path} is damaged ({error}); delete it or start with --reset") from error

    def changed(self) -> None:
        """Note a change; the file follows within the delay."""
        if self.path is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.delay, self.save)

    def save(self) -> None:
        """Write the file now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(".new")
            draft.write_text(json.dumps(self.state()))
            draft.replace(self.path)

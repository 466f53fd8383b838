"""How Slack reaches an app: Socket Mode frames or signed HTTP posts, the three-second limit, retries, and the record of it all."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from emulators.people import APP_ID, SIGNING_SECRET

Kind = Literal["events_api", "slash_commands", "interactive"]
Status = Literal["queued", "sent", "acked", "failed"]


@dataclass(slots=True)
class Attempt:
    """One try to hand over a delivery; ``reason`` says why the one before it failed."""

    at: float
    envelope_id: str
    number: int
    reason: str
    error: str = ""


@dataclass(eq=False, slots=True)
class Delivery:
    """Something the app was sent, with what became of it.

    Times are from ``time.perf_counter``; ``id`` is the event id, or the trigger id of a command or interaction.
    ``answer`` is what the app put into its acknowledgement, ``error`` why the delivery failed for good.
    """

    kind: Kind
    id: str
    payload: dict[str, Any]
    accepts_answer: bool = False
    first_number: int = 0
    first_reason: str = ""
    created: float = field(default_factory=time.perf_counter)
    attempts: list[Attempt] = field(default_factory=list)
    status: Status = "queued"
    acked: float | None = None
    answer: Any = None
    error: str = ""

    @property
    def latency(self) -> float | None:
        """Return the seconds from the last hand-over to the acknowledgement."""
        return None if self.acked is None else self.acked - self.attempts[-1].at

    @property
    def done(self) -> bool:
        """Tell whether nothing more will be tried."""
        return self.status in ("acked", "failed")


@dataclass(eq=False, slots=True)
class Socket:
    """One connected Socket Mode client; ``waiting`` are its deliveries that have not been acknowledged.

    Frames go through ``outbox``, so that a client that has stopped reading holds up nobody; None closes the connection.
    """

    ws: web.WebSocketResponse
    transport: asyncio.Transport
    waiting: dict[str, Delivery] = field(default_factory=dict)
    outbox: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)

    async def write(self) -> None:
        """Send the outbox until it says to close."""
        with suppress(ConnectionError):
            while (frame := await self.outbox.get()) is not None:
                await self.ws.send_str(json.dumps(frame, separators=(",", ":")))
            await self.ws.close()


@dataclass(eq=False, slots=True)
class Envelope:
    """One frame on its way; it can be acknowledged late, and on any socket, until its delivery is done."""

    delivery: Delivery
    socket: Socket
    timer: asyncio.TimerHandle


class Dispatcher:
    """Hands deliveries to the app and follows them up.

    Socket Mode is used unless ``events_url`` is set. Events wait while no socket is connected and are tried again after
    ``retry_delays``; commands and interactions are tried once.
    """

    def __init__(
        self,
        *,
        changed: Callable[[], None],
        events_url: str | None,
        signing_secret: str = SIGNING_SECRET,
        ack_timeout: float = 3.0,
        retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0),
        max_sockets: int = 10,
    ) -> None:
        self.changed = changed
        self.events_url = events_url
        self.signing_secret = signing_secret
        self.ack_timeout = ack_timeout
        self.retry_delays = retry_delays
        self.max_sockets = max_sockets
        self.deliveries: deque[Delivery] = deque(maxlen=20_000)
        self.sockets: list[Socket] = []
        self.tickets: set[str] = set()
        self.open: set[Delivery] = set()
        self._queue: deque[tuple[Delivery, str]] = deque()
        self._envelopes: dict[str, Envelope] = {}
        self._finished: dict[Delivery, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._session: aiohttp.ClientSession | None = None
        self._turn = 0

    async def event(self, delivery: Delivery) -> None:
        """Begin to deliver an event; retries follow by themselves."""
        self._note(delivery)
        if self.events_url is not None:
            self._spawn(self._post_event(delivery))
        else:
            self._to_socket(delivery, delivery.first_reason)

    async def request(self, delivery: Delivery) -> Delivery:
        """Deliver a command or interaction and wait for its acknowledgement, at most three seconds."""
        self._note(delivery)
        if self.events_url is not None:
            error = await self._post(delivery, "")
            if error and not delivery.done:
                self._fail(delivery, error)
            return delivery
        if not self.sockets:
            self._fail(delivery, "connection_failed")
            return delivery
        finished = asyncio.get_running_loop().create_future()
        self._finished[delivery] = finished
        self._to_socket(delivery, "")
        await finished
        return delivery

    def _note(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self.open.add(delivery)

    def _acked(self, delivery: Delivery, answer: Any) -> None:
        if delivery.status == "acked":
            return
        delivery.status, delivery.acked, delivery.answer = "acked", time.perf_counter(), answer
        self._close(delivery)

    def _fail(self, delivery: Delivery, error: str) -> None:
        delivery.status, delivery.error = "failed", error
        self._close(delivery)

    def _close(self, delivery: Delivery) -> None:
        self.open.discard(delivery)
        for attempt in delivery.attempts:
            envelope = self._envelopes.pop(attempt.envelope_id, None)
            if envelope is not None:
                envelope.timer.cancel()
                envelope.socket.waiting.pop(attempt.envelope_id, None)
        finished = self._finished.pop(delivery, None)
        if finished is not None and not finished.done():
            finished.set_result(None)
        self.changed()

    def _again(self, delivery: Delivery, reason: str) -> None:
        """Plan the next try of an event, or give up; a command or interaction has only one."""
        tried = sum(attempt.error == "timeout" for attempt in delivery.attempts) - 1
        if delivery.kind != "events_api" or tried >= len(self.retry_delays):
            self._fail(delivery, reason)
            return

        def begin() -> None:
            self._timers.discard(timer)
            self._to_socket(delivery, reason)

        timer = asyncio.get_running_loop().call_later(self.retry_delays[tried], begin)
        self._timers.add(timer)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _attempt(self, delivery: Delivery, reason: str) -> Attempt:
        number = delivery.first_number + len(delivery.attempts)
        attempt = Attempt(time.perf_counter(), secrets.token_hex(16), number, reason)
        delivery.attempts.append(attempt)
        delivery.status = "sent"
        return attempt

    # Socket Mode

    def ticket(self) -> str:
        """Issue a ticket that opens one socket once."""
        ticket = secrets.token_urlsafe(24)
        self.tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one Socket Mode connection from its ticket to its close."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self.tickets.discard(ticket)
        ws = web.WebSocketResponse(heartbeat=30.0, timeout=1.0)
        await ws.prepare(request)
        if len(self.sockets) >= self.max_sockets:
            await ws.send_json(
                {**_frame("disconnect"), "reason": "too_many_websockets", **self._connections()}
            )
            await ws.close()
            return ws
        transport = request.transport
        if transport is None:
            return ws
        socket = Socket(ws, transport)
        self.sockets.append(socket)
        socket.outbox.put_nowait({**_frame("hello"), **self._connections()})
        writer = asyncio.get_running_loop().create_task(socket.write())
        while self._queue and socket in self.sockets:
            self._to_socket(*self._queue.popleft())
        self.changed()
        try:
            async for message in ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            self._gone(socket)
            writer.cancel()
        return ws

    def _connections(self) -> dict[str, Any]:
        return {"num_connections": len(self.sockets), "connection_info": {"app_id": APP_ID}}

    def _receive(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        found = self._envelopes.get(str(frame.get("envelope_id"))) if isinstance(frame, dict) else None
        if found is not None:
            self._acked(found.delivery, frame.get("payload"))

    def _gone(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
        lost, socket.waiting = socket.waiting, {}
        for envelope_id, delivery in lost.items():
            self._envelopes[envelope_id].timer.cancel()
            delivery.attempts[-1].error = "connection_failed"
            if delivery.kind == "events_api":
                self._to_socket(delivery, "connection_failed")
            else:
                self._fail(delivery, "connection_failed")
        self.changed()

    def _next_socket(self) -> Socket:
        self._turn += 1
        return self.sockets[self._turn % len(self.sockets)]

    def _to_socket(self, delivery: Delivery, reason: str) -> None:
        """Send an envelope to one socket, or keep an event until there is one."""
        if delivery.done:
            return
        if not self.sockets:
            delivery.status = "queued"
            self._queue.append((delivery, reason))
            return
        socket = self._next_socket()
        attempt = self._attempt(delivery, reason)
        frame: dict[str, Any] = {
            "envelope_id": attempt.envelope_id,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.accepts_answer,
        }
        if delivery.kind == "events_api":
            frame |= {"retry_attempt": attempt.number, "retry_reason": reason}
        socket.waiting[attempt.envelope_id] = delivery
        timer = asyncio.get_running_loop().call_later(
            self.ack_timeout, self._unacked, socket, attempt.envelope_id
        )
        self._envelopes[attempt.envelope_id] = Envelope(delivery, socket, timer)
        socket.outbox.put_nowait(frame)

    def _unacked(self, socket: Socket, envelope_id: str) -> None:
        """Note that three seconds passed; the envelope can still be acknowledged until the event is given up."""
        delivery = self._envelopes[envelope_id].delivery
        socket.waiting.pop(envelope_id, None)
        delivery.attempts[-1].error = "timeout"
        self._again(delivery, "timeout")

    def disconnect(self, reason: str = "refresh_requested", *, at_once: bool = False) -> None:
        """Ask every connected client to reconnect; ``at_once`` cuts the connections without a word."""
        for socket in list(self.sockets):
            if at_once:
                self._gone(socket)
                socket.transport.abort()
                continue
            socket.outbox.put_nowait({**_frame("disconnect"), "reason": reason})
            if reason != "warning":
                self._gone(socket)
                socket.outbox.put_nowait(None)

    # HTTP

    async def _post_event(self, delivery: Delivery) -> None:
        reason = delivery.first_reason
        for delay in (0.0, *self.retry_delays):
            if delay > 0:
                await asyncio.sleep(delay)
            error = await self._post(delivery, reason)
            if not error:
                return
            delivery.attempts[-1].error = reason = error
            if delivery.error == "no_retry":
                break
        self._fail(delivery, reason)

    async def _post(self, delivery: Delivery, reason: str) -> str:
        """Post once; return the reason for a retry, or nothing when it was acknowledged."""
        attempt = self._attempt(delivery, reason)
        body, content_type = _body(delivery)
        headers = sign(self.signing_secret, body) | {"Content-Type": content_type}
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": reason}
        timeout = aiohttp.ClientTimeout(total=self.ack_timeout)
        try:
            async with self.session.post(
                str(self.events_url), data=body, headers=headers, timeout=timeout
            ) as answer:
                text = await answer.text()
                if answer.headers.get("X-Slack-No-Retry") == "1":
                    delivery.error = "no_retry"
                if not 200 <= answer.status < 300:
                    return "http_error"
                self._acked(delivery, _answer(text, answer.content_type))
                return ""
        except TimeoutError:
            return "http_timeout"
        except aiohttp.ClientError:
            return "connection_failed"

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the client session; made when first needed."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        return self._session

    async def verify_url(self) -> bool:
        """Do Slack's url_verification handshake with ``events_url``; True when the challenge comes back."""
        challenge = secrets.token_hex(24)
        asked = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        body = json.dumps(asked).encode()
        headers = sign(self.signing_secret, body) | {"Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=self.ack_timeout)
        try:
            async with self.session.post(
                str(self.events_url), data=body, headers=headers, timeout=timeout
            ) as answer:
                return answer.status == 200 and challenge in await answer.text()
        except (TimeoutError, aiohttp.ClientError):
            return False

    def reset(self) -> None:
        """Forget everything that was to be delivered; connections stay."""
        for timer in [*self._timers, *(one.timer for one in self._envelopes.values())]:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        for delivery in list(self._finished):
            self._fail(delivery, "stopped")
        self._timers.clear()
        self._envelopes.clear()
        self._queue.clear()
        self.open.clear()
        self.deliveries.clear()
        for socket in self.sockets:
            socket.waiting.clear()

    async def stop(self) -> None:
        """Close the sockets, end what runs in the background."""
        for socket in list(self.sockets):
            self.sockets.remove(socket)
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await socket.ws.close(code=aiohttp.WSCloseCode.GOING_AWAY)
            socket.transport.abort()
        tasks = list(self._tasks)
        self.reset()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


VERIFICATION_TOKEN = "example-verification-token"  # noqa: S105 - the deprecated token that payloads still carry


def _frame(kind: str) -> dict[str, Any]:
    debug = {"host": "applink-1", "build_number": 10, "approximate_connection_time": 18060}
    return {"type": kind, "debug_info": debug if kind == "hello" else {"host": debug["host"]}}


def _body(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload, separators=(",", ":")).encode(), "application/json"
    form = (
        delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    )
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _answer(text: str, content_type: str) -> Any:
    """Return what an acknowledgement's body says: JSON, plain text as a message, or nothing."""
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return {"text": text}
    return {"text": text}


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """Return the headers that prove a request comes from Slack (v0 signature)."""
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

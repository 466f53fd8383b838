"""One web site on one port that carries the Slack, Jira and model stand-ins and the workbench page."""

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from emulators.jira import JiraEmulator
from emulators.jira.rights import ACCOUNTS
from emulators.models import AnthropicEmulator, ModelEmulator, OllamaEmulator
from emulators.people import PEOPLE
from emulators.slack import SlackEmulator

PAGE = Path(__file__).parent / "workbench"
PING = 15.0
POLICY = (
    "default-src 'self'; img-src 'self' https: http://127.0.0.1:* http://localhost:* data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class Site:
    """The stand-ins in one place: ``async with Site(port=0) as site`` listens, and ``site.url`` says where.

    ``data`` is a folder for slack.json and jira.json (None: memory only); ``reset`` forgets what it holds. ``events_url``
    is where Slack's events go over HTTP instead of Socket Mode; ``slack`` and ``jira`` are further arguments of the
    stand-ins. Raises ValueError for damaged data and OSError for a port in use.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        data: Path | None = None,
        reset: bool = False,
        events_url: str | None = None,
        slack: dict[str, Any] | None = None,
        jira: dict[str, Any] | None = None,
    ) -> None:
        self.host, self.port = host, port
        if data is not None:
            _prepare(data, reset)
        self.slack = SlackEmulator(state=data and data / "slack.json", events_url=events_url, **slack or {})
        self.jira = JiraEmulator(state=data and data / "jira.json", **jira or {})
        self.models = ModelEmulator()
        self.anthropic, self.ollama = AnthropicEmulator(), OllamaEmulator()
        self.parts = (self.slack, self.jira, self.models, self.anthropic, self.ollama)
        self.app = web.Application(middlewares=[_guarded])
        self.app.add_subapp("/slack", self.slack.app)
        self.app.add_subapp("/jira", self.jira.app)
        self.app.add_subapp("/openai", self.models.app)
        self.app.add_subapp("/anthropic", self.anthropic.app)
        self.app.add_subapp("/ollama", self.ollama.app)
        self.app.add_routes(
            [
                web.get("/", _page),
                web.get("/workbench/feed", self._feed),
                web.post("/workbench/model", self._model),
                web.post("/workbench/reset", self._reset),
                web.get("/workbench/about", self._about),
                web.static("/static", PAGE),
            ]
        )
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        self._closing = asyncio.Event()

    @property
    def url(self) -> str:
        """The site's address without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        listener = web.TCPSite(self._runner, self.host, self.port)
        try:
            await listener.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self.slack.base_url = f"{self.url}/slack"
        for part in self.parts:
            await part.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        for part in self.parts:
            await part.stop()
        await self._runner.cleanup()

    def reset(self) -> None:
        """Go back to the seed everywhere."""
        for part in self.parts:
            part.reset()
        for listener in list(self.jira.listeners):
            listener({"service": "jira", "type": "reset"})

    async def _about(self, _: web.Request) -> web.Response:
        """Tell the page who and what there is before anybody is chosen."""
        tokens = {one.id: one.token for one in ACCOUNTS}
        people = [
            {
                "id": one.slack,
                "name": one.name,
                "title": one.title,
                "email": one.email,
                "token": tokens[one.account],
            }
            for one in PEOPLE
        ]
        return web.json_response({"people": people, "model": self._models_now()})

    async def _model(self, request: web.Request) -> web.Response:
        """Set how the model answers; ``everywhere`` sets its backup to the same, which answers well otherwise."""
        try:
            wanted = dict(await request.json())
            everywhere = bool(wanted.pop("everywhere", False))
            self.models.behave(**wanted)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        self.anthropic.behave(**wanted if everywhere else {})
        return web.json_response(self._models_now())

    def _models_now(self) -> dict[str, Any]:
        now, backup = self.models.behaviour, self.anthropic.behaviour
        everywhere = now.down and backup.down
        return {
            "character": now.character,
            "seconds": now.seconds,
            "down": now.down,
            "everywhere": everywhere,
        }

    async def _reset(self, _: web.Request) -> web.Response:
        self.reset()
        return web.json_response({"ok": True})

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        """Send what changes in Slack and Jira as Server-Sent Events, for as long as the page listens."""
        user = request.query.get("user", "")
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await reply.prepare(request)
        await reply.write(b"retry: 1000\nevent: hello\ndata: {}\n\n")
        with suppress(ConnectionResetError):  # the page was closed
            async with self._changes(user) as changes:
                async for change in changes:
                    line = ": still here" if change is None else f"data: {json.dumps(change)}"
                    await reply.write(f"{line}\n\n".encode())
        return reply

    @asynccontextmanager
    async def _changes(self, user: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        def heard(change: dict[str, Any]) -> None:
            if change.get("user") in (None, user) or change.get("public"):
                queue.put_nowait(change)

        for part in self.parts:
            part.listeners.append(heard)
        try:
            yield self._drained(queue)
        finally:
            for part in self.parts:
                part.listeners.remove(heard)

    async def _drained(self, queue: "asyncio.Queue[dict[str, Any]]") -> AsyncIterator[dict[str, Any] | None]:
        closing = asyncio.create_task(self._closing.wait(), name="feed: site closing")
        try:
            while not closing.done():
                getting = asyncio.create_task(queue.get(), name="feed: next change")
                done, _ = await asyncio.wait(
                    {getting, closing}, timeout=PING, return_when=asyncio.FIRST_COMPLETED
                )
                if getting in done:
                    yield getting.result()
                else:
                    getting.cancel()
                    yield None
        finally:
            closing.cancel()


def _prepare(data: Path, reset: bool) -> None:
    """Make the folder; raises OSError naming it when it cannot be used."""
    data.mkdir(parents=True, exist_ok=True)
    if not os.access(data, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(data))
    if reset:
        for name in ("slack.json", "jira.json"):
            (data / name).unlink(missing_ok=True)


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


@web.middleware
async def _guarded(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    reply: web.StreamResponse = await handler(request)
    if request.path == "/" or request.path.startswith("/static/"):
        reply.headers["Content-Security-Policy"] = POLICY
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Cache-Control"] = "no-cache"
    return reply

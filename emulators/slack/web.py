"""The stand-in's HTTP face: Web API, Socket Mode, response URLs, and the human side as JSON with a live feed."""

import asyncio
import inspect
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators.kit import PREFIX, Faults, Recorded, below, control, middlewares
from emulators.people import BOT_USER, Person
from emulators.slack import chat, directory, views  # noqa: F401 - each registers its Web API methods
from emulators.slack.api import WebApi, flag
from emulators.slack.client import Client
from emulators.slack.directory import bot_user_json, user_json
from emulators.slack.events import handle
from emulators.slack.state import Channel, Message, Refused, SlackError
from emulators.slack.workspace import content_of

PERSON_CALLS = frozenset(
    {
        "say",
        "mention",
        "edit",
        "delete",
        "invite",
        "command",
        "press",
        "submit",
        "close",
        "suggest",
        "shortcut",
        "open_home",
        "look_at",
        "stop_stream",
        "open_assistant",
        "disconnect",
        "redeliver",
        "post_as_other_app",
        "history",
        "replies",
        "ephemerals",
        "views",
        "home",
    }
)
UNRECORDED = ("/_control", "/client/")


class SlackEmulator(Client):
    """A local Slack: one workspace, one installed app.

    Serve ``app`` below a prefix and set ``base_url`` (or let it be learned from the app's first request). The arguments are
    those of :class:`~emulators.slack.workspace.Workspace`.
    """

    def __init__(self, state: Path | None = None, **options: Any) -> None:
        super().__init__(state, **options)
        self.requests: deque[Recorded] = deque(maxlen=20_000)
        self.faults = Faults()
        self._feeds: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self.listeners.append(self._feed_all)
        self.app = self._application()

    def _application(self) -> web.Application:
        guards = [_except_for_people(one) for one in middlewares(self.requests, self.faults)]
        app = web.Application(middlewares=[self._learn_address(), *guards], client_max_size=4 * 1024**2)
        app[PREFIX] = "/slack"
        api = WebApi(self)
        app.router.add_route("*", "/api/{method}", api.serve)
        app.router.add_get("/socket", self.delivery.serve)
        app.router.add_post("/hooks/{kind}/{team}/{code}", self._respond_by_url)
        app.router.add_get("/client/state", self._serve_state)
        app.router.add_get("/client/feed", self._serve_feed)
        app.router.add_get("/client/deliveries", self._serve_deliveries)
        app.router.add_post("/client/{call}", self._serve_call)
        app.add_subapp("/_control", control(self.requests, self.faults))
        app.on_startup.append(lambda _: self.start())
        app.on_shutdown.append(lambda _: self.stop())
        return app

    async def start(self) -> None:
        """Nothing runs until it is asked for."""

    def disconnect(self, reason: str = "refresh_requested", *, at_once: bool = False) -> None:
        """Ask the Socket Mode clients to reconnect, or with ``at_once`` cut them off."""
        self.delivery.disconnect(reason, at_once=at_once)

    async def stop(self) -> None:
        """Close connections, end what is under way, save."""
        for feed in self._feeds:
            feed.put_nowait(None)
        await self.delivery.stop()
        self.snapshot.save()

    def _learn_address(self) -> Any:
        @web.middleware
        async def learning(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            if self.base_url is None:
                self.base_url = str(request.url.origin()) + request.path.removesuffix(below(request))
            return await handler(request)

        return learning

    @asynccontextmanager
    async def served(self, port: int = 0) -> AsyncIterator[str]:
        """Serve below ``/slack`` on this machine, alone, and yield the address: the app's SLACK_API_URL less ``/api/``."""
        site = web.Application()
        site.add_subapp("/slack", self.app)
        runner = web.AppRunner(site, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack"
            yield self.base_url
        finally:
            await runner.cleanup()

    # Response URLs

    async def _respond_by_url(self, request: web.Request) -> web.Response:
        """Take a message for a response_url; plain ``ok`` or the error's name, as Slack answers there."""
        try:
            payload = await request.json()
        except ValueError:
            return web.Response(text="invalid_payload", status=400)
        if not isinstance(payload, dict):
            return web.Response(text="invalid_payload", status=400)
        try:
            await self._use_response_url(request.match_info["code"], payload)
        except SlackError as error:
            if error.code in ("used_url", "expired_url", "no_service"):
                return web.json_response({"ok": False, "error": error.code}, status=404)
            body = {"ok": False, "error": error.code, "response_metadata": {"messages": error.messages or []}}
            return web.json_response(body, status=400 if error.code.startswith("invalid") else 500)
        return web.Response(text="ok")

    async def _use_response_url(self, code: str, payload: dict[str, Any]) -> None:
        deleting = flag(payload, "delete_original")
        if not deleting:
            content_of(json.loads(json.dumps(payload)))
        used = self.use_response_url(code)
        channel = self.world.channels[used.channel]
        original = self._original(used.user, channel, used.original)
        if deleting or flag(payload, "replace_original"):
            if original is None:
                raise SlackError("message_not_found")
            await self._change_original(
                used.user, channel, original, None if deleting else content_of(payload)
            )
            return
        # A reply keeps to the original's thread only when it names it.
        await self._respond(used.user, channel, payload, None)

    def _original(self, user: str, channel: Channel, ts: str) -> Message | None:
        private = next((m for m in self.world.ephemerals[user] if m["ts"] == ts), None)
        return private or channel.messages.get(ts)

    async def _change_original(
        self, user: str, channel: Channel, original: Message, content: dict[str, Any] | None
    ) -> None:
        if not original.get("is_ephemeral"):
            if content is None:
                await self.remove(channel, original["ts"])
            else:
                edited = {"user": BOT_USER, "ts": self.world.now_ts()}
                await self.replace(
                    channel, original, {"blocks": None, "attachments": None, **content, "edited": edited}
                )
            return
        if content is None:
            self.world.ephemerals[user].remove(original)
        else:
            for name in ("blocks", "attachments"):
                original.pop(name, None)
            original.update(content)
        self.changed("ephemeral", user=user, channel=channel.id, ts=original["ts"])

    # The human side over HTTP

    async def _serve_call(self, request: web.Request) -> web.Response:
        name = request.match_info["call"]
        if name == "reset":
            self.reset()
            return web.json_response({"ok": True})
        if name not in PERSON_CALLS:
            return web.json_response({"ok": False, "error": f"there is no call {name}"}, status=404)
        try:
            arguments = await request.json() if request.can_read_body else {}
            found = getattr(self, name)(**arguments)
            result = await found if inspect.isawaitable(found) else found
        except (Refused, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        if name == "redeliver":
            return web.json_response({"ok": True, "deliveries": len(result)})
        if result is None:
            return web.json_response({"ok": True})
        return web.json_response({"ok": True, "ts": result} if isinstance(result, str) else result)

    def state_for(self, user: str) -> dict[str, Any]:
        """Return everything this person's client shows."""
        person = self.person(user)
        members = [c for c in self.world.channels.values() if user in c.members]
        return {
            "me": user,
            "users": [self._face(one) for one in self.world.people.values()] + [_bot_face()],
            "channels": [self._conversation_json(channel) for channel in members],
            "ephemerals": self.world.ephemerals[user],
            "views": self.views(user),
            "home": self.home(user),
            "status": [
                {"channel": channel, "thread_ts": thread, **status}
                for (channel, thread), status in self.world.status.items()
                if status["until"] > self.clock()
            ],
            "prompts": self.world.prompts.get(person.dm),
            "titles": [
                {"channel": channel, "thread_ts": thread, "title": title}
                for (channel, thread), title in self.world.titles.items()
            ],
            "failures": [asdict(one) for one in self.failures if one.user == user],
            "connected": bool(self.delivery.sockets) or self.delivery.events_url is not None,
        }

    def _face(self, person: Person) -> dict[str, Any]:
        return {
            "id": person.slack,
            "name": handle(person),
            "real_name": person.name,
            "title": person.title,
            "dm": person.dm,
            "tz": person.tz,
            "is_bot": False,
            "image": user_json(person)["profile"]["image_72"],
        }

    def _conversation_json(self, channel: Channel) -> dict[str, Any]:
        messages = [
            message
            | ({"replies": self.replies(channel.id, message["ts"])[1:]} if "reply_count" in message else {})
            for message in self.history(channel.id)
        ]
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "members": channel.members,
            "messages": messages,
        }

    async def _serve_state(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self.state_for(request.query.get("user", "")))
        except Refused as error:
            return web.json_response({"ok": False, "error": str(error)}, status=404)

    async def _serve_deliveries(self, _: web.Request) -> web.Response:
        rows = [
            {
                "kind": one.kind,
                "id": one.id,
                "type": one.payload.get("event", one.payload).get("type", one.kind),
                "status": one.status,
                "attempts": [asdict(attempt) for attempt in one.attempts],
                "latency": one.latency,
                "error": one.error,
            }
            for one in self.delivery.deliveries
        ]
        return web.json_response(rows)

    def _feed_all(self, notice: dict[str, Any]) -> None:
        for feed in self._feeds:
            feed.put_nowait(notice)

    async def _serve_feed(self, request: web.Request) -> web.StreamResponse:
        user = request.query.get("user")
        feed: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        answer = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await answer.prepare(request)
        self._feeds.add(feed)
        try:
            await answer.write(b": connected\n\n")
            while (notice := await feed.get()) is not None:
                if user is None or notice.get("user") in (None, user):
                    await answer.write(b"data: " + json.dumps(notice).encode() + b"\n\n")
        except ConnectionError:
            pass
        finally:
            self._feeds.discard(feed)
        return answer


def _bot_face() -> dict[str, Any]:
    bot = bot_user_json()
    return {"id": BOT_USER, "name": bot["name"], "real_name": bot["real_name"], "is_bot": True, "dm": None}


def _except_for_people(guard: Any) -> Any:
    """Let a middleware of the kit see only what the app does, not the people and not the controls."""

    @web.middleware
    async def guarding(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if below(request).startswith(UNRECORDED):
            return await handler(request)
        answer: web.StreamResponse = await guard(request, handler)
        return answer

    return guarding

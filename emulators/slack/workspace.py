"""The workspace in motion: its data, the app's rights, triggers, response URLs, and the events that changes cause."""

import asyncio
import json
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from emulators.kit import Snapshot
from emulators.people import APP_ID, BOT_ID, BOT_USER, SIGNING_SECRET, TEAM, Person
from emulators.slack import events
from emulators.slack.blocks import check_message, complete
from emulators.slack.delivery import Delivery, Dispatcher
from emulators.slack.state import LEAST_SCOPES, Channel, Message, Refused, SlackError, World, bot_profile
from emulators.slack.text import posted

T = TypeVar("T")

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
TEXT_MOST = 40_000
SUBSCRIPTIONS = frozenset(
    {"agent_session_stopped", "app_context_changed", "app_home_opened", "app_mention", "message.im"}
)
_EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channel": "channels:history",
    "app_context_changed": "assistant:write",
    "agent_session_stopped": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "assistant_thread_context_changed": "assistant:write",
}


@dataclass(slots=True)
class Trigger:
    """A trigger_id: good once, for three seconds; ``view_id`` is the modal it was pressed in."""

    user: str
    issued: float
    view_id: str = ""
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """A response_url: good five times within thirty minutes; ``original`` is the message it may replace."""

    user: str
    channel: str
    issued: float
    original: str = ""
    ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class Outcome:
    """What a person sees of a failed command or interaction until the next change."""

    user: str
    text: str
    channel: str = ""
    ts: str = ""
    at: float = field(default_factory=time.time)


class Workspace:
    """A team with one installed app.

    ``scopes`` are the bot token's, ``subscriptions`` the events the app asked for; both may be changed at any time.
    ``escape_commands`` is the manifest's ``should_escape`` of slash commands: mentions and links arrive as markup.
    ``base_url`` is the address of the stand-in, with its prefix; it is learned from the first request when not given.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        events_url: str | None = None,
        base_url: str | None = None,
        scopes: frozenset[str] = LEAST_SCOPES,
        subscriptions: frozenset[str] = SUBSCRIPTIONS,
        signing_secret: str = SIGNING_SECRET,
        ack_timeout: float = 3.0,
        retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0),
        rate_limits: bool = False,
        escape_commands: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.clock = clock
        self.scopes = scopes
        self.subscriptions = subscriptions
        self.rate_limits = rate_limits
        self.escape_commands = escape_commands
        self.base_url = base_url
        self.listeners: list[Callable[[dict[str, Any]], None]] = []
        self.world = World(clock)
        self.delivery = Dispatcher(
            changed=self._wake,
            events_url=events_url,
            signing_secret=signing_secret,
            ack_timeout=ack_timeout,
            retry_delays=retry_delays,
        )
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()
        self._response_urls: OrderedDict[str, ResponseUrl] = OrderedDict()
        self._events: OrderedDict[str, Delivery] = OrderedDict()
        self.earlier: OrderedDict[tuple[str, str], list[dict[str, Any]]] = OrderedDict()
        self._waiters: set[asyncio.Future[None]] = set()
        self.failures: list[Outcome] = []
        self.snapshot = Snapshot(state, self.world.dump)
        self._load()

    def _load(self) -> None:
        saved = self.snapshot.load()
        if saved is None:
            return
        try:
            self.world.restore(saved)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{self.snapshot.path} is not a saved workspace; delete it or start with --reset"
            raise ValueError(message) from error

    def reset(self) -> None:
        """Return to the seed and forget what was to be delivered; connections stay."""
        self.world.reset()
        self.delivery.reset()
        self._triggers.clear()
        self._response_urls.clear()
        self._events.clear()
        self.earlier.clear()
        self.failures.clear()
        self.changed("reset")

    @property
    def deliveries(self) -> deque[Delivery]:
        """Everything the app was sent, oldest first, with attempts and acknowledgements."""
        return self.delivery.deliveries

    # Change notices

    def changed(self, kind: str, **facts: Any) -> None:
        """Tell the listeners and everybody who waits, and save soon."""
        notice = {"service": "slack", "type": kind, **facts}
        for listener in self.listeners:
            listener(notice)
        if self.snapshot.path is not None:
            self.snapshot.changed()
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 10.0) -> T:  # noqa: ASYNC109 - the usual name
        """Return what ``predicate`` returns as soon as that is true; looked at on every change, without polling.

        Raises TimeoutError.
        """
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiters.discard(waiter)
            return found

    async def wait_connected(self, sockets: int = 1, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - the usual name
        """Wait until that many Socket Mode clients are connected."""
        await self.wait_for(lambda: len(self.delivery.sockets) >= sockets, timeout)

    async def wait_settled(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - the usual name
        """Wait until everything sent has been acknowledged or given up."""
        await self.wait_for(lambda: not self.delivery.open, timeout)

    # Rights and short-lived ids

    def person(self, user: str) -> Person:
        """Return a person; raises Refused for an unknown one."""
        if user not in self.world.people:
            raise Refused(f"there is no person {user}")
        return self.world.people[user]

    def trigger(self, user: str, view_id: str = "") -> str:
        """Issue a trigger_id."""
        made = f"{int(self.clock() * 1000)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[made] = Trigger(user, self.clock(), view_id)
        while len(self._triggers) > 1000:
            self._triggers.popitem(last=False)
        return made

    def exchange(self, trigger_id: Any) -> Trigger:
        """Use up a trigger_id; raises invalid_trigger_id, exchanged_trigger_id or expired_trigger_id."""
        trigger = self._triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.clock() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, kind: str, user: str, channel: str, message: Message | None = None) -> str:
        """Issue a response_url below ``/hooks``."""
        if self.base_url is None:
            raise RuntimeError("the Slack stand-in does not know its address yet; set base_url")
        made = ResponseUrl(user, channel, self.clock())
        if message is not None:
            made.original = message["ts"]
            made.ephemeral = bool(message.get("is_ephemeral"))
            made.thread_ts = message.get("thread_ts")
        code = secrets.token_urlsafe(18)
        self._response_urls[code] = made
        while len(self._response_urls) > 5000:
            self._response_urls.popitem(last=False)
        return f"{self.base_url}/hooks/{kind}/{TEAM}/{code}"

    def use_response_url(self, code: str) -> ResponseUrl:
        """Count one use; raises SlackError used_url or expired_url when it is used up."""
        found = self._response_urls.get(code)
        if found is None:
            raise SlackError("no_service")
        if self.clock() - found.issued > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found

    # Events

    async def emit(self, event: dict[str, Any], subscription: str) -> Delivery | None:
        """Deliver an event when the app subscribes to it and may have it."""
        scope = _EVENT_SCOPES.get(subscription)
        if subscription not in self.subscriptions or (scope is not None and scope not in self.scopes):
            return None
        payload = events.envelope(_frozen(event))
        delivery = Delivery("events_api", payload["event_id"], payload)
        self._events[delivery.id] = delivery
        while len(self._events) > 20_000:
            self._events.popitem(last=False)
        await self.delivery.event(delivery)
        return delivery

    async def redeliver(
        self, ts_or_event_id: str, *, times: int = 1, new_event_id: bool = False
    ) -> list[Delivery]:
        """Deliver an event again as Slack does after a lost acknowledgement; raises Refused when there was none."""
        original = self._events.get(ts_or_event_id)
        if original is None:
            found = (d for d in self._events.values() if _is_about(d.payload["event"], ts_or_event_id))
            original = next(found, None)
        if original is None:
            raise Refused(f"no event {ts_or_event_id} was delivered")
        reason = "timeout" if self.delivery.events_url is None else "http_timeout"
        made = []
        for number in range(1, times + 1):
            payload = _frozen(original.payload)
            if new_event_id:
                payload["event_id"] = "Ev" + secrets.token_hex(5).upper()
            again = Delivery(
                "events_api", payload["event_id"], payload, first_number=number, first_reason=reason
            )
            await self.delivery.event(again)
            made.append(again)
        return made

    async def publish(self, channel: Channel, message: Message, thread_ts: str | None = None) -> Message:
        """Store a new message and tell the app of it where it listens."""
        self.world.add(channel, message, thread_ts)
        self.changed("message", channel=channel.id, ts=message["ts"], thread_ts=message.get("thread_ts"))
        if BOT_USER in channel.members:
            await self.emit(events.message_event(channel, message), f"message.{channel.kind}")
            await self._mention(channel, message)
        return message

    async def _mention(self, channel: Channel, message: Message) -> None:
        if (
            channel.kind != "im"
            and message.get("user") != BOT_USER
            and f"<@{BOT_USER}>" in message.get("text", "")
        ):
            await self.emit(events.mention_event(channel, message), "app_mention")

    async def replace(self, channel: Channel, message: Message, changes: dict[str, Any]) -> None:
        """Change a stored message and tell the app of it; a change to None removes the field."""
        previous = dict(message)
        if "blocks" in previous:
            self.earlier[channel.id, message["ts"]] = previous["blocks"]
            while len(self.earlier) > 2000:
                self.earlier.popitem(last=False)
        for name, value in changes.items():
            if value is None:
                message.pop(name, None)
            else:
                message[name] = value
        self.changed(
            "message_changed", channel=channel.id, ts=message["ts"], thread_ts=message.get("thread_ts")
        )
        if BOT_USER in channel.members:
            event = events.changed_event(channel, message, previous, self.world.now_ts())
            await self.emit(event, f"message.{channel.kind}")
            if f"<@{BOT_USER}>" not in previous.get("text", ""):
                await self._mention(channel, message)

    async def remove(self, channel: Channel, ts: str) -> None:
        """Delete a stored message and tell the app of it."""
        previous = self.world.remove(channel, ts)
        self.changed("message_deleted", channel=channel.id, ts=ts, thread_ts=previous.get("thread_ts"))
        if BOT_USER in channel.members:
            event = events.deleted_event(channel, previous, self.world.now_ts())
            await self.emit(event, f"message.{channel.kind}")

    def whisper(
        self, user: str, channel: Channel, content: dict[str, Any], thread_ts: str | None = None
    ) -> Message:
        """Show a message to one person only; it is not part of the channel's history."""
        message = bot_message(content) | {
            "ts": self.world.now_ts(),
            "channel": channel.id,
            "is_ephemeral": True,
        }
        if thread_ts:
            message["thread_ts"] = thread_ts
        self.world.ephemerals[user].append(message)
        self.changed("ephemeral", user=user, channel=channel.id, ts=message["ts"])
        return message

    def fail(self, user: str, text: str, channel: str = "", ts: str = "") -> None:
        """Show a person that the app did not answer."""
        self.failures.append(Outcome(user, text, channel, ts))
        del self.failures[:-50]
        self.changed("failure", user=user, channel=channel, ts=ts, text=text)


def bot_message(content: dict[str, Any]) -> Message:
    """Return a message of the app with this content."""
    return {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM,
        "bot_profile": bot_profile(),
        **content,
    }


def content_of(
    arguments: dict[str, Any], *, text_most: int = TEXT_MOST, blocks_most: float = inf
) -> dict[str, Any]:
    """Check and complete what an app wants to say: text, markdown_text, blocks, attachments.

    Raises SlackError no_text, msg_too_long, markdown_text_conflict, invalid_blocks_format, invalid_blocks or
    msg_blocks_too_long.
    """
    text, blocks = arguments.get("text"), arguments.get("blocks")
    markdown = arguments.get("markdown_text")
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_arguments", ["[ERROR] must be a string [json-pointer:/text]"])
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if blocks:
        faults = check_message(blocks)
        if faults:
            raise SlackError(
                "invalid_blocks", faults, errors=[fault.removeprefix("[ERROR] ") for fault in faults]
            )
    elif not (text or "").strip() and not arguments.get("attachments"):
        raise SlackError("no_text")
    if len(text or "") > text_most:
        raise SlackError("msg_too_long")
    if blocks and len(json.dumps(blocks, separators=(",", ":"))) > blocks_most:
        raise SlackError("msg_blocks_too_long")
    content: dict[str, Any] = {"text": posted(text or "")}
    if blocks:
        content["blocks"] = complete(blocks)
    if arguments.get("attachments"):
        content["attachments"] = arguments["attachments"]
    return content


def _frozen(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a deep copy, through JSON because that is several times faster than copy.deepcopy."""
    copied: dict[str, Any] = json.loads(json.dumps(payload))
    return copied


def _is_about(event: dict[str, Any], ts: str) -> bool:
    """Tell whether an event announced the message with this ts."""
    return ("subtype" not in event and event.get("ts") == ts) or (
        event.get("subtype") == "file_share" and event.get("ts") == ts
    )

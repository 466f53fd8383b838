"""The workspace as data: people, channels, messages with their threads, open modals and homes; no network, no events."""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from emulators.people import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    CHANNEL,
    OTHER_CHANNEL,
    PEOPLE,
    TEAM,
    TEAM_DOMAIN,
)

Message = dict[str, Any]
LEAST_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "chat:write",
        "commands",
        "im:history",
        "im:read",
        "im:write",
        "users:read",
        "users:read.email",
    }
)
THREAD_FIELDS = ("reply_count", "reply_users_count", "latest_reply", "reply_users", "subscribed", "is_locked")


class SlackError(Exception):
    """One of Slack's error codes, with what goes beside it in the answer."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code, self.messages, self.more = code, messages, more


class Refused(ValueError):
    """Something a person cannot do in a Slack client: press what is not there, submit a modal that is closed."""


@dataclass(slots=True)
class Channel:
    """A conversation; ``messages`` are in order of their ts, ``threads`` maps a root's ts to its replies' ts."""

    id: str
    name: str
    kind: str
    members: list[str]
    created: int = 1760000000
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A modal that is open at one person, or the home of one; ``payload`` is what apps get to see of it."""

    user: str
    payload: dict[str, Any]
    values: dict[str, dict[str, Any]] = field(default_factory=dict)


def bot_profile() -> dict[str, Any]:
    """Return the app's bot as messages carry it."""
    icon = "https://a.slack-edge.com/80588/img/plugins/app/bot_"
    return {
        "id": BOT_ID,
        "deleted": False,
        "name": "Updraft",
        "updated": 1760000000,
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "icons": {f"image_{size}": f"{icon}{size}.png" for size in (36, 48, 72)},
        "team_id": TEAM,
    }


class World:
    """Everything the workspace holds, and the moves that keep it consistent."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.reset()

    def reset(self) -> None:
        """Return to the seed: four people, two channels (the app is in the first), a direct message for each person."""
        everyone = [person.slack for person in PEOPLE]
        self.people = {person.slack: person for person in PEOPLE}
        self.channels = {
            CHANNEL: Channel(CHANNEL, "payments", "channel", [*everyone, BOT_USER]),
            OTHER_CHANNEL: Channel(OTHER_CHANNEL, "general", "channel", everyone),
        }
        for person in PEOPLE:
            self.channels[person.dm] = Channel(person.dm, "directmessage", "im", [person.slack, BOT_USER])
        self.ephemerals: dict[str, list[Message]] = {user: [] for user in everyone}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {user: [] for user in everyone}
        self.status: dict[tuple[str, str], dict[str, Any]] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self._last = 0

    def now_ts(self) -> str:
        """Return the next message timestamp; each is greater than all before."""
        self._last = max(self._last + 1, int(self.clock() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def channel(self, name: Any) -> Channel:
        """Find a conversation by id, name or person; raises channel_not_found."""
        if not isinstance(name, str):
            raise SlackError("channel_not_found")
        if name in self.people:
            name = self.people[name].dm
        found = self.channels.get(name)
        if found is None and name:
            wanted = name.removeprefix("#")
            found = next(
                (c for c in self.channels.values() if c.kind == "channel" and c.name == wanted), None
            )
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def root(self, channel: Channel, thread_ts: str) -> Message:
        """Return a thread's first message; raises thread_not_found, or cannot_reply_to_message for a reply's own ts."""
        root = channel.messages.get(thread_ts)
        if root is None:
            raise SlackError("thread_not_found")
        if root.get("thread_ts", thread_ts) != thread_ts:
            raise SlackError("cannot_reply_to_message")
        return root

    def add(self, channel: Channel, message: Message, thread_ts: str | None) -> Message:
        """Store a new message, in a thread when ``thread_ts`` is given, and give it its ts."""
        root = self.root(channel, thread_ts) if thread_ts else None
        message["ts"] = self.now_ts()
        if root is not None and thread_ts:
            message["thread_ts"] = thread_ts
            if "user" in root:
                message["parent_user_id"] = root["user"]
        channel.messages[message["ts"]] = message
        if root is not None and thread_ts:
            channel.threads.setdefault(thread_ts, []).append(message["ts"])
            self._count_reply(root, message)
        return message

    def _count_reply(self, root: Message, reply: Message) -> None:
        users = list(dict.fromkeys([*root.get("reply_users", []), reply.get("user", BOT_USER)]))
        root |= {
            "thread_ts": root["ts"],
            "reply_count": root.get("reply_count", 0) + 1,
            "reply_users_count": len(users),
            "latest_reply": reply["ts"],
            "reply_users": users,
            "is_locked": False,
            "subscribed": True,
        }

    def _recount(self, channel: Channel, root: Message) -> None:
        """Count a thread's replies anew after one is gone."""
        for name in (*THREAD_FIELDS, "thread_ts"):
            root.pop(name, None)
        for ts in channel.threads[root["ts"]]:
            self._count_reply(root, channel.messages[ts])

    def message(self, channel: Channel, ts: Any) -> Message:
        """Return one message; raises message_not_found, also for a deleted thread root's tombstone."""
        message = channel.messages.get(ts) if isinstance(ts, str) else None
        if message is None or message.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return message

    def remove(self, channel: Channel, ts: str) -> Message:
        """Delete a message; a root with replies leaves a tombstone, as in Slack."""
        message = self.message(channel, ts)
        thread = message.get("thread_ts")
        if channel.threads.get(ts):
            kept = {name: message[name] for name in (*THREAD_FIELDS, "thread_ts") if name in message}
            channel.messages[ts] = {
                "type": "message",
                "subtype": "tombstone",
                "text": "This message was deleted.",
                "user": "USLACKBOT",
                "hidden": True,
                "ts": ts,
            } | kept
            return message
        del channel.messages[ts]
        if thread and thread != ts:
            channel.threads[thread].remove(ts)
            self._recount(channel, channel.messages[thread])
        return message

    def history(self, channel: str) -> list[Message]:
        """Return a conversation's top-level messages, oldest first."""
        return [one for one in self.channels[channel].messages.values() if _is_top_level(one)]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Return a thread: its root and the replies, oldest first; empty when there is no such message."""
        found = self.channels[channel]
        if thread_ts not in found.messages:
            return []
        return [found.messages[ts] for ts in (thread_ts, *found.threads.get(thread_ts, []))]

    def stamp(self) -> str:
        """Return a fresh view hash."""
        return f"{int(self.clock())}.{secrets.token_hex(4)}"

    def view_payload(self, view: dict[str, Any], *, view_id: str | None = None) -> dict[str, Any]:
        """Complete a validated view into the form apps get back; the caller sets root and previous."""
        made = view_id or "V" + secrets.token_hex(5).upper()
        return {
            "id": made,
            "team_id": TEAM,
            "type": view["type"],
            "blocks": view["blocks"],
            "private_metadata": view.get("private_metadata") or "",
            "callback_id": view.get("callback_id") or "",
            "state": {"values": {}},
            "hash": self.stamp(),
            "title": view.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
            "close": view.get("close"),
            "submit": view.get("submit"),
            "previous_view_id": None,
            "root_view_id": made,
            "app_id": APP_ID,
            "external_id": view.get("external_id") or "",
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }

    def find_view(self, view_id: str) -> View | None:
        """Return the open modal or the home with this id."""
        for stack in self.modals.values():
            for view in stack:
                if view.payload["id"] == view_id:
                    return view
        return next((home for home in self.homes.values() if home.payload["id"] == view_id), None)

    def external(self, external_id: str) -> View | None:
        """Return the open modal or home with this external id."""
        everything = [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]
        return next((v for v in everything if external_id and v.payload["external_id"] == external_id), None)

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart: messages, homes, assistant titles and prompts; open modals do not."""
        return {
            "last": self._last,
            "channels": {one.id: asdict(one) for one in self.channels.values()},
            "homes": {user: home.payload for user, home in self.homes.items()},
            "prompts": self.prompts,
            "titles": [[*key, title] for key, title in self.titles.items()],
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up what :meth:`dump` returned; raises what a wrong shape causes."""
        channels = {name: Channel(**one) for name, one in saved["channels"].items()}
        if not all(
            isinstance(message, dict) for one in channels.values() for message in one.messages.values()
        ):
            raise TypeError("messages must be objects")
        self._last = int(saved["last"])
        self.channels |= channels
        self.homes = {user: View(user, payload) for user, payload in saved["homes"].items()}
        self.prompts = saved["prompts"]
        self.titles = {(channel, thread): title for channel, thread, title in saved["titles"]}


def _is_top_level(message: Message) -> bool:
    return (
        message.get("thread_ts", message["ts"]) == message["ts"]
        or message.get("subtype") == "thread_broadcast"
    )


def team() -> dict[str, str]:
    """Return the workspace as interactions name it."""
    return {"id": TEAM, "domain": TEAM_DOMAIN}

"""The human side: what a person does and sees in a Slack client, as methods; each does no more than a client would let them."""

import secrets
import uuid
from typing import Any

from emulators.people import BOT_ID, BOT_USER, TEAM
from emulators.slack import events
from emulators.slack.delivery import Delivery
from emulators.slack.state import Channel, Message, Refused, SlackError
from emulators.slack.surfaces import Surfaces
from emulators.slack.text import escape, posted, rich_text, typed
from emulators.slack.workspace import bot_message, content_of

COMMAND_FAILED = '{command} failed with the error "{error}"'
OTHER_BOT = "B0DEPLOYS1"


class Client(Surfaces):
    """The workspace with people in it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._viewing: dict[str, list[dict[str, Any]]] = {}

    def reset(self) -> None:
        """Return to the seed."""
        self._viewing.clear()
        super().reset()

    # Messages

    async def say(
        self, user: str, channel: str, text: str, thread_ts: str | None = None, files: list[str] | None = None
    ) -> str:
        """Write a message and return its ts; ``files`` are names. Mentions are written ``<@U…>``."""
        where = self.conversation(user, channel)
        if not text and not files:
            raise Refused("an empty message cannot be sent")
        stored = typed(text)
        message: Message = {"type": "message", "user": user, "text": stored, "team": TEAM}
        if text:
            message["blocks"] = rich_text(stored, secrets.token_urlsafe(4)[:5])
        message["client_msg_id"] = str(uuid.uuid4())
        if files:
            shared = [self._file(user, where, name) for name in files]
            message |= {"subtype": "file_share", "files": shared, "upload": False, "display_as_bot": False}
        if where.kind == "im" and self._viewing.get(user):
            message["app_context"] = {"entities": self._viewing[user]}
        try:
            await self.publish(where, message, thread_ts)
        except SlackError as error:
            raise Refused(f"there is no thread {thread_ts} in {channel}") from error
        return str(message["ts"])

    def _file(self, user: str, channel: Channel, name: str) -> dict[str, Any]:
        made = "F" + secrets.token_hex(5).upper()
        now = int(self.clock())
        kind = name.rpartition(".")[2].lower() if "." in name else "text"
        address = f"https://files.slack.com/files-pri/{TEAM}-{made}/{name}"
        return {
            "id": made,
            "created": now,
            "timestamp": now,
            "name": name,
            "title": name,
            "mimetype": "image/png" if kind == "png" else "application/octet-stream",
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": user,
            "editable": False,
            "size": 92582,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": channel.kind == "channel",
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": address,
            "url_private_download": address.replace(f"/{name}", f"/download/{name}"),
            "media_display_type": "unknown",
            "permalink": f"https://example.slack.com/files/{user}/{made}/{name}",
            "permalink_public": f"https://slack-files.com/{TEAM}-{made}-{secrets.token_hex(5)}",
            "has_rich_preview": False,
        }

    async def mention(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message that begins by mentioning the app."""
        return await self.say(user, channel, f"<@{BOT_USER}> {text}".rstrip(), thread_ts)

    def _own(self, user: str, channel: Channel, ts: str) -> Message:
        message = channel.messages.get(ts)
        if message is None or message.get("user") != user:
            raise Refused(f"{user} has written no message {ts} in {channel.id}")
        return message

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Edit one's own message."""
        where = self.conversation(user, channel)
        stored = typed(text)
        changes = {
            "text": stored,
            "blocks": rich_text(stored, secrets.token_urlsafe(4)[:5]),
            "edited": {"user": user, "ts": self.world.now_ts()},
        }
        await self.replace(where, self._own(user, where, ts), changes)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete one's own message."""
        where = self.conversation(user, channel)
        self._own(user, where, ts)
        await self.remove(where, ts)

    async def invite(self, user: str, channel: str) -> None:
        """Add the app to a channel; a mention that waited for it is delivered."""
        where = self.conversation(user, channel)
        if BOT_USER in where.members:
            return
        where.members.append(BOT_USER)
        self.changed("members", channel=channel)
        waiting = [m for m in where.messages.values() if f"<@{BOT_USER}>" in m.get("text", "")]
        if waiting:
            await self.emit(events.mention_event(where, waiting[-1]), "app_mention")

    async def post_as_other_app(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Let another app's bot post; return the ts."""
        try:
            where = self.world.channel(channel)
            message = {
                "type": "message",
                "subtype": "bot_message",
                "bot_id": OTHER_BOT,
                "username": "deploys",
            }
            return str((await self.publish(where, message | {"text": posted(text)}, thread_ts))["ts"])
        except SlackError as error:
            raise Refused(f"another app cannot post in {channel}: {error}") from error

    # Commands, shortcuts, home

    async def command(self, user: str, channel: str, text: str, command: str = "/updraft") -> dict[str, Any]:
        """Send a slash command; return the app's immediate answer, or ``{"ok": False, "error": …, "text": …}``."""
        person, where = self.person(user), self.conversation(user, channel)
        trigger = self.trigger(user)
        url = self.response_url("commands", user, where.id)
        payload = events.command_payload(person, trigger, where, command, self._command_text(text), url)
        sent = await self.delivery.request(Delivery("slash_commands", trigger, payload, accepts_answer=True))
        if sent.status != "acked":
            error = "operation_timeout" if sent.error == "http_timeout" else "dispatch_failed"
            return self._command_failed(user, where, command, error)
        answer = sent.answer
        if not isinstance(answer, dict) or not (answer.get("text") or answer.get("blocks")):
            return {"ok": True}
        try:
            await self._respond(user, where, answer, None)
        except SlackError as error:
            return self._command_failed(user, where, command, error.code)
        return {"ok": True, **answer}

    def _command_failed(self, user: str, where: Channel, command: str, error: str) -> dict[str, Any]:
        shown = COMMAND_FAILED.format(command=command, error=error)
        self.fail(user, shown, where.id)
        return {"ok": False, "error": error, "text": shown}

    def _command_text(self, text: str) -> str:
        """Return a command's text; without should_escape people and channels are plain names."""
        if self.escape_commands:
            return typed(text)
        for person in self.world.people.values():
            text = text.replace(f"<@{person.slack}>", f"@{events.handle(person)}")
        for channel in self.world.channels.values():
            text = text.replace(f"<#{channel.id}>", f"#{channel.name}")
        return escape(text)

    async def _respond(
        self, user: str, channel: Channel, answer: dict[str, Any], thread_ts: str | None
    ) -> None:
        """Show what a command or response_url answers: to the person alone unless it is in_channel."""
        content = content_of(answer)
        thread = answer.get("thread_ts") or thread_ts
        if answer.get("response_type") == "in_channel":
            message = {"type": "message", "subtype": "bot_message", "bot_id": BOT_ID, **content}
            await self.publish(channel, message, thread)
        else:
            self.whisper(user, channel, content, thread)

    async def shortcut(
        self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> dict[str, Any]:
        """Use a global shortcut, or with ``channel`` and ``ts`` one from a message's menu."""
        person = self.person(user)
        trigger = self.trigger(user)
        if channel is None or ts is None:
            payload = events.shortcut_payload(person, trigger, callback_id, self.world.now_ts())
        else:
            where = self.conversation(user, channel)
            message = where.messages.get(ts)
            if message is None:
                raise Refused(f"there is no message {ts} in {channel}")
            url = self.response_url("app", user, where.id)
            payload = events.message_shortcut_payload(
                person, trigger, callback_id, self.world.now_ts(), where, message, url
            )
        return await self._interact(user, trigger, payload, channel or "", ts or "")

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's home or its messages tab."""
        person = self.person(user)
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user,
            "channel": person.dm,
            "tab": tab,
            "event_ts": self.world.now_ts(),
        }
        if tab == "home" and user in self.world.homes:
            event["view"] = self.world.homes[user].payload
        if tab == "messages":
            event["context"] = self._context(user)
        await self.emit(event, "app_home_opened")

    def _context(self, user: str) -> dict[str, Any]:
        seen = self._viewing.get(user)
        return {"entities": seen} if seen else {}

    async def look_at(self, user: str, channel: str | None, ts: str | None = None) -> None:
        """Look at a channel or a message beside the app's pane; it goes along with what is written to the app."""
        person = self.person(user)
        entity: dict[str, Any] = {"type": "slack#/types/channel_id", "value": channel, "team_id": TEAM}
        if ts is not None:
            value = {"channel_id": channel, "message_ts": ts}
            entity |= {"type": "slack#/types/message_context", "value": value}
        self._viewing[user] = [] if channel is None else [entity]
        event = {
            "type": "app_context_changed",
            "user": user,
            "channel": person.dm,
            "context": self._context(user),
            "event_ts": self.world.now_ts(),
        }
        await self.emit(event, "app_context_changed")

    async def open_assistant(self, user: str, channel: str | None = None) -> str:
        """Start a thread in the pane of an app that has the older assistant_view; return the thread's ts."""
        person = self.person(user)
        where = self.conversation(user, person.dm)
        root = bot_message({"subtype": "assistant_app_thread", "text": "New Assistant Thread"})
        self.world.add(where, root, None)
        self.changed("message", channel=where.id, ts=root["ts"], thread_ts=None)
        seen = {"channel_id": channel, "team_id": TEAM, "enterprise_id": None} if channel else {}
        event = {
            "type": "assistant_thread_started",
            "assistant_thread": {
                "user_id": user,
                "context": seen,
                "channel_id": where.id,
                "thread_ts": root["ts"],
            },
            "event_ts": self.world.now_ts(),
        }
        await self.emit(event, "assistant_thread_started")
        return str(root["ts"])

    async def stop_stream(self, user: str, channel: str, thread_ts: str) -> None:
        """Press Stop while the app is writing in a thread."""
        where = self.conversation(user, channel)
        streaming = [m for m in self.world.replies(channel, thread_ts) if "streaming" in m]
        if not streaming:
            raise Refused(f"nothing is being written in {thread_ts}")
        for message in streaming:
            del message["streaming"]
            message["stopped_by_user"] = True
        event = {
            "type": "agent_session_stopped",
            "channel": where.id,
            "thread_ts": thread_ts,
            "streaming_message_ts": [message["ts"] for message in streaming],
            "user": user,
            "event_ts": self.world.now_ts(),
        }
        await self.emit(event, "agent_session_stopped")

    # What a person sees

    def history(self, channel: str) -> list[Message]:
        """Return a conversation's top-level messages, oldest first."""
        return self.world.history(self._known(channel).id)

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Return a thread: root first."""
        return self.world.replies(self._known(channel).id, thread_ts)

    def ephemerals(self, user: str) -> list[Message]:
        """Return the messages only this person sees."""
        return self.world.ephemerals[self.person(user).slack]

    def views(self, user: str) -> list[dict[str, Any]]:
        """Return the person's open modals, the visible one last."""
        return [view.payload for view in self.world.modals[self.person(user).slack]]

    def home(self, user: str) -> dict[str, Any] | None:
        """Return the person's home tab, if the app has published one."""
        home = self.world.homes.get(user)
        return home.payload if home else None

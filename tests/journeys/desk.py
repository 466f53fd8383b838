"""A desk to test from: the real product, served in this process, on the stand-ins; helpers to talk, press and read."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import serve
from bot.demo import product_environment
from bot.settings import Settings
from emulators.people import Person
from emulators.site import Site

Message = dict[str, Any]

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()

on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
"""Marks journeys (by ``desk`` or ``http_desk``) to be made on SQLite and on PostgreSQL."""


def on_postgres(url: str) -> dict[str, str]:
    """Return the settings that go with a database on PostgreSQL, which has no folder to keep a master key in."""
    return {"DATABASE_URL": url, "UPDRAFT_MASTER_KEY": MASTER_KEY}


@dataclass
class Desk:
    """One running product; people are those of the stand-ins."""

    site: Site
    folder: Path

    async def say(
        self, who: Person, text: str, *, channel: str | None = None, thread: str | None = None, **rest: Any
    ) -> Message:
        """Say something and return the finished answer to it."""
        where = channel or who.dm
        before = {message["ts"] for message in self._all(where, thread)}
        ts = await self.site.slack.say(who.slack, where, text, thread_ts=thread, **rest)
        return await self.answer(where, thread or ts, before)

    async def answer(self, channel: str, thread: str, before: set[str] | None = None) -> Message:
        """Wait for the app's answer in a thread, not one of those there ``before``."""

        def found() -> Message | None:
            ours = [
                one
                for one in self._all(channel, thread)
                if one.get("bot_id") and one["ts"] not in (before or ())
            ]
            return ours[-1] if ours else None

        message = await self.site.slack.wait_for(found)
        assert message is not None
        return deepcopy(message)

    async def becomes(self, message: Message, words: str, channel: str) -> Message:
        """Wait until a message of the app says these words (a regular expression)."""

        def found() -> Message | None:
            now = self.message(channel, message["ts"])
            return now if re.search(words, text_of(now)) else None

        changed = await self.site.slack.wait_for(found)
        assert changed is not None
        return deepcopy(changed)

    def message(self, channel: str, ts: str) -> Message:
        """Return a message as it is now."""
        state = self.site.slack.world.channels[channel]
        return next(dict(message) for message in state.messages.values() if message["ts"] == ts)

    async def press(
        self, who: Person, message: Message, label: str, channel: str | None = None
    ) -> dict[str, Any]:
        """Press the button with this label."""
        element = button(message, label)
        where = channel or who.dm
        return await self.site.slack.press(
            who.slack, where, message["ts"], element["action_id"], element["value"]
        )

    async def form(self, who: Person) -> dict[str, Any]:
        """Wait for a form to open before a person."""
        views = await self.site.slack.wait_for(lambda: self.site.slack.views(who.slack))
        return dict(views[-1])

    async def submit(self, who: Person, values: dict[str, Any]) -> dict[str, Any]:
        """Fill in and send the open form."""
        return await self.site.slack.submit(who.slack, (await self.form(who))["id"], values)

    def _all(self, channel: str, thread: str | None) -> list[Message]:
        if thread is None:
            return list(self.site.slack.history(channel))
        try:
            return list(self.site.slack.replies(channel, thread))
        except LookupError:
            return []

    def ours(self, key: str) -> list[dict[str, Any]]:
        """Return the comments on an issue that Updraft made."""
        return [
            one
            for one in self.site.jira.comments(key)
            if any(p["key"] == "updraft" for p in one.get("properties", []))
        ]


def text_of(message: Message) -> str:
    """Return all the words a message shows."""
    return str(message.get("text", "")) + "\n" + "\n".join(_words(message.get("blocks") or []))


def _words(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for one in node for word in _words(one)]
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [
            word for value in node.values() if isinstance(value, dict | list) for word in _words(value)
        ]
    return []


def buttons(message: Message) -> list[dict[str, Any]]:
    """Return the buttons of a message."""
    rows = [block["elements"] for block in message.get("blocks") or [] if block["type"] == "actions"]
    return [element for row in rows for element in row]


def button(message: Message, label: str) -> dict[str, Any]:
    """Return the button whose label begins so."""
    fitting = [one for one in buttons(message) if one["text"]["text"].startswith(label)]
    assert fitting, f"no button “{label}” among {[one['text']['text'] for one in buttons(message)]}"
    return fitting[0]


def settings(site: Site, folder: Path, *, http: bool = False, port: int = 0, **more: str) -> Settings:
    """Return the product's settings for a site, as its environment would give them."""
    environment = (
        product_environment(site.url, folder, port, http=http)
        | {"UPDRAFT_RETRY_BASE": "0.02", "UPDRAFT_JIRA_SETTLE": "0.1"}
        # What is counted are the requests that somebody's words cause.
        | {"UPDRAFT_HEALTH_EVERY": "0"}
        | more
    )
    return Settings.model_validate(environment)


@asynccontextmanager
async def served(site: Site, folder: Path, **rest: Any) -> AsyncIterator[None]:
    """Run the product on a site while the context is open."""
    ready, stop = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(settings(site, folder, **rest), ready=ready, stop=stop))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        if task.done():
            task.result()
        yield
    finally:
        stop.set()
        await task

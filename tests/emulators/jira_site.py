"""A running Jira stand-in for tests: a clock that stands still, the jira library in a thread, plain HTTP beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from jira import JIRA

from emulators.jira import JiraEmulator
from emulators.jira.rights import BY_ID, Account
from emulators.people import ANA, BEN, CHEN, DORA, SERVICE_ACCOUNT

Result = TypeVar("Result")
Json = dict[str, Any]
SERVICE, ANA_, BEN_, CHEN_, DORA_ = (
    BY_ID[id] for id in (SERVICE_ACCOUNT, ANA.account, BEN.account, CHEN.account, DORA.account)
)
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Clock:
    """A clock that moves when told."""

    def __init__(self, now: datetime = FRIDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Answered:
    """An HTTP answer read whole."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any


@dataclass(frozen=True, slots=True)
class Jira:
    """The running site and two ways to talk to it."""

    emulator: JiraEmulator
    clock: Clock
    url: str
    session: aiohttp.ClientSession

    async def rest(
        self, method: str, path: str, who: Account | None = ANA_, json: Any = None, **rest: Any
    ) -> Answered:
        """Send one request to the v3 API (or to a whole path) as somebody, or nobody."""
        headers = dict(rest.pop("headers", {}))
        if who:
            headers["Authorization"] = aiohttp.encode_basic_auth(who.email, who.token)
        url = self.url + (path if path.startswith("/rest/") else f"/rest/api/3/{path}")
        async with self.session.request(method, url, json=json, headers=headers, **rest) as answer:
            text = await answer.text()
            parsed = await answer.json(content_type=None) if "json" in answer.content_type and text else None
            return Answered(answer.status, answer.headers, text, parsed)

    async def library(self, act: Callable[[JIRA], Result], who: Account = ANA_, version: str = "3") -> Result:
        """Let the unmodified jira library do something as somebody, in a thread."""

        def work() -> Result:
            client = JIRA(
                server=self.url,
                basic_auth=(who.email, who.token),
                options={"rest_api_version": version},
                max_retries=0,
            )
            with closing(client):
                return act(client)

        return await asyncio.to_thread(work)


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Jira]:
    """Run a freshly seeded site mounted as in the product's demo."""
    clock = options.pop("now", None) or Clock()
    emulator = JiraEmulator(now=clock, **options)
    root = web.Application()
    root.add_subapp("/jira", emulator.app)
    async with TestServer(root) as server, aiohttp.ClientSession() as session:
        await emulator.start()
        yield Jira(emulator, clock, str(server.make_url("/jira")), session)
        await emulator.stop()


def adf(*paragraphs: str) -> Json:
    """Return a document of paragraphs."""
    content = [{"type": "paragraph", "content": [{"type": "text", "text": one}]} for one in paragraphs]
    return {"version": 1, "type": "doc", "content": content}

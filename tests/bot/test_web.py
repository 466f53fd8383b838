"""The web side: health for everybody, Slack's events for who signs them."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from psycopg import sql

from emulators.people import ANA, APP_ID, SIGNING_SECRET, TEAM
from emulators.site import Site
from tests.bot.pages import PAGES
from tests.journeys.desk import Desk, on_postgres, served

EVENT = {
    "type": "event_callback",
    "team_id": TEAM,
    "api_app_id": APP_ID,
    "event_id": "Ev0000000001",
    "event_time": 1795000000,
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": ANA.dm,
        "user": ANA.slack,
        "text": "help",
        "ts": "1795000000.000100",
        "event_ts": "1795000000.000100",
    },
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@asynccontextmanager
async def product(folder: Path, *, http: bool) -> AsyncIterator[tuple[Desk, aiohttp.ClientSession]]:
    port = free_port()
    events_url = f"http://127.0.0.1:{port}/slack/events" if http else None
    async with (
        Site(port=0, events_url=events_url) as site,
        served(site, folder, http=http, port=port),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield Desk(site, folder), session


@pytest.fixture
async def over_http(tmp_path: Path) -> AsyncIterator[tuple[Desk, aiohttp.ClientSession]]:
    """The product reached over HTTP, and a session to send it what Slack would."""
    async with product(tmp_path, http=True) as running:
        yield running


async def post(
    session: aiohttp.ClientSession,
    payload: Any,
    *,
    secret: str = SIGNING_SECRET,
    age: float = 0,
    **headers: Any,
) -> tuple[int, str]:
    """Send a payload with Slack's signature of this secret and age."""
    body, sent = json.dumps(payload), str(int(time.time() - age))
    digest = hmac.new(secret.encode(), f"v0:{sent}:{body}".encode(), hashlib.sha256).hexdigest()
    signed = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": sent,
        "X-Slack-Signature": f"v0={digest}",
    }
    async with session.post("/slack/events", data=body, headers=signed | headers) as answer:
        return answer.status, await answer.text()


async def test_in_socket_mode_there_is_health_alone(tmp_path: Path) -> None:
    async with product(tmp_path, http=False) as (_, session):
        for path in ("/health/live", "/health/ready"):
            async with session.get(path) as answer:
                assert answer.status == 200
                assert await answer.json() == {"status": "ok"}
                assert "server" not in answer.headers
        assert (await post(session, EVENT))[0] == 404


async def test_slack_is_answered_its_challenge(over_http: tuple[Desk, aiohttp.ClientSession]) -> None:
    status, text = await post(over_http[1], {"type": "url_verification", "challenge": "c0ffee", "token": "x"})
    assert status == 200
    assert "c0ffee" in text
    async with over_http[1].get("/slack/events") as answer:
        assert answer.status == 405


async def test_what_slack_did_not_sign_is_refused(over_http: tuple[Desk, aiohttp.ClientSession]) -> None:
    desk, session = over_http
    assert (await post(session, EVENT, secret="another"))[0] == 401
    assert (await post(session, EVENT, age=600))[0] == 401
    assert (await post(session, EVENT, secret=""))[0] == 401
    async with session.post("/slack/events", json=EVENT) as unsigned:
        assert unsigned.status == 401
    assert not [one for one in desk.site.slack.requests if one.path.endswith("chat.postMessage")]


async def test_a_retried_event_is_answered_once(over_http: tuple[Desk, aiohttp.ClientSession]) -> None:
    desk, session = over_http
    event = EVENT["event"]
    assert isinstance(event, dict)
    said = await desk.site.slack.say(ANA.slack, ANA.dm, "help")
    await desk.answer(ANA.dm, said)
    again = EVENT | {"event": event | {"ts": said, "event_ts": said}}
    for number in range(1, 4):
        headers: dict[str, Any] = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
        assert (await post(session, again, **headers))[0] == 200
    last = await desk.say(ANA, "help")
    posted = [one for one in desk.site.slack.requests if one.path.endswith("chat.postMessage")]
    assert last["ts"]
    assert len(posted) == 2


async def test_what_is_not_of_this_workspace_is_dropped(
    over_http: tuple[Desk, aiohttp.ClientSession],
) -> None:
    desk, session = over_http
    assert (await post(session, EVENT | {"team_id": "T0ELSEWHERE"}))[0] == 200
    await desk.site.slack.wait_settled()
    assert not [one for one in desk.site.slack.requests if one.path.endswith("chat.postMessage")]


@pytest.mark.parametrize("body", [{}, {"type": "nonsense"}, {"type": "event_callback"}, {"type": ["x"]}])
async def test_signed_nonsense_breaks_nothing(
    over_http: tuple[Desk, aiohttp.ClientSession], body: Any
) -> None:
    status, text = await post(over_http[1], body)
    assert status < 500, text
    async with over_http[1].get("/health/ready") as answer:
        assert answer.status == 200


async def test_each_dependency_is_asked_for_real(
    over_http: tuple[Desk, aiohttp.ClientSession],
) -> None:
    desk, session = over_http
    async with session.get("/health/dependencies") as answer:
        found = await answer.json()
    assert (answer.status, found["status"]) == (200, "ok")
    assert set(found["dependencies"]) == {
        "database",
        "slack",
        "jira",
        "openai:gpt-4.1",
        "openai:gpt-4.1-mini",
    }
    asked = len(desk.site.models.requests)
    async with session.get("/health/dependencies") as answer:
        assert answer.status == 200
    assert len(desk.site.models.requests) == asked


async def test_while_the_database_is_away_the_others_are_asked(postgres_url: str, tmp_path: Path) -> None:
    port = free_port()
    async with (
        Site(port=0) as site,
        served(site, tmp_path, port=port, **on_postgres(postgres_url)),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        await Desk(site, tmp_path).say(ANA, "help")  # so that jobs run
        with taken_away(postgres_url):
            async with session.get("/health/dependencies") as answer:
                found = (await answer.json())["dependencies"]
        assert answer.status == 503
        assert found["database"]["reason"] == "The database does not answer (OperationalError)."
        assert {name for name, one in found.items() if one["status"] == "ok"} == {
            "slack",
            "jira",
            "openai:gpt-4.1",
            "openai:gpt-4.1-mini",
        }


@contextmanager
def taken_away(url: str) -> Iterator[None]:
    """Let nobody into a database, and end who is in it, while the context is open."""
    address, _, name = url.rpartition("/")
    mine = sql.Identifier(name)
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(mine))
        server.execute(ending, [name])
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(mine))


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_in_slacks_place_is_slack_being_away(
    over_http: tuple[Desk, aiohttp.ClientSession], page: str
) -> None:
    desk, session = over_http
    desk.site.slack.faults.add(path="auth.test", times=-1, **PAGES[page])
    async with session.get("/health/dependencies") as answer:
        found = (await answer.json())["dependencies"]
    assert answer.status == 503
    assert found["slack"]["reason"].startswith("Slack does not answer (HTTP ")


async def test_what_is_down_is_said_with_its_reason(
    over_http: tuple[Desk, aiohttp.ClientSession],
) -> None:
    desk, session = over_http
    desk.site.models.behave(down=True)
    desk.site.slack.faults.add("status", "auth.test", status=500, times=-1)
    desk.site.jira.faults.add("status", "myself", status=503, times=-1)
    async with session.get("/health/dependencies") as answer:
        found = (await answer.json())["dependencies"]
    assert answer.status == 503
    assert found["database"]["status"] == "ok"
    assert found["openai:gpt-4.1"]["reason"] == "openai:gpt-4.1 failed (503)."
    assert found["slack"]["reason"].startswith("Slack does not answer (HTTP 500")
    assert "Jira does not answer" in found["jira"]["reason"]

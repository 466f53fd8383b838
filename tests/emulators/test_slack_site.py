"""The human side over HTTP, the live feed, the state that survives a restart."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.people import ANA, BEN, BOT_TOKEN, CHANNEL
from emulators.slack import SlackEmulator


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    emulator = SlackEmulator()
    async with emulator.served():
        yield emulator


@pytest.fixture
async def session(slack: SlackEmulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{slack.base_url}/") as made:
        yield made


async def post(session: aiohttp.ClientSession, call: str, **arguments: Any) -> tuple[int, Any]:
    async with session.post(f"client/{call}", json=arguments) as answer:
        return answer.status, await answer.json()


async def test_people_use_the_same_calls_over_http(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    status, said = await post(session, "say", user=ANA.slack, channel=ANA.dm, text="hello")
    assert status == 200
    assert slack.history(ANA.dm)[0]["ts"] == said["ts"]
    await post(session, "edit", user=ANA.slack, channel=ANA.dm, ts=said["ts"], text="hello again")
    status, messages = await post(session, "history", channel=ANA.dm)
    assert [message["text"] for message in messages] == ["hello again"]
    assert (await post(session, "redeliver", ts_or_event_id=said["ts"]))[1] == {"ok": True, "deliveries": 1}
    assert (await post(session, "command", user=ANA.slack, channel=CHANNEL, text="help"))[1]["ok"] is False


@pytest.mark.parametrize(
    ("call", "arguments", "status"),
    [
        ("say", {"user": "U0NOBODY01", "channel": CHANNEL, "text": "x"}, 400),
        ("say", {"user": ANA.slack}, 400),
        ("press", {"user": ANA.slack, "channel": CHANNEL, "ts": "1.0", "action_id": "x"}, 400),
        ("publish", {}, 404),
        ("history", {"channel": "C0NOWHERE1"}, 400),
    ],
)
async def test_what_a_client_cannot_do_is_refused(
    session: aiohttp.ClientSession, call: str, arguments: dict[str, Any], status: int
) -> None:
    got, body = await post(session, call, **arguments)
    assert got == status
    assert body["ok"] is False
    assert body["error"]


async def test_the_state_is_what_one_person_sees(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    web = AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack.base_url}/api/")
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    await web.chat_postMessage(channel=ANA.dm, text="hi", thread_ts=ts)
    await web.chat_postEphemeral(channel=CHANNEL, user=BEN.slack, text="psst")
    async with session.get("client/state", params={"user": ANA.slack}) as answer:
        state = await answer.json()
    dm = next(channel for channel in state["channels"] if channel["id"] == ANA.dm)
    assert [reply["text"] for reply in dm["messages"][0]["replies"]] == ["hi"]
    assert BEN.dm not in {channel["id"] for channel in state["channels"]}
    assert (state["ephemerals"], state["connected"]) == ([], False)
    async with session.get("client/state", params={"user": "U0NOBODY01"}) as answer:
        assert answer.status == 404


async def test_the_feed_tells_each_change(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    async with session.get("client/feed", params={"user": ANA.slack}) as feed:
        await feed.content.readline()
        slack.whisper(BEN.slack, slack.world.channel(CHANNEL), {"text": "not for Ana"})
        ts = await slack.say(ANA.slack, ANA.dm, "hello")
        await feed.content.readline()
        notice = json.loads((await feed.content.readline()).removeprefix(b"data: "))
    assert (notice["service"], notice["type"], notice["channel"], notice["ts"]) == (
        "slack",
        "message",
        ANA.dm,
        ts,
    )


async def test_only_the_apps_requests_are_recorded(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    slack.faults.add("status", times=-1)
    await post(session, "say", user=ANA.slack, channel=ANA.dm, text="hello")
    async with session.get("_control/requests") as answer:
        assert await answer.json() == []
    async with session.get("client/deliveries") as answer:
        (row,) = await answer.json()
    assert (row["kind"], row["type"], row["status"]) == ("events_api", "message", "queued")


async def test_messages_and_homes_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "slack.json"
    first = SlackEmulator(path)
    async with first.served():
        web = AsyncWebClient(token=BOT_TOKEN, base_url=f"{first.base_url}/api/")
        ts = await first.say(ANA.slack, ANA.dm, "hello")
        await first.say(ANA.slack, ANA.dm, "more", thread_ts=ts)
        await web.views_publish(user_id=ANA.slack, view={"type": "home", "blocks": []})
        await web.views_open(
            trigger_id=first.trigger(ANA.slack),
            view={"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []},
        )
    second = SlackEmulator(path)
    assert second.replies(ANA.dm, ts) == first.replies(ANA.dm, ts)
    assert second.home(ANA.slack) == first.home(ANA.slack)
    assert second.views(ANA.slack) == []
    assert second.world.now_ts() > ts


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"last": 1}', '{"last": 1, "channels": {"C": {"nonsense": 1}}}']
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "slack.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"slack\.json"):
        SlackEmulator(path)


async def test_reset_returns_to_the_seed(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    await slack.say(ANA.slack, ANA.dm, "hello")
    await post(session, "reset")
    assert slack.history(ANA.dm) == []
    assert list(slack.deliveries) == []

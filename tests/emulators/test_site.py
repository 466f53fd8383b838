"""The site carries the three stand-ins and the page, keeps its data, and says plainly what is wrong."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web

from emulators.people import ANA, BEN, MODEL_KEY
from emulators.site import Site

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
async def session(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(site.url) as session:
        yield session


async def _json(session: aiohttp.ClientSession, path: str, **more: Any) -> Any:
    async with session.get(path, **more) as reply:
        assert reply.status == 200, await reply.text()
        return await reply.json()


async def test_everything_is_below_its_prefix(site: Site, session: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {MODEL_KEY}"}
    assert (await _json(session, "/openai/v1/models", headers=headers))["object"] == "list"
    assert (await _json(session, "/jira/rest/api/3/serverInfo"))["deploymentType"] == "Cloud"
    assert (await _json(session, f"/slack/client/state?user={ANA.slack}"))["me"] == ANA.slack
    async with session.post("/slack/api/api.test") as reply:
        assert reply.headers["Content-Type"].startswith("application/json")
    assert [one.path for one in site.models.requests] == ["/v1/models"]


async def test_the_page_uses_nothing_from_outside(session: aiohttp.ClientSession) -> None:
    async with session.get("/") as reply:
        page = await reply.text()
        assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    assert "https://" not in page
    for path in Path(ROOT / "emulators/workbench").iterdir():
        async with session.get(f"/static/{path.name}") as reply:
            assert reply.status == 200
            text = await reply.text()
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text


async def _heard(feed: aiohttp.ClientResponse, kind: str) -> dict[str, Any]:
    async for line in feed.content:
        if line.startswith(b"data: ") and (change := json.loads(line[6:])).get("type") == kind:
            return dict(change)
    raise AssertionError(f"the feed ended before {kind}")


async def test_feed_merges_slack_and_jira_for_one_person(site: Site, session: aiohttp.ClientSession) -> None:
    async with session.get(f"/workbench/feed?user={ANA.slack}") as feed:
        assert await feed.content.readline() == b"retry: 1000\n"
        site.slack.fail(BEN.slack, "only Ben sees this")
        await site.slack.say(ANA.slack, ANA.dm, "hello")
        change = await _heard(feed, "message")
        assert (change["service"], change["channel"]) == ("slack", ANA.dm)
        site.jira.comment("DEMO-12", "a comment")
        assert (await _heard(feed, "issue_changed"))["key"] == "DEMO-12"
        site.reset()
        assert (await _heard(feed, "reset"))["service"]


async def test_controls_of_the_model(site: Site, session: aiohttp.ClientSession) -> None:
    async with session.post("/workbench/model", json={"character": "slow", "seconds": 0.5}) as reply:
        assert (await reply.json())["character"] == "slow"
    assert site.models.behaviour.seconds == 0.5
    async with session.post("/workbench/model", json={"down": True}) as reply:
        assert reply.status == 200
    async with session.get("/openai/v1/models", headers={"Authorization": f"Bearer {MODEL_KEY}"}) as reply:
        assert reply.status == 503
    async with session.post("/workbench/model", json={"character": "evil"}) as reply:
        assert (reply.status, "must be one of" in (await reply.json())["error"]) == (400, True)
    async with session.post("/workbench/reset") as reply:
        assert reply.status == 200
    assert site.models.behaviour.character == "good"


async def test_data_survives_and_reset_forgets(tmp_path: Path) -> None:
    async with Site(data=tmp_path) as site:
        await site.slack.say(ANA.slack, ANA.dm, "remember me")
        site.jira.comment("DEMO-12", "and me")
        before = len(site.jira.comments("DEMO-12"))
    async with Site(data=tmp_path) as site:
        assert [one["text"] for one in site.slack.history(ANA.dm)] == ["remember me"]
        assert len(site.jira.comments("DEMO-12")) == before
    async with Site(data=tmp_path, reset=True) as site:
        assert site.slack.history(ANA.dm) == []
        assert len(site.jira.comments("DEMO-12")) == before - 1


async def _started(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "emulators", *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_command_says_ready_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    process = await _started("--port", "0", "--data", str(tmp_path))
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    assert ready.startswith("ready http://127.0.0.1:")
    feed_path = f"/workbench/feed?user={ANA.slack}"
    async with aiohttp.ClientSession(ready.split()[1]) as session, session.get(feed_path) as feed:
        await feed.content.readline()
        body = {"user": ANA.slack, "channel": ANA.dm, "text": "hello"}
        async with session.post("/slack/client/say", json=body) as reply:
            assert reply.status == 200
        process.send_signal(number)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert "hello" in (tmp_path / "slack.json").read_text()
    assert (tmp_path / "jira.json").exists()


async def test_port_in_use_is_one_sentence(site: Site) -> None:
    process = await _started("--port", str(site.port))
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert (
        errors.decode()
        == f"Cannot listen at 127.0.0.1:{site.port}: the port is in use; choose another with --port.\n"
    )


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"issues": 3}', '{"last": 1, "channels": {"C1": {}}}', "\ud83d"]
)
@pytest.mark.parametrize("name", ["slack.json", "jira.json"])
async def test_damaged_data_is_one_sentence(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    process = await _started("--port", "0", "--data", str(tmp_path))
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert str(tmp_path / name) in errors.decode()
    assert "--reset" in errors.decode()
    assert errors.count(b"\n") == 1


async def test_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = await _started("--port", "0", "--data", str(tmp_path / "file"))
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert errors.count(b"\n") == 1
    assert "cannot be used" in errors.decode()


def test_page_offers_what_the_manifest_declares() -> None:
    manifest = ROOT / "manifest.yml"
    if not manifest.exists():
        pytest.skip("there is no manifest beside the stand-ins")
    features = yaml.safe_load(manifest.read_text())["features"]
    offered = json.loads((ROOT / "emulators/workbench/app.json").read_text())
    declared = {(one["type"], one["callback_id"], one["name"]) for one in features["shortcuts"]}
    messages = {("message", one["callback_id"], one["name"]) for one in offered["message_shortcuts"]}
    everywhere = {("global", one["callback_id"], one["name"]) for one in offered["global_shortcuts"]}
    assert messages | everywhere == declared
    assert [one["command"] for one in features["slash_commands"]] == [offered["command"]]
    assert len(offered["hints"]) == 5


async def test_events_go_over_http_when_an_address_is_given() -> None:
    got: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        assert request.headers["X-Slack-Signature"].startswith("v0=")
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Site(events_url=f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events") as site:
        await site.slack.say(ANA.slack, ANA.dm, "over http")
        await site.slack.wait_settled()
    await runner.cleanup()
    assert [one["event"]["text"] for one in got] == ["over http"]

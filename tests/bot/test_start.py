"""Starting and stopping: what is wrong is one sentence, never a traceback."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.app import StartError, serve
from bot.demo import product_environment
from bot.web import PortTaken
from emulators.people import ANA, APP_TOKEN, BOT_TOKEN, JIRA_TOKEN, MODEL_KEY
from emulators.site import Site
from engine import StoreError
from tests.bot.pages import PAGES
from tests.journeys.desk import Desk, settings

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


async def refusal(site: Site, folder: Path, **wrong: Any) -> str:
    with pytest.raises((StartError, StoreError, PortTaken)) as caught:
        await serve(settings(site, folder, **wrong))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "SLACK_BOT_TOKEN",
            "xoxb-wrong",
            "Slack does not accept SLACK_BOT_TOKEN (invalid_auth). Copy the bot token from the app's “Install App” page.",
        ),
        (
            "SLACK_APP_TOKEN",
            "xapp-wrong",
            "Slack does not accept SLACK_APP_TOKEN (invalid_auth). Make an app-level token with the scope connections:write and switch Socket Mode on.",
        ),
        (
            "SLACK_API_URL",
            NOWHERE,
            "Slack cannot be used at http://127.0.0.1:1/ (ClientConnectorError). Check the network and SLACK_API_URL, or try again later.",
        ),
        (
            "DATABASE_URL",
            "mysql://u:pass@h/d",
            "DATABASE_URL must be sqlite+aiosqlite:///path/to/updraft.db or postgresql://user:password@host/database",
        ),
    ],
)
async def test_what_keeps_it_from_starting_is_said(
    site: Site, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    assert await refusal(site, tmp_path, **{name: value}) == sentence


async def test_a_database_that_is_none_is_left_alone(site: Site, tmp_path: Path) -> None:
    words = "not a database, but long enough to be read as one " * 50
    (tmp_path / "updraft.db").write_text(words)
    assert "move the file away to start afresh" in await refusal(site, tmp_path)
    assert (tmp_path / "updraft.db").read_text() == words


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", ["status", "html", "drop_before", *PAGES])
async def test_slack_being_down_is_not_blamed_on_a_token(
    site: Site, tmp_path: Path, method: str, fault: str
) -> None:
    down: dict[str, Any] = PAGES.get(fault, {"kind": fault, "status": 503})
    site.slack.faults.add(path=method, times=-1, **down)
    said = await refusal(site, tmp_path)
    assert said.startswith("Slack cannot be used at http://127.0.0.1:")
    assert "TOKEN" not in said


@pytest.mark.parametrize("command", [["credentials", "list"], ["flags", "list"]])
async def test_a_wrong_address_of_slack_is_one_sentence(
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    """Where another server listens, it answers with pages of its own."""
    for name, value in product_environment(site.url, tmp_path, 0).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_API_URL", f"{site.url}/nowhere/")
    assert await asyncio.to_thread(main, command) == 1
    told = capsys.readouterr().err
    assert told.startswith(
        f"Slack cannot be used at {site.url}/nowhere/ (HTTP 404, which is not Slack's own answer). Check the network and SLACK_API_URL"
    )
    assert told.count("\n") == 1


def run(*arguments: str, **environment: str) -> Any:
    """Start a command as a process of its own."""
    return asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE
    )


async def test_a_port_in_use_is_said_in_one_line(site: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await run("serve", **product_environment(site.url, tmp_path, port))
        out, told = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    assert told.decode() == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use). Set PORT to another one.\n"
    )


@pytest.mark.parametrize(("again", "soon"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
async def test_who_insists_is_not_kept_waiting(
    site: Site, tmp_path: Path, again: signal.Signals, *, soon: bool
) -> None:
    """A second Ctrl-C ends it at once, a second SIGTERM does not: platforms send several."""
    environment = product_environment(site.url, tmp_path, 0) | {"UPDRAFT_HEALTH_EVERY": "0"}
    process = await run("serve", **environment)
    try:
        await site.slack.wait_connected()
        fault = site.jira.faults.add("hang", "")
        await site.slack.say(ANA.slack, ANA.dm, "done with DEMO-14")
        for _ in range(400):
            if fault.times == 0:
                break
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        process.send_signal(again)
        try:
            _, told = await asyncio.wait_for(process.communicate(), 8 if soon else 2)
        except TimeoutError:
            assert not soon
        else:
            assert soon, told.decode()
            assert process.returncode == 1
            assert "stopped before everything was done" in told.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_serving_without_settings_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 2
    told = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN: is not set\n" in told
    assert "JIRA_URL: is not set\n" in told


async def test_a_misspelt_setting_is_a_line_of_the_log(tmp_path: Path) -> None:
    process = await run("serve", **product_environment(NOWHERE, tmp_path, 0), UPDRAFT_MODLE="openai:gpt-4.1")
    _, told = await process.communicate()
    line = json.loads(told.decode().splitlines()[0])
    assert (line["event"], line["level"]) == ("unknown setting", "warning")
    assert (line["setting"], line["nearest"]) == ("UPDRAFT_MODLE", "UPDRAFT_MODEL")


@pytest.mark.parametrize(("command", "serve_jobs"), [("work", "true"), ("serve", "false")])
async def test_a_part_of_the_work_needs_a_shared_database(
    tmp_path: Path, command: str, serve_jobs: str
) -> None:
    environment = product_environment(NOWHERE, tmp_path, 0) | {"UPDRAFT_SERVE_JOBS": serve_jobs}
    process = await run(command, **environment)
    _, told = await process.communicate()
    assert process.returncode == 2
    assert told.decode().startswith("DATABASE_URL: with SQLite one process does everything.")
    assert "postgresql://" in told.decode()


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--nonsense"]])
def test_wrong_use_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: updraft" in capsys.readouterr().err


def test_migrating(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in product_environment(NOWHERE, tmp_path, 0).items():
        monkeypatch.setenv(name, value)
    for _ in range(2):
        assert main(["migrate"]) == 0
        assert capsys.readouterr().out == "The database is up to date.\n"
    assert (tmp_path / "updraft.db").exists()
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:////proc/none/x.db")
    assert main(["migrate"]) == 1
    assert "/proc/none/x.db cannot be opened" in capsys.readouterr().err
    monkeypatch.delenv("JIRA_URL")
    assert main(["migrate"]) == 2


def test_migrating_postgresql(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    postgres_url: str,
    tmp_path: Path,
) -> None:
    for name, value in product_environment(NOWHERE, tmp_path, 0).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"
    monkeypatch.setenv("DATABASE_URL", f"{postgres_url}_none")
    assert main(["migrate"]) == 1
    told = capsys.readouterr().err
    assert "it has no such database; create it, or name another. Check DATABASE_URL." in told
    assert told.count("\n") == 1


async def test_the_log_tells_of_work_and_keeps_words_and_secrets_out(site: Site, tmp_path: Path) -> None:
    """A journey with troubles, logged at debug; then SIGTERM ends it in good order."""
    environment = product_environment(site.url, tmp_path, 0) | {
        "UPDRAFT_LOG_LEVEL": "debug",
        "UPDRAFT_RETRY_BASE": "0.02",
    }
    process = await run("serve", **environment)
    await site.slack.wait_connected()
    desk = Desk(site, tmp_path)
    card = await desk.say(ANA, "fixed the zebrafish in DEMO-14, QA pending")
    site.jira.faults.add("status", "comment", method="POST", status=503)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)
    site.models.behave("broken_json")
    await desk.say(ANA, "the walrus in DEMO-17 is blocked by the bank, rollout pending")
    site.jira.faults.add("html", "transitions", times=2)
    await desk.say(ANA, "done with DEMO-12")
    site.slack.faults.add("drop_after", "chat.postMessage")
    await desk.say(ANA, "write an e-mail to my manager that I have a narwhal today")
    process.send_signal(signal.SIGTERM)
    out, told = await process.communicate()
    assert process.returncode == 0
    assert out == b""
    lines = [json.loads(line) for line in told.decode().splitlines()]
    assert [line["event"] for line in lines if line["event"] in ("ready", "stopping")] == [
        "ready",
        "stopping",
    ]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    log = told.decode().lower()
    secrets = (BOT_TOKEN, APP_TOKEN, JIRA_TOKEN, MODEL_KEY)
    words = ("zebrafish", "walrus", "narwhal", "pending", ANA.email)
    assert [one for one in (*secrets, *words) if one.lower() in log] == []
    assert "traceback" not in log
    assert "keyerror" not in log, "a job that nobody handles"

"""Dead letters as an operator finds them and has them done after all, with the product running."""

import asyncio
import json

import pytest

from bot import logs
from bot.__main__ import main
from bot.demo import product_environment
from bot.settings import load
from emulators.people import ANA
from engine import Store
from engine.jobs import jobs_on
from engine.revival import revive
from tests.journeys.desk import Desk, on_both_databases, text_of

pytestmark = on_both_databases

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"
NEVER = {"ok": False, "error": "invalid_blocks"}


@pytest.fixture
def environment(desk: Desk, database: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    logs.quiet()  # as each command does; but the first one's output would begin with lines of the product
    for name, value in (product_environment(desk.site.url, desk.folder, 0) | database).items():
        monkeypatch.setenv(name, value)


async def command(*words: str) -> int:
    return await asyncio.to_thread(main, words)


async def dead(desk: Desk, capsys: pytest.CaptureFixture[str], kind: str) -> str:
    """Wait for a dead letter of a kind; return its id."""
    for _ in range(200):
        capsys.readouterr()
        assert await command("jobs", "--failed", "--json") == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        if found := [row["id"] for row in rows if row["kind"] == kind]:
            return str(found[0])
        await asyncio.sleep(0.02)
    raise AssertionError(f"no dead letter of {kind}")


@pytest.mark.usefixtures("environment")
async def test_an_answer_that_could_not_be_sent(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Slack refuses every answer; when that is mended the message is answered without being said again."""
    desk.site.slack.faults.add("status", "chat.postMessage", status=200, body=NEVER, times=-1)
    ts = await desk.site.slack.say(ANA.slack, ANA.dm, UPDATE)
    id = await dead(desk, capsys, "answer")
    assert await command("jobs") == 0
    table = capsys.readouterr().out
    assert id[:12] in table
    assert "invalid_blocks" in table
    desk.site.slack.faults.clear()
    assert await command("jobs", "requeue", id[:10]) == 0
    assert "answer is put back" in capsys.readouterr().out
    card = await desk.answer(ANA.dm, ts)
    assert "DEMO-14" in text_of(card)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1


@pytest.mark.usefixtures("environment")
async def test_an_answer_that_was_told_to_have_failed_is_replaced(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.site.jira.faults.add("status", "project/search", status=200, body={"odd": 1}, times=-1)
    answer = await desk.say(ANA, "done with DEMO-12")
    assert "Something went wrong on my side" in text_of(answer)
    await dead(desk, capsys, "answer")
    desk.site.jira.faults.clear()
    assert await command("jobs", "requeue", "--all") == 0
    await desk.becomes(answer, r"→ \*Done\*", ANA.dm)


@pytest.mark.usefixtures("environment")
async def test_a_comment_is_posted_after_all(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    card = await desk.say(ANA, UPDATE)
    desk.site.jira.faults.add("status", "/comment", status=201, body={"odd": 1}, times=-1)
    await desk.press(ANA, card, "Post")
    failed = await desk.becomes(card, "have stopped trying", ANA.dm)
    await dead(desk, capsys, "post_draft")
    desk.site.jira.faults.clear()
    assert await command("jobs", "requeue", "--all") == 0
    await desk.becomes(failed, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1


@pytest.mark.usefixtures("environment")
async def test_what_was_decided_since_is_left_alone(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    card = await desk.say(ANA, UPDATE)
    desk.site.jira.faults.add("status", "/comment", status=201, body={"odd": 1}, times=-1)
    await desk.press(ANA, card, "Post")
    failed = await desk.becomes(card, "have stopped trying", ANA.dm)
    await dead(desk, capsys, "post_draft")
    desk.site.jira.faults.clear()
    await desk.press(ANA, failed, "Reject")
    await desk.submit(ANA, {"reason": ""})
    await desk.becomes(card, "Rejected", ANA.dm)
    assert await command("jobs", "requeue", "--all") == 1
    assert "was decided on or changed since" in capsys.readouterr().out
    assert not desk.ours("DEMO-14")


@pytest.mark.usefixtures("environment")
async def test_what_the_commands_say(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    await desk.say(ANA, "help")
    capsys.readouterr()
    assert await command("jobs", "--failed") == 0
    assert capsys.readouterr().out == "There are none.\n"
    assert await command("jobs", "requeue", "--all") == 0
    assert capsys.readouterr().out == "There are no dead letters.\n"
    assert await command("jobs", "requeue", "nonsense") == 1
    assert "no dead letter whose id begins with 'nonsense'" in capsys.readouterr().err
    assert await command("jobs", "requeue") == 1
    assert "or give --all" in capsys.readouterr().err
    assert await command("jobs", "stats") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "kind",
        "pending",
        "processing",
        "failed",
        "completed",
        "median",
        "95",
        "%",
        "wait",
    ]
    assert [row.split()[0] for row in rows] == ["answer", "forget", "test_credentials", "tidy"]
    assert await command("jobs", "stats", "--json") == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (answer["kind"], answer["failed"]) == ("answer", 0)


@pytest.mark.usefixtures("environment")
async def test_one_of_several_who_put_it_back_has_done_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.site.jira.faults.add("status", "project/search", status=200, body={"odd": 1}, times=-1)
    await desk.say(ANA, "done with DEMO-12")
    id = await dead(desk, capsys, "answer")
    desk.site.jira.faults.clear()
    store = await Store.open(load().database_url)
    done = await asyncio.gather(
        *(revive(store, jobs_on(store), id, "cli:x") for _ in range(4)), return_exceptions=True
    )
    await store.close()
    assert len([one for one in done if not isinstance(one, BaseException)]) == 1

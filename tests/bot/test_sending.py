"""One answer, whatever became of its message meanwhile: answered by another process, deleted, or sent by a try that was cut off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, opened
from bot.slack.delivery import Delivery
from bot.slack.people import People
from emulators.people import ANA, TEAM
from emulators.site import Site
from engine import Incoming, Job
from engine.inbox import State
from engine.jobs import TakenOver
from engine.store import utcnow
from tests.crash.product import until
from tests.journeys.desk import on_postgres, settings, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"
QUESTION = "is DEMO-12 done?"
MANY = 230


class Office:
    """A product that does not run its jobs yet, and what it says to Ana."""

    def __init__(self, site: Site, app: App) -> None:
        self.site, self.app, self.inbox = site, app, app.engine.inbox

    async def take(self, text: str, thread: str | None = None) -> tuple[str, str]:
        """Take a message; return its id and its time."""
        ts = await self.site.slack.say(ANA.slack, ANA.dm, text, thread)
        id = await self.app.engine.take(Incoming(TEAM, ANA.slack, ANA.dm, text, f"Ev{ts}", ts, thread or ts))
        assert id is not None
        return id, ts

    async def post(self, id: str, thread: str | None) -> str:
        """Say something in the place of a message's answer."""
        metadata = {"event_type": "updraft_answer", "event_payload": {"entry": id}}
        said = await self.app.slack.chat_postMessage(
            channel=ANA.dm, thread_ts=thread, text="A word before.", metadata=metadata
        )
        return str(said["ts"])

    async def work(self) -> None:
        """Run the jobs until none is due."""
        await self.app.jobs.start()
        await self.app.jobs.idle()

    async def state(self, id: str) -> State:
        return (await self.inbox.entry(id)).state

    def said(self) -> list[dict[str, Any]]:
        """Return what the app has said."""
        messages = self.site.slack.world.channels[ANA.dm].messages.values()
        return [dict(one) for one in messages if one.get("bot_id")]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    if getattr(request, "param", "sqlite") == "sqlite":
        return {}
    return on_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def office(tmp_path: Path, database: dict[str, Any]) -> AsyncIterator[Office]:
    async with Site(port=0) as site, opened(settings(site, tmp_path, **database)) as app:
        yield Office(site, app)


on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize("patient", [False, True])
async def test_a_process_that_was_paused_leaves_alone_what_another_has_answered(
    office: Office, tmp_path: Path, database: dict[str, Any], patient: bool
) -> None:
    """It has read the issue as it was, and comes back when it is done and told so."""
    id, ts = await office.take(QUESTION)
    if patient:
        await office.inbox.sending(id, ())
        await office.inbox.sent(id, await office.post(id, ts), over=False)
    slow = office.site.jira.faults.add("slow", "/issue/DEMO-12", seconds=2.0, after=True)
    async with opened(settings(office.site, tmp_path, **database)) as paused:
        delivery = Delivery(paused.engine, paused.slack, People(paused.slack), paused.jobs)
        late = asyncio.create_task(delivery.answer(Job("j" * 32, "answer", {"message": id}, id, 0, utcnow())))
        await until(lambda: slow.times == 0)
        office.site.jira.transition("DEMO-12", "Done")
        await office.work()
        assert await office.state(id) is State.ANSWERED
        with pytest.raises(TakenOver):
            await late
    assert await office.state(id) is State.ANSWERED
    [answer] = office.said()
    assert "*Done*" in text_of(answer)


@on_both
async def test_what_another_has_answered_is_not_opened_again(office: Office) -> None:
    id, _ = await office.take(QUESTION)
    await office.work()
    assert await office.inbox.sending(id, ()) is None
    await office.inbox.elsewhere(id, "D0ELSEWHERE")
    entry = await office.inbox.entry(id)
    assert (entry.state, entry.reply_channel) == (State.ANSWERED, ANA.dm)


@on_both
@pytest.mark.parametrize("text", [QUESTION, UPDATE])
async def test_a_message_deleted_while_it_is_being_answered_stays_without_an_answer(
    office: Office, text: str
) -> None:
    id, ts = await office.take(text)
    slow = office.site.jira.faults.add("slow", "/issue/DEMO-1", seconds=0.5, after=True)
    await office.app.jobs.start()
    await until(lambda: slow.times == 0)
    await office.app.engine.withdraw(TEAM, ANA.dm, ts)
    await office.app.jobs.idle()
    assert await office.state(id) is State.WITHDRAWN
    assert office.said() == []
    assert await office.app.engine.drafts.of_message(id) is None


@pytest.mark.parametrize("threaded", [True, False])
async def test_an_answer_that_was_sent_is_found_among_hundreds_of_messages(
    office: Office, threaded: bool
) -> None:
    thread = await office.site.slack.say(ANA.slack, ANA.dm, "a long talk") if threaded else None
    for number in range(MANY if threaded else 0):
        await office.site.slack.say(ANA.slack, ANA.dm, f"before {number}", thread)
    if threaded:
        id, _ = await office.take(QUESTION, thread)
    else:
        # A command has no time of Slack's, and its answer hangs on nothing.
        command = Incoming(TEAM, ANA.slack, ANA.dm, QUESTION, "command 1")
        id = await office.app.engine.take(command) or ""
    await office.inbox.sending(id, ())
    sent = await office.post(id, thread)
    for number in range(MANY):
        await office.site.slack.say(ANA.slack, ANA.dm, f"after {number}", thread)
    await office.work()
    [answer] = office.said()
    assert answer["ts"] == sent
    assert "DEMO-12" in text_of(answer)


async def test_a_look_that_slack_refuses_for_a_moment_is_repeated_before_anything_is_sent(
    office: Office,
) -> None:
    id, ts = await office.take(QUESTION)
    await office.inbox.sending(id, ())
    await office.post(id, ts)
    body = {"ok": False, "error": "internal_error"}
    office.site.slack.faults.add("status", r"conversations\.replies", status=200, body=body)
    await office.work()
    await until(lambda: "DEMO-12" in text_of(office.said()[0]))
    assert len(office.said()) == 1

"""Moves whose answer is lost, late or cut off, by a clock that tests set: made once, and told truly."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulators.people import ANA, JIRA_TOKEN, SERVICE_EMAIL, TEAM
from emulators.site import Site
from engine.access import Access
from engine.completion import Completion, Unclear
from engine.jira import Jira, JiraUnavailable
from engine.store import Store
from engine.types import Person, Sure
from tests.engine.conftest import TestClock

PERSON = Person(TEAM, ANA.slack, ANA.name, ANA.email)
SETTLE = 10.0
LATE = 0.6

both_workflows = pytest.mark.parametrize("type", ["Task", "Story"])
"""A task may go from done to done again, a story may not."""


class Desk:
    """What moves issues, on a real Jira stand-in whose answers are waited for a moment only."""

    def __init__(self, site: Site, store: Store, clock: TestClock) -> None:
        self.site, self.store, self.clock = site, store, clock
        self.jira = Jira(f"{site.url}/jira", SERVICE_EMAIL, JIRA_TOKEN, settle=SETTLE, timeout=(1.0, 0.3))
        self.completion = Completion(store, Access(self.jira), clock)
        self.key = ""

    def issue(self, type: str = "Story") -> str:
        """Make an issue in review."""
        self.key = self.site.jira.create("DEMO", "A thing", assignee=ANA.account, type=type)
        for name in ("Start progress", "Send to review") if type == "Story" else ("In Review",):
            self.site.jira.transition(self.key, name)
        return self.key

    async def done(self, message: str = "M1", *, sure: Sure | None = None) -> str:
        """Say that it is done; return the answer."""
        return (await self.completion.complete(message, PERSON, [self.key], sure=sure)).text

    async def lost(self, **fault: object) -> None:
        """Say that it is done while the answer to the move gets lost."""
        self.site.jira.faults.add(path="/transitions$", method="POST", **fault)  # type: ignore[arg-type]
        with pytest.raises(Unclear) as caught:
            await self.done()
        assert caught.value.retry_after == SETTLE

    async def somebody(self) -> None:
        """Have the issue moved, as an earlier request or another person does."""
        self.site.jira.transition(self.key, "Done")

    @property
    def asked(self) -> int:
        """How often Jira was asked for a move."""
        return sum(
            one.method == "POST" and one.path.endswith("/transitions") for one in self.site.jira.requests
        )

    @property
    def moves(self) -> int:
        """How often the issue was moved to done."""
        histories = self.site.jira.issue(self.key)["changelog"]["histories"]
        items = [item for history in histories for item in history["items"] if item["field"] == "status"]
        return sum(item["toString"] == "Done" for item in items)


@pytest.fixture
async def desk(store: Store, clock: TestClock) -> AsyncIterator[Desk]:
    async with Site(port=0) as site:
        made = Desk(site, store, clock)
        yield made
        await made.jira.close()


@both_workflows
async def test_a_move_that_jira_makes_after_we_gave_up_waiting_is_made_and_told_once(
    desk: Desk, type: str
) -> None:
    desk.issue(type)
    taken = asyncio.get_running_loop().create_future()
    desk.site.jira.listeners.append(lambda _: None if taken.done() else taken.set_result(None))
    await desk.lost(kind="slow", seconds=LATE)
    desk.clock.pass_by(seconds=4)
    with pytest.raises(Unclear):
        await desk.done()
    await taken
    desk.clock.pass_by(seconds=7)
    assert "In Review → **Done**" in await desk.done()
    assert (desk.asked, desk.moves) == (1, 1)


async def test_a_move_whose_answer_was_lost_is_found_at_once(desk: Desk) -> None:
    desk.issue()
    desk.site.jira.faults.add("drop_after", "/transitions$", method="POST")
    assert "In Review → **Done**" in await desk.done()
    assert desk.asked == 1


@both_workflows
async def test_a_move_that_never_arrived_is_made_after_a_while(desk: Desk, type: str) -> None:
    desk.issue(type)
    await desk.lost(kind="drop_before")
    desk.clock.pass_by(seconds=SETTLE)
    assert "In Review → **Done**" in await desk.done()
    assert desk.moves == 1


async def test_a_move_that_comes_at_the_last_moment_is_told_as_ours(desk: Desk) -> None:
    desk.issue()
    await desk.lost(kind="drop_before")
    desk.clock.pass_by(seconds=SETTLE)
    # Its workflow refuses another move then: what Jira says of that is nobody's concern.
    assert "In Review → **Done**" in await desk.done(sure=desk.somebody)
    assert desk.moves == 1
    assert "In Review → **Done**" in await desk.done()


async def test_what_somebody_else_moves_at_the_last_moment_is_not_ours(desk: Desk) -> None:
    desk.issue()
    for _ in range(2):
        assert "is already **Done**; nothing to do" in await desk.done(sure=desk.somebody)


@both_workflows
async def test_a_move_that_was_cut_off_may_still_come(desk: Desk, type: str) -> None:
    desk.issue(type)
    taken = asyncio.get_running_loop().create_future()
    desk.site.jira.listeners.append(lambda _: None if taken.done() else taken.set_result(None))
    desk.site.jira.faults.add("slow", "/transitions$", method="POST", seconds=LATE)
    asked = asyncio.Event()

    async def sure() -> None:
        asked.set()

    cut_off = asyncio.create_task(desk.done(sure=sure))
    await asked.wait()
    await asyncio.sleep(0.1)
    cut_off.cancel()
    desk.clock.pass_by(seconds=6)
    with pytest.raises(Unclear) as caught:
        await desk.done()
    assert caught.value.retry_after == pytest.approx(4.0)
    await taken
    assert "In Review → **Done**" in await desk.done()
    assert (desk.asked, desk.moves) == (1, 1)


async def test_what_jira_refuses_was_certainly_not_moved(desk: Desk) -> None:
    desk.issue()
    desk.site.jira.faults.add(
        "status", "/transitions$", method="POST", status=429, headers={"Retry-After": "3"}
    )
    with pytest.raises(JiraUnavailable):
        await desk.done()
    body = {"errorMessages": ["Not on a Friday."]}
    desk.site.jira.faults.add("status", "/transitions$", method="POST", status=400, body=body)
    assert "Not on a Friday." in await desk.done()
    await desk.somebody()
    assert "is already **Done**; nothing to do" in await desk.done()


async def test_a_refusal_leaves_an_earlier_try_in_doubt(desk: Desk) -> None:
    desk.issue()
    await desk.lost(kind="drop_before")
    desk.clock.pass_by(seconds=SETTLE)
    desk.site.jira.faults.add("status", "/transitions$", method="POST", status=429)
    with pytest.raises(JiraUnavailable):
        await desk.done()
    await desk.somebody()
    assert "In Review → **Done**" in await desk.done()


async def test_what_was_moved_back_since_is_left_there(desk: Desk) -> None:
    """The message is worked on again where another issue of it could not be moved yet."""
    desk.issue()
    assert "In Review → **Done**" in await desk.done()
    desk.site.jira.transition(desk.key, "Reopen")
    assert "In Review → **Done**. Since then it was moved to **" in await desk.done()
    assert desk.asked == 1
    assert "→ **Done**" not in await desk.done("M2")


async def test_a_process_waits_by_the_clock_that_counts(store: Store, clock: TestClock) -> None:
    async with Site(port=0) as site:
        desk = Desk(site, store, clock)
        desk.completion = Completion(store, desk.completion.access)
        desk.issue("Task")
        await desk.lost(kind="drop_before")
        with pytest.raises(Unclear) as caught:
            await desk.done()
        assert caught.value.retry_after is not None
        assert SETTLE - 3 < caught.value.retry_after < SETTLE
        desk.jira.settle = 0.01
        await asyncio.sleep(0.02)
        assert "In Review → **Done**" in await desk.done()
        await desk.jira.close()

"""Approved drafts while Jira is down, late or changed its mind, by a clock that tests set: told truly, posted once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from emulators.people import ANA, JIRA_TOKEN, SERVICE_EMAIL, TEAM
from emulators.site import Site
from engine.access import Access
from engine.drafts import Draft, DraftKind, Drafts, Status, Target
from engine.errors import Gone
from engine.inbox import Inbox, Incoming
from engine.jira import Issue, Jira
from engine.jobs import Job, Jobs, Priority, TakenOver, jobs_on, jobs_table
from engine.posting import UNSURE, WAITING, Posting, changed
from engine.revival import revive
from engine.store import Store, utcnow
from engine.types import Checked, Person
from tests.engine.conftest import TestClock

CHECKED = Checked((), 0.8, 1.0, 0.8, True, False)
PATIENT = (1.0, 0.3)
LATE = 0.6


async def directory(workspace: str, id: str) -> Person:
    return Person(workspace, id, ANA.name, ANA.email)


class Desk:
    """What posts, on a real Jira stand-in, and one draft that its author has approved."""

    def __init__(self, site: Site, store: Store, jobs: Jobs, jira: Jira, clock: TestClock) -> None:
        self.site, self.store, self.jobs, self.clock = site, store, jobs, clock
        self.drafts, inbox = Drafts(store, clock), Inbox(store, clock)
        self.inbox, self.shown = inbox, 0
        Posting(store, jobs, self.drafts, inbox, Access(jira), directory)
        jobs.handle("show_draft", self._show)
        self.key = site.jira.create("DEMO", "A task", assignee=ANA.account)
        self.id = ""

    async def _show(self, _: Job) -> None:
        self.shown += 1

    async def approved(self) -> None:
        """Draft a comment and approve it, and have that done which is due."""
        await self.approve()
        await self.jobs.idle()

    async def approve(self) -> None:
        """Draft a comment and approve it."""
        target = Target(self.key, "A task", "To Do", False, "Task")
        async with self.store.write() as tx:
            entry = await self.inbox.take(
                tx, Incoming(TEAM, ANA.slack, ANA.dm, "did it", "Ev1", "1.0", "1.0")
            )
            assert entry is not None
            draft = Draft(
                TEAM, ANA.slack, entry, DraftKind.COMMENT, "did it", "Did it.", "m", CHECKED, (target,)
            )
            self.id = (await self.drafts.add(tx, draft)).id
            await self.drafts.claim(tx, self.id, 1, ANA.slack, Status.APPROVED)
            await self.jobs.enqueue(
                tx, "post_draft", {"draft": self.id}, lock=self.id, priority=Priority.HIGH
            )

    async def lose_its_job(self) -> str:
        """Make a dead letter of the draft's job that was given up without a word to the draft; return its id."""
        mine = (jobs_table.c.lock == self.id) & (jobs_table.c.status == "pending")
        async with self.store.write() as tx:
            dead = update(jobs_table).where(mine).values(status="failed", finished_at=self.clock())
            return str((await tx.execute(dead.returning(jobs_table.c.id))).scalar_one())

    async def pass_by(self, **span: float) -> Draft:
        """Let time pass, and what is due happen; return the draft as it is then."""
        self.clock.pass_by(**span)
        await self.jobs.idle()
        return await self.drafts.get(self.id)

    @property
    def comments(self) -> int:
        return len(self.site.jira.comments(self.key))


@pytest.fixture
async def desk(store: Store, clock: TestClock) -> AsyncIterator[Desk]:
    async with Site(port=0) as site:
        jira = Jira(f"{site.url}/jira", SERVICE_EMAIL, JIRA_TOKEN, timeout=PATIENT)
        jobs = jobs_on(store, clock=clock)
        made = Desk(site, store, jobs, jira, clock)
        await jobs.start()
        yield made
        await jobs.stop()
        await jira.close()


async def test_an_hour_without_jira_is_waited_through_and_posted_once(desk: Desk) -> None:
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.approved()
    for _ in range(12):
        draft = await desk.pass_by(minutes=5)
        assert (draft.status, draft.reason) == (Status.APPROVED, WAITING)
    assert desk.comments == 0
    fault.times = 0
    draft = await desk.pass_by(minutes=8)
    assert (draft.status, desk.comments) == (Status.POSTED, 1)


async def test_the_card_is_redrawn_once_for_a_long_wait(desk: Desk) -> None:
    desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.approved()
    for _ in range(6):
        await desk.pass_by(minutes=10)
    assert desk.shown == 1


async def test_after_a_day_it_is_given_up_and_said(desk: Desk) -> None:
    desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.approved()
    for _ in range(60):
        draft = await desk.pass_by(minutes=8)
        assert draft.status is Status.APPROVED
    draft = await desk.pass_by(hours=15)
    assert draft.status is Status.APPROVED
    draft = await desk.pass_by(hours=2)
    assert draft.status is Status.FAILED
    assert draft.reason is not None
    assert "have stopped trying" in draft.reason
    assert [letter.kind for letter in await desk.jobs.dead_letters()] == ["post_draft"]


async def test_what_jira_refuses_for_good_is_said_at_once(desk: Desk) -> None:
    body = {"errorMessages": ["Comments are closed here."]}
    desk.site.jira.faults.add("status", "/comment$", method="POST", status=400, body=body)
    await desk.approved()
    draft = await desk.pass_by(seconds=0)
    assert (draft.status, draft.reason) == (Status.FAILED, "Jira says: Comments are closed here.")
    assert await desk.jobs.dead_letters() == []


async def test_a_comment_that_jira_takes_after_we_gave_up_waiting_is_not_posted_again(desk: Desk) -> None:
    desk.site.jira.faults.add("slow", "/comment$", method="POST", seconds=LATE)
    taken = _first(desk.site.jira.listeners)
    await desk.approved()
    draft = await desk.pass_by(seconds=8)
    assert (draft.status, draft.reason, desk.comments) == (Status.APPROVED, UNSURE, 0)
    await taken
    draft = await desk.pass_by(seconds=10)
    assert (draft.status, desk.comments) == (Status.POSTED, 1)


async def test_a_comment_whose_answer_was_lost_is_found_at_once(desk: Desk) -> None:
    desk.site.jira.faults.add("drop_after", "/comment$", method="POST")
    await desk.approved()
    draft = await desk.pass_by(seconds=0)
    assert (draft.status, desk.comments) == (Status.POSTED, 1)


async def test_a_comment_that_never_arrived_is_posted_after_a_while(desk: Desk) -> None:
    desk.site.jira.faults.add("drop_before", "/comment$", method="POST")
    await desk.approved()
    assert (await desk.pass_by(seconds=8)).status is Status.APPROVED
    draft = await desk.pass_by(seconds=10)
    assert (draft.status, desk.comments) == (Status.POSTED, 1)


async def test_a_draft_whose_giving_up_was_lost_is_posted_when_its_job_is_requeued(desk: Desk) -> None:
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.approved()
    letter = await desk.lose_its_job()
    assert (await desk.pass_by(minutes=9)).status is Status.APPROVED
    fault.times = 0
    done = await asyncio.gather(
        *(revive(desk.store, desk.jobs, letter, "cli:x") for _ in range(4)), return_exceptions=True
    )
    assert len([one for one in done if not isinstance(one, BaseException)]) == 1
    draft = await desk.pass_by(seconds=0)
    assert (draft.status, desk.comments) == (Status.POSTED, 1)


async def test_a_dead_letter_stays_dead_where_another_job_posts_its_draft(desk: Desk) -> None:
    desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.approved()
    letter = await desk.lose_its_job()
    async with desk.store.write() as tx:
        await desk.jobs.enqueue(tx, "post_draft", {"draft": desk.id}, lock=desk.id)
    with pytest.raises(Gone, match="nothing is left to do"):
        await revive(desk.store, desk.jobs, letter, "cli:x")
    assert [one.id for one in await desk.jobs.dead_letters()] == [letter]


@pytest.mark.parametrize("status", [404, 503])
async def test_what_a_paused_process_hears_of_jira_is_not_what_became_of_the_draft(
    on_server: Store, status: int
) -> None:
    async with Site(port=0) as site:
        jira = Jira(f"{site.url}/jira", SERVICE_EMAIL, JIRA_TOKEN, timeout=PATIENT)
        paused = Desk(site, on_server, jobs_on(on_server), jira, TestClock())
        await paused.approve()
        site.jira.faults.add("status", f"/issue/{paused.key}", status=status, times=-1)
        posting = Posting(on_server, paused.jobs, paused.drafts, paused.inbox, Access(jira), directory)
        with pytest.raises(TakenOver):
            await posting.post(Job("j" * 32, "post_draft", {"draft": paused.id}, paused.id, 0, utcnow()))
        await jira.close()
    draft = await paused.drafts.get(paused.id)
    assert (draft.status, draft.reason) == (Status.APPROVED, None)


def _first(listeners: list[Callable[[dict[str, Any]], None]]) -> "asyncio.Future[None]":
    """Return what is done when Jira tells of its first change."""
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    listeners.append(lambda _: None if found.done() else found.set_result(None))
    return found


ISSUE = Issue("DEMO-1", 1, "A task", "To Do", "new", "Task", "")
BEFORE = Target("DEMO-1", "A task", "To Do", False, "Task")


@pytest.mark.parametrize(
    ("now", "before", "says"),
    [
        (ISSUE, BEFORE, None),
        (replace(ISSUE, status="In Progress", category="indeterminate", assignee="ben"), BEFORE, None),
        (replace(ISSUE, summary=" A  task"), BEFORE, None),
        (replace(ISSUE, type="Bug"), BEFORE, None),
        (replace(ISSUE, status="Done", category="done"), BEFORE, "DEMO-1 was moved to Done since."),
        (replace(ISSUE, status="Done", category="done"), replace(BEFORE, done=True), None),
        (ISSUE, replace(BEFORE, done=True), None),
        (replace(ISSUE, summary="Another"), BEFORE, "DEMO-1 was “A task” when this was drafted."),
        (replace(ISSUE, key="OPS-7"), BEFORE, "DEMO-1 has become OPS-7 since."),
    ],
)
def test_what_matters_of_a_change(now: Issue, before: Target, says: str | None) -> None:
    assert changed(before, now) == says

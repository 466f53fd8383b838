"""Alerts: three errors of a component in five minutes, told once in ten, by whichever processes saw them."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import InvalidInput, Postpone
from engine.jobs import Job, Jobs, Priority, RetryPolicy, jobs_on, jobs_table
from engine.notices import Component, Failed, Worked
from engine.store import Store, utcnow
from engine.troubles import AlertPolicy, Trouble, Troubles, troubles_table
from tests.engine.conftest import TestClock

JIRA, SLACK, ANSWERS = Component.JIRA, Component.SLACK, Component.ANSWERS


@pytest.fixture
def jobs(store: Store, clock: TestClock) -> Jobs:
    return jobs_on(store, clock=clock)


@pytest.fixture
def troubles(store: Store, jobs: Jobs, clock: TestClock) -> Troubles:
    return Troubles(store, jobs, clock=clock)


async def fails(troubles: Troubles, component: Component = JIRA, said: str = "It is down.") -> None:
    await troubles.record([Trouble(component, said, troubles.clock())])


async def alerts(store: Store) -> list[str]:
    async with store.read() as tx:
        rows = await tx.execute(select(jobs_table.c.payload).where(jobs_table.c.kind == "alert"))
        return [row.payload["text"] for row in rows]


async def posted(store: Store) -> None:
    """Let the alerts that wait be posted."""
    queue = jobs_on(store)

    async def post(_: Job) -> None:
        return

    queue.handle("alert", post)
    await queue.start()
    await queue.idle()
    await queue.stop(grace=1)


async def test_three_in_five_minutes_are_told_once(store: Store, troubles: Troubles) -> None:
    for said in ("one", "two"):
        await fails(troubles, said=said)
    assert await alerts(store) == []
    for said in ("three", "four", "five", "six"):
        await fails(troubles, said=said)
    assert await alerts(store) == [
        "Jira: 3 errors within 5 minutes. The last: three What to do: “Jira is down” in docs/operations.md."
    ]


async def test_what_is_long_ago_does_not_count(store: Store, troubles: Troubles, clock: TestClock) -> None:
    for _ in range(6):
        await fails(troubles)
        clock.pass_by(minutes=2.6)
    assert await alerts(store) == []


async def test_each_component_is_told_of_by_itself(store: Store, troubles: Troubles) -> None:
    for _ in range(3):
        await fails(troubles, JIRA)
        await fails(troubles, SLACK)
    told = await alerts(store)
    assert sorted(one.partition(":")[0] for one in told) == ["Jira", "Slack"]


async def test_it_is_told_again_after_ten_minutes(store: Store, troubles: Troubles, clock: TestClock) -> None:
    for _ in range(3):
        await fails(troubles)
    await posted(store)
    clock.pass_by(minutes=9.9)
    for _ in range(3):
        await fails(troubles)
    assert len(await alerts(store)) == 1
    clock.pass_by(minutes=0.2)
    await fails(troubles)
    assert len(await alerts(store)) == 2


async def test_while_it_lasts_it_is_told_more_and_more_seldom(
    store: Store, troubles: Troubles, clock: TestClock
) -> None:
    begun, told = clock(), [0]
    while clock() - begun < timedelta(hours=9):
        await fails(troubles)
        if len(await alerts(store)) > len(told) - 1:
            told.append(round((clock() - begun).total_seconds() / 60))
            await posted(store)
        clock.pass_by(minutes=1)
    assert [after - before for before, after in pairwise(told)] == [2, 10, 20, 40, 80, 160, 160]


async def test_new_trouble_is_told_without_that_patience(
    store: Store, troubles: Troubles, clock: TestClock
) -> None:
    for _ in range(40):
        await fails(troubles)
        clock.pass_by(minutes=1)
    await posted(store)
    before = len(await alerts(store))
    clock.pass_by(minutes=15)
    for _ in range(3):
        await fails(troubles)
    assert len(await alerts(store)) == before + 1


async def test_an_alert_that_waits_is_not_joined_by_another(
    store: Store, troubles: Troubles, clock: TestClock
) -> None:
    """While Slack is down nothing can be told; when it is back it is told once."""
    for _ in range(10):
        for _ in range(3):
            await fails(troubles, SLACK)
        clock.pass_by(minutes=11)
    assert len(await alerts(store)) == 1


async def test_processes_count_and_tell_together(store: Store, clock: TestClock) -> None:
    """Each sees fewer than three; together they have one alert."""
    offices = [Troubles(store, jobs_on(store, clock=clock), clock=clock) for _ in range(8)]
    await asyncio.gather(*(fails(one) for one in offices for _ in range(2)))
    assert len(await alerts(store)) == 1


async def test_other_numbers_hold(store: Store, jobs: Jobs, clock: TestClock) -> None:
    policy = AlertPolicy(2, timedelta(minutes=1), timedelta(minutes=2))
    troubles = Troubles(store, jobs, policy, clock)
    for _ in range(2):
        await fails(troubles)
    [told] = await alerts(store)
    assert told.startswith("Jira: 2 errors within a minute.")


async def ended(store: Store, jobs: Jobs, completed: int, failed: int) -> None:
    """Have so many answers ended just now."""
    async with store.write() as tx:
        payloads: dict[str, dict[str, str]] = {str(number): {} for number in range(completed + failed)}
        await jobs.enqueue_all(tx, "answer", payloads, priority=Priority.HIGH)
        for number in range(completed + failed):
            status = "completed" if number < completed else "failed"
            values = {"status": status, "finished_at": jobs.clock()}
            await tx.execute(jobs_table.update().where(jobs_table.c.lock == str(number)).values(**values))


@pytest.mark.parametrize(
    ("completed", "failed", "told"),
    [(17, 2, ["Answers: 2 of 19 failed within 5 minutes (11%)."]), (18, 2, []), (7, 2, []), (0, 0, [])],
)
async def test_the_share_of_failed_answers_is_watched(
    store: Store, jobs: Jobs, troubles: Troubles, completed: int, failed: int, told: list[str]
) -> None:
    """More than a tenth, of ten at least."""
    await ended(store, jobs, completed, failed)
    for _ in range(failed):
        await fails(troubles, ANSWERS)
    assert [one.partition(" What")[0] for one in await alerts(store)] == told


async def test_what_is_heard_is_written_down(store: Store, troubles: Troubles) -> None:
    async with troubles.watching():
        troubles.hear(Failed(JIRA, "Down."))
        troubles.hear(Worked("answer", "failed", 0.0, 0.0))
        troubles.hear(Worked("answer", "completed", 0.0, 0.0))
    async with store.read() as tx:
        rows = (await tx.execute(select(troubles_table.c.component))).scalars()
        assert sorted(rows) == ["answers", "jira"]


async def test_old_rows_go(store: Store, troubles: Troubles, clock: TestClock) -> None:
    for _ in range(3):
        await fails(troubles)
        clock.pass_by(minutes=16)
    async with store.read() as tx:
        assert len((await tx.execute(select(troubles_table))).all()) == 1


async def test_a_job_that_fails_is_told_and_one_that_waits_is_not(store: Store) -> None:
    heard: list[object] = []
    queue = jobs_on(
        store, policy=RetryPolicy(retries=0, base=0.001, patience=timedelta()), notify=heard.append
    )

    async def refuse(_: Job) -> None:
        raise InvalidInput("the person's words")

    async def wait(_: Job) -> None:
        raise Postpone("later")

    queue.handle("refuse", refuse)
    queue.handle("wait", wait)
    await queue.start()
    async with store.write() as tx:
        for kind in ("refuse", "wait"):
            await queue.enqueue(tx, kind, {})
    await queue.idle()
    await queue.stop(grace=1)
    assert [one for one in heard if isinstance(one, Failed)] == [
        Failed(Component.JOBS, "refuse: InvalidInput.")
    ]
    assert sorted((one.kind, one.outcome) for one in heard if isinstance(one, Worked)) == [
        ("refuse", "failed"),
        ("wait", "failed"),
    ]


async def until(store: Store, count: int) -> None:
    """Wait until so many failures are written down."""
    while True:
        async with store.read() as tx:
            if len((await tx.execute(select(troubles_table))).all()) == count:
                return
        await asyncio.sleep(0.02)


async def test_what_the_database_does_not_take_is_written_later(store: Store, jobs: Jobs) -> None:
    """Not to lose what happened while it was away is the point of telling of it."""
    troubles = Troubles(store, jobs)
    async with store.write() as tx:
        await tx.run_sync(troubles_table.drop)
    async with troubles.watching():
        troubles.hear(Failed(Component.DATABASE, "Away."))
        await asyncio.sleep(0)
        troubles.hear(Failed(Component.DATABASE, "Still away."))
        async with store.write() as tx:
            await tx.run_sync(troubles_table.create)
        await asyncio.wait_for(until(store, 2), 20)


async def test_the_database_tells_of_itself(database_url: str) -> None:
    """A statement that the database drops is its failure; one that it refuses for what it says is not."""
    heard: list[object] = []
    store = await Store.open(database_url, heard.append)
    with pytest.raises(SQLAlchemyError):
        async with store.write() as tx:
            row = {"id": "x", "component": "jira", "said": "x", "at": utcnow()}
            await tx.execute(troubles_table.insert(), [row, row])
    assert heard == []
    away = "SELECT pg_terminate_backend(pg_backend_pid())" if store.shared else "SELECT * FROM nowhere"
    with pytest.raises(SQLAlchemyError):
        async with store.read() as tx:
            await tx.execute(text(away))
    await store.close()
    assert heard == [Failed(Component.DATABASE, "The database does not answer (OperationalError).")]

"""Durable work: committed with its cause, retried with patience, alone where it must be, never forgotten."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from engine.errors import InvalidInput, Postpone
from engine.jobs import Job, Jobs, Priority, RetryPolicy, jobs_on, jobs_table, next_try
from engine.jobs.queue import BUSY, FLOODED, MAX_STARTS, PRESSED, UNDER_PRESSURE
from engine.store import Store, utcnow
from tests.engine.conftest import TestClock

DAY = timedelta(days=1)
FRESH = timedelta()


class Asked(Postpone):
    retry_after = 60.0


@pytest.mark.parametrize(
    ("error", "tries", "age", "jitter", "wait"),
    [
        (RuntimeError(), 1, FRESH, 1.0, 5.0),
        (RuntimeError(), 2, FRESH, 1.0, 10.0),
        (RuntimeError(), 5, FRESH, 0.5, 40.0),
        (RuntimeError(), 5, FRESH, 1.5, 120.0),
        (RuntimeError(), 6, FRESH, 1.0, None),
        (InvalidInput("no"), 1, FRESH, 1.0, None),
        (Postpone(), 1, FRESH, 1.0, 5.0),
        (Postpone(), 40, FRESH, 1.0, 300.0),
        (Postpone(), 40, DAY * 2, 1.0, None),
        (Asked(), 1, FRESH, 1.0, 60.0),
    ],
)
def test_when_a_job_runs_again(
    error: Exception, tries: int, age: timedelta, jitter: float, wait: float | None
) -> None:
    assert next_try(RetryPolicy(), error, tries, age, jitter) == wait


def test_an_outage_uses_no_retries_up() -> None:
    assert next_try(RetryPolicy(), RuntimeError(), 8, FRESH, 1.0, postponed=7) == 300.0
    assert next_try(RetryPolicy(), RuntimeError(), 13, FRESH, 1.0, postponed=7) is None


def test_a_database_that_is_away_is_waited_for() -> None:
    away = OperationalError("SELECT 1", {}, Exception("server closed the connection"))
    assert next_try(RetryPolicy(), away, 40, FRESH, 1.0) == 300.0
    assert next_try(RetryPolicy(), away, 40, DAY * 2, 1.0) is None


@pytest.fixture
async def jobs(store: Store):  # type: ignore[no-untyped-def] # an async generator fixture
    queue = jobs_on(store, policy=RetryPolicy(base=0.001), at_once=4)
    yield queue
    await queue.stop(grace=1)


async def statuses(store: Store) -> list[str]:
    async with store.read() as tx:
        return list(
            (await tx.execute(select(jobs_table.c.status).order_by(jobs_table.c.created_at))).scalars()
        )


async def test_a_job_that_waited_long_may_still_fail_and_be_tried_again(store: Store, jobs: Jobs) -> None:
    ways: list[Exception | None] = [*[Postpone("down") for _ in range(9)], RuntimeError("odd"), None]

    async def work(job: Job) -> None:
        if (error := ways.pop(0)) is not None:
            raise error

    jobs.handle("work", work)
    async with store.write() as tx:
        await jobs.enqueue(tx, "work", {})
    await jobs.start()
    async with asyncio.timeout(10):
        while ways:
            await jobs.idle()
    await jobs.idle()
    async with store.read() as tx:
        row = (await tx.execute(select(jobs_table))).one()
    assert (row.status, row.tries, row.postponed) == ("completed", 10, 9)


async def test_a_job_runs_after_its_transaction_and_vanishes_with_it(store: Store, jobs: Jobs) -> None:
    ran: list[int] = []

    async def work(job: Job) -> None:
        ran.append(job.payload["n"])

    jobs.handle("work", work)
    await jobs.start()
    async with store.write() as tx:
        await jobs.enqueue(tx, "work", {"n": 1})
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await jobs.enqueue(tx, "work", {"n": 2})
            raise RuntimeError("no")
    await jobs.idle()
    assert ran == [1]
    assert await statuses(store) == ["completed"]


async def test_a_failing_job_is_tried_again_then_kept_as_a_dead_letter(store: Store, jobs: Jobs) -> None:
    tries: list[int] = []
    told: list[str] = []
    over = asyncio.Event()

    async def work(job: Job) -> None:
        tries.append(job.tries)
        raise RuntimeError("broken")

    async def given_up(job: Job, error: BaseException) -> None:
        told.append(str(error))
        over.set()

    jobs.handle("work", work, given_up)
    await jobs.start()
    async with store.write() as tx:
        await jobs.enqueue(tx, "work", {})
    await asyncio.wait_for(over.wait(), 10)
    await jobs.idle()
    assert tries == [0, 1, 2, 3, 4, 5]
    assert told == ["broken"]
    [letter] = await jobs.dead_letters()
    assert "broken" in letter.error


async def test_a_dead_letter_gets_another_life(store: Store, jobs: Jobs) -> None:
    well: list[bool] = [False]
    done = asyncio.Event()

    async def work(job: Job) -> None:
        if not well[0]:
            raise InvalidInput("not yet")
        done.set()

    jobs.handle("work", work)
    await jobs.start()
    async with store.write() as tx:
        id = await jobs.enqueue(tx, "work", {})
    await jobs.idle()
    well[0] = True
    async with store.write() as tx:
        assert await jobs.requeue(tx, id)
        assert not await jobs.requeue(tx, "nonsense")
    await asyncio.wait_for(done.wait(), 10)


async def test_jobs_that_share_a_lock_run_one_after_the_other(store: Store, jobs: Jobs) -> None:
    inside: list[int] = [0]
    most: list[int] = [0]

    async def work(job: Job) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        inside[0] -= 1

    jobs.handle("work", work)
    async with store.write() as tx:
        for _ in range(6):
            await jobs.enqueue(tx, "work", {}, lock="one")
    await jobs.start()
    await jobs.idle()
    assert most == [1]
    assert await statuses(store) == ["completed"] * 6


async def test_higher_priority_goes_first(store: Store) -> None:
    queue = jobs_on(store, at_once=1)
    order: list[str] = []

    async def work(job: Job) -> None:
        order.append(job.payload["name"])

    queue.handle("work", work)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {"name": "low"}, priority=Priority.LOW)
        await queue.enqueue(tx, "work", {"name": "default"})
        await queue.enqueue(tx, "work", {"name": "high"}, priority=Priority.HIGH)
    await queue.start()
    await queue.idle()
    await queue.stop()
    assert order == ["high", "default", "low"]


async def test_a_job_cut_off_by_a_stop_runs_at_the_next_start(store: Store) -> None:
    stuck, ran = asyncio.Event(), asyncio.Event()

    async def hangs(job: Job) -> None:
        stuck.set()
        await asyncio.Event().wait()

    async def works(job: Job) -> None:
        told.append(job.cut_off)
        if len(told) == 1:
            # An end, but what the start before it did is not known yet.
            raise Postpone("Not yet.")
        ran.set()

    told: list[bool] = []
    first = jobs_on(store)
    first.handle("work", hangs)
    await first.start()
    async with store.write() as tx:
        await first.enqueue(tx, "work", {})
    await asyncio.wait_for(stuck.wait(), 10)
    await first.stop(grace=0)
    assert await statuses(store) != ["completed"]
    second = jobs_on(store, policy=RetryPolicy(base=0.01))
    second.handle("work", works)
    await second.start()
    await asyncio.wait_for(ran.wait(), 10)
    await second.idle()
    await second.stop()
    assert await statuses(store) == ["completed"]
    assert told == [True, True]


async def test_a_job_of_later_waits_for_its_time(store: Store, clock: TestClock) -> None:
    queue = jobs_on(store, clock=clock)
    ran: list[str] = []

    async def work(job: Job) -> None:
        ran.append(job.id)

    queue.handle("work", work)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {}, run_at=clock() + timedelta(minutes=5))
    await queue.start()
    await queue.idle()
    assert not ran
    clock.pass_by(minutes=6)
    await queue.idle()
    await queue.stop()
    assert len(ran) == 1


async def test_completed_jobs_are_forgotten_after_a_week(store: Store, clock: TestClock) -> None:
    queue = jobs_on(store, clock=clock)

    async def work(job: Job) -> None:
        pass

    queue.handle("work", work)
    await queue.start()
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {})
    await queue.idle()
    clock.pass_by(days=8)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {}, run_at=clock() + timedelta(days=1))
        assert await queue.forget(tx) == 1
    assert await statuses(store) == ["pending"]
    await queue.stop()


async def test_a_job_that_kills_its_process_again_and_again_is_given_up(store: Store) -> None:
    queue, over = jobs_on(store), asyncio.Event()
    told: list[str] = []

    async def work(job: Job) -> None:
        raise AssertionError("must not be started once more")

    async def given_up(job: Job, error: BaseException) -> None:
        told.append(str(error))
        over.set()

    queue.handle("work", work, given_up)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {})
        await tx.execute(update(jobs_table).values(starts=MAX_STARTS))
    await queue.start()
    await asyncio.wait_for(over.wait(), 10)
    await queue.idle()
    await queue.stop()
    assert told == ["started 50 times and never ended"]
    assert len(await queue.dead_letters()) == 1


async def test_a_periodic_job_runs_once_in_each_period(store: Store, clock: TestClock) -> None:
    ran: list[str] = []

    async def work(job: Job) -> None:
        ran.append(job.id)

    for hours in (0, 0, 1, 0):
        clock.pass_by(hours=hours)
        queue = jobs_on(store, clock=clock)
        queue.handle("tidy", work)
        queue.every("tidy", timedelta(hours=1))
        await queue.start()
        await anything(store, "completed", len(ran) or 1)
        await queue.idle()
        await queue.stop()
    assert len(ran) == 2


async def anything(store: Store, status: str, count: int) -> None:
    """Wait until so many jobs are at a status."""
    async with asyncio.timeout(10):
        while (await statuses(store)).count(status) < count:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)


async def test_what_counts_as_running_and_is_not_runs_again(store: Store, jobs: Jobs) -> None:
    """As after a claim whose answer was lost on its way."""
    ran: asyncio.Queue[Job] = asyncio.Queue()
    jobs.handle("work", ran.put)
    await jobs.start()
    async with store.write() as tx:
        await jobs.enqueue(tx, "work", {}, run_at=utcnow() + DAY)
        claimed = {
            "status": "processing",
            "starts": 1,
            "worker": getattr(jobs, "worker", None),
            "run_at": utcnow(),
        }
        await tx.execute(update(jobs_table).values(claimed))
    job = await asyncio.wait_for(ran.get(), 20)
    assert (job.start, job.cut_off) == (2, True)
    await jobs.idle()
    assert await statuses(store) == ["completed"]


async def test_under_pressure_few_jobs_begin_and_slow_ones_hold_up_nobody(store: Store, jobs: Jobs) -> None:
    begun: list[float] = []
    full, enough = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        begun.append(time.monotonic())
        if len(begun) == jobs.at_once:
            full.set()
        await enough.wait()

    jobs.handle("work", work)
    jobs.pressure = lambda: 2 * PRESSED
    async with store.write() as tx:
        for n in range(5):
            await jobs.enqueue(tx, "work", {"n": n})
    await jobs.start()
    await asyncio.wait_for(full.wait(), 10)
    assert begun[UNDER_PRESSURE] - begun[0] >= BUSY, "others only when these seem to wait for somebody"
    enough.set()
    await jobs.idle()
    assert len(begun) == 5


async def test_in_a_flood_one_job_a_second_begins(store: Store, jobs: Jobs) -> None:
    begun: list[float] = []
    third = asyncio.Event()

    async def work(job: Job) -> None:
        begun.append(time.monotonic())
        if len(begun) == 3:
            third.set()

    jobs.handle("work", work)
    jobs.pressure = lambda: 2 * FLOODED
    async with store.write() as tx:
        for n in range(9):
            await jobs.enqueue(tx, "work", {"n": n})
    await jobs.start()
    await asyncio.wait_for(third.wait(), 20)
    assert begun[2] - begun[0] > 2 * BUSY - 0.1
    jobs.pressure = lambda: 0.0
    await jobs.idle()
    assert len(begun) == 9


async def test_stopping_finishes_what_the_runner_was_writing(store: Store) -> None:
    queue, telling = jobs_on(store), asyncio.Event()

    async def work(job: Job) -> None:
        raise AssertionError("must not be started once more")

    async def given_up(job: Job, error: BaseException) -> None:
        telling.set()
        await asyncio.sleep(0.05)

    queue.handle("work", work, given_up)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {})
        await tx.execute(update(jobs_table).values(starts=MAX_STARTS))
    await queue.start()
    await asyncio.wait_for(telling.wait(), 10)
    await queue.stop()
    assert len(await queue.dead_letters()) == 1

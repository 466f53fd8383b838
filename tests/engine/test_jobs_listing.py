"""The jobs as an operator sees them, on both databases; what is foretold of the rest follows from what was measured."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import InvalidInput
from engine.jobs import Job, JobRow, Jobs, RetryPolicy, jobs_on, listed, stats
from engine.jobs.listing import expected
from engine.store import Store, utcnow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(
    id: str, *, kind: str = "answer", status: str = "pending", due: float = 0, begun: float | None = None
) -> JobRow:
    started = None if begun is None else NOW + timedelta(seconds=begun)
    return JobRow(id, kind, status, 0, None, NOW, NOW + timedelta(seconds=due), started)


@pytest.mark.parametrize(
    ("rows", "lanes", "ends"),
    [
        ([row("a")], 1, {"a": 4}),
        ([row("a", due=-100)], 1, {"a": 4}),
        ([row("a", due=60)], 1, {"a": 64}),
        ([row("a"), row("b"), row("c")], 1, {"a": 4, "b": 8, "c": 12}),
        ([row("a"), row("b"), row("c")], 2, {"a": 4, "b": 4, "c": 8}),
        ([row("a", status="processing", begun=-1), row("b")], 1, {"a": 3, "b": 7}),
        ([row("a", status="processing", begun=-99), row("b")], 1, {"a": 0, "b": 4}),
        ([row("x", kind="never measured"), row("b")], 1, {"b": 4}),
        ([row("f", status="failed")], 1, {}),
        ([row("late", due=10), row("b")], 1, {"b": 4, "late": 14}),
    ],
)
def test_when_the_rest_will_be_done(rows: list[JobRow], lanes: int, ends: dict[str, float]) -> None:
    found = expected(rows, {"answer": 4.0}, lanes, NOW)
    assert {id: (end - NOW).total_seconds() for id, end in found.items()} == ends


async def ran(store: Store) -> Jobs:
    """Have three jobs done and one given up, and leave one for tomorrow."""
    queue = jobs_on(store, policy=RetryPolicy(retries=0, base=0.001))

    async def work(job: Job) -> None:
        if job.payload.get("bad"):
            raise InvalidInput("It cannot be done.")

    queue.handle("work", work)
    await queue.start()
    async with store.write() as tx:
        for payload in ({}, {}, {}, {"bad": True}):
            await queue.enqueue(tx, "work", payload)
    await queue.idle()
    await queue.stop(grace=1)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {}, run_at=utcnow() + timedelta(days=1))
    return queue


async def test_what_is_there(store: Store) -> None:
    await ran(store)
    now = utcnow()
    dead, later = await listed(store, {"failed", "pending", "processing"}, now, at_once=4)
    assert (dead.status, dead.tries, dead.error) == ("failed", 1, "InvalidInput: It cannot be done.")
    assert dead.expected is None
    assert later.status == "pending"
    assert later.expected is not None
    assert timedelta(hours=23) < later.expected - now < timedelta(hours=25)
    assert await listed(store, {"failed"}, now, at_once=4) == [dead]


async def test_how_long_a_kind_takes(store: Store) -> None:
    await ran(store)
    [work] = await stats(store, utcnow())
    assert (work.kind, work.pending, work.processing, work.failed, work.completed) == ("work", 1, 0, 1, 3)
    assert work.median is not None
    assert work.p95 is not None
    assert work.wait is not None
    assert 0 <= work.median <= work.p95 < 60
    assert 0 <= work.wait < 60


async def test_nothing_measured_is_unknown(store: Store) -> None:
    queue = jobs_on(store)
    async with store.write() as tx:
        await queue.enqueue(tx, "work", {})
    [work] = await stats(store, utcnow())
    assert (work.median, work.p95, work.wait) == (None, None, None)
    [waiting] = await listed(store, {"pending"}, utcnow(), at_once=4)
    assert waiting.expected is None

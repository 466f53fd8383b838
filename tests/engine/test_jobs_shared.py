"""Jobs that several processes share on PostgreSQL: each done by one, a dead worker's taken over, a paused one harmless."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from engine.errors import InvalidInput
from engine.jobs import Job, SharedJobs, TakenOver, jobs_table, workers_table
from engine.jobs.shared import POLL
from engine.store import Store, StoreError
from tests import postgres
from tests.relay import relayed

SOON = 10.0


class Office:
    """Several workers on one database, as several processes would be."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.workers: list[SharedJobs] = []

    def worker(self, *, beat: float = 0.05, dead: float = 60, at_once: int = 4) -> SharedJobs:
        """Return a worker; unless told otherwise a patient one, since a busy machine may keep any of them from showing itself."""
        made = SharedJobs(self.store, at_once=at_once, beat=beat, dead=dead)
        self.workers.append(made)
        return made

    async def status(self) -> list[tuple[str, int]]:
        async with self.store.read() as tx:
            rows = await tx.execute(select(jobs_table.c.status, jobs_table.c.starts))
            return [(status, starts) for status, starts in rows]


@pytest.fixture
async def office(on_server: Store) -> AsyncIterator[Office]:
    office = Office(on_server)
    yield office
    for worker in office.workers:
        await worker.stop(grace=0)


async def test_each_job_is_done_by_one_and_a_lock_is_held_by_one(office: Office) -> None:
    done: Counter[int] = Counter()
    inside: Counter[str] = Counter()
    most: Counter[str] = Counter()
    begun: set[str] = set()
    all_begun = asyncio.Event()

    def as_seen_by(name: str) -> SharedJobs:
        # Two at once: three workers that wait for each other at their first job hold six of the seven locks at most.
        worker = office.worker(at_once=2)

        async def work(job: Job) -> None:
            assert job.lock is not None
            begun.add(name)
            if len(begun) == 3:
                all_begun.set()
            await asyncio.wait_for(all_begun.wait(), SOON + POLL)
            inside[job.lock] += 1
            most[job.lock] = max(most[job.lock], inside[job.lock])
            await asyncio.sleep(0.002)
            inside[job.lock] -= 1
            done[job.payload["n"]] += 1

        worker.handle("work", work)
        return worker

    workers = [as_seen_by(name) for name in "abc"]
    async with office.store.write() as tx:
        for n in range(120):
            await workers[0].enqueue(tx, "work", {"n": n}, lock=f"lock {n % 7}")
    for worker in workers:
        await worker.start()
    async with asyncio.timeout(60):
        while sum(done.values()) < 120:
            for worker in workers:
                await worker.idle()
    assert set(done.values()) == {1}
    assert set(most.values()) == {1}
    assert await office.status() == [("completed", 1)] * 120


async def test_a_worker_hears_of_a_job_of_another_process(office: Office) -> None:
    heard, worker, elsewhere = asyncio.Event(), office.worker(), office.worker()

    async def work(job: Job) -> None:
        heard.set()

    worker.handle("work", work)
    await worker.start()
    await worker.idle()
    # Warm up: the first notification may come before the worker listens.
    async with asyncio.timeout(SOON + POLL):
        async with office.store.write() as tx:
            await elsewhere.enqueue(tx, "work", {})
        await heard.wait()
        await worker.idle()
        heard.clear()
    begun = time.monotonic()
    async with office.store.write() as tx:
        await elsewhere.enqueue(tx, "work", {})
    await asyncio.wait_for(heard.wait(), SOON)
    assert time.monotonic() - begun < POLL / 2


async def stuck_on(office: Office, worker: SharedJobs) -> tuple[Job, asyncio.Event, asyncio.Event]:
    """Have a worker begin a job that ends when told; return the job, how to tell, and whether it was cancelled."""
    begun: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
    go_on, cancelled = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        begun.set_result(job)
        try:
            await go_on.wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise InvalidInput("too late")

    async def given_up(job: Job, error: BaseException) -> None:
        raise AssertionError("a job that was taken over is not ours to give up")

    worker.handle("work", work, given_up)
    await worker.start()
    async with office.store.write() as tx:
        await worker.enqueue(tx, "work", {})
    return await asyncio.wait_for(begun, SOON), go_on, cancelled


async def taker(office: Office, dead: float = 0.3) -> asyncio.Event:
    """Have another worker run that takes over who is silent for so many seconds; return what it sets when it has a job."""
    ran, second = asyncio.Event(), office.worker(dead=dead)

    async def work(job: Job) -> None:
        ran.set()

    second.handle("work", work)
    await second.start()
    return ran


async def test_the_jobs_of_a_silent_worker_are_taken_over(office: Office) -> None:
    silent = office.worker(beat=3600)
    job, go_on, _ = await stuck_on(office, silent)
    await silent.keep(job)
    ran = await taker(office)
    await asyncio.wait_for(ran.wait(), SOON)
    await office.workers[1].idle()
    with pytest.raises(TakenOver):
        await silent.keep(job)
    # It wakes up, and what it believes of the job changes nothing.
    go_on.set()
    await silent.idle()
    assert await office.status() == [("completed", 2)]
    assert await silent.dead_letters() == []


async def test_a_worker_that_wakes_up_stops_what_it_no_longer_has(office: Office) -> None:
    sleepy = office.worker(beat=1.0)
    _, _, cancelled = await stuck_on(office, sleepy)
    ran = await taker(office)
    await asyncio.wait_for(ran.wait(), SOON)
    await asyncio.wait_for(cancelled.wait(), SOON)


async def test_a_worker_that_shows_itself_keeps_its_jobs(office: Office) -> None:
    first = office.worker(beat=0.05)
    job, _, _ = await stuck_on(office, first)
    ran = await taker(office, dead=2.0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ran.wait(), 3.0)
    await first.keep(job)
    assert await office.status() == [("processing", 1)]


async def test_a_worker_that_leaves_hands_its_jobs_over_at_once(office: Office) -> None:
    first = office.worker(dead=3600)
    await stuck_on(office, first)
    second, ran = office.worker(dead=3600), asyncio.Event()

    async def work(job: Job) -> None:
        ran.set()

    second.handle("work", work)
    await second.start()
    await first.stop(grace=0)
    await asyncio.wait_for(ran.wait(), SOON)
    async with office.store.read() as tx:
        assert (await tx.execute(select(workers_table.c.id))).scalars().all() == [second.worker]


async def test_a_worker_leaves_kinds_to_others_that_it_does_not_know(office: Office) -> None:
    old, new, ran = office.worker(), office.worker(), asyncio.Event()

    async def work(job: Job) -> None:
        ran.set()

    old.handle("known", work)
    new.handle("new", work)
    await old.start()
    async with office.store.write() as tx:
        await old.enqueue(tx, "new", {})
    await new.start()
    await asyncio.wait_for(ran.wait(), SOON)
    await new.idle()
    assert await office.status() == [("completed", 1)]


async def test_work_goes_on_after_the_database_dropped_everybody(office: Office) -> None:
    first = office.worker()
    ran = asyncio.Event()

    async def work(job: Job) -> None:
        ran.set()

    first.handle("work", work)
    await first.start()
    await first.idle()
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    async with office.store.write() as tx:
        assert (await tx.execute(text(others))).all()
    async with office.store.write() as tx:
        await first.enqueue(tx, "work", {})
    await asyncio.wait_for(ran.wait(), SOON)
    assert not first.loop.done()


async def test_one_periodic_job_for_all_processes(office: Office) -> None:
    ran: list[str] = []
    for _ in range(3):
        worker = office.worker()

        async def work(job: Job) -> None:
            ran.append(job.id)

        worker.handle("tidy", work)
        worker.every("tidy", timedelta(days=365))
    await asyncio.gather(*(worker.start() for worker in office.workers))
    async with asyncio.timeout(SOON):
        while not ran:
            for worker in office.workers:
                await worker.idle()
    assert len(ran) == 1
    assert await office.status() == [("completed", 1)]


async def test_a_host_with_a_wrong_clock_does_not_delay_a_job(office: Office) -> None:
    """Due times are the database's, not those of whoever adds the job."""
    worker = office.worker()
    async with office.store.write() as tx:
        await worker.enqueue(tx, "work", {})
        skew = select(jobs_table.c.run_at == text("now()"), jobs_table.c.created_at == text("now()"))
        assert (await tx.execute(skew)).one() == (True, True)
        await tx.execute(update(jobs_table).values(status="completed"))


async def test_a_process_that_starts_while_the_database_is_away_says_so(
    postgres_server: postgres.Server,
) -> None:
    with postgres_server.database() as url:
        store = await Store.open(url)
    with pytest.raises(StoreError, match="does not answer"):
        await SharedJobs(store).start()
    await store.close()


async def taken_over(office: Office, *, leave: bool) -> tuple[Job, SharedJobs]:
    """Have a worker cut off at a job, by leaving or by silence; return the job as the next worker begins it, and that worker."""
    first = office.worker(dead=2)
    await stuck_on(office, first)
    second, begun = office.worker(beat=0.5, dead=2), asyncio.Queue[Job]()
    second.handle("work", begun.put)
    if leave:
        await first.stop(grace=0)
    else:
        async with office.store.write() as tx:
            silent = {"seen_at": func.now() - timedelta(seconds=3)}
            await tx.execute(update(workers_table).where(workers_table.c.id == first.worker).values(silent))
            await tx.execute(
                update(workers_table).where(workers_table.c.id == first.worker).values(id="gone")
            )
            await tx.execute(update(jobs_table).values(worker="gone"))
    await second.start()
    return await asyncio.wait_for(begun.get(), SOON), second


async def test_an_effect_of_who_left_is_waited_for_from_that_moment(office: Office) -> None:
    job, worker = await taken_over(office, leave=True)
    assert job.cut_off
    assert 8 < worker.doubt(job, 10) <= 10
    assert worker.doubt(replace(job, since_cut_off=None), 10) == 0


async def test_an_effect_of_who_fell_silent_was_begun_before_the_silence(office: Office) -> None:
    job, worker = await taken_over(office, leave=False)
    assert 7 < worker.doubt(job, 10) <= 10 - (worker.dead - worker.beat)
    assert worker.doubt(job, 1) == 0


async def test_telling_that_a_job_is_given_up_outlasts_the_database(office: Office) -> None:
    worker, told = office.worker(), []

    async def work(job: Job) -> None:
        raise InvalidInput("no")

    async def given_up(job: Job, error: BaseException) -> None:
        told.append(str(error))
        if len(told) == 1:
            async with office.store.write() as tx:
                await tx.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    worker.handle("work", work, given_up)
    async with office.store.write() as tx:
        await worker.enqueue(tx, "work", {})
    await worker.start()
    async with asyncio.timeout(SOON):
        while len(told) < 2:
            await worker.idle()
    await worker.idle()
    assert told == ["no", "no"]
    assert len(await worker.dead_letters()) == 1


async def test_a_claim_whose_answer_was_lost_is_found(on_server: Store) -> None:
    async with relayed(on_server.url) as (relay, url):
        store = await Store.open(url)
        worker, ran = SharedJobs(store), asyncio.Queue[Job]()
        worker.handle("work", ran.put)
        await worker.start()
        await worker.idle()
        lost = relay.lose(b"WITH ready")
        async with on_server.write() as tx:
            await SharedJobs(on_server).enqueue(tx, "work", {})
        job = await asyncio.wait_for(ran.get(), 2 * SOON)
        assert lost.is_set()
        assert (job.start, job.cut_off) == (2, True)
        await worker.stop(grace=1)
        await store.close()


async def test_work_goes_on_when_the_database_falls_silent(on_server: Store) -> None:
    """As behind a router that forgot the connections: nothing is answered any more, and nothing refused."""
    async with relayed(on_server.url) as (relay, url):
        store = await Store.open(url)
        worker, ran = SharedJobs(store, beat=0.2, dead=1), asyncio.Event()

        async def work(job: Job) -> None:
            ran.set()

        worker.handle("work", work)
        await worker.start()
        await worker.idle()
        relay.silence()
        async with on_server.write() as tx:
            await SharedJobs(on_server).enqueue(tx, "work", {})
        await asyncio.wait_for(ran.wait(), 4 * SOON)
        await worker.stop(grace=1)
        await store.close()

"""Jobs of any number of processes on PostgreSQL.

Each process is a **worker** with a row that says when it was last seen. Whoever runs jobs looks at those rows every few seconds: the row
of a worker that was not seen for a while is deleted, and the jobs it had are ready again. A worker that was only paused finds out before
it does harm: what it notes about a job it no longer has changes nothing, and :meth:`SharedJobs.keep` refuses an effect.

A job whose lock is held is not taken, two that share one are never taken at once: a unique index has the last word. Notifications wake
the workers; one that is lost costs a few seconds. Times are the database's, for the clocks of hosts differ.
"""

import asyncio
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    delete,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from engine.jobs.queue import Job, Jobs, TakenOver, jobs_table, started
from engine.jobs.retry import RetryPolicy
from engine.notices import Notify, nobody
from engine.store import AWAY, Clock, Json, Moment, Store, StoreError, Transaction, metadata, utcnow

log = structlog.get_logger(__name__)

T = TypeVar("T")

CHANNEL = "updraft_jobs"
BEAT = 3.0
"""Seconds between two signs of life."""
DEAD = 9.0
"""Seconds without one after which a worker's jobs go to others: within DEAD + BEAT its work goes on."""
POLL = 5.0
"""The most that a notification which got lost can cost, in seconds."""
LEAVE = 3.0
"""Seconds that taking leave may last; without it the others wait until this worker counts as dead."""
GONE = (*AWAY, StoreError, TimeoutError)
"""What it looks like when the database is away for a while."""

workers_table = Table(
    "workers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),  # host:process, for whoever looks
    Column("seen_at", Moment, nullable=False),
)

CLAIM = """
WITH ready AS MATERIALIZED (
    SELECT id, lock, priority, run_at FROM jobs
    WHERE status = 'pending' AND run_at <= coalesce(CAST(:now AS timestamptz), now()) AND kind = ANY(:kinds)
        AND NOT EXISTS (SELECT FROM jobs AS held WHERE held.lock = jobs.lock AND held.status = 'processing')
    ORDER BY priority, run_at, id LIMIT :most
    FOR UPDATE SKIP LOCKED
), single AS MATERIALIZED (
    SELECT DISTINCT ON (coalesce(lock, id)) * FROM ready ORDER BY coalesce(lock, id), priority, run_at, id
), mine AS MATERIALIZED (
    SELECT id FROM single WHERE lock IS NULL OR pg_try_advisory_xact_lock(:space, hashtext(lock))
    ORDER BY priority, run_at, id LIMIT :room
)
UPDATE jobs SET status = 'processing', starts = starts + 1, worker = :worker,
    started_at = coalesce(CAST(:now AS timestamptz), now()) FROM mine
WHERE jobs.id = mine.id AND EXISTS (SELECT FROM workers WHERE workers.id = :worker)
RETURNING jobs.id, kind, payload, lock, priority, tries, postponed, starts, run_at, created_at, cut_off_at,
    coalesce(CAST(:now AS timestamptz), now()) AS now
"""
TAKE = text(CLAIM).columns(payload=Json, run_at=Moment, created_at=Moment, cut_off_at=Moment, now=Moment)
SPACE = 0x6A6F62
"""The advisory locks of claims, apart from all others: "job"."""


class SharedJobs(Jobs):
    """The queue of a database that many processes work on; ``beat`` and ``dead`` are the seconds described above."""

    def __init__(
        self,
        store: Store,
        *,
        policy: RetryPolicy | None = None,
        at_once: int = 16,
        clock: Clock = utcnow,
        notify: Notify = nobody,
        beat: float = BEAT,
        dead: float = DEAD,
    ) -> None:
        super().__init__(store, policy=policy, at_once=at_once, clock=clock, notify=notify)
        self.beat, self.dead = beat, dead
        self.worker, self.name = uuid4().hex, f"{socket.gethostname()[:80]}:{os.getpid()}"
        self._beating: asyncio.Task[None] | None = None

    async def keep(self, job: Job) -> None:
        """Make sure of a job just before an effect that must not happen twice, and be seen alive. Raises TakenOver."""
        ours = exists().where(self._mine(job))
        seen = update(workers_table).where((workers_table.c.id == self.worker) & ours)
        asked = -math.inf
        # An answer that was long on its way, because this process was paused meanwhile, says nothing any more.
        while time.monotonic() - asked > self.dead / 3:
            asked = time.monotonic()
            async with self.store.write() as tx:
                # Whoever takes over deletes this very row first: one of us waits for the other.
                if not (await tx.execute(seen.values(seen_at=func.now()))).rowcount:
                    raise TakenOver("Another process has taken this over.")

    async def _enter(self) -> None:
        try:
            await self._be_seen()
        except GONE as error:
            raise StoreError(f"The database does not answer ({type(error).__name__}).") from error
        self._beating = asyncio.create_task(self._beat(), name="jobs beat")

    async def _leave(self) -> None:
        assert self._beating is not None
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        try:
            async with asyncio.timeout(LEAVE), self.store.write() as tx:
                await tx.execute(delete(workers_table).where(workers_table.c.id == self.worker))
                await self._take_up(tx, 0.0)
        except GONE as error:
            log.warning("could not take leave; others notice", error=type(error).__name__)

    def _loops(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        assert self._beating is not None
        return {"listen": self._listen(), "beat watched": _as_long_as(self._beating)}

    def _at(self, seconds: float = 0.0) -> ColumnElement[datetime]:
        if self.clock is not utcnow:
            return super()._at(seconds)
        return func.now() + timedelta(seconds=seconds)

    def _ours(self) -> ColumnElement[bool]:
        return super()._ours() & (jobs_table.c.worker == self.worker)

    def _mine(self, job: Job) -> ColumnElement[bool]:
        return self._ours() & (jobs_table.c.id == job.id) & (jobs_table.c.starts == job.start)

    async def _announce(self, tx: Transaction) -> None:
        await super()._announce(tx)
        await tx.execute(select(func.pg_notify(CHANNEL, self.worker)))

    async def _steadily(self, act: Callable[[], Awaitable[T]]) -> T:
        return await self._patiently(act, self.dead)

    async def _patiently(self, act: Callable[[], Awaitable[T]], limit: float | None = None) -> T:
        while True:
            try:
                return await _within(act, limit)
            except GONE as error:
                log.warning("the database does not answer; waiting", error=type(error).__name__)
                if isinstance(error, TimeoutError):
                    await self.store.drop()
                await asyncio.sleep(1.0)

    async def _listen(self) -> None:
        def heard(sender: str) -> None:
            if sender != self.worker:
                self._wake.set()

        while True:
            await self._patiently(lambda: self.store.listen(CHANNEL, heard))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.beat)
            await self._steadily(self._be_seen)

    async def _be_seen(self) -> None:
        """Give a sign of life, and take up the work of those who give none."""
        running = dict(self._running)
        alive = insert(workers_table).values(id=self.worker, name=self.name, seen_at=func.now())
        again = alive.on_conflict_do_update(index_elements=["id"], set_={"seen_at": func.now()})
        silent = workers_table.c.seen_at < func.now() - timedelta(seconds=self.dead)
        async with self.store.write() as tx:
            # A new row, where there should have been ours, is one that PostgreSQL never updated.
            fresh = (await tx.execute(again.returning(text("xmax = 0")))).scalar_one()
            await tx.execute(delete(workers_table).where(silent & (workers_table.c.id != self.worker)))
            # Whoever is silent for that long began nothing since, but what it began just before its last sign of life was due.
            await self._take_up(tx, max(self.dead - self.beat, 0.0))
        if fresh and running:
            await self._let_go(running)

    async def _take_up(self, tx: Transaction, silent: float) -> None:
        """Make the jobs ready again that are nobody's, and for so many seconds at least were worked on by nobody."""
        cut_off = jobs_table.c.status == "processing"
        nobody = ~exists().where(workers_table.c.id == jobs_table.c.worker)
        taken = await tx.execute(
            update(jobs_table).where(cut_off & nobody).values(worker=None, **self._cut_off(silent))
        )
        if taken.rowcount:
            log.info("jobs taken up", count=taken.rowcount)
            await self._announce(tx)

    async def _let_go(self, running: Mapping[asyncio.Task[None], Job]) -> None:
        """Stop the jobs that others have taken over while this process was paused."""
        async with self.store.read() as tx:
            rows = (await tx.execute(select(jobs_table.c.id, jobs_table.c.starts).where(self._ours()))).all()
        kept = {(row.id, row.starts) for row in rows}
        for task, job in running.items():
            if (job.id, job.start) not in kept and task in self._running:
                log.warning("job taken over by another process", job=job.id, kind=job.kind)
                task.cancel()

    async def _pause(self) -> float | None:
        wait = func.extract("epoch", func.min(jobs_table.c.run_at) - self._at())
        async with self.store.read() as tx:
            seconds = (await tx.execute(select(wait).where(jobs_table.c.status == "pending"))).scalar()
        return POLL if seconds is None else min(float(seconds), POLL)

    async def _claim(self, room: int) -> list[Job]:
        values = {
            "now": None if self.clock is utcnow else self.clock(),
            "kinds": list(self._handlers),
            "most": room + 16,
            "room": room,
            "space": SPACE,
            "worker": self.worker,
        }
        try:
            async with self.store.write() as tx:
                rows = (await tx.execute(TAKE, values)).all()
        except IntegrityError:
            # Another worker took a job of the same lock in the same moment; what it left is looked for anew.
            self._wake.set()
            return []
        order = sorted(rows, key=lambda row: (row.priority, row.run_at, row.id))
        return await self._living([started(row, row.starts, row.now) for row in order])


async def _within(act: Callable[[], Awaitable[T]], limit: float | None) -> T:
    """Do something in so many seconds. Raises TimeoutError.

    A database that falls silent is away as well, and cleaning up after it may wait for the same silence: it is left alone with that. What
    it did all the same is found by the next sweep.
    """
    task = asyncio.ensure_future(act())
    try:
        await asyncio.wait([task], timeout=limit)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait([task], timeout=LEAVE)
        raise
    if task.done():
        return task.result()
    task.cancel()
    task.add_done_callback(lambda left: left.cancelled() or left.exception())
    raise TimeoutError


async def _as_long_as(task: asyncio.Task[None]) -> None:
    await asyncio.shield(task)

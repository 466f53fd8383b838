"""The job table and its runner for one process on SQLite.

One process owns the database, so a job found *processing* at start was cut off by a crash and is simply ready again: no
leases. Claims are made in batches; jobs that share a ``lock`` never run side by side.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Column, Index, Integer, String, Table, Text, delete, insert, select, update
from sqlalchemy.engine import Row

from engine.errors import Postpone
from engine.jobs.retry import RetryPolicy, next_try
from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow

log = structlog.get_logger(__name__)

KEEP = timedelta(days=7)
GIVE_WAY = 0.05
GIVE_WAY_AT_MOST = 40
MAX_STARTS = 50
"""A job that was started this often without an end kills its process: it becomes a dead letter."""

jobs_table = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("payload", Json, nullable=False),
    Column("lock", String(200)),
    Column("priority", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # pending, processing, completed, failed
    Column("starts", Integer, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
    Column("run_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("error", Text),
    Index("ix_jobs_ready", "status", "priority", "run_at"),
)


class Priority(IntEnum):
    """Lower runs first."""

    HIGH = 0
    DEFAULT = 5
    LOW = 9


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as its handler sees it; ``tries`` counts earlier failures."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    lock: str | None
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up, with the sentence of its last error."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    error: str
    finished_at: datetime


Handler = Callable[[Job], Awaitable[None]]
GivenUp = Callable[[Job, BaseException], Awaitable[None]]


class Jobs:
    """The queue and its runner; ``at_once`` jobs run side by side.

    ``pressed`` tells whether something more urgent than jobs needs the process; new jobs then wait, at most two seconds.
    """

    def __init__(
        self, store: Store, *, policy: RetryPolicy | None = None, at_once: int = 16, clock: Clock = utcnow
    ) -> None:
        self.store, self.policy, self.at_once, self.clock = store, policy or RetryPolicy(), at_once, clock
        self._handlers: dict[str, Handler] = {}
        self._given_up: dict[str, GivenUp] = {}
        self._running: dict[asyncio.Task[None], Job] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.pressed: Callable[[], bool] = lambda: False

    def handle(self, kind: str, handler: Handler, given_up: GivenUp | None = None) -> None:
        """Register what runs jobs of a kind, and what is told when one is given up."""
        self._handlers[kind] = handler
        if given_up is not None:
            self._given_up[kind] = given_up

    async def enqueue(
        self,
        tx: Transaction,
        kind: str,
        payload: Mapping[str, Any],
        *,
        lock: str | None = None,
        priority: Priority = Priority.DEFAULT,
        run_at: datetime | None = None,
    ) -> str:
        """Add a job in the caller's transaction and return its id."""
        row = self._row(kind, payload, lock, priority, run_at)
        await tx.execute(insert(jobs_table), row)
        self.store.after_commit(tx, self._wake.set)
        return str(row["id"])

    async def enqueue_all(
        self, tx: Transaction, kind: str, payloads: Mapping[str, Mapping[str, Any]], *, priority: Priority
    ) -> None:
        """Add jobs of one kind, one for each lock."""
        rows = [self._row(kind, payload, lock, priority, None) for lock, payload in payloads.items()]
        if rows:
            await tx.execute(insert(jobs_table), rows)
            self.store.after_commit(tx, self._wake.set)

    async def start(self, after: Awaitable[object] | None = None) -> None:
        """Take up what a crash left, then run jobs until :meth:`stop`, the first one once ``after`` is done.

        Raises StoreError when another process works on the same database.
        """
        self.store.claim()
        async with self.store.write() as tx:
            taken_up = await tx.execute(
                update(jobs_table).where(jobs_table.c.status == "processing").values(status="pending")
            )
        if taken_up.rowcount:
            log.info("jobs taken up", count=taken_up.rowcount)
        self._loop = asyncio.create_task(self._run(after), name="jobs")

    async def stop(self, grace: float = 20.0) -> None:
        """Start nothing new, give running jobs ``grace`` seconds, then leave them to the next start."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def loop(self) -> asyncio.Task[None]:
        """The runner's task, which ends only when the runner is broken; whoever serves watches it."""
        assert self._loop is not None, "not started"
        return self._loop

    async def idle(self) -> None:
        """Wait until nothing is running or due now."""
        while True:
            while self._running:
                await asyncio.wait(self._running)
            async with self.store.read() as tx:
                due = (await tx.execute(self._due().limit(1))).first()
            if due is None and not self._running:
                return
            self._wake.set()
            await asyncio.sleep(0.002)

    async def dead_letters(self) -> list[DeadLetter]:
        """List the jobs that were given up, newest first."""
        query = (
            select(jobs_table)
            .where(jobs_table.c.status == "failed")
            .order_by(jobs_table.c.finished_at.desc())
        )
        async with self.store.read() as tx:
            rows = (await tx.execute(query)).all()
        return [DeadLetter(row.id, row.kind, row.payload, row.error or "", row.finished_at) for row in rows]

    async def requeue(self, id: str) -> bool:
        """Give a dead letter another life; False when it is none."""
        fresh = {
            "status": "pending",
            "tries": 0,
            "starts": 0,
            "run_at": self.clock(),
            "created_at": self.clock(),
        }
        async with self.store.write() as tx:
            dead = (jobs_table.c.id == id) & (jobs_table.c.status == "failed")
            revived = await tx.execute(update(jobs_table).where(dead).values(**fresh))
            self.store.after_commit(tx, self._wake.set)
        return bool(revived.rowcount)

    async def forget(self, tx: Transaction) -> int:
        """Delete the completed jobs older than a week; return their number."""
        old = jobs_table.c.finished_at <= self.clock() - KEEP
        done = await tx.execute(delete(jobs_table).where((jobs_table.c.status == "completed") & old))
        return done.rowcount

    def _row(
        self,
        kind: str,
        payload: Mapping[str, Any],
        lock: str | None,
        priority: Priority,
        run_at: datetime | None,
    ) -> dict[str, Any]:
        now = self.clock()
        row = {
            "id": uuid4().hex,
            "kind": kind,
            "payload": dict(payload),
            "lock": lock,
            "priority": int(priority),
        }
        times = {"run_at": run_at or now, "created_at": now}
        return {**row, **times, "status": "pending", "starts": 0, "tries": 0}

    def _due(self) -> Any:
        order = (jobs_table.c.priority, jobs_table.c.run_at, jobs_table.c.id)
        ready = (jobs_table.c.status == "pending") & (jobs_table.c.run_at <= self.clock())
        return select(jobs_table).where(ready).order_by(*order)

    async def _run(self, after: Awaitable[object] | None) -> None:
        if after is not None:
            await after
        while True:
            await self._give_way()
            self._wake.clear()
            claimed = await self._claim(self.at_once - len(self._running))
            for job in claimed:
                task = asyncio.create_task(self._work(job), name=f"job {job.kind}")
                self._running[task] = job
                task.add_done_callback(self._done)
            if not claimed:
                await self._sleep()

    async def _give_way(self) -> None:
        """Let what is waiting to be taken go first, for a while: its sender waits for an acknowledgement."""
        for _ in range(GIVE_WAY_AT_MOST):
            if not self.pressed():
                return
            await asyncio.sleep(GIVE_WAY)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job runner failed", error=repr(error))

    async def _sleep(self) -> None:
        """Wait for news, or for the next job that is due later."""
        query = (
            select(jobs_table.c.run_at).where(jobs_table.c.status == "pending").order_by(jobs_table.c.run_at)
        )
        async with self.store.read() as tx:
            first = (await tx.execute(query.limit(1))).scalar()
        # A job that is due but waits for its lock is woken by that lock's end, not by the clock.
        wait = None if first is None else max((first - self.clock()).total_seconds(), 0.25)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _claim(self, room: int) -> list[Job]:
        if room <= 0:
            return []
        held = {job.lock for job in self._running.values() if job.lock}
        async with self.store.read() as tx:
            rows = (await tx.execute(self._due().limit(room + len(held) + 16))).all()
        chosen: list[Row[Any]] = []
        for row in rows:
            if len(chosen) < room and (row.lock is None or row.lock not in held):
                chosen.append(row)
                held.add(row.lock)
        if not chosen:
            return []
        async with self.store.write() as tx:
            mine = jobs_table.c.id.in_([row.id for row in chosen])
            await tx.execute(
                update(jobs_table).where(mine).values(status="processing", starts=jobs_table.c.starts + 1)
            )
        return [_job(row) for row in chosen if row.starts < MAX_STARTS] + await self._bury(chosen)

    async def _bury(self, rows: list[Row[Any]]) -> list[Job]:
        for row in rows:
            if row.starts >= MAX_STARTS:
                await self._end(_job(row), RuntimeError(f"started {row.starts} times and never ended"), None)
        return []

    async def _work(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job=job.id, kind=job.kind)
        try:
            await self._handlers[job.kind](job)
        except Exception as error:  # noqa: BLE001 - the one place where work of any kind may fail
            age = self.clock() - job.created_at
            wait = next_try(self.policy, error, job.tries + 1, age, random.uniform(0.5, 1.5))
            level = log.info if isinstance(error, Postpone) else log.warning
            level(
                "job failed",
                tries=job.tries + 1,
                error=f"{type(error).__name__}: {error}"[:300],
                again_in=wait,
            )
            await self._end(job, error, wait)
        else:
            async with self.store.write() as tx:
                done = {"status": "completed", "finished_at": self.clock(), "error": None}
                await tx.execute(update(jobs_table).where(jobs_table.c.id == job.id).values(**done))

    async def _end(self, job: Job, error: BaseException, wait: float | None) -> None:
        """Put the job back for later, or make it a dead letter and say so."""
        values: dict[str, Any] = {"tries": job.tries + 1, "error": f"{type(error).__name__}: {error}"[:1000]}
        if wait is None:
            if (given_up := self._given_up.get(job.kind)) is not None:
                try:
                    await given_up(job, error)
                except Exception as second:  # noqa: BLE001 - telling may fail as the work did; the dead letter stays
                    log.warning("could not tell that a job was given up", error=repr(second)[:300])
            values |= {"status": "failed", "finished_at": self.clock()}
        else:
            values |= {"status": "pending", "run_at": self.clock() + timedelta(seconds=wait)}
        async with self.store.write() as tx:
            await tx.execute(update(jobs_table).where(jobs_table.c.id == job.id).values(**values))


def _job(row: Row[Any]) -> Job:
    return Job(row.id, row.kind, row.payload, row.lock, row.tries, row.created_at)

"""The job table and its runner, whatever the database.

What differs between one process on SQLite and many on PostgreSQL is in :mod:`engine.jobs.local` and :mod:`engine.jobs.shared`: who may
take a job, how the end of a process is noticed, whose clock counts. Jobs that share a ``lock`` never run side by side.
"""

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    delete,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row

from engine.errors import UpdraftError
from engine.jobs.retry import RetryPolicy, next_try, postpones
from engine.notices import Component, Failed, Notify, Worked, nobody
from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow

log = structlog.get_logger(__name__)

T = TypeVar("T")

KEEP = timedelta(days=7)
GIVE_WAY = 0.05
"""Seconds until the runner looks whether there is room again."""
PRESSED, FLOODED = 100.0, 500.0
"""Events a second beyond which few jobs begin, and next to none: whoever sent them waits for the acknowledgement."""
UNDER_PRESSURE = 2
"""So many jobs work side by side while events press."""
BUSY = 1.0
"""Seconds after which a job that still runs is taken to wait for Slack, Jira or a model."""
MAX_STARTS = 50
"""A job that was started this often without an end kills its process: it becomes a dead letter."""
CUT_OFF = "cut off"
"""What stands for the error of a job whose last start came to no end."""
SWEEP = 3.0
"""Seconds between two looks for jobs that count as running and are not."""

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
    Column("postponed", Integer, nullable=False, default=0, server_default="0"),  # of these tries
    Column("run_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),  # of the last try
    Column("cut_off_at", Moment),  # when a start last came to no end
    Column("finished_at", Moment),
    Column("error", Text),
    Column("worker", String(32)),
    Index("ix_jobs_ready", "status", "priority", "run_at"),
    Index("ix_jobs_finished", "status", "finished_at"),
    Index(
        "uq_jobs_lock",
        "lock",
        unique=True,
        sqlite_where=text("status = 'processing'"),
        postgresql_where=text("status = 'processing'"),
    ),
)


class Priority(IntEnum):
    """Lower runs first."""

    HIGH = 0
    DEFAULT = 5
    LOW = 9


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as its handler sees it; ``tries`` counts earlier failures, ``postponed`` those of them that
    only waited for something that was down, ``start`` how often it was begun.

    ``waited`` are the seconds from when it was due to its start. ``since_cut_off`` are the seconds from when an
    earlier start came to no end to this one, None where none did. ``began`` is the monotonic clock at its start.
    """

    id: str
    kind: str
    payload: Mapping[str, Any]
    lock: str | None
    tries: int
    created_at: datetime
    start: int = 1
    waited: float = 0.0
    since_cut_off: float | None = None
    postponed: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def cut_off(self) -> bool:
        """Whether an earlier start came to no end, so that its effects are not known."""
        return self.since_cut_off is not None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up, with the sentence of its last error."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    error: str
    finished_at: datetime


class TakenOver(UpdraftError):
    """Another process has taken this job over, since this one seemed dead; leave the job alone."""

    permanent = False


Handler = Callable[[Job], Awaitable[None]]
GivenUp = Callable[[Job, BaseException], Awaitable[None]]


class Jobs(ABC):
    """The queue and its runner; ``at_once`` jobs run side by side.

    ``pressure`` tells how many events a second come in at this moment, each more urgent than a job: few of them then begin.
    """

    def __init__(
        self,
        store: Store,
        *,
        policy: RetryPolicy | None = None,
        at_once: int = 16,
        clock: Clock = utcnow,
        notify: Notify = nobody,
    ) -> None:
        self.store, self.policy, self.at_once, self.clock = store, policy or RetryPolicy(), at_once, clock
        self.notify = notify
        self._handlers: dict[str, Handler] = {}
        self._given_up: dict[str, GivenUp] = {}
        self._periods: dict[str, float] = {}
        self._running: dict[asyncio.Task[None], Job] = {}
        self._wake, self._over = asyncio.Event(), asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._ending: list[asyncio.Task[None]] = []
        self._begun = float("-inf")
        self.pressure: Callable[[], float] = lambda: 0.0

    def handle(self, kind: str, handler: Handler, given_up: GivenUp | None = None) -> None:
        """Register what runs jobs of a kind, and what is told when one is given up."""
        self._handlers[kind] = handler
        if given_up is not None:
            self._given_up[kind] = given_up

    def every(self, kind: str, period: timedelta) -> None:
        """Have a job of this kind run once in each period, whichever process sees to it."""
        self._periods[kind] = period.total_seconds()

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
        row = _row(kind, payload, lock, priority)
        await self._add(tx, [row], run_at)
        return str(row["id"])

    async def enqueue_all(
        self, tx: Transaction, kind: str, payloads: Mapping[str, Mapping[str, Any]], *, priority: Priority
    ) -> None:
        """Add jobs of one kind, one for each lock."""
        rows = [_row(kind, payload, lock, priority) for lock, payload in payloads.items()]
        if rows:
            await self._add(tx, rows)

    async def waiting(self, tx: Transaction, lock: str) -> bool:
        """Say whether a job with this lock is still to be done."""
        undone = (jobs_table.c.lock == lock) & jobs_table.c.status.in_(("pending", "processing"))
        return (await tx.execute(select(jobs_table.c.id).where(undone).limit(1))).first() is not None

    async def start(self, after: Awaitable[object] | None = None) -> None:
        """Take up what was cut off, then run jobs until :meth:`stop`, the first one once ``after`` is done.

        Raises StoreError when another process works on a database that is for one only.
        """
        await self._enter()
        self._loop = asyncio.create_task(self._together(after), name="jobs")

    async def stop(self, grace: float = 20.0) -> None:
        """Start nothing new, give running jobs ``grace`` seconds, then leave them to whoever starts next."""
        if self._loop is None:
            return
        self._over.set()
        self._wake.set()
        if self._ending:
            # They end by themselves: what is cancelled inside a transaction may leave half of its work. A database that is away ends them not.
            await asyncio.wait(self._ending, timeout=min(grace, 5.0))
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._leave()

    async def keep(self, job: Job) -> None:
        """Make sure of a job just before an effect that must not happen twice. Raises TakenOver."""
        return

    def doubt(self, job: Job, settle: float) -> float:
        """Return for how many seconds an effect of a start that was cut off may still come, if one takes ``settle`` seconds at most."""
        if job.since_cut_off is None:
            return 0.0
        return max(0.0, settle - job.since_cut_off - (time.monotonic() - job.began))

    @property
    def loop(self) -> asyncio.Task[None]:
        """The runner's task, which ends only when a part of the runner is broken; whoever serves watches it."""
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

    async def requeue(self, tx: Transaction, id: str) -> bool:
        """Give a dead letter another life; False when it is none. What it works on is to be put back in the same transaction."""
        fresh = {
            "status": "pending",
            "tries": 0,
            "postponed": 0,
            "starts": 0,
            "run_at": self._at(),
            "created_at": self._at(),
        }
        dead = (jobs_table.c.id == id) & (jobs_table.c.status == "failed")
        revived = await tx.execute(update(jobs_table).where(dead).values(**fresh, finished_at=None))
        await self._announce(tx)
        return bool(revived.rowcount)

    async def forget(self, tx: Transaction) -> int:
        """Delete the completed jobs older than a week; return their number."""
        old = jobs_table.c.finished_at <= self._at(-KEEP.total_seconds())
        done = await tx.execute(delete(jobs_table).where((jobs_table.c.status == "completed") & old))
        return done.rowcount

    # -- what the database decides

    @abstractmethod
    async def _enter(self) -> None:
        """Begin to take part, and make ready again what a dead process left."""

    async def _leave(self) -> None:
        """Stop taking part."""
        return

    @abstractmethod
    async def _claim(self, room: int) -> list[Job]:
        """Take up to ``room`` jobs that are due, none whose lock is held."""

    @abstractmethod
    async def _pause(self) -> float | None:
        """Return the seconds until the next job is due, None for never."""

    def _loops(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Return what else has to run as long as the runner, by name."""
        return {}

    def _at(self, seconds: float = 0.0) -> ColumnElement[datetime]:
        """Return the time so many seconds from now, by the clock that counts."""
        return literal(self.clock() + timedelta(seconds=seconds), Moment())

    def _mine(self, job: Job) -> ColumnElement[bool]:
        """Select the job's row as long as it is still ours."""
        return jobs_table.c.id == job.id

    def _ours(self) -> ColumnElement[bool]:
        """Select the jobs that this process is taken to run."""
        return jobs_table.c.status == "processing"

    def _cut_off(self, seconds_ago: float = 0.0) -> dict[str, Any]:
        """Return what a job is whose start came to no end so many seconds ago: ready for another one."""
        return {"status": "pending", "error": CUT_OFF, "cut_off_at": self._at(-seconds_ago)}

    async def _announce(self, tx: Transaction) -> None:
        """Have whoever runs jobs look for some once this transaction is committed."""
        self.store.after_commit(tx, self._wake.set)

    async def _steadily(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do something that the runner depends on; where the database may go and come back, for as long as that takes."""
        return await act()

    async def _patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do something that may take its time, again where the database was away meanwhile."""
        return await act()

    # -- the runner

    async def _add(
        self, tx: Transaction, rows: Sequence[Mapping[str, Any]], run_at: datetime | None = None
    ) -> None:
        due = self._at() if run_at is None else literal(run_at, Moment())
        dialect = postgresql if self.store.shared else sqlite
        adding = dialect.insert(jobs_table).values(run_at=due, created_at=self._at())
        await tx.execute(adding.on_conflict_do_nothing(index_elements=["id"]), rows)
        await self._announce(tx)

    def _due(self) -> Select[Any]:
        order = (jobs_table.c.priority, jobs_table.c.run_at, jobs_table.c.id)
        ready = (jobs_table.c.status == "pending") & (jobs_table.c.run_at <= self._at())
        return select(jobs_table).where(ready).order_by(*order)

    async def _together(self, after: Awaitable[object] | None) -> None:
        """Run the loops; the first that fails ends all."""
        async with asyncio.TaskGroup() as group:
            self._ending.append(group.create_task(self._run(after), name="jobs run"))
            if self._periods:
                self._ending.append(group.create_task(self._tick(), name="jobs tick"))
            for name, loop in self._loops().items():
                group.create_task(loop, name=f"jobs {name}")

    async def _tick(self) -> None:
        """Add each period's job; its id is made of the period, so that a second one is not added."""
        while not self._over.is_set():
            await self._steadily(self._add_periodic)
            now = self.clock().timestamp()
            wait = min(period - now % period for period in self._periods.values())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), wait)

    async def _add_periodic(self) -> None:
        now = self.clock().timestamp()
        rows = [
            _row(kind, {}, kind, Priority.LOW) | {"id": f"{kind} {int(now // period)}"}
            for kind, period in self._periods.items()
        ]
        async with self.store.write() as tx:
            await self._add(tx, rows)

    async def _run(self, after: Awaitable[object] | None) -> None:
        if after is not None:
            await after
        swept = time.monotonic()
        while not self._over.is_set():
            self._wake.clear()
            if time.monotonic() - swept > SWEEP:
                await self._steadily(self._sweep)
                swept = time.monotonic()
            if (room := self._room()) <= 0:
                await self._news(GIVE_WAY)
                continue
            claimed = await self._steadily(lambda: self._claim(room))
            for job in claimed:
                self._begun = job.began
                task = asyncio.create_task(self._work(job), name=f"job {job.kind}")
                self._running[task] = job
                task.add_done_callback(self._done)
            if not claimed:
                wait = await self._steadily(self._pause)
                # A job that is due but waits for its lock is woken by that lock's end, not by the clock.
                await self._news(None if wait is None else max(wait, 0.25))

    async def _sweep(self) -> None:
        """Make ready again what we took and do not run: the answer to a claim was lost, or the end of a job could not be noted.

        Only between claims, when all that was claimed is among the running.
        """
        query = select(jobs_table.c.id, jobs_table.c.starts).where(self._ours())
        async with self.store.read() as tx:
            rows = (await tx.execute(query)).all()
        running = {(job.id, job.start) for job in self._running.values()}
        lost = [row for row in rows if (row.id, row.starts) not in running]
        if not lost:
            return
        async with self.store.write() as tx:
            for row in lost:
                same = (jobs_table.c.id == row.id) & (jobs_table.c.starts == row.starts)
                await tx.execute(update(jobs_table).where(same & self._ours()).values(**self._cut_off()))
            await self._announce(tx)
        log.warning("jobs taken up that were not running", count=len(lost))

    def _room(self) -> int:
        """Return how many jobs may begin now; those that have run for long wait for others and take no turn from anybody."""
        room, now, pressure = self.at_once - len(self._running), time.monotonic(), self.pressure()
        if pressure > FLOODED:
            return min(room, int(now - self._begun > BUSY))
        if pressure > PRESSED:
            return min(room, UNDER_PRESSURE - sum(now - job.began < BUSY for job in self._running.values()))
        return room

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job runner failed", error=repr(error))

    async def _news(self, wait: float | None) -> None:
        """Wait until a job is added or ends, or so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()

    async def _living(self, jobs: Sequence[Job]) -> list[Job]:
        """Return the jobs to run; those that never come to an end are given up instead."""
        for job in jobs:
            if _endless(job):
                error = RuntimeError(f"started {MAX_STARTS} times and never ended")
                self.notify(Failed(Component.JOBS, f"{job.kind}: {error}."))
                with suppress(TakenOver):
                    await self._end(job, error, None)
                self.notify(Worked(job.kind, "failed", job.waited, 0.0))
        return [job for job in jobs if not _endless(job)]

    async def _work(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job=job.id, kind=job.kind, **_about(job.payload))
        try:
            await self._attempt(job)
        except TakenOver:
            log.warning("job taken over by another process")

    async def _attempt(self, job: Job) -> None:
        try:
            await self._handlers[job.kind](job)
        except TakenOver:
            raise
        except Exception as error:  # noqa: BLE001 - the one place where work of any kind may fail
            age = self.clock() - job.created_at
            jitter = random.uniform(0.5, 1.5)
            wait = next_try(self.policy, error, job.tries + 1, age, jitter, job.postponed)
            level = log.info if postpones(error) else log.warning
            level(
                "job failed",
                tries=job.tries + 1,
                error=f"{type(error).__name__}: {error}"[:300],
                again_in=wait,
            )
            outcome, took = _outcome(error, wait), time.monotonic() - job.began
            if not postpones(error):
                self.notify(Failed(Component.JOBS, f"{job.kind}: {type(error).__name__}."))
            await self._end(job, error, wait)
        else:
            outcome, took = "completed", time.monotonic() - job.began
            await self._note(job, {"status": "completed", "finished_at": self._at(), "error": None})
        # Only now, for whoever hears of it may look at the table.
        self.notify(Worked(job.kind, outcome, job.waited, took))

    async def _end(self, job: Job, error: BaseException, wait: float | None) -> None:
        """Put the job back for later, or make it a dead letter and say so."""
        values: dict[str, Any] = {"tries": job.tries + 1, "error": f"{type(error).__name__}: {error}"[:1000]}
        values["postponed"] = job.postponed + postpones(error)
        if wait is None:
            await self._steadily(lambda: self.keep(job))
            if (given_up := self._given_up.get(job.kind)) is not None:
                try:
                    await self._patiently(lambda: given_up(job, error))
                except TakenOver:
                    raise
                except Exception as second:  # noqa: BLE001 - telling may fail as the work did; the dead letter stays
                    log.warning("could not tell that a job was given up", error=repr(second)[:300])
            values |= {"status": "failed", "finished_at": self._at()}
        else:
            values |= {"status": "pending", "run_at": self._at(wait)}
        await self._note(job, values)

    async def _note(self, job: Job, values: Mapping[str, Any]) -> None:
        """Write down what became of a job that is still ours."""

        async def write() -> None:
            async with self.store.write() as tx:
                await tx.execute(update(jobs_table).where(self._mine(job)).values(**values))

        await self._steadily(write)


def started(row: Row[Any], start: int, now: datetime) -> Job:
    """Return a row of the table as the job that begins for the ``start``-th time."""
    return Job(
        row.id,
        row.kind,
        row.payload,
        row.lock,
        row.tries,
        row.created_at,
        start,
        waited=max((now - row.run_at).total_seconds(), 0.0),
        since_cut_off=None if row.cut_off_at is None else max((now - row.cut_off_at).total_seconds(), 0.0),
        postponed=row.postponed,
    )


def _endless(job: Job) -> bool:
    return job.start - job.tries > MAX_STARTS


def _outcome(error: Exception, wait: float | None) -> str:
    if wait is None:
        return "failed"
    return "postponed" if postpones(error) else "again"


def _about(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return the message that a job is for, as logs carry it."""
    return {"message": payload["message"]} if "message" in payload else {}


def _row(kind: str, payload: Mapping[str, Any], lock: str | None, priority: Priority) -> dict[str, Any]:
    # Whatever is done for a message carries its id on, from job to job.
    message = structlog.contextvars.get_contextvars().get("message")
    about = {} if message is None else {"message": message}
    row = {"id": uuid4().hex, "kind": kind, "payload": {**about, **payload}, "lock": lock}
    return {**row, "priority": int(priority), "status": "pending", "starts": 0, "tries": 0, "postponed": 0}

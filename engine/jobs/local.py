"""Jobs of one process on SQLite.

One process owns the database, so a job found *processing* at start was cut off by a crash and is simply ready again: no leases.
"""

from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import Row

from engine.jobs.queue import Job, Jobs, jobs_table, started

log = structlog.get_logger(__name__)

LOOK = 5.0
"""Seconds until a job is found that a command added beside the process, such as a dead letter that was put back."""


class LocalJobs(Jobs):
    """The queue of a database that one process works on; claims are made in batches."""

    async def _enter(self) -> None:
        self.store.claim()
        async with self.store.write() as tx:
            taken_up = await tx.execute(update(jobs_table).where(self._ours()).values(**self._cut_off()))
        if taken_up.rowcount:
            log.info("jobs taken up", count=taken_up.rowcount)

    async def _pause(self) -> float:
        pending = jobs_table.c.status == "pending"
        query = select(jobs_table.c.run_at).where(pending).order_by(jobs_table.c.run_at).limit(1)
        async with self.store.read() as tx:
            first = (await tx.execute(query)).scalar()
        return LOOK if first is None else min((first - self.clock()).total_seconds(), LOOK)

    async def _claim(self, room: int) -> list[Job]:
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
        # A command beside the process may have changed one meanwhile.
        still = jobs_table.c.id.in_([row.id for row in chosen]) & (jobs_table.c.status == "pending")
        now = self.clock()
        begun = {"status": "processing", "starts": jobs_table.c.starts + 1, "started_at": now}
        async with self.store.write() as tx:
            claim = update(jobs_table).where(still).values(**begun).returning(jobs_table.c.id)
            mine = set((await tx.execute(claim)).scalars())
        return await self._living([started(row, row.starts + 1, now) for row in chosen if row.id in mine])

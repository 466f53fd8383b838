"""The jobs as an operator sees them: what waits, what was given up, how long each kind takes, and when the rest will be done."""

import heapq
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from engine.jobs.queue import jobs_table
from engine.jobs.shared import workers_table
from engine.store import Store

SPAN = timedelta(days=7)
"""How far back durations are measured: completed jobs are kept no longer."""
SAMPLE = 5_000
MOST = 1_000
"""Jobs of a status that are read at most."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job: ``since`` is when it was given up, else when it was added; ``expected`` when it will be done, None where nobody knows."""

    id: str
    kind: str
    status: str
    tries: int
    error: str | None
    since: datetime
    run_at: datetime
    started_at: datetime | None = None
    expected: datetime | None = None


@dataclass(frozen=True, slots=True)
class KindStats:
    """How many jobs of a kind there are by status (completed: of the last week), and seconds as measured on those.

    ``median`` and ``p95`` are of what the last try took, ``wait`` is the median from due to started; None where nothing was measured.
    """

    kind: str
    pending: int
    processing: int
    failed: int
    completed: int
    median: float | None
    p95: float | None
    wait: float | None


async def listed(store: Store, statuses: Collection[str], now: datetime, *, at_once: int) -> list[JobRow]:
    """Return the jobs of these statuses, dead letters newest first, then those under way, then the rest as they will run.

    ``at_once`` jobs run side by side in a process; of processes that run jobs those count that are known.
    """
    found: list[JobRow] = []
    async with store.read() as tx:
        row = jobs_table.c
        orders: dict[str, list[ColumnElement[Any]]] = {
            "failed": [row.finished_at.desc()],
            "processing": [row.started_at],
            "pending": [row.priority, row.run_at],
        }
        for status, order in orders.items():
            query = select(jobs_table).where(row.status == status).order_by(*order, row.id).limit(MOST)
            found += [_row(one) for one in (await tx.execute(query)).all()]
        workers = int((await tx.execute(select(func.count()).select_from(workers_table))).scalar_one())
    typical = {one.kind: one.median for one in await stats(store, now) if one.median is not None}
    done = expected(found, typical, at_once * max(workers, 1), now)
    return [_expecting(one, done.get(one.id)) for one in found if one.status in statuses]


async def stats(store: Store, now: datetime) -> list[KindStats]:
    """Return what is known of each kind, by name."""
    row = jobs_table.c
    recent = (row.status != "completed") | (row.finished_at >= now - SPAN)
    counting = select(row.kind, row.status, func.count()).where(recent).group_by(row.kind, row.status)
    measured = (row.status == "completed") & (row.finished_at >= now - SPAN) & row.started_at.is_not(None)
    sample = select(row.kind, row.run_at, row.started_at, row.finished_at).where(measured)
    async with store.read() as tx:
        counts = {(kind, status): count for kind, status, count in await tx.execute(counting)}
        rows = (await tx.execute(sample.order_by(row.finished_at.desc()).limit(SAMPLE))).all()
    return [
        _stats(kind, counts, [one for one in rows if one.kind == kind])
        for kind in sorted({kind for kind, _ in counts})
    ]


def _stats(kind: str, counts: Mapping[tuple[str, str], int], rows: Sequence[Any]) -> KindStats:
    took = sorted(max((one.finished_at - one.started_at).total_seconds(), 0.0) for one in rows)
    waited = sorted(max((one.started_at - one.run_at).total_seconds(), 0.0) for one in rows)
    return KindStats(
        kind,
        counts.get((kind, "pending"), 0),
        counts.get((kind, "processing"), 0),
        counts.get((kind, "failed"), 0),
        counts.get((kind, "completed"), 0),
        statistics.median(took) if took else None,
        took[max(-(-len(took) * 95 // 100) - 1, 0)] if took else None,
        statistics.median(waited) if waited else None,
    )


def expected(
    rows: Sequence[JobRow], typical: Mapping[str, float], lanes: int, now: datetime
) -> dict[str, datetime]:
    """Foretell when jobs will be done: so many ``lanes`` take them in order, each for as long as its kind ``typical``-ly takes (seconds).

    A kind that was never measured is left out, and delays nobody.
    """
    done: dict[str, datetime] = {}
    busy: list[datetime] = []
    for one in rows:
        if one.status == "processing":
            end = max((one.started_at or now) + timedelta(seconds=typical.get(one.kind, 0.0)), now)
            heapq.heappush(busy, end)
            if one.kind in typical:
                done[one.id] = end
    for one in sorted((one for one in rows if one.status == "pending"), key=lambda one: max(one.run_at, now)):
        free = heapq.heappop(busy) if len(busy) >= lanes else now
        end = max(free, one.run_at, now) + timedelta(seconds=typical.get(one.kind, 0.0))
        heapq.heappush(busy, end)
        if one.kind in typical:
            done[one.id] = end
    return done


def _row(row: Any) -> JobRow:
    since = row.finished_at if row.status == "failed" else row.created_at
    return JobRow(row.id, row.kind, row.status, row.tries, row.error, since, row.run_at, row.started_at)


def _expecting(row: JobRow, end: datetime | None) -> JobRow:
    return JobRow(
        row.id, row.kind, row.status, row.tries, row.error, row.since, row.run_at, row.started_at, end
    )

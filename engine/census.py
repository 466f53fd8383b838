"""How much there is of everything that lives in tables: for figures that all processes must agree on.

Everything is read in one transaction, along indexes and over a bounded span, so that it may be asked for every half minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, exists, func, or_, select

from engine.breaker import State
from engine.conditions import Seen, conditions
from engine.drafts import BY_PERSON, drafts_table, revisions_table
from engine.gateway import Gateway
from engine.jobs import jobs_table
from engine.ledger import Limit, meter_of, meters
from engine.store import Store, Transaction, utcnow

SPAN = timedelta(days=30)
"""Drafts older than this are left out."""
LOOKED = timedelta(hours=1, minutes=5)
"""What was looked at longer ago says nothing about now; the longest period between two looks is an hour."""
UNDONE = ("pending", "processing", "failed")


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs of a kind and status that are not completed, and when the first of them is or was due."""

    kind: str
    status: str
    count: int
    first_due: datetime


@dataclass(frozen=True, slots=True)
class DraftCount:
    """Recent drafts of a kind and status: how many, how many of them a person edited, and how many nobody decided on.

    ``quality`` is the mean quality of their first texts (0-1).
    """

    kind: str
    status: str
    count: int
    edited: int
    undecided: int
    quality: float


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of a workspace's limit is used in its present window."""

    limit: Limit
    used: int


@dataclass(frozen=True, slots=True)
class Census:
    """All counts of one moment; ``breakers`` has every provider that ever failed."""

    jobs: tuple[JobCount, ...]
    drafts: tuple[DraftCount, ...]
    limits: tuple[LimitUse, ...]
    breakers: Mapping[str, State]
    conditions: tuple[Seen, ...]


async def take_census(store: Store, gateway: Gateway, workspace: str, now: datetime | None = None) -> Census:
    """Count everything; ``workspace`` is whose limits are read."""
    now = now or utcnow()
    states = await gateway.breakers.states()
    async with store.read() as tx:
        return Census(
            await _jobs(tx),
            await _drafts(tx, now - SPAN),
            await limits_used(tx, gateway.policy.limits, workspace, now),
            states,
            tuple(one for one in await conditions(tx) if now - one.seen_at <= LOOKED),
        )


async def _jobs(tx: Transaction) -> tuple[JobCount, ...]:
    row = jobs_table.c
    query = select(row.kind, row.status, func.count(), func.min(row.run_at))
    found = await tx.execute(query.where(row.status.in_(UNDONE)).group_by(row.kind, row.status))
    return tuple(JobCount(*one) for one in found)


async def _drafts(tx: Transaction, since: datetime) -> tuple[DraftCount, ...]:
    row, first = drafts_table.c, revisions_table.alias()
    edited = exists().where((revisions_table.c.draft == row.id) & (revisions_table.c.source == BY_PERSON))
    query = (
        select(
            row.kind,
            row.status,
            func.count(),
            func.sum(case((edited, 1), else_=0)),
            func.sum(case((row.decided_at.is_(None), 1), else_=0)),
            func.avg(first.c.quality),
        )
        .join(first, (first.c.draft == row.id) & (first.c.number == 1))
        .where(row.created_at >= since)
        .group_by(row.kind, row.status)
    )
    found = await tx.execute(query)
    return tuple(DraftCount(one[0], one[1], one[2], int(one[3]), int(one[4]), float(one[5])) for one in found)


async def limits_used(
    tx: Transaction, limits: Sequence[Limit], workspace: str, now: datetime
) -> tuple[LimitUse, ...]:
    """Return how much of the workspace's own limits is used now; what each person used of theirs is left out."""
    wanted = {limit: meter_of(limit, workspace, "", now) for limit in limits if not limit.person}
    if not wanted:
        return ()
    spans = {(meter.window.value, meter.start) for meter in wanted.values()}
    places = or_(*((meters.c.window == window) & (meters.c.start == start) for window, start in spans))
    mine = (meters.c.workspace == workspace) & (meters.c.person == "")
    found = {(row.window, row.start): row for row in await tx.execute(select(meters).where(mine & places))}
    return tuple(
        LimitUse(limit, int(getattr(row, limit.unit.value)) if row is not None else 0)
        for limit, meter in wanted.items()
        for row in (found.get((meter.window.value, meter.start)),)
    )

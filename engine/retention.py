"""Forgetting: what is older than its period is deleted, in small transactions so that nobody waits for them.

What is still undecided or under way is never forgotten. A period of None keeps for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Table, delete, exists, select

from engine.audit import audit_table
from engine.completion import moves_table
from engine.drafts import Status, drafts_table, revisions_table
from engine.inbox import State, inbox_table
from engine.ledger.tables import executions
from engine.store import Clock, Store, utcnow

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Rows deleted in one transaction: on SQLite all other writers wait for it."""
LOOK = 5000
"""Rows found by one look."""


@dataclass(frozen=True, slots=True)
class Periods:
    """For how long each kind of row is kept after its day."""

    messages: timedelta | None = timedelta(days=365)
    drafts: timedelta | None = timedelta(days=365)
    records: timedelta | None = timedelta(days=400)
    audit: timedelta | None = timedelta(days=1095)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows that go together: those of ``table`` that are old and ``over``, and those of ``parts`` that point at them."""

    table: Table
    at: Column[Any]
    period: timedelta | None
    over: ColumnElement[bool] | None = None
    parts: tuple[tuple[Table, Column[Any]], ...] = ()


class Retention:
    """Forgets by its periods."""

    def __init__(self, store: Store, periods: Periods, clock: Clock = utcnow) -> None:
        self.store, self.clock = store, clock
        settled = (Status.POSTED.value, Status.REJECTED.value, Status.EXPIRED.value, Status.FAILED.value)
        ended = (State.ANSWERED.value, State.ASKED.value, State.WITHDRAWN.value)
        # Not NOT IN: PostgreSQL reads the whole list for each row once the list is too long for its memory.
        drafted = exists().where(drafts_table.c.inbox == inbox_table.c.id)
        self._kinds = (
            _Kind(
                drafts_table,
                drafts_table.c.created_at,
                periods.drafts,
                drafts_table.c.status.in_(settled),
                ((revisions_table, revisions_table.c.draft),),
            ),
            _Kind(
                inbox_table,
                inbox_table.c.received_at,
                periods.messages,
                inbox_table.c.state.in_(ended) & ~drafted,
                ((moves_table, moves_table.c.inbox),),
            ),
            _Kind(executions, executions.c.started_at, periods.records, executions.c.status != "running"),
            _Kind(audit_table, audit_table.c.at, periods.audit),
        )

    async def sweep(self) -> dict[str, int]:
        """Delete what is due; return how many rows of each table went."""
        gone = {kind.table.name: await self._sweep(kind) for kind in self._kinds}
        if any(gone.values()):
            log.info("forgotten", **gone)
        return gone

    async def _sweep(self, kind: _Kind) -> int:
        if kind.period is None:
            return 0
        count = 0
        while ids := await self._due(kind, kind.period):
            gone = 0
            for first in range(0, len(ids), AT_ONCE):
                gone += await self._forget(kind, kind.period, ids[first : first + AT_ONCE])
            count += gone
            if not gone:
                break
        return count

    async def _forget(self, kind: _Kind, period: timedelta, ids: Sequence[str]) -> int:
        """Delete a handful with its parts; what has come to life since it was found stays."""
        mine = kind.table.c.id.in_(ids) & (kind.at < self.clock() - period)
        due = delete(kind.table).where(mine if kind.over is None else mine & kind.over)
        async with self.store.write() as tx:
            gone = (await tx.execute(due.returning(kind.table.c.id))).scalars().all()
            for table, column in kind.parts:
                await tx.execute(delete(table).where(column.in_(gone)))
        return len(gone)

    async def _due(self, kind: _Kind, period: timedelta) -> Sequence[str]:
        """Find rows outside of any writing transaction: looking takes longer than deleting."""
        old = kind.at < self.clock() - period
        query = select(kind.table.c.id).where(old if kind.over is None else old & kind.over)
        async with self.store.read() as tx:
            return (await tx.execute(query.order_by(kind.at).limit(LOOK))).scalars().all()

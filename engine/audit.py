"""Who did what, and why: one row for every decision, written in the decision's own transaction."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Index, String, Table, insert, select

from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow

audit_table = Table(
    "audit",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_audit_at", "workspace", "at"),
)


async def note(
    tx: Transaction, workspace: str, person: str, act: str, subject: str, clock: Clock = utcnow, **detail: Any
) -> None:
    """Add one row: ``act`` is a verb such as approved, ``subject`` the id of what it was done to."""
    row = {"id": uuid4().hex, "workspace": workspace, "person": person, "act": act, "subject": subject}
    await tx.execute(insert(audit_table).values(**row, detail=detail, at=clock()))


async def records(
    store: Store, since: datetime, until: datetime, workspace: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield who did what in a period, oldest first."""
    query = select(audit_table).where(audit_table.c.at >= since, audit_table.c.at < until)
    if workspace is not None:
        query = query.where(audit_table.c.workspace == workspace)
    async with store.read() as tx:
        async for row in (await tx.stream(query.order_by(audit_table.c.at, audit_table.c.id))).mappings():
            yield dict(row)

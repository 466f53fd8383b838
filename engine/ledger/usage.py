"""What models were used for and what it cost, added up from the records; and what would make it cheaper."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Select, case, cast, func, select

from engine.ledger.tables import executions
from engine.store import Store

DEAR_SHARE = 0.7
LOW_HITS = 0.3
LONG_CALL = 800
ENOUGH = 20
"""Calls below which shares say nothing."""


class By(StrEnum):
    """What use is added up by."""

    DAY = "day"
    PERSON = "person"
    MODEL = "model"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Use:
    """What was used under one heading. ``nanos`` counts known prices only; ``unknown`` calls have none.

    ``calls`` reached a model; ``kept`` were answered from the cache, ``refused`` by a limit, ``failed`` by nobody.
    """

    heading: str
    calls: int
    kept: int
    refused: int
    failed: int
    tokens_in: int
    tokens_out: int
    nanos: int
    unknown: int
    milliseconds: int

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class UsePeriod:
    """From when, until when (not included), and whose: None for all workspaces."""

    since: datetime
    until: datetime
    workspace: str | None = None


async def usage(store: Store, period: UsePeriod, by: By) -> list[Use]:
    """Return what was used, by heading; days in their order, the rest by cost."""
    rows = executions.c
    reached = (rows.cache == "") & (rows.status.in_(["answered", "failed"])) & (rows.model != "")

    def number(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    heading = {
        By.DAY: cast(rows.started_at, Date)
        if store.url.get_backend_name() != "sqlite"
        else func.date(rows.started_at),
        By.PERSON: rows.person,
        By.MODEL: rows.provider + ":" + rows.model,
        By.TASK: rows.task,
    }[by]
    query = select(
        heading.label("heading"),
        number(reached),
        number(rows.cache != ""),
        number(rows.status == "refused"),
        number(rows.status == "failed"),
        func.coalesce(func.sum(rows.tokens_in), 0),
        func.coalesce(func.sum(rows.tokens_out), 0),
        func.coalesce(func.sum(rows.nanos), 0),
        number(reached & rows.nanos.is_(None)),
        func.coalesce(func.avg(case((reached, rows.milliseconds))), 0),
    ).group_by("heading")
    async with store.read() as tx:
        found = (await tx.execute(_within(query, period))).all()
    used = [Use(_named(row[0]), *(int(value) for value in row[1:])) for row in found]
    order = (lambda one: one.heading) if by is By.DAY else (lambda one: (-one.nanos, -one.calls, one.heading))
    return sorted(used, key=order)


async def records(
    store: Store, since: datetime, until: datetime, workspace: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield every record of a period, oldest first; its ``prompt``, where it was kept, is sealed."""
    shown = [column for column in executions.columns if column.name not in ("held", "expires_at")]
    query = _within(select(*shown), UsePeriod(since, until, workspace)).order_by(
        executions.c.started_at, executions.c.id
    )
    async with store.read() as tx:
        async for row in (await tx.stream(query)).mappings():
            yield dict(row)


def suggestions(by_model: Sequence[Use], dear: str) -> list[str]:
    """Say what would make it cheaper; ``dear`` is the model of first choice."""
    calls, kept = sum(one.calls for one in by_model), sum(one.kept for one in by_model)
    if calls + kept < ENOUGH:
        return []
    told = []
    of_dear = sum(one.calls for one in by_model if one.heading == dear)
    if calls and of_dear / calls > DEAR_SHARE and len(by_model) > 1:
        told.append(
            f"{of_dear / calls:.0%} of the calls went to {dear}. UPDRAFT_MODEL_CHOICE=auto gives short updates to the fast model."
        )
    if kept / (calls + kept) < LOW_HITS:
        told.append(
            f"{kept / (calls + kept):.0%} of the requests were answered from the cache. A larger UPDRAFT_CACHE_SIZE keeps more; "
            "texts that are never the same cannot be kept."
        )
    tokens = sum(one.tokens for one in by_model)
    if calls and tokens / calls > LONG_CALL:
        told.append(
            f"A call takes {tokens / calls:,.0f} tokens on average. Shorter instructions of a credential, and shorter messages, cost less."
        )
    unknown = sum(one.unknown for one in by_model)
    if unknown:
        told.append(f"The price of {unknown} calls is not known. UPDRAFT_PRICES takes your own prices.")
    return told


def _within(query: Select[Any], period: UsePeriod) -> Select[Any]:
    rows = executions.c
    query = query.where(
        rows.started_at >= period.since, rows.started_at < period.until, rows.status != "running"
    )
    return query if period.workspace is None else query.where(rows.workspace == period.workspace)


def _named(value: object) -> str:
    return "none" if value in (None, "", ":") else str(value)

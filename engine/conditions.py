"""How each thing that Updraft depends on was when it was last looked at, and since when: one row for each, whichever process looked.

Looking is up to whoever knows all of them. Here it is kept, for figures that all processes agree on; and when something is well again
whose trouble was told of, that is told, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Column, Integer, String, Table, delete, select

from engine.jobs import Jobs, Priority
from engine.notices import Component
from engine.store import Clock, Moment, Store, Transaction, metadata, utcnow
from engine.troubles import Troubles

conditions_table = Table(
    "conditions",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("well", Boolean, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found of one thing; ``reason`` says what is wrong, in a sentence without secrets."""

    well: bool
    milliseconds: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A condition as it is kept: ``since`` when it is well or unwell, and when somebody last looked."""

    name: str
    well: bool
    reason: str
    milliseconds: int
    since: datetime
    seen_at: datetime


class Conditions:
    """Keeps what was found."""

    def __init__(self, store: Store, jobs: Jobs, troubles: Troubles, clock: Clock = utcnow) -> None:
        self.store, self.jobs, self.troubles, self.clock = store, jobs, troubles, clock

    async def record(self, found: Mapping[str, Condition], *, whole: bool = True) -> None:
        """Keep what was found, and tell of what is well again; what is not among it is forgotten if it was ``whole``."""
        now = self.clock()
        async with self.store.write() as tx:
            before = {one.name: one for one in await conditions(tx)}
            for name, one in found.items():
                old = before.get(name)
                since = old.since if old is not None and old.well == one.well else now
                await self._keep(tx, Seen(name, one.well, one.reason[:500], one.milliseconds, since, now))
            if whole:
                # A model that is no longer set has no condition.
                await tx.execute(delete(conditions_table).where(conditions_table.c.name.not_in(list(found))))
            ill = [
                old for name, one in found.items() if one.well and (old := before.get(name)) and not old.well
            ]
            if told := [one for one in ill if await self.troubles.told(tx, component(one.name), one.since)]:
                await self.jobs.enqueue(tx, "alert", {"text": _recovered(told, now)}, priority=Priority.HIGH)

    async def _keep(self, tx: Transaction, seen: Seen) -> None:
        values = {column.name: getattr(seen, column.name) for column in conditions_table.columns}
        again = self.store.insert(conditions_table).values(values)
        changed = {name: value for name, value in values.items() if name != "name"}
        await tx.execute(again.on_conflict_do_update(index_elements=["name"], set_=changed))


async def conditions(tx: Transaction) -> tuple[Seen, ...]:
    """Return what is kept, by name."""
    rows = await tx.execute(select(conditions_table).order_by(conditions_table.c.name))
    return tuple(Seen(**row) for row in rows.mappings())


def component(name: str) -> Component:
    """Return which component a thing belongs to; what is none of the others is a model."""
    return Component(name) if name in ("database", "slack", "jira") else Component.MODEL


def _recovered(seen: list[Seen], now: datetime) -> str:
    lines = (f"{_called(one.name)} is well again, after {_lasting(now - one.since)}." for one in seen)
    return " ".join(lines)


def _called(name: str) -> str:
    return {"database": "The database", "slack": "Slack", "jira": "Jira"}.get(name, name)


def _lasting(time: timedelta) -> str:
    minutes = max(round(time.total_seconds() / 60), 1)
    if minutes < 120:
        return f"{minutes} minutes" if minutes > 1 else "a minute"
    return f"{minutes / 60:.1f} hours".replace(".0", "")

"""Watching for trouble: a component that fails three times in five minutes is told of once, whichever processes saw it.

Every failure is a row; whoever adds one counts those of the window, and who then moves the row of the last alert has the alert to tell.
Failures are written down together and a moment later, for most are seen where no transaction can be opened, or while the database is away.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Column, Index, Integer, String, Table, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from engine.jobs import Jobs, Priority, jobs_table
from engine.notices import Component, Failed, Notice, Worked
from engine.store import Clock, Moment, Store, Transaction, metadata, utcnow

log = structlog.get_logger(__name__)

MOST = 100
"""Failures that wait to be written down; of more than that the oldest are dropped, for so many are an alert anyhow."""
ENOUGH = 10
"""Answers of a window below which a share of failures says nothing."""
AGAIN = 1.0
"""Seconds before failures that could not be written down are tried again."""
DOUBLED = 4
"""So often the silence after an alert doubles while the trouble lasts: from 10 minutes to 160."""
NEVER = datetime(1970, 1, 2, tzinfo=UTC)
PLAYBOOKS = {
    Component.SLACK: ("Slack", "Slack is down or refuses us"),
    Component.JIRA: ("Jira", "Jira is down"),
    Component.MODEL: ("Language models", "A model provider is down"),
    Component.DATABASE: ("The database", "The database is away"),
    Component.JOBS: ("Jobs", "Jobs fail"),
    Component.LISTENERS: ("What Slack sends", "Jobs fail"),
    Component.ANSWERS: ("Answers", "More than a few answers fail"),
}
"""What a person calls a component, and the heading in docs/operations.md that says what to do."""

troubles_table = Table(
    "troubles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("component", String(16), nullable=False),
    Column("said", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_troubles_component", "component", "at"),
)

alerts_table = Table(
    "alerts",
    metadata,
    Column("component", String(16), primary_key=True),
    Column("told_at", Moment, nullable=False),
    Column("times", Integer, nullable=False, server_default="0"),  # told again while the trouble lasted
)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """When to tell: at so many ``errors`` of a component within ``window``, or at more than this ``rate`` of failed answers.

    Of one component at most once in ``quiet``; while it lasts, after twice as long each time.
    """

    errors: int = 3
    window: timedelta = timedelta(minutes=5)
    quiet: timedelta = timedelta(minutes=10)
    rate: float = 0.1


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failure: of what, in which words, when."""

    component: Component
    said: str
    at: datetime


class Troubles:
    """Hears of failures and enqueues alerts."""

    def __init__(
        self, store: Store, jobs: Jobs, policy: AlertPolicy = AlertPolicy(), clock: Clock = utcnow
    ) -> None:
        self.store, self.jobs, self.policy, self.clock = store, jobs, policy, clock
        self._waiting: deque[Trouble] = deque(maxlen=MOST)
        self._news = asyncio.Event()

    def hear(self, notice: Notice) -> None:
        """Keep a failure to be written down; other notices are let pass."""
        match notice:
            case Failed(component, said):
                self._keep(component, said)
            case Worked("answer", "failed"):
                self._keep(Component.ANSWERS, "A message stayed without an answer.")

    def _keep(self, component: Component, said: str) -> None:
        self._waiting.append(Trouble(component, said[:300], self.clock()))
        self._news.set()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Write down what is heard while the context is open, and what is left at its end."""
        task = asyncio.create_task(self._watch(), name="troubles")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._written()

    async def _watch(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if not await self._written():
                # Told by itself it would be heard again, without an end.
                await asyncio.sleep(AGAIN)
                self._news.set()

    async def _written(self) -> bool:
        """Write down what waits; False when the database does not take it, then it waits on."""
        seen = list(self._waiting)
        self._waiting.clear()
        try:
            if seen:
                await self.record(seen)
        except (SQLAlchemyError, asyncio.CancelledError) as error:
            self._waiting = deque([*seen, *self._waiting], MOST)
            if isinstance(error, asyncio.CancelledError):
                raise
            log.warning("troubles not written down", count=len(seen), error=type(error).__name__)
            return False
        return True

    async def record(self, seen: Sequence[Trouble]) -> None:
        """Write failures down and tell of each component that has too many, all in one transaction."""
        now = self.clock()
        since = now - self.policy.window
        rows = [
            {"id": uuid4().hex, "component": one.component, "said": one.said, "at": one.at} for one in seen
        ]
        async with self.store.write() as tx:
            for component in sorted({one.component for one in seen}):
                await self._hold(tx, component)
            await tx.execute(insert(troubles_table), rows)
            old = since - max(self.policy.quiet, self.policy.window)
            await tx.execute(delete(troubles_table).where(troubles_table.c.at < old))
            for component in sorted({one.component for one in seen}):
                if (words := await self._alarming(tx, component, since)) and await self._mine(
                    tx, component, now
                ):
                    await self._tell(tx, component, words)

    async def told(self, tx: Transaction, component: Component, since: datetime) -> bool:
        """Tell whether trouble that was seen from then on (or led to be looked at then) was told of."""
        row = alerts_table.c
        lately = (row.component == component) & (row.told_at >= since - self.policy.window)
        return (await tx.execute(select(row.component).where(lately))).first() is not None

    async def _alarming(self, tx: Transaction, component: Component, since: datetime) -> str | None:
        """Say what is wrong with a component; None while it is too little to tell of."""
        row = troubles_table.c
        lately = (row.component == component) & (row.at >= since)
        count = int((await tx.execute(select(func.count()).where(lately))).scalar_one())
        span = self.policy.window.total_seconds() / 60
        minutes = "a minute" if span == 1 else f"{span:g} minutes"
        if component is Component.ANSWERS:
            ended = await self._answers_ended(tx, since)
            if ended < ENOUGH or count / ended <= self.policy.rate:
                return None
            return f"{count} of {ended} failed within {minutes} ({count / ended:.0%})."
        if count < self.policy.errors:
            return None
        last = select(row.said).where(lately).order_by(row.at.desc()).limit(1)
        said = str((await tx.execute(last)).scalar_one())
        return f"{count} errors within {minutes}. The last: {said}"

    async def _answers_ended(self, tx: Transaction, since: datetime) -> int:
        row = jobs_table.c
        ended = row.status.in_(("completed", "failed")) & (row.finished_at >= since) & (row.kind == "answer")
        return int((await tx.execute(select(func.count()).where(ended))).scalar_one())

    async def _hold(self, tx: Transaction, component: Component) -> None:
        """Keep other processes from counting the same component until this transaction is over: together they may have enough."""
        fresh = self.store.insert(alerts_table).values(component=component, told_at=NEVER)
        again = {"component": fresh.excluded.component}
        await tx.execute(fresh.on_conflict_do_update(index_elements=["component"], set_=again))

    async def _mine(self, tx: Transaction, component: Component, now: datetime) -> bool:
        """Claim the alert of a component; False when it was told of lately, by whomever, or an alert still waits to be posted."""
        row, before = alerts_table.c, now - self.policy.window
        known = (await tx.execute(select(alerts_table).where(row.component == component))).one()
        earlier = (troubles_table.c.component == component) & (troubles_table.c.at < before)
        last = (await tx.execute(select(func.max(troubles_table.c.at)).where(earlier))).scalar()
        lasts = last is not None and last >= before - self.policy.window
        times = known.times + 1 if lasts else 0
        if now - known.told_at < self.policy.quiet * 2 ** min(max(times - 1, 0), DOUBLED):
            return False
        mine = update(alerts_table).where(row.component == component)
        await tx.execute(mine.values(told_at=now, times=times))
        return not await self.jobs.waiting(tx, _lock(component))

    async def _tell(self, tx: Transaction, component: Component, words: str) -> None:
        name, playbook = PLAYBOOKS[component]
        text = f"{name}: {words} What to do: “{playbook}” in docs/operations.md."
        await self.jobs.enqueue(tx, "alert", {"text": text}, lock=_lock(component), priority=Priority.HIGH)


def _lock(component: Component) -> str:
    return f"alert {component}"

"""Circuit breakers that all processes share: a provider that failed five times in a row is left alone for five minutes.

    closed ──five failures in a row──► open ──five minutes──► half-open: one call is let through
       ▲                                ▲                          │
       └────────── it answers ──────────┴──── it fails ────────────┘

The row of a provider decides. Whoever may probe a half-open one is settled by a conditional update, so it is one call however many
processes ask. A closed breaker costs nothing but a look at a snapshot, at most a second old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, Integer, String, Table, case, or_, select, update

from engine.store import Clock, Lately, Moment, Store, metadata, utcnow

FAILURES = 5
PAUSE = timedelta(minutes=5)
PROBE = timedelta(minutes=2)
"""A probe that has not ended by then is taken for lost, and another may go."""
FRESH = 1.0
"""Seconds a look at all breakers is good for."""

breakers = Table(
    "breakers",
    metadata,
    Column("provider", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("opened_at", Moment),
    Column("probe_until", Moment),
    Column("changed_at", Moment, nullable=False),
)


class State(StrEnum):
    """How a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """One provider's row: ``failures`` in a row, when it was opened, until when a probe is under way."""

    failures: int = 0
    opened_at: datetime | None = None
    probe_until: datetime | None = None

    def state(self, now: datetime, pause: timedelta = PAUSE) -> State:
        """Return how it stands at a moment."""
        if self.opened_at is None:
            return State.CLOSED
        return State.OPEN if now < self.opened_at + pause else State.HALF_OPEN


class Breakers:
    """The breakers of all providers; a provider is named by where it is reached."""

    def __init__(
        self, store: Store, clock: Clock = utcnow, *, failures: int = FAILURES, pause: timedelta = PAUSE
    ) -> None:
        self.store, self.clock, self.failures, self.pause = store, clock, failures, pause
        self._seen: dict[str, Breaker] = {}
        self._lately: Lately[None, None] = Lately(lambda _: self._look(), FRESH)

    async def admits(self, provider: str) -> bool:
        """Say whether a call may go to a provider now; at half-open the first to ask may."""
        await self._lately.of(None)
        state = self._seen.get(provider, Breaker()).state(self.clock(), self.pause)
        return state is State.CLOSED or await self._probe(provider)

    async def answered(self, provider: str) -> None:
        """Note that a provider is alive, be it with an answer or a refusal: its breaker closes."""
        if self._seen.get(provider, Breaker()) == Breaker():
            return
        whole = {"failures": 0, "opened_at": None, "probe_until": None, "changed_at": self.clock()}
        async with self.store.write() as tx:
            await tx.execute(update(breakers).where(breakers.c.provider == provider).values(**whole))
        self._seen[provider] = Breaker()

    async def failed(self, provider: str) -> None:
        """Note a failure that speaks against a provider's health; the fifth in a row, or a failed probe, opens it."""
        now = self.clock()
        made = self.store.insert(breakers).values(
            provider=provider, failures=1, opened_at=now if self.failures <= 1 else None, changed_at=now
        )
        count = breakers.c.failures + 1
        opened = case((count >= self.failures, now), else_=breakers.c.opened_at)
        values = {"failures": count, "opened_at": opened, "probe_until": None, "changed_at": now}
        async with self.store.write() as tx:
            await tx.execute(made.on_conflict_do_update(index_elements=["provider"], set_=values))
        await self._look()

    async def states(self) -> Mapping[str, State]:
        """Return how each breaker that ever failed stands now."""
        await self._look()
        now = self.clock()
        return {name: breaker.state(now, self.pause) for name, breaker in self._seen.items()}

    async def _look(self) -> None:
        async with self.store.read() as tx:
            rows = (await tx.execute(select(breakers))).all()
        self._seen = {row.provider: Breaker(row.failures, row.opened_at, row.probe_until) for row in rows}

    async def _probe(self, provider: str) -> bool:
        """Claim the one call that a half-open breaker lets through; a breaker that closed meanwhile lets every call."""
        now = self.clock()
        free = or_(breakers.c.probe_until.is_(None), breakers.c.probe_until <= now)
        due = (breakers.c.opened_at <= now - self.pause) & free
        mine = breakers.c.provider == provider
        async with self.store.write() as tx:
            claimed = await tx.execute(update(breakers).where(mine & due).values(probe_until=now + PROBE))
        if claimed.rowcount:
            return True
        await self._look()
        return self._seen.get(provider, Breaker()).opened_at is None

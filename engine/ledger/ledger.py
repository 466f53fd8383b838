"""Reservations and records: every call to a model is one row, and no limit is passed however many ask at once.

A call reserves what it may cost at the most, in one transaction with its row, and settles what it did cost. A reservation whose
process died expires. A call that would fit if others took less than they hold waits for them instead of being refused.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, update

from engine.ledger.limits import (
    Amounts,
    Fits,
    Limit,
    LimitReached,
    Meter,
    Reading,
    Window,
    alerting,
    decide,
    meter_of,
)
from engine.ledger.tables import executions, meters
from engine.notices import Asked, LimitHit, Notify, nobody
from engine.store import Clock, Store, Together, Transaction, utcnow

LOOK_AGAIN = 0.2
"""Seconds after which a waiting call looks whether another process settled."""
LEAK = timedelta(minutes=10)
"""A reservation this old belongs to a process that died; no call may take as long."""
KEEP_METERS = timedelta(days=62)
AMOUNTS = Amounts._fields
HELD = tuple(f"held_{name}" for name in AMOUNTS)


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks a model what: ``subject`` is the draft or message it is for, ``prompt`` the sealed wording where it is kept."""

    workspace: str
    person: str
    task: str
    version: str
    subject: str = ""
    variant: str | None = None
    prompt: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that may be made, what it holds, and where."""

    call: Call
    held: Amounts
    limits: tuple[Limit, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call. ``used`` counts against limits; ``nanos`` is the cost, None where the price is unknown.

    ``path`` are the steps on the way, as JSON; ``estimated`` says that a provider did not count the tokens.
    """

    status: str
    used: Amounts
    nanos: int | None = None
    provider: str = ""
    model: str = ""
    credential: str = ""
    cache: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    estimated: bool = False
    finish: str | None = None
    path: tuple[Mapping[str, Any], ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A limit of which most is used: what a workspace is told, once a window."""

    workspace: str
    person: str
    limit: Limit
    used: int
    resets_at: datetime

    def words(self) -> str:
        """Say it in a sentence."""
        share = self.used / self.limit.most
        whose = f"<@{self.person}>'s" if self.person else "the workspace's"
        what = self.limit.words().replace("your", whose, 1) if self.person else self.limit.words()
        return f"{share:.0%} of {what} is used. It resets on {self.resets_at:%-d %B at %H:%M} UTC."


Tell = Callable[[Transaction, Told], Awaitable[None]]


class Ledger:
    """The tables of executions and meters, and their rules; ``tell`` hears of limits nearly used up, in the same transaction."""

    def __init__(
        self, store: Store, clock: Clock = utcnow, tell: Tell | None = None, notify: Notify = nobody
    ) -> None:
        self.store, self.clock, self.tell, self.notify = store, clock, tell, notify
        self._reserve: Together[_Wish, tuple[Fits, Limit | None]] = Together("reserve", self._reserved)
        self._settle: Together[tuple[Reservation, Outcome], None] = Together("settle", self._settled)
        self._note: Together[dict[str, Any], None] = Together("note", self._noted)
        self._news = asyncio.Condition()
        keys = [column.name for column in meters.primary_key]
        made = store.insert(meters)
        grown = {name: meters.c[name] + made.excluded[name] for name in (*AMOUNTS, *HELD)}
        self._add = made.on_conflict_do_update(index_elements=keys, set_=grown).returning(meters)
        row = store.insert(executions)
        told = {c.name: row.excluded[c.name] for c in executions.columns if c.name not in ("id", "held")}
        self._finish = row.on_conflict_do_update(
            index_elements=["id"], set_=told, where=executions.c.status == "running"
        ).returning(executions.c.id)

    async def reserve(
        self, call: Call, wanted: Amounts, limits: Sequence[Limit], *, patience: float = 5.0
    ) -> Reservation:
        """Hold what a call may use at the most. Raises LimitReached, after waiting at most ``patience`` seconds for others."""
        until = time.monotonic() + patience
        while True:
            wish = _Wish(Reservation(call, wanted, tuple(limits), self.clock()), wanted)
            verdict, limit = await self._reserve(wish)
            if verdict is Fits.YES:
                return wish.reservation
            left = until - time.monotonic()
            if limit is not None and (verdict is Fits.NO or left <= 0):
                raise self._reached(limit, wish.reservation)
            await self._wait(min(left, LOOK_AGAIN))

    async def more(self, reservation: Reservation, wanted: Amounts) -> Reservation:
        """Hold more for a call under way; raises LimitReached at once, for a call that waits holds what others wait for."""
        whole = replace(reservation, held=reservation.held.plus(wanted))
        verdict, limit = await self._reserve(_Wish(whole, wanted, new=False))
        if verdict is not Fits.YES and limit is not None:
            raise self._reached(limit, reservation)
        return whole

    def _reached(self, limit: Limit, reservation: Reservation) -> LimitReached:
        self.notify(LimitHit(limit.unit.value, limit.window.value, limit.person))
        return LimitReached(limit, limit.window.end(reservation.started_at))

    async def settle(self, reservation: Reservation, outcome: Outcome) -> None:
        """Count what a call did use, let go of the rest, and complete its record; the second time changes nothing."""
        await self._settle((reservation, outcome))
        self._told(outcome, self.clock() - reservation.started_at)
        async with self._news:
            self._news.notify_all()

    async def note(self, call: Call, outcome: Outcome) -> None:
        """Record a call that reached no model: answered from the cache, or refused."""
        now = self.clock()
        await self._note(_row(Reservation(call, Amounts(), (), now), outcome, now))
        self._told(outcome, timedelta())

    def _told(self, outcome: Outcome, spent: timedelta) -> None:
        provider, model = outcome.provider, outcome.model
        if not model and outcome.path:
            # Nobody answered: it counts for whoever was asked last.
            provider, _, model = str(outcome.path[-1]["model"]).partition(":")
        named = outcome.cache or outcome.status
        used = (outcome.tokens_in or 0, outcome.tokens_out or 0, outcome.nanos)
        self.notify(Asked(provider, model, named, *used, spent.total_seconds(), outcome.path))

    async def expire(self, tx: Transaction) -> int:
        """Free what dead processes hold and drop old meters; return how many reservations were left behind."""
        now = self.clock()
        late = (executions.c.status == "running") & (executions.c.expires_at <= now)
        gone = update(executions).where(late).values(status="leaked", finished_at=now)
        columns = (executions.c.workspace, executions.c.person, executions.c.held, executions.c.started_at)
        rows = (await tx.execute(gone.returning(*columns))).all()
        freed: dict[Meter, tuple[Amounts, Amounts]] = {}
        for row in rows:
            amounts = Amounts(*row.held["amounts"])
            for person, window in row.held["meters"]:
                start = Window(window).start(row.started_at).isoformat()
                _grow(freed, Meter(row.workspace, person, Window(window), start), Amounts(), _minus(amounts))
        await self._grown(tx, freed)
        await tx.execute(delete(meters).where(meters.c.start < (now - KEEP_METERS).isoformat()))
        return len(rows)

    async def _wait(self, seconds: float) -> None:
        """Wait for a call to settle, here or elsewhere."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait()
        except TimeoutError:
            return

    async def _reserved(self, wishes: "Sequence[_Wish]") -> list[tuple[Fits, Limit | None]]:
        """Decide on all that ask at this moment, in their order, in one transaction."""
        wanted = {meter for wish in wishes for meter in wish.meters.values()}
        results: list[tuple[Fits, Limit | None]] = []
        async with self.store.write() as tx:
            # Growing by nothing makes the rows that are missing, locks them and reads them.
            readings = await self._grown(tx, dict.fromkeys(wanted, (Amounts(), Amounts())))
            held: dict[Meter, tuple[Amounts, Amounts]] = {}
            for wish in wishes:
                verdict = decide(wish.reservation.limits, wish.meters, readings, wish.wanted)
                results.append(verdict)
                if verdict[0] is not Fits.YES:
                    continue
                for meter in set(wish.meters.values()):
                    _grow(held, meter, Amounts(), wish.wanted)
                    seen = readings[meter]
                    readings[meter] = Reading(seen.used, seen.held.plus(wish.wanted))
            await self._grown(tx, held)
            granted = [
                wish for wish, (verdict, _) in zip(wishes, results, strict=True) if verdict is Fits.YES
            ]
            await self._record(tx, granted)
        return results

    async def _record(self, tx: Transaction, granted: "Sequence[_Wish]") -> None:
        """Write down who holds what, so that it can be freed should this process die."""
        if rows := [_row(wish.reservation, None, None) for wish in granted if wish.new]:
            await tx.execute(insert(executions), rows)
        for wish in granted:
            if not wish.new:
                mine = executions.c.id == wish.reservation.call.id
                await tx.execute(update(executions).where(mine).values(held=_held(wish.reservation)))

    async def _settled(self, pairs: Sequence[tuple[Reservation, Outcome]]) -> list[None]:
        now = self.clock()
        async with self.store.write() as tx:
            rows = [_row(reservation, outcome, now) for reservation, outcome in pairs]
            running = set((await tx.execute(self._finish, rows)).scalars())
            grown: dict[Meter, tuple[Amounts, Amounts]] = {}
            for reservation, outcome in pairs:
                # What expired before was let go of then; its use counts all the same.
                still = reservation.call.id in running
                freed = _minus(reservation.held) if still else Amounts()
                for meter in set(reservation_meters(reservation).values()):
                    _grow(grown, meter, outcome.used, freed)
            readings = await self._grown(tx, grown)
            await self._alert(tx, pairs, grown, readings)
        return [None] * len(pairs)

    async def _noted(self, rows: Sequence[dict[str, Any]]) -> list[None]:
        async with self.store.write() as tx:
            await tx.execute(insert(executions), list(rows))
        return [None] * len(rows)

    async def _alert(
        self,
        tx: Transaction,
        pairs: Sequence[tuple[Reservation, Outcome]],
        grown: Mapping[Meter, tuple[Amounts, Amounts]],
        readings: Mapping[Meter, Reading],
    ) -> None:
        """Tell of each limit that this settlement brought over its mark; use only grows, so each mark is passed once."""
        told: set[tuple[Limit, Meter]] = set()
        for reservation, _ in pairs:
            for limit, meter in reservation_meters(reservation).items():
                after = readings[meter].used.of(limit.unit)
                before = after - grown[meter][0].of(limit.unit)
                if self.tell is None or (limit, meter) in told or not alerting(limit, before, after):
                    continue
                told.add((limit, meter))
                end = limit.window.end(reservation.started_at)
                await self.tell(tx, Told(meter.workspace, meter.person, limit, after, end))

    async def _grown(
        self, tx: Transaction, changes: Mapping[Meter, tuple[Amounts, Amounts]]
    ) -> dict[Meter, Reading]:
        """Add to meters, in one order everywhere so that no two wait for each other, and return what they show then."""
        if not changes:
            return {}
        rows = [
            {**_place(meter), **dict(zip((*AMOUNTS, *HELD), (*used, *held), strict=True))}
            for meter, (used, held) in sorted(changes.items())
        ]
        return {_meter(row): _reading(row) for row in await tx.execute(self._add, rows)}


@dataclass(frozen=True, slots=True)
class _Wish:
    """A reservation that waits for its place, and what it wants in addition to what it holds; ``new`` ones hold nothing yet."""

    reservation: Reservation
    wanted: Amounts
    new: bool = True

    @property
    def meters(self) -> dict[Limit, Meter]:
        return reservation_meters(self.reservation)


def reservation_meters(reservation: Reservation) -> dict[Limit, Meter]:
    """Return the meter of each limit that a reservation counts against."""
    call = reservation.call
    return {
        limit: meter_of(limit, call.workspace, call.person, reservation.started_at)
        for limit in reservation.limits
    }


def _grow(changes: dict[Meter, tuple[Amounts, Amounts]], meter: Meter, used: Amounts, held: Amounts) -> None:
    before_used, before_held = changes.get(meter, (Amounts(), Amounts()))
    changes[meter] = (before_used.plus(used), before_held.plus(held))


def _minus(amounts: Amounts) -> Amounts:
    return Amounts().minus(amounts)


def _place(meter: Meter) -> dict[str, str]:
    return {
        "workspace": meter.workspace,
        "person": meter.person,
        "window": meter.window.value,
        "start": meter.start,
    }


def _meter(row: Any) -> Meter:
    return Meter(row.workspace, row.person, Window(row.window), row.start)


def _reading(row: Any) -> Reading:
    return Reading(
        Amounts(*(getattr(row, name) for name in AMOUNTS)), Amounts(*(getattr(row, name) for name in HELD))
    )


def _held(reservation: Reservation) -> dict[str, Any]:
    places: Iterable[Meter] = set(reservation_meters(reservation).values())
    return {
        "amounts": list(reservation.held),
        "meters": sorted([meter.person, meter.window.value] for meter in places),
    }


def _row(reservation: Reservation, outcome: Outcome | None, now: datetime | None) -> dict[str, Any]:
    """Return a record: one that runs, where there is no outcome yet."""
    call, started = reservation.call, reservation.started_at
    known = outcome or Outcome("running", Amounts())
    spent = None if now is None else round((now - started).total_seconds() * 1000)
    return {
        "id": call.id,
        "workspace": call.workspace,
        "person": call.person,
        "task": call.task,
        "version": call.version,
        "subject": call.subject,
        "variant": call.variant,
        "prompt": call.prompt,
        "status": known.status,
        "provider": known.provider,
        "model": known.model,
        "credential": known.credential,
        "cache": known.cache,
        "tokens_in": known.tokens_in,
        "tokens_out": known.tokens_out,
        "embeddings": known.used.embeddings,
        "nanos": known.nanos,
        "estimated": int(known.estimated),
        "milliseconds": spent,
        "finish": known.finish,
        "path": [dict(step) for step in known.path],
        "error": known.error,
        "held": _held(reservation),
        "started_at": started,
        "expires_at": started + LEAK,
        "finished_at": now,
    }

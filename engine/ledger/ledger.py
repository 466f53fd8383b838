"""Reservations and records: every call to a model is one row, and no limit is passed however many ask at once.

A call reserves what it may cost at the most, in one transaction with its row, and settles what it did cost. A reservation whose
process died expires. A call that would fit if others took less than they hold waits for them instead of being refused.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, or_, update

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
from engine.store import Clock, Prepared, Store, Together, Transaction, utcnow

LOOK_AGAIN = 0.2
"""Seconds after which a waiting call looks whether another process settled."""
LEAK = timedelta(minutes=10)
"""A reservation this old belongs to a process that died; no call may take as long."""
KEEP_METERS = timedelta(days=62)
AMOUNTS = Amounts._fields
HELD = tuple(f"held_{name}" for name in AMOUNTS)
COLUMNS = tuple(column.name for column in meters.columns)
FOUND_OUT = (
    "status", "provider", "model", "credential", "cache", "tokens_in", "tokens_out", "embeddings", "nanos",
    "estimated", "milliseconds", "finish", "path", "error", "finished_at",
)  # fmt: skip
"""The columns of a record that are not known before its end."""
HOLDS = executions.c.expires_at > executions.c.started_at
"""Whether meters hold something for a record: not for one that expired, nor for one that was complete when it was written."""
NONE = Amounts()


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
    """A call that may be made, what it holds, and where: each limit with its meter, and each of those meters once."""

    call: Call
    held: Amounts
    counted: tuple[tuple[Limit, Meter], ...]
    meters: tuple[Meter, ...]
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


RECORD = Prepared(insert(executions))
RUNNING = Outcome("running", NONE)
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
        self._add = Prepared(made.on_conflict_do_update(index_elements=keys, set_=grown).returning(meters))
        row = store.insert(executions)
        self._finish = Prepared(
            row.on_conflict_do_update(
                index_elements=["id"],
                set_={name: row.excluded[name] for name in FOUND_OUT},
                where=or_(executions.c.status == "running", executions.c.status == "leaked"),
            ).returning(executions.c.id, HOLDS)
        )

    async def reserve(
        self, call: Call, wanted: Amounts, limits: Sequence[Limit], *, patience: float = 5.0
    ) -> Reservation:
        """Hold what a call may use at the most. Raises LimitReached, after waiting at most ``patience`` seconds for others."""
        until = time.monotonic() + patience
        while True:
            wish = _Wish(_reservation(call, wanted, limits, self.clock()), wanted)
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
        """Count what a call did use, let go of the rest, and complete its record; the second time counts nothing."""
        await self._settle((reservation, outcome))
        self._told(outcome, self.clock() - reservation.started_at)
        async with self._news:
            self._news.notify_all()

    async def note(self, call: Call, outcome: Outcome) -> None:
        """Record a call that reached no model: answered from the cache, or refused."""
        now = self.clock()
        await self._note(_row(_reservation(call, NONE, (), now), outcome, now))
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
        gone = update(executions).where(late)
        gone = gone.values(status="leaked", finished_at=now, expires_at=executions.c.started_at)
        columns = (executions.c.workspace, executions.c.person, executions.c.held, executions.c.started_at)
        rows = (await tx.execute(gone.returning(*columns))).all()
        freed: _Changes = {}
        for row in rows:
            amounts = Amounts(*row.held["amounts"])
            for person, window in row.held["meters"]:
                start = Window(window).start(row.started_at).isoformat()
                _grow(freed, Meter(row.workspace, person, Window(window), start), NONE, _minus(amounts))
        await tx.run_sync(self._grown, freed)
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
        # Not durable: what a reservation is for, a loss of power ends as well. Settling is.
        return await self.store.at_once(partial(self._decide, wishes), durable=False)

    def _decide(self, wishes: "Sequence[_Wish]", tx: Connection) -> list[tuple[Fits, Limit | None]]:
        """Decide on all that ask at this moment, in their order.

        Most fit, so all are held first, which locks and reads the meters; what does not fit is taken back.
        """
        held: _Changes = {}
        for wish in wishes:
            for meter in wish.reservation.meters:
                _grow(held, meter, NONE, wish.wanted)
        readings = {
            meter: Reading(shown.used, shown.held.minus(held[meter][1]))
            for meter, shown in self._grown(tx, held).items()
        }
        verdicts, back = [], _Changes()
        for wish in wishes:
            verdict = decide(wish.reservation.counted, readings, wish.wanted)
            verdicts.append(verdict)
            for meter in wish.reservation.meters:
                if verdict[0] is Fits.YES:
                    shown = readings[meter]
                    readings[meter] = Reading(shown.used, shown.held.plus(wish.wanted))
                else:
                    _grow(back, meter, NONE, _minus(wish.wanted))
        self._grown(tx, back)
        _record(tx, [wish for wish, (fit, _) in zip(wishes, verdicts, strict=True) if fit is Fits.YES])
        return verdicts

    async def _settled(self, pairs: Sequence[tuple[Reservation, Outcome]]) -> list[None]:
        close, tell = partial(self._close, pairs, self.clock()), self.tell

        def close_quietly(tx: Connection) -> None:
            if close(tx) and tell is not None:
                raise _MustTell

        try:
            await self.store.at_once(close_quietly)
        except _MustTell:
            # It happens once a window: the transaction is made anew as one that whoever tells can take part in.
            assert tell is not None
            async with self.store.write() as tx:
                for told in await tx.run_sync(close):
                    await tell(tx, told)
        return [None] * len(pairs)

    def _close(
        self, pairs: Sequence[tuple[Reservation, Outcome]], now: datetime, tx: Connection
    ) -> list[Told]:
        """Complete records and count what was used; return the limits of which a workspace is to be told.

        What is complete already was counted with that: the answer to its commit was lost, or a call settled twice.
        """
        finished = dict(self._finish.each(tx, [_row(*pair, now) for pair in pairs]))
        grown: _Changes = {}
        counted: list[Reservation] = []
        for reservation, outcome in pairs:
            if (holds := finished.pop(reservation.call.id, None)) is None:
                continue
            counted.append(reservation)
            # What expired before was let go of then; its use counts all the same.
            freed = _minus(reservation.held) if holds else NONE
            for meter in reservation.meters:
                _grow(grown, meter, outcome.used, freed)
        return _passed(counted, grown, self._grown(tx, grown))

    async def _noted(self, rows: Sequence[dict[str, Any]]) -> list[None]:
        await self.store.at_once(lambda tx: RECORD.each(tx, rows))
        return [None] * len(rows)

    def _grown(self, tx: Connection, changes: "_Changes") -> dict[Meter, Reading]:
        """Add to meters, in one order everywhere so that no two wait for each other, and return what they show then."""
        if not changes:
            return {}
        rows = [
            dict(zip(COLUMNS, (place, person, window.value, start, *used, *held), strict=True))
            for (place, person, window, start), (used, held) in sorted(changes.items())
        ]
        return {
            Meter(row[0], row[1], Window(row[2]), row[3]): Reading(Amounts(*row[4:8]), Amounts(*row[8:12]))
            for row in self._add.each(tx, rows)
        }


class _MustTell(Exception):
    """A settlement passed the mark of a limit."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A reservation that waits for its place, and what it wants in addition to what it holds; ``new`` ones hold nothing yet."""

    reservation: Reservation
    wanted: Amounts
    new: bool = True


def _reservation(call: Call, held: Amounts, limits: Sequence[Limit], now: datetime) -> Reservation:
    counted = tuple((limit, meter_of(limit, call.workspace, call.person, now)) for limit in limits)
    return Reservation(call, held, counted, tuple({meter for _, meter in counted}), now)


def _record(tx: Connection, granted: Sequence[_Wish]) -> None:
    """Write down who holds what, so that it can be freed should this process die."""
    if rows := [_row(wish.reservation, RUNNING, None) for wish in granted if wish.new]:
        RECORD.each(tx, rows)
    for wish in granted:
        if not wish.new:
            mine = executions.c.id == wish.reservation.call.id
            tx.execute(update(executions).where(mine).values(held=_held(wish.reservation)))


def _passed(
    settled: Sequence[Reservation], grown: "_Changes", readings: Mapping[Meter, Reading]
) -> list[Told]:
    """Return each limit that a settlement brought over its mark; use only grows, so each mark is passed once."""
    told: dict[tuple[Limit, Meter], Told] = {}
    for reservation in settled:
        for limit, meter in reservation.counted:
            after = readings[meter].used.of(limit.unit)
            if alerting(limit, after - grown[meter][0].of(limit.unit), after):
                end = limit.window.end(reservation.started_at)
                told.setdefault((limit, meter), Told(meter.workspace, meter.person, limit, after, end))
    return list(told.values())


_Changes = dict[Meter, tuple[Amounts, Amounts]]
"""By how much meters grow: of use, and of what is held."""


def _grow(changes: _Changes, meter: Meter, used: Amounts, held: Amounts) -> None:
    before = changes.get(meter)
    changes[meter] = (used, held) if before is None else (before[0].plus(used), before[1].plus(held))


def _minus(amounts: Amounts) -> Amounts:
    return NONE.minus(amounts)


def _held(reservation: Reservation) -> dict[str, Any]:
    return {
        "amounts": list(reservation.held),
        "meters": sorted([meter.person, meter.window.value] for meter in reservation.meters),
    }


def _row(reservation: Reservation, known: Outcome, now: datetime | None) -> dict[str, Any]:
    """Return a record; one that still runs has no end, and only that holds anything."""
    call, started = reservation.call, reservation.started_at
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
        "expires_at": started + LEAK if now is None else started,
        "finished_at": now,
    }

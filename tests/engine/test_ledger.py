"""The ledger: no limit is passed however many ask at once, none that fits is refused, everything is recorded once."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, select

from engine.ledger import (
    NANO,
    Amounts,
    Call,
    Ledger,
    Limit,
    LimitReached,
    Outcome,
    Reservation,
    Told,
    Unit,
    Window,
    dollars,
)
from engine.ledger.limits import Fits, Reading, fits
from engine.ledger.tables import executions, meters
from engine.store import Store, Transaction
from tests.engine.conftest import TestClock
from tests.relay import relayed

TEN_CENTS = NANO // 10
BUDGET = Limit(Unit.MONEY, Window.DAY, 5 * NANO)
HOURLY = Limit(Unit.CALLS, Window.HOUR, 3, person=True)


def call(person: str = "U1", workspace: str = "T1") -> Call:
    return Call(workspace, person, "comment", "1.0.0")


def cost(nanos: int) -> Outcome:
    return Outcome("answered", Amounts(calls=1, nanos=nanos), nanos, "openai", "gpt-4.1")


async def spend(ledger: Ledger, estimate: int, actual: int, *, patience: float = 5.0) -> bool:
    try:
        held = await ledger.reserve(call(), Amounts(1, nanos=estimate), [BUDGET], patience=patience)
    except LimitReached:
        return False
    await asyncio.sleep(0)
    await ledger.settle(held, cost(actual))
    return True


async def spent(store: Store) -> int:
    async with store.read() as tx:
        return int((await tx.execute(select(meters.c.nanos))).scalar_one())


async def rows(store: Store) -> list[Any]:
    async with store.read() as tx:
        return list((await tx.execute(select(executions).order_by(executions.c.started_at))).all())


async def test_a_thousand_at_once_spend_the_budget_and_no_more(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    went = await asyncio.gather(*(spend(ledger, TEN_CENTS, TEN_CENTS) for _ in range(1000)))
    assert sum(went) == 50
    assert await spent(store) == 5 * NANO


async def test_what_fits_once_others_took_less_is_not_refused(store: Store, clock: TestClock) -> None:
    """Each holds a whole dollar and takes ten cents: a plain reservation would let five of the forty through."""
    ledger = Ledger(store, clock)
    went = await asyncio.gather(*(spend(ledger, NANO, TEN_CENTS, patience=60) for _ in range(40)))
    assert sum(went) == 40
    assert await spent(store) == 40 * TEN_CENTS


async def test_four_processes_share_one_budget(store: Store) -> None:
    script = Path(__file__).parent / "spend.py"
    spenders = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(script), store.url.render_as_string(hide_password=False), "250",
            cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    told = await asyncio.gather(*(spender.communicate() for spender in spenders))
    assert [spender.returncode for spender in spenders] == [0] * 4
    assert sum(int(out) for out, _ in told) == 50
    assert await spent(store) == 5 * NANO


async def test_the_limit_that_refuses_is_named_with_its_end(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    for _ in range(3):
        await ledger.settle(await ledger.reserve(call(), Amounts(1), [HOURLY]), cost(0))
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(call(), Amounts(1), [HOURLY])
    assert str(caught.value) == "Your hourly limit of 3 AI requests is reached; it resets at 13:00 UTC."
    assert caught.value.resets_at == datetime(2026, 11, 20, 13, tzinfo=UTC)
    assert caught.value.code == "PROMPT_003"
    await ledger.reserve(call("U2"), Amounts(1), [HOURLY])
    clock.pass_by(hours=1)
    await ledger.reserve(call(), Amounts(1), [HOURLY])


async def test_a_call_that_stays_under_way_is_not_waited_for_for_ever(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    await ledger.reserve(call(), Amounts(1, nanos=5 * NANO), [BUDGET])
    with pytest.raises(LimitReached, match=r"The workspace's daily budget of 5\.00 USD"):
        await ledger.reserve(call(), Amounts(1, nanos=1), [BUDGET], patience=0.01)


async def test_a_soft_limit_refuses_nothing(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    soft = Limit(Unit.CALLS, Window.HOUR, 1, soft=True)
    for _ in range(3):
        await ledger.settle(await ledger.reserve(call(), Amounts(1), [soft]), cost(0))
    assert len(await rows(store)) == 3


async def test_a_reservation_left_behind_expires(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    left = await ledger.reserve(call(), Amounts(1, nanos=5 * NANO), [BUDGET])
    clock.pass_by(minutes=11)
    async with store.write() as tx:
        assert await ledger.expire(tx) == 1
    assert [row.status for row in await rows(store)] == ["leaked"]
    kept = await ledger.reserve(call(), Amounts(1, nanos=4 * NANO), [BUDGET])
    await ledger.settle(kept, cost(4 * NANO))
    # The call was alive after all: what it used counts, and what it held is not freed a second time.
    for _ in range(2):
        await ledger.settle(left, cost(NANO))
        assert await spent(store) == 5 * NANO
        async with store.read() as tx:
            assert (await tx.execute(select(meters.c.held_nanos))).scalar_one() == 0
    assert [(row.status, row.nanos) for row in await rows(store)] == [
        ("answered", NANO),
        ("answered", 4 * NANO),
    ]


async def test_one_settled_twice_among_others_counts_once(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    held = [await ledger.reserve(call(), Amounts(1, nanos=TEN_CENTS), [BUDGET]) for _ in range(3)]
    await asyncio.gather(*(ledger.settle(one, cost(TEN_CENTS)) for one in (*held, *held, held[0])))
    assert await spent(store) == 3 * TEN_CENTS
    async with store.read() as tx:
        assert (await tx.execute(select(meters.c.held_nanos))).scalar_one() == 0


@pytest.mark.parametrize("used", [NANO, 5 * NANO])
async def test_a_commit_whose_answer_is_lost_counts_once(
    postgres_url: str, clock: TestClock, used: int
) -> None:
    """The second one passes the mark of the budget, so that its transaction is another."""
    told: list[Told] = []
    async with relayed(make_url(postgres_url)) as (relay, through):
        store = await Store.open(through)
        ledger = Ledger(store, clock, _keeping(told))
        held = await ledger.reserve(call(), Amounts(1, nanos=5 * NANO), [BUDGET])
        lost = relay.lose(b"INSERT INTO meters")
        await ledger.settle(held, cost(used))
        assert lost.is_set()
        assert await spent(store) == used
        assert len(told) == (used == 5 * NANO)
        async with store.read() as tx:
            assert (await tx.execute(select(meters.c.calls, meters.c.held_nanos))).one() == (1, 0)
        await store.close()


async def test_settling_twice_counts_once(store: Store, clock: TestClock) -> None:
    told: list[Told] = []
    ledger = Ledger(store, clock, _keeping(told))
    held = await ledger.reserve(call(), Amounts(1, tokens=900, nanos=NANO), [BUDGET])
    clock.pass_by(seconds=2)
    outcome = Outcome(
        "answered", Amounts(1, 700, 0, NANO), NANO, "openai", "gpt-4.1", "env", tokens_in=600, tokens_out=100,
        path=({"model": "openai:gpt-4.1", "outcome": "answered"},), finish="stop",
    )  # fmt: skip
    await ledger.settle(held, outcome)
    await ledger.settle(held, cost(3 * NANO))
    await asyncio.gather(*(ledger.settle(held, cost(3 * NANO)) for _ in range(2)))
    assert (await spent(store), told) == (NANO, [])
    [row] = await rows(store)
    assert (row.status, row.tokens_in, row.tokens_out, row.nanos, row.milliseconds) == (
        "answered",
        600,
        100,
        NANO,
        2000,
    )
    assert row.path == [{"model": "openai:gpt-4.1", "outcome": "answered"}]


async def test_the_workspace_is_told_once_at_eighty_percent(store: Store, clock: TestClock) -> None:
    told: list[Told] = []
    ledger = Ledger(store, clock, _keeping(told))
    await asyncio.gather(*(spend(ledger, TEN_CENTS, TEN_CENTS) for _ in range(60)))
    [alert] = told
    assert (alert.workspace, alert.limit) == ("T1", BUDGET)
    assert alert.used >= 4 * NANO
    assert alert.resets_at == datetime(2026, 11, 21, tzinfo=UTC)
    clock.pass_by(days=1)
    for _ in range(41):
        await spend(ledger, TEN_CENTS, TEN_CENTS)
    assert len(told) == 2


async def test_an_alert_is_told_with_its_settlement_or_neither_is(store: Store, clock: TestClock) -> None:
    told: list[Told] = []

    async def tell(tx: Transaction, alert: Told) -> None:
        told.append(alert)
        if len(told) == 1:
            raise LookupError("nobody to tell")

    ledger = Ledger(store, clock, tell)
    held = await ledger.reserve(call(), Amounts(1, nanos=5 * NANO), [BUDGET])
    with pytest.raises(LookupError):
        await ledger.settle(held, cost(5 * NANO))
    assert [row.status for row in await rows(store)] == ["running"]
    assert await spent(store) == 0
    await ledger.settle(held, cost(5 * NANO))
    assert [row.status for row in await rows(store)] == ["answered"]
    assert await spent(store) == 5 * NANO
    assert len(told) == 2


async def test_what_is_refused_among_others_holds_nothing(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    asked = [ledger.reserve(call(), Amounts(1, tokens=7), [HOURLY, BUDGET], patience=0.01) for _ in range(5)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(one, LimitReached) for one in done] == [False, False, False, True, True]
    async with store.read() as tx:
        found = (await tx.execute(select(meters.c.held_calls, meters.c.held_tokens))).all()
    assert [tuple(row) for row in found] == [(3, 21)] * 2
    assert len(await rows(store)) == 3


async def test_an_unknown_price_stays_unknown(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    held = await ledger.reserve(call(), Amounts(1, tokens=10), [BUDGET])
    await ledger.settle(held, Outcome("answered", Amounts(1, 10), None, "compatible", "house-model"))
    [row] = await rows(store)
    assert row.nanos is None


async def test_workspaces_do_not_share_limits(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    await ledger.reserve(call(), Amounts(nanos=5 * NANO), [BUDGET])
    other = await ledger.reserve(call(workspace="T2"), Amounts(nanos=5 * NANO), [BUDGET])
    assert isinstance(other, Reservation)


def _keeping(told: list[Told]) -> Any:
    async def tell(_: Transaction, alert: Told) -> None:
        told.append(alert)

    return tell


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window.MINUTE, "2026-11-30T23:59:00", "2026-12-01T00:00:00"),
        (Window.HOUR, "2026-11-30T23:00:00", "2026-12-01T00:00:00"),
        (Window.DAY, "2026-11-30T00:00:00", "2026-12-01T00:00:00"),
        (Window.MONTH, "2026-11-01T00:00:00", "2026-12-01T00:00:00"),
    ],
)
def test_windows_begin_at_full_ones(window: Window, start: str, end: str) -> None:
    now = datetime(2026, 11, 30, 23, 59, 59, 999, tzinfo=UTC)
    assert window.start(now) == datetime.fromisoformat(start + "+00:00")
    assert window.end(now) == datetime.fromisoformat(end + "+00:00")


@given(st.integers(31_536_000, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_window_holds_its_moment(now: datetime) -> None:
    for window in Window:
        assert window.start(now) <= now < window.end(now)
        assert window.start(window.end(now)) == window.end(now)
        assert window.start(now - timedelta(microseconds=1)) <= window.start(now)


@given(*(st.integers(0, 100) for _ in range(4)))
def test_what_fits(used: int, held: int, wanted: int, most: int) -> None:
    limit = Limit(Unit.TOKENS, Window.HOUR, most)
    verdict = fits(limit, Reading(Amounts(tokens=used), Amounts(tokens=held)), Amounts(tokens=wanted))
    assert (verdict is Fits.YES) == (wanted == 0 or used + held + wanted <= most)
    if verdict is Fits.NO:
        assert used + wanted > most or held == 0


@pytest.mark.parametrize(
    ("nanos", "words"),
    [(5 * NANO, "5.00 USD"), (NANO * 1234, "1,234.00 USD"), (NANO // 4000, "0.00025 USD"), (0, "0.00 USD")],
)
def test_money_in_words(nanos: int, words: str) -> None:
    assert dollars(nanos) == words

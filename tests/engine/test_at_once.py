"""Whole transactions in one go: as atomic as any other, alone among writers, and kept however the process ends."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from engine.ledger.tables import executions, meters
from engine.store import Prepared, Store

KEYS = ["workspace", "person", "window", "start"]
COUNTS = [column.name for column in meters.columns if column.name not in KEYS]


def meter(person: str = "U1", calls: int = 1) -> dict[str, Any]:
    place = {"workspace": "T1", "person": person, "window": "hour", "start": "2026-11-20"}
    return {**place, **dict.fromkeys(COUNTS, 0), "calls": calls}


def growing(store: Store) -> Prepared:
    made = store.insert(meters)
    calls = meters.c.calls + made.excluded.calls
    return Prepared(
        made.on_conflict_do_update(
            index_elements=KEYS, set_={"calls": calls}, where=meters.c.window == "hour"
        ).returning(meters.c.person, meters.c.calls)
    )


async def counted(store: Store) -> int:
    async with store.read() as tx:
        return int((await tx.execute(select(func.coalesce(func.sum(meters.c.calls), 0)))).scalar_one())


@pytest.mark.parametrize("durable", [True, False])
async def test_it_is_committed_and_its_result_handed_on(store: Store, durable: bool) -> None:
    grow = growing(store)
    for calls in (1, 3):
        rows = await store.at_once(lambda tx: grow.each(tx, [meter("U1"), meter("U2", 2)]), durable=durable)
        assert sorted(map(tuple, rows)) == [("U1", calls - calls // 2), ("U2", calls + 1)]
    assert await counted(store) == 6


async def test_what_fails_leaves_nothing(store: Store) -> None:
    grow = growing(store)

    def act(tx: Connection) -> None:
        grow.each(tx, [meter()])
        raise LookupError("no")

    with pytest.raises(LookupError):
        await store.at_once(act)
    assert await counted(store) == 0
    await store.at_once(lambda tx: grow.each(tx, [meter()]))
    assert await counted(store) == 1


async def test_no_write_of_many_is_lost(store: Store) -> None:
    grow = growing(store)
    await store.at_once(lambda tx: grow.each(tx, [meter(calls=0)]))

    async def one(number: int) -> None:
        if number % 2:
            await store.at_once(lambda tx: grow.each(tx, [meter()]))
            return
        async with store.write() as tx:
            await tx.execute(update(meters).values(calls=meters.c.calls + 1))

    await asyncio.gather(*(one(number) for number in range(40)))
    assert await counted(store) == 40


async def test_whoever_stops_waiting_stops_nobody_else(store: Store) -> None:
    grow = growing(store)
    waiting = [asyncio.create_task(store.at_once(lambda tx: grow.each(tx, [meter()]))) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in done] == [False, True, False, False, False]
    assert await counted(store) in (4, 5)


async def test_values_are_stored_as_elsewhere_and_stay_out_of_errors(store: Store) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    texts = [
        "workspace",
        "person",
        "task",
        "version",
        "subject",
        "status",
        "provider",
        "model",
        "credential",
        "cache",
    ]
    row: dict[str, Any] = dict.fromkeys([column.name for column in executions.columns])
    row |= dict.fromkeys(texts, "x") | {"id": "secret-id", "embeddings": 0, "estimated": 0}
    row |= {"path": [{"ms": 1}], "held": {"ü": 2}, "started_at": now, "expires_at": now}
    record = Prepared(store.insert(executions))
    await store.at_once(lambda tx: record.each(tx, [row]))
    async with store.read() as tx:
        found = (await tx.execute(select(executions))).one()
    assert (found.path, found.held, found.started_at, found.finished_at) == ([{"ms": 1}], {"ü": 2}, now, None)
    with pytest.raises(SQLAlchemyError) as caught:
        await store.at_once(lambda tx: record.each(tx, [row]))
    assert "secret-id" not in str(caught.value)


async def test_it_can_be_closed_twice(on_file: Store) -> None:
    grow = growing(on_file)
    await on_file.at_once(lambda tx: grow.each(tx, [meter()]))
    await on_file.close()
    await on_file.close()


@pytest.mark.parametrize(("settles", "status"), [(False, "running"), (True, "answered")])
async def test_a_killed_process_loses_nothing(store: Store, settles: bool, status: str) -> None:
    url = store.url.render_as_string(hide_password=False)
    script = Path(__file__).parent / "killed.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), url, str(settles), cwd=Path(__file__).parents[2]
    )
    assert await process.wait() == -signal.SIGKILL
    async with store.read() as tx:
        assert (await tx.execute(select(executions.c.status))).scalars().all() == [status]
        [held] = (await tx.execute(select(meters.c.held_calls))).scalars()
    assert held == (0 if settles else 1)

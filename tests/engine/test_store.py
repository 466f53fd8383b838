"""The store: transactions that hold, errors that say what to do, a schema that migrations and tables agree on."""

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, select, text, update
from sqlalchemy.exc import StatementError

import engine
from engine.audit import audit_table
from engine.store import Store, StoreError, metadata, utcnow

assert engine.Store is Store  # importing the engine registers every table


def address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def test_migrations_make_the_tables_that_the_code_declares(tmp_path: Path) -> None:
    await (await Store.open(address(tmp_path / "a.db"))).close()
    with create_engine(f"sqlite:///{tmp_path / 'a.db'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


async def test_it_writes_through_a_log_and_to_the_disk(store: Store) -> None:
    async with store.write() as tx:
        assert (await tx.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar() == 2
        assert (await tx.execute(text("PRAGMA foreign_keys"))).scalar() == 1


async def test_an_error_rolls_everything_back(store: Store) -> None:
    row = {
        "id": "a",
        "workspace": "T",
        "person": "U",
        "act": "tried",
        "subject": "x",
        "detail": {},
        "at": utcnow(),
    }
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await tx.execute(insert(audit_table).values(**row))
            raise RuntimeError("no")
    async with store.read() as tx:
        assert (await tx.execute(select(audit_table))).first() is None


async def test_writers_take_turns_and_lose_nothing(store: Store) -> None:
    row = {"workspace": "T", "person": "U", "act": "n", "subject": "x", "detail": {"n": 0}, "at": utcnow()}
    async with store.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", **row))

    async def one_more() -> None:
        async with store.write() as tx:
            detail = (await tx.execute(select(audit_table.c.detail))).scalar_one()
            await asyncio.sleep(0)
            await tx.execute(update(audit_table).values(detail={"n": detail["n"] + 1}))

    await asyncio.gather(*(one_more() for _ in range(50)))
    async with store.read() as tx:
        assert (await tx.execute(select(audit_table.c.detail))).scalar_one() == {"n": 50}


async def test_times_come_back_aware_and_naive_ones_are_refused(store: Store) -> None:
    now = utcnow()
    row = {"workspace": "T", "person": "U", "act": "n", "subject": "x", "detail": {}}
    async with store.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=now, **row))
    async with store.read() as tx:
        assert (await tx.execute(select(audit_table.c.at))).scalar_one() == now
    with pytest.raises(StatementError, match="without a zone"):
        async with store.write() as tx:
            await tx.execute(insert(audit_table).values(id="b", at=datetime(2026, 1, 1), **row))  # noqa: DTZ001


async def test_one_process_works_on_a_database(tmp_path: Path) -> None:
    first, second = await Store.open(address(tmp_path / "a.db")), await Store.open(address(tmp_path / "a.db"))
    first.claim()
    first.claim()
    with pytest.raises(StoreError, match="Another Updraft"):
        second.claim()
    await first.close()
    second.claim()
    await second.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite+aiosqlite://", "mysql://host/db"])
async def test_a_wrong_address_says_what_is_right(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        await Store.open(url)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database at all, but some letters")
    with pytest.raises(StoreError, match=r"a\.db cannot be opened"):
        await Store.open(address(tmp_path / "a.db"))


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    await (await Store.open(address(tmp_path / "a.db"))).close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Updraft"):
        await Store.open(address(tmp_path / "a.db"))

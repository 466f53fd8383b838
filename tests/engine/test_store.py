"""The store: transactions that hold, errors that say what to do, a schema that migrations and tables agree on."""

import asyncio
from datetime import datetime
from pathlib import Path
from subprocess import run

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, func, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

import engine
from engine.audit import audit_table
from engine.store import AWAY, Store, StoreError, metadata, utcnow
from tests import postgres
from tests.relay import relayed

assert engine.Store is Store  # importing the engine registers every table

ROW = {"workspace": "T", "person": "U", "act": "n", "subject": "x", "detail": {"n": 0}}


def address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def plain(store: Store) -> Engine:
    """The database of ``store``, opened beside it without any of its ways."""
    driver = "postgresql+psycopg" if store.shared else "sqlite"
    return create_engine(store.url.set(drivername=driver))


def test_migrations_make_the_tables_that_the_code_declares(plain: Engine) -> None:
    with plain.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    plain.dispose()


async def test_sqlite_writes_through_a_log_and_to_the_disk(on_file: Store) -> None:
    async with on_file.write() as tx:
        assert (await tx.execute(text("PRAGMA integrity_check"))).scalar() == "ok"
        assert (await tx.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar() == 2
        assert (await tx.execute(text("PRAGMA foreign_keys"))).scalar() == 1


async def test_an_error_rolls_everything_back(store: Store) -> None:
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **ROW))
            raise RuntimeError("no")
    async with store.read() as tx:
        assert (await tx.execute(select(audit_table))).first() is None


async def test_writers_on_sqlite_take_turns_and_lose_nothing(on_file: Store) -> None:
    async with on_file.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **ROW))

    async def one_more() -> None:
        async with on_file.write() as tx:
            detail = (await tx.execute(select(audit_table.c.detail))).scalar_one()
            await asyncio.sleep(0)
            await tx.execute(update(audit_table).values(detail={"n": detail["n"] + 1}))

    await asyncio.gather(*(one_more() for _ in range(50)))
    async with on_file.read() as tx:
        assert (await tx.execute(select(audit_table.c.detail))).scalar_one() == {"n": 50}


async def test_a_conditional_update_has_one_winner(store: Store) -> None:
    async with store.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **ROW))

    async def claim() -> int:
        async with store.write() as tx:
            still = audit_table.c.act == "n"
            return (await tx.execute(update(audit_table).where(still).values(act="claimed"))).rowcount

    assert sum(await asyncio.gather(*(claim() for _ in range(20)))) == 1


async def test_a_reader_sees_one_moment(store: Store) -> None:
    count = select(func.count()).select_from(audit_table)
    async with store.read() as reader:
        before = (await reader.execute(count)).scalar_one()
        async with store.write() as tx:
            await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **ROW))
        assert (await reader.execute(count)).scalar_one() == before
    async with store.read() as reader:
        assert (await reader.execute(count)).scalar_one() == before + 1


async def test_what_follows_a_commit_does_not_follow_a_rollback(store: Store) -> None:
    done: list[str] = []
    async with store.write() as tx:
        store.after_commit(tx, lambda: done.append("kept"))
        assert not done
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            store.after_commit(tx, lambda: done.append("lost"))
            raise RuntimeError("no")
    assert done == ["kept"]


async def test_a_nul_does_not_cost_a_text(on_server: Store) -> None:
    async with on_server.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **(ROW | {"subject": "a\0b"})))
    async with on_server.read() as tx:
        assert (await tx.execute(select(audit_table.c.subject))).scalar_one() == "ab"


async def test_a_connection_that_the_server_dropped_is_replaced(on_server: Store) -> None:
    await on_server.ping()
    async with on_server.write() as tx:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        assert (await tx.execute(text(others))).all()
    await on_server.ping()


async def test_values_are_in_no_error(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with store.write() as tx:
            row = ROW | {"id": None, "act": "hunter2"}
            await tx.execute(text("INSERT INTO audit (id, act) VALUES (:id, :act)"), row)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in str(caught.value.orig)


async def test_times_come_back_aware_and_naive_ones_are_refused(store: Store) -> None:
    now = utcnow()
    async with store.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=now, **ROW))
    async with store.read() as tx:
        assert (await tx.execute(select(audit_table.c.at))).scalar_one() == now
    with pytest.raises(StatementError, match="without a zone"):
        async with store.write() as tx:
            await tx.execute(insert(audit_table).values(id="b", at=datetime(2026, 1, 1), **ROW))  # noqa: DTZ001


async def test_one_process_works_on_a_database(tmp_path: Path) -> None:
    first, second = await Store.open(address(tmp_path / "a.db")), await Store.open(address(tmp_path / "a.db"))
    first.claim()
    first.claim()
    with pytest.raises(StoreError, match="Another Updraft"):
        second.claim()
    await first.close()
    second.claim()
    await second.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite+aiosqlite://", "mysql://host/db", "postgres://host"])
async def test_a_wrong_address_says_what_is_right(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        await Store.open(url)


async def test_a_wrong_port_is_not_quoted() -> None:
    with pytest.raises(StoreError, match="its port is no number") as caught:
        await Store.open("postgresql://updraft@127.0.0.1:hunter2/updraft")
    assert "hunter2" not in str(caught.value)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database at all, but some letters")
    with pytest.raises(StoreError, match=r"a\.db cannot be opened"):
        await Store.open(address(tmp_path / "a.db"))


async def test_a_newer_database_is_left_alone(store: Store, plain: Engine) -> None:
    with plain.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    plain.dispose()
    with pytest.raises(StoreError, match="newer Updraft"):
        await Store.open(store.url.render_as_string(hide_password=False))


# -- PostgreSQL


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
async def test_every_way_to_write_the_address(postgres_url: str, scheme: str) -> None:
    store = await Store.open(postgres_url.replace("postgres://", f"{scheme}://"))
    await store.ping()
    await store.close()


async def test_processes_that_start_together_migrate_once(postgres_server: postgres.Server) -> None:
    with postgres_server.database() as url:
        stores = await asyncio.gather(*(Store.open(url) for _ in range(4)))
        async with stores[0].read() as tx:
            assert (await tx.execute(text("SELECT count(*) FROM alembic_version"))).scalar_one() == 1
        for store in stores:
            await store.close()


async def test_many_processes_work_on_a_server(postgres_url: str) -> None:
    first, second = await Store.open(postgres_url), await Store.open(postgres_url)
    first.claim()
    second.claim()
    await first.close()
    await second.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "hunter2"}, "refuses the user name or the password"),
        ({"username": "nobody"}, "refuses the user name or the password"),
        ({"database": "none"}, "has no such database"),
        ({"port": 1}, "nothing listens there"),
    ],
)
async def test_a_server_that_cannot_be_used_says_why(
    postgres_url: str, wrong: dict[str, str | int], words: str
) -> None:
    url = make_url(postgres_url).set(**wrong)  # type: ignore[arg-type] # each of its own type
    with pytest.raises(StoreError, match=words) as caught:
        await Store.open(url.render_as_string(hide_password=False))
    assert "hunter2" not in str(caught.value)
    assert postgres.PASSWORD not in str(caught.value)


async def test_a_server_that_has_gone_is_said(postgres_server: postgres.Server) -> None:
    with postgres_server.database() as url:
        store = await Store.open(url)
    with pytest.raises(StoreError, match="does not answer"):
        await store.ping()
    await store.close()


async def test_a_connection_nobody_waits_for_any_more_is_not_left_half_open(on_server: Store) -> None:
    async with relayed(on_server.url) as (relay, url):
        store = await Store.open(url)
        relay.delay = 0.1
        relay.asked.clear()
        opening = asyncio.ensure_future(store.write().__aenter__())
        await asyncio.wait_for(relay.asked.wait(), 5)
        opening.cancel()
        await asyncio.wait([opening])
        assert opening.cancelled()
        await store.close()
        async with asyncio.timeout(5):
            await asyncio.wait(relay.connections)


@pytest.mark.parametrize(
    ("statements", "pause"),
    [
        (["SET LOCAL idle_in_transaction_session_timeout = 100", "SELECT 1"], 0.5),
        (["SET TRANSACTION READ ONLY", "CREATE TABLE t (n int)"], 0.0),
    ],
    ids=["paused too long", "a server that only reads"],
)
async def test_a_server_that_takes_no_writes_of_us_is_away(
    on_server: Store, statements: list[str], pause: float
) -> None:
    with pytest.raises(AWAY):
        async with on_server.write() as tx:
            for statement in statements:
                await tx.execute(text(statement))
                await asyncio.sleep(pause)
    async with on_server.write() as tx:
        await tx.execute(text("CREATE TABLE t (n int)"))


async def test_a_silent_server_is_said(on_server: Store) -> None:
    async with relayed(on_server.url) as (relay, url):
        store = await Store.open(url)
        await store.ping()
        relay.silence()
        with pytest.raises(StoreError, match="does not answer"):
            await asyncio.wait_for(store.ping(), 30)
        await store.close()


async def test_a_backup_is_restored_as_the_documents_say(
    on_server: Store, postgres_url: str, postgres_server: postgres.Server, tmp_path: Path
) -> None:
    async with on_server.write() as tx:
        await tx.execute(insert(audit_table).values(id="a", at=utcnow(), **ROW))
    dump = str(tmp_path / "updraft.dump")
    run([str(postgres_server.bin / "pg_dump"), "--format=custom", f"--file={dump}", postgres_url], check=True)
    with postgres_server.database() as fresh:
        restore = [str(postgres_server.bin / "pg_restore"), "--no-owner", f"--dbname={fresh}", dump]
        run(restore, check=True)
        restored = await Store.open(fresh)
        async with restored.read() as tx:
            assert (await tx.execute(select(audit_table.c.id))).scalar_one() == "a"
        await restored.close()

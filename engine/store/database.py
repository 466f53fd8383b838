"""The SQLite recipe and the transactions.

One writer connection with ``BEGIN IMMEDIATE`` and a pool of readers: measured against the usual single pool this neither
loses updates nor fails with "database is locked", and keeps waiting times short under load (docs/decisions.md).
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, create_engine, event, make_url, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Transaction = AsyncConnection
Clock = Callable[[], datetime]

MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(Exception):
    """The database cannot be opened or migrated; ``str(error)`` says what to do."""


def utcnow() -> datetime:
    """The one clock of the engine: aware UTC."""
    return datetime.now(UTC)


class Store:
    """An open database. Make one with :meth:`open`; close it with :meth:`close`."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url, self._writer, self._reader = url, writer, reader
        self._after: dict[int, list[Callable[[], None]]] = {}
        self._lock: IO[str] | None = None

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open ``sqlite+aiosqlite:///path`` and migrate it to this version's schema.

        Raises StoreError when the address is malformed, the file is no database, or a newer version wrote it.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError(f"DATABASE_URL is not a database address: {error}") from error
        if parsed.get_backend_name() != "sqlite" or not parsed.database:
            raise StoreError("DATABASE_URL must be sqlite+aiosqlite:///path/to/updraft.db")
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(_migrate, parsed)
        except (DatabaseError, OSError) as error:
            reason = error.orig if isinstance(error, DatabaseError) else error
            raise StoreError(
                f"The database {parsed.database} cannot be opened ({reason}). "
                "Check the path and its permissions, or move the file away to start afresh."
            ) from error
        address = parsed.set(drivername="sqlite+aiosqlite")
        # Statements may appear in errors and so in logs; their values, which are what people wrote, may not.
        writer = create_async_engine(
            address, hide_parameters=True, pool_size=1, max_overflow=0, pool_timeout=60
        )
        reader = create_async_engine(
            address, hide_parameters=True, pool_size=8, max_overflow=0, pool_timeout=60
        )
        _prepare(writer, "BEGIN IMMEDIATE")
        _prepare(reader, "BEGIN")
        return cls(parsed, writer, reader)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open one writing transaction: committed at the end, rolled back on any error."""
        async with self._writer.begin() as tx:
            calls = self._after[id(tx)] = []
            try:
                yield tx
            finally:
                del self._after[id(tx)]
        for call in calls:
            call()

    def after_commit(self, tx: Transaction, call: Callable[[], None]) -> None:
        """Have something done once this transaction is committed; a rollback forgets it."""
        self._after[id(tx)].append(call)

    def insert(self, table: Table) -> Insert:
        """Return an insert that can become an update where the row is there (``on_conflict_do_update``)."""
        return insert(table)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open one reading transaction."""
        async with self._reader.connect() as tx:
            yield tx

    def claim(self) -> None:
        """Be the one process that works on this database, until it is closed or the process ends, however it ends.

        Raises StoreError when another process is. Reading beside it (doctor, export) is free to all.
        """
        if self._lock is not None:
            return
        lock = Path(f"{self.url.database}.lock").open("w")  # noqa: SIM115 - held open for as long as the store
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise StoreError(
                f"Another Updraft already works on {self.url.database}. "
                "Stop it first, or name another database in DATABASE_URL."
            ) from error
        self._lock = lock

    async def ping(self) -> None:
        """Reach the database for real; raises StoreError."""
        try:
            async with self.read() as tx:
                await tx.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise StoreError(f"The database does not answer ({type(error).__name__}).") from error

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _prepare(engine: AsyncEngine, begin: str) -> None:
    """Give the driver's transactions back to us: the sqlite3 module opens none, we open the right one."""

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _migrate(url: URL) -> None:
    """Bring the schema to the newest revision, with foreign keys off as batch alters of a parent table need."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    engine = create_engine(url.set(drivername="sqlite"))
    try:
        with engine.begin() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in {
                revision.revision for revision in script.walk_revisions()
            }:
                raise StoreError(
                    f"The database {url.database} was written by a newer Updraft (revision {current}). "
                    "Run that version, or restore the backup made before the upgrade."
                )
            if current != script.get_current_head():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()

"""The two databases and their transactions.

SQLite: one writer connection with ``BEGIN IMMEDIATE`` and a pool of readers; measured against the usual single pool this neither
loses updates nor fails with "database is locked", and keeps waiting times short under load (docs/decisions.md). PostgreSQL: any
number of processes, READ COMMITTED for writers, a snapshot for readers. On either, what may race is a conditional update.
"""

import asyncio
import fcntl
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from engine.notices import Component, Failed, Notify, nobody
from engine.store.direct import Direct
from engine.store.migrating import StoreError, migrate

R = TypeVar("R")
Transaction = AsyncConnection
Clock = Callable[[], datetime]

SHAPES = "sqlite+aiosqlite:///path/to/updraft.db or postgresql://user:password@host/database"
POOL = {"max_overflow": 0, "pool_timeout": 60}
# Statements may appear in errors and so in logs; their values, which are what people wrote, may not.
QUIET = {"hide_parameters": True}
CONNECTIONS = 4
"""PostgreSQL connections of a process for writing, and as many for reading; the smallest plans of hosters allow 20 in all."""
POSTGRES: dict[str, Any] = {
    "connect_timeout": 10,
    "application_name": "updraft",
    # A server that vanished, with its machine or behind a router that forgot the connection, is missed after some ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
    # A process that is paused inside a transaction must not hold its rows for ever.
    "options": "-c idle_in_transaction_session_timeout=60s -c timezone=UTC",
}
NOT_HERE = ("25P03", "25006")
"""States that the driver counts as our mistakes: a transaction of a process that was paused for too long, and a server that
another one has taken over from."""
PATIENCE = 5.0
"""Seconds that the database has to show that it is there."""
AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""What it looks like when the database is away."""
TROUBLE = (
    (r"password authentication failed|role .* does not exist", "it refuses the user name or the password"),
    (r"database .* does not exist", "it has no such database; create it, or name another"),
    (r"[Cc]onnection refused", "nothing listens there"),
    (r"translate host name|resolve host|[Nn]ame or service not known", "there is no such host"),
    (r"timeout expired|timed out", "it does not answer"),
    (r"lock timeout", "somebody else keeps the schema locked"),
)
"""What PostgreSQL's client says, and what it means; anything else is told as it is."""


def utcnow() -> datetime:
    """The one clock of the engine: aware UTC."""
    return datetime.now(UTC)


class Store:
    """An open database. Make one with :meth:`open`; close it with :meth:`close`."""

    def __init__(
        self,
        url: URL,
        writer: AsyncEngine,
        reader: AsyncEngine,
        direct: Direct | None = None,
        notify: Notify = nobody,
    ) -> None:
        self.url, self._writer, self._reader, self._direct = url, writer, reader, direct
        self.notify, self._turns = notify, asyncio.Lock()
        self._after: dict[int, list[Callable[[], None]]] = {}
        self._lock: IO[str] | None = None

    @classmethod
    async def open(cls, url: str, notify: Notify = nobody) -> "Store":
        """Open ``sqlite+aiosqlite:///path`` or ``postgresql://…`` and migrate it to this version's schema.

        Raises StoreError when the address is malformed, the database cannot be used, or a newer version wrote it.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError(f"DATABASE_URL is not a database address: {error}") from error
        except ValueError:
            # Not "from": the message quotes what may be a part of a password.
            raise StoreError("DATABASE_URL is not a database address: its port is no number.") from None
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgres", "postgresql") or not parsed.database:
            raise StoreError(f"DATABASE_URL must be {SHAPES}")
        if backend == "sqlite":
            return await cls._on_file(parsed, notify)
        return await cls._on_server(parsed.set(drivername="postgresql+psycopg"), notify)

    @classmethod
    async def _on_file(cls, url: URL, notify: Notify) -> "Store":
        assert url.database is not None
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(migrate, url.set(drivername="sqlite"), {})
        except (DBAPIError, OSError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StoreError(
                f"The database {url.database} cannot be opened ({reason}). "
                "Check the path and its permissions, or move the file away to start afresh."
            ) from error
        address = url.set(drivername="sqlite+aiosqlite")
        writer = create_async_engine(address, pool_size=1, **POOL, **QUIET)
        reader = create_async_engine(address, pool_size=8, **POOL, **QUIET)
        direct = create_engine(url.set(drivername="sqlite"), pool_size=1, **POOL, **QUIET)
        _prepare(writer.sync_engine, "BEGIN IMMEDIATE")
        _prepare(reader.sync_engine, "BEGIN")
        _prepare(direct, "BEGIN IMMEDIATE")
        return cls(url, writer, reader, Direct(direct), notify)

    @classmethod
    async def _on_server(cls, url: URL, notify: Notify) -> "Store":
        try:
            await asyncio.to_thread(migrate, url, POSTGRES)
        except DBAPIError as error:
            raise StoreError(
                f"The database {url.database} at {url.host or 'this machine'} cannot be opened: {_trouble(error)}. "
                "Check DATABASE_URL."
            ) from error
        from engine.store import postgres

        # A connection that the server has dropped meanwhile is replaced before it is used.
        common: dict[str, Any] = {**POOL, **QUIET, "pool_size": CONNECTIONS, "pool_pre_ping": True}
        connecting = {**POSTGRES, "async_creator_fn": postgres.connect}
        writer = create_async_engine(url, isolation_level="READ COMMITTED", connect_args=connecting, **common)
        reader = create_async_engine(
            url,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            connect_args=connecting,
            **common,
        )
        postgres.without_nul(writer)
        for engine in (writer, reader):
            _discreet(engine)
        return cls(url, writer, reader, notify=notify)

    @property
    def shared(self) -> bool:
        """Whether several processes may work on this database at the same time."""
        return self.url.get_backend_name() == "postgresql"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open one writing transaction: committed at the end, rolled back on any error."""
        with self._watched():
            async with self._turn(), self._writer.begin() as tx:
                calls = self._after[id(tx)] = []
                try:
                    yield tx
                finally:
                    del self._after[id(tx)]
        for call in calls:
            call()

    async def at_once(self, act: Callable[[Connection], R], *, durable: bool = True) -> R:
        """Do a whole writing transaction in one go and return what ``act`` returns; on SQLite a fraction of the cost of `write`.

        ``act`` waits for nothing but the database; it may run on another thread. Where it is not ``durable`` nobody waits for the disk:
        it outlives this process, but a loss of power may undo it, unless a durable transaction was committed since.
        """
        if self._direct is not None:
            with self._watched():
                async with self._turn():
                    return await self._direct.run(act, durable=durable)
        async with self.write() as tx:
            if not durable:
                await tx.execute(text("SET LOCAL synchronous_commit TO OFF"))
            return await tx.run_sync(act)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for the other writers of this process, who on a file would only find each other's lock."""
        if self._direct is None:
            yield
            return
        try:
            async with asyncio.timeout(POOL["pool_timeout"]):
                await self._turns.acquire()
        except TimeoutError:
            # Nobody writes for so long: this is a transaction inside another one.
            raise StoreError("The database is busy with another transaction of this process.") from None
        try:
            yield
        finally:
            self._turns.release()

    def after_commit(self, tx: Transaction, call: Callable[[], None]) -> None:
        """Have something done once this transaction is committed; a rollback forgets it."""
        self._after[id(tx)].append(call)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an insert that can become an update where the row is there (``on_conflict_do_update``)."""
        on_file = self.url.get_backend_name() == "sqlite"
        return sqlite.insert(table) if on_file else postgresql.insert(table)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open one reading transaction."""
        with self._watched():
            async with self._reader.connect() as tx:
                yield tx

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Tell of what speaks against the database itself; a row that it refuses does not."""
        try:
            yield
        except AWAY as error:
            self.notify(Failed(Component.DATABASE, f"The database does not answer ({type(error).__name__})."))
            raise

    def claim(self) -> None:
        """Be the one process that works on this database, until it is closed or the process ends, however it ends.

        Raises StoreError when another process is. Reading beside it (doctor, export) is free to all. A shared database needs no
        such claim.
        """
        if self.shared or self._lock is not None:
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

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Pass on what is notified on a channel of a shared database, until the connection ends. Raises StoreError."""
        from engine.store import postgres

        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        await postgres.listen(address, POSTGRES, channel, heard)

    async def ping(self) -> None:
        """Reach the database for real; raises StoreError."""
        async with self._answering() as tx:
            await tx.execute(text("SELECT 1"))

    async def product(self) -> str:
        """Return what database this is, with its version. Raises StoreError."""
        asking = "SHOW server_version" if self.shared else "SELECT sqlite_version()"
        async with self._answering() as tx:
            version = str((await tx.execute(text(asking))).scalar_one())
        return f"{'PostgreSQL' if self.shared else 'SQLite'} {version.partition(' ')[0]}"

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[Transaction]:
        try:
            async with asyncio.timeout(PATIENCE), self.read() as tx:
                yield tx
        except (SQLAlchemyError, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                await self.drop()
            raise StoreError(f"The database does not answer ({type(error).__name__}).") from error

    async def drop(self) -> None:
        """Use none of the connections to a shared database any more: it does not answer on them, but may on new ones."""
        if self.shared:
            await self._writer.dispose()
            await self._reader.dispose()

    async def close(self) -> None:
        """Close every connection."""
        if self._direct is not None:
            await self._direct.close()
        await self._writer.dispose()
        await self._reader.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _prepare(engine: Engine, begin: str) -> None:
    """Give the driver's transactions back to us: the sqlite3 module opens none, we open the right one."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _discreet(engine: AsyncEngine) -> None:
    """Drop the details of the server's errors, which quote the row that it refused."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])
        if getattr(context.original_exception, "sqlstate", None) in NOT_HERE:
            context.is_disconnect = True
            raise OperationalError(context.statement, None, context.original_exception, hide_parameters=True)


def _trouble(error: DBAPIError) -> str:
    said = str(error.orig).strip()
    means = (meaning for pattern, meaning in TROUBLE if re.search(pattern, said))
    return next(means, said.partition("\n")[0] or type(error).__name__)

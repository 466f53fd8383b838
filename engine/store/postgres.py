"""PostgreSQL's driver: connections that are never left half open, texts without NUL, notifications.

Imported only where a shared database is used: psycopg takes 0.1 s that SQLite's users need not wait.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from psycopg import AsyncConnection, Error, sql
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.store.migrating import StoreError

SETTLED = 2.0
"""Seconds that a connection under way may take to its end when nobody wants it any more."""


async def connect(*address: Any, **options: Any) -> AsyncConnection[Any]:
    """Connect, to the end even when cancelled meanwhile: the driver leaves half open what it could not finish.

    A half-open connection keeps its place on the server for a minute, and whatever waits for all of the server's processes, such as
    DROP DATABASE, waits as long.
    """
    task = asyncio.ensure_future(AsyncConnection.connect(*address, **options))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=SETTLED)
        if task.done() and not task.cancelled() and task.exception() is None:
            await task.result().close()
        task.cancel()
        raise


async def listen(address: str, options: dict[str, Any], channel: str, heard: Callable[[str], None]) -> None:
    """Pass on what is notified on a channel, until the connection ends. Raises StoreError."""
    try:
        async with await connect(address, autocommit=True, **options) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            async for notice in connection.notifies():
                heard(notice.payload)
    except Error as error:
        raise StoreError(f"The database does not answer ({type(error).__name__}).") from error


def without_nul(engine: AsyncEngine) -> None:
    """Leave NULs out of texts: PostgreSQL cannot hold them, and nobody sees them."""

    class Clean(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.driver_connection.adapters.register_dumper(str, Clean)

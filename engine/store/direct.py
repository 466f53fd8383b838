"""Whole transactions in one go, on a thread and a connection of their own.

The asynchronous driver crosses to its thread several times for every statement, which costs more than most statements do. Work that
waits for nothing but the database crosses once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

R = TypeVar("R")


class Direct:
    """Does transactions one after the other; whoever calls keeps other writers away meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "store")

    async def run(self, act: Callable[[Connection], R], *, durable: bool) -> R:
        """Return what ``act`` returns, once it is committed; what it raises rolls back."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, act, durable)

    async def close(self) -> None:
        """End the thread and its connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    def _run(self, act: Callable[[Connection], R], durable: bool) -> R:
        with self._engine.connect() as tx:
            driver = tx.connection.driver_connection
            assert driver is not None
            # Takes effect with the next transaction (https://www.sqlite.org/pragma.html#pragma_synchronous).
            driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            with tx.begin():
                return act(tx)

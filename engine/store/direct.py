"""Whole transactions in one go, on a thread and a connection of their own.

The asynchronous driver crosses to its thread several times for every statement, which costs more than most statements do. Work that
waits for nothing but the database crosses once.
"""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

R = TypeVar("R")
_Task = tuple[asyncio.Future[Any], Callable[[], Any]]


class Direct:
    """Does transactions one after the other; whoever calls keeps other writers away meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tx: Connection | None = None
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def run(self, act: Callable[[Connection], R], *, durable: bool) -> R:
        """Return what ``act`` returns, once it is committed; what it raises rolls back."""
        if self._thread is None:
            self._thread = Thread(target=_work, args=(self._tasks,), name="store", daemon=True)
            self._thread.start()
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._tasks.put((done, lambda: self._run(act, durable)))
        return await done

    async def close(self) -> None:
        """End the thread and its connection."""
        if self._thread is None:
            return
        thread, self._thread = self._thread, None
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks.put((done, self._close))
        self._tasks.put(None)
        await done
        thread.join()

    def _run(self, act: Callable[[Connection], R], durable: bool) -> R:
        if self._tx is None:
            self._tx = self._engine.connect()
        # Takes effect with the next transaction (https://www.sqlite.org/pragma.html#pragma_synchronous).
        driver: Any = self._tx.connection.driver_connection
        driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        with self._tx.begin():
            return act(self._tx)

    def _close(self) -> None:
        if self._tx is not None:
            self._tx.close()
            self._tx = None
        self._engine.dispose()


def _work(tasks: "SimpleQueue[_Task | None]") -> None:
    """Do what is asked for until there is nothing more; whoever asked hears of it on the loop it asked from."""
    while (task := tasks.get()) is not None:
        done, act = task
        try:
            _tell(done, done.set_result, act())
        except BaseException as error:  # noqa: BLE001 - whoever asked hears of it
            _tell(done, done.set_exception, error)


def _tell(done: asyncio.Future[Any], tell: Callable[[Any], None], what: Any) -> None:
    def told() -> None:
        if not done.done():
            tell(what)

    done.get_loop().call_soon_threadsafe(told)

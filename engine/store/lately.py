"""Looking up together what many ask for at the same time, and not again for a while."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K")
V = TypeVar("V")


class Lately(Generic[K, V]):
    """What ``look`` found for a key within the last ``seconds``; all who ask meanwhile wait for one look."""

    def __init__(
        self,
        look: Callable[[K], Coroutine[Any, Any, V]],
        seconds: float,
        *,
        size: int = 10_000,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._seconds, self._timer = look, seconds, timer
        self._kept: LRUCache[K, tuple[float, asyncio.Task[V]]] = LRUCache(size)

    async def of(self, key: K) -> V:
        """Return what a look found that began lately; raises what it raises, and then the next to ask looks anew."""
        now = self._timer()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] >= self._seconds:
            kept = (now, asyncio.create_task(self._look(key)))
            self._kept[key] = kept
        # One who stops waiting must not take the look from the others.
        try:
            return await asyncio.shield(kept[1])
        except BaseException:
            task = kept[1]
            if task.done() and (task.cancelled() or task.exception()) and self._kept.get(key) is kept:
                del self._kept[key]
            raise

    def forget(self, key: K) -> None:
        """Look anew for whoever asks next; a look under way may have seen what was there before."""
        self._kept.pop(key, None)

"""Answers kept by the exact question, and one call in flight per question.

The key is a keyed hash over everything that shapes an answer, the workspace first, so that no workspace can learn from
another's answers, not even by timing a guess.
"""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from cachetools import TLRUCache

V = TypeVar("V")


EARLIER = 7 * 24 * 3600.0
"""Seconds that a value stays after its time, for when no new one can be had."""


class Cache(Generic[V]):
    """At most ``size`` values, each for the seconds that were asked for it; counts what it does."""

    def __init__(self, size: int = 1000, timer: Callable[[], float] = time.monotonic) -> None:
        self._kept: _Kept[V] = _Kept(size, _until, timer=timer)
        self._timer = timer
        self._flying: dict[str, asyncio.Task[V]] = {}
        self._secret = secrets.token_bytes(32)
        self.hits = self.misses = 0

    @property
    def evictions(self) -> int:
        """How many values went because there were too many."""
        return self._kept.evictions

    def __len__(self) -> int:
        return len(self._kept)

    def key(self, workspace: str, parts: Mapping[str, Any]) -> str:
        """Return the key of a question."""
        text = json.dumps([workspace, parts], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), key=self._secret, digest_size=24).hexdigest()

    async def get(
        self, key: str, make: Callable[[], Awaitable[V]], keep: Callable[[V], float], *, fresh: bool = False
    ) -> tuple[V, bool]:
        """Return the value and whether it was kept or shared; else make it, and keep it for ``keep(value)`` seconds (0: not).

        Askers of one key share one call, which goes on when an asker is cancelled. ``fresh`` asks anew.
        """
        if not fresh and (kept := self._kept.get(key)) is not None and self._timer() < kept[1]:
            self.hits += 1
            return kept[0], True
        if not fresh and (flying := self._flying.get(key)) is not None:
            self.hits += 1
            return await asyncio.shield(flying), True
        self.misses += 1

        async def call() -> V:
            value = await make()
            if (seconds := keep(value)) > 0:
                self._kept[key] = (value, self._timer() + seconds)
            return value

        task = asyncio.ensure_future(call())
        self._flying[key] = task
        task.add_done_callback(lambda _: self._flying.pop(key, None))
        return await asyncio.shield(task), False

    def earlier(self, key: str) -> V | None:
        """Return the last value of a question although its time may be over."""
        kept = self._kept.get(key)
        return None if kept is None else kept[0]


class _Kept(TLRUCache[str, tuple[V, float]]):
    """Values with the time each is good until; counts those that had to go."""

    evictions = 0

    def popitem(self) -> tuple[str, tuple[V, float]]:
        self.evictions += 1
        return super().popitem()


def _until(_: str, value: tuple[Any, float], now: float) -> float:
    return value[1] + EARLIER

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


class Cache(Generic[V]):
    """At most ``size`` values, each for the seconds that were asked for it; counts what it does."""

    def __init__(self, size: int = 1000, timer: Callable[[], float] = time.monotonic) -> None:
        self._kept: TLRUCache[str, tuple[V, float]] = TLRUCache(size, _until, timer=timer)
        self._flying: dict[str, asyncio.Task[V]] = {}
        self._secret = secrets.token_bytes(32)
        self.hits = self.misses = 0

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
        if not fresh and (kept := self._kept.get(key)) is not None:
            self.hits += 1
            return kept[0], True
        if not fresh and (flying := self._flying.get(key)) is not None:
            self.hits += 1
            return await asyncio.shield(flying), True
        self.misses += 1

        async def call() -> V:
            value = await make()
            if (seconds := keep(value)) > 0:
                self._kept[key] = (value, seconds)
            return value

        task = asyncio.ensure_future(call())
        self._flying[key] = task
        task.add_done_callback(lambda _: self._flying.pop(key, None))
        return await asyncio.shield(task), False


def _until(_: str, value: tuple[Any, float], now: float) -> float:
    return now + value[1]

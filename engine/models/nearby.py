"""Answers kept by nearness: the second part of the cache, for a question in other words.

Texts that differ in a number or a "not" lie as near to each other as paraphrases do, so nearness alone serves wrong answers. An answer
is found only where the question has the very same essentials.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

V = TypeVar("V")
Key = tuple[str, frozenset[str]]


@dataclass(slots=True)
class _Row(Generic[V]):
    value: V
    until: float
    used: int


class _Matrix(Generic[V]):
    """Rows that share a bucket and their essentials; the vectors stand in one array that doubles as it fills."""

    def __init__(self, width: int) -> None:
        import numpy as np

        self.vectors = np.zeros((4, width), np.float32)
        self.rows: list[_Row[V]] = []

    def add(self, vector: "Vector", row: _Row[V]) -> None:
        import numpy as np

        if len(self.rows) == len(self.vectors):
            self.vectors = np.concatenate([self.vectors, np.zeros_like(self.vectors)])
        self.vectors[len(self.rows)] = vector
        self.rows.append(row)

    def remove(self, place: int) -> None:
        """Take a row out; the last one takes its place."""
        last = self.rows.pop()
        if place < len(self.rows):
            self.rows[place] = last
            self.vectors[place] = self.vectors[len(self.rows)]

    def cosines(self, vector: "Vector") -> "Vector":
        found: Vector = self.vectors[: len(self.rows)] @ vector
        return found


class Nearby(Generic[V]):
    """At most ``size`` values of one embedder's vectors, each for the seconds that were asked for it; counts what it does.

    A ``bucket`` holds everything that must be the same but the text: workspace, task, version of the template, model, context; a
    key of :class:`engine.models.cache.Cache` without the text is one. ``essentials`` are what the text may not differ in: keys,
    numbers, versions, names, negations.
    """

    def __init__(
        self, size: int = 1000, threshold: float = 0.85, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.size, self.threshold = size, threshold
        self._timer = timer
        self._matrices: dict[Key, _Matrix[V]] = {}
        self._turns = itertools.count()
        self._kept = 0
        self.hits = self.misses = self.evictions = 0

    def __len__(self) -> int:
        return self._kept

    def find(self, bucket: str, essentials: frozenset[str], vector: "Vector") -> V | None:
        """Return what was kept for the nearest question with the same essentials, None where none is near enough."""
        key = (bucket, essentials)
        self._drop_old(key)
        if (matrix := self._matrices.get(key)) is not None:
            cosines = matrix.cosines(vector)
            nearest = int(cosines.argmax())
            if cosines[nearest] >= self.threshold:
                self.hits += 1
                row = matrix.rows[nearest]
                row.used = next(self._turns)
                return row.value
        self.misses += 1
        return None

    def keep(
        self, bucket: str, essentials: frozenset[str], vector: "Vector", value: V, seconds: float
    ) -> None:
        """Keep a value for so many seconds (0: not); what was not used for longest makes room."""
        if seconds <= 0 or not vector.any():
            return
        key = (bucket, essentials)
        matrix = self._matrices.setdefault(key, _Matrix(len(vector)))
        matrix.add(vector, _Row(value, self._timer() + seconds, next(self._turns)))
        self._kept += 1
        while self._kept > self.size:
            self._evict()

    def _drop_old(self, key: Key) -> None:
        now = self._timer()
        rows = self._matrices[key].rows if key in self._matrices else []
        for place in reversed(range(len(rows))):
            if rows[place].until <= now:
                self._remove(key, place)

    def _evict(self) -> None:
        """Take out one row: one whose time is over, else the one that was used longest ago."""
        now = self._timer()
        key, place, row = min(self._all(), key=lambda found: (found[2].until > now, found[2].used))
        if row.until > now:
            self.evictions += 1
        self._remove(key, place)

    def _all(self) -> Iterator[tuple[Key, int, _Row[V]]]:
        for key, matrix in self._matrices.items():
            for place, row in enumerate(matrix.rows):
                yield key, place, row

    def _remove(self, key: Key, place: int) -> None:
        matrix = self._matrices[key]
        matrix.remove(place)
        self._kept -= 1
        if not matrix.rows:
            del self._matrices[key]

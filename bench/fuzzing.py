"""A bounded search for the slowest text: mutate what was slow, keep what is slower."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

POOL = 48
"""Texts that are bred from."""
SIGNS = (" ", ", ", "\n", " - ", ". ", "? ", ": ", "/", "-", "@", "[", "<", "'", " and ", " not ")


@dataclass(frozen=True, slots=True)
class Slow:
    """A text and the nanoseconds of processor time that it took."""

    nanoseconds: int
    text: str


def cost(act: Callable[[str], object], text: str, tries: int = 2) -> int:
    """Return the least processor time of some tries: what is above it is the machine's, not the text's."""
    best = 0
    for attempt in range(tries):
        start = time.thread_time_ns()
        act(text)
        spent = time.thread_time_ns() - start
        best = spent if attempt == 0 else min(best, spent)
    return best


class Search:
    """A search among texts of at most ``longest`` characters; the same ``seed`` tries the same mutations."""

    def __init__(
        self, act: Callable[[str], object], seeds: Sequence[str], *, longest: int = 5000, seed: int = 1
    ) -> None:
        self.act, self.longest, self.random = act, longest, random.Random(seed)
        self.seeds = [text for text in seeds if text.strip()]
        self.words = sorted({word for text in self.seeds for word in text.split()})
        self.pool: list[Slow] = []
        self.tried = 0

    def run(self, seconds: float) -> Slow:
        """Search for so long and return the slowest text found, measured anew."""
        end = time.monotonic() + seconds
        for text in self.random.sample(self.seeds, min(len(self.seeds), 200)):
            self._try(text)
            self._try(self._filled(text))
        while time.monotonic() < end:
            self._try(self._mutated(self._parent()))
        slowest = self.pool[:10]
        return max((Slow(cost(self.act, one.text, 5), one.text) for one in slowest), key=_nanoseconds)

    def _try(self, text: str) -> None:
        text = text[: self.longest]
        found = Slow(cost(self.act, text), text)
        self.tried += 1
        if len(self.pool) < POOL or found.nanoseconds > self.pool[-1].nanoseconds:
            self.pool = sorted([*self.pool, found], key=_nanoseconds, reverse=True)[:POOL]

    def _parent(self) -> str:
        return self.pool[int(len(self.pool) * self.random.random() ** 2)].text

    def _filled(self, text: str) -> str:
        """Repeat a text until there is no more room."""
        piece = text + self.random.choice(SIGNS)
        return piece * (self.longest // len(piece) + 1)

    def _mutated(self, text: str) -> str:
        start, end = sorted(self.random.randrange(len(text) + 1) for _ in range(2))
        piece = text[start:end] or self.random.choice(self.words)
        match self.random.randrange(8):
            case 0:
                return self._filled(piece[:200])
            case 1:
                return text[:start] + self.random.choice(self.seeds) + text[end:]
            case 2:
                return text[:start] + self.random.choice(self.words) + " " + text[start:]
            case 3:
                return text[:start] + text[end:] or self.random.choice(self.seeds)
            case 4:
                return text[:start] + piece * self.random.randint(2, 30) + text[end:]
            case 5:
                return text.replace(self.random.choice(SIGNS), self.random.choice(SIGNS))
            case 6:
                other = self._parent()
                return text[:start] + other[self.random.randrange(len(other) + 1) :]
            case _:
                return self.random.choice((str.upper, str.title, str.swapcase, self._filled))(text)


def _nanoseconds(one: Slow) -> int:
    return one.nanoseconds

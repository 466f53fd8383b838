"""Writing together what comes together: a commit waits for the disk, so what arrives during one shares the next.

A burst costs a few commits instead of one each; a lone item waits for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Calls ``write`` with all that waits, at most ``most`` at once; it returns one result for each, in order."""

    def __init__(
        self, name: str, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int = 100
    ) -> None:
        self.name, self.most, self._write = name, most, write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """Write an item and return its result. Raises what ``write`` raises for this item alone."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._run(), name=self.name)
        return await done

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
            try:
                results = await self._write([item for item, _ in batch])
            except SQLAlchemyError:
                # One bad row must not cost the others their place.
                for one in batch:
                    await self._alone(*one)
            except Exception as error:  # noqa: BLE001 - whoever waits hears of it
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for (_, done), result in zip(batch, results, strict=True):
                    if not done.done():
                        done.set_result(result)

    async def _alone(self, item: T, done: asyncio.Future[R]) -> None:
        try:
            [result] = await self._write([item])
        except Exception as error:  # noqa: BLE001 - whoever waits hears of it
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(result)

"""Taking messages: durable before they are acknowledged, and together where they come together.

A commit waits for the disk. Messages that arrive during one share the next, so that a burst costs a few commits instead of one
each; a lone message waits for nobody.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from engine.inbox import Inbox, Incoming
from engine.jobs import Jobs, Priority
from engine.store import Store

MOST_AT_ONCE = 100
BURST = 5
"""This many messages within the window below are a burst, which jobs give way to."""
WINDOW = 0.05


class Intake:
    """Records incoming messages with the jobs that answer them."""

    def __init__(self, store: Store, inbox: Inbox, jobs: Jobs) -> None:
        self.store, self.inbox, self.jobs = store, inbox, jobs
        self._waiting: list[tuple[Incoming, asyncio.Future[str | None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._arrivals: deque[float] = deque(maxlen=BURST)
        jobs.pressed = self.pressed

    async def take(self, incoming: Incoming) -> str | None:
        """Record a message and have it answered; return its id, None when it was taken before."""
        self._arrivals.append(time.monotonic())
        taken: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, taken))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="intake")
        return await taken

    def pressed(self) -> bool:
        """Tell whether messages come in a burst at this moment."""
        return len(self._arrivals) == BURST and time.monotonic() - self._arrivals[0] < WINDOW

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                ids = await self._record([incoming for incoming, _ in batch])
            except SQLAlchemyError:
                # One bad row must not cost the others their place.
                for one in batch:
                    await self._write_alone(*one)
            else:
                for (_, taken), id in zip(batch, ids, strict=True):
                    _settle(taken, id)

    async def _write_alone(self, incoming: Incoming, taken: asyncio.Future[str | None]) -> None:
        try:
            [id] = await self._record([incoming])
        except SQLAlchemyError as error:
            if not taken.cancelled():
                taken.set_exception(error)
        else:
            _settle(taken, id)

    async def _record(self, incomings: Sequence[Incoming]) -> list[str | None]:
        async with self.store.write() as tx:
            ids = await self.inbox.take_all(tx, incomings)
            payloads = {id: {"message": id} for id in ids if id is not None}
            await self.jobs.enqueue_all(tx, "answer", payloads, priority=Priority.HIGH)
        return ids


def _settle(taken: asyncio.Future[str | None], id: str | None) -> None:
    if not taken.cancelled():
        taken.set_result(id)

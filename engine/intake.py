"""Taking messages: durable before they are acknowledged, and together where they come together."""

import time
from collections import deque
from collections.abc import Sequence

from engine.inbox import Inbox, Incoming
from engine.jobs import Jobs, Priority
from engine.store import Store, Together

BURST = 5
"""This many messages within the window below are a burst, which jobs give way to."""
WINDOW = 0.05


class Intake:
    """Records incoming messages with the jobs that answer them."""

    def __init__(self, store: Store, inbox: Inbox, jobs: Jobs) -> None:
        self.store, self.inbox, self.jobs = store, inbox, jobs
        self._record = Together("intake", self._recorded)
        self._arrivals: deque[float] = deque(maxlen=BURST)
        jobs.pressed = self.pressed

    async def take(self, incoming: Incoming) -> str | None:
        """Record a message and have it answered; return its id, None when it was taken before."""
        self._arrivals.append(time.monotonic())
        return await self._record(incoming)

    def pressed(self) -> bool:
        """Tell whether messages come in a burst at this moment."""
        return len(self._arrivals) == BURST and time.monotonic() - self._arrivals[0] < WINDOW

    async def _recorded(self, incomings: Sequence[Incoming]) -> list[str | None]:
        async with self.store.write() as tx:
            ids = await self.inbox.take_all(tx, incomings)
            payloads = {id: {"message": id} for id in ids if id is not None}
            await self.jobs.enqueue_all(tx, "answer", payloads, priority=Priority.HIGH)
        return ids

"""Taking messages: durable before they are acknowledged, and together where they come together."""

import time
from collections import deque
from collections.abc import Sequence

from engine.inbox import Inbox, Incoming
from engine.jobs import Jobs, Priority
from engine.store import Store, Together

LATELY = 5
"""So many messages tell how fast they come."""


class Intake:
    """Records incoming messages with the jobs that answer them."""

    def __init__(self, store: Store, inbox: Inbox, jobs: Jobs) -> None:
        self.store, self.inbox, self.jobs = store, inbox, jobs
        self._record = Together("intake", self._recorded)
        self._arrivals: deque[float] = deque(maxlen=LATELY)
        jobs.pressure = self.pressure

    async def take(self, incoming: Incoming) -> str | None:
        """Record a message and have it answered; return its id, None when it was taken before."""
        self._arrivals.append(time.monotonic())
        return await self._record(incoming)

    def pressure(self) -> float:
        """Return how many messages a second come at this moment."""
        if len(self._arrivals) < LATELY:
            return 0.0
        return LATELY / max(time.monotonic() - self._arrivals[0], 1e-6)

    async def _recorded(self, incomings: Sequence[Incoming]) -> list[str | None]:
        async with self.store.write() as tx:
            ids = await self.inbox.take_all(tx, incomings)
            payloads = {id: {"message": id} for id in ids if id is not None}
            await self.jobs.enqueue_all(tx, "answer", payloads, priority=Priority.HIGH)
        return ids

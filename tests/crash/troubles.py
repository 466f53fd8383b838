"""What is done to a running installation: kills, pauses, database restarts, and Jira and the model failing, each at its place in the run."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from emulators.kit import Faults
from emulators.site import Site
from tests import postgres
from tests.crash.fleet import Fleet

Kind = Literal["kill", "pause", "restart", "jira", "model"]

LEASE = 9.0
WRITES = r"/comment$|/transitions$"
SHARES: dict[Kind, float] = {"pause": 0.1, "restart": 0.05, "jira": 1.5, "model": 0.5}
"""How many of each come with one kill."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something bad that happens when this share (0-1) of the talks has begun."""

    at: float
    kind: Kind


def planned(kills: int, chance: random.Random, *, database: bool) -> list[Trouble]:
    """Return what is going to happen in a run with so many kills; ``database`` tells whether it can be restarted."""
    numbers: dict[Kind, int] = {"kill": kills}
    numbers |= {kind: max(1, round(kills * share)) for kind, share in SHARES.items()}
    if not database:
        numbers["restart"] = 0
    made = [Trouble((place + chance.random()) / n, kind) for kind, n in numbers.items() for place in range(n)]
    return sorted(made, key=lambda trouble: trouble.at)


@dataclass(slots=True)
class Troubles:
    """Brings the planned troubles about; ``done`` counts them by what they were."""

    site: Site
    fleet: Fleet
    chance: random.Random
    server: postgres.Server | None
    done: Counter[str] = field(default_factory=Counter)
    _busy: set[asyncio.Task[None]] = field(default_factory=set)
    _restarting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, plan: Sequence[Trouble], progress: Callable[[], float]) -> None:
        """Bring each trouble about when its time has come; cancel to end early, then :meth:`settle`."""
        for trouble in plan:
            while progress() < trouble.at:  # noqa: ASYNC110 - progress is a number that nobody announces
                await asyncio.sleep(0.05)
            await asyncio.sleep(self.chance.uniform(0, 0.3))
            if trouble.kind == "kill":
                # Who was just killed is not there yet to be killed again.
                while not self._kill():  # noqa: ASYNC110 - a process that starts announces nothing here
                    await asyncio.sleep(0.05)
            else:
                self._cause(trouble.kind)

    async def settle(self) -> None:
        """Let what was begun come to its end, and have the services behave again."""
        await asyncio.gather(*self._busy)
        self.site.jira.faults.clear()
        self.site.models.faults.clear()

    def _cause(self, kind: Kind) -> None:
        match kind:
            case "pause":
                self._meanwhile(self._pause())
            case "restart":
                self._meanwhile(self._restart())
            case "jira":
                self._meanwhile(self._jira())
            case "model":
                self._model()

    def _meanwhile(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    def _kill(self) -> bool:
        try:
            self.fleet.kill(self.chance.choice(self.fleet.processes))
        except ProcessLookupError:
            return False
        self.done["kills"] += 1
        return True

    async def _pause(self) -> None:
        awake = [one for one in self.fleet.processes if one not in self.fleet.paused]
        if not awake:
            return
        with suppress(ProcessLookupError):
            self.done["pauses past the lease"] += 1
            await self.fleet.pause(self.chance.choice(awake), self.chance.uniform(LEASE + 0.5, LEASE + 6))

    async def _restart(self) -> None:
        assert self.server is not None
        crash, away = self.chance.random() < 0.5, self.chance.uniform(0, 4)
        async with self._restarting:
            # Stopping and starting hold up the stand-ins for a moment, as they would be on a busy machine.
            self.server.stop(signal.SIGQUIT if crash else signal.SIGINT)
            await asyncio.sleep(away)
            self.server.start()
            self.done["database crashes" if crash else "database restarts"] += 1

    async def _jira(self) -> None:
        faults, times = self.site.jira.faults, self.chance.randint(1, 4)
        path, method = self.chance.choice([("", ""), (WRITES, "POST"), (WRITES, "POST")])
        how = self.chance.choice(
            ["outage", "status", "late before", "late after", "drop_before", "drop_after"]
        )
        match how:
            case "outage":
                fault = faults.add("status", status=503, times=-1)
                await asyncio.sleep(self.chance.uniform(1, 6))
                fault.times = 0
            case "status":
                faults.add(
                    "status", path, method=method, times=times, status=self.chance.choice([429, 500, 502])
                )
            case "late before" | "late after":
                late = how.endswith("after")
                faults.add(
                    "slow", path, method=method, times=times, seconds=self.chance.uniform(0.5, 5), after=late
                )
            case "drop_before":
                faults.add("drop_before", path, method=method, times=times)
            case _:
                faults.add("drop_after", path, method=method, times=times)
        _forget_spent(faults)
        self.done[f"Jira: {how.replace('_', ' ')}"] += 1

    def _model(self) -> None:
        faults, times = self.site.models.faults, self.chance.randint(1, 3)
        how = self.chance.choice(["status", "slow", "drop_before", "drop_after", "html"])
        match how:
            case "status":
                faults.add("status", "chat", times=times, status=self.chance.choice([429, 500, 503]))
            case "slow":
                faults.add("slow", "chat", times=times, seconds=self.chance.uniform(0.5, 5))
            case "drop_before":
                faults.add("drop_before", "chat", times=times)
            case "drop_after":
                faults.add("drop_after", "chat", times=times)
            case _:
                faults.add("html", "chat", times=times)
        _forget_spent(faults)
        self.done[f"model: {how.replace('_', ' ')}"] += 1


def _forget_spent(faults: Faults) -> None:
    faults.active[:] = [fault for fault in faults.active if fault.times != 0]

"""The processes of one installation under a supervisor that starts again whatever ends, and what may be done to them."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from emulators.site import Site
from tests.crash.balancer import free_port, in_turn
from tests.crash.product import Product

GRACE = 30.0
CALM = {
    "UPDRAFT_RETRY_BASE": "0.2",
    "UPDRAFT_JIRA_SETTLE": "8",
    "UPDRAFT_BREAKER_PAUSE": "2",
    "UPDRAFT_HEALTH_EVERY": "60",
    "UPDRAFT_MESSAGES_A_MINUTE": "100000",
    "UPDRAFT_CALLS_AN_HOUR": "1000000",
    "UPDRAFT_PERSON_CALLS_AN_HOUR": "1000000",
    "UPDRAFT_TOKENS_AN_HOUR": "1000000000",
    "UPDRAFT_PERSON_TOKENS_AN_HOUR": "1000000000",
    "UPDRAFT_DAILY_BUDGET": "1000000",
}
"""Settings of the product under proof: short waits, and no limit that three people at 2 000 messages would meet."""


class Fleet:
    """Supervised processes; ``ended`` counts those that ended by themselves, which is no fault while the database is away."""

    def __init__(self, processes: list[Product]) -> None:
        self.processes = processes
        self.paused: set[Product] = set()
        self.ended: list[int] = []
        self._killed: set[Product] = set()
        self._stopping = False
        self._watching: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every process, and wait until those that listen do."""
        for process in self.processes:
            await process.start()
            self._watching.append(asyncio.create_task(self._watch(process), name="supervisor"))
        await asyncio.gather(*(process.ready() for process in self.processes if process.command == "serve"))

    async def stop(self) -> None:
        """Stop every process in good order, those that do not obey with force."""
        self._stopping = True
        for process in self.processes:
            process.signal(signal.SIGCONT)
        try:
            async with asyncio.timeout(GRACE):
                await asyncio.gather(*(process.stop() for process in self.processes))
        except TimeoutError:
            await asyncio.gather(*(process.kill() for process in self.processes))
        await asyncio.gather(*self._watching)

    def kill(self, process: Product) -> None:
        """Kill a process, paused or not; the supervisor starts it again. Raises ProcessLookupError where it has just ended."""
        process.signal(signal.SIGKILL)
        self._killed.add(process)
        self.paused.discard(process)

    async def pause(self, process: Product, seconds: float) -> None:
        """Stop a process as a busy or sleeping host does, and let it go on; it may be killed meanwhile."""
        pid = process.pid
        self.paused.add(process)
        process.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if process in self.paused and process.pid == pid:
            process.signal(signal.SIGCONT)
        self.paused.discard(process)

    async def _watch(self, process: Product) -> None:
        while True:
            code = await process.over()
            if self._stopping:
                return
            if process in self._killed:
                self._killed.discard(process)
            else:
                self.ended.append(code)
                await asyncio.sleep(0.5)
            await process.start()

    def logs(self) -> str:
        """Return what all processes wrote to standard error."""
        return "\n".join(process.log.read_text(errors="replace") for process in self.processes)


@asynccontextmanager
async def fleet(folder: Path, processes: int, more: Mapping[str, str]) -> AsyncIterator[tuple[Site, Fleet]]:
    """Run stand-ins, a balancer and so many processes: half of them serve, the others work; one alone does both."""
    webs = max(1, (processes + 1) // 2)
    ports = [free_port() for _ in range(webs)]
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(
            in_turn([f"http://127.0.0.1:{port}/slack/events" for port in ports])
        )
        patient = {"retry_delays": (0.2, 1.0, 3.0, *[5.0] * 60)}
        site = await stack.enter_async_context(Site(port=0, events_url=url, slack=patient))
        made = []
        for number in range(processes):
            own = folder / f"process-{number}"
            own.mkdir()
            serves = number < webs
            made.append(
                Product(
                    site,
                    own,
                    "serve" if serves else "work",
                    port=ports[number] if serves else 0,
                    http=True,
                    more=CALM | dict(more),
                )
            )
        all_of_them = Fleet(made)
        stack.push_async_callback(all_of_them.stop)
        await all_of_them.start()
        yield site, all_of_them

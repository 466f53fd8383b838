"""The real product as a process of its own, to be killed without warning; what to wait for, and what to look at."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo import product_environment
from emulators.people import ANA
from emulators.site import Site
from tests.journeys.desk import Desk

PATIENCE = 30.0
QUICK = {"UPDRAFT_RETRY_BASE": "0.05", "UPDRAFT_JIRA_SETTLE": "0.5", "UPDRAFT_HEALTH_EVERY": "0"}
"""Short waits, and no requests but those that somebody's words cause; a test in which Jira is late says how late it may be."""


class Product:
    """``updraft serve`` (or another command) on a site; ``log`` collects what it wrote to standard error."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        command: str = "serve",
        *,
        port: int = 0,
        http: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.site, self.folder, self.command, self.port = site, folder, command, port
        self.settings = product_environment(site.url, folder, port, http=http) | dict(more or {})
        self.log = folder / f"{command}-{port}.log"
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        """Start the process; it is connected soon after."""
        environment = {**os.environ, **QUICK, **self.settings}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", self.command, env=environment, stdout=log, stderr=log
            )

    async def ready(self) -> None:
        """Wait until it listens."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/health/ready") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process is not None
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """Kill it as the kernel would: no handler runs, nothing is flushed."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self.kills += 1

    async def over(self) -> int:
        """Wait until the process has ended, however it did; return its exit code, negative for a signal."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for a condition of the stand-ins that no notification tells of."""
    async with asyncio.timeout(PATIENCE):
        while not (found := condition()):  # noqa: ASYNC110 - the killed process can notify nobody
            await asyncio.sleep(0.01)
    return found


def fresh_issue(site: Site) -> str:
    """Make an issue of its own, so that whatever happens to it happened because of one message."""
    return str(site.jira.create("DEMO", "A task of this test", assignee=ANA.account))


def answers(desk: Desk, ts: str) -> list[dict[str, Any]]:
    return [dict(one) for one in desk.site.slack.replies(ANA.dm, ts) if one.get("bot_id")]

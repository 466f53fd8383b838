"""The processes of a measurement: stand-ins and an app under test, their processor time and memory."""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bot.demo import product_environment

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "updraft": (sys.executable, "-m", "bot", "serve"),
    "echo": (sys.executable, "-m", "bench.echo_app"),
}
HEALTH = {"updraft": "/health/ready", "echo": "/slack/events"}
SOCKETS = {"updraft": 2, "echo": 1}
PATIENCE = 100.0
"""Seconds that any one step may take; the stand-in gives up earlier and says what is missing."""


class BenchError(Exception):
    """A measurement cannot go on; ``str(error)`` says why."""


class StandIn:
    """A process of stand-ins; commands go in and answers come out as lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.usage = psutil.Process(process.pid)
        self.url = ""

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have the ``Crowd`` of bench/stand_in.py do something; raises BenchError."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        """Read one answer; raises BenchError."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self.process.stdout.readline()
        if not line:
            raise BenchError("The stand-ins stopped; see above.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BenchError(f"Stand-ins: {answer['error']}")
        return answer


@dataclass(slots=True)
class Subject:
    """One app under test beside stand-ins of its own; ``start`` and ``stop`` it as often as needed."""

    name: str
    stand_in: StandIn
    folder: Path
    port: int
    http: bool
    process: asyncio.subprocess.Process | None = None
    peak: int = 0
    more: Mapping[str, str] = field(default_factory=dict)
    """Settings beyond those of the demo."""

    async def start(self, *, fresh: bool = False) -> float:
        """Start the app and return the seconds until it takes events; ``fresh`` begins with no database."""
        if fresh:
            for old in self.folder.glob("updraft.db*"):
                old.unlink()
        environment = product_environment(self.stand_in.url, self.folder, self.port, http=self.http)
        # One crowd writes as few people: the limits of a person would answer instead of the product.
        environment |= {
            "UPDRAFT_MESSAGES_A_MINUTE": "1000000",
            "UPDRAFT_PERSON_CALLS_AN_HOUR": "1000000",
            "UPDRAFT_CALLS_AN_HOUR": "1000000",
            **self.more,
        }
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *COMMANDS[self.name],
                cwd=ROOT,
                env=clean(os.environ) | environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if self.http:
            await self._listening()
            return time.perf_counter() - began
        try:
            connected = await self.stand_in.ask("connected", sockets=SOCKETS[self.name])
        except BenchError as error:
            raise BenchError(f"{self.name} did not connect: {self.last_words()}") from error
        return float(connected["at"]) - began

    async def stop(self) -> None:
        """End the app as an operator would."""
        if self.process is not None and self.process.returncode is None:
            self.look()
            self.process.terminate()
            async with asyncio.timeout(PATIENCE):
                await self.process.wait()
            if not self.http:
                await self.stand_in.ask("connected", sockets=0)

    async def _listening(self) -> None:
        url = f"http://127.0.0.1:{self.port}{HEALTH[self.name]}"
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                if self.process is None or self.process.returncode is not None:
                    raise BenchError(f"{self.name} did not start: {self.last_words()}")
                try:
                    async with session.get(url):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)

    @property
    def log(self) -> Path:
        """The file that holds what the app printed."""
        return self.folder / f"{self.name}.log"

    def last_words(self) -> str:
        """Return the last line that the app printed."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    @property
    def usage(self) -> psutil.Process:
        """The app's process."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def look(self) -> int:
        """Return the resident memory in bytes, and remember the highest seen."""
        now = int(self.usage.memory_info().rss)
        self.peak = max(self.peak, now)
        return now


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds over a stretch of time: the app's, its stand-ins', and everybody else's as a share of the machine."""

    app: float
    stand_in: float
    others: float
    seconds: float


class Meter:
    """Reads processor times now and, with :meth:`read`, what was spent since."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.before = self._now()

    def _now(self) -> tuple[float, float, float, float]:
        machine = psutil.cpu_times()
        busy = sum(machine) - machine.idle - getattr(machine, "iowait", 0.0)
        app, stand_in = self.subject.usage.cpu_times(), self.subject.stand_in.usage.cpu_times()
        return app.user + app.system, stand_in.user + stand_in.system, busy, time.perf_counter()

    def read(self) -> Spent:
        """Return what was spent since the start."""
        app, stand_in, busy, seconds = (
            now - then for now, then in zip(self._now(), self.before, strict=True)
        )
        others = max(0.0, busy - app - stand_in) / (seconds * (os.cpu_count() or 1))
        return Spent(app, stand_in, others, seconds)


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Drop settings of the product and of Bolt that would change what is measured."""
    ours = ("UPDRAFT_", "SLACK_", "JIRA_", "OPENAI_", "DATABASE_")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@asynccontextmanager
async def beside_stand_ins(name: str, folder: Path, *, http: bool) -> AsyncIterator[Subject]:
    """Start stand-ins for one app; stop both in the end."""
    port = free_port()
    events = ["--events-url", f"http://127.0.0.1:{port}/slack/events"] if http else []
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.stand_in",
        *events,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    stand_in = StandIn(process)
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else is going on yet
    subject = Subject(name, stand_in, folder, port, http)
    try:
        stand_in.url = (await stand_in.answer())["url"]
        yield subject
    finally:
        if subject.process is not None and subject.process.returncode is None:
            subject.process.kill()
            await subject.process.wait()
        process.kill()
        await process.wait()

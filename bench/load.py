"""Load and history in figures: how many events a second are acknowledged in time, and what a long past costs.

    python -m bench.load [--quick] [--json] [--only rate|history]

The product runs as it is delivered, in one or more processes beside one process of stand-ins, on SQLite and on a real PostgreSQL. What
each row means and what was measured where is in docs/performance.md.
"""

import argparse
import asyncio
import base64
import json
import os
import platform
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any

from bench.history import fill, migrated
from bench.main_job import percentile
from bench.running import BenchError, Subject, beside_stand_ins, free_port
from tests.postgres import Server, Unavailable, running

SLACK = 30_000 / 3600
"""Events a second that Slack sends at most for a workspace."""
SPARE = 10
LIMIT = 0.5
"""Seconds that the slowest hundredth of the acknowledgements may take."""
MOST_STEPS = 9
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}
"""PostgreSQL as it comes, for the tests' server does not wait for the disk."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to run the product."""

    database: str
    http: bool
    processes: int

    @property
    def name(self) -> str:
        """What the table calls it."""
        way = "HTTP" if self.http else "Socket Mode"
        return f"{self.database}, {way}, {self.processes} process{'es' if self.processes > 1 else ''}"


SETTINGS = (
    Setting("SQLite", True, 1),
    Setting("SQLite", False, 1),
    Setting("PostgreSQL", True, 1),
    Setting("PostgreSQL", True, 2),
    Setting("PostgreSQL", True, 4),
)


@dataclass(frozen=True, slots=True)
class Step:
    """Events at one rate for a while; times in seconds from when each event was due."""

    rate: float
    seconds: float
    events: int
    missing: int
    answered: int
    acks: list[float]
    answers: list[float]

    @property
    def p99(self) -> float:
        """The time that 99 of 100 acknowledgements took at most; those that never came took for ever."""
        return percentile([*self.acks, *[float("inf")] * self.missing], 0.99)

    @property
    def held(self) -> bool:
        """Whether every event was acknowledged at the first try, in time, and written at the rate that was meant."""
        return not self.missing and self.p99 < LIMIT and self.seconds < 1.1 * self.events / self.rate

    def told(self) -> dict[str, Any]:
        """Return its figures without the single values."""
        whole = asdict(self) | {"p50": percentile(self.acks, 0.5) if self.acks else None, "p99": self.p99}
        return {name: value for name, value in whole.items() if name not in ("acks", "answers")}


@dataclass(slots=True)
class Ceiling:
    """What was found of one setting: all steps, in the order they were made."""

    setting: Setting
    steps: list[Step] = field(default_factory=list)

    @property
    def best(self) -> Step | None:
        """The fastest step that was held, below every one that was not."""
        broken = min((one.rate for one in self.steps if not one.held), default=float("inf"))
        held = [one for one in self.steps if one.held and one.rate < broken]
        return max(held, key=lambda one: one.rate, default=None)

    def at(self, rate: float) -> Step | None:
        """Return the last step of that rate."""
        return next((one for one in reversed(self.steps) if one.rate == rate), None)


@dataclass(slots=True)
class Past:
    """A database with so many rows in each table, and what was measured on it at Slack's own ceiling."""

    database: str
    rows: int
    fill_seconds: float = 0.0
    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    threads: list[float] = field(default_factory=list)
    missing: int = 0


class Run:
    """One whole measurement."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.began = time.monotonic()
        self.ceilings: list[Ceiling] = []
        self.pasts: list[Past] = []
        self._databases = 0
        self._urls: list[str] = []
        self._key = base64.b64encode(secrets.token_bytes(32)).decode()

    async def measure(self) -> None:
        """Measure everything that was asked for; raises BenchError."""
        if (load := os.getloadavg()[0]) > 1.0:
            self._say(f"the machine is busy already (load {load:.1f})")
        with ExitStack() as stack:
            try:
                server: Server | None = stack.enter_context(running(DURABLE))
            except Unavailable as error:
                self._say(f"PostgreSQL is left out: {error}")
                server = None
            there = ["SQLite"] if server is None else ["SQLite", "PostgreSQL"]
            asked = [one for one in there if self.options.database in (None, one)]
            if self.options.only != "history":
                for setting in SETTINGS:
                    if setting.database in asked:
                        await self._ceiling(setting, server)
            if self.options.only != "rate":
                for database in asked:
                    await self._history(database, server)

    # -- how many events a second

    async def _ceiling(self, setting: Setting, server: Server | None) -> None:
        """Double the rate until it is not held, then close in; every step begins with an empty database."""
        found = Ceiling(setting)
        self.ceilings.append(found)
        until = time.monotonic() + self.options.limit
        low, high, rate = 0.0, float("inf"), SLACK * SPARE
        for number in range(MOST_STEPS):
            if number and time.monotonic() > until:
                self._say("short of time for this setting")
                break
            step = await self._step(setting, server, rate)
            found.steps.append(step)
            told = f"p99 {step.p99 * 1e3:.0f} ms, {step.missing} missing, {step.answered} answered meanwhile"
            self._say(f"{setting.name}: {rate:.0f}/s {'held' if step.held else 'not held'} ({told})")
            low, high = (rate, high) if step.held else (low, min(high, rate))
            if low and high / low < 1.25:
                break
            rate = _next_rate(low, high)

    async def _step(self, setting: Setting, server: Server | None, rate: float) -> Step:
        async with self._product(setting, server) as subject:
            answer = await subject.stand_in.ask(
                "steady", rate=rate, seconds=self.options.seconds, urls=self._urls
            )
            return Step(rate=rate, **answer)

    # -- what a past costs

    async def _history(self, database: str, server: Server | None) -> None:
        """Measure databases with short and long pasts in turns, at Slack's ceiling."""
        with ExitStack() as stack:
            urls: list[tuple[Past, str]] = []
            for rows in self.options.rows:
                url = self._address(database, server, stack)
                await migrated(url)
                began = time.monotonic()
                got = await asyncio.to_thread(fill, url, rows, self.options.fill) if rows else 0
                past = Past(database, got, time.monotonic() - began)
                self._say(f"{database}: {got} rows in each table after {past.fill_seconds:.0f} s")
                urls.append((past, url))
                self.pasts.append(past)
            for _ in range(self.options.rounds):
                for past, url in urls:
                    await self._lived(past, url)

    async def _lived(self, past: Past, url: str) -> None:
        setting = Setting(past.database, True, 1)
        async with self._product(setting, None, url) as subject:
            answer = await subject.stand_in.ask(
                "steady", rate=SLACK, seconds=self.options.history_seconds, drain=10.0
            )
            threads = await subject.stand_in.ask("threads", count=self.options.threads)
        past.acks += answer["acks"]
        past.threads += threads["seconds"]
        past.answers += answer["answers"]
        past.missing += answer["missing"]
        self._say(
            f"{past.database}, {past.rows} rows: ack p50 {percentile(answer['acks'], 0.5) * 1e3:.1f} ms"
        )

    # -- the product

    def _address(self, database: str, server: Server | None, stack: ExitStack) -> str:
        self._databases += 1
        if database == "SQLite":
            return f"sqlite+aiosqlite:///{self.folder / f'{self._databases}.db'}"
        assert server is not None
        return stack.enter_context(server.database())

    @asynccontextmanager
    async def _product(
        self, setting: Setting, server: Server | None, url: str = ""
    ) -> AsyncIterator[Subject]:
        """Run the product as a setting says, warm, until the context ends."""
        async with AsyncExitStack() as stack:
            with ExitStack() as databases:
                url = url or self._address(setting.database, server, databases)
                more = {"DATABASE_URL": url, "UPDRAFT_MASTER_KEY": self._key}
                if self.options.jobs_at_once:
                    more["UPDRAFT_JOBS_AT_ONCE"] = str(self.options.jobs_at_once)
                self._databases += 1
                folder = self.folder / f"run-{self._databases}"
                first = await stack.enter_async_context(
                    beside_stand_ins("updraft", folder / "0", http=setting.http)
                )
                subjects = [first]
                for number in range(1, setting.processes):
                    place = folder / str(number)
                    place.mkdir(parents=True)
                    subjects.append(Subject("updraft", first.stand_in, place, free_port(), setting.http))
                try:
                    for one in subjects:
                        one.more = more
                        await one.start()
                    self._urls = [f"http://127.0.0.1:{one.port}/slack/events" for one in subjects if one.http]
                    warm = {"rate": 5.0, "seconds": 2.0, "urls": self._urls, "drain": 15.0}
                    await first.stand_in.ask("steady", **warm)
                    await _quiet(subjects)
                    yield first
                    await first.stand_in.ask("forget")
                finally:
                    for one in subjects:
                        if one.process is not None and one.process.returncode is None:
                            one.process.kill()
                            await one.process.wait()

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - self.began:5.0f} s  {text}\n")


async def _quiet(subjects: Sequence[Subject], seconds: float = 30.0) -> None:
    """Wait until the processes rest: each compiles its grammars, and answers wait for that."""
    until, before = time.monotonic() + seconds, float("-inf")
    while time.monotonic() < until:
        used = sum(sum(one.usage.cpu_times()[:2]) for one in subjects)
        if used - before < 0.1:
            return
        before = used
        await asyncio.sleep(0.5)


def _next_rate(low: float, high: float) -> float:
    """Return the rate to try between one that was held (0: none yet) and one that was not (infinite: none yet)."""
    if not low:
        return high / 2
    return low * 2 if high == float("inf") else sqrt(low * high)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    cells: tuple[str, ...]
    met: bool | None = None


def rate_rows(found: Sequence[Ceiling]) -> list[Row]:
    """Put the settings below each other; the target is Slack's ceiling ten times over, for one process."""
    rows, target = [], SLACK * SPARE
    for one in found:
        best, at_target = one.best, one.at(target)
        met = at_target.held if at_target is not None and one.setting.processes == 1 else None
        shown = (
            [_rate(best.rate), _ms(percentile(best.acks, 0.5)), _ms(best.p99)] if best else ["none", "", ""]
        )
        answers = [_rate(step.answered / step.seconds) if step else "" for step in (at_target, best)]
        first = _ms(at_target.p99) if at_target is not None else ""
        rows.append(Row((one.setting.name, *shown, answers[1], first, answers[0]), met))
    return rows


def past_rows(found: Sequence[Past]) -> list[Row]:
    """Put the pasts below each other, with the ratio of each to the same database without one."""
    rows = []
    for one in found:
        empty = next(each for each in found if each.database == one.database)
        acks = [*one.acks, *[float("inf")] * one.missing]
        figures = [_ms(percentile(acks, share)) for share in (0.5, 0.99)]
        answers = [_ms(median(one.answers)), f"{median(one.answers) / median(empty.answers):.2f}"]
        threads = [_ms(median(one.threads)), f"{median(one.threads) / median(empty.threads):.2f}"]
        rows.append(Row((one.database, f"{one.rows:,}".replace(",", " "), *figures, *answers, *threads)))
    return rows


def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    """Draw rows for a terminal."""
    marks = {None: "", True: "pass", False: "MISS"}
    lines = [(*head, ""), *((*one.cells, marks[one.met]) for one in rows)]
    wide = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn = [
        "  ".join(cell.ljust(wide[n]) if n == 0 else cell.rjust(wide[n]) for n, cell in enumerate(line))
        for line in lines
    ]
    return "\n".join([drawn[0].rstrip(), "-" * len(drawn[0]), *(line.rstrip() for line in drawn[1:])])


def _rate(value: float) -> str:
    return f"{value:.0f} /s"


def _ms(seconds: float) -> str:
    return "never" if seconds == float("inf") else f"{seconds * 1e3:.1f} ms"


QUICK = {
    "seconds": 3.0,
    "limit": 30.0,
    "rows": (0, 10_000),
    "fill": 20.0,
    "rounds": 1,
    "history_seconds": 5.0,
}
WHOLE = {
    "seconds": 8.0,
    "limit": 75.0,
    "rows": (0, 10_000, 1_000_000),
    "fill": 120.0,
    "rounds": 2,
    "history_seconds": 15.0,
    "threads": 15,
}
RATE_HEAD = (
    "",
    "sustained",
    "ack p50",
    "ack p99",
    "answers",
    f"p99 at {SLACK * SPARE:.0f}/s",
    "answers then",
)
PAST_HEAD = (
    "",
    "rows a table",
    "ack p50",
    "ack p99",
    "answer p50",
    "to empty",
    "in a thread p50",
    "to empty",
)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the product under load, and with a long past.")
    parser.add_argument("--quick", action="store_true", help="fewer of everything, rougher")
    parser.add_argument("--json", action="store_true", help="print every step as JSON instead of tables")
    parser.add_argument("--only", choices=("rate", "history"), help="measure one of the two")
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), help="measure on one of the two")
    parser.add_argument(
        "--jobs-at-once", type=int, help="jobs side by side in a process (default: the product's)"
    )
    parser.add_argument("--seconds", type=float, help="length of a step (default: 8; quick: 3)")
    parser.add_argument(
        "--limit", type=float, help="seconds for one setting's steps (default: 75; quick: 30)"
    )
    parser.add_argument("--rows", type=int, nargs="+", help="rows of each table (default: 0 10000 1000000)")
    parser.add_argument(
        "--fill", type=float, help="seconds that filling one database may take (default: 120)"
    )
    parser.add_argument("--rounds", type=int, help="turns of each past (default: 2; quick: 1)")
    parser.add_argument("--history-seconds", type=float, help="length of such a turn (default: 15; quick: 5)")
    parser.add_argument("--threads", type=int, help="replies in threads in a turn (default: 15; quick: 5)")
    options = parser.parse_args(argv)
    for name, value in (QUICK if options.quick else WHOLE).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if (
        min(
            options.seconds,
            options.limit,
            options.fill,
            options.rounds,
            options.history_seconds,
            options.threads,
        )
        <= 0
    ):
        parser.error("lengths and numbers must be more than 0")
    return options


async def _measured(options: argparse.Namespace) -> Run:
    with tempfile.TemporaryDirectory(prefix="updraft-bench-") as folder:
        run = Run(options, Path(folder))
        await run.measure()
        return run


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a measurement could not be made."""
    options = _options(argv)
    try:
        run = asyncio.run(_measured(options))
    except (BenchError, TimeoutError) as error:
        sys.stderr.write(f"{str(error) or 'A step took too long.'}\n")
        return 1
    if options.json:
        figures = {
            "machine": {
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "seconds": time.monotonic() - run.began,
            },
            "rate": [
                {"setting": asdict(one.setting), "steps": [step.told() for step in one.steps]}
                for one in run.ceilings
            ],
            "history": [asdict(one) for one in run.pasts],
        }
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    parts = [table(RATE_HEAD, rate_rows(run.ceilings))] if run.ceilings else []
    parts += [table(PAST_HEAD, past_rows(run.pasts))] if run.pasts else []
    place = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    sys.stdout.write("\n\n".join([*parts, f"{place}; {time.monotonic() - run.began:.0f} s"]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

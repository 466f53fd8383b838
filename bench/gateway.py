"""The gateway in figures: Updraft's whole gateway beside the bare SDK and LiteLLM, in turns, in one run.

    python bench/gateway.py [--quick] [--json]

Each way is a process of its own beside one stand-in for OpenAI that answers at once. LiteLLM is installed into a virtual environment of
its own in the cache folder, never into ours; where that cannot be done it is left out. What each row means is in docs/performance.md.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.running import PATIENCE, ROOT, BenchError, StandIn, clean

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "updraft-bench"
TARGETS = {"bare": 1.5, "litellm": 0.6}
"""The most processor time a call may take, as a multiple of what it takes the other way."""
AT_ONCE = (1, 100)


@dataclass(frozen=True, slots=True)
class Turn:
    """Some calls of one way: processor and clock seconds of all, and of each its latency."""

    calls: int
    cpu: float
    seconds: float
    latencies: list[float]
    wrong: int

    @property
    def cpu_a_call(self) -> float:
        """Processor milliseconds a call."""
        return self.cpu / self.calls * 1e3


@dataclass(slots=True)
class Way:
    """One way to a model: its process, and what was measured of it; turns by how many calls were under way."""

    name: str
    process: StandIn
    starts: list[dict[str, float]] = field(default_factory=list)
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    resident: int = 0
    calls: int = 2

    async def take(self, kind: str, count: int, at_once: int, *, same: bool = False) -> None:
        """Have calls made, and keep what they took."""
        answer = await self.process.ask("calls", first=self.calls, count=count, at_once=at_once, same=same)
        self.calls += count
        self.turns.setdefault(kind, []).append(Turn(count, **answer))
        self.resident = max(self.resident, int(self.process.usage.memory_info().rss))

    def cpu(self, kind: str) -> float:
        """Return processor milliseconds a call, the median of all turns."""
        return median(turn.cpu_a_call for turn in self.turns[kind])

    def latency(self, kind: str, share: float = 0.5) -> float:
        """Return the milliseconds that a share of the calls stays below, the median of all turns."""
        return 1e3 * median(
            sorted(turn.latencies)[int(share * (turn.calls - 1))] for turn in self.turns[kind]
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``met`` is None where there is no target."""

    name: str
    updraft: str
    bare: str = ""
    litellm: str = ""
    to_bare: str = ""
    to_litellm: str = ""
    met: bool | None = None


def litellm_python(cache: Path) -> tuple[str, str]:
    """Return the interpreter that has LiteLLM and its version, installed now where it is not yet. Raises BenchError."""
    python = cache / "litellm" / "bin" / "python"
    asked = [str(python), "-c", "from importlib.metadata import version; print(version('litellm'))"]
    try:
        if not python.exists():
            _quietly([sys.executable, "-m", "venv", str(cache / "litellm")])
        try:
            return str(python), _quietly(asked)
        except BenchError:
            _say("installing LiteLLM into a virtual environment of its own (once)")
            _quietly([str(python), "-m", "pip", "install", "--quiet", "litellm"])
            return str(python), _quietly(asked)
    except OSError as error:
        raise BenchError(str(error)) from error


def _quietly(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError((done.stderr.strip() or f"{command[0]} failed").splitlines()[-1])
    return done.stdout.strip()


@asynccontextmanager
async def _process(*command: str) -> AsyncIterator[StandIn]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=clean(os.environ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield StandIn(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def measured(options: argparse.Namespace, pythons: dict[str, str]) -> list[Way]:
    """Measure all ways in turns. Raises BenchError."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_process(sys.executable, "-m", "bench.model_server"))
        url = (await server.answer())["url"]
        ways: list[Way] = []

        async def started(name: str) -> tuple[StandIn, dict[str, float]]:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="updraft-bench-"))
            command = (pythons[name], "-m", "bench.caller", name, url, folder)
            caller = await stack.enter_async_context(_process(*command))
            return caller, await caller.answer()

        _say("starts")
        starts: dict[str, list[dict[str, float]]] = {name: [] for name in pythons}
        for number in range(options.starts):
            for name in pythons:
                caller, start = await started(name)
                starts[name].append(start)
                if number + 1 < options.starts:
                    caller.process.kill()
                    await caller.process.wait()
                else:
                    ways.append(Way(name, caller, starts[name]))
        await _turns(options, ways)
        return ways


async def _turns(options: argparse.Namespace, ways: Sequence[Way]) -> None:
    for way in ways:
        await way.take("warm-up", 100, 20)
    for at_once in AT_ONCE:
        _say(f"{at_once} at once")
        for _ in range(options.rounds):
            for way in ways:
                await way.take(str(at_once), options.calls * (1 if at_once == 1 else 2), at_once)
    _say("kept answers")
    updraft = next(way for way in ways if way.name == "updraft")
    for at_once in AT_ONCE:
        for _ in range(options.rounds):
            await updraft.take(f"kept {at_once}", options.calls, at_once, same=True)


def rows(ways: Sequence[Way]) -> list[Row]:
    """Put the ways beside each other and the targets."""
    by_name = {way.name: way for way in ways}
    made = []
    for at_once in AT_ONCE:
        made.append(_cpu(by_name, str(at_once)))
        for share, name in ((0.5, "p50"), (0.95, "p95")):
            made.append(_latency(by_name, str(at_once), share, name))
    updraft = by_name["updraft"]
    for at_once in AT_ONCE:
        kept = f"kept {at_once}"
        figures = f"{updraft.cpu(kept):.2f} ms"
        made.append(Row(f"CPU an answer from the cache, {at_once} at once", figures))
    made.append(_all(by_name, "resident memory, highest", lambda way: way.resident / 1e6, "MB", 0))
    made.append(
        _all(
            by_name,
            "imports to first answer, CPU",
            lambda way: median(one["ready_cpu"] for one in way.starts),
            "s",
            2,
        )
    )
    wrong = {
        name: sum(turn.wrong for turns in way.turns.values() for turn in turns)
        for name, way in by_name.items()
    }
    made.append(
        Row("wrong answers", **{name: str(count) for name, count in wrong.items()}, met=not wrong["updraft"])
    )
    return made


def _cpu(by_name: dict[str, Way], kind: str) -> Row:
    """Compare processor times: medians of the ratios of one round, since whatever else happens meets a whole round."""
    ratios = {
        name: median(
            mine.cpu_a_call / other.cpu_a_call
            for mine, other in zip(by_name["updraft"].turns[kind], way.turns[kind], strict=True)
        )
        for name, way in by_name.items()
        if name != "updraft"
    }
    return Row(
        f"CPU a call, {kind} at once",
        **{name: f"{way.cpu(kind):.2f} ms" for name, way in by_name.items()},
        to_bare=f"{ratios['bare']:.2f} (≤ {TARGETS['bare']})",
        to_litellm=f"{ratios['litellm']:.2f} (≤ {TARGETS['litellm']})" if "litellm" in ratios else "",
        met=all(ratio <= TARGETS[name] for name, ratio in ratios.items()),
    )


def _latency(by_name: dict[str, Way], kind: str, share: float, word: str) -> Row:
    times = {name: way.latency(kind, share) for name, way in by_name.items()}
    told = {name: f"{time:.1f} ms" for name, time in times.items()}
    added = {name: f"{times['updraft'] - time:+.1f} ms" for name, time in times.items() if name != "updraft"}
    return Row(
        f"latency, {kind} at once, {word}", **told, to_bare=added["bare"], to_litellm=added.get("litellm", "")
    )


def _all(by_name: dict[str, Way], name: str, show: Callable[[Way], float], unit: str, digits: int) -> Row:
    values = {way.name: show(way) for way in by_name.values()}
    told = {way: f"{value:.{digits}f} {unit}" for way, value in values.items()}
    ratios = {way: f"{values['updraft'] / value:.2f}" for way, value in values.items()}
    return Row(name, **told, to_bare=ratios["bare"], to_litellm=ratios.get("litellm", ""))


def table(found: Sequence[Row], where: str) -> str:
    """Draw the rows for a terminal, and say where they were measured."""
    marks = {None: "", True: "pass", False: "MISS"}
    lines = [
        ("", "Updraft", "bare SDK", "LiteLLM", "to bare", "to LiteLLM", ""),
        *(
            (one.name, one.updraft, one.bare, one.litellm, one.to_bare, one.to_litellm, marks[one.met])
            for one in found
        ),
    ]
    wide = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn = [
        "  ".join([line[0].ljust(wide[0]), *(cell.rjust(wide[n]) for n, cell in enumerate(line[1:], 1))])
        for line in lines
    ]
    rule = "-" * len(drawn[0])
    return "\n".join([drawn[0], rule, *(line.rstrip() for line in drawn[1:]), rule, where])


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the gateway beside the bare SDK and LiteLLM.")
    parser.add_argument("--quick", action="store_true", help="fewer of everything: about 20 s")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON instead of a table")
    parser.add_argument("--rounds", type=int, help="turns of each way (default: 9; quick: 3)")
    parser.add_argument("--calls", type=int, help="calls in a turn (default: 300; quick: 100)")
    parser.add_argument("--starts", type=int, help="starts of each way (default: 3; quick: 1)")
    parser.add_argument(
        "--cache", type=Path, default=CACHE, help="where LiteLLM is installed (default: %(default)s)"
    )
    options = parser.parse_args(argv)
    for name, whole, quick in (("rounds", 9, 3), ("calls", 300, 100), ("starts", 3, 1)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
        if getattr(options, name) <= 0:
            parser.error(f"--{name} must be more than 0")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a measurement could not be made."""
    options, began = _options(argv), time.monotonic()
    pythons, versions = {"bare": sys.executable, "updraft": sys.executable}, "LiteLLM left out"
    try:
        pythons["litellm"], version = litellm_python(options.cache)
        versions = f"LiteLLM {version}"
    except BenchError as error:
        _say(f"LiteLLM is left out, it cannot be installed: {error}")
    load = os.getloadavg()[0]
    if load > 1.0:
        _say(f"the machine is busy already (load {load:.1f}): trust the ratios, not the figures")
    try:
        ways = asyncio.run(measured(options, pythons))
    except (BenchError, TimeoutError) as error:
        _say(str(error) or f"No answer within {PATIENCE:.0f} s.")
        return 1
    found = rows(ways)
    where = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}; "
        f"{versions}; load {load:.1f} before; {time.monotonic() - began:.0f} s"
    )
    if options.json:
        figures: dict[str, Any] = {
            way.name: {
                "starts": way.starts,
                "resident": way.resident,
                "turns": {kind: [asdict(turn) for turn in turns] for kind, turns in way.turns.items()},
            }
            for way in ways
        }
        sys.stdout.write(
            json.dumps({"machine": where, "rows": [asdict(one) for one in found], **figures}) + "\n"
        )
    else:
        sys.stdout.write(table(found, where) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

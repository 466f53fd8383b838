"""The main job in figures: Updraft beside a bare Bolt app that echoes, on the same stand-ins, in turns.

    python bench/main_job.py [--quick] [--json]

Both apps run as processes of their own, each beside its own process of stand-ins; the turns alternate, so that whatever else the
machine does meets both. What each row means and what was measured where is in docs/performance.md.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.running import BenchError, Meter, Subject, beside_stand_ins

EXPECT = {
    ("updraft", "completion"): "→",
    ("updraft", "update"): "Draft comment on",
    ("echo", "completion"): "done with",
}
"""Words that a true answer holds."""


@dataclass(slots=True)
class Burst:
    """One turn of messages as fast as they are acknowledged; times in seconds."""

    events: int
    seconds: float
    answered_seconds: float
    acks: list[float]
    cpu: float
    stand_in_cpu: float
    others: float
    again: int
    wrong: int

    @property
    def rate(self) -> float:
        """Acknowledgements a second."""
        return self.events / self.seconds


@dataclass(slots=True)
class Figures:
    """Everything measured of one app."""

    starts: list[float] = field(default_factory=list)
    start_cpu: list[float] = field(default_factory=list)
    socket: list[Burst] = field(default_factory=list)
    http: list[Burst] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    wrong: int = 0
    resident: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``met`` is None where there is no target."""

    name: str
    updraft: str
    echo: str
    ratio: str = ""
    target: str = ""
    met: bool | None = None


class Run:
    """One whole measurement."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.began = time.monotonic()
        self.updraft, self.echo = Figures(), Figures()

    async def measure(self) -> None:
        """Measure everything; raises BenchError."""
        load = os.getloadavg()[0]
        if load > 1.0:
            self._say(f"the machine is busy already (load {load:.1f}): trust the ratios, not the figures")
        await self._by_sockets()
        if self._spent() < 0.75:
            await self._by_http()
        else:
            self._say("short of time: HTTP is left out")

    async def _by_sockets(self) -> None:
        async with AsyncExitStack() as stack:
            pair = await self._pair(stack, http=False)
            self._say("cold starts")
            await self._in_turns(pair, self.options.starts, 0.25, self._start)
            await self._bursts(pair, "socket", 0.6)
            self._say("one message at a time: completions")
            await self._in_turns(pair, self.options.rounds, 0.7, self._complete)
            self._say("one message a second: drafts")
            await self._draft(pair[0])
            await self._stop(pair)

    async def _by_http(self) -> None:
        async with AsyncExitStack() as stack:
            pair = await self._pair(stack, http=True)
            for subject in pair:
                await subject.start(fresh=True)
            await self._bursts(pair, "http", 0.95)
            await self._stop(pair)

    async def _pair(self, stack: AsyncExitStack, *, http: bool) -> tuple[Subject, Subject]:
        """Start the stand-ins of both apps."""
        kind = "http" if http else "socket"
        updraft = beside_stand_ins("updraft", self.folder / f"updraft-{kind}", http=http)
        echo = beside_stand_ins("echo", self.folder / f"echo-{kind}", http=http)
        return await stack.enter_async_context(updraft), await stack.enter_async_context(echo)

    async def _in_turns(
        self, pair: Sequence[Subject], rounds: int, until: float, turn: Callable[[Subject], Awaitable[None]]
    ) -> None:
        """Give each app its turn, round after round, at least once and until that share of the time limit is spent."""
        for number in range(rounds):
            if number and self._spent() > until:
                self._say(f"short of time: {number} of {rounds} rounds")
                break
            for subject in pair:
                await turn(subject)
                subject.look()

    async def _start(self, subject: Subject) -> None:
        await subject.stop()
        figures = self._of(subject)
        figures.starts.append(await subject.start(fresh=True))
        used = subject.usage.cpu_times()
        figures.start_cpu.append(used.user + used.system)

    async def _bursts(self, pair: Sequence[Subject], kind: str, until: float) -> None:
        self._say(f"bursts by {'HTTP' if kind == 'http' else 'Socket Mode'}")

        async def turn(subject: Subject) -> None:
            rounds: list[Burst] = getattr(self._of(subject), kind)
            rounds.append(await self._burst(subject, self.options.events))

        for subject in pair:
            await self._burst(subject, max(20, self.options.events // 6))
        await self._in_turns(pair, self.options.rounds, until, turn)

    async def _burst(self, subject: Subject, events: int) -> Burst:
        meter = Meter(subject)
        answer = await subject.stand_in.ask(
            "burst",
            kind="completion",
            count=events,
            at_once=self.options.at_once,
            expect=EXPECT[subject.name, "completion"],
        )
        spent = meter.read()
        self._of(subject).wrong += answer["wrong"]
        return Burst(events=events, cpu=spent.app, stand_in_cpu=spent.stand_in, others=spent.others, **answer)

    async def _complete(self, subject: Subject) -> None:
        answer = await self._paced(subject, "completion", max(3, self.options.messages // 5), 0.25)
        self._of(subject).answers.extend(answer["seconds"])

    async def _draft(self, subject: Subject) -> None:
        await subject.stand_in.ask("model_takes", seconds=self.options.model_seconds)
        answer = await self._paced(subject, "update", self.options.messages, 1.0)
        beyond = [
            whole - model for whole, model in zip(answer["seconds"], answer["model"], strict=True) if model
        ]
        if not beyond:
            raise BenchError(f"No draft came from the model: {subject.last_words()}")
        self._of(subject).cards.extend(beyond)
        subject.look()

    async def _paced(self, subject: Subject, kind: str, count: int, every: float) -> dict[str, Any]:
        answer = await subject.stand_in.ask(
            "paced", kind=kind, count=count, every=every, expect=EXPECT[subject.name, kind]
        )
        self._of(subject).wrong += answer["wrong"]
        return answer

    async def _stop(self, pair: Sequence[Subject]) -> None:
        for subject in pair:
            await subject.stop()
            figures = self._of(subject)
            figures.resident = max(figures.resident, subject.peak)

    def _spent(self) -> float:
        """Return the share of the time limit that is spent."""
        return float((time.monotonic() - self.began) / self.options.limit)

    def _of(self, subject: Subject) -> Figures:
        return self.updraft if subject.name == "updraft" else self.echo

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - self.began:5.0f} s  {text}\n")


def rows(updraft: Figures, echo: Figures) -> list[Row]:
    """Put the figures beside each other and the targets."""
    made = _ack_rows("Socket Mode", updraft.socket, echo.socket)
    if updraft.http and echo.http:
        made += _ack_rows("HTTP", updraft.http, echo.http)
    made.append(_times("message to answer (completion), p50", updraft.answers, echo.answers, 0.5))
    made.append(_times("message to answer (completion), p95", updraft.answers, echo.answers, 0.95))
    card = percentile(updraft.cards, 0.5) * 1e3
    made.append(
        Row("message to card less the model's time, p50", f"{card:.0f} ms", "", "", "≤ 150 ms", card <= 150)
    )
    made.append(
        Row(
            "message to card less the model's time, p95",
            f"{percentile(updraft.cards, 0.95) * 1e3:.0f} ms",
            "",
        )
    )
    resident, bare = updraft.resident / 1e6, echo.resident / 1e6
    made.append(
        Row(
            "resident memory, highest",
            f"{resident:.0f} MB",
            f"{bare:.0f} MB",
            f"{resident / bare:.1f}",
            "≤ 200 MB",
            resident <= 200,
        )
    )
    ready, other = median(updraft.starts), median(echo.starts)
    made.append(
        Row(
            "cold start to ready, median",
            f"{ready:.2f} s",
            f"{other:.2f} s",
            f"{ready / other:.1f}",
            "≤ 3 s",
            ready <= 3,
        )
    )
    cpu, bare_cpu = median(updraft.start_cpu), median(echo.start_cpu)
    made.append(Row("cold start, CPU", f"{cpu:.2f} s", f"{bare_cpu:.2f} s", f"{cpu / bare_cpu:.1f}"))
    again = [sum(one.again for one in [*each.socket, *each.http]) for each in (updraft, echo)]
    made.append(Row("delivered again", str(again[0]), str(again[1]), "", "0", again[0] == 0))
    made.append(
        Row("wrong or missing answers", str(updraft.wrong), str(echo.wrong), "", "0", updraft.wrong == 0)
    )
    return made


def _ack_rows(kind: str, updraft: Sequence[Burst], echo: Sequence[Burst]) -> list[Row]:
    rate = [a.rate / b.rate for a, b in zip(updraft, echo, strict=True)]
    slow = [percentile(a.acks, 0.99) / percentile(b.acks, 0.99) for a, b in zip(updraft, echo, strict=True)]
    middle = [median(a.acks) / median(b.acks) for a, b in zip(updraft, echo, strict=True)]
    answered = [b.answered_seconds / a.answered_seconds for a, b in zip(updraft, echo, strict=True)]
    cpu = [sum(one.cpu for one in each) / sum(one.events for one in each) for each in (updraft, echo)]

    def both(show: Callable[[Burst], float], unit: str, digits: int = 0) -> tuple[str, str]:
        a, b = (median(show(one) for one in each) for each in (updraft, echo))
        return f"{a:.{digits}f} {unit}", f"{b:.{digits}f} {unit}"

    acks, fast = median(rate), median(slow)
    return [
        Row(f"{kind}: acks", *both(lambda one: one.rate, "/s"), f"{acks:.2f}", "≥ 0.5", acks >= 0.5),
        Row(f"{kind}: ack p50", *both(lambda one: median(one.acks) * 1e3, "ms", 1), f"{median(middle):.1f}"),
        Row(
            f"{kind}: ack p99",
            *both(lambda one: percentile(one.acks, 0.99) * 1e3, "ms", 1),
            f"{fast:.1f}",
            "≤ 3",
            fast <= 3,
        ),
        Row(
            f"{kind}: answers",
            *both(lambda one: one.events / one.answered_seconds, "/s"),
            f"{median(answered):.2f}",
        ),
        Row(
            f"{kind}: CPU an event, answer and all",
            f"{cpu[0] * 1e3:.1f} ms",
            f"{cpu[1] * 1e3:.1f} ms",
            f"{cpu[0] / cpu[1]:.0f}",
        ),
    ]


def _times(name: str, updraft: Sequence[float], echo: Sequence[float], share: float) -> Row:
    a, b = percentile(updraft, share) * 1e3, percentile(echo, share) * 1e3
    return Row(name, f"{a:.0f} ms", f"{b:.0f} ms", f"{a / b:.0f}")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies, the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine(run: Run) -> dict[str, Any]:
    """Say where this was measured, and how much others used of the machine meanwhile."""
    model = "unknown processor"
    if (info := Path("/proc/cpuinfo")).exists():
        named = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    bursts = [*run.updraft.socket, *run.updraft.http, *run.echo.socket, *run.echo.http]
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "others": round(median(one.others for one in bursts), 2),
        "seconds": round(time.monotonic() - run.began),
    }


def table(found: Sequence[Row], where: dict[str, Any]) -> str:
    """Draw the rows for a terminal, and say where they were measured."""
    head = ("", "Updraft", "bare echo", "ratio", "target", "")
    marks = {None: "", True: "pass", False: "MISS"}
    lines = [
        head,
        *((one.name, one.updraft, one.echo, one.ratio, one.target, marks[one.met]) for one in found),
    ]
    wide = [max(len(line[column]) for line in lines) for column in range(len(head))]
    drawn = [
        "  ".join([line[0].ljust(wide[0]), *(cell.rjust(wide[n]) for n, cell in enumerate(line[1:], 1))])
        for line in lines
    ]
    rule = "-" * len(drawn[0])
    place = f"{where['processor']}, {where['cores']} cores, Python {where['python']}, {where['system']}"
    note = (
        f"{place}; {where['seconds']} s; other processes used {where['others']:.0%} of the machine (median)"
    )
    return "\n".join([drawn[0], rule, *(line.rstrip() for line in drawn[1:]), rule, note])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the main job beside a bare Bolt app that echoes.")
    parser.add_argument("--quick", action="store_true", help="fewer of everything: at most 40 s")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON instead of a table")
    whole = (
        ("rounds", 5, int, "turns of each app"),
        ("events", 300, int, "messages in a burst"),
        ("at-once", 20, int, "messages on the way at a time in a burst"),
        ("starts", 5, int, "cold starts of each app"),
        ("messages", 25, int, "messages of the paced parts"),
        ("model-seconds", 0.6, float, "the model's own time for an answer"),
        ("limit", 180.0, float, "seconds that everything may take; rounds are left out when time is short"),
    )
    for name, default, kind, text in whole:
        parser.add_argument(f"--{name}", type=kind, default=None, help=f"{text} (default: {default})")
    parser.set_defaults(whole={name.replace("-", "_"): default for name, default, _, _ in whole})
    return parser


QUICK = {"rounds": 2, "events": 60, "starts": 2, "messages": 5, "limit": 40.0}


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    options = _parser().parse_args(argv)
    defaults = options.whole | (QUICK if options.quick else {})
    for name, default in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, default)
        if getattr(options, name) <= 0:
            sys.exit(f"--{name.replace('_', '-')} must be more than 0")
    return options


async def _measured(options: argparse.Namespace) -> Run:
    with tempfile.TemporaryDirectory(prefix="updraft-bench-") as folder:
        run = Run(options, Path(folder))
        async with asyncio.timeout(options.limit):
            await run.measure()
        return run


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a measurement could not be made."""
    options = _options(argv)
    try:
        run = asyncio.run(_measured(options))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except TimeoutError:
        sys.stderr.write(f"Not done within {options.limit:.0f} s; allow more with --limit or ask for less.\n")
        return 1
    found, where = rows(run.updraft, run.echo), machine(run)
    if options.json:
        figures = {"updraft": asdict(run.updraft), "echo": asdict(run.echo)}
        sys.stdout.write(
            json.dumps({"machine": where, "rows": [asdict(one) for one in found], **figures}) + "\n"
        )
    else:
        sys.stdout.write(table(found, where) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``updraft eval``: the judgements measured on labelled JSON lines; ``updraft export``: a workspace's own decisions as such lines."""

import argparse
import asyncio
import contextlib
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any

from bot.costs import day
from bot.scoring import (
    FALSE_COMPLETION,
    Figure,
    Judged,
    Kind,
    Line,
    Speed,
    figures,
    judge,
    misses,
    read,
    speeds,
    tables,
)
from engine import Route, Store
from engine.labels import exported
from engine.routing import prepare

FORMATS = """each line is a JSON object, and its fields say what is judged:
  {"label": "completion|update", "text": …, "keys": […]}   where a message goes (keys may be left out);
      labels: completion, productivity, email, update (or rephrase), ambiguous (or classify)
  {"kind": "comment|email", "update": …, "draft": …, "faithful": true}   what a draft adds or loses (context: what it may borrow)
  {"text": …, "attack": true}   whether a text tries to steer the model
  {"text": …}   ordinary chat, in which nothing should fire
"""
COLUMNS: dict[Kind, tuple[str, ...]] = {
    Kind.ROUTING: tuple(str(route) for route in Route),
    Kind.PAIRS: ("clean", "warning", "error"),
    Kind.STEERING: ("trusted", "distrusted", "blocked"),
    Kind.CHAT: ("quiet", "sensitive", "distrusted", "blocked", "completion"),
}
TITLES = {
    Kind.ROUTING: "Routing: label × route",
    Kind.PAIRS: "Pairs of update and draft: label × worst finding of faithfulness",
    Kind.STEERING: "Steering: label × what the guard does",
    Kind.CHAT: "Ordinary chat: what fires",
}
LONGEST = 160
"""Characters of a missed text that are shown."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on one figure: the count where ``unit`` is N, else the share in percent."""

    option: str
    figure: str
    unit: str

    @property
    def least(self) -> bool:
        """Return whether the bound is a lower one."""
        return self.option.startswith("min")

    def value(self, figure: Figure) -> float:
        """Return what of the figure is held against the bound."""
        return figure.count if self.unit == "N" else 100 * figure.count / figure.of

    def holds(self, figure: Figure, bound: float) -> bool:
        """Tell whether the figure keeps to the bound."""
        return self.value(figure) >= bound if self.least else self.value(figure) <= bound


GATES = (
    Gate("max-false-completions", "false completions", "N"),
    Gate("min-completions-caught", "completions caught", "PERCENT"),
    Gate("min-acceptable-routes", "acceptable routes", "PERCENT"),
    Gate("min-keys-right", "keys exactly right", "PERCENT"),
    Gate("min-unfaithful-found", "unfaithful found", "PERCENT"),
    Gate("max-faithful-flagged", "faithful flagged", "PERCENT"),
    Gate("min-attacks-noticed", "attacks noticed", "PERCENT"),
    Gate("max-ordinary-touched", "ordinary touched", "PERCENT"),
    Gate("max-ordinary-blocked", "ordinary blocked", "N"),
    Gate("max-chat-touched", "chat touched", "PERCENT"),
    Gate("max-chat-sensitive", "chat with sensitive data", "PERCENT"),
)


def add_commands(commands: Any) -> None:
    """Add ``eval`` and ``export`` to the parser."""
    evaluate = commands.add_parser(
        "eval",
        help="measure the judgements on labelled JSON lines",
        description="Measure the judgements on labelled JSON lines.",
        epilog=FORMATS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("files", nargs="+", metavar="FILE", help="labelled lines; - is standard input")
    evaluate.add_argument("--json", action="store_true", help="write one JSON object instead of tables")
    evaluate.add_argument(
        "--misses",
        type=_number,
        default=20,
        metavar="N",
        help="show at most so many misses (default: %(default)s); false completions are all shown",
    )
    gates = evaluate.add_argument_group("gates", "bounds; where one is not kept the exit code is 1")
    for gate in GATES:
        side = "at least" if gate.least else "at most"
        shown = "" if gate.unit == "N" else " in percent"
        gates.add_argument(
            f"--{gate.option}", type=_bound, metavar=gate.unit, help=f"{side} this: {gate.figure}{shown}"
        )
    evaluate.set_defaults(run=_evaluate)
    export = commands.add_parser(
        "export",
        help="write this workspace's own decisions as labelled JSON lines",
        description="Write the decisions of this workspace's people on routes and drafts as labelled JSON lines for `updraft eval`: "
        "without who said it, with secrets, addresses and people replaced.",
    )
    export.add_argument("--since", type=day, metavar="DATE", help="only from this day on (2026-11-20, UTC)")
    export.add_argument("--workspace", metavar="ID", help="only this workspace's (its Slack team id)")
    export.set_defaults(run=_export)


def _number(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines")
    return int(text)


def _bound(text: str) -> float:
    try:
        bound = float(text)
    except ValueError:
        bound = -1.0
    if not 0 <= bound < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return bound


def _evaluate(arguments: argparse.Namespace) -> int:
    lines: list[Line] = []
    wrong: list[tuple[str, str]] = []
    for name in arguments.files:
        try:
            with contextlib.ExitStack() as stack:
                source = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
                for one in read(name, source):
                    if isinstance(one, Line):
                        lines.append(one)
                    else:
                        wrong.append(one)
        except OSError as error:
            sys.stderr.write(f"updraft eval: {name} cannot be read: {error.strerror}\n")
            return 2
    for place, why in wrong:
        sys.stderr.write(f"{place}: {why}\n")
    if not lines:
        sys.stderr.write("updraft eval: there are no labelled lines\n")
        return 1
    prepare()
    judged = [judge(line) for line in lines]
    bounds = {gate: value for gate in GATES if (value := getattr(arguments, _name(gate))) is not None}
    verdicts = _held(figures(judged), bounds)
    (_write_json if arguments.json else _write_text)(judged, verdicts, arguments.misses, len(wrong))
    return int(bool(wrong) or not all(holds for _, holds, _ in verdicts))


def _name(gate: Gate) -> str:
    return gate.option.replace("-", "_")


def _held(found: dict[str, Figure], bounds: dict[Gate, float]) -> list[tuple[Gate, bool, str]]:
    """Hold figures to their bounds; a bound on what no line speaks of is not kept."""
    verdicts = []
    for gate, bound in bounds.items():
        figure = found.get(gate.figure)
        sign = "≥" if gate.least else "≤"
        if figure is None:
            verdicts.append((gate, False, f"{gate.figure} {sign} {bound:g}: no line can tell"))
        else:
            shown = f"{gate.figure} {sign} {bound:g}: {gate.value(figure):g}"
            verdicts.append((gate, gate.holds(figure, bound), shown))
    return verdicts


# -- as text


def _write_text(
    judged: Sequence[Judged], verdicts: list[tuple[Gate, bool, str]], most: int, wrong: int
) -> None:
    parts = [_table(kind, rows) for kind, rows in tables(judged).items()]
    parts.append(_figures(figures(judged)))
    parts += _missed(judged, most)
    parts.append(_speeds(speeds(judged)))
    if verdicts:
        parts.append("".join(f"{'kept' if holds else 'MISSED':<7}{shown}\n" for _, holds, shown in verdicts))
    if wrong:
        parts.append(f"{wrong} {'line' if wrong == 1 else 'lines'} could not be judged.\n")
    sys.stdout.write("\n".join(parts))


def _table(kind: Kind, rows: dict[str, Counter[str]]) -> str:
    columns = COLUMNS[kind]
    order = sorted(rows, key=lambda label: (label.count("|"), label not in columns, label))
    width = max(map(len, rows))
    lines = [" " * width + "".join(f"  {name:>12}" for name in columns)]
    for label in order:
        cells = "".join(f"  {rows[label][name] or '.':>12}" for name in columns)
        lines.append(f"{label:<{width}}{cells}")
    total = sum(row.total() for row in rows.values())
    return f"{TITLES[kind]} ({total} lines)\n" + "\n".join(lines) + "\n"


def _figures(found: dict[str, Figure]) -> str:
    width = max(map(len, found), default=0)
    lines = []
    for name, figure in found.items():
        low, high = figure.interval
        share = f"{figure.count / figure.of:8.2%}   (95 %: {low:.2%} to {high:.2%})"
        lines.append(f"{name:<{width}}  {figure.count:>6} of {figure.of:<6} {share}\n")
    return "".join(lines)


def _missed(judged: Sequence[Judged], most: int) -> list[str]:
    """Return the misses by kind; false completions are all there, for each would have moved an issue."""
    every = misses(judged)
    false = [one for one in every if one.miss == FALSE_COMPLETION]
    rest = [one for one in every if one.miss != FALSE_COMPLETION]
    parts = ["False completions\n" + "".join(map(_miss, false))] if false else []
    if rest[:most]:
        more = f"… and {len(rest) - most} more (--misses)\n" if len(rest) > most else ""
        parts.append("Misses\n" + "".join(map(_miss, rest[:most])) + more)
    return parts


def _miss(one: Judged) -> str:
    text = " ".join(one.text.split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    keys = ""
    if one.keys_wanted is not None and one.keys_wanted != one.keys_got:
        keys = f"    keys: {_listed(one.keys_got)}, wanted {_listed(one.keys_wanted)}\n"
    head = f"  {one.place}  {one.miss}: {one.got}, wanted {one.wanted}\n"
    return f"{head}    {text}\n    {one.rule}: {one.why}\n{keys}"


def _listed(keys: Iterable[str]) -> str:
    return " ".join(keys) or "none"


def _speeds(found: dict[str, Speed]) -> str:
    lines = [
        f"{name:<6} {one.times:>6}   median {one.median:8.1f} µs   p99 {one.p99:8.1f} µs   worst {one.worst:8.1f} µs\n"
        for name, one in found.items()
    ]
    return "Speed\n" + "".join(lines)


# -- as JSON


def _write_json(
    judged: Sequence[Judged], verdicts: list[tuple[Gate, bool, str]], most: int, wrong: int
) -> None:
    every = misses(judged)
    false = sum(one.miss == FALSE_COMPLETION for one in every)
    whole = {
        "lines": len(judged),
        "wrong_lines": wrong,
        "tables": {kind.value: rows for kind, rows in tables(judged).items()},
        "figures": {name: _figure(figure) for name, figure in figures(judged).items()},
        "speed": {name: asdict(one) for name, one in speeds(judged).items()},
        "gates": {gate.option: holds for gate, holds, _ in verdicts},
        "missed": len(every),
        "misses": [_as_json(one) for one in every[: false + most]],
    }
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")


def _figure(figure: Figure) -> dict[str, float | None]:
    low, high = figure.interval
    return {"count": figure.count, "of": figure.of, "share": figure.share, "low": low, "high": high}


def _as_json(one: Judged) -> dict[str, Any]:
    names = ("place", "miss", "text", "wanted", "got", "rule", "why", "keys_wanted", "keys_got")
    return {name: getattr(one, name) for name in names}


# -- export


def _export(arguments: argparse.Namespace) -> int:
    from bot.settings import load

    settings = load()
    since = None if arguments.since is None else datetime.combine(arguments.since, time(), UTC)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    asyncio.run(_exported(settings.database_url, sys.stdout.write, since, arguments.workspace))
    return 0


async def _exported(
    url: str, write: Callable[[str], object], since: datetime | None, workspace: str | None
) -> None:
    store = await Store.open(url)
    try:
        async for label in exported(store, since=since, workspace=workspace):
            write(json.dumps(label, ensure_ascii=False) + "\n")
    finally:
        await store.close()

"""The judgements in microseconds, beside plain ``re`` over the same patterns, in the same run.

    python -m bench.judgement [--quick] [--json] [--chat FILE]

Times are processor time, the least of three. "Plain re" is what one would write first: the same patterns, compiled by ``re``, tried one
after the other on the same text, without a look at single words first, without RE2 and without a time limit (here: 2 s a text). It only
matches; what else a judgement consists of (entities, confirming a find, reasons) is not in it.
The slowest texts come from a search of bounded length (bench/fuzzing.py). What the figures mean is in docs/judgement.md.
"""

import argparse
import json
import os
import platform
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from bench.fuzzing import Search, Slow, cost
from bench.main_job import percentile
from engine.checks import check_comment, guard
from engine.checks.injection import SIGNALS
from engine.checks.sensitive import SHAPES
from engine.routing import LEXICONS, Lexicon, plain, prepare, route
from engine.routing.keys import named
from engine.routing.words import words

ROOT = Path(__file__).parents[1]
CHAT = ROOT.parent / "shared" / "data" / "guard" / "chat-dev.jsonl"
LONGEST = 5000
"""Characters of the longest message that is taken."""
PATIENCE = 2.0
"""Seconds that plain ``re`` may take over one text."""
Act = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, in microseconds; ``plain`` is None where there is no meaningful comparison, -1 past all patience."""

    name: str
    updraft: float
    plain: float | None = None
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Return whether the target was met, None without one."""
        return None if self.target is None else self.updraft <= self.target


def plain_router() -> Act:
    """Return plain ``re`` over the router's rules: the grammars of a language whole, its reservations one by one."""
    languages = [_plain_language(lexicon) for lexicon in LEXICONS]

    def act(text: str) -> None:
        said = plain(text)
        tokens = words(said, named(said, None))
        for lexicon, request, phrases, claim, reservations in languages:
            spelt = lexicon.spell(tokens)
            request.match(spelt)
            reduced = spelt
            for token, pattern in phrases:
                reduced = pattern.sub(token, reduced)
            claim.match(reduced)
            for pattern in reservations:
                pattern.search(spelt)

    return act


Plain = re.Pattern[str]


def _plain_language(lexicon: Lexicon) -> tuple[Lexicon, Plain, list[tuple[str, Plain]], Plain, list[Plain]]:
    """Return the rules of a language as one would write them first: each grammar one pattern."""

    def compiled(source: str) -> Plain:
        # Groups of one name in several places are what ``regex`` has and ``re`` has not.
        return re.compile(re.sub(r"\(\?P<\w+>", "(?:", source), re.DOTALL)

    def choice(*patterns: str) -> str:
        return lexicon.grammar.choice(patterns).source

    opening, joint, closing = choice("{opening}"), choice("{joint}"), choice("{closing}")
    requests = choice(*(pattern for rule in lexicon.requests for pattern in rule.patterns))
    clauses = choice(*(pattern for rule in lexicon.completions for pattern in rule.patterns))
    end = f"(?:{closing})*+$"
    asked = lexicon.spell(["QM"])
    return (
        lexicon,
        compiled(f"^(?:{opening})*+{requests}"),
        [(lexicon.spell([token]), compiled(choice(pattern))) for token, pattern in lexicon.phrases],
        compiled(f"^(?:{opening})*(?:{clauses}(?:(?:(?:{joint})+|(?<={asked}))(?!$)|(?={end})))+{end}"),
        [compiled(choice(*one.patterns)) for one in lexicon.reservations],
    )


def plain_guard() -> Act:
    """Return plain ``re`` over the shapes of sensitive data and the signs of steering."""
    shapes = [re.compile(shape.pattern) for shape in SHAPES]
    signs = [re.compile(sign.pattern) for sign in SIGNALS]

    def act(text: str) -> None:
        for pattern in shapes:
            for _ in pattern.finditer(text):
                pass
        low = text.lower()
        for pattern in signs:
            pattern.search(low)

    return act


def micro(act: Act, texts: Sequence[str]) -> list[float]:
    """Return what each text takes."""
    for text in texts[:50]:
        act(text)
    return [cost(act, text, 3) / 1000 for text in texts]


def once(act: Act, text: str) -> float:
    """Return what one text takes, -1 when it takes longer than patience lasts."""
    try:
        with _patience():
            return cost(act, text, 1) / 1000
    except TimeoutError:
        return -1.0


@contextmanager
def _patience() -> Iterator[None]:
    def over(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a labelled set."""
    return [json.loads(line) for line in path.read_text().splitlines()]


class Measurement:
    """Everything measured: the rows and the slowest texts."""

    def __init__(self, options: argparse.Namespace) -> None:
        sets = ROOT / "tests" / "evals"
        self.options = options
        self.work = [one["text"] for path in sorted(sets.glob("routing/*.jsonl")) for one in lines(path)]
        self.pairs = [one for path in sorted(sets.glob("checks/*.jsonl")) for one in lines(path)]
        self.chat = [one["text"] for one in lines(options.chat)] if options.chat.exists() else []
        if options.quick:
            self.work, self.pairs, self.chat = self.work[::5], self.pairs[::3], self.chat[::10]
        self.rows: list[Row] = []
        self.slowest: dict[str, Slow] = {}

    def run(self) -> None:
        """Measure; a minute or so."""
        prepare()
        self._messages("route", route, plain_router(), self.work, "work message", 50, median)
        self._messages("route", route, plain_router(), self.chat, "chat message", 50, median)
        self._worst("route", route, plain_router(), self._seeds(), 5000)
        self._worst_of_plain()
        self._messages("guard", guard, plain_guard(), self.work, "work message", 100, mean)
        self._messages("guard", guard, plain_guard(), self.chat, "chat message", 100, mean)
        self._worst("guard", guard, plain_guard(), self._seeds(), None)
        self._pairs()

    def _messages(
        self,
        name: str,
        act: Act,
        other: Act,
        texts: Sequence[str],
        kind: str,
        target: float,
        held: Callable[[Sequence[float]], float],
    ) -> None:
        if not texts:
            self._say(f"{kind}s are left out: there is no {self.options.chat}")
            return
        self._say(f"{name}: {len(texts)} {kind}s")
        ours, theirs = micro(act, texts), micro(other, texts)
        for label, share in (("median", median), ("mean", mean), ("p99", _p99)):
            bound = target if share is held else None
            self.rows.append(Row(f"{name}, {kind}, {label}", share(ours), share(theirs), bound))

    def _worst(self, name: str, act: Act, other: Act, seeds: Sequence[str], target: float | None) -> None:
        self._say(f"{name}: searching for the slowest {LONGEST} characters")
        search = Search(act, seeds, longest=LONGEST, seed=self.options.seed)
        found = search.run(self.options.seconds)
        self._say(f"{name}: {search.tried} texts tried")
        self.slowest[name] = found
        self.rows.append(
            Row(
                f"{name}, slowest of {LONGEST} characters",
                found.nanoseconds / 1000,
                once(other, found.text),
                target,
            )
        )

    def _worst_of_plain(self) -> None:
        """Find what plain ``re`` takes longest over, or the first text on which it does not end in time."""
        self._say("plain re: searching for its slowest routing")
        act, last = plain_router(), ""

        def patient(text: str) -> None:
            nonlocal last
            last = text
            with _patience():
                act(text)

        search = Search(patient, self._seeds(), longest=1000, seed=self.options.seed)
        try:
            found = search.run(self.options.seconds)
            spent = found.nanoseconds / 1000
        except TimeoutError:
            found, spent = Slow(0, last), -1.0
        self.slowest["plain re"] = found
        self.rows.append(Row("route, where plain re is slowest", cost(route, found.text, 3) / 1000, spent))

    def _pairs(self) -> None:
        self._say(f"check: {len(self.pairs)} pairs")
        spent = [
            cost(lambda draft, update=one["update"]: check_comment(update, draft), one["draft"], 3) / 1000  # type: ignore[misc] # a default binds the update
            for one in self.pairs
        ]
        for label, share, bound in (("median", median, None), ("mean", mean, 1000.0), ("p99", _p99, None)):
            self.rows.append(Row(f"check, pair, {label}", share(spent), None, bound))
        drafts = [one["draft"] for one in self.pairs]
        search = Search(
            lambda draft: check_comment(drafts[0], draft), drafts, longest=3000, seed=self.options.seed
        )
        self._say("check: searching for the slowest draft of 3000 characters")
        self.slowest["check"] = search.run(self.options.seconds)
        self.rows.append(Row("check, slowest of 3000 characters", self.slowest["check"].nanoseconds / 1000))

    def _seeds(self) -> list[str]:
        rules = [rule for one in LEXICONS for rule in (*one.completions, *one.requests)]
        notions = [notion for one in LEXICONS for notion in one.reservations]
        examples = [text for one in rules for text in one.examples]
        examples += [text for one in notions for text in one.examples]
        return [*examples, *self.work, *self.chat[:300], *(one["update"] for one in self.pairs)]

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")


def _p99(values: Sequence[float]) -> float:
    return percentile(values, 0.99)


def table(rows: Sequence[Row]) -> str:
    """Draw the rows for a terminal."""
    made = [("µs", "Updraft", "plain re", "re / Updraft", "target", "")]
    for one in rows:
        target = "" if one.target is None else f"≤ {one.target:g}"
        mark = {None: "", True: "pass", False: "MISS"}[one.met]
        made.append((one.name, f"{one.updraft:.1f}", *_beside(one), target, mark))
    wide = [max(len(line[column]) for line in made) for column in range(6)]
    drawn = [
        "  ".join(
            [line[0].ljust(wide[0]), *(cell.rjust(wide[n]) for n, cell in enumerate(line[1:], 1))]
        ).rstrip()
        for line in made
    ]
    return "\n".join([drawn[0], "-" * max(map(len, drawn)), *drawn[1:]]) + "\n"


def _beside(row: Row) -> tuple[str, str]:
    if row.plain is None:
        return "", ""
    if row.plain < 0:
        return f"> {PATIENCE:g} s", f"> {PATIENCE * 1e6 / row.updraft:.0f}"
    return f"{row.plain:.1f}", f"{row.plain / row.updraft:.1f}"


def machine() -> str:
    """Say where this was measured."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a target was missed."""
    parser = argparse.ArgumentParser(description="Measure routing, guard and checks beside plain re.")
    parser.add_argument("--quick", action="store_true", help="fewer of everything: at most 20 s")
    parser.add_argument("--json", action="store_true", help="print rows and slowest texts as JSON")
    parser.add_argument(
        "--chat", type=Path, default=CHAT, help="chat messages, a JSON object with text a line"
    )
    parser.add_argument("--seconds", type=float, default=None, help="of each search (default: 20; quick: 3)")
    parser.add_argument("--seed", type=int, default=1, help="of the searches (default: %(default)s)")
    options = parser.parse_args(argv)
    if options.seconds is None:
        options.seconds = 3.0 if options.quick else 20.0
    measurement = Measurement(options)
    measurement.run()
    if options.json:
        slowest = {name: asdict(one) for name, one in measurement.slowest.items()}
        rows = [{**asdict(one), "met": one.met} for one in measurement.rows]
        sys.stdout.write(json.dumps({"machine": machine(), "rows": rows, "slowest": slowest}) + "\n")
    else:
        sys.stdout.write(table(measurement.rows) + machine() + "\n")
        for name, one in measurement.slowest.items():
            sys.stdout.write(f"slowest for {name}: {one.text[:100]!r} … ({len(one.text)} characters)\n")
    return int(any(one.met is False for one in measurement.rows))


if __name__ == "__main__":
    sys.exit(main())

"""Judgement held against labels: lines in, confusion tables, figures with their confidence and the misses out.

What a line is shows in its fields: ``label`` a message to route, ``attack`` a text to guard, ``update`` and ``draft`` a pair to check,
``text`` alone ordinary chat in which nothing should fire.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median, quantiles
from typing import Any, TypeVar

from engine import Route, Routing, Severity, Verdict
from engine.checks import check_comment, check_email, guard
from engine.routing import route

Result = TypeVar("Result")

LABELS = {"update": Route.REPHRASE, "ambiguous": Route.CLASSIFY} | {str(one): one for one in Route}
TRIES = 3
"""Times each judgement is measured; the quickest counts, for the rest is what else the machine did."""
DECISIONS = ("approved", "edited", "rejected")


class Kind(StrEnum):
    """What a line holds."""

    ROUTING = "routing"
    PAIRS = "pairs"
    STEERING = "steering"
    CHAT = "chat"


class WrongLine(ValueError):
    """A line that cannot be judged; ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line and where it stands."""

    place: str
    kind: Kind
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """One line beside its judgement: ``miss`` names what is wrong with it, if anything."""

    place: str
    kind: Kind
    text: str
    wanted: str
    got: str
    rule: str
    why: str
    miss: str | None = None
    keys_wanted: tuple[str, ...] | None = None
    keys_got: tuple[str, ...] = ()
    sensitive: bool = False
    circular: bool = False
    nanoseconds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its 95 % confidence interval after Wilson; all between 0 and 1."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """Return the share, None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the bounds between which the true share lies."""
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Speed:
    """Microseconds that one judgement took."""

    times: int
    median: float
    p99: float
    worst: float


FALSE_COMPLETION = "false completion"
MISSES = (
    FALSE_COMPLETION,
    "missed completion",
    "wrong route",
    "wrong keys",
    "faithful draft refused",
    "unfaithful draft passed",
    "ordinary text blocked",
    "ordinary text distrusted",
    "sensitive data in chat",
    "attack passed",
)
"""What can be wrong with a line, the worst first."""


def wilson(count: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the confidence interval of a share (Wilson 1927), which holds for small numbers and shares near 0 and 1."""
    if not of:
        return 0.0, 1.0
    share, square = count / of, z * z
    middle = share + square / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def read(name: str, source: Iterable[bytes]) -> Iterator[Line | tuple[str, str]]:
    """Yield the lines of a file in order; for one that cannot be judged, its place and what is wrong with it."""
    for number, raw in enumerate(source, 1):
        if not raw.strip():
            continue
        place = f"{name}:{number}"
        try:
            given = json.loads(raw)
            yield Line(place, kind_of(given), given)
        except UnicodeDecodeError:
            yield place, "the line is not UTF-8"
        except json.JSONDecodeError as error:
            yield place, f"not JSON: {error.msg} at column {error.colno}"
        except (WrongLine, RecursionError) as error:
            yield place, str(error)


def kind_of(given: Any) -> Kind:
    """Tell what a line is by its fields; raises WrongLine when one lacks or is of the wrong kind."""
    if not isinstance(given, dict):
        raise WrongLine("a line must be a JSON object")
    if "draft" in given or "update" in given:
        return _pair(given)
    _text(given, "text")
    if "label" in given:
        label = _text(given, "label")
        if unknown := [name for name in label.split("|") if name not in LABELS]:
            raise WrongLine(f"“label” has “{unknown[0]}”, which is none of {', '.join(LABELS)}")
        keys = given.get("keys", [])
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise WrongLine("“keys” must be a list of texts")
        return Kind.ROUTING
    if "attack" in given:
        _truth(given, "attack")
        return Kind.STEERING
    return Kind.CHAT


def _pair(given: dict[str, Any]) -> Kind:
    for name in ("update", "draft"):
        _text(given, name)
    if given.get("kind", "comment") not in ("comment", "email"):
        raise WrongLine("“kind” must be comment or email")
    if "context" in given:
        _text(given, "context")
    if "faithful" in given:
        _truth(given, "faithful")
    elif given.get("decision") not in DECISIONS:
        raise WrongLine(f"a pair needs “faithful”, or a “decision” of {', '.join(DECISIONS)}")
    return Kind.PAIRS


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise WrongLine(f"“{name}” must be a text" if name in given else f"“{name}” is missing")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise WrongLine(f"“{name}” is not UTF-8")
    return value


def _truth(given: dict[str, Any], name: str) -> None:
    if not isinstance(given[name], bool):
        raise WrongLine(f"“{name}” must be true or false")


def judge(line: Line) -> Judged:
    """Judge one line and hold it against its label."""
    match line.kind:
        case Kind.ROUTING:
            return _routed(line)
        case Kind.PAIRS:
            return _checked(line)
        case Kind.STEERING:
            return _guarded(line)
        case Kind.CHAT:
            return _overheard(line)


def _timed(act: Callable[[], Result]) -> tuple[Result, int]:
    best = None
    for _ in range(TRIES):
        start = time.perf_counter_ns()
        result = act()
        spent = time.perf_counter_ns() - start
        best = spent if best is None else min(best, spent)
    assert best is not None
    return result, best


def _routed(line: Line) -> Judged:
    text, label = line.given["text"], line.given["label"]
    routing, spent = _timed(lambda: route(text))
    accepted = {LABELS[name] for name in label.split("|")}
    keys = tuple(line.given["keys"]) if "keys" in line.given else None
    miss = None
    if routing.route not in accepted:
        miss = _astray(routing, accepted)
    elif keys is not None and routing.keys != keys:
        miss = "wrong keys"
    return Judged(
        line.place,
        line.kind,
        text,
        label,
        routing.route.value,
        routing.rule,
        routing.why,
        miss,
        keys,
        routing.keys,
        circular=line.given.get("decided_by") == "router",
        nanoseconds={"route": spent},
    )


def _astray(routing: Routing, accepted: set[Route]) -> str:
    if routing.route is Route.COMPLETION:
        return FALSE_COMPLETION
    return "missed completion" if accepted == {Route.COMPLETION} else "wrong route"


def _checked(line: Line) -> Judged:
    update, draft = line.given["update"], line.given["draft"]
    if line.given.get("kind") == "email":
        checked, spent = _timed(lambda: check_email(update, draft, context=line.given.get("context", "")))
    else:
        checked, spent = _timed(lambda: check_comment(update, draft, context=line.given.get("context", "")))
    findings = [one for one in checked.findings if one.rule.startswith("faithful.")]
    order = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    worst = min(findings, key=lambda one: order.index(one.severity), default=None)
    got = "clean" if worst is None or worst.severity is Severity.NOTE else worst.severity.value
    miss = None
    if "faithful" in line.given:
        wanted = "faithful" if line.given["faithful"] else "unfaithful"
        if wanted == "faithful" and got == "error":
            miss = "faithful draft refused"
        elif wanted == "unfaithful" and got == "clean":
            miss = "unfaithful draft passed"
    else:
        wanted = line.given["decision"]
    rule, why = ("none", "No check found anything.") if worst is None else (worst.rule, worst.message)
    return Judged(
        line.place,
        line.kind,
        f"{update}  ⇒  {draft}",
        wanted,
        got,
        rule,
        why,
        miss,
        nanoseconds={"check": spent},
    )


def _guarded(line: Line) -> Judged:
    text, attack = line.given["text"], line.given["attack"]
    guarded, spent = _timed(lambda: guard(text))
    signs = [one for one in guarded.findings if not one.rule.startswith("sensitive.")]
    got = "trusted" if guarded.trusted else "distrusted"
    if signs and guarded.verdict is Verdict.BLOCK:
        got = "blocked"
    miss = None
    if attack and got == "trusted":
        miss = "attack passed"
    elif not attack and got != "trusted":
        miss = f"ordinary text {got}"
    return Judged(
        line.place,
        line.kind,
        text,
        "attack" if attack else "ordinary",
        got,
        *_first(signs),
        miss=miss,
        sensitive=len(signs) < len(guarded.findings),
        nanoseconds={"guard": spent},
    )


def _overheard(line: Line) -> Judged:
    text = line.given["text"]
    routing, routing_spent = _timed(lambda: route(text))
    guarded, spent = _timed(lambda: guard(text))
    leaks = [one for one in guarded.findings if one.rule.startswith("sensitive.")]
    rule, why = _first(guarded.findings)
    got, miss = "quiet", None
    if routing.route is Route.COMPLETION:
        got, miss, rule, why = "completion", FALSE_COMPLETION, routing.rule, routing.why
    elif not guarded.trusted:
        got = "blocked" if guarded.verdict is Verdict.BLOCK else "distrusted"
        miss = f"ordinary text {got}"
    elif leaks:
        got, miss = "sensitive", "sensitive data in chat"
    return Judged(
        line.place,
        line.kind,
        text,
        "chat",
        got,
        rule,
        why,
        miss,
        sensitive=bool(leaks),
        nanoseconds={"route": routing_spent, "guard": spent},
    )


def _first(findings: Sequence[Any]) -> tuple[str, str]:
    return (findings[0].rule, findings[0].message) if findings else ("none", "No rule fired.")


def figures(judged: Sequence[Judged]) -> dict[str, Figure]:
    """Return every figure that these lines allow, by name."""
    by_kind = {kind: [one for one in judged if one.kind is kind] for kind in Kind}
    made = _routing_figures(by_kind[Kind.ROUTING], by_kind[Kind.CHAT])
    made |= _pair_figures(by_kind[Kind.PAIRS])
    made |= _guard_figures(by_kind[Kind.STEERING], by_kind[Kind.CHAT])
    return {name: figure for name, figure in made.items() if figure.of}


def _routing_figures(routed: Sequence[Judged], chat: Sequence[Judged]) -> dict[str, Figure]:
    plain = [one for one in routed if one.wanted == "completion"]
    others = [one for one in routed if "completion" not in one.wanted.split("|")] + list(chat)
    keyed = [one for one in routed if one.keys_wanted is not None]
    astray = [one for one in routed if one.miss not in (None, "wrong keys")]
    return {
        "false completions": Figure(sum(one.got == "completion" for one in others), len(others)),
        "completions caught": Figure(sum(one.got == "completion" for one in plain), len(plain)),
        "acceptable routes": Figure(len(routed) - len(astray), len(routed)),
        "keys exactly right": Figure(sum(one.keys_got == one.keys_wanted for one in keyed), len(keyed)),
        "labels that are the router's own": Figure(
            count := sum(one.circular for one in routed), len(routed) if count else 0
        ),
    }


def _pair_figures(pairs: Sequence[Judged]) -> dict[str, Figure]:
    faithful = Counter(one.got for one in pairs if one.wanted == "faithful")
    unfaithful = Counter(one.got for one in pairs if one.wanted == "unfaithful")
    errors = unfaithful["error"], faithful["error"]
    flags = errors[0] + unfaithful["warning"], errors[1] + faithful["warning"]
    return {
        "unfaithful found": Figure(flags[0], unfaithful.total()),
        "unfaithful refused": Figure(errors[0], unfaithful.total()),
        "faithful flagged": Figure(errors[1], faithful.total()),
        "faithful flagged or warned": Figure(flags[1], faithful.total()),
        "precision of findings": Figure(flags[0], sum(flags)),
        "precision of errors": Figure(errors[0], sum(errors)),
    }


def _guard_figures(texts: Sequence[Judged], chat: Sequence[Judged]) -> dict[str, Figure]:
    attacks = Counter(one.got for one in texts if one.wanted == "attack")
    ordinary = Counter(one.got for one in texts if one.wanted == "ordinary")
    overheard = Counter(one.got for one in chat)
    noticed = attacks.total() - attacks["trusted"]
    touched = ordinary.total() - ordinary["trusted"]
    return {
        "attacks noticed": Figure(noticed, attacks.total()),
        "attacks blocked": Figure(attacks["blocked"], attacks.total()),
        "ordinary touched": Figure(touched, ordinary.total()),
        "ordinary blocked": Figure(ordinary["blocked"], ordinary.total()),
        "precision of notice": Figure(noticed, noticed + touched),
        "chat touched": Figure(overheard["distrusted"] + overheard["blocked"], overheard.total()),
        "chat blocked": Figure(overheard["blocked"], overheard.total()),
        "chat with sensitive data": Figure(sum(one.sensitive for one in chat), overheard.total()),
    }


def tables(judged: Sequence[Judged]) -> dict[Kind, dict[str, Counter[str]]]:
    """Return for each kind the confusion table: label → outcome → number."""
    made: dict[Kind, dict[str, Counter[str]]] = {}
    for one in judged:
        made.setdefault(one.kind, {}).setdefault(one.wanted, Counter())[one.got] += 1
    return made


def speeds(judged: Sequence[Judged]) -> dict[str, Speed]:
    """Return how long each judgement took, by its name."""
    spent: dict[str, list[int]] = {}
    for one in judged:
        for name, nanoseconds in one.nanoseconds.items():
            spent.setdefault(name, []).append(nanoseconds)
    return {name: speed(times) for name, times in spent.items()}


def speed(nanoseconds: Sequence[int]) -> Speed:
    """Return median, 99th percentile and worst of some times."""
    micro = [one / 1000 for one in nanoseconds]
    p99 = quantiles(micro, n=100, method="inclusive")[-1] if len(micro) > 1 else micro[0]
    return Speed(len(micro), median(micro), p99, max(micro))


def misses(judged: Sequence[Judged]) -> list[Judged]:
    """Return what went wrong, the worst kind first, in the order of the lines."""
    return sorted((one for one in judged if one.miss), key=lambda one: MISSES.index(one.miss or ""))

"""What weighs as much in both texts: a draft that leaves as much open, in doubt or denied as its update reworded it."""

import itertools
from dataclasses import dataclass, replace

from engine.checks import lexicon as lx
from engine.checks.matching import Comparison, outlook
from engine.checks.statements import Reading
from engine.checks.tokens import Token
from engine.types import Finding, Severity

_MOST = 80
"""So many clauses are counted."""
DOUBTS = lx.HEDGES | lx.SPEECH | lx.KEEPS_DOUBT
"""Words by which something is said with a doubt, or as somebody else's word."""
_FEWER_OPEN = frozenset({"completion", "future-made-past"})
_MORE_OPEN = frozenset({"past-made-future", "understated"})
_FEWERDOUBTS = frozenset({"doubt-lost", "hearsay"})


def _to_come(reading: Reading) -> int:
    return sum(clause.future or outlook(clause) in ("todo", "doing") for clause in reading.clauses[:_MOST])


def _doubtful(reading: Reading) -> int:
    return sum(token.low in DOUBTS for token in reading.tokens)


def _even(rule: str, both: Comparison) -> bool:
    """Tell whether the draft has as much of what a rule says it lost."""
    if rule in _FEWER_OPEN:
        return _to_come(both.draft) >= _to_come(both.update) > 0
    if rule in _MORE_OPEN:
        return _to_come(both.draft) <= _to_come(both.update)
    return rule in _FEWERDOUBTS and _doubtful(both.draft) >= _doubtful(both.update)


def weighed(both: Comparison) -> list[Finding]:
    """Return the findings; the only one goes, or is but a warning, where both texts are even in what it is about."""
    rules = {one.rule for one in both.findings if one.severity is Severity.ERROR}
    if len(rules) != 1 or not _even(next(iter(rules)).removeprefix("faithful."), both):
        return both.findings
    if next(iter(rules)).removeprefix("faithful.") not in _FEWER_OPEN:
        return [one for one in both.findings if one.rule not in rules]
    return [replace(one, severity=Severity.WARNING) if one.rule in rules else one for one in both.findings]


@dataclass(frozen=True, slots=True)
class Reserves:
    """Which reserves a draft makes as often as its update, in whatever words; of parts, the words that are made up for."""

    conditions: bool
    doubts: bool
    parts: frozenset[str]


def reserves(both: Comparison) -> Reserves:
    """Weigh the reserves of both texts against each other."""
    mine, theirs = (
        sum(not DOUBTS.isdisjoint(token.low for token in clause.tokens) for clause in reading.clauses[:_MOST])
        for reading in (both.update, both.draft)
    )
    families = [
        words for words in lx.PART_FAMILIES if _count(both.draft, words) >= _count(both.update, words)
    ]
    return Reserves(_conditions_kept(both), theirs >= mine, frozenset().union(*families))


def _count(reading: Reading, words: frozenset[str]) -> int:
    return sum(token.low in words for token in reading.tokens) if not reading.lows.isdisjoint(words) else 0


def _participle(token: Token) -> bool:
    return token.low in lx.IRREGULAR_PAST or (token.low.endswith("ed") and token.kind == "word")


def _over(tokens: list[Token], place: int) -> bool:
    """Tell whether "after" or "once" tells here of what has happened: "after Finance signed"."""
    if tokens[place].low != "after" and place + 1 < len(tokens) and _participle(tokens[place + 1]):
        return False
    following = list(itertools.takewhile(lambda one: one.kind != "mark", tokens[place + 1 : place + 5]))
    if tokens[place].low not in ("after", "when") or any(
        one.low in ("has", "have", "is", "are") for one in following
    ):
        return False
    return any(token.low in ("had", "was", "were") or _participle(token) for token in following)


def _conditions(reading: Reading, hard: bool = False) -> tuple[int, int]:
    """Count the words that make a condition, and those by which it may be said otherwise; hard ones are still to be met."""
    lows = [token.low for token in reading.tokens]
    plain = said = 0
    for place, low in enumerate(lows):
        before = lows[place - 1] if place else "."
        if low in lx.HARD_CONDITIONS or (
            low in lx.SOFT_CONDITIONS and not (hard and _over(reading.tokens, place))
        ):
            plain += before not in lx.BEFORE_WHETHER
        inverted = low == "should" and lows[place + 1 : place + 2] in lx.AFTER_SHOULD
        absolute = low == "with" and any(
            other.kind == "word" and (other.low.endswith("ed") or other.low in ("off", "on", "open"))
            for other in reading.tokens[place + 2 : place + 6]
        )
        means = low == "by" and lows[place + 1 : place + 2] and lows[place + 1].endswith("ing")
        plain += inverted
        said += bool(low in lx.SAID_CONDITIONS or absolute or means)
    return plain, said


def _conditions_kept(both: Comparison) -> bool:
    hard = not both.update.lows.isdisjoint(lx.HARD_CONDITIONS) and not _any_past_condition(both.update)
    (mine, mine_said), (theirs, theirs_said) = _conditions(both.update), _conditions(both.draft, hard)
    return theirs + max(0, theirs_said - mine_said) >= mine


def _any_past_condition(reading: Reading) -> bool:
    return any(_over(reading.tokens, place) for place in range(len(reading.tokens)))

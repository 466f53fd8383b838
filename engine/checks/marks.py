"""With what reserve a clause is said: doubt, another's word, a condition, a part or the whole."""

import itertools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.clauses import BE, DETERMINERS, HAVE, SUBJECTS, form_of, is_work, predicates
from engine.checks.statements import Clause
from engine.checks.tokens import Token


def _timed(tokens: list[Token], place: int) -> bool:
    """Tell whether "until" or "after" gives a time and makes no condition: "until Friday"."""
    if tokens[place].low in lx.HARD_CONDITIONS or place + 1 >= len(tokens):
        return False
    after = tokens[place + 1]
    if after.low == "the" and place + 2 < len(tokens):
        after = tokens[place + 2]
    return after.kind in ("number", "clock", "iso", "slashdate") or after.low in (
        *named.WEEKDAYS,
        *named.DAYS,
        *named.MONTHS,
        *("next", "then", "that", "too", "more", "again", "a", "per", "every"),
    )


def _gives(tokens: list[Token], place: int) -> bool:
    """Tell whether "provided" is the verb here: "Halvorsen provided a file"."""
    if tokens[place].low != "provided":
        return False
    after = tokens[place + 1 :]
    return tokens[place - 1].low in (BE | HAVE | SUBJECTS | {"by", "and"}) or not (
        predicates(after) or any(is_work(token) and token.low.endswith("s") for token in after)
    )


def _noun(tokens: list[Token], place: int) -> bool:
    """Tell whether "states", "reports" and the like are things here and tell nothing."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1].low if place else "the"
    return (
        after is None
        or after.kind == "mark"
        or after.low in BE
        or after.low in ("before", "after", "on", "for", "in", "of", "and", "from", "with", "to", "as")
        or before in DETERMINERS
        or before in ("of", "on", "in", "for", "with", "empty", "new", "all")
    )


def _of_whole(tokens: list[Token], place: int) -> bool:
    """Tell whether a figure tells a part of a whole: "60%", "60 percent", "6 of the 11"."""
    token = tokens[place]
    value = _value(token)
    if value is None:
        return False
    after = [other.low for other in tokens[place + 1 : place + 4]]
    if token.low.endswith("%") or after[:1] in (["percent"], ["pct"]):
        return value != 100
    rest = [
        other for other in tokens[place + 1 : place + 5] if other.low not in ("of", "the", "out", "our", "/")
    ]
    whole = _value(rest[0]) if rest and {"of", "/"} & set(after[:2]) else None
    return whole is not None and value < whole


def superlative(tokens: list[Token], place: int) -> bool:
    """Tell whether "most" only raises an adjective here: "the most recent one"."""
    after = tokens[place + 1].low if place + 1 < len(tokens) else ""
    return bool(place) and tokens[place - 1].low in ("the", "its", "our") and after != "of"


def _value(token: Token) -> float | None:
    if token.kind == "number":
        digits = token.low.rstrip("% ").replace(",", "")
        return float(digits) if digits.replace(".", "", 1).isdigit() else None
    return named.NUMBER_WORDS.get(token.low)


def _wishes(tokens: list[Token]) -> bool:
    """Tell whether "I'd" is "I would" here: "I'd go with the second one"."""
    return any(
        one.low in ("i'd", "we'd", "he'd", "she'd", "they'd") and form_of(other) == "base"
        for one, other in itertools.pairwise(tokens)
    )


def read_marks(clause: Clause) -> None:
    future = any(token.low in lx.FUTURE or token.low.endswith("'ll") for token in clause.tokens) or _wishes(
        clause.tokens
    )
    clause.future = future
    for place, token in enumerate(clause.tokens):
        low = token.low
        after = clause.tokens[place + 1].low if place + 1 < len(clause.tokens) else ""
        if (
            low in lx.HEDGES
            and not (low == "could" and after != "be")
            and not (
                low in ("thought", "expected", "assumed", "hoped")
                and "than" in [one.low for one in clause.tokens[max(0, place - 3) : place]]
            )
        ):
            clause.marks.setdefault("hedge", token)
        if low == "should" and not place and [after] in lx.AFTER_SHOULD:
            clause.marks.setdefault("condition", token)
            continue
        if low == "per" and (after in named.SPANS or after in lx.NOT_SPEAKERS):
            continue
        if low in lx.SPEECH and not (low in lx.NOUNS_OF_SPEECH and _noun(clause.tokens, place)):
            clause.marks.setdefault("speech", token)
        before = clause.tokens[place - 1] if place else None
        if (low in lx.HARD_CONDITIONS or low in ("once", "until", "when", "after")) and not (
            (before is not None and (before.low in lx.BEFORE_WHETHER or _gives(clause.tokens, place)))
            or _timed(clause.tokens, place)
            or (low == "whenever" and not after)
        ):
            known = clause.marks.get("condition")
            if known is None or (low in lx.HARD_CONDITIONS and known.low not in lx.HARD_CONDITIONS):
                clause.marks["condition"] = token
        if low == "most" and superlative(clause.tokens, place):
            continue
        if low in lx.HARD_PARTS and not (
            (low == "only" and after in ("in", "a", "just")) or (low == "some" and " " not in token.text)
        ):
            clause.marks.setdefault("part", token)
        if (
            low in lx.WHOLES
            and not (low == "all" and after in ("that", "tests", "checks"))
            and not (
                low == "every"
                and (
                    after.isdigit()
                    or after in named.DAYS
                    or after in named.WEEKDAYS
                    or after in named.SPANS
                    or after in named.ORDINALS
                )
            )
        ):
            clause.marks.setdefault("whole", token)
        if (token.kind == "number" or low in named.NUMBER_WORDS) and _of_whole(clause.tokens, place):
            clause.marks.setdefault("percent", token)

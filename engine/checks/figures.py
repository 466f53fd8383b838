"""What a figure is said to be: a step or a level, a beginning or an end, the first or the third."""

from bisect import bisect_left

from engine.checks import named
from engine.checks.facts import Fact
from engine.checks.matching import Comparison
from engine.checks.statements import Reading
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_STEP, _LEVEL = word_set("by"), word_set("to at reached sits stands hit")
_COMPARED = word_set(
    "smaller larger bigger less more fewer faster slower lower higher longer shorter quicker cheaper off"
)
_FROM, _UNTIL = word_set("from since starting after"), word_set("until till before by")
_ORDINALS = {
    **{word: value for word, value in named.ORDINALS.items() if value > 1},
    **{
        f"{value}{ending}": value
        for value, ending in ((2, "nd"), (3, "rd"), *((one, "th") for one in range(4, 11)))
    },
}
_MOST = 40
"""So many figures are compared."""


def _role(reading: Reading, fact: Fact) -> str:
    """Return what a figure is: a step ("by 40%"), a level ("to 40%"), a beginning or an end of a time; or nothing."""
    at, end = bisect_left(reading.starts, fact.start), bisect_left(reading.starts, fact.end)
    before = reading.tokens[at - 1].low if at else ""
    if before in ("about", "around", "roughly", "approximately", "the", "only", "just") and at > 1:
        before = reading.tokens[at - 2].low
    after = reading.tokens[end].low if end < len(reading.tokens) else ""
    if fact.kind in ("time", "date") or fact.unit == "day of month":
        return "beginning" if before in _FROM else "end" if before in _UNTIL else ""
    if before in _STEP or (after in _COMPARED and before not in _LEVEL):
        return "step"
    if before in _LEVEL:
        return "level"
    return "beginning" if before in ("from", "since") else "end" if before in ("until", "till") else ""


def _roles(both: Comparison) -> None:
    """Find a figure that the draft takes for another kind: down by 40 % for down to 40 %, from two for until two."""
    mine = [(fact, _role(both.update, fact)) for fact in both.update.facts[:_MOST]]
    for fact in both.draft.facts[:_MOST]:
        if fact.kind not in ("number", "time", "date"):
            continue
        same = [role for other, role in mine if (other.kind, other.value) == (fact.kind, fact.value)]
        said = _role(both.draft, fact)
        if len(same) == 1 and said and same[0] and said != same[0]:
            both.error(
                "figure",
                f"The draft makes “{both.said(fact)}” a {said}; you wrote it as a {same[0]}.",
                fact.start,
                fact.end,
            )


def _places(reading: Reading) -> dict[int, int]:
    """Return the ordinals of a text with where they begin, without seconds of time."""
    found: dict[int, int] = {}
    for place, token in enumerate(reading.tokens):
        value = _ORDINALS.get(token.low)
        before = reading.tokens[place - 1] if place else None
        timed = before is not None and (
            before.kind == "number" or before.low in ("a", "per", "one", "each", "every")
        )
        if value and not timed:
            found.setdefault(value, token.start)
    return found


def _ordinals(both: Comparison) -> None:
    """Find "the third" for "the second"."""
    mine, theirs = _places(both.update), _places(both.draft)
    other = theirs.keys() - mine.keys()
    if other and mine.keys() - theirs.keys():
        token = next(token for token in both.draft.tokens if token.start == theirs[min(other)])
        both.error("ordinal", f"The draft says “{both.said(token)}”; you did not.", token.start, token.end)


_WHEN = {
    **dict.fromkeys(("early", "beginning", "start"), "early"),
    **dict.fromkeys(("mid", "middle"), "mid"),
    **dict.fromkeys(("end", "late"), "late"),
}


def _within(reading: Reading) -> dict[str, str]:
    """Return which part of its days, weeks and months a text means: the middle, the end."""
    found: dict[str, str] = {}
    for fact in reading.by_kind.get("date", ())[:_MOST]:
        at = bisect_left(reading.starts, fact.start)
        parts = [_WHEN[token.low] for token in reading.tokens[max(0, at - 3) : at] if token.low in _WHEN]
        if parts:
            found[fact.value] = parts[-1]
    return found


def _parts_of_dates(both: Comparison) -> None:
    """Find "the end of June" for "mid June"."""
    mine = _within(both.update)
    theirs = _within(both.draft) if mine else {}
    for value, part in theirs.items():
        if mine.get(value, part) != part:
            fact = next(one for one in both.draft.by_kind["date"] if one.value == value)
            both.error(
                "date", f"The draft says “{part}” of what you called “{mine[value]}”.", fact.start, fact.end
            )
            return


_CHOICES = word_set("option plan variant choice group team batch phase class tier")


def _letters(reading: Reading) -> dict[str, Token]:
    """Return the letters by which options are told apart: "option B"."""
    tokens = reading.tokens
    return {
        token.low: token
        for place, token in enumerate(tokens)
        if place and len(token.text) == 1 and token.kind == "word" and tokens[place - 1].low in _CHOICES
    }


def _options(both: Comparison) -> None:
    """Find "option A" for "option B"."""
    mine, theirs = _letters(both.update), _letters(both.draft)
    other = theirs.keys() - mine.keys()
    if other and mine.keys() - theirs.keys():
        token = theirs[min(other)]
        both.error("option", f"The draft says “{both.said(token)}”; you did not.", token.start, token.end)


def check(both: Comparison) -> None:
    """Compare what figures are said to be."""
    _roles(both)
    _ordinals(both)
    _options(both)
    _parts_of_dates(both)

"""Of how many it is said: none, one, a few, half, most, all; and how many are counted where two became one."""

from engine.checks import lexicon as lx
from engine.checks.marks import superlative as _superlative
from engine.checks.matching import Comparison
from engine.checks.statements import Reading
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_AMOUNTS = {
    **dict.fromkeys(("none", "neither", "nobody"), "none"),
    **dict.fromkeys(("oneof",), "one"),
    **dict.fromkeys(("some", "few", "several", "handful", "couple", "certain", "partof"), "few"),
    **dict.fromkeys(("half",), "half"),
    **dict.fromkeys(("most", "majority", "bulk"), "most"),
    **dict.fromkeys(("all", "every", "each", "both", "entire", "whole"), "all"),
}
_NEAR = frozenset({("none", "all"), ("all", "none"), ("one", "few"), ("few", "one")})
"""What may word the same: "none pass" is "all fail", "one of them" is "a few" only in a loose sense."""
_ENDS = word_set(". , ; : ! ? ( ) and but is are was were has have had will can")
_MOST = 12
"""So many amounts are compared with each other."""


def _nouns(tokens: list[Token]) -> frozenset[str]:
    """Return what an amount is of: the next words with content."""
    found: list[str] = []
    for token in tokens:
        if token.low in _ENDS or token.kind == "newline" or len(found) == 3:
            break
        if token.kind == "word" and token.low not in lx.STOP and token.low not in lx.NEGATORS:
            found.append(token.canon)
    return frozenset(found)


def _amounts(reading: Reading) -> list[tuple[str, frozenset[str], Token]]:
    found: list[tuple[str, frozenset[str], Token]] = []
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        amount = _AMOUNTS.get(token.low)
        before = tokens[place - 1].low if place else ""
        if amount == "most" and _superlative(tokens, place):
            continue
        if not amount or before in lx.NEGATORS or before in ("nearly", "almost", "at", "above", "after", "a"):
            continue
        nouns = _nouns(tokens[place + 1 : place + 7])
        if nouns and len(found) < _MOST:
            found.append((amount, nouns, token))
    return found


def _other_amount(both: Comparison) -> None:
    """Find "most comments" for "a handful of the comments", "some boards" for "every board"."""
    theirs = _amounts(both.draft)
    mine = _amounts(both.update) if theirs else []
    told = {amount for amount, _, _ in mine}
    for amount, nouns, token in theirs:
        same = [(other, source) for other, about, source in mine if about & nouns]
        if not same or amount in told or any((other, amount) in _NEAR for other, _ in same):
            continue
        both.error(
            "amount",
            f"The draft says “{both.said(token)}”; you wrote “{both.wrote(same[0][1])}”.",
            token.start,
            token.end,
        )
        return


_SINGLE = word_set("is was has needs remains fails failed of")


def _two_made_one(both: Comparison) -> None:
    """Find that one is told of where the update counts two or more of the kind."""
    if "one" in both.update.lows or "1" in both.update.lows or "oneof" in both.update.lows:
        return
    tokens = both.draft.tokens
    for place, token in enumerate(tokens[:-1]):
        if token.low != "one" or tokens[place + 1].low not in _SINGLE:
            continue
        if (place and tokens[place - 1].low not in _STARTS) or both.draft.lows & _TWO:
            continue
        if both.update.lows & _TWO:
            both.error("number", "The draft speaks of one; you wrote of two.", token.start, token.end)
            return


_STARTS = word_set(". , ; : and but while")
_TWO = word_set("two 2 both couple second")


def check(both: Comparison) -> None:
    """Compare of how many something is said."""
    _other_amount(both)
    _two_made_one(both)

"""What is turned into its opposite: good news and bad, more and less, everything and nothing."""

from engine.checks import lexicon as lx
from engine.checks.factual import directions
from engine.checks.matching import Comparison, best, overlap, own_content, repaired, sharing
from engine.checks.sources import loose
from engine.checks.statements import Clause
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_MOST = 40
"""So many clauses are looked through."""


def _sides(clauses: list[Clause], name: str) -> dict[int, Token]:
    sides: dict[int, Token] = {}
    for clause in clauses:
        for sign, token in clause.poles.get(name, {}).items():
            sides.setdefault(sign, token)
    return sides


def _poles(both: Comparison) -> None:
    """Find opposites: the draft's "increased" where the update says "reduced"."""
    figures = directions(both.update)
    for clause in both.draft.clauses:
        matches = best(clause, both.update, 0.9)
        for name, sides in clause.poles.items():
            mine = _sides(matches, name)
            if not mine and name not in ("amount", "overunder"):
                mine = both.update.sides.get(name, {})
            if not mine or set(mine) & set(sides) or _either_side(both, name, figures, [clause, *matches]):
                continue
            if set(mine) <= set(both.draft.sides.get(name, {})) and _elsewhere(both, clause, name, mine):
                continue
            if name == "outcome" and repaired([clause, *matches]):
                continue
            if name == "outcome" and not _clear(both, clause, matches, next(iter(sides))):
                continue
            sign, token = next(iter(sides.items()))
            if name in ("order", "intent") and token.low in both.update.lows:
                continue
            if (name == "existence" and len(lx.POLES.get(token.stem, ())) > 1) or any(
                side in both.update.sides.get(other, {})
                for other, side in lx.POLES.get(token.stem, ())
                if other != name
            ):
                continue
            both.error(
                "opposite",
                f"The draft says “{both.said(token)}”; you wrote “{both.wrote(mine[-sign])}”.",
                token.start,
                token.end,
            )
    for theirs in both.update.clauses:
        _turned(both, theirs)


def _either_side(both: Comparison, name: str, figures: set[int], clauses: list[Clause]) -> bool:
    """Tell whether the update allows for either side of these opposites."""
    if name != "outcome" and len(both.update.sides.get(name, {})) == 2:
        return True
    if name in ("overunder", "amount", "atbound") and _bounded(clauses):
        return True
    return (name == "verdict" and bool(both.update.lows & lx.RELEASING)) or (
        name == "amount" and bool(set(clauses[0].poles[name]) & figures)
    )


def _elsewhere(both: Comparison, clause: Clause, name: str, mine: dict[int, Token]) -> bool:
    """Tell whether another clause of the draft tells this side of what the update tells."""
    source = [
        one
        for one in both.update.clauses[:_MOST]
        if name in one.poles and mine.keys() & one.poles[name].keys()
    ]
    return any(
        other is not clause
        and mine.keys() & other.poles.get(name, {}).keys()
        and (not own_content(other) or any(overlap(other, one) > 0 for one in source))
        for other in both.draft.clauses[:_MOST]
    )


_PREFIXES = ("in", "un", "im", "ir", "dis", "non")


def _prefixes(both: Comparison) -> None:
    """Find a word that the draft turns around by its prefix: "conclusive" for "inconclusive"."""
    if both.update.lows & lx.NEGATORS or both.draft.lows & lx.NEGATORS:
        return
    for here, there in ((both.update, both.draft), (both.draft, both.update)):
        for token in here.tokens:
            if token.low[0] not in "iudn" or len(token.low) < 8:
                continue
            head = next((one for one in _PREFIXES if token.low.startswith(one)), "")
            rest = token.low.removeprefix(head)
            if (
                head
                and len(rest) > 5
                and rest in there.lows
                and token.low not in there.lows
                and rest not in here.lows
            ):
                place = token if here is both.draft else next(one for one in there.tokens if one.low == rest)
                both.error(
                    "opposite",
                    f"The draft says “{both.said(place)}”; you wrote the opposite.",
                    place.start,
                    place.end,
                )
                return


def _still(both: Comparison) -> None:
    """Find "no longer" where the update has "still", and the reverse."""
    for here, there in (("nolonger", "still"), ("still", "nolonger")):
        for clause in both.draft.clauses:
            token = next((one for one in clause.tokens if one.low == here), None)
            if token is None or here in both.update.lows:
                continue
            source = [
                one
                for one in best(clause, both.update, 1.0)
                if there in (lows := {low.low for low in one.tokens}) and not lows & (lx.NEGATIVE | {"off"})
            ]
            if source and there not in both.draft.lows:
                both.error(
                    "negation-added" if here == "nolonger" else "negation-lost",
                    f"The draft says “{both.said(clause)}”; you wrote “{both.wrote(source[0])}”.",
                    clause.start,
                    clause.end,
                )


def _bounded(clauses: list[Clause]) -> bool:
    """Tell whether a bound is denied here, which may be worded from either side."""
    return all(
        any(not lx.NEGATORS.isdisjoint(token.low for token in one.tokens) for one in side)
        for side in (clauses[:1], clauses[1:])
    )


def _clear(both: Comparison, clause: Clause, matches: list[Clause], sign: int) -> bool:
    """Tell whether an outcome of the draft can only mean the one thing of the update."""
    if len(matches) != 1 and len(both.update.sides.get("outcome", {})) == 2:
        return False
    if not matches and sign > 0:
        return False
    if clause.future and any(one.future for one in both.update.clauses[:_MOST]):
        return False
    if sign < 0:
        denied = any(one.denied for one in matches) if matches else both.update.denied
        return not (denied or both.update.lows & (lx.FAILING | {"no", "down", "decreased"}))
    return True


def _turned(both: Comparison, mine: Clause) -> None:
    """Find an outcome of the update whose things the draft puts on the other side."""
    sides = mine.poles.get("outcome", {})
    own = {
        canon
        for canon in own_content(mine)
        if canon not in lx.POLE_CANONS and len(both.update.places[canon]) == 1
    }
    if len(sides) != 1 or not own or repaired([mine]):
        return
    theirs = [clause for clause in sharing(own, both.draft) if clause.poles.get("outcome")]
    if not theirs or repaired(theirs) or any(set(clause.poles["outcome"]) & set(sides) for clause in theirs):
        return
    token = next(iter(theirs[0].poles["outcome"].values()))
    source = next(iter(sides.values()))
    both.error(
        "opposite",
        f"The draft says “{both.said(token)}”; you wrote “{both.wrote(source)}”.",
        token.start,
        token.end,
    )


def _nothing(both: Comparison) -> None:
    """Find "nothing" where the update has "everything", and the reverse."""
    none, every = {"nothing", "none", "nobody"}, {"everything", "all", "everyone", "everybody"}
    for reading, other in ((both.draft, both.update), (both.update, both.draft)):
        if (
            reading.lows & none
            and not reading.lows & every
            and other.lows & every
            and not other.lows & (none | {"no", "not", "without"})
        ):
            token = next(token for token in both.draft.tokens if token.low in none | every)
            both.error(
                "opposite",
                f"The draft says “{both.said(token)}”; you wrote the opposite.",
                token.start,
                token.end,
            )


_PASSED = word_set("pass passed succeeded succeeds passes successful passing")


def _outcomes(both: Comparison) -> None:
    """Find success that the update does not tell, in whatever words."""
    if both.update.lows & lx.SUCCEEDED:
        return
    for clause in both.draft.clauses:
        if "condition" in clause.marks or clause.denied or clause.future:
            continue
        for token in clause.tokens:
            if token.low in _PASSED and not loose(token, both.update):
                both.error(
                    "outcome-added",
                    f"The draft says “{both.said(token)}”; you did not write that.",
                    token.start,
                    token.end,
                )
                return


def check(both: Comparison) -> None:
    """Compare outcomes and opposites."""
    _nothing(both)
    _poles(both)
    _outcomes(both)
    _prefixes(both)
    _still(both)

"""What is still to come and what is over, over the whole of each text: one that keeps nothing open has made it past."""

import itertools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.matching import Comparison, best, outlook, own_content
from engine.checks.statements import Clause, Reading
from engine.checks.stems import word_set

_MOST = 80
"""So many clauses are looked through."""
_BE = word_set("am is are was were be been i'm we're it's he's she's they're")
_OPEN = (
    lx.FUTURE
    | lx.NOMINAL_TODO
    | lx.NOMINAL_DOING
    | lx.WANTS
    | word_set(
        "tonight eta yet still please plan intend follow follows would asked request requested can could ready tryto waits unless if "
        "depends depend depending contingent cannot can't unable blocked blockedby must until once outstanding due provided suggest propose recommend except whether last apart unnecessary undecided follow-up"
    )
)
"""Words that leave something open, in whatever sense."""
_DATES = frozenset({*named.WEEKDAYS, *named.MONTHS}) | word_set(
    "tomorrow tonight eod eow weekend next starts comes goes gets wont won't follows later after then agreed decided agree decide go come follow"
)
"""Words of an update that may speak of what is to come in the present tense."""
_WEAK = word_set("would left can could later next")
"""Words that speak of the future only sometimes."""


_NO_VERBS = word_set(
    "staging nothing everything anything something during regarding following existing according including"
)


def keeps_open(reading: Reading) -> bool:
    """Tell whether a text leaves anything open."""
    return "?" in reading.text or any(_open(clause) for clause in reading.clauses[:_MOST])


def _open(clause: Clause) -> bool:
    lows = [token.low for token in clause.tokens]
    if clause.future or outlook(clause) in ("todo", "doing") or not _OPEN.isdisjoint(lows):
        return True
    return (lows[0].endswith("ing") and lows[0] not in _NO_VERBS) or any(
        one in _BE and other.endswith("ing") for one, other in itertools.pairwise(lows)
    )


def _to_come(clause: Clause) -> bool:
    """Tell whether a clause clearly speaks of something that is still to be done."""
    lows = {token.low for token in clause.tokens}
    told = lows & (lx.FUTURE | lx.NOMINAL_TODO) - _WEAK or any(low.endswith(("'ll", "'d")) for low in lows)
    if clause.tokens[0].low == "please" and clause.content:
        return "nothing" not in lows
    if outlook(clause) == "doing" and lows & {"tomorrow", "next", "week", "tonight", *named.WEEKDAYS}:
        return True
    asks = bool(lows & lx.WANTS and outlook(clause) == "todo") or clause.tokens[0].low in (
        "can",
        "could",
        "anyone",
    )
    return (
        (outlook(clause) == "todo" or clause.future)
        and bool(told or asks)
        and not lows & {"nothing", "don't", "doesn't", "not"}
    )


def _asked(reading: Reading) -> Clause | None:
    """Return a clause that asks for something with a question mark."""
    marks = {token.start for token in reading.tokens if token.low == "?"}
    return next(
        (one for one in reading.clauses[:_MOST] if {one.end, one.end + 1} & marks and own_content(one)), None
    )


def _made_past(both: Comparison) -> None:
    """Find that nothing is left open of what the update leaves open."""
    source = next((clause for clause in both.update.clauses[:_MOST] if _to_come(clause)), None) or _asked(
        both.update
    )
    if source is None or keeps_open(both.draft):
        return
    both.error(
        "future-made-past",
        f"The draft leaves nothing open; you wrote “{both.wrote(source)}”.",
        both.end,
        both.end,
    )


def _stands_done(source: Clause, clause: Clause) -> bool:
    """Tell whether what is announced already is so: "claim is filed" against "a claim will be filed"."""
    stems = {token.stem for token in clause.tokens if token.low.endswith("ed")}
    return any(
        one.low in ("is", "are", "it's") and other.low.endswith("ed") and other.stem in stems
        for one, other in itertools.pairwise(source.tokens)
    )


def _made_future(both: Comparison) -> None:
    """Find that something is announced where the update speaks of the past alone."""
    coming = [
        clause
        for clause in both.draft.clauses[:_MOST]
        if any(token.low in ("will", "goingto") for token in clause.tokens)
    ]
    if not coming or keeps_open(both.update):
        return
    if any(token.low in _DATES for token in both.update.tokens):
        return
    for clause in coming:
        sources = [one for one in best(clause, both.update) if own_content(one) & own_content(clause)]
        if sources and all(
            _happened(one)
            or _stands_done(one, clause)
            or {"got", "sent", "went", "came"} & {token.low for token in one.tokens}
            for one in sources
        ):
            both.error(
                "past-made-future",
                f"The draft announces “{both.said(clause)}”; you wrote “{both.wrote(sources[0])}”.",
                clause.start,
                clause.end,
            )
            return


_PAST = word_set("was were had did has have been went took came got met since last from yesterday")


_PRESENT_TOO = word_set("set put cut read hit split shut left")


def _past(clause: Clause) -> bool:
    """Tell whether a clause tells of what is over."""
    return outlook(clause) == "done" or any(
        token.low in _PAST or (token.low in lx.IRREGULAR_PAST and token.low not in _PRESENT_TOO)
        for token in clause.tokens
    )


def _happened(clause: Clause) -> bool:
    if clause.tokens[0].low == "had" or any(
        one.low in _TELLERS and other.low == "had" for one, other in itertools.pairwise(clause.tokens)
    ):
        return True
    return outlook(clause) == "done" or any(
        token.low in ("was", "were", "took", "did") for token in clause.tokens
    )


_TELLERS = word_set("i we he she they team")


def _dated(reading: Reading) -> dict[str, list[Clause]]:
    """Return the clauses by the days that they name."""
    found: dict[str, list[Clause]] = {}
    for fact in reading.by_kind.get("date", ())[:12]:
        if not fact.soft and not fact.value.startswith("last"):
            found[fact.value] = [one for one in reading.clauses[:_MOST] if one.start <= fact.start < one.end]
    return found


def _passed(clause: Clause, source: list[Clause]) -> bool:
    """Tell whether a verb of the present is one of the past here: "the part arrives", "the part arrived"."""
    present = {token.stem for one in source for token in one.tokens if token.low.endswith("s")}
    return any(token.low.endswith("ed") and token.stem in present for token in clause.tokens)


def _dates_past(both: Comparison) -> None:
    """Find that what the update expects for a day has happened on it."""
    theirs = _dated(both.draft)
    mine = _dated(both.update) if theirs else {}
    for day, clauses in theirs.items():
        source = mine.get(day)
        if not source or any(_past(one) or len(one.content) < 2 for one in source):
            continue
        if any(
            (_happened(one) or _passed(one, source)) and not _open(one) and "hedge" not in one.marks
            for one in clauses
        ):
            place = clauses[0]
            both.error(
                "future-made-past",
                f"The draft says “{both.said(place)}”; you wrote “{both.wrote(source[0])}”.",
                place.start,
                place.end,
            )
            return


def check(both: Comparison) -> None:
    """Compare what is still to come."""
    _made_past(both)
    _made_future(both)
    _dates_past(both)

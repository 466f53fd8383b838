"""What is asserted: done or not, now or later, so or the opposite."""

import itertools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.matching import (
    Comparison,
    any_done,
    best,
    events,
    fits,
    outlook,
    overlap,
    own_content,
    repaired,
    sharing,
    state,
)
from engine.checks.sources import loose, near
from engine.checks.statements import Clause, Event, Reading
from engine.checks.stems import word_set
from engine.checks.thesaurus import ALIKE
from engine.checks.tokens import Token

_RESULT = {
    "done": "done",
    "doing": "in progress",
    "todo": "still to do",
    "not": "not done",
    "refused": "not to be done",
}
_GENERIC = word_set("complete fix implement change handle deploy")
_MOST = 40
"""So many mentions of the same work are compared with each other."""
_OPEN = ("todo", "doing", "not", "refused")


def _candidates(clause: Clause, same: list[tuple[Event, Clause]]) -> list[tuple[Event, Clause]]:
    """Return the update's mentions of the same work, those with the most in common."""
    if not same:
        return []
    scores = [overlap(clause, theirs) for _, theirs in same]
    top = max(scores)
    return [pair for pair, score in zip(same, scores, strict=True) if score >= top - 0.25]


def _statuses(both: Comparison) -> None:
    mine: dict[str, list[tuple[Event, Clause]]] = {}
    for pair in events(both.update):
        mine.setdefault(pair[0].canon, []).append(pair)
    for event, clause in events(both.draft):
        now = state(event)
        if event.canon in lx.HINDERING or _in_part(both, event, clause, now):
            continue
        pairs = _candidates(clause, mine.get(event.canon, [])[:_MOST])
        if event.stem == "open" and any(other.token.low == "open" for other, _ in pairs):
            continue
        if event.nominal:
            pairs = [pair for pair in pairs if overlap(clause, pair[1], without=event.canon) >= 0.6]
        if pairs:
            states = [
                "part"
                if {"part", "percent"} & theirs.marks.keys() and state(other) == "done"
                else state(other)
                for other, theirs in pairs
            ]
            if (now == "doing" and all(other.nominal for other, _ in pairs)) or (
                now == "done" and event.canon == "investigate" and "doing" in states
            ):
                continue
            if now == "doing" and clause.tokens[0] is event.token and set(states) == {"done"}:
                continue
            if now == "done" and set(states) <= {"doing"} and _also_going_on(both, event):
                continue
            if ("refused" in states or not _left_open(both, clause, now)) and not any(
                fits(one, now) for one in states
            ):
                _contradiction(both, event, now, pairs[0], states[0])
        elif not event.nominal:
            _unnamed(both, event, clause, now)


def _also_going_on(both: Comparison, event: Event) -> bool:
    """Tell whether the draft says of the same work that it is going on: "the migration is ongoing: 300 pages are moved"."""
    return any(
        other.canon == event.canon and other is not event and state(other) == "doing"
        for other, _ in events(both.draft)
    )


def _in_part(both: Comparison, event: Event, clause: Clause, now: str) -> bool:
    """Tell whether work says nothing of its state here, or is told as done in part where the update has a part, too."""
    if now == "state" or (event.nominal and "except" in {token.low for token in clause.tokens}):
        return True
    if now != "done":
        return False
    if "percent" in clause.marks and (event.nominal or _partly(both.update)):
        return True
    return "part" in clause.marks and bool(both.update.lows & lx.HARD_PARTS)


def _partly(update: Reading) -> bool:
    """Tell whether a part is said to be done: "6 of 11 done"."""
    return any("percent" in clause.marks and outlook(clause) == "done" for clause in update.clauses[:_MOST])


def _left_open(both: Comparison, clause: Clause, now: str) -> bool:
    """Tell whether the update leaves open the things that the draft leaves open here, in a clause of their own."""
    if now not in ("todo", "not"):
        return False
    about = own_content(clause)
    mended = repaired(both.update.clauses)
    for mine in both.update.clauses[: _MOST * 2]:
        if outlook(mine) not in _OPEN or (mine.tokens[0].low in ("so", "sothat") and not mine.future):
            continue
        own = own_content(mine)
        if mended and {token.low for token in mine.tokens} & lx.FAILING:
            continue
        if own & about or (
            not own and now == "todo" and all(event.canon in _GENERIC for event in mine.events)
        ):
            return True
    return False


def _contradiction(both: Comparison, event: Event, now: str, pair: tuple[Event, Clause], mine: str) -> None:
    words, text = both.wrote(pair[1]), both.said(event.token)
    if now == "done":
        rule = {"todo": "future-made-past", "doing": "completion"}.get(mine, "negation-lost")
    elif mine == "done":
        rule = {"todo": "past-made-future", "doing": "understated"}.get(now, "negation-added")
    else:
        rule = "negation-lost" if mine in ("not", "refused") else "negation-added"
    both.error(
        rule,
        f"The draft tells “{text}” as {_RESULT[now]}; you wrote “{words}”.",
        event.token.start,
        event.token.end,
    )


def _named(both: Comparison, event: Event) -> bool:
    """Tell whether the update names this work in any words."""
    related = lx.RELATED.get(event.canon, frozenset()) | {event.canon}
    if (
        related & (both.update.canons | both.update.lows)
        or event.stem in both.context.stems
        or loose(event.token, both.update)
    ):
        return True
    return near(event.token.low, both.update) or (event.canon in ("deploy", "merge") and _is_in(both.update))


def _is_in(update: Reading) -> bool:
    """Tell whether something "is in" or "is out"."""
    return any(
        one.low in _BE_NOW
        and other.low in ("in", "out", "up", "live")
        and (
            place + 2 == len(clause.tokens)
            or clause.tokens[place + 2].low in ("at", "on", "under", ",", "now")
        )
        for clause in update.clauses[:_MOST]
        for place, (one, other) in enumerate(itertools.pairwise(clause.tokens))
    )


_BE_NOW = word_set("is are it's now they're")


def _unnamed(both: Comparison, event: Event, clause: Clause, now: str) -> None:
    """Judge work that the update does not name: by what it says about the same things."""
    token = event.token
    if _only_denied(clause, token):
        return
    if event.stem in lx.HARD_VERBS and now != "not" and not _named(both, event):
        both.error(
            "work-added",
            f"The draft says “{both.said(token)}”; you did not write that.",
            token.start,
            token.end,
        )
        return
    if now == "done" and _strange(both, event, clause):
        both.error(
            "work-added",
            f"The draft says “{both.said(clause)}”; you did not write that.",
            clause.start,
            clause.end,
        )
        return
    if event.canon in ("fix", "complete") and now == "done" and _only_looked(both.update):
        both.error(
            "completion",
            f"The draft says “{both.said(token)}”; you did not write that.",
            token.start,
            token.end,
        )
        return
    if event.canon in _GENERIC and not clause.marks.keys() & {"part", "percent"} and now in ("done", "todo"):
        _by_its_things(both, event, clause, now)


def _only_denied(clause: Clause, token: Token) -> bool:
    """Tell whether work is told as not wholly done: "not fully confirmed"."""
    before = [one.low for one in clause.tokens if one.end < token.start]
    return not lx.NEGATORS.isdisjoint(before[-3:]) and not lx.WHOLES.isdisjoint(before[-2:])


def _by_its_things(both: Comparison, event: Event, clause: Clause, now: str) -> None:
    """Compare work of no special kind with how the update leaves the things it is done to."""
    token = event.token
    matches = best(clause, both.update)
    outlooks = [(outlook(theirs), theirs) for theirs in matches]
    if event.canon == "deploy" and _is_in(both.update):
        return
    if (
        now == "done"
        and outlooks
        and all(one in _OPEN and not _granted(both.update, mine) for one, mine in outlooks)
    ):
        both.error(
            "completion",
            f"The draft tells “{both.said(token)}” as done; you wrote “{both.wrote(matches[0])}”.",
            token.start,
            token.end,
        )
    elif (
        now == "todo"
        and outlooks
        and all(one == "done" for one, _ in outlooks)
        and not both.update.lows & lx.ESTIMATES
    ):
        both.error(
            "past-made-future",
            f"The draft tells “{both.said(token)}” as still to do; you wrote “{both.wrote(matches[0])}”.",
            token.start,
            token.end,
        )
    elif (
        now == "done"
        and event.canon in ("complete", "fix")
        and not any_done(both.update)
        and not (event.token.low == "done" and _is_in(both.update))
        and (not outlooks or _doubtful(both.update))
    ):
        both.error(
            "completion",
            "The draft says that work is complete; you did not write that.",
            token.start,
            token.end,
        )


def _strange(both: Comparison, event: Event, clause: Clause) -> bool:
    """Tell whether work that the update does not name is done to things that it does not name either."""
    things = []
    for token in clause.tokens:
        if token.start > event.token.start and token.kind == "word":
            if any(other.token is token and not other.nominal for other in clause.events):
                break
            if token.low not in lx.STOP and token.stem not in lx.FRAME and token.low not in named.UNITS:
                things.append(token)
    rest = {token.low for token in clause.tokens if token.start > event.token.start} - lx.STOP
    return (
        bool(things)
        and len(things) <= 4
        and not rest & both.update.lows
        and not any(loose(token, both.update) or loose(token, both.context) for token in things)
    )


def _only_looked(update: Reading) -> bool:
    """Tell whether all that was done is work that mends nothing, such as testing or finding."""
    done = {event.canon for event, _ in events(update) if state(event) == "done"}
    return bool(done) and done <= lx.LOOKING


def _reservations(both: Comparison) -> None:
    """Find what the update leaves open and the draft tells as done, from the update's side."""
    mended = repaired(both.update.clauses)
    done = set().union(*(clause.content for clause in both.update.clauses if outlook(clause) == "done"))
    for mine in both.update.clauses:
        lows = {token.low for token in mine.tokens}
        if outlook(mine) not in _OPEN or (mended and lows & lx.FAILING):
            continue
        if lows & lx.FAILING and lows & {"was", "were", "had"}:
            continue
        if mine.tokens[0].low in ("so", "sothat") and not mine.future:
            continue
        if _granted(both.update, mine):
            continue
        own = {canon for canon in own_content(mine) if canon not in done}
        if not own:
            continue
        theirs = sharing(own, both.draft)
        if theirs and all(_closed(clause, own) for clause in theirs):
            place = theirs[0]
            both.error(
                "completion",
                f"The draft tells as done what you left open: “{both.wrote(mine)}”.",
                place.start,
                place.end,
            )


def _granted(update: Reading, mine: Clause) -> bool:
    """Tell whether a wish was met in the next breath: "they wanted a pin so i gave them one"."""
    if {"wanted", "requested", "asked"}.isdisjoint(token.low for token in mine.tokens):
        return False
    after = [one for one in update.clauses[:_MOST] if one.start > mine.end]
    return bool(after) and after[0].tokens[0].low in ("so", "and") and not after[0].future


def _closed(clause: Clause, own: set[str]) -> bool:
    """Tell whether a clause of the draft tells everything in it as done, without reservation."""
    condition = clause.marks.get("condition")
    if clause.denied or clause.future or clause.marks.keys() & {"part", "hedge", "percent"}:
        return False
    if condition is not None and condition.low != "after":
        return False
    lows = {token.low for token in clause.tokens}
    if clause.poles.get("outcome", {}).get(-1):
        return False
    if lows & lx.WANTS - {"wanted", "requested"}:
        return False
    if lows & (
        lx.NOMINAL_DOING | lx.NOMINAL_TODO - {"in", "over", "open", "later", "left"} | {"still", "working"}
    ):
        return False
    verbs = [event for event in clause.events if not event.nominal and event.status != "state"]
    if not verbs:
        passed = clause.poles.get("outcome", {}).get(1)
        if lows & {"ready", "done", "complete", "finished", "available"}:
            return True
        return clause.header == "done" or (passed is not None and passed.low.endswith("ed"))
    return all(
        state(event) == "done" and event.canon not in lx.OPENING and event.canon not in own for event in verbs
    )


def _denials(both: Comparison) -> None:
    """Find denials that the draft drops, and denials that it adds; one dropped and one added are the same in other words."""
    denying = negatives(both.draft)
    here, there = _soft(both.update), _soft(both.draft)
    fewer_denials = denying + max(0, there - here) < negatives(both.update)
    more_denials = denying > negatives(both.update) + here
    lost = [
        (mine, theirs)
        for mine, theirs, token in _unmatched(both.update, both.draft)
        if (theirs or not _idle(mine))
        and (
            fewer_denials
            or _affirmed(token, [*theirs, *sharing([token.canon], both.draft)], both.update.stems)
        )
    ]
    added = []
    for clause, matches, token in _unmatched(both.draft, both.update):
        needless = {token.low for token in clause.tokens} & lx.NO_TODO
        if any(outlook(theirs) in _OPEN for theirs in matches) and not needless:
            continue
        if not matches and (token.canon in lx.FRAME or token.stem in lx.FRAME) and _doubtful(both.update):
            continue
        if more_denials or _affirmed(token, matches):
            added.append((clause, matches))
    if lost and added:
        lost = [(mine, theirs) for mine, theirs in lost if theirs]
        added = [(clause, matches) for clause, matches in added if matches]
    fewer = sum(bool(one.denied) for one in both.draft.clauses) < sum(
        bool(one.denied) for one in both.update.clauses
    )
    for mine, theirs in lost:
        if not theirs and not fewer:
            continue
        place = (theirs[0].start, theirs[0].end) if theirs else (both.end, both.end)
        verb = "drops" if theirs else "leaves out"
        both.error("negation-lost", f"The draft {verb} what you denied: “{both.wrote(mine)}”.", *place)
    for clause, matches in added:
        words = f"you wrote “{both.wrote(matches[0])}”" if matches else "you did not write that"
        both.error(
            "negation-added",
            f"The draft denies something, “{both.said(clause)}”; {words}.",
            clause.start,
            clause.end,
        )


def _soft(reading: Reading) -> int:
    """Count the words that may stand for a denial in a rewording: "dropped" for "no longer supported"."""
    return sum(token.low in lx.SOFT_NEGATIVES or token.stem in lx.SOFT_STEMS for token in reading.tokens)


def _affirmed(token: Token, others: list[Clause], told: frozenset[str] = frozenset()) -> bool:
    """Tell whether clauses of the other text say of the very same what is denied here, among words ``told`` of both."""
    return any(
        token.canon in other.content
        and not any(
            low.low in lx.NEGATIVE or (low.stem in lx.SOFT_STEMS and low.stem not in told)
            for low in other.tokens
        )
        for other in others
    )


def negatives(reading: Reading) -> int:
    """Count the words that deny, fail, withhold or except; trouble that is denied counts for nothing."""
    tokens = [token for token in reading.tokens if token.kind == "word"]
    count = 0
    for place, token in enumerate(tokens):
        low = token.low
        if low in lx.NEGATIVE or low in lx.FAILING or (low.endswith("less") and low not in lx.NOT_LESS):
            following = [other.canon for other in tokens[place + 1 : place + 4]]
            count += not (low in lx.NEGATORS and lx.TROUBLES & set(following))
    return count


def _unmatched(here: Reading, there: Reading) -> list[tuple[Clause, list[Clause], Token]]:
    """Return the denials of one text that the other has in no words, with the clauses on the same things."""
    out = []
    for clause in here.clauses:
        for canon, token in clause.denied.items():
            others = best(clause, there)
            lows = {token.low for token in clause.tokens}
            if lows & lx.RELEASING and there.lows & lx.RELEASED:
                continue
            if not _denied(canon, token, others, there, here.lows, _forbids(clause, token)):
                out.append((clause, others, token))
    return out


def _doubtful(reading: Reading) -> bool:
    return any(
        clause.denied or clause.marks.get("hedge") or outlook(clause) in _OPEN for clause in reading.clauses
    )


def _idle(clause: Clause) -> bool:
    return not any(canon not in lx.FRAME for canon in clause.content) and not clause.events


def _forbids(clause: Clause, token: Token) -> bool:
    """Tell whether a denial is a prohibition: "don't deploy on Friday"."""
    lows = [one.low for one in clause.tokens if one.start < token.start]
    if lows and lows[-1] == "needto" and {"no", "not", "don't", "doesn't"} & set(lows[-3:]):
        return True
    return (
        bool(lows)
        and lows[-1] in ("don't", "never", "not")
        and not token.low.endswith("ed")
        and (
            len(lows) == 1 or lows[-2] in ("please", "must", "do", "and", "then", "so", ",", "just", "should")
        )
    )


def _denied(
    canon: str, token: Token, others: list[Clause], there: Reading, told: frozenset[str], forbids: bool
) -> bool:
    """Tell whether the other text denies the same: the same word, a negative clause on the same things, or the opposite."""
    achieving = canon in lx.ACHIEVING
    poles = lx.POLES.get(token.stem, ())
    if canon in there.denied or not ALIKE.get(token.stem, frozenset()).isdisjoint(
        denied.stem for clause in there.clauses[:_MOST] for denied in clause.denied.values()
    ):
        return True
    if achieving and lx.ACHIEVING & there.denied:
        return True
    if any(-sign in there.sides.get(name, {}) for name, sign in poles):
        return True
    if canon in lx.KNOWING and there.lows & lx.NOT_KNOWN:
        return True
    for other in sharing([canon], there):
        if canon not in lx.TROUBLES and any(low.low in lx.FAILING - told for low in other.tokens):
            return True
        able = any(low.low in ("can", "could") for low in other.tokens)
        wanted = ("not", "refused") if forbids or able else ("not", "todo", "refused")
        if any(event.canon == canon and state(event) in wanted for event in other.events):
            return True
    if len(token.low) > 3 and any(
        head + token.low in there.lows for head in ("un", "in", "im", "ir", "dis", "non")
    ):
        return True
    if canon in lx.TROUBLES and (there.canons & {"fix", "pass", "success"} or there.lows & lx.SOUND):
        return True
    lows = {low.low for other in others for low in other.tokens if low.canon != canon}
    return bool(others) and (bool(lows & lx.NEGATIVE) or any(other.denied for other in others))


def check(both: Comparison) -> None:
    """Compare what is told as done, as still to do, and as denied."""
    _statuses(both)
    _reservations(both)
    _denials(both)

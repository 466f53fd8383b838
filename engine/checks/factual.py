"""Hard facts compared: what a draft invents, loses or exchanges."""

import itertools
import re
from bisect import bisect_left

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.facts import Fact
from engine.checks.matching import Comparison, known, sharing
from engine.checks.sources import near, one_slip
from engine.checks.statements import Clause, Reading
from engine.checks.stems import stem
from engine.checks.tokens import Token

_KINDS = {
    "key": "issue key", "version": "version", "url": "link", "email": "address", "identifier": "identifier", "environment": "environment", "date": "date", "time": "time",
    "number": "number", "name": "name", "product": "name", "proper": "name", "fraction": "number", "side": "side",
}  # fmt: skip

_MOST = 80
"""So many different facts of one kind are looked through for each."""


_COUNTED_UNITS = frozenset({"$", "€", "£", "CHF", "percent"})
"""Units that a bare number has not when it counts something."""


def _same(one: Fact, other: Fact) -> bool:
    if (
        {one.unit, other.unit} & _COUNTED_UNITS
        and one.unit != other.unit
        and (one.nouns if one.unit is None else other.nouns)
    ):
        return False
    if one.value == other.value and (one.unit == other.unit or None in (one.unit, other.unit)):
        return True
    if one.number is not None and other.number is not None:
        if one.unit == other.unit:
            return abs(one.number - other.number) <= 1e-6 * max(abs(one.number), 1.0)
        if None in (one.unit, other.unit):
            unit = one.unit or other.unit
            bare, whole = (one.number, other.number) if one.unit is None else (other.number, one.number)
            factors = {factor for known, factor in named.UNITS.values() if known == unit}
            return any(abs(bare * factor - whole) < 1e-6 * max(whole, 1.0) for factor in factors)
    return False


def has(reading: Reading, fact: Fact, left: bool = True) -> bool:
    """Tell whether a text has a fact, in whatever words."""
    if _shortened(fact, reading):
        return True
    kinds = {fact.kind}
    if fact.kind in ("number", "version", "fraction"):
        kinds |= {"number", "version"}
    if fact.kind in ("name", "product", "proper", "environment"):
        kinds |= {"name", "product", "proper", "environment"} - (
            {"environment"} if fact.kind != "environment" else {"name", "product", "proper"}
        )
    if any(_same(fact, other) for kind in kinds for other in reading.by_kind.get(kind, ())[:_MOST]):
        return True
    if fact.kind == "product" and named.LANGUAGE_CODES.get(fact.value) in reading.lows:
        return True
    if fact.kind in ("name", "product", "proper", "identifier", "environment"):
        return _called(reading, fact)
    if fact.kind == "number":
        return _figured(reading, fact, left)
    if fact.kind == "time" and fact.value.endswith(":00"):
        hour = fact.value.removesuffix(":00")
        return any(
            other.value in (hour, str(int(hour) % 12)) for other in reading.by_kind.get("number", ())[:_MOST]
        )
    if fact.kind == "date":
        return ("/" in fact.value and _in_range(fact, reading)) or bool(
            named.SAME_DAYS.get(fact.value, frozenset()) & reading.lows
        )
    if fact.kind == "key" and _in_series(fact, reading):
        return True
    return fact.kind in ("url", "key", "email") and fact.value.lower() in reading.lower


def _in_series(fact: Fact, reading: Reading) -> bool:
    """Tell whether a text has a key as a number after another of its project: "WEB-14, 15 and 17"."""
    project, _, number = fact.value.rpartition("-")
    return any(
        one.value.rpartition("-")[0] == project for one in reading.by_kind.get("key", ())[:_MOST]
    ) and any(one.value == number and one.unit is None for one in reading.by_kind.get("number", ())[:_MOST])


def _numeronym(value: str, reading: Reading) -> bool:
    """Tell whether a text spells out a word of which only the ends and the number of letters are told: "a11y"."""
    match = re.fullmatch(r"([a-z])(\d{1,2})([a-z])", value)
    return match is not None and any(
        len(low) == int(match[2]) + 2 and low[0] == match[1] and low[-1] == match[3] for low in reading.lows
    )


def _whole(value: str, text: str) -> bool:
    """Tell whether a text has a value as a whole word: not "getTotal" within "getTotals"."""
    at = text.find(value)
    for _ in range(_MOST):
        if at < 0:
            return False
        around = text[max(0, at - 1) : at] + text[at + len(value) : at + len(value) + 1]
        if not any(char.isalnum() or char == "_" for char in around):
            return True
        at = text.find(value, at + 1)
    return False


def _called(reading: Reading, fact: Fact) -> bool:
    """Tell whether a text has a name among its words."""
    if fact.kind == "environment":
        return fact.value in reading.lows or (fact.value == "production" and "live" in reading.lows)
    if fact.kind == "identifier" and _numeronym(fact.value, reading):
        return True
    within = _whole(fact.value, reading.lower) if fact.kind == "identifier" else fact.value in reading.lower
    return (
        fact.value in reading.lows
        or (
            within
            and (
                fact.kind != "name" or _whole(fact.value, reading.lower.replace(fact.value + "s", fact.value))
            )
        )
        or (fact.kind == "proper" and near(fact.value, reading))
        or (fact.kind != "identifier" and fact.value.removesuffix("s") in reading.lows)
    )


def _hours(value: str) -> tuple[str, ...]:
    """Return the times of day that a bare number may mean: three o'clock at night, and in the afternoon."""
    late = (f"{int(value) + 12}:00",) if value.isdigit() and 0 < int(value) < 12 else ()
    return (f"{value}:00", *late)


_BY_ORDER = {float(value): word for word, value in named.ORDINALS.items() if value > 2}


def _figured(reading: Reading, fact: Fact, left: bool) -> bool:
    """Tell whether a text has a number as a time, a day, half of something, or what its counts leave."""
    if (
        fact.value in ("0", "1")
        or (fact.value == "100" and fact.unit in (None, "percent"))
        or (fact.value == "50" and not reading.lows.isdisjoint(("half", "halfway")))
    ):
        return True
    if fact.number in _BY_ORDER and _BY_ORDER[fact.number] in reading.lows:
        return True
    if any(fact.value in one.value.split("/") for one in reading.by_kind.get("fraction", ())[:_MOST]):
        return True
    dates, times = (reading.by_kind.get(kind, ())[:_MOST] for kind in ("date", "time"))
    return (
        any(other.value.endswith(f"/{fact.value}") for other in dates)
        or (fact.unit is None and any(other.value in _hours(fact.value) for other in times))
        or _counted(fact, reading, left)
    )


def _shortened(fact: Fact, reading: Reading) -> bool:
    """Tell whether a text has this number as that of a key or in a link: "close 47" for WEB-47, "PR #731"."""
    if fact.kind == "number" and fact.unit is None:
        return any(other.value.endswith(f"-{fact.value}") for other in reading.by_kind.get("key", ())[:_MOST])
    if fact.kind != "identifier" or not fact.value.startswith("#"):
        return False
    digits = fact.value[1:]
    return any(
        digits in re.split(r"\W", other.value) for other in reading.by_kind.get("url", ())[:_MOST]
    ) or (any(other.value == digits for other in reading.by_kind.get("number", ())[:_MOST]))


def _in_range(fact: Fact, reading: Reading) -> bool:
    """Tell whether a date is one end of "3 to 14 August"."""
    month, day = fact.value.split("/")
    dates, numbers = (reading.by_kind.get(kind, ())[:_MOST] for kind in ("date", "number"))
    return any(other.value.startswith(f"{month}/") for other in dates) and any(
        other.value == day for other in numbers
    )


def _counted(fact: Fact, reading: Reading, left: bool) -> bool:
    """Allow a draft to count the keys or the twofold things that an update names."""
    keys = len(reading.by_kind.get("key", ()))
    return (
        fact.unit is None
        and fact.number is not None
        and (
            fact.number == keys
            or (left and _remainder(fact.number, reading))
            or (fact.number == 2 and bool(reading.lows & {"both", "pair", "double", "couple"}))
        )
    )


def _of_rest(draft: Reading) -> bool:
    """Tell whether a draft speaks of what is left, which it may have counted."""
    return not draft.lows.isdisjoint(
        (
            "remaining",
            "remain",
            "remains",
            "other",
            "others",
            "rest",
            "left",
            "todo",
            "outstanding",
            "still",
            "pending",
            "open",
            "missing",
        )
    )


def _remainder(number: float, reading: Reading) -> bool:
    """Tell whether a number is what two others leave: 3 of 5 endpoints, "the remaining two"."""
    counts = [one.number for one in reading.by_kind.get("number", ())[:12] if one.number and one.unit is None]
    return any(whole - part == number for whole, part in itertools.permutations(counts, 2))


def _once(facts: list[Fact]) -> list[Fact]:
    """Return the first of each fact: one that is repeated is told once."""
    first: dict[tuple[str, str, str | None], Fact] = {}
    for fact in facts:
        first.setdefault((fact.kind, fact.value, fact.unit), fact)
    return list(first.values())


def _missing(both: Comparison) -> dict[str, Fact]:
    """Return the first fact of each kind that the update has and the draft lacks."""
    missing: dict[str, Fact] = {}
    for fact in both.update.facts:
        if _KINDS[fact.kind] not in missing and not has(both.draft, fact):
            missing[_KINDS[fact.kind]] = fact
    return missing


def _invented(both: Comparison) -> None:
    missing: dict[str, Fact] | None = None
    displaced: frozenset[str] | None = None
    for fact in _once(both.draft.facts):
        if (
            fact.kind == "proper"
            and not _other_name(fact, both)
            and (fact.value in lx.FRAME or _word_known(fact.value, both))
        ):
            continue
        if fact.kind == "proper" and fact.start in both.spelled:
            continue
        if fact.kind == "proper" and _other_name(fact, both):
            pass
        elif has(both.update, fact, _of_rest(both.draft)) or has(both.context, fact):
            continue
        if (
            fact.soft
            and fact.kind == "date"
            and not any(other.value == "yesterday" for other in both.update.by_kind.get("date", ()))
        ):
            continue
        kind = _KINDS[fact.kind]
        missing = _missing(both) if missing is None else missing
        if kind in missing:
            text = f"The draft says “{both.said(fact)}”; you wrote “{both.wrote(missing[kind])}”."
        else:
            text = f"The draft says “{both.said(fact)}”; you named no such {kind}."
        displaced = _displaced(both) if displaced is None else displaced
        if fact.kind in _LOOSE - {"date"} and fact.kind not in displaced:
            continue
        tell = both.warn if fact.kind == "date" and fact.kind not in displaced else both.error
        tell(f"{kind.replace(' ', '-')}-added", text, fact.start, fact.end)


_LOOSE = frozenset({"date", "identifier", "proper"})
"""What may be told in so many ways that a new one proves little where none of the update's is missing."""


def _displaced(both: Comparison) -> frozenset[str]:
    """Return the kinds of which the update has a fact that the draft has not; a name may be written as any word."""
    kinds = set()
    for kind in _LOOSE:
        others = ("proper", "name", "product") if kind == "proper" else (kind,)
        here, there = (
            [fact for one in others for fact in reading.by_kind.get(one, ())[:_MOST]]
            for reading in (both.update, both.draft)
        )
        if any(not any(_same(fact, other) for other in there) for fact in here):
            kinds.add(kind)
    if any(token.stem not in lx.FRAME for clause in both.update.clauses for token in both.alien(clause)):
        kinds.add("proper")
    return frozenset(kinds)


def _other_name(fact: Fact, both: Comparison) -> bool:
    """Tell whether this looks like a person of the update, but is another: Danielle for Daniel, Amira for Amara."""
    if fact.value in both.update.lows or fact.value in both.context.lows:
        return False
    names = [one for kind in ("name", "proper") for one in both.update.by_kind.get(kind, ())[:_MOST]]
    return any(
        other.value != fact.value
        and (
            (other.kind == "name" and other.value[:3] == fact.value[:3]) or one_slip(other.value, fact.value)
        )
        for other in names
    )


def _word_known(word: str, both: Comparison) -> bool:
    base = stem(word)
    return known(base, lx.GROUPS.get(base, base), word, both)


def _lost(both: Comparison) -> None:
    for fact in _once(both.update.facts):
        if fact.soft or has(both.draft, fact) or fact.kind in ("fraction", "proper", "side"):
            continue
        if fact.kind == "key" and has(both.context, fact):
            continue
        if fact.kind == "date" and fact.value.startswith("next ") and "next" in both.draft.lows:
            continue
        if fact.kind == "number" and (
            fact.value in ("0", "1", "2")
            or _word_of(both.draft, fact)
            or (_single(fact) and both.draft.lows & {"one", "a", "an", "single"})
        ):
            continue
        if fact.kind in ("name", "identifier") and (_vocative(both.update, fact) or _loose(both, fact)):
            continue
        if fact.kind == "product" and _loose(both, fact):
            continue
        kind = _KINDS[fact.kind]
        both.error(
            f"{kind.replace(' ', '-')}-lost",
            f"The draft leaves out “{both.wrote(fact)}”.",
            both.end,
            both.end,
        )


def _single(fact: Fact) -> bool:
    return any(fact.number == factor for unit, factor in named.UNITS.values() if unit == fact.unit)


def _word_of(draft: Reading, fact: Fact) -> bool:
    return fact.unit == "percent" and fact.number == 50 and "half" in draft.lows


def _loose(both: Comparison, fact: Fact) -> bool:
    return fact.value.replace("_", "").replace("-", "").replace(" ", "") in both.draft.squeezed


def _vocative(update: Reading, fact: Fact) -> bool:
    if fact.kind != "name":
        return False
    at, end = bisect_left(update.starts, fact.start), bisect_left(update.starts, fact.end)
    before = [token.low for token in update.tokens[max(0, at - 2) : at]]
    after = [token.low for token in update.tokens[end : end + 1]]
    greeted = (
        not before
        or before[-1] in ("hey", "hi", "hello", "@", "thanks", "thank", "morning", "cc", "yo")
        or before == ["thanks", "to"]
    )
    return greeted and (before != [] or after in ([","], [":"], ["\n"], ["-"]))


def _swapped(both: Comparison) -> None:
    """Find figures that stand for another thing than in the update, or in another order."""
    numbers: dict[str, list[Fact]] = {}
    for fact in both.update.facts:
        if fact.kind == "number" and fact.nouns:
            numbers.setdefault(fact.nouns[0], []).append(fact)
    every = [fact for fact in both.update.facts if fact.kind == "number"][:_MOST]
    for fact in both.draft.facts:
        if fact.kind != "number" or not fact.nouns or _whole_of_part(both.draft, fact):
            continue
        others = [other for other in numbers.get(fact.nouns[0], ())[:_MOST] if not _same(fact, other)]
        mine = [other for other in every if _same(fact, other)] if others else []
        if mine and others and _other_figure(both, fact, mine, others[0]):
            both.error(
                "number",
                f"The draft says “{both.said(fact)} {fact.nouns[0]}”; you wrote “{both.wrote(others[0])}”.",
                fact.start,
                fact.end,
            )
    for kind in ("number", "version", "environment", "product", "name", "identifier", "time", "date"):
        _reversed(both, kind)


def _other_figure(both: Comparison, fact: Fact, mine: list[Fact], other: Fact) -> bool:
    """Tell whether a figure stands for what another stands for in the update."""
    if any(other.nouns for other in mine):
        return not any(set(one.nouns) & set(fact.nouns) for one in mine)
    return not any(
        _same(one, other) and fact.nouns[0] in one.nouns
        for one in both.draft.by_kind.get("number", ())[:_MOST]
    )


def _whole_of_part(reading: Reading, fact: Fact) -> bool:
    """Tell whether a figure is that of which another is a part: the 12,400 of "37 of 12,400 rows"."""
    at = bisect_left(reading.starts, fact.start)
    before = [token.low for token in reading.tokens[max(0, at - 2) : at]]
    return before[-1:] == ["of"] or before == ["of", "the"]


_BETWEEN = frozenset({"to", "into", "from", "->", "→", "=>", "insteadof", "over", "not"})


def _arrows(reading: Reading, kind: str) -> dict[tuple[str, str], Fact]:
    """Return the pairs "from A to B" of one kind of fact."""
    facts = [fact for fact in reading.facts if fact.kind == kind]
    pairs: dict[tuple[str, str], Fact] = {}
    if not reading.lows & _BETWEEN:
        return pairs
    for one, other in itertools.pairwise(facts):
        at, end = bisect_left(reading.starts, one.start), bisect_left(reading.starts, one.end)
        between = [token.low for token in reading.tokens[end : bisect_left(reading.starts, other.start)]]
        before = reading.tokens[at - 1].low if at else ""
        if (
            len(between) <= (4 if between[-1:] not in (["to"], ["into"]) else 7)
            and (set(between) & {"->", "→", "=>", "to", "into"})
            and (before == "from" or "->" in between or "→" in between or "to" in between)
        ):
            pairs[one.value, other.value] = one
        elif between in (["insteadof"], ["over"], ["and", "not"], [",", "not"]) or (
            len(between) <= 3 and "from" in between and set(between) & {"from"}
        ):
            pairs[other.value, one.value] = one
    return pairs


def directions(reading: Reading) -> set[int]:
    """Return which way figures go: 1 where one rises, -1 where one falls."""
    figures = {fact.value: fact.number for fact in reading.facts if fact.number is not None}
    pairs = [pair for pair in _arrows(reading, "number") if figures.keys() >= set(pair)]
    return {1 if (figures[other] or 0) > (figures[one] or 0) else -1 for one, other in pairs}


def _changes(reading: Reading) -> dict[tuple[str, str], Token]:
    """Return the pairs of words "from A to B"."""
    pairs = {}
    tokens = [token for token in reading.tokens if token.low not in ("the", "a", "an", "our", "old", "new")]
    for place, token in enumerate(tokens):
        if token.low == "from" and place + 3 < len(tokens):
            for ahead in range(place + 2, min(place + 5, len(tokens) - 1)):
                if tokens[ahead].low in ("to", "into", "onto"):
                    pairs[tokens[place + 1].canon, tokens[ahead + 1].canon] = tokens[place + 1]
                    break
    return pairs


def _turned(both: Comparison) -> None:
    mine = _changes(both.update)
    for (one, other), token in _changes(both.draft).items():
        if one != other and (other, one) in mine:
            both.error(
                "order", f"The draft turns “from {mine[other, one].text} …” around.", token.start, token.end
            )


def _reversed(both: Comparison, kind: str) -> None:
    mine = _arrows(both.update, kind)
    if not mine:
        return
    for (one, other), fact in _arrows(both.draft, kind).items():
        if (other, one) in mine and (one, other) not in mine:
            both.error("order", f"The draft turns “from {other} to {one}” around.", fact.start, fact.end)


_PLACED = frozenset({"key", "environment", "number", "product", "name", "version", "date", "time"})


def _misplaced(both: Comparison) -> None:
    """Find facts that stand beside other things than in the update: two keys, two environments exchanged."""
    starts = [fact.start for fact in both.draft.facts]
    for clause in both.draft.clauses:
        kinds: dict[str, list[Fact]] = {}
        for fact in both.draft.facts[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]:
            kinds.setdefault(fact.kind, []).append(fact)
        for kind in _PLACED & kinds.keys():
            if len(kinds[kind]) == 1:
                _beside(both, clause, kinds[kind][0])


def _beside(both: Comparison, clause: Clause, fact: Fact) -> None:
    if fact.soft:
        return
    own = {token.canon for token in clause.tokens if fact.start <= token.start < fact.end} | {
        fact.value.lower(),
        fact.value,
    }
    scored = []
    for other in sharing(clause.content, both.update):
        shared = (clause.content.keys() & other.content.keys()) - own
        scored.append((sum(1.0 if canon not in lx.FRAME else 0.6 for canon in shared), other))
    scored.sort(key=lambda one: -one[0])
    if len(both.update.clauses) < 2 or not scored:
        return
    scored.append((0.0, clause))
    if scored[0][0] < (1.6 if fact.kind == "number" else 0.6) or scored[0][0] - scored[1][0] < 0.5:
        return
    theirs = scored[0][1]
    inside = [
        one for one in both.update.facts if one.kind == fact.kind and theirs.start <= one.start < theirs.end
    ]
    if clause.denied and any(
        other.denied
        for other in both.update.clauses[:_MOST]
        for one in both.update.by_kind.get(fact.kind, ())[:_MOST]
        if other.start <= one.start < other.end and _same(one, fact)
    ):
        return
    elsewhere = [one for one in both.update.by_kind.get(fact.kind, ())[:_MOST] if _same(one, fact)]
    if any(_pronominal(both.update, one) for one in elsewhere):
        return
    if inside and elsewhere and not any(_same(one, fact) for one in inside):
        both.error(
            "misplaced",
            f"The draft says “{both.said(clause)}”; you wrote “{both.wrote(theirs)}”.",
            fact.start,
            fact.end,
        )


def _pronominal(update: Reading, fact: Fact) -> bool:
    """Tell whether "one" stands for what is told of a fact: "the android one is stuck"."""
    at = bisect_left(update.starts, fact.end)
    return at < len(update.tokens) and update.tokens[at].low in ("one", "ones")


def _things(clause: Clause) -> set[str]:
    """Return what a clause speaks of by stem, good and bad outcomes each under one name."""
    things = {f"outcome {sign}" for sign in clause.poles.get("outcome", {})}
    for canon, token in clause.content.items():
        if not any(name == "outcome" for name, _ in lx.POLES.get(token.stem, ())):
            things.add(token.stem if token.kind == "word" else canon)
    return things


_MOST_CLAUSES = 24
"""Above so many clauses nobody compares each with each: the work grows with the fourth power."""


def _exchanged(both: Comparison) -> None:
    """Find two things that have changed places: each stands with what the update says of the other."""
    mine = [_things(clause) for clause in both.update.clauses[: _MOST_CLAUSES + 1]]
    if max(len(mine), len(both.draft.clauses)) > _MOST_CLAUSES:
        return
    own = [words - set().union(*(other for other in mine if other is not words)) for words in mine]
    mixed = []
    for clause in both.draft.clauses:
        things = _things(clause)
        touched = {place: shared for place, words in enumerate(own) if (shared := things & words)}
        if len(touched) > 1:
            mixed.append((clause, touched))
    for (_, here), (there, words) in itertools.combinations(mixed, 2):
        for x, y in itertools.combinations(sorted(here.keys() & words.keys()), 2):
            if not (here[x] & words[x] or here[y] & words[y]):
                source = both.update.clauses[y]
                both.error(
                    "misplaced",
                    f"The draft says “{both.said(there)}”; you wrote “{both.wrote(source)}”.",
                    there.start,
                    there.end,
                )
                return


def _spans(both: Comparison) -> None:
    """Find a span of time taken for another: "the same day" for "the same hour"."""
    mine, theirs = (
        {named.SPANS[low] for low in reading.lows if low in named.SPANS}
        for reading in (both.update, both.draft)
    )
    if mine - theirs and theirs - mine:
        token = next(token for token in both.draft.tokens if named.SPANS.get(token.low) in theirs - mine)
        source = next(token for token in both.update.tokens if named.SPANS.get(token.low) in mine - theirs)
        if not any(fact.start <= token.start < fact.end for fact in both.draft.facts):
            both.error(
                "date",
                f"The draft says “{both.said(token)}”; you wrote “{both.wrote(source)}”.",
                token.start,
                token.end,
            )


def check(both: Comparison) -> None:
    """Compare the hard facts."""
    _invented(both)
    _lost(both)
    _swapped(both)
    _misplaced(both)
    _turned(both)
    _exchanged(both)
    _spans(both)

"""Whether a draft says what the update says: no more, no less, nothing turned around."""

import functools
import itertools

from engine.checks import lexicon as lx
from engine.checks.facts import Fact
from engine.checks.reading import Clause, Event, Reading, read
from engine.checks.stems import stem
from engine.checks.tokens import Token
from engine.types import Finding, Severity

_KINDS = {
    "key": "issue key", "version": "version", "url": "link", "email": "address", "identifier": "identifier", "environment": "environment", "date": "date", "time": "time",
    "number": "number", "name": "name", "product": "name", "proper": "name", "fraction": "number",
}  # fmt: skip
_RESULT = {"done": "done", "doing": "in progress", "todo": "still to do", "not": "not done"}
_ONLY_ONE = frozenset({"key", "version", "url", "environment", "name", "product", "time", "number", "date"})


class Comparison:
    """One draft beside its source; `findings` collects what differs."""

    def __init__(self, update: str, draft: str, context: str) -> None:
        self.update, self.draft = read(update), read(draft)
        self.context = read(context)
        self.findings: list[Finding] = []
        self.end = len(draft)

    def error(self, rule: str, message: str, start: int, end: int) -> None:
        """Record a contradiction or an invention."""
        self.findings.append(Finding(f"faithful.{rule}", Severity.ERROR, message, start, end))

    def warn(self, rule: str, message: str, start: int, end: int) -> None:
        """Record what rules cannot know."""
        self.findings.append(Finding(f"faithful.{rule}", Severity.WARNING, message, start, end))

    def said(self, token: Token | Fact | Clause) -> str:
        """Quote the words of the draft."""
        return self.draft.text[token.start : token.end].strip()

    def wrote(self, token: Token | Fact | Clause) -> str:
        """Quote the words of the update."""
        return self.update.text[token.start : token.end].strip()


def _same(one: Fact, other: Fact) -> bool:
    if one.value == other.value and (one.unit == other.unit or None in (one.unit, other.unit)):
        return True
    if one.number is not None and other.number is not None:
        if one.unit == other.unit:
            return abs(one.number - other.number) <= 1e-6 * max(abs(one.number), 1.0)
        if None in (one.unit, other.unit):
            unit = one.unit or other.unit
            bare, whole = (one.number, other.number) if one.unit is None else (other.number, one.number)
            factors = {factor for known, factor in lx.UNITS.values() if known == unit}
            return any(abs(bare * factor - whole) < 1e-6 * max(whole, 1.0) for factor in factors)
    return False


def _has(reading: Reading, fact: Fact) -> bool:
    kinds = {fact.kind}
    if fact.kind in ("number", "version", "fraction"):
        kinds |= {"number", "version"}
    if fact.kind in ("name", "product", "proper", "environment"):
        kinds |= {"name", "product", "proper", "environment"} - (
            {"environment"} if fact.kind != "environment" else {"name", "product", "proper"}
        )
    if any(other.kind in kinds and _same(fact, other) for other in reading.facts):
        return True
    if fact.kind in ("name", "product", "proper", "identifier"):
        return (
            fact.value in reading.lows
            or fact.value in reading.text.lower()
            or (fact.kind == "proper" and _near(fact.value, reading))
        )
    if fact.kind == "environment":
        return fact.value in reading.lows
    if fact.kind == "number":
        return fact.value in ("0", "1", "100") or _counted(fact, reading)
    if fact.kind == "date":
        return fact.value in ("eod",) and "today" in {other.value for other in reading.facts}
    return fact.kind in ("url", "key", "email") and fact.value.lower() in reading.text.lower()


def _counted(fact: Fact, reading: Reading) -> bool:
    """Allow a draft to count the keys or the twofold things that an update names."""
    keys = len({other.value for other in reading.facts if other.kind == "key"})
    return (
        fact.unit is None
        and fact.number is not None
        and (
            fact.number == keys
            or (fact.number == 2 and bool(reading.lows & {"both", "pair", "double", "couple"}))
        )
    )


def _invented(both: Comparison) -> None:
    for fact in both.draft.facts:
        if fact.kind == "proper" and (fact.value in lx.FRAME or _word_known(fact.value, both)):
            continue
        if _has(both.update, fact) or _has(both.context, fact):
            continue
        kind = _KINDS[fact.kind]
        mine = [
            other for other in both.update.facts if _KINDS[other.kind] == kind and not _has(both.draft, other)
        ]
        if mine:
            text = f"The draft says “{both.said(fact)}”; you wrote “{both.wrote(mine[0])}”."
        else:
            text = f"The draft says “{both.said(fact)}”; you named no such {kind}."
        both.error(f"{kind.replace(' ', '-')}-added", text, fact.start, fact.end)


def _word_known(word: str, both: Comparison) -> bool:
    base = stem(word)
    return _known(base, lx.GROUPS.get(base, base), word, both)


def _lost(both: Comparison) -> None:
    for place, fact in enumerate(both.update.facts):
        if fact.soft or _has(both.draft, fact) or fact.kind in ("fraction", "proper"):
            continue
        if fact.kind == "key" and _has(both.context, fact):
            continue
        if fact.kind == "number" and (fact.value in ("0", "1", "2") or _word_of(both.draft, fact)):
            continue
        if fact.kind in ("name", "identifier") and (_vocative(both.update, fact) or _loose(both, fact)):
            continue
        if fact.kind == "product" and _loose(both, fact):
            continue
        if any(other.value == fact.value for other in both.update.facts[:place]):
            continue
        kind = _KINDS[fact.kind]
        both.error(
            f"{kind.replace(' ', '-')}-lost",
            f"The draft leaves out “{both.wrote(fact)}”.",
            both.end,
            both.end,
        )


def _word_of(draft: Reading, fact: Fact) -> bool:
    return fact.unit == "percent" and fact.number == 50 and "half" in draft.lows


def _loose(both: Comparison, fact: Fact) -> bool:
    squeezed = both.draft.text.lower().replace(" ", "").replace("-", "").replace("_", "").replace("`", "")
    return fact.value.replace("_", "").replace("-", "").replace(" ", "") in squeezed


def _vocative(update: Reading, fact: Fact) -> bool:
    before = [token.low for token in update.tokens if token.end <= fact.start][-2:]
    after = [token.low for token in update.tokens if token.start >= fact.end][:1]
    if fact.kind != "name":
        return False
    greeted = (
        not before
        or before[-1] in ("hey", "hi", "hello", "@", "thanks", "thank", "morning", "cc", "yo")
        or before == ["thanks", "to"]
    )
    return greeted and (before != [] or after in ([","], [":"], ["\n"], ["-"]))


def _swapped(both: Comparison) -> None:
    """Find figures that stand for another thing than in the update, or in another order."""
    numbers = [fact for fact in both.update.facts if fact.kind == "number"]
    for fact in both.draft.facts:
        if fact.kind != "number" or not fact.nouns:
            continue
        mine = [other for other in numbers if _same(fact, other)]
        others = [other for other in numbers if not _same(fact, other) and other.nouns[:1] == fact.nouns[:1]]
        if (
            mine
            and others
            and not any(set(other.nouns) & set(fact.nouns) for other in mine)
            and all(other.nouns for other in mine)
        ):
            both.error(
                "number",
                f"The draft says “{both.said(fact)} {fact.nouns[0]}”; you wrote “{both.wrote(others[0])}”.",
                fact.start,
                fact.end,
            )
    for kind in ("number", "version", "environment", "product", "name", "identifier"):
        _reversed(both, kind)


def _arrows(reading: Reading, kind: str) -> dict[tuple[str, str], Fact]:
    """Return the pairs "from A to B" of one kind of fact."""
    facts = [fact for fact in reading.facts if fact.kind == kind]
    pairs = {}
    for one, other in itertools.pairwise(facts):
        between = [token.low for token in reading.tokens if one.end <= token.start < other.start]
        before = next((token.low for token in reversed(reading.tokens) if token.end <= one.start), "")
        if (
            len(between) <= 4
            and (set(between) & {"->", "→", "=>", "to", "into"})
            and (before == "from" or "->" in between or "→" in between or "to" in between)
        ):
            pairs[one.value, other.value] = one
        elif len(between) <= 3 and "from" in between and set(between) & {"from"}:
            pairs[other.value, one.value] = one
    return pairs


def _reversed(both: Comparison, kind: str) -> None:
    mine = _arrows(both.update, kind)
    if not mine:
        return
    for (one, other), fact in _arrows(both.draft, kind).items():
        if (other, one) in mine and (one, other) not in mine:
            both.error("order", f"The draft turns “from {other} to {one}” around.", fact.start, fact.end)


def _overlap(one: Clause, other: Clause) -> float:
    shared = one.content.keys() & other.content.keys()
    return sum(1.0 if canon not in lx.FRAME else 0.6 for canon in shared)


def _best(clause: Clause, others: list[Clause], least: float = 0.6) -> list[Clause]:
    """Return the clauses that speak of the same, best first; ties keep their order."""
    scored = [(score, other) for other in others if (score := _overlap(clause, other)) >= least]
    if not scored:
        return []
    top = max(score for score, _ in scored)
    return [other for score, other in scored if score >= top - 0.25]


def _state(event: Event) -> str:
    return "not" if event.negated else event.status


_FITS = {
    "done": {"done", "state"},
    "doing": {"doing", "state", "todo", "not"},
    "todo": {"todo", "state", "not", "doing"},
    "not": {"not", "state", "todo"},
    "state": {"done", "doing", "todo", "not", "state"},
}
"""What a draft may make of a state in the update."""


def _fits(mine: str, theirs: str) -> bool:
    return theirs in _FITS[mine]


def _events(reading: Reading) -> list[tuple[Event, Clause]]:
    return [(event, clause) for clause in reading.clauses for event in clause.events]


def _candidates(event: Event, clause: Clause, mine: list[tuple[Event, Clause]]) -> list[tuple[Event, Clause]]:
    """Return the update's mentions of the same work, those with the most in common."""
    same = [(other, theirs) for other, theirs in mine if other.canon == event.canon]
    if not same:
        return []
    scores = [_overlap(clause, theirs) for _, theirs in same]
    top = max(scores)
    return [pair for pair, score in zip(same, scores, strict=True) if score >= top - 0.25]


def _statuses(both: Comparison) -> None:
    mine = _events(both.update)
    for event, clause in _events(both.draft):
        state = _state(event)
        if state == "state":
            continue
        pairs = _candidates(event, clause, mine)
        if pairs:
            states = [_state(other) for other, _ in pairs]
            if not any(_fits(one, state) for one in states):
                _contradiction(both, event, state, pairs[0], states[0])
            continue
        _unnamed(both, event, clause, state)


def _contradiction(both: Comparison, event: Event, state: str, pair: tuple[Event, Clause], mine: str) -> None:
    words, text = both.wrote(pair[1]), both.said(event.token)
    if state == "done":
        rule = {"todo": "future-made-past", "doing": "completion", "not": "negation-lost"}[mine]
    elif mine == "done":
        rule = {"not": "negation-added", "todo": "past-made-future", "doing": "understated"}[state]
    else:
        rule = "negation-lost" if mine == "not" else "negation-added"
    both.error(
        rule,
        f"The draft tells “{text}” as {_RESULT[state]}; you wrote “{words}”.",
        event.token.start,
        event.token.end,
    )


def _unnamed(both: Comparison, event: Event, clause: Clause, state: str) -> None:
    """Judge work that the update does not name: by what it says about the same things."""
    matches = _best(clause, both.update.clauses)
    token = event.token
    if (
        event.stem in lx.HARD_VERBS
        and event.canon not in both.update.canons
        and event.stem not in both.context.stems
        and not _near(token.low, both.update)
    ):
        both.error(
            "work-added",
            f"The draft says “{both.said(token)}”; you did not write that.",
            token.start,
            token.end,
        )
        return
    states = [(_state(other), theirs) for theirs in matches for other in theirs.events]
    plain = [(_outlook(theirs), theirs) for theirs in matches if not theirs.events]
    judged = states or plain
    if event.canon in ("complete", "fix", "implement", "change", "handle") or state == "done":
        known = [pair for pair in judged if pair[0] != "state"]
        if (
            known
            and state == "done"
            and not any(one == "done" for one, _ in judged)
            and not any(one == "state" for one, _ in states)
        ):
            both.error(
                "completion",
                f"The draft tells “{both.said(token)}” as done; you wrote “{both.wrote(known[0][1])}”.",
                token.start,
                token.end,
            )
        elif known and state == "todo" and all(one == "done" for one, _ in judged):
            both.error(
                "past-made-future",
                f"The draft tells “{both.said(token)}” as still to do; you wrote “{both.wrote(known[0][1])}”.",
                token.start,
                token.end,
            )
        elif (
            not judged
            and state == "done"
            and event.canon == "complete"
            and both.update.clauses
            and not _any_done(both.update)
        ):
            both.error(
                "completion",
                "The draft says that work is complete; you did not write that.",
                token.start,
                token.end,
            )


def _outlook(clause: Clause) -> str:
    lows = {token.low for token in clause.tokens}
    if lows & lx.NOMINAL_DOING or "working" in lows:
        return "doing"
    if clause.future or lows & lx.NOMINAL_TODO - {"left", "open", "in", "due", "follow"}:
        return "todo"
    if lows & {"done", "complete", "finished", "fixed", "merged"} and not clause.denied:
        return "done"
    return "not" if clause.denied else "state"


def _any_done(reading: Reading) -> bool:
    return any(_state(event) == "done" for event, _ in _events(reading)) or any(
        _outlook(clause) == "done" for clause in reading.clauses
    )


def _near(word: str, reading: Reading) -> bool:
    """Tell whether a text has this word but for one slip of the pen."""
    return any(
        abs(len(low) - len(word)) <= 1 and low[:1] == word[:1] and len(word) > 4 and _one_slip(word, low)
        for low in reading.lows
        if len(low) > 3
    )


@functools.lru_cache(maxsize=8192)
def _one_slip(one: str, other: str) -> bool:
    if one == other:
        return True
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    )


def _known(base: str, canon: str, low: str, both: Comparison) -> bool:
    for reading in (both.update, both.context):
        if base in reading.stems or canon in reading.canons or low in reading.lows:
            return True
        if len(base) >= 4 and any(
            other.startswith(base) or (len(other) >= 4 and base.startswith(other)) for other in reading.stems
        ):
            return True
        if _near(low, reading):
            return True
    return False


def additions(both: Comparison) -> list[Token]:
    """Return the content words of the draft without a source."""
    out = []
    for token in both.draft.tokens:
        if token.kind != "word" or token.low in lx.STOP or len(token.low) < 3 or token.low in lx.NEGATORS:
            continue
        if (
            token.stem in lx.FRAME
            or token.canon in lx.FRAME
            or _known(token.stem, token.canon, token.low, both)
        ):
            continue
        out.append(token)
    return out


def _markers(both: Comparison) -> None:
    """Compare doubt, hearsay, conditions and parts, clause by clause."""
    for mine in both.update.clauses:
        theirs = _best(mine, both.draft.clauses)
        if not theirs:
            continue
        nearby = _with_neighbours(theirs, both.draft)
        _doubt(both, mine, theirs, nearby)
        _condition(both, mine, theirs, nearby)
        _part(both, mine, theirs, nearby)
    for clause in both.draft.clauses:
        _added_marks(both, clause)


def _with_neighbours(clauses: list[Clause], reading: Reading) -> set[str]:
    sentences = {clause.sentence for clause in clauses}
    return {
        token.low for clause in reading.clauses if clause.sentence in sentences for token in clause.tokens
    }


def _doubt(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    token = mine.marks.get("hedge")
    if (
        token is not None
        and not nearby & lx.HEDGES
        and not nearby & lx.SPEECH
        and not (
            token.low in ("should", "expectedto", "supposedto", "hopefully", "hope", "ithink")
            and nearby & {"will", "goingto", "needto", "todo"}
            and mine.future
        )
    ):
        if token.low in ("should",) and (nearby & {"needto", "todo", "shall", "required"}):
            return
        if nearby & {
            "whether",
            "if",
            "question",
            "feedback",
            "looks",
            "unknown",
            "investigation",
            "investigate",
            "investigating",
            "confirmation",
            "uncertain",
            "sure",
            "certain",
            "confident",
            "suggest",
            "propose",
            "proposed",
            "recommend",
            "option",
            "consider",
            "considering",
            "intermittent",
        }:
            return
        both.error(
            "doubt-lost",
            f"The draft states as a fact what you wrote as “{both.wrote(mine)}”.",
            theirs[0].start,
            theirs[0].end,
        )
    speech = mine.marks.get("speech")
    if speech is not None and not nearby & lx.SPEECH and not nearby & lx.HEDGES and _somebody(mine, speech):
        if nearby & {
            "approved",
            "asked",
            "requested",
            "agreed",
            "feedback",
            "complaint",
            "reports",
            "report",
            "requests",
            "approval",
            "per",
            "via",
            "by",
            "from",
            "confirmation",
        }:
            return
        both.error(
            "hearsay",
            f"The draft states as a fact what you heard: “{both.wrote(mine)}”.",
            theirs[0].start,
            theirs[0].end,
        )


def _somebody(clause: Clause, speech: Token) -> bool:
    before = [token.low for token in clause.tokens if token.end <= speech.start][-2:]
    return speech.low in ("accordingto", "heard", "hears", "per", "reportedly", "informed") or (
        bool(before)
        and before[-1]
        not in (
            "i",
            "we",
            "i've",
            "we've",
            "be",
            "to",
            "error",
            "which",
            "log",
            "the",
            "is",
            "that",
            "was",
            "and",
            "then",
            "also",
        )
    )


def _condition(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    token = mine.marks.get("condition")
    if token is None or nearby & lx.CONDITIONS:
        return
    hard = token.low in lx.HARD_CONDITIONS
    if hard or mine.future or _neighbour_future(mine, both.update):
        both.error(
            "condition-lost",
            f"The draft drops the condition “{both.wrote(mine)}”.",
            theirs[0].start,
            theirs[0].end,
        )


def _neighbour_future(mine: Clause, update: Reading) -> bool:
    return any(clause.future for clause in update.clauses if clause.sentence == mine.sentence)


def _part(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    token = mine.marks.get("part")
    if token is None or nearby & lx.PARTS or any("percent" in clause.marks for clause in theirs):
        return
    if any(clause.denied for clause in theirs) or (
        token.low == "only" and nearby & {"solely", "exclusively", "single"}
    ):
        return
    both.error(
        "part-made-whole",
        f"The draft drops “{both.wrote(token)}”: you wrote “{both.wrote(mine)}”.",
        theirs[0].start,
        theirs[0].end,
    )


def _added_marks(both: Comparison, clause: Clause) -> None:
    whole = clause.marks.get("whole")
    if (
        whole is not None
        and whole.low not in both.update.lows
        and not both.update.lows & lx.WHOLES
        and whole.low not in ("each", "both", "always", "everything", "everyone")
    ):
        both.error(
            "whole-added", f"The draft says “{both.said(whole)}”; you did not.", whole.start, whole.end
        )
    part = clause.marks.get("part")
    if (
        part is not None
        and part.low not in ("only", "except")
        and not both.update.lows & (lx.PARTS | {"some"})
        and not any("percent" in one.marks for one in both.update.clauses)
        and _any_done(both.update)
    ):
        both.error("part-added", f"The draft says “{both.said(part)}”; you did not.", part.start, part.end)
    condition = clause.marks.get("condition")
    if (
        condition is not None
        and condition.low in lx.HARD_CONDITIONS
        and not both.update.lows & (lx.CONDITIONS | lx.HEDGES)
    ):
        both.error(
            "condition-added",
            f"The draft makes a condition, “{both.said(clause)}”; you did not.",
            clause.start,
            clause.end,
        )
    hedge = clause.marks.get("hedge")
    if (
        hedge is not None
        and hedge.low not in ("expectedto", "expected", "should", "possible", "feel", "could", "potential")
        and not both.update.lows & (lx.HEDGES | lx.SPEECH | {"unsure", "if", "try", "trying", "eta"})
    ):
        both.error(
            "doubt-added", f"The draft says “{both.said(hedge)}”; you were certain.", hedge.start, hedge.end
        )


_NEGATIVE = lx.NEGATORS | {"except", "fail", "fails", "failed", "failing", "unable", "remains", "remain", "remaining", "pending", "outstanding", "todo", "blocked", "blockedby", "waitingon", "missing", "prevents", "prevent", "absence", "lack", "stopped", "excluding", "excluded", "skipped", "only", "still", "open", "unchanged", "stop", "avoid", "rejected", "declined", "refused", "away", "unavailable"}  # fmt: skip


def _denials(both: Comparison) -> None:
    """Find denials that the draft drops, and denials that it adds."""
    for mine in both.update.clauses:
        for canon, token in mine.denied.items():
            theirs = _best(mine, both.draft.clauses)
            if _denied(canon, token, mine, theirs, both.draft, both.update):
                continue
            if not theirs and _idle(mine):
                continue
            place = (theirs[0].start, theirs[0].end) if theirs else (both.end, both.end)
            verb = "drops" if theirs else "leaves out"
            both.error("negation-lost", f"The draft {verb} what you denied: “{both.wrote(mine)}”.", *place)
    for clause in both.draft.clauses:
        for canon, token in clause.denied.items():
            mine_clauses = _best(clause, both.update.clauses)
            if _denied(canon, token, clause, mine_clauses, both.update, both.draft):
                continue
            if any(
                theirs.events
                and all(_fits(_state(event), "not") for event in theirs.events)
                and (theirs.future or theirs.denied or _outlook(theirs) in ("todo", "doing", "not"))
                for theirs in mine_clauses
            ):
                continue
            words = f"you wrote “{both.wrote(mine_clauses[0])}”" if mine_clauses else "you did not write that"
            both.error(
                "negation-added",
                f"The draft denies something, “{both.said(clause)}”; {words}.",
                clause.start,
                clause.end,
            )


def _idle(clause: Clause) -> bool:
    return not any(canon not in lx.FRAME for canon in clause.content) and not clause.events


def _denied(
    canon: str, token: Token, clause: Clause, others: list[Clause], there: Reading, here: Reading
) -> bool:
    """Tell whether the other text denies the same: the same word, a negative clause on the same things, or the opposite."""
    for other in there.clauses:
        if canon in other.denied:
            return True
        pole = lx.POLES.get(token.stem)
        if pole is not None and -pole[1] in other.poles.get(pole[0], {}):
            return True
        for event in other.events:
            if event.canon == canon and _state(event) in ("not", "todo"):
                return True
    lows = {low.low for other in others for low in other.tokens}
    if canon in {"fail", "bug"} and (there.canons & {"fix", "pass", "success", "stable"}):
        return True
    return bool(others) and (bool(lows & _NEGATIVE) or any(other.denied for other in others))


def _poles(both: Comparison) -> None:
    """Find opposites: the draft's "increased" where the update says "reduced"."""
    for clause in both.draft.clauses:
        matches = _best(clause, both.update.clauses, 0.9) or (
            both.update.clauses if len(both.update.clauses) == 1 else []
        )
        for name, sides in clause.poles.items():
            mine: dict[int, Token] = {}
            for other in matches:
                mine.update(other.poles.get(name, {}))
            if not mine or set(mine) & set(sides):
                continue
            if name == "outcome" and _repaired(clause, matches):
                continue
            if (
                any(set(other.poles.get(name, {})) & set(sides) for other in both.update.clauses)
                and name == "outcome"
                and len(matches) != 1
            ):
                continue
            sign, token = next(iter(sides.items()))
            source = mine[-sign]
            both.error(
                "opposite",
                f"The draft says “{both.said(token)}”; you wrote “{both.wrote(source)}”.",
                token.start,
                token.end,
            )


def _repaired(clause: Clause, matches: list[Clause]) -> bool:
    """Tell whether trouble on one side is trouble that was mended on the other."""
    return any(
        event.canon in ("fix", "handle", "remove", "change")
        for one in (clause, *matches)
        for event in one.events
    )


def _claims(both: Comparison) -> None:
    """Warn of causes, benefits and praise that the update does not hold."""
    added = {token.start for token in additions(both)}
    tokens = both.draft.tokens
    kinds = {lx.CLAIMS[low] for low in both.update.lows if low in lx.CLAIMS}
    for place, token in enumerate(tokens):
        kind = lx.CLAIMS.get(token.low)
        if not kind or token.low in both.update.lows or token.stem in both.update.stems or kind == "quality2":
            continue
        if kind in kinds and kind != "quality":
            continue
        if kind == "success" and both.update.lows & {
            "works",
            "pass",
            "passed",
            "success",
            "ok",
            "fine",
            "green",
            "well",
            "smooth",
            "smoothly",
            "working",
        }:
            continue
        if kind == "cause" and both.update.lows & lx.CAUSE_WORDS:
            continue
        if (
            kind in ("purpose", "cause")
            and not any(other.start in added for other in tokens[place + 1 : place + 8])
            and kind == "purpose"
            and both.update.lows & {"so", "for", "to"}
        ):
            continue
        if kind == "benefit" and token.canon in both.update.canons:
            continue
        both.warn(
            "claim",
            f"The draft adds “{both.said(token)}”; only you can know whether that is so.",
            token.start,
            token.end,
        )


def _inventions(both: Comparison) -> None:
    """Find statements most of whose words have no source."""
    added = {token.start for token in additions(both)}
    for clause in both.draft.clauses:
        words = [
            token
            for token in clause.tokens
            if token.kind == "word" and token.low not in lx.STOP and token.stem not in lx.FRAME
        ]
        new = [token for token in words if token.start in added]
        if len(new) >= 3 and len(new) >= 0.7 * len(words):
            both.error(
                "statement-added",
                f"The draft says “{both.said(clause)}”; you wrote nothing like it.",
                clause.start,
                clause.end,
            )


def _alike(both: Comparison) -> bool:
    """Tell whether both texts have the same words in the same order, whatever their case, marks and shorthand."""
    mine, theirs = (
        [token.low for token in reading.tokens if token.kind not in ("mark", "newline")]
        for reading in (both.update, both.draft)
    )
    return mine == theirs


def compare(update: str, draft: str, context: str = "") -> list[Finding]:
    """Return where a draft says more, less or other than the update; words of the context may be used."""
    both = Comparison(update, draft, context)
    if _alike(both):
        return []
    for check in (_invented, _lost, _swapped, _statuses, _denials, _poles, _markers, _claims, _inventions):
        check(both)
    unique = {(finding.rule, finding.start, finding.end): finding for finding in reversed(both.findings)}
    return sorted(unique.values(), key=lambda finding: (finding.start, finding.end, finding.rule))

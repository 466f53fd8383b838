"""How it is asserted: with what doubt, on whose word, under which condition, of how much; and what is merely claimed."""

from engine.checks import lexicon as lx
from engine.checks.matching import Comparison, any_done, best, outlook, overlap, own_content, sharing
from engine.checks.statements import Clause, Reading
from engine.checks.tokens import Token


def _markers(both: Comparison) -> None:
    """Compare doubt, hearsay, conditions and parts, clause by clause."""
    for mine in both.update.clauses:
        if not mine.marks.keys() & {"hedge", "speech", "condition", "part"}:
            continue
        theirs = best(mine, both.draft)
        if not theirs:
            continue
        nearby = _with_neighbours(theirs, both.draft)
        _doubt(both, mine, theirs, nearby | _about(mine, both.draft))
        _hearsay(both, mine, theirs, nearby | _about(mine, both.draft))
        _condition(both, mine, theirs, nearby)
        _part(both, mine, theirs, nearby)
    for clause in both.draft.clauses:
        _added_marks(both, clause)


def _about(mine: Clause, draft: Reading) -> set[str]:
    """Return the words of all sentences of the draft that speak of the same."""
    return _with_neighbours(
        [clause for clause in sharing(mine.content, draft) if overlap(mine, clause) >= 0.6], draft
    )


def _with_neighbours(clauses: list[Clause], reading: Reading) -> set[str]:
    sentences = {clause.sentence for clause in clauses}
    return {
        token.low
        for number in sentences
        for clause in reading.sentences[number][:40]
        for token in clause.tokens
    }


def _doubt(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    token = mine.marks.get("hedge")
    if token is None or nearby & (lx.HEDGES | lx.SPEECH | lx.KEEPS_DOUBT):
        return
    plan = token.low in lx.PLANS and mine.future and nearby & {"will", "goingto", "needto", "todo"}
    if plan or (token.low in ("should", "would") and nearby & lx.KEEPS_DUTY):
        return
    place = theirs[0]
    both.error(
        "doubt-lost",
        f"The draft states as a fact what you wrote as “{both.wrote(mine)}”.",
        place.start,
        place.end,
    )


def _hearsay(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    speech = mine.marks.get("speech")
    if (
        speech is None
        or mine.denied
        or nearby & (lx.SPEECH | lx.HEDGES | lx.KEEPS_SPEECH)
        or not _somebody(mine, speech)
    ):
        return
    place = theirs[0]
    both.error(
        "hearsay", f"The draft states as a fact what you heard: “{both.wrote(mine)}”.", place.start, place.end
    )


def _somebody(clause: Clause, speech: Token) -> bool:
    if any(token.low in lx.THINGS for token in clause.tokens if token.end <= speech.start):
        return False
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
    hard = token.low in lx.HARD_CONDITIONS or token.low == "until"
    if hard or mine.future or _neighbour_future(mine, both.update):
        both.error(
            "condition-lost",
            f"The draft drops the condition “{both.wrote(mine)}”.",
            theirs[0].start,
            theirs[0].end,
        )


def _neighbour_future(mine: Clause, update: Reading) -> bool:
    return any(clause.future for clause in update.sentences[mine.sentence][:40])


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
        and not _of_others(clause, whole)
        and whole.low not in ("each", "both", "always", "everything", "everyone")
    ):
        both.error(
            "whole-added", f"The draft says “{both.said(whole)}”; you did not.", whole.start, whole.end
        )
    part = clause.marks.get("part")
    if (
        part is not None
        and part.low not in ("only", "except", "fornow")
        and not both.update.lows & (lx.PARTS | {"some"})
        and not any("percent" in one.marks for one in both.update.clauses)
        and any_done(both.update)
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
        and hedge.low in lx.STRONG_HEDGES
        and not both.update.lows & lx.UNSURE
        and not _doubted(both)
    ):
        both.error(
            "doubt-added", f"The draft says “{both.said(hedge)}”; you were certain.", hedge.start, hedge.end
        )


def _of_others(clause: Clause, whole: Token) -> bool:
    """Tell whether a whole is that of the rest only: "all other versions"."""
    return any(
        token.low in ("other", "others", "remaining")
        for token in clause.tokens
        if whole.end <= token.start <= whole.end + 6
    )


def _doubted(both: Comparison) -> bool:
    return bool(both.update.lows & (lx.HEDGES | lx.SPEECH))


def _claims(both: Comparison) -> None:
    """Warn of causes, benefits and praise that the update does not hold."""
    added = {token.start for token in both.added}
    tokens = both.draft.tokens
    kinds = {lx.CLAIMS[low] for low in both.update.lows if low in lx.CLAIMS}
    for place, token in enumerate(tokens):
        kind = lx.CLAIMS.get(token.low)
        if not kind or token.low in both.update.lows or token.stem in both.update.stems or kind == "quality2":
            continue
        if kind in kinds and kind != "quality":
            continue
        if kind == "success" and both.update.lows & lx.SUCCEEDED:
            continue
        if kind == "cause" and both.update.lows & (lx.CAUSE_WORDS | lx.HEDGES):
            continue
        sourced = not any(other.start in added for other in tokens[place + 1 : place + 8])
        if kind == "cause" and sourced:
            continue
        if kind == "purpose" and sourced and both.update.lows & {"so", "for", "to"}:
            continue
        if kind == "benefit" and token.canon in both.update.canons:
            continue
        both.warn(
            "claim",
            f"The draft adds “{both.said(token)}”; only you can know whether that is so.",
            token.start,
            token.end,
        )


_CERTAIN = frozenset({"definitely", "certainly", "guaranteed", "undoubtedly", "surely", "permanently"})
_COURTESY = frozenset(
    "thank thanks thanked thankful grateful gratitude appreciated appreciation appreciative pleased delighted happy excited satisfied".split()  # noqa: SIM905 - reads as a list
)


def _courtesy(both: Comparison) -> None:
    """Warn of thanks and joy that nobody wrote."""
    if both.update.lows & (
        _COURTESY
        | {
            "please",
            "cheers",
            "glad",
            "liked",
            "like",
            "loved",
            "love",
            "well",
            "good",
            "appreciate",
            "kudos",
            "great",
        }
    ):
        return
    for token in both.draft.tokens:
        if token.low in _COURTESY:
            both.warn("claim", f"The draft adds “{both.said(token)}”; you did not.", token.start, token.end)
            return


def _certainty(both: Comparison) -> None:
    """Find that a draft is sure where the update is not."""
    if both.update.lows & (_CERTAIN | {"sure"}):
        return
    for token in both.draft.tokens:
        if token.low in _CERTAIN and not any(token.canon in clause.denied for clause in both.draft.clauses):
            both.error(
                "certainty-added",
                f"The draft says “{both.said(token)}”; you did not.",
                token.start,
                token.end,
            )
            return


def _reserved(both: Comparison) -> None:
    """Find that a draft leaves nothing open where the update left something open that the draft no longer names."""
    if not any_done(both.draft) or _unsettled(both.draft):
        return
    for mine in both.update.clauses:
        own = own_content(mine)
        if own and outlook(mine) in ("todo", "doing", "not") and not own & both.draft.canons:
            both.error("reservation-lost", f"The draft leaves out “{both.wrote(mine)}”.", both.end, both.end)
            return


def _unsettled(reading: Reading) -> bool:
    return any(
        clause.denied or clause.marks or clause.future or outlook(clause) not in ("done", "state")
        for clause in reading.clauses
    )


def _inventions(both: Comparison) -> None:
    """Find statements most of whose words have no source."""
    added = {token.start for token in both.added}
    for clause in both.draft.clauses:
        words = [
            token
            for token in clause.tokens
            if token.kind == "word" and token.low not in lx.STOP and token.stem not in lx.FRAME
        ]
        new = [token for token in words if token.start in added]
        topics = [
            token
            for token in new
            if token.stem in lx.TOPIC_STEMS
            and not (token.low == "production" and "live" in both.update.lows)
            and not lx.RELATED.get(token.canon, frozenset()) & both.update.canons
        ]
        if topics:
            token = topics[0]
            both.error(
                "topic-added",
                f"The draft speaks of “{both.said(token)}”; you did not.",
                token.start,
                token.end,
            )
            continue
        if len(new) >= 3 and len(new) >= 0.7 * len(words):
            both.error(
                "statement-added",
                f"The draft says “{both.said(clause)}”; you wrote nothing like it.",
                clause.start,
                clause.end,
            )


def check(both: Comparison) -> None:
    """Compare doubt, conditions and parts, and warn of mere claims."""
    _markers(both)
    _claims(both)
    _inventions(both)
    _courtesy(both)
    _certainty(both)
    _reserved(both)

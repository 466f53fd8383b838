"""How it is asserted: with what doubt, on whose word, under which condition, of how much; and what is merely claimed."""

from engine.checks import lexicon as lx
from engine.checks.accounted import reworded, unsourced
from engine.checks.balance import DOUBTS, Reserves, reserves
from engine.checks.matching import Comparison, any_done, best, known, outlook, overlap, own_content, sharing
from engine.checks.sources import loose
from engine.checks.statements import Clause, Reading
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_MOST = 80
"""So many clauses are looked through."""


def _markers(both: Comparison) -> None:
    """Compare doubt, hearsay, conditions and parts, clause by clause."""
    kept: Reserves | None = None
    for mine in both.update.clauses:
        if not mine.marks.keys() & {"hedge", "speech", "condition", "part"}:
            continue
        kept = reserves(both) if kept is None else kept
        theirs = best(mine, both.draft)
        if not theirs:
            _dropped_condition(both, mine, kept)
            continue
        nearby = _with_neighbours(theirs, both.draft)
        about = nearby | _about(mine, both.draft)
        _doubt(both, mine, theirs, about, kept)
        _hearsay(both, mine, theirs, about)
        _condition(both, mine, theirs, nearby, kept)
        _part(both, mine, theirs, nearby, kept)
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


def _doubt(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str], kept: Reserves) -> None:
    token = mine.marks.get("hedge")
    if token is None:
        return
    if token.low == "unsure" and nearby & lx.NOT_KNOWN:
        return
    certain = not any(DOUBTS & {one.low for one in clause.tokens} for clause in theirs[:_MOST])
    if nearby & DOUBTS and not (token.low in lx.FIRM_HEDGES and certain and not kept.doubts):
        return
    if token.low == "tryto" and any(outlook(clause) in ("doing", "todo") for clause in theirs):
        return
    plan = token.low in lx.PLANS and mine.future and nearby & {"will", "goingto", "needto", "todo"}
    if plan or (token.low in ("should", "would") and nearby & lx.KEEPS_DUTY):
        return
    place = theirs[0]
    past = token.low in ("should", "would", "may") and any(outlook(clause) == "done" for clause in theirs)
    tell = both.warn if token.low in lx.WEAK_HEDGES and not past else both.error
    tell(
        "doubt-lost",
        f"The draft states as a fact what you wrote as “{both.wrote(mine)}”.",
        place.start,
        place.end,
    )


def _hearsay(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str]) -> None:
    speech = mine.marks.get("speech")
    own = {token.low for token in mine.tokens} - lx.SPEECH
    if (
        speech is None
        or (mine.denied and _tells_not(mine, speech))
        or not {"let's", "lets", "let", "until", "once", "if", "assoonas"}.isdisjoint(
            token.low for token in mine.tokens if token.start < speech.start
        )
        or (nearby - own - (both.update.lows & lx.KEEPS_SPEECH)) & (lx.SPEECH | lx.HEDGES | lx.KEEPS_SPEECH)
        or not _somebody(mine, speech)
    ):
        return
    place = theirs[0]
    both.error(
        "hearsay", f"The draft states as a fact what you heard: “{both.wrote(mine)}”.", place.start, place.end
    )


def _tells_not(clause: Clause, speech: Token) -> bool:
    """Tell whether it is denied that somebody says it."""
    return any(
        token.start >= speech.start - 12 and token.start <= speech.start for token in clause.denied.values()
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
            "should",
            "will",
            "can",
            "could",
            "must",
            "might",
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


def _made_event(both: Comparison, mine: Clause, theirs: list[Clause]) -> bool:
    """Find that what is only a condition has become an event: "after the spike" for "if the spike goes well"."""
    token = mine.marks["condition"]
    if token.low not in ("if", "unless", "should") or not (
        mine.future or _neighbour_future(mine, both.update)
    ):
        return False
    if both.draft.lows & _KEEPS_CONDITION or "?" in both.draft.text or "by" in both.draft.lows:
        return False
    both.error(
        "condition-lost",
        f"The draft drops the condition “{both.wrote(mine)}”.",
        theirs[0].start if theirs else both.end,
        theirs[0].end if theirs else both.end,
    )
    return True


_KEEPS_CONDITION = (
    lx.HARD_CONDITIONS
    | lx.SAID_CONDITIONS
    - {"following", "upon", "prior", "needed", "required", "necessary", "requires", "require"}
    | word_set("once when until should would case event unless whenever without might")
)


def _condition(
    both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str], kept: Reserves
) -> None:
    token = mine.marks.get("condition")
    if token is None or _made_event(both, mine, theirs) or kept.conditions:
        return
    hard = token.low in lx.HARD_CONDITIONS
    if nearby & lx.CONDITIONS and not hard and token.low != "once":
        return
    if (
        hard
        or token.low == "until"
        or (token.low == "once" and not _any_past_in(mine, both.update))
        or mine.future
        or _neighbour_future(mine, both.update)
    ):
        both.error(
            "condition-lost",
            f"The draft drops the condition “{both.wrote(mine)}”.",
            theirs[0].start,
            theirs[0].end,
        )


def _dropped_condition(both: Comparison, mine: Clause, kept: Reserves) -> None:
    """Find a condition whose whole clause is missing."""
    token = mine.marks.get("condition")
    if token is not None and token.low in lx.HARD_CONDITIONS and not kept.conditions:
        both.error(
            "condition-lost", f"The draft drops the condition “{both.wrote(mine)}”.", both.end, both.end
        )


def _any_past_in(mine: Clause, update: Reading) -> bool:
    return any(outlook(clause) == "done" for clause in update.sentences[mine.sentence][:40])


def _neighbour_future(mine: Clause, update: Reading) -> bool:
    return any(clause.future for clause in update.sentences[mine.sentence][:40])


def _part(both: Comparison, mine: Clause, theirs: list[Clause], nearby: set[str], kept: Reserves) -> None:
    token = mine.marks.get("part")
    if (
        token is None
        or token.low in both.draft.lows
        or nearby & lx.PARTS
        or any("percent" in clause.marks for clause in theirs)
    ):
        return
    if token.low in kept.parts or any(clause.denied for clause in theirs):
        return
    mine_only = token.low == "only" and mine.tokens[0].low in ("i", "we") and mine.tokens[1] is token
    tell = both.warn if mine_only else both.error
    tell(
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
        and not _limited(clause, whole)
        and not any(token.low == "except" for token in clause.tokens)
        and not (whole.low == "fully" and "full" in both.update.lows)
        and whole.low not in ("each", "both", "always", "everything", "everyone")
    ):
        both.error(
            "whole-added", f"The draft says “{both.said(whole)}”; you did not.", whole.start, whole.end
        )
    part = clause.marks.get("part")
    if (
        part is not None
        and part.low not in ("only", "except", "fornow", "otherwise")
        and not both.update.lows & (lx.PARTS | {"some"})
        and not any("percent" in one.marks for one in both.update.clauses)
        and (any_done(both.update) or (part.low in lx.PART_FAMILIES[4] and not _doubted(both)))
    ):
        both.error("part-added", f"The draft says “{both.said(part)}”; you did not.", part.start, part.end)
    condition = clause.marks.get("condition")
    if (
        condition is not None
        and condition.low in lx.HARD_CONDITIONS
        and not both.update.lows & (lx.CONDITIONS | lx.HEDGES)
        and (unsourced(clause, both) or both.update.lows.isdisjoint(("with", "for", "in", "on", "at")))
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


def _limited(clause: Clause, whole: Token) -> bool:
    """Tell whether a whole is denied: "not fully confirmed"."""
    before = [token.low for token in clause.tokens if token.end < whole.start]
    return not lx.NEGATORS.isdisjoint(before[-2:])


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
        if kind == "cause" or (kind == "benefit" and _measured(tokens, place)):
            continue
        if kind == "purpose" and both.update.lows & {"can't", "cannot", "couldn't"}:
            continue
        sourced = not any(other.start in added for other in tokens[place + 1 : place + 8])
        if kind == "purpose" and sourced and both.update.lows & {"so", "for", "to"}:
            continue
        if kind == "benefit" and token.canon in both.update.canons:
            continue
        tell = (
            both.error
            if kind == "benefit"
            and tokens[place - 1].low not in ("to", "inorder")
            and _of_nothing_named(both, tokens[place + 1 : place + 5])
            else both.warn
        )
        tell(
            "claim",
            f"The draft adds “{both.said(token)}”; only you can know whether that is so.",
            token.start,
            token.end,
        )


def _measured(tokens: list[Token], place: int) -> bool:
    """Tell whether an improvement is a figure's here, or is denied: "improved from 0.81 to 0.86"."""
    before = [token.low for token in tokens[max(0, place - 2) : place]]
    return not lx.NEGATORS.isdisjoint(before) or any(
        token.kind == "number" for token in tokens[place + 1 : place + 8]
    )


def _of_nothing_named(both: Comparison, after: list[Token]) -> bool:
    """Tell whether something is said to improve that the update does not name in any words."""
    named = []
    for token in after:
        if token.kind == "mark" or token.low in ("from", "to", "by", "and", "beyond"):
            break
        if token.kind == "word" and token.low not in lx.STOP:
            named.append(token)
    return bool(named) and not loose(named[-1], both.update) and not loose(named[-1], both.context)


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
        if own and outlook(mine) in ("todo", "doing", "not") and own.isdisjoint(both.draft.places):
            both.error("reservation-lost", f"The draft leaves out “{both.wrote(mine)}”.", both.end, both.end)
            return


def _unsettled(reading: Reading) -> bool:
    return any(
        clause.denied or clause.marks or clause.future or outlook(clause) not in ("done", "state")
        for clause in reading.clauses
    )


def _inventions(both: Comparison) -> None:
    """Find things that the update does not name, and statements most of whose words have no source."""
    displaced: bool | None = None
    for clause in both.draft.clauses:
        words = both.words(clause)
        new = [
            token
            for token in unsourced(clause, both)
            if token.stem not in lx.FRAME and not known(token.stem, token.canon, token.low, both)
        ]
        topics = [
            token for token in new if token.stem in lx.TOPIC_STEMS and not _sourced(both, clause, token)
        ]
        if topics and not reworded(clause, both, len(new)):
            token = topics[0]
            displaced = _displaced(both) if displaced is None else displaced
            firm = displaced or len(new) > 1 or _brought_in(both, clause, token)
            if firm:
                both.error(
                    "topic-added",
                    f"The draft speaks of “{both.said(token)}”; you did not.",
                    token.start,
                    token.end,
                )
        elif len(new) >= 3 and len(new) >= 0.7 * sum(token.stem not in lx.FRAME for token in words):
            both.error(
                "statement-added",
                f"The draft says “{both.said(clause)}”; you wrote nothing like it.",
                clause.start,
                clause.end,
            )


def _sourced(both: Comparison, clause: Clause, topic: Token) -> bool:
    """Tell whether a thing is only the kind of what the update names: "the Grafana dashboard", "the nightly build"."""
    if (
        (topic.low.endswith("ed") and topic.stem in lx.WORK_VERBS)
        or (topic.low == "production" and "live" in both.update.lows)
        or (lx.RELATED.get(topic.canon, frozenset()) & both.update.canons)
    ):
        return True
    before = [token for token in clause.tokens if token.end == topic.start - 1]
    return bool(before) and _names(before[0]) and loose(before[0], both.update)


def _displaced(both: Comparison) -> bool:
    """Tell whether the update names a thing that the draft has no word for."""
    return any(token.stem in lx.TOPIC_STEMS for clause in both.update.clauses for token in both.alien(clause))


def _brought_in(both: Comparison, clause: Clause, topic: Token) -> bool:
    """Tell whether a thing comes with a cause, with an "and", or in a statement of its own."""
    before = {token.low for token in clause.tokens if topic.start - 24 < token.start < topic.start}
    return bool(before & _BRINGS) or not best(clause, both.update)


_BRINGS = frozenset(
    {"and", "because", "thanks", "or", "plus", "also", "including", "points", "suggests", "its"}
)


def _names(token: Token) -> bool:
    return (
        token.kind in ("word", "ident", "host", "code")
        and token.low not in lx.STOP
        and token.stem not in lx.FRAME
        and token.low not in lx.NEGATORS
        and not token.low.endswith(("ed", "ing", "ly"))
    )


def check(both: Comparison) -> None:
    """Compare doubt, conditions and parts, and warn of mere claims."""
    _markers(both)
    _claims(both)
    _inventions(both)
    _courtesy(both)
    _certainty(both)
    _reserved(both)

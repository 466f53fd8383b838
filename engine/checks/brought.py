"""What a draft brings in that nobody wrote: a statement, a purpose, a promise, a certainty, a cause, another's name."""

import functools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.clauses import BE, HAVE, form_of
from engine.checks.matching import Comparison, outlook
from engine.checks.sources import direct, loose, weighs
from engine.checks.statements import Reading
from engine.checks.stems import stem, word_set
from engine.checks.thesaurus import ALIKE
from engine.checks.tokens import Token

_CUTS = word_set(", . ; : ! ? ( ) — – -- and but which who where so sothat while thereby inorder")
_MOST = 60
"""So many pieces are looked through."""


def _pieces(reading: Reading) -> list[list[Token]]:
    """Cut a text into the smallest pieces that say something: at marks, at "and", before "to" with a verb."""
    pieces: list[list[Token]] = [[]]
    for place, token in enumerate(reading.tokens):
        after = reading.tokens[place + 1] if place + 1 < len(reading.tokens) else token
        purpose = token.low == "to" and after.kind == "word" and _is_verb(after) and bool(pieces[-1])
        if token.low in _CUTS or token.kind in ("newline", "fence") or purpose:
            pieces.append([token] if purpose or token.low == "sothat" else [])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece][:_MOST]


_VERBS = frozenset(
    map(
        stem,
        word_set(
            "free save avoid prevent allow enable make keep ensure improve reduce speed help simplify meet"
        ),
    )
)


def _is_verb(token: Token) -> bool:
    return token.low not in lx.STOP and (token.stem in lx.WORK_VERBS or token.stem in _VERBS)


@functools.lru_cache(maxsize=512)
def _alike(one: str) -> frozenset[str]:
    return ALIKE.get(one, frozenset())


def _sourced(token: Token, both: Comparison) -> bool:
    """Tell whether the update has this word, or another for it that the draft does not use as well."""
    if direct(token, both.update) or direct(token, both.context) or token.start in both.spelled:
        return True
    if (
        token.low in named.NUMBER_WORDS
        or token.low in named.WEEKDAYS
        or token.low in named.MONTHS
        or token.low in named.DAYS
    ):
        return True
    if token.low.startswith("un") and stem(token.low[2:]) in both.update.stems:
        return True
    if named.LANGUAGE_CODES.get(token.low) in both.update.lows or (
        token.canon in lx.TROUBLES and both.update.lows & lx.SOUND
    ):
        return True
    return not _alike(token.stem).isdisjoint(both.spare) or not lx.RELATED.get(
        token.canon, frozenset()
    ).isdisjoint(both.spare_canons)


def _content(piece: list[Token]) -> list[Token]:
    return [
        token
        for token in piece
        if (token.kind == "word" and _says(token))
        or token.kind in ("key", "number", "url", "ident", "host", "version")
    ]


def _says(token: Token) -> bool:
    low = token.low
    return len(low) > 2 and not (
        low in lx.STOP or low in lx.HARD_CONDITIONS or low in lx.HEDGES or low in lx.NEGATORS
    )


_OPENERS = word_set("to sothat inorder")
_QUIET = frozenset(
    map(
        stem,
        word_set(
            "update note status following summary result detail progress currently time way work need require further estimate hold long outstanding"
        ),
    )
)


def _statement(both: Comparison) -> None:
    """Find a piece of which no word has a source, where the update has no words left that it could reword."""
    spare = sum(len(both.alien(clause)) for clause in both.update.clauses)
    for piece in _pieces(both.draft):
        content = [token for token in _content(piece) if token.stem not in _QUIET]
        if sum(token.kind == "word" for token in content) < 2 or any(
            _sourced(token, both) for token in content
        ):
            continue
        purpose = piece[0].low in _OPENERS
        new = [token for token in content if token.stem not in lx.FRAME]
        told = any(_verbal(piece, place) for place in range(len(piece)))
        if spare >= (len(content) if not purpose else 2) or not (new or told) or not (told or purpose):
            continue
        if spare and not purpose and spare * 2 > len(content):
            continue
        (both.warn if purpose else both.error)(
            "statement-put",
            f"The draft says “{both.draft.text[piece[0].start : piece[-1].end]}”; you wrote nothing like it.",
            piece[0].start,
            piece[-1].end,
        )
        return


def _verbal(piece: list[Token], place: int) -> bool:
    """Tell whether a verb stands here that says something of its own."""
    token = piece[place]
    before = piece[place - 1].low if place else ""
    return token.kind == "word" and (
        (token.low.endswith("ed") and token.low not in lx.STOP)
        or token.low in lx.IRREGULAR_PAST
        or before in ("will", "can", "to", "must", "should")
        or (token.low.endswith("s") and token.stem in lx.WORK_VERBS | _VERBS)
        or (token.low in lx.SUCCEEDED and token.low != "ok")
        or token.low == "pass"
    )


def _promise(both: Comparison) -> None:
    """Find that something is announced whose verb the update has in no form, where it leaves nothing open."""
    if any(clause.future or outlook(clause) in ("todo", "doing") for clause in both.update.clauses[:_MOST]):
        return
    if (
        sum(weighs(one) for clause in both.update.clauses for one in both.alien(clause)) > 1
        or "?" in both.update.text
    ):
        return
    if not both.update.lows.isdisjoint(("i", "we", "if", "until", "unless", "once")):
        return
    tokens = both.draft.tokens
    for place, token in enumerate(tokens[:-1]):
        mine = token.low in ("i'll", "we'll") or (
            token.low in ("will", "goingto") and place > 0 and tokens[place - 1].low in ("i", "we")
        )
        if not mine:
            continue
        verb = next((one for one in tokens[place + 1 : place + 4] if one.low not in lx.STOP), None)
        if verb is None or verb.kind != "word" or _sourced(verb, both) or verb.low in _MILD:
            continue
        both.error(
            "work-added", f"The draft announces “{both.said(verb)}”; you did not.", token.start, verb.end
        )
        return


_MILD = word_set(
    "follow continue need remain be take occur happen proceed resume held hold use used set setup go done start place"
)
_SURE = word_set("confirmed verified proven proved determined certain clearly evidently undoubtedly")
_DOUBTFUL = word_set(
    "ithink unsure seems seem seemed seemingly guess guesses maybe perhaps probably possibly apparently suspect suspects reckon reckons believe "
    "believes thinks think might may could allegedly supposedly presumably likely claims claim assume assumes hunch afaik"
)


def _confirmed(both: Comparison) -> None:
    """Find that a doubt, or somebody's word, was confirmed."""
    if both.update.lows.isdisjoint(_DOUBTFUL) or any(
        event.canon == "verify" and not event.negated
        for clause in both.update.clauses
        for event in clause.events
    ):
        return
    tokens = both.draft.tokens
    for place, token in enumerate(tokens):
        if token.low not in _SURE or token.low in both.update.lows:
            continue
        before = [one.low for one in tokens[max(0, place - 5) : place]]
        if lx.NEGATORS.isdisjoint(before) and not {
            "to",
            "will",
            "notyet",
            "if",
            "until",
            "whether",
            "todo",
        } & set(before):
            both.error(
                "certainty-added",
                f"The draft says “{both.said(token)}”; you did not.",
                token.start,
                token.end,
            )
            return


_FINDS = word_set("turned turns found was were had it's investigation investigated")
"""Words of an update that may tell a cause without the word."""


def _cause(both: Comparison) -> None:
    """Find that a cause is named, "the cause was a bad cable", "due to a power cut", with words that the update has not."""
    if both.update.lows & (lx.CAUSE_WORDS - {"since", "as"} | lx.HEDGES):
        return
    finds = not both.update.lows.isdisjoint(_FINDS)
    spare = sum(len(both.alien(clause)) for clause in both.update.clauses)
    for clause in both.draft.clauses:
        at = next((at for at, token in enumerate(clause.tokens) if token.low in _CAUSES), None)
        if at is None:
            continue
        noun = clause.tokens[at].low not in ("because", "caused")
        if noun and (finds or BE.isdisjoint(token.low for token in clause.tokens)):
            continue
        said = [
            token
            for token in clause.tokens[0 if noun else at + 1 :]
            if weighs(token) and token.canon != "cause"
        ]
        new = [token for token in said if not _sourced(token, both) and not loose(token, both.update)]
        bare = not any(
            token.low in BE or token.low in HAVE or form_of(token) == "past" for token in clause.tokens[at:]
        )
        if new and (noun or (len(new) == len(said) > (spare if bare else max(1, spare)))):
            both.error(
                "cause-added",
                f"The draft gives a cause, “{both.said(clause)}”; you did not.",
                clause.start,
                clause.end,
            )
            return


_CAUSES = word_set("cause reason culprit because caused")


_AFTER_NAME = (
    BE
    | HAVE
    | word_set("wants want will would can asked asks says said reported reports needs agreed confirmed")
)


def _plain(token: Token, capital: bool = False) -> bool:
    """Tell whether a word is known as something else than a name, or, without a capital, ends like one."""
    return (
        token.low in lx.STOP
        or token.stem in lx.FRAME
        or token.stem in lx.GROUPS
        or token.stem in ALIKE
        or token.stem in lx.POLES
        or (not capital and token.low.endswith(("s", "ing", "ion", "ment", "ed", "ly", "ness", "ity")))
    )


def _renamed(both: Comparison) -> None:
    """Find another name at the head of a sentence: "Apex has asked" for "acme want", "Priyanka" for "priya"."""
    starts = {clause.tokens[0].start for clause in both.draft.clauses}
    tokens = both.draft.tokens
    people = [fact.value for fact in both.update.by_kind.get("name", ()) if fact.value not in both.draft.lows]
    heads = [
        clause.tokens[0]
        for clause in both.update.clauses
        if clause.tokens[0].kind == "word"
        and not _plain(clause.tokens[0], clause.tokens[0].text.istitle())
        and clause.tokens[0].stem not in both.draft.stems
        and len(clause.tokens) > 1
        and (clause.tokens[1].low in _AFTER_NAME)
    ]
    if not people and not heads:
        return
    for place, token in enumerate(tokens[:-1]):
        low = token.low.removesuffix("'s")
        if (
            token.start not in starts
            or not token.text.istitle()
            or low in both.update.lows
            or _plain(token, bool(heads) and heads[0].text.istitle())
        ):
            continue
        other = next((name for name in people if name[:3] == low[:3]), "")
        if not other and heads and tokens[place + 1].low in _AFTER_NAME:
            other = heads[0].text
        if other and low not in named.PRODUCTS:
            both.error(
                "name-added",
                f"The draft says “{both.said(token)}”; you wrote “{other}”.",
                token.start,
                token.end,
            )
            return


def check(both: Comparison) -> None:
    """Compare what the draft brings in."""
    _statement(both)
    _promise(both)
    _confirmed(both)
    _cause(both)
    _renamed(both)

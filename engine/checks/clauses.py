"""A text cut into clauses: where one statement ends and the next begins."""

import functools
import re

from engine.checks import lexicon as lx
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_BREAKS = frozenset(".!?;\n—–--")
_TURNS = word_set(
    "but however although though whereas while nevertheless nonetheless otherwise despite because"
)
_JOINS = word_set(", and then so plus also")
_OPENERS = word_set(
    "i i'm i've i'll we we're we've we'll it it's its it'll she he they they're she'll he'll this that there there's rest other others remaining everything nothing not no only still now today tomorrow yesterday next need needs needto will todo which who"
)
BE = word_set(
    "is are was were be been being am 's 're i'm we're they're it's that's isn't aren't wasn't weren't"
)
HAVE = word_set("has have had having i've we've they've hasn't haven't hadn't")
SUBJECTS = word_set("i i'll i'd we we'll we'd they he she then")
FINITE = word_set(
    "works work needs need takes take loads runs shows says thinks seems wants waits hangs gets looks remains fails passes goes has have went took came did does stays keeps throws gives hits loses plays sends sits uses lets makes says tells asks answers dies stops starts ends moves comes reports prints reads writes opens closes drops leaks blocks breaks covers contains includes moves behaves feels sounds smells seems appears lacks costs lasts"
)
MODALS = word_set("will can could should would may might must needto won't can't cannot wants says thinks")
LINKS = word_set(
    "when if once until while as since after before which who that with for to of in on by at from where"
)
DETERMINERS = word_set(
    "the a an all some any this that these those our my your their its his her no another each every both"
)
_NOUN_ENDING = re.compile(r"(?:ment|tion|sion|al|ance|ence|ure)s?$")


def form_of(token: Token) -> str:
    return _form(token.low)


@functools.lru_cache(maxsize=16_384)
def _form(low: str) -> str:
    if low in lx.IRREGULAR_PAST or (
        low.endswith("ed") and low not in ("need", "speed", "feed", "embed", "seed")
    ):
        return "past"
    if low.endswith("ing"):
        return "ing"
    return "noun" if _NOUN_ENDING.search(low) else "base"


def is_work(token: Token) -> bool:
    """Tell whether a word is a form of a verb of work."""
    return token.kind == "word" and token.stem in lx.WORK_VERBS


def predicates(tokens: list[Token]) -> bool:
    for token in tokens:
        low = token.low
        if (
            low in BE
            or low in lx.NEGATORS
            or low in lx.FUTURE
            or low
            in (
                "wip",
                "pending",
                "blocked",
                "waitingon",
                "blockedby",
                "todo",
                "working",
                "missing",
                "done",
                "ready",
            )
            or low in HAVE
        ):
            return True
        if token.kind == "word" and form_of(token) == "past":
            return True
        if is_work(token) and form_of(token) == "ing":
            return True
        if low in FINITE:
            return True
        if any(name == "outcome" for name, _ in lx.POLES.get(token.stem, ())):
            return True
    return False


def split(tokens: list[Token]) -> list[tuple[list[Token], int]]:
    """Cut the tokens into clauses, each with the number of its sentence."""
    pieces: list[tuple[list[Token], int]] = []
    current: list[Token] = []
    sentence = 0

    def flush() -> None:
        nonlocal current
        if current:
            pieces.append((current, sentence))
            current = []

    for place, token in enumerate(tokens):
        if _status_ends(tokens, place, current):
            current.append(token)
            flush()
            continue
        hard = token.low in _BREAKS or token.kind in ("newline", "fence")
        dash = token.low == "-" and not current
        if hard or dash or token.low in _TURNS:
            flush()
            sentence += token.low in ".!?;\n" or token.kind == "newline"
            if token.low in _TURNS:
                current.append(token)
        elif token.low in _JOINS and _joins_clauses(tokens, place, current):
            flush()
            if token.low != ",":
                current.append(token)
        else:
            current.append(token)
    flush()
    return pieces


_STATUS = frozenset({"done", "wip", "pending", "finished"})


def _status_ends(tokens: list[Token], place: int, current: list[Token]) -> bool:
    """Tell whether a status ends its clause without a mark: "backend done frontend 50%"."""
    if not current or not _is_status(tokens[place]):
        return False
    after = []
    for token in tokens[place + 1 : place + 6]:
        if token.low in _BREAKS or token.kind in ("mark", "newline"):
            break
        after.append(token)
    return (
        len(after) > 1
        and after[0].kind == "word"
        and after[0].low not in lx.STOP
        and not any(token.low in lx.STOP for token in current + after)
        and any(_is_status(token) for token in after[1:])
    )


def _is_status(token: Token) -> bool:
    return token.low in _STATUS or (token.kind == "number" and token.low.endswith("%"))


def verbal(tokens: list[Token]) -> bool:
    """Tell whether a heading's item says by itself how it stands."""
    return any(
        token.low in BE
        or token.low in HAVE
        or token.low in lx.FUTURE
        or token.low in lx.NEGATORS
        or token.low == "done"
        or (token.kind == "word" and form_of(token) == "past")
        for token in tokens
    )


_STANDING = word_set(
    "open down up late missing ready done off on ok fine green red broken unsure inconclusive unchanged pending left gone overdue delayed"
)
_NOT_DOING = word_set(
    "including during regarding following pending missing nothing something anything everything according"
)


def _stands(after: list[Token]) -> bool:
    """Tell whether a thing and its state stand here without a verb: "vendor ticket 88213 open"."""
    return 1 < len(after) <= 5 and after[-1].low in _STANDING and after[0].low not in lx.STOP


def _doing(token: Token) -> bool:
    """Tell whether a clause begins here with what somebody is doing: ", addressing them today"."""
    return (
        token.kind == "word"
        and len(token.low) > 5
        and token.low.endswith("ing")
        and token.low not in _NOT_DOING
    )


def _begins(after: list[Token]) -> bool:
    """Tell whether a subject and its verb stand here: "Sam needs to check it"."""
    for ahead, token in enumerate(after[1:4], 1):
        if (
            token.low in FINITE
            or token.low in BE
            or token.low in HAVE
            or token.low in MODALS
            or token.low in lx.SPEECH
            or token.low == "still"
            or (is_work(token) and token.low.endswith("s") and ahead < 3)
        ):
            return after[ahead - 1].low not in lx.STOP and after[0].low not in LINKS
        if token.low in lx.STOP and token.low not in DETERMINERS:
            return False
    return False


def _joins_clauses(tokens: list[Token], place: int, current: list[Token]) -> bool:
    after: list[Token] = []
    for token in tokens[place + 1 : place + 14]:
        if (
            token.low in _BREAKS
            or token.kind == "newline"
            or token.low in _TURNS
            or (token.low in _JOINS and after)
        ):
            break
        after.append(token)
    if not after or not current:
        return False
    lead = [token.low for token in after[:2]]
    if tokens[place].low == "so" and after[0].low in SUBJECTS and predicates(current):
        return True
    if tokens[place].low == "," and (_begins(after) or _stands(after) or _doing(after[0])):
        return True
    if tokens[place].low == "," and (lead[0] in _OPENERS or (lead[0] == "the" and lead[-1] in _OPENERS)):
        return True
    return predicates(after) and predicates(current)

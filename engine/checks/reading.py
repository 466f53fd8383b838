"""A text as the comparison reads it: tokens with their meaning, clauses with what they assert, facts with their values."""

import functools
import re

from engine.checks import lexicon as lx
from engine.checks.facts import facts_of
from engine.checks.statements import Clause, Event, Reading
from engine.checks.stems import word_set
from engine.checks.tokens import Token, meaning, tokenise

_BREAKS = frozenset(".!?;\n—–--")
_TURNS = word_set(
    "but however although though whereas while nevertheless nonetheless otherwise despite because"
)
_JOINS = word_set(", and then so plus also")
_OPENERS = word_set(
    "i i'm i've i'll we we're we've we'll it it's its it'll she he they they're she'll he'll this that there there's rest other others remaining everything nothing not no only still now today tomorrow yesterday next need needs needto will todo which who"
)
_BE = word_set(
    "is are was were be been being am 's 're i'm we're they're it's that's isn't aren't wasn't weren't"
)
_HAVE = word_set("has have had having i've we've they've hasn't haven't hadn't")
_SKIP = word_set(
    "now also then just already still been be being is are was were have has had fully successfully not "
    "intended known significant major obvious apparent visible functional current never yet also further currently since finally recently it to the a an get got gets"
)
_SUBJECTS = word_set("i i'll i'd we we'll we'd they he she then")
_SUBORDINATE = word_set("before once until when if unless whether")
_FINITE = word_set(
    "works work needs need takes take loads runs shows says thinks seems wants waits hangs gets looks remains fails passes goes has have went took came did does"
)
_RESULTATIVE = word_set(
    "complete fix merge deploy implement remove enable disable upgrade approve review test document handle change move start"
)
_DETERMINERS = word_set(
    "the a an all some any this that these those our my your their its his her no another each every both"
)
_NOUN_ENDING = re.compile(r"(?:ment|tion|sion|al|ance|ence|ure)s?$")


def _form(token: Token) -> str:
    low = token.low
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


def _predicates(tokens: list[Token]) -> bool:
    for token in tokens:
        low = token.low
        if (
            low in _BE
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
            or low in _HAVE
        ):
            return True
        if token.kind == "word" and _form(token) == "past":
            return True
        if is_work(token) and _form(token) == "ing":
            return True
        if low in _FINITE:
            return True
        if any(name == "outcome" for name, _ in lx.POLES.get(token.stem, ())):
            return True
    return False


def _split(tokens: list[Token]) -> list[tuple[list[Token], int]]:
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


def _verbal(tokens: list[Token]) -> bool:
    """Tell whether a heading's item says by itself how it stands."""
    return any(
        token.low in _BE
        or token.low in _HAVE
        or token.low in lx.FUTURE
        or token.low in lx.NEGATORS
        or token.low == "done"
        or (token.kind == "word" and _form(token) == "past")
        for token in tokens
    )


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
    if tokens[place].low == "," and (lead[0] in _OPENERS or (lead[0] == "the" and lead[-1] in _OPENERS)):
        return True
    return _predicates(after) and _predicates(current)


def _left(tokens: list[Token], place: int, reach: int = 5) -> list[str]:
    return [token.low for token in tokens[max(0, place - reach) : place]]


def _past_status(left: list[str], resultative: bool = True) -> str:
    near = left[-4:]
    ahead = any(
        word in lx.FUTURE or word.endswith("'ll") or word in ("can", "could", "won't", "would", "wouldn't")
        for word in left
    )
    if ahead and (
        any(word in ("be", "get", "been", "have") for word in near) or (near and (near[-1] in lx.FUTURE))
    ):
        return "todo"
    if near[-2:] == ["to", "be"]:
        return "todo"
    if near and near[-1] == "being":
        return "state" if near[-2:-1] in (["was"], ["were"]) else "doing"
    if near and near[-1] in _DETERMINERS:
        return "state"
    if any(word in ("want", "wants", "wanted", "like", "need", "needs") for word in left) and not any(
        word in _BE or word in _HAVE for word in left
    ):
        return "todo"
    if any(word in _SUBORDINATE for word in left) and any(word in _BE or word in _HAVE for word in near):
        return "state"
    if not resultative and any(word in ("is", "are", "it's", "am", "be") for word in near[-2:]):
        return "state"
    return "done"


def _ing_status(left: list[str], after: str) -> str:
    near = left[-3:]
    if after == "of":
        return "noun"
    if any(word in ("finished", "done", "completed", "finish", "tried", "kept") for word in near):
        return "done"
    if any(
        word in ("will", "need", "needs", "requires", "require", "needto", "pending", "todo", "goingto")
        or word.endswith("'ll")
        for word in left[-4:]
    ):
        return "todo"
    if near and near[-1] in (
        "by",
        "for",
        "after",
        "before",
        "without",
        "of",
        "when",
        "while",
        "upon",
        "in",
        "from",
        "and",
        "with",
        *_DETERMINERS,
    ):
        return "state"
    if after in _BE or after in lx.NOMINAL_TODO or after in ("done", "complete"):
        return "noun"
    return "doing"


def _base_status(left: list[str]) -> str:
    if any(
        word in ("tried", "trying", "attempted", "attempting", "started", "starting") for word in left[-3:]
    ):
        return "doing"
    if (
        left
        and left[-1] not in lx.STOP
        and left[-1] not in lx.FUTURE
        and not left[-1].endswith(("ly", "'ll"))
        and left[-1] not in lx.NEGATORS
    ):
        return "noun"
    for word in reversed(left[-5:]):
        if word in _DETERMINERS:
            return "noun"
        if (
            word in lx.FUTURE
            or word.endswith("'ll")
            or word in ("let's", "lets", "won't", "can", "cannot", "couldnot", "can't")
        ):
            return "todo"
        if word in ("did", "didn't"):
            return "done"
    return "noun"


def _nominal_status(clause: Clause) -> str:
    lows = [token.low for token in clause.tokens]
    if any(low in lx.NOMINAL_DOING for low in lows):
        return "doing"
    if any(low in lx.NOMINAL_TODO or low.endswith("'ll") or low == "will" for low in lows):
        return "todo"
    if any(low in ("asked", "ask", "asking", "requested", "requesting") for low in lows):
        return "todo"
    dated = any(low in lx.WEEKDAYS or low in lx.MONTHS for low in lows) and not {"since", "last"} & set(lows)
    if dated and not any(_form(token) == "past" for token in clause.tokens):
        return "todo"
    for place, low in enumerate(lows):
        if (
            low in ("done", "complete", "completed", "finished", "merged", "live")
            and _past_status(lows[max(0, place - 5) : place]) == "done"
        ):
            return "done"
    return "state"


def _later(left: list[str]) -> bool:
    return any(word in ("will", "won't", "goingto", "shall") or word.endswith("'ll") for word in left)


def _other_verb(token: Token, form: str, left: list[str]) -> bool:
    """Tell whether a past form outside the list of work is a verb here: it leads its clause or follows an auxiliary."""
    if (
        token.kind != "word"
        or form != "past"
        or token.low in lx.STOP
        or len(token.low) < 4
        or token.stem in lx.POLES
    ):
        return False
    return (
        not left
        or left[-1] in _BE
        or left[-1] in _HAVE
        or left[-1] in ("i", "we", "he", "she", "they", "it", "and", "also", "then")
    )


def _read_events(clause: Clause) -> None:
    tokens = clause.tokens
    nominal: str | None = None
    for place, token in enumerate(tokens):
        left = _left(tokens, place)
        form = _form(token)
        if token.low in ("run", "rerun", "reset") and left and (left[-1] in _BE or left[-1] in _HAVE):
            form = "past"
        if not is_work(token) and not _other_verb(token, form, left):
            continue
        after = tokens[place + 1].low if place + 1 < len(tokens) else ""
        if form == "past":
            status = _past_status(left, token.canon in _RESULTATIVE)
        elif form == "ing":
            status = _ing_status(left, after)
        elif form == "noun":
            status = "noun"
        elif token.low in ("complete", "ready") and any(word in _BE for word in left[-3:]):
            status = _past_status(left)
        else:
            status = _base_status(left)
        named = status == "noun"
        if named:
            nominal = _nominal_status(clause) if nominal is None else nominal
            status = nominal
        if status in ("state", "doing") and clause.header:
            status = clause.header
        if (
            status in ("done", "doing")
            and clause.marks.get("condition")
            and clause.marks["condition"].start < token.start
        ):
            status = "todo" if clause.future else "state"
        clause.events.append(Event(token.canon, token.stem, status, False, token, named, _later(left)))
    if any(token.low in lx.FUTURE or token.low.endswith("'ll") for token in tokens):
        clause.future = True


def _target(tokens: list[Token], place: int) -> int | None:
    """Find what a negator at ``place`` denies: the next word with content, else the last one before."""
    subject = tokens[place].low in ("nothing", "none", "nobody", "neither", "zero")
    fallback = None
    for ahead in range(place + 1, min(len(tokens), place + 8)):
        token = tokens[ahead]
        if (token.low in (",", "because") and ahead > place + 1) or (subject and token.low in _SUBJECTS):
            break
        if subject and not (is_work(token) or token.stem in lx.POLES):
            fallback = (
                ahead if fallback is None and token.kind == "word" and token.low not in lx.STOP else fallback
            )
            continue
        if (
            token.kind != "mark"
            and (token.low not in lx.STOP or token.stem in lx.POLES or is_work(token))
            and token.low not in _SKIP
        ):
            return ahead + 1 if _compound(tokens, ahead) else ahead
    if fallback is not None:
        return fallback
    for back in range(place - 1, max(-1, place - 12), -1):
        if tokens[back].low not in lx.STOP and tokens[back].kind != "mark":
            return back
    return None


def _compound(tokens: list[Token], place: int) -> bool:
    """Tell whether a word leads a compound whose last part is the verb: "release-blocking"."""
    after = tokens[place + 1 : place + 2]
    return (
        bool(after)
        and after[0].start == tokens[place].end + 1
        and is_work(after[0])
        and after[0].low.endswith(("ing", "ed"))
        and tokens[place].joined
    )


def _deny_verb(clause: Clause, tokens: list[Token], found: int) -> None:
    """Carry the denial of a subject to its verb: "no changes were made"."""
    for ahead in range(found + 1, min(len(tokens), found + 5)):
        if (tokens[ahead - 1].low in _BE or ahead == found + 1) and any(
            event.token is tokens[ahead] for event in clause.events
        ):
            clause.denied.setdefault(tokens[ahead].canon, tokens[ahead])


def _read_denials(clause: Clause) -> None:
    tokens = clause.tokens
    for place, token in enumerate(tokens):
        if token.low not in lx.NEGATORS:
            continue
        nexts = [one.low for one in tokens[place + 1 : place + 4]]
        if token.low not in ("no", "without") and nexts and nexts[0] in lx.WHOLES | {"quite", "100%"}:
            clause.marks.setdefault("part", token)
            continue
        found = _target(tokens, place)
        if found is None:
            continue
        clause.denied.setdefault(tokens[found].canon, tokens[found])
        if token.low == "no":
            _deny_verb(clause, tokens, found)
        for ahead in range(found + 1, min(len(tokens) - 1, found + 4)):
            if tokens[ahead].low in ("or", "nor") and tokens[ahead + 1].low not in lx.STOP:
                clause.denied.setdefault(tokens[ahead + 1].canon, tokens[ahead + 1])
    for event in clause.events:
        denied = clause.denied.get(event.canon)
        event.negated = denied is not None


def _read_poles(clause: Clause) -> None:
    for token in clause.tokens:
        if token.kind != "word":
            continue
        if token.low in ("green", "red") and lx.COLOURS & clause.content.keys():
            continue
        for name, sign in lx.POLES.get(token.stem, ()):
            if token.canon not in clause.denied:
                clause.poles.setdefault(name, {}).setdefault(sign, token)
            elif name not in ("direction", "existence", "often"):
                clause.poles.setdefault(name, {}).setdefault(-sign, token)


def _read_marks(clause: Clause) -> None:
    future = any(token.low in lx.FUTURE or token.low.endswith("'ll") for token in clause.tokens)
    clause.future = future
    for place, token in enumerate(clause.tokens):
        low = token.low
        after = clause.tokens[place + 1].low if place + 1 < len(clause.tokens) else ""
        if (
            low in lx.HEDGES
            and not (low == "could" and after != "be")
            and not (
                low in ("thought", "expected", "assumed", "hoped")
                and "than" in [one.low for one in clause.tokens[max(0, place - 3) : place]]
            )
        ):
            clause.marks.setdefault("hedge", token)
        if low in lx.SPEECH:
            clause.marks.setdefault("speech", token)
        if low in lx.HARD_CONDITIONS or (
            low in lx.SOFT_CONDITIONS and low in ("once", "until", "when", "after")
        ):
            clause.marks.setdefault("condition", token)
        if low in lx.HARD_PARTS and not (low == "only" and after in ("in", "a", "just")):
            clause.marks.setdefault("part", token)
        if low in lx.WHOLES and not (
            low == "every" and (after.isdigit() or after in lx.DAYS or after in lx.WEEKDAYS)
        ):
            clause.marks.setdefault("whole", token)
        if token.kind == "number" and low.endswith("%") and low.rstrip("% ") != "100":
            clause.marks.setdefault("percent", token)


_HEADERS = {
    "done": "done", "completed": "done", "finished": "done", "complete": "done", "yesterday": "done", "todo": "todo", "pending": "todo", "next": "todo", "outstanding": "todo", "remaining": "todo", "tomorrow": "todo", "planned": "todo", "plan": "todo",
    "followup": "todo", "wip": "doing", "ongoing": "doing", "today": "doing", "blockers": "", "blocker": "", "blocked": "", "left": "todo", "open": "todo", "upcoming": "todo", "fixed": "done", "shipped": "done",
}  # fmt: skip


def _header(tokens: list[Token]) -> tuple[str | None, list[Token]]:
    """Split off a heading such as "Pending:"; None means there is none."""
    for place, token in enumerate(tokens[:5]):
        if token.low in (":", "-") and place:
            words = [one.low for one in tokens[:place] if one.kind == "word"]
            if words and all(
                word in _HEADERS or word in lx.STOP or word in ("steps", "items", "work", "tasks", "status")
                for word in words
            ):
                status = next((_HEADERS[word] for word in words if word in _HEADERS), None)
                if status is not None:
                    return status, tokens[place + 1 :]
    return None, tokens


def _content(clause: Clause) -> None:
    for token in clause.tokens:
        if token.kind == "word":
            if token.low not in lx.STOP and len(token.low) > 1:
                clause.content.setdefault(token.canon, token)
        elif token.kind == "ident" and token.low.isalpha():
            clause.content.setdefault(meaning(token.low)[1], token)
        elif token.kind not in ("mark", "newline"):
            clause.content.setdefault(token.low.strip("`"), token)


def _clauses(tokens: list[Token]) -> list[Clause]:
    clauses: list[Clause] = []
    seen: set[tuple[str, ...]] = set()
    header = ""
    for piece, sentence in _split(tokens):
        status, rest = _header(piece)
        if status is not None:
            header = status
        elif not any(token.kind in ("newline", "word") for token in piece):
            continue
        if not rest:
            continue
        if status is not None and rest[0].low in ("none", "nothing", "no"):
            rest = [token for token in piece if token.kind == "word"]
        clause = Clause(rest, sentence, header="" if _verbal(rest) else header)
        said = (clause.header, *(token.low for token in rest))
        if said in seen:
            continue
        seen.add(said)
        _content(clause)
        _read_marks(clause)
        _read_events(clause)
        _read_denials(clause)
        _read_poles(clause)
        clauses.append(clause)
    return clauses


@functools.lru_cache(maxsize=64)
def read(text: str) -> Reading:
    """Read one text; the result is shared and must not be changed."""
    tokens = tokenise(text)
    words = [token for token in tokens if token.kind == "word"]
    clauses = _clauses(tokens)
    places: dict[str, list[int]] = {}
    for place, clause in enumerate(clauses):
        for canon in clause.content:
            places.setdefault(canon, []).append(place)
    heads: dict[str, list[str]] = {}
    for base in sorted({token.stem for token in words if len(token.stem) > 3}):
        heads.setdefault(base[:4], []).append(base)
    initials: dict[tuple[str, int], list[str]] = {}
    for low in sorted({token.low for token in tokens if 3 < len(token.low) < 40}):
        initials.setdefault((low[0], len(low)), []).append(low)
    return Reading(
        text,
        tokens,
        clauses,
        facts_of(tokens),
        frozenset(token.stem for token in words),
        frozenset(token.canon for token in words),
        frozenset(token.low for token in tokens),
        text.lower(),
        places,
        heads,
        initials,
    )

"""A text as the comparison reads it: tokens with their meaning, clauses with what they assert, facts with their values."""

import functools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.clauses import (
    BE,
    DETERMINERS,
    FINITE,
    HAVE,
    LINKS,
    MODALS,
    SUBJECTS,
    form_of,
    is_work,
    split,
    verbal,
)
from engine.checks.facts import facts_of
from engine.checks.marks import read_marks
from engine.checks.statements import Clause, Event, Reading
from engine.checks.stems import word_set
from engine.checks.tokens import Token, meaning, tokenise

_SKIP = word_set(
    "now also then just already still been be being is are was were have has had fully successfully not "
    "intended known significant major obvious apparent visible functional current never yet also further currently since finally recently it to the a an get got gets"
)
_SUBORDINATE = word_set("before once until when if unless whether")
_RESULTATIVE = word_set(
    "complete fix merge deploy implement remove enable disable upgrade approve review test handle change move start"
)


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
    if near and near[-1] in ("gets", "get"):
        return "state"
    if near and near[-1] == "being":
        return "state" if near[-2:-1] in (["was"], ["were"]) else "doing"
    if near and near[-1] in DETERMINERS:
        return "state"
    if any(word in ("want", "wants", "wanted", "like", "need", "needs") for word in left) and not any(
        word in BE or word in HAVE for word in left
    ):
        return "todo"
    if any(word in _SUBORDINATE for word in left) and any(word in BE or word in HAVE for word in near):
        return "state"
    if not resultative and any(word in ("is", "are", "it's", "am", "be") for word in near[-2:]):
        return "state"
    return "done"


def _gerund(tokens: list[Token], place: int) -> bool:
    """Tell whether an -ing form at the head of a clause is its subject: "Replacing the cables had no effect"."""
    if any(token.low not in ("and", "but", "so", "that", ",") for token in tokens[:place]):
        return False
    rest = tokens[place + 1 :]
    for ahead, token in enumerate(rest[1:], 1):
        if token.low in LINKS and token.low not in ("of", "in", "on", "to", "for", "with", "from", "by"):
            return False
        finite = token.low in FINITE or token.low in BE or token.low in HAVE or token.low in MODALS
        if finite or (token.low in lx.IRREGULAR_PAST or (token.low.endswith("ed") and token.kind == "word")):
            return (
                rest[ahead - 1].low not in (BE | HAVE | DETERMINERS) and rest[ahead - 1].low not in SUBJECTS
            )
    return False


def _ing_status(left: list[str], after: str, nominal: bool = False) -> str:
    near = left[-3:]
    if after == "of" or nominal:
        return "noun"
    if "tried" in near:
        return "state"
    if any(word in ("finished", "done", "completed", "finish", "kept") for word in near):
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
        "on",
        "re",
        "through",
        "despite",
        "following",
        "since",
        "and",
        "with",
        "fewer",
        "less",
        "more",
        "many",
        *DETERMINERS,
    ):
        return "state"
    if after in BE or after in lx.NOMINAL_TODO or after in ("done", "complete"):
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
        and left[-1] != "hadto"
        and not left[-1].endswith(("ly", "'ll"))
        and left[-1] not in lx.NEGATORS
    ):
        return "noun"
    for word in reversed(left[-5:]):
        if word in DETERMINERS:
            return "noun"
        if (
            word in lx.FUTURE
            or word.endswith("'ll")
            or word in ("i'd", "we'd", "let's", "lets", "won't", "can", "cannot", "couldnot", "can't")
        ):
            return "todo"
        if word in ("did", "didn't", "hadto"):
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
    dated = any(low in named.WEEKDAYS or low in named.MONTHS for low in lows) and not {"since", "last"} & set(
        lows
    )
    if dated and not any(form_of(token) == "past" for token in clause.tokens):
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
        or form == "noun"
        or token.low == "provided"
        or token.low in lx.STOP
        or len(token.low) < 4
        or token.stem in lx.POLES
    ):
        return False
    before = left[-1] if left else ""
    if form == "ing":
        return not named_ing(token.low) and (
            not left or before in BE or before in ("still", "keep", "keeps", "he's", "she's", "that's")
        )
    if form == "base":
        return (
            (before == "to" and "tryto" in left)
            or before in ("will", "goingto", "needto", "tryto", "won't", "let's", "can't")
            or before.endswith("'ll")
        )
    return (
        not left
        or before in BE
        or before in HAVE
        or before in ("i", "we", "he", "she", "they", "it", "and", "also", "then")
    )


def named_ing(low: str) -> bool:
    """Tell whether a word in -ing tells no work."""
    return low in _NO_WORK


_NO_WORK = word_set(
    "going during missing being having pending including following doing coming working running happening getting arriving loading using "
    "waiting looking"
)


def _attempted(tokens: list[Token], place: int) -> bool:
    """Tell whether this is only what was tried: "tried to get the profile rolled out"."""
    for token in reversed(tokens[max(0, place - 8) : place]):
        if token.low == "tryto":
            return True
        if token.low in (",", "that", "which", "when", "after", "because", "until"):
            return False
    return False


def _named_status(token: Token, left: list[str]) -> bool:
    """Tell whether "Done" is the name of a status here: "can go to Done"."""
    return token.low == "done" and left[-1:] in (["to"], ["as"], ["in"])


def _status(tokens: list[Token], place: int, form: str, left: list[str]) -> str:
    """Return how the work of one word stands; "noun" where the word only names it."""
    token = tokens[place]
    after = tokens[place + 1].low if place + 1 < len(tokens) else ""
    if _attempted(tokens, place):
        return "doing"
    if form == "past":
        return _past_status(left, token.canon in _RESULTATIVE)
    if form == "ing":
        return _ing_status(left, after, _gerund(tokens, place))
    if form == "noun":
        return "noun"
    if token.low in ("complete", "ready") and any(word in BE for word in left[-3:]):
        return _past_status(left)
    return _base_status(left)


def _form(token: Token, left: list[str]) -> str:
    if token.low in ("run", "rerun", "reset") and left and (left[-1] in BE or left[-1] in HAVE):
        return "past"
    return form_of(token)


def _tells_work(tokens: list[Token], place: int, form: str, left: list[str]) -> bool:
    token = tokens[place]
    if _named_status(token, left):
        return False
    if is_work(token) or _other_verb(token, form, left):
        return True
    return form == "base" and left[-1:] == ["to"] and len(token.low) > 3 and _attempted(tokens, place)


def _read_events(clause: Clause) -> None:
    tokens = clause.tokens
    nominal: str | None = None
    for place, token in enumerate(tokens):
        if not is_work(token) and (token.kind != "word" or len(token.low) < 4 or token.low in lx.STOP):
            continue
        left = _left(tokens, place)
        form = _form(token, left)
        if not _tells_work(tokens, place, form, left):
            continue
        status = _status(tokens, place, form, left)
        as_noun = status == "noun"
        if as_noun:
            nominal = _nominal_status(clause) if nominal is None else nominal
            status = "todo" if left[-1:] == ["for"] and nominal in ("state", "done") else nominal
        if status in ("state", "doing") and clause.header:
            status = clause.header
        if (
            status in ("done", "doing")
            and clause.marks.get("condition")
            and clause.marks["condition"].start < token.start
        ):
            status = "todo" if clause.future else "state"
        clause.events.append(Event(token.canon, token.stem, status, False, token, as_noun, _later(left)))
    if any(token.low in lx.FUTURE or token.low.endswith("'ll") for token in tokens):
        clause.future = True


def _target(tokens: list[Token], place: int) -> int | None:
    """Find what a negator at ``place`` denies: the next word with content, else the last one before."""
    if place + 1 < len(tokens) and tokens[place + 1].start == tokens[place].start:
        return place + 1
    subject = tokens[place].low in ("nothing", "none", "nobody", "neither", "zero")
    fallback = passed = None
    for ahead in range(place + 1, min(len(tokens), place + 8)):
        token = tokens[ahead]
        if (token.low in (",", "because") and ahead > place + 1) or (subject and token.low in SUBJECTS):
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
        if passed is None and token.low in _SKIP and token.low not in lx.STOP and token.kind == "word":
            passed = ahead
    if fallback is not None or passed is not None:
        return fallback if fallback is not None else passed
    if tokens[place].low in ("nothing", "nobody", "noone"):
        return None
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
        if (tokens[ahead - 1].low in BE or ahead == found + 1) and any(
            event.token is tokens[ahead] for event in clause.events
        ):
            clause.denied.setdefault(tokens[ahead].canon, tokens[ahead])


def _lacks(tokens: list[Token], place: int) -> bool:
    """Tell whether "-less" stands here: "files that are BOM-less"."""
    return tokens[place].low == "less" and place > 0 and tokens[place - 1].joined


def _preferred(tokens: list[Token], place: int) -> bool:
    """Tell whether one thing is preferred here over another, which is thereby denied."""
    return tokens[place].low == "over" and any(
        token.stem in ("prefer", "choos", "favor", "chose") for token in tokens[max(0, place - 4) : place]
    )


def _read_denials(clause: Clause) -> None:
    tokens = clause.tokens
    for place, token in enumerate(tokens):
        if _lacks(tokens, place):
            clause.denied.setdefault(tokens[place - 1].canon, tokens[place - 1])
        if token.low not in lx.NEGATORS and not _preferred(tokens, place):
            continue
        nexts = [one.low for one in tokens[place + 1 : place + 4]]
        if token.low not in ("no", "without") and nexts and nexts[0] in lx.WHOLES | {"quite", "100%"}:
            clause.marks.setdefault("part", token)
            continue
        found = _target(tokens, place)
        if found is None:
            continue
        clause.denied.setdefault(tokens[found].canon, tokens[found])
        if token.low in ("no", "0", "zero"):
            _deny_verb(clause, tokens, found)
        for ahead in range(found + 1, min(len(tokens) - 1, found + 4)):
            if tokens[ahead].low in ("or", "nor") and tokens[ahead + 1].low not in lx.STOP:
                clause.denied.setdefault(tokens[ahead + 1].canon, tokens[ahead + 1])
    for event in clause.events:
        denied = clause.denied.get(event.canon)
        event.negated = denied is not None
        if event.nominal and event.status == "done" and "complete" in clause.denied:
            event.negated = True
        if event.negated and any(token.low in lx.RELEASING for token in tokens):
            event.later = False


def _read_poles(clause: Clause) -> None:
    hindered = False
    for place, token in enumerate(clause.tokens):
        if token.kind != "word":
            continue
        if token.low == "min" and place and clause.tokens[place - 1].kind == "number":
            continue
        if place and clause.tokens[place - 1].joined:
            continue
        if token.low in ("green", "red") and lx.COLOURS & clause.content.keys():
            continue
        hindered = hindered or token.low.startswith("prevent")
        if (
            token.low == "off"
            and place
            and clause.tokens[place - 1].low in ("is", "are", "been", "was", "were")
        ):
            clause.poles.setdefault("switch", {}).setdefault(-1, token)
        for name, sign in lx.POLES.get(token.stem, ()):
            if name == "outcome" and place and clause.tokens[place - 1].stem == "stop":
                sign = -sign
            if token.canon not in clause.denied and not hindered:
                clause.poles.setdefault(name, {}).setdefault(sign, token)
            elif name not in ("direction", "existence", "often"):
                clause.poles.setdefault(name, {}).setdefault(-sign, token)


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
    for piece, sentence in split(tokens):
        status, rest = _header(piece)
        if status is not None:
            header = status
        elif not any(token.kind in ("newline", "word") for token in piece):
            continue
        if not rest:
            continue
        if status is not None and rest[0].low in ("none", "nothing", "no"):
            rest = [token for token in piece if token.kind == "word"]
        clause = Clause(rest, sentence, header="" if verbal(rest) else header)
        said = (clause.header, *(token.low for token in rest))
        if said in seen:
            continue
        seen.add(said)
        _content(clause)
        read_marks(clause)
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

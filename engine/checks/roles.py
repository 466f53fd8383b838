"""Who does what to whom: things that have changed places, relations turned around, another's deed as one's own."""

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.facts import Fact
from engine.checks.matching import Comparison
from engine.checks.statements import Reading
from engine.checks.stems import stem, word_set
from engine.checks.thesaurus import ALIKE
from engine.checks.tokens import Token

_KINDS = {
    "key": "key", "environment": "environment", "product": "product", "name": "name", "proper": "name",
    "identifier": "identifier", "version": "version", "side": "side",
}  # fmt: skip
"""The facts that may change places, by a name for what may stand for what."""
_CUTS = frozenset(
    [
        ",",
        ".",
        ";",
        ":",
        "!",
        "?",
        "(",
        ")",
        "—",
        "–",
        "--",
        "-",
        "and",
        "but",
        "while",
        "whereas",
        "though",
        "although",
        "however",
        "because",
        "since",
        "so",
        "then",
    ]
)
_MOST = 12
"""So many things of one kind, and so many words, are compared in pairs."""
_MOST_SEGMENTS = 60
"""Above so many segments nobody compares what is said in each."""
_LETTER_AFTER = word_set(
    "plan variant option group team batch phase version type class tier level step case part pool"
)


@dataclass(slots=True)
class Segment:
    """What stands between two marks: its words of content, and whether it is good or bad news."""

    tokens: list[Token]
    words: dict[str, Token] = field(default_factory=dict)
    things: set[str] = field(default_factory=set)


def _segments(reading: Reading) -> list[Segment]:
    segments = [Segment([])]
    numbers = {
        fact.value.rpartition("-")[2]: fact.value.lower() for fact in reading.by_kind.get("key", ())[:_MOST]
    }
    for token in reading.tokens:
        if token.low in _CUTS or token.kind in ("newline", "fence"):
            if segments[-1].tokens:
                segments.append(Segment([]))
        else:
            segments[-1].tokens.append(token)
    for segment in segments:
        _fill(segment, numbers)
    return [segment for segment in segments if segment.tokens]


def _fill(segment: Segment, numbers: dict[str, str]) -> None:
    denied = False
    outcomes: set[int] = set()
    for place, token in enumerate(segment.tokens):
        before = segment.tokens[place - 1].low if place else ""
        denied = denied or token.low in lx.NEGATORS
        if token.kind == "word" and any(name == "outcome" for name, _ in lx.POLES.get(token.stem, ())):
            outcomes |= {sign for name, sign in lx.POLES[token.stem] if name == "outcome"}
        elif token.kind == "word" and token.canon in lx.TROUBLES:
            outcomes.add(-1)
        elif token.low in numbers and token.kind == "number":
            segment.words.setdefault(numbers[token.low], token)
        elif token.low in _QUANTIFIERS:
            segment.words.setdefault(_QUANTIFIERS[token.low], token)
        elif token.kind == "number" and token.low.rstrip("dhms%").isdigit():
            segment.words.setdefault(token.low.rstrip("dhms%"), token)
        elif token.low in named.NUMBER_WORDS and token.low != "one":
            segment.words.setdefault(str(named.NUMBER_WORDS[token.low]), token)
        elif _weighs(token, before):
            segment.words.setdefault(token.stem.lstrip("v") if token.kind == "version" else token.stem, token)
    if denied:
        outcomes = {-sign for sign in outcomes} or {-1}
    segment.things = {_thing(word, token) for word, token in segment.words.items()} | (
        {f"outcome {sign}" for sign in outcomes} if len(outcomes) == 1 else set()
    )


_QUANTIFIERS = {
    **dict.fromkeys(("most", "majority", "mostly"), "most"),
    **dict.fromkeys(("few", "handful", "some", "minority"), "few"),
}


def _thing(word: str, token: Token) -> str:
    """Return under which name a word counts as said: that of its synonyms, or the quantity it is."""
    return (
        word
        if token.low in _QUANTIFIERS or token.kind == "number" or token.low in named.NUMBER_WORDS
        else token.canon
    )


def _weighs(token: Token, before: str) -> bool:
    if token.kind in ("mark", "newline"):
        return False
    if token.kind != "word":
        return True
    if len(token.low) == 1:
        return before in _LETTER_AFTER or (
            token.text.isupper() and token.low != "i" and before in _LETTER_AFTER
        )
    return token.low not in lx.STOP and token.low not in lx.NEGATORS


_Places = tuple[int, ...]
_Said = tuple[frozenset[str], frozenset[str]]


def _alone(segments: list[Segment], one: _Places, other: _Places) -> _Said:
    """Return what is said of each of two things in segments of its own, without what is said of both."""
    first: frozenset[str] = frozenset().union(
        *(segments[place].things for place in one if place not in other)
    )
    second: frozenset[str] = frozenset().union(
        *(segments[place].things for place in other if place not in one)
    )
    return first - second, second - first


def _places_changed(mine: _Said, theirs: _Said, names: set[str], firm: bool) -> bool:
    """Tell whether of each thing is said what the update says of the other; one side is enough for names and keys.

    ``names`` are the things themselves, which are not said of anything.
    """
    (a, b), (x, y) = mine, theirs
    straight = len((a & x) - names) + len((b & y) - names)
    there, back = len((a & y) - names), len((b & x) - names)
    if there + back <= straight:
        return False
    if there > 0 and back > 0:
        return True
    return straight == 0 and all(said - names for said in (a, b, x, y)) and there + back >= (1 if firm else 3)


def _names(fact: Fact, reading: Reading) -> frozenset[str]:
    """Return the words by which a text calls a fact."""
    at, end = bisect_left(reading.starts, fact.start), bisect_left(reading.starts, fact.end)
    return frozenset(
        token.stem.lstrip("v") if token.kind == "version" else token.stem for token in reading.tokens[at:end]
    )


def _anchors(reading: Reading) -> dict[tuple[str, str], frozenset[str]]:
    anchors: dict[tuple[str, str], frozenset[str]] = {}
    for fact in reading.facts:
        kind = _KINDS.get(fact.kind)
        if kind and (kind, fact.value) not in anchors and len(anchors) < _MOST:
            anchors[kind, fact.value] = _names(fact, reading)
    return anchors


def _pairs(
    both: Comparison, mine: dict[str, _Places], theirs: dict[str, _Places]
) -> Iterator[tuple[str, str, bool]]:
    """Return the words that may have changed places: names, keys and environments, then other words told once."""
    here, there = _anchors(both.update), _anchors(both.draft)
    shared = [one for one in here if one in there]
    for one, other in itertools.combinations(shared, 2):
        if one[0] == other[0] and here[one] and here[other]:
            yield min(here[one]), min(here[other]), True
    once = [word for word, places in mine.items() if len(places) == 1 == len(theirs.get(word, ()))][:_MOST]
    for x, y in itertools.combinations(once, 2):
        yield x, y, False


def _told(reading: Reading) -> dict[str, int]:
    """Count the names, keys and places of a text; a key that is called by its number alone counts, too."""
    counts: dict[str, int] = {}
    for token in reading.tokens:
        if token.kind in ("key", "host", "ident", "code", "version") or (
            token.kind == "word" and token.text[:1].isupper() and token.low not in lx.STOP
        ):
            counts[token.low] = counts.get(token.low, 0) + 1
    numbers = {name.rpartition("-")[2]: name for name in counts if "-" in name}
    for token in reading.tokens:
        if token.kind == "number" and token.low in numbers:
            counts[numbers[token.low]] += 1
    return counts


def _recounted(both: Comparison) -> None:
    """Find two names of which the draft tells more of the one, and the update more of the other."""
    mine, theirs = _told(both.update), _told(both.draft)
    shared = [name for name in mine if name in theirs][:_MOST]
    for one, other in itertools.permutations(shared, 2):
        if mine[one] < mine[other] and theirs[one] > theirs[other]:
            token = next(token for token in reversed(both.draft.tokens) if token.low == one)
            both.error(
                "exchanged",
                f"The draft tells of “{both.said(token)}” what you told of “{other}”.",
                token.start,
                token.end,
            )
            return


def _spots(segments: list[Segment]) -> dict[str, _Places]:
    """Return in which segments each word stands."""
    spots: dict[str, _Places] = {}
    for place, segment in enumerate(segments):
        for word in segment.words:
            spots[word] = (*spots.get(word, ()), place)
    return spots


def _crossed(both: Comparison, mine: list[Segment], theirs: list[Segment]) -> None:
    """Find two things each of which stands with what the update says of the other."""
    if not 1 < len(mine) <= _MOST_SEGMENTS or not 1 < len(theirs) <= _MOST_SEGMENTS:
        return
    here, there = _spots(mine), _spots(theirs)
    said: dict[tuple[bool, _Places, _Places], _Said] = {}
    names = {word: _thing(word, mine[places[0]].words[word]) for word, places in here.items()}
    for one, other, firm in _pairs(both, here, there):
        ours, others = (here.get(one, ()), here.get(other, ())), (there.get(one, ()), there.get(other, ()))
        if ours[0] == ours[1] or others[0] == others[1]:
            continue
        places = [(True, *ours), (False, *others)]
        for key in places:
            if key not in said:
                said[key] = _alone(mine if key[0] else theirs, *key[1:])
        both_names = {names[name] for name in (one, other) if name in names}
        if _places_changed(said[places[0]], said[places[1]], both_names, firm):
            token = next(segment.words[other] for segment in theirs if other in segment.words)
            both.error(
                "exchanged",
                f"The draft tells of “{both.said(token)}” what you told of something else.",
                token.start,
                token.end,
            )
            return


def _content(tokens: list[Token], most: int) -> list[str]:
    """Return the first words of content, up to a mark that ends what is said."""
    found: list[str] = []
    for token in tokens:
        if token.low in _ENDS or len(found) == most:
            break
        if (
            token.kind not in ("mark", "newline")
            and token.low not in lx.STOP
            and token.low not in lx.NEGATORS
        ):
            found.append(token.stem.replace(",", ""))
    return found


_ENDS = frozenset(". ; : ! ? ( ) but so because that which".split())  # noqa: SIM905 - reads as a list
_SHIFTS = frozenset(
    map(stem, word_set("rename replace swap substitute switch convert migrate copy move transfer"))
)


def _contrasts(reading: Reading) -> set[tuple[str, str]]:
    """Return the pairs of which the first is affirmed and the second denied: "X, not Y", "not Y but X"."""
    pairs: set[tuple[str, str]] = set()
    for place, token in enumerate(reading.tokens):
        prefers = token.low == "over" and any(
            other.stem in lx.PREFERS for other in reading.tokens[max(0, place - 5) : place]
        )
        if token.low not in ("not", "insteadof", "isn't", "against", "never") and not prefers:
            continue
        if any(other.low == "should" for other in reading.tokens[max(0, place - 5) : place]):
            continue
        after = reading.tokens[place + 1 : place + 8]
        cut = next((at for at, other in enumerate(after) if other.low in (",", "but", ".", ";")), len(after))
        denied = _content(after[:cut], 2)
        kept = _content(after[cut + 1 :], 2) if token.low != "insteadof" else []
        before = [other for other in reversed(reading.tokens[max(0, place - 5) : place]) if other.low != ","]
        kept += _content(before, 2) if token.low != "against" else []
        pairs |= {(one, other) for one in kept for other in denied if one != other}
    return pairs


def _shifts(reading: Reading) -> set[tuple[str, str]]:
    """Return what was renamed to or replaced by what."""
    pairs: set[tuple[str, str]] = set()
    for place, token in enumerate(reading.tokens):
        if token.stem not in _SHIFTS:
            continue
        for ahead, other in enumerate(reading.tokens[place + 1 : place + 8], place + 1):
            if other.low in ("to", "with", "by", "->", "→", "into"):
                old = _content(list(reversed(reading.tokens[place + 1 : ahead])), 1)
                old = old or _content(list(reversed(reading.tokens[max(0, place - 5) : place])), 1)
                pairs |= {
                    (one, new) for one in old for new in _content(reading.tokens[ahead + 1 : ahead + 4], 1)
                }
                break
    return pairs


_NEEDS = word_set(
    "blockedby waitingon behind depends after requires require needs until once awaiting follows"
)
_GIVES = word_set("blocks block blocking before precedes unblocks")


_COVERS = frozenset(
    map(stem, word_set("fix resolve solve cover handle replace supersede duplicate dup break"))
)


def _covers(reading: Reading) -> set[tuple[str, str]]:
    """Return the pairs of facts of which the first also settles, replaces or repeats the second."""
    facts = [fact for fact in reading.facts if fact.kind in _KINDS][:_MOST]
    pairs: set[tuple[str, str]] = set()
    for one, other in itertools.pairwise(facts):
        between = _between(reading, one, other)
        if len(between) > 8 or _ENDS & {token.low for token in between}:
            continue
        if any(token.stem in _COVERS for token in between):
            turned = any(token.low == "by" for token in between)
            pairs.add((other.value, one.value) if turned else (one.value, other.value))
    return pairs


def _between(reading: Reading, one: Fact, other: Fact) -> list[Token]:
    return reading.tokens[bisect_left(reading.starts, one.end) : bisect_left(reading.starts, other.start)]


def _needs(reading: Reading) -> set[tuple[str, str]]:
    """Return the pairs of facts of which the first has to wait for the second."""
    facts = [fact for fact in reading.facts if fact.kind in _KINDS][:_MOST]
    pairs: set[tuple[str, str]] = set()
    for one, other in itertools.pairwise(facts):
        between = [token.low for token in _between(reading, one, other)]
        if len(between) > 8 or _ENDS & set(between):
            continue
        denied = not lx.NEGATORS.isdisjoint(between)
        if not _NEEDS.isdisjoint(between) or (denied and "before" in between):
            pairs.add((one.value, other.value))
        elif not _GIVES.isdisjoint(between):
            pairs.add((other.value, one.value))
    return pairs


def _turned(both: Comparison) -> None:
    """Find a relation that the draft turns around."""
    for relation in (_contrasts, _shifts, _needs, _covers):
        theirs = relation(both.draft)
        mine = relation(both.update) if theirs else set()
        for one, other in theirs:
            if (other, one) in mine and (one, other) not in mine and (other, one) not in theirs:
                token = next(
                    t
                    for t in both.draft.tokens
                    if one in (t.stem, t.stem.replace(",", "")) or t.low == one.lower()
                )
                both.error(
                    "order",
                    f"The draft turns around what you said of “{one}” and “{other}”.",
                    token.start,
                    token.end,
                )
                return


_EXCEPTS = word_set(
    "needto todo pending outstanding awaiting waitingon except but excluding without missing remaining left only notyet"
)


def _included(both: Comparison) -> None:
    """Find that the draft includes what the update excepts."""
    excepted = [
        (mine, set(_content(both.update.tokens[at + 1 : at + 6], 3)))
        for at, mine in enumerate(both.update.tokens)
        if mine.low in _EXCEPTS
    ][:_MOST]
    for place, token in enumerate(both.draft.tokens):
        if token.low not in ("including", "included", "includes", "include"):
            continue
        words = set(_content(both.draft.tokens[place + 1 : place + 6], 3))
        for mine, others in excepted:
            if words & others:
                both.error(
                    "exception-lost",
                    f"The draft includes what you excepted: “{both.wrote(mine)} …”.",
                    token.start,
                    token.end,
                )
                return


_ME = word_set("i i'm i've i'll i'd we we're we've we'll we'd")
_OTHERS = word_set("he she they he's she's he'll she'll they're they've they'll he'd she'd they'd")
_AUXILIARIES = word_set(
    "will would can could should may might must have has had am is are was were be been did do does also already just now then still not "
    "only currently himself herself again all both recently finally"
)


_SOMEBODY = word_set(
    "intern client customer vendor supplier boss manager courier principal teacher colleague technician electrician plumber nurse doctor "
    "guy landlord tester designer developer trainee student caretaker neighbour"
)


def _doers(reading: Reading) -> dict[str, set[str]]:
    """Return who does what, by the synonyms of the verb: "me", "other", or a name; nobody where it is not said."""
    names = {fact.start: fact.value for fact in reading.facts if fact.kind == "name"}
    doers: dict[str, set[str]] = {}
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        who = "me" if token.low in _ME else "other" if token.low in _OTHERS else names.get(token.start, "")
        if not who and _unknown_name(tokens, place):
            who = token.low
        if (
            not who
            and token.low in _SOMEBODY
            and place
            and tokens[place - 1].low in ("the", "our", "my", "a")
        ):
            who = "other"
        before = tokens[place - 1].low if place else "."
        after = tokens[place + 1].low if place + 1 < len(tokens) else "."
        if (
            not who
            or "and" in (before, after)
            or (token.text.lower().endswith(("'s", "’s")) and token.start in names)
        ):
            continue
        if before == "by" and place > 1:
            verb: Token | None = tokens[place - 2]
        elif before in lx.STOP and before not in _CLAUSE_STARTS and token.low not in _SOMEBODY:
            continue
        else:
            verb = _verb(tokens[place + 1 : place + 6])
        if verb is not None and verb.kind == "word" and verb.low not in lx.STOP:
            doers.setdefault(verb.canon, set()).add(who)
    return doers


def _unknown_name(tokens: list[Token], place: int) -> bool:
    """Tell whether a name that is in no list leads a sentence here: "Gunnar tested it"."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else token
    return (
        token.kind == "word"
        and token.text.istitle()
        and token.low not in lx.STOP
        and token.stem not in lx.WORK_VERBS
        and token.stem not in lx.FRAME
        and token.stem not in ALIKE
        and after.kind == "word"
        and (after.low.endswith("ed") or (after.low.endswith("s") and after.stem in lx.WORK_VERBS))
    )


def _verb(tokens: list[Token]) -> Token | None:
    """Return the verb that follows its doer; none in the passive, which does not say who did it."""
    passive = False
    for token in tokens:
        if token.low not in _AUXILIARIES:
            return None if passive and not token.low.endswith("ing") else token
        passive = passive or token.low in ("am", "is", "are", "was", "were", "be", "been")
    return None


_CLAUSE_STARTS = word_set(
    "and but so that because since as if when once while who which then says said until unless after before"
)


def _implied(reading: Reading) -> set[str]:
    """Return the work that is told without saying who did it, as people tell their own: "reverted the commit"."""
    return {
        clause.tokens[0].canon
        for clause in reading.clauses
        if any(event.token is clause.tokens[0] and event.status == "done" for event in clause.events)
    }


def _actors(both: Comparison) -> None:
    """Find a deed that the draft gives to somebody else."""
    theirs = _doers(both.draft)
    if not theirs:
        return
    mine, own = _doers(both.update), _implied(both.update)
    for verb, who in theirs.items():
        did = mine.get(verb) or ({"me"} if verb in own else set())
        named = did - {"me", "other"}
        if not did or who & did:
            continue
        wrong = (
            ("me" in who and "me" not in did)
            or ("me" in did and who - {"me", "other"})
            or (named and who - {"me", "other"})
        )
        if wrong:
            token = next(token for token in both.draft.tokens if token.canon == verb)
            both.error(
                "actor",
                f"The draft tells of someone else who did this: “{both.said(token)}”.",
                token.start,
                token.end,
            )
            return


def _neighbours(reading: Reading, names: set[str]) -> dict[str, tuple[str, str]]:
    """Return these names where they are told once, with the words right before and after."""
    tokens = [token for token in reading.tokens if token.low not in (".", "the", "a", "an")]
    counts: dict[str, int] = {}
    for token in tokens:
        counts[token.low] = counts.get(token.low, 0) + 1
    found: dict[str, tuple[str, str]] = {}
    for place, token in enumerate(tokens):
        if token.low not in names or counts[token.low] > 1 or token.low in lx.STOP:
            continue
        before = tokens[place - 1].low if place else ""
        after = tokens[place + 1].low if place + 1 < len(tokens) else ""
        found[token.low] = before, after
    return found


def _telling(word: str) -> bool:
    """Tell whether a neighbour says anything about the word beside it."""
    return word[:1].isalnum() and word not in lx.STOP


def _beside(both: Comparison) -> None:
    """Find two words each of which stands right beside what stood beside the other: "Mr. Hauser from Brandt Logistics"."""
    names = {
        token.low
        for reading in (both.update, both.draft)
        for token in reading.tokens
        if token.kind == "key" or (token.kind == "word" and token.text[:1].isupper() and len(token.low) > 2)
    }
    here = _neighbours(both.update, names)
    there = _neighbours(both.draft, names) if len(here) > 1 else {}
    shared = [word for word in here if word in there][:_MOST]
    for one, other in itertools.combinations(shared, 2):
        for x, y in itertools.product((0, 1), repeat=2):
            a, b = here[one][x], here[other][y]
            if (
                _telling(a)
                and _telling(b)
                and a != b
                and there[other][x] == a
                and there[one][y] == b
                and not {one, other} & {a, b}
            ):
                token = next(token for token in both.draft.tokens if token.low == one)
                both.error(
                    "exchanged",
                    f"The draft tells of “{both.said(token)}” what you told of “{other}”.",
                    token.start,
                    token.end,
                )
                return


def _denied_names(reading: Reading) -> tuple[set[str], set[str]]:
    """Return the names and keys of which something is denied, and those of which nothing is."""
    denied: set[str] = set()
    told: set[str] = set()
    for fact in reading.facts:
        if fact.kind in ("key", "environment", "product", "name"):
            clause = next((one for one in reading.clauses if one.start <= fact.start < one.end), None)
            (denied if clause is not None and clause.denied else told).add(fact.value)
    return denied - told, told - denied


def _denial_moved(both: Comparison) -> None:
    """Find that what is denied of one thing is denied of another."""
    denied, told = _denied_names(both.update)
    if not denied or not told:
        return
    other, said = _denied_names(both.draft)
    if denied & said and told & other:
        name = min(told & other)
        both.error(
            "exchanged",
            f"The draft denies of “{name}” what you denied of something else.",
            both.end,
            both.end,
        )


def check(both: Comparison) -> None:
    """Compare who does what to whom."""
    mine, theirs = _segments(both.update), _segments(both.draft)
    _crossed(both, mine, theirs)
    _recounted(both)
    _beside(both)
    _denial_moved(both)
    _turned(both)
    _actors(both)
    _included(both)

"""Deciding where a message goes, by rules, and saying why."""

from collections.abc import Collection
from dataclasses import replace

from engine.routing.english import ENGLISH
from engine.routing.entities import gathered
from engine.routing.german import GERMAN
from engine.routing.keys import named
from engine.routing.lexicon import Lexicon
from engine.routing.markup import plain
from engine.routing.reports import weighed
from engine.routing.rules import Rule
from engine.routing.words import words
from engine.types import Entities, Period, Route, Routing

LEXICONS = (ENGLISH, GERMAN)
CONFIDENCE = {
    Route.COMPLETION: 0.95,
    Route.PRODUCTIVITY: 0.90,
    Route.EMAIL: 0.85,
    Route.REPHRASE: 0.80,
    Route.CLASSIFY: 0.60,
}
LONGEST_CLAIM = 250
"""Words and signs of a message that can still be nothing but a claim; a list of fifty issues fits."""
SHORT = 60
"""Words and signs of a message over which no rule takes long, so that a timeout is worth another try."""
_BREAKS = frozenset(("COMMA", "DOT", "COLON", "SEMI", "EX", "NL", "DASH"))
_SHOWN = {
    "QM": "The question mark",
    "DOUBT": "The emoji",
    "ELLIPSIS": "“…”",
    "CITE": "The quotation",
    "PCT": "“%”",
    "AT": "The mention",
}


def route(
    text: str,
    *,
    projects: Collection[str] | None = None,
    lexicons: tuple[Lexicon, ...] = LEXICONS,
    _again: bool = True,
) -> Routing:
    """Return where ``text`` goes, by which rule and why; never raises on any text.

    ``projects`` are the keys of the workspace's Jira projects; without them every plausible issue key counts.
    """
    said = plain(text)
    if not said.strip():
        return Routing(Route.CLASSIFY, 0.0, "empty", "The message is empty.")
    places = named(said, projects)
    spoken = words(said, places)
    present = frozenset(spoken)
    entities = gathered(said, places, present)
    try:
        return _decide(spoken, present, entities, lexicons)
    except TimeoutError:
        if len(spoken) <= SHORT and _again:
            # No rule is slow on so few words: the process had to wait for its turn.
            return route(text, projects=projects, lexicons=lexicons, _again=False)
        return Routing(Route.CLASSIFY, 0.5, "error", "The rules took too long over this message.", entities)


def lexicons_with(done: tuple[str, ...]) -> tuple[Lexicon, ...]:
    """Return the shipped languages, with a workspace's own phrases for done in the first of them."""
    first, *others = LEXICONS
    return (first.with_phrases(done=done) if done else first, *others)


def prepare(lexicons: tuple[Lexicon, ...] = LEXICONS) -> None:
    """Compile the rules ahead of the first message; worth calling where a process starts."""
    for lexicon in lexicons:
        lexicon.prepare()


def spoken_in(lexicons: tuple[Lexicon, ...], present: frozenset[str]) -> Lexicon:
    """Return the language that a message of these words seems to be written in; the first where nothing tells."""
    return max(lexicons, key=lambda lexicon: len(present & lexicon.common))


def _decide(
    spoken: list[str], present: frozenset[str], entities: Entities, lexicons: tuple[Lexicon, ...]
) -> Routing:
    for lexicon in lexicons:
        if decided := _requested(lexicon, spoken, present, entities) or _completed(
            lexicon, spoken, present, entities
        ):
            return decided
    # What is left is weighed in the language that the message seems to be written in.
    return _reported(spoken_in(lexicons, present), spoken, present, entities)


def _routing(rule: Rule, entities: Entities) -> Routing:
    keys = " and ".join(entities.keys) or "this work"
    return Routing(rule.route, CONFIDENCE[rule.route], rule.name, rule.why.replace("{keys}", keys), entities)


def _requested(
    lexicon: Lexicon, spoken: list[str], present: frozenset[str], entities: Entities
) -> Routing | None:
    if present.isdisjoint(lexicon.request_heads):
        return None
    spelt = lexicon.spell(spoken)
    rule = lexicon.request(spelt) or _asked_last(lexicon, spoken, present, spelt)
    if not rule:
        return None
    if (
        rule.route is Route.PRODUCTIVITY
        and "QM" not in present
        and not present.isdisjoint(lexicon.figures["machines"])
    ):
        return None  # A statement about the figures of a machine.
    if rule.route is Route.PRODUCTIVITY and entities.period is None:
        entities = replace(entities, period=Period())
    return _routing(rule, entities)


def _asked_last(lexicon: Lexicon, spoken: list[str], present: frozenset[str], spelt: str) -> Rule | None:
    """Return the request with which a message ends that first says what it is for."""
    if "KEY" in present or present.isdisjoint(_BREAKS):
        return None
    last = max((at for at, word in enumerate(spoken[:-1], 1) if word in _BREAKS), default=0)
    if (
        not last
        or spoken[last] not in lexicon.asking | lexicon.figures["courting"] | lexicon.figures["showing"]
    ):
        return None
    return lexicon.request(spelt[last:])


def _completed(
    lexicon: Lexicon, spoken: list[str], present: frozenset[str], entities: Entities
) -> Routing | None:
    if (
        present.isdisjoint(lexicon.heads)
        or not present.isdisjoint(lexicon.unsayable)
        or len(spoken) > LONGEST_CLAIM
    ):
        return None
    claimed = lexicon.claimed(spoken)
    if not claimed:
        return None
    rules = claimed.rules
    if len(rules) > 1:
        rules = tuple(sorted(rules, key=lexicon.completions.index))
    leaning, bare, keyed = True, True, False
    for rule in rules:
        leaning &= rule.leaning
        bare &= rule.bare
        keyed |= rule.keyed
    if leaning or (not entities.keys and (keyed or (bare and claimed.answering))):
        return None
    return _routing(rules[0], entities)


def _reported(lexicon: Lexicon, spoken: list[str], present: frozenset[str], entities: Entities) -> Routing:
    rule = weighed(lexicon, spoken, present, entities)
    name, why = _reserved(lexicon, spoken, present) or (rule.name, rule.why)
    return Routing(rule.route, CONFIDENCE[rule.route], name, why, entities)


def _reserved(lexicon: Lexicon, spoken: list[str], present: frozenset[str]) -> tuple[str, str] | None:
    """Return the notion, and the word that carries it, because of which a message about being done is no completion."""
    if present.isdisjoint(lexicon.heads) or len(spoken) > LONGEST_CLAIM:
        return None
    found = lexicon.reservation(spoken)
    if not found:
        return None
    notion, carrier = found
    word = _SHOWN.get(carrier[0], f"“{' '.join(carrier)}”")
    return (
        f"reservation.{notion.name}",
        f"{word} says: it {notion.notion}, so nothing is moved to done unasked.",
    )

"""Deciding where a message goes, by rules, and saying why."""

from collections.abc import Collection

from engine.routing.english import ENGLISH
from engine.routing.entities import gathered
from engine.routing.keys import named
from engine.routing.lexicon import TIMEOUT, Lexicon, Rule
from engine.routing.markup import plain
from engine.routing.words import words
from engine.types import Entities, Period, Route, Routing

LEXICONS = (ENGLISH,)
CONFIDENCE = {
    Route.COMPLETION: 0.95,
    Route.PRODUCTIVITY: 0.90,
    Route.EMAIL: 0.85,
    Route.REPHRASE: 0.80,
    Route.CLASSIFY: 0.60,
}
LONGEST_CLAIM = 1_000
"""Characters of a message that can still be nothing but a claim; a list of fifty issues fits."""
STATEMENT = 50
"""Characters from which a statement is worth a comment whatever its words."""


def route(
    text: str, *, projects: Collection[str] | None = None, lexicons: tuple[Lexicon, ...] = LEXICONS
) -> Routing:
    """Return where ``text`` goes, by which rule and why; never raises on any text.

    ``projects`` are the keys of the workspace's Jira projects; without them every plausible issue key counts.
    """
    said = plain(text)
    if not said.strip():
        return Routing(Route.CLASSIFY, 0.0, "empty", "The message is empty.")
    places = named(said, projects)
    entities = gathered(said, places)
    spoken = words(said, places)
    try:
        return _decide(said, spoken, entities, lexicons)
    except TimeoutError:
        return Routing(Route.CLASSIFY, 0.5, "error", "The rules took too long over this message.", entities)


def _decide(said: str, spoken: str, entities: Entities, lexicons: tuple[Lexicon, ...]) -> Routing:
    present = frozenset(spoken.split())
    for lexicon in lexicons:
        if decided := _requested(lexicon, spoken, present, entities) or _completed(
            lexicon, spoken, present, entities
        ):
            return decided
    return max(
        (_reported(lexicon, said, spoken, present, entities) for lexicon in lexicons),
        key=lambda routing: routing.confidence,
    )


def _routing(rule: Rule, entities: Entities) -> Routing:
    keys = " and ".join(entities.keys) or "this work"
    return Routing(rule.route, CONFIDENCE[rule.route], rule.name, rule.why.replace("{keys}", keys), entities)


def _requested(lexicon: Lexicon, spoken: str, present: frozenset[str], entities: Entities) -> Routing | None:
    if present.isdisjoint(lexicon.request_heads) or not (
        match := lexicon.request.match(spoken, timeout=TIMEOUT)
    ):
        return None
    rule = lexicon.requests_by_group[_decisive(match.groupdict(), lexicon.requests_by_group)]
    if rule.route is Route.PRODUCTIVITY and entities.period is None:
        entities = Entities(
            entities.keys,
            entities.statuses,
            entities.terms,
            entities.numbers,
            entities.versions,
            entities.urls,
            Period(),
        )
    return _routing(rule, entities)


def _completed(lexicon: Lexicon, spoken: str, present: frozenset[str], entities: Entities) -> Routing | None:
    if present.isdisjoint(lexicon.heads) or len(spoken) > LONGEST_CLAIM:
        return None
    match = lexicon.claim.match(spoken, timeout=TIMEOUT)
    if not match:
        return None
    groups = match.groupdict()
    claims = [rule for group, rule in lexicon.claims_by_group.items() if groups[group]]
    if any(rule.keyed for rule in claims) and not entities.keys:
        return None
    if all(rule.bare for rule in claims) and lexicon.acknowledges(spoken) and not entities.keys:
        return None
    return _routing(claims[0], entities)


def _decisive(groups: dict[str, str | None], rules: dict[str, Rule]) -> str:
    return next(group for group in rules if groups[group] is not None)


def _reported(
    lexicon: Lexicon, said: str, spoken: str, present: frozenset[str], entities: Entities
) -> Routing:
    signs = len(present & lexicon.signs)
    first = spoken.partition(" ")[0]
    asks = first in lexicon.asking or ("QM" in present and signs < 2)
    orders = first in lexicon.ordering
    kind, why = "classify.rest", "Nothing says certainly what is asked."
    if asks or orders:
        kind, why = (
            ("classify.question", "It is a question.")
            if asks
            else ("classify.order", "It asks for something else.")
        )
    elif signs >= 2:
        return Routing(Route.REPHRASE, 0.8, "rephrase.two-signs", "Several words of work.", entities)
    elif signs and entities.keys:
        return Routing(
            Route.REPHRASE, 0.8, "rephrase.sign-and-key", "A word of work beside an issue.", entities
        )
    elif len(said) > STATEMENT and present.isdisjoint(lexicon.small_talk):
        return Routing(
            Route.REPHRASE, 0.8, "rephrase.statement", "A statement long enough to be a comment.", entities
        )
    return Routing(Route.CLASSIFY, 0.6, kind, why, entities)

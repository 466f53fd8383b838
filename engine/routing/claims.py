"""Whether an update, beside its substance, says that the work is done: the card then offers to move the issue as well."""

import re
from collections.abc import Iterator

from engine.routing.keys import named
from engine.routing.markup import plain
from engine.routing.router import LEXICONS, route, spoken_in
from engine.routing.words import words
from engine.types import Route

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_BREAK = re.compile(
    r"\s*[;,:.!]+(?:\s+|$)|\s+[-–—]\s+|\s*\(|"
    r"\s+(?:by|and|after|with|via|using|now|so|including|incl|in|took|which|indem|und|durch|mit|nachdem|inklusive)\s+",
    re.IGNORECASE,
)


def claims_completion(text: str) -> bool:
    """Tell whether an update claims, by the router's own grammar, that all work it names is done and leaves nothing open."""
    said = plain(text)
    keys = {key for place in named(said) for key in place.keys}
    if any(_leaves_open(sentence) for sentence in _SENTENCE.split(said) if sentence.strip()):
        return False
    done: set[str] = set()
    claimed = False
    for sentence in _SENTENCE.split(said):
        for clause in _clauses(sentence):
            routing = route(clause)
            if routing.route is Route.COMPLETION:
                claimed = True
                done.update(routing.keys)
    # What is done must be all that is named; a claim without an issue is about the only one.
    return claimed and (keys <= done or (not done and len(keys) == 1))


def _clauses(sentence: str) -> Iterator[str]:
    """Yield the beginnings of a sentence up to each break, and its parts that name an issue themselves."""
    start = 0
    for at in [*_BREAK.finditer(sentence), None]:
        end = at.start() if at else len(sentence)
        yield sentence[:end]
        if start and named(sentence[start:end]):
            yield sentence[start:end]
        start = at.end() if at else end


def _leaves_open(sentence: str) -> bool:
    spoken = words(sentence, named(sentence))
    return spoken_in(LEXICONS, frozenset(spoken)).leaves_open(spoken)

"""What a text asserts, as values: its work, its clauses, and the text with the indexes by which another is compared."""

import functools
from dataclasses import dataclass, field

from engine.checks.facts import Fact
from engine.checks.thesaurus import ALIKE
from engine.checks.tokens import Token


@dataclass(slots=True)
class Event:
    """Work that a clause speaks of: done, doing, todo or state (unsaid); ``negated`` where it is denied."""

    canon: str
    stem: str
    status: str
    negated: bool
    token: Token
    nominal: bool = False
    later: bool = False


@dataclass(slots=True)
class Clause:
    """What is asserted between two breaks."""

    tokens: list[Token]
    sentence: int
    content: dict[str, Token] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    denied: dict[str, Token] = field(default_factory=dict)
    poles: dict[str, dict[int, Token]] = field(default_factory=dict)
    marks: dict[str, Token] = field(default_factory=dict)
    future: bool = False
    header: str = ""
    own: frozenset[str] | None = None
    view: str = ""

    @property
    def start(self) -> int:
        """Where the clause begins in its text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where the clause ends in its text."""
        return self.tokens[-1].end


@dataclass
class Reading:
    """A text, read."""

    text: str
    tokens: list[Token]
    clauses: list[Clause]
    facts: list[Fact]
    stems: frozenset[str]
    canons: frozenset[str]
    lows: frozenset[str]
    lower: str
    places: dict[str, list[int]]
    heads: dict[str, list[str]]
    initials: dict[tuple[str, int], list[str]]

    @functools.cached_property
    def denied(self) -> frozenset[str]:
        """What is denied anywhere."""
        return frozenset().union(*(clause.denied for clause in self.clauses))

    @functools.cached_property
    def alike(self) -> frozenset[str]:
        """The stems that may stand for those of the text."""
        return frozenset().union(*(ALIKE[base] for base in self.stems if base in ALIKE))

    @functools.cached_property
    def sides(self) -> dict[str, dict[int, Token]]:
        """The sides of each pair of opposites that are spoken of, with the first word of each."""
        sides: dict[str, dict[int, Token]] = {}
        for clause in self.clauses:
            for name, signs in clause.poles.items():
                for sign, token in signs.items():
                    sides.setdefault(name, {}).setdefault(sign, token)
        return sides

    @functools.cached_property
    def sentences(self) -> dict[int, list[Clause]]:
        """The clauses by the number of their sentence."""
        sentences: dict[int, list[Clause]] = {}
        for clause in self.clauses:
            sentences.setdefault(clause.sentence, []).append(clause)
        return sentences

    @functools.cached_property
    def by_kind(self) -> dict[str, list[Fact]]:
        """The different facts by their kind."""
        kinds: dict[str, dict[tuple[str, str | None], Fact]] = {}
        for fact in self.facts:
            kinds.setdefault(fact.kind, {}).setdefault((fact.value, fact.unit), fact)
        return {kind: list(facts.values()) for kind, facts in kinds.items()}

    @functools.cached_property
    def squeezed(self) -> str:
        """The text without blanks, hyphens and underscores."""
        return self.lower.replace(" ", "").replace("-", "").replace("_", "").replace("`", "")

    @functools.cached_property
    def starts(self) -> list[int]:
        """Where the tokens begin, in order."""
        return [token.start for token in self.tokens]

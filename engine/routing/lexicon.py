"""Rules as named data, and what a language consists of; how patterns are written is told in `engine.routing.grammar`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import regex

from engine.routing.clauses import Claimed, Clauses
from engine.routing.grammar import TIMEOUT, Grammar, Index
from engine.routing.phrases import Names, Reserved
from engine.routing.rules import Reservation, Rule

SIGNS = frozenset(
    [
        "URL",
        "QM",
        "DOUBT",
        "ODD",
        "ELLIPSIS",
        "CITE",
        "PCT",
        "STRUCK",
        "FENCE",
        "EQ",
        "SLASH",
        "SEMI",
        "HASH",
        "QUOTE",
        "TICK",
        "OPEN",
        "CLOSE",
    ]
)
"""Signs of `engine.routing.words` that a completion need not contain."""


FIGURE_WORDS = (
    "measures",
    "loose_measures",
    "courting",
    "showing",
    "workers",
    "times",
    "machines",
    "comparing",
    "achieving",
    "items",
    "planning",
    "manner",
    "yes_or_no",
    "writing",
    "mail",
    "mailing_machines",
)
"""The sets of words by which `engine.routing.asking` tells a question for figures."""


def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text as a set, without case but for the signs, which are capitals."""
    return frozenset(word if word.isupper() else word.casefold() for word in text.split())


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words and rules of one language."""

    language: str
    classes: Mapping[str, str]
    phrases: tuple[tuple[str, str], ...]
    completions: tuple[Rule, ...]
    requests: tuple[Rule, ...]
    reservations: tuple[Reservation, ...]
    heads: frozenset[str]
    request_heads: frozenset[str]
    reserved: frozenset[str]
    common: frozenset[str]
    addresses: frozenset[str]
    asking: frozenset[str]
    ordering: frozenset[str]
    small_talk: frozenset[str]
    doing: frozenset[str]
    lead_ins: frozenset[str]
    signs: frozenset[str]
    past_ending: str = ""
    doing_ending: str = ""
    idle: frozenset[str] = frozenset()
    light: frozenset[str] = frozenset()
    hearers: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    open_ends: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    figures: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: dict.fromkeys(FIGURE_WORDS, frozenset())
    )
    figure_words: frozenset[str] = frozenset()

    def with_phrases(self, **classes: tuple[str, ...]) -> "Lexicon":
        """Return a lexicon in which a workspace's own phrases join the named classes, e.g. ``done=("in the can",)``."""
        if unknown := classes.keys() - self.classes.keys():
            raise ValueError(
                f"The {self.language} lexicon has no phrases called {', '.join(sorted(unknown))}."
            )
        joined = {name: " | ".join((self.classes[name], *phrases)) for name, phrases in classes.items()}
        first_words = {
            word
            for phrases in classes.values()
            for phrase in phrases
            for word in re.findall(r"[^\W_]+", phrase)
        }
        return replace(self, classes={**self.classes, **joined}, heads=self.heads | first_words)

    def prepare(self) -> None:
        """Compile every pattern now (some tenths of a second) and not with the first message that needs it."""
        _ = self.names, self.claims, self.requested, self._before, self.reserved_by
        _ = self._courtesy_before, self._courtesy_after, self._open_ends, self._harmless

    def spell(self, tokens: Sequence[str]) -> str:
        """Return the words of a message as patterns read them: one character each, so that places are the same."""
        return self.grammar.alphabet.spell(tokens)

    def claimed(self, tokens: Sequence[str]) -> Claimed | None:
        """Return what a message claims; None where it says anything else."""
        spelt = self.spell(tokens)
        if not (self.claims.may_begin(spelt[0]) or spelt[0] in self.names.firsts):
            return None
        return self.claims.claimed(self.names.named(spelt))

    @cached_property
    def grammar(self) -> Grammar:
        """The classes, and the character of every word that is said in some pattern."""
        rules: tuple[Rule | Reservation, ...] = (*self.completions, *self.requests, *self.reservations)
        patterns = [pattern for rule in rules for pattern in rule.patterns]
        named = [part for phrase in self.phrases for part in phrase]
        others = (*named, *self.open_ends, *self.harmless, "QM")
        return Grammar(self.language, self.classes, (*patterns, *others), self.reserved)

    @cached_property
    def unsayable(self) -> frozenset[str]:
        """Words and signs that no completion can contain: no pattern has them, and no name may."""
        names = [pattern for rule in self.completions for pattern in rule.patterns]
        names += [pattern for _, pattern in self.phrases]
        return (self.reserved | SIGNS) - self.grammar.literals((*names, "{opening} {joint} {closing}"))

    @cached_property
    def names(self) -> Names:
        """The phrases that name work; in `completions` their tokens stand for them."""
        return Names(self.grammar, self.phrases)

    @cached_property
    def claims(self) -> Clauses:
        """The grammar of completions: it consumes a whole message or nothing."""
        return Clauses(self.grammar, self.completions)

    @cached_property
    def figurative(self) -> frozenset[str]:
        """The words one of which every question for figures, and every order for a mail, has."""
        said = ("measures", "loose_measures", "achieving", "comparing", "mail")
        return frozenset().union(*(self.figures[name] for name in said))

    def does(self, verb: str) -> bool:
        """Say whether a message that begins with this word tells what was done."""
        regular = (
            self.past_ending and len(verb) > len(self.past_ending) + 2 and verb.endswith(self.past_ending)
        )
        return verb in self.doing or (bool(regular) and verb not in self.idle)

    def is_doing(self, verb: str) -> bool:
        """Say whether a message that begins with this word tells what is being done."""
        return (
            bool(self.doing_ending)
            and len(verb) > 5
            and verb.endswith(self.doing_ending)
            and verb not in self.idle
        )

    def without_courtesy(self, tokens: list[str]) -> list[str]:
        """Return the words without the greetings and thanks at both ends."""
        spelt = self.spell(tokens)
        before = self._courtesy_before.match(spelt, timeout=TIMEOUT)
        start = before.end() if before else 0
        after = self._courtesy_after.search(spelt, start, timeout=TIMEOUT)
        return tokens[start : after.start() if after else None]

    @cached_property
    def _courtesy_before(self) -> "regex.Pattern[str]":
        said = self.grammar.choice(("{greeting} | {thanks} ({everyone}|{WORD})? {stop} | {stop}",)).source
        return self.grammar.compile(f"(?:{said})*+")

    @cached_property
    def _courtesy_after(self) -> "regex.Pattern[str]":
        return self._chosen(("{stop}* {thanks} ({everyone}|{WORD})? {stop}* {END}",))

    def request(self, spelt: str) -> Rule | None:
        """Return the productivity question or e-mail request with which a message begins, whatever follows."""
        before = self._before.match(spelt, timeout=TIMEOUT)
        at = before.end() if before else 0
        if at == len(spelt):
            return None
        index = self.requested
        return next((rule for rule, _ in index.matches(spelt, at, index.has(spelt))), None)

    @cached_property
    def requested(self) -> Index[Rule]:
        """The patterns of requests, in their order."""
        return Index(self.grammar, ((rule, pattern) for rule in self.requests for pattern in rule.patterns))

    @cached_property
    def _before(self) -> "regex.Pattern[str]":
        return self.grammar.compile(f"{self.grammar.choice(('{opening}', '{prelude}')).source}*+")

    def reservation(self, tokens: Sequence[str]) -> tuple[Reservation, Sequence[str]] | None:
        """Return the first of the reservations, in the order of their weight, that a message has anywhere, and its words there."""
        found = self.reserved_by.first(self.spell(tokens))
        return (found[0], tokens[found[1] : found[2]]) if found else None

    @cached_property
    def reserved_by(self) -> Reserved:
        """What finds the reservations."""
        return Reserved(self.grammar, self.reservations)

    def leaves_open(self, tokens: Sequence[str]) -> bool:
        """Say whether words of an update that tells more than a completion take back, limit or move away its claim."""
        spelt = self.spell(tokens)
        if self._open_ends and self._open_ends.search(spelt, timeout=TIMEOUT):
            return True
        if self._harmless:
            spelt = self._harmless.sub("", spelt, timeout=TIMEOUT)
        found = self.reserved_by.first(spelt)
        return found is not None and not found[0].of_a_report

    @cached_property
    def _open_ends(self) -> "regex.Pattern[str] | None":
        return self._chosen(self.open_ends) if self.open_ends else None

    @cached_property
    def _harmless(self) -> "regex.Pattern[str] | None":
        return self._chosen(self.harmless) if self.harmless else None

    def _chosen(self, patterns: tuple[str, ...]) -> "regex.Pattern[str]":
        return self.grammar.compile(self.grammar.choice(patterns).source)

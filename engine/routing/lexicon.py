"""Rules as named data, and what a language consists of; how patterns are written is told in `engine.routing.grammar`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import regex

from engine.routing.grammar import Grammar
from engine.types import Route

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
TIMEOUT = 0.003
"""Seconds one search may take."""


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


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying something, with the messages that prove it.

    ``notion`` is what such a message means; ``why`` tells the person. ``keyed`` rules hold only in a message that names an issue;
    ``bare`` ones name no work at all, so an acknowledgement ("ok, done") makes them an answer to somebody else; ``leaning`` ones
    hold only beside another claim of the same message.
    """

    name: str
    route: Route
    notion: str
    patterns: tuple[str, ...]
    why: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    keyed: bool = False
    bare: bool = False
    leaning: bool = False


@dataclass(frozen=True, slots=True)
class Reservation:
    """A notion that takes back, limits or moves away what a message seems to claim; none may stand in a completion.

    Those ``of_a_report`` come with any story of work, and leave the claim in it as it is.
    """

    name: str
    notion: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    of_a_report: bool = False


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words and rules of one language."""

    language: str
    classes: Mapping[str, str]
    phrases: Mapping[str, str]
    phrase_heads: Mapping[str, frozenset[str]]
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
        _ = self.claim, self.request, self.reserve, self._phrases, self._courtesy_before, self._courtesy_after

    def spell(self, tokens: Sequence[str]) -> str:
        """Return the words of a message as patterns read them: one character each, so that places are the same."""
        return self.grammar.alphabet.spell(tokens)

    def reduced(self, spelt: str, present: frozenset[str]) -> str:
        """Return what `spell` returned with each phrase that names work as one token, as `completions` are written."""
        for name, phrase, heads in self._phrases:
            if not present.isdisjoint(heads):
                spelt = phrase.sub(name, spelt, timeout=TIMEOUT)
        return spelt

    @cached_property
    def grammar(self) -> Grammar:
        """The classes, and the character of every word that is said in some pattern."""
        rules = (*self.completions, *self.requests, *self.reservations)
        patterns = [pattern for rule in rules for pattern in rule.patterns]
        others = (*self.phrases, *self.phrases.values(), *self.open_ends, *self.harmless, "QM")
        return Grammar(self.language, self.classes, (*patterns, *others), self.reserved)

    @cached_property
    def unsayable(self) -> frozenset[str]:
        """Words and signs that no completion can contain: no pattern has them, and no name may."""
        names = (*(pattern for rule in self.completions for pattern in rule.patterns), *self.phrases.values())
        return (self.reserved | SIGNS) - self.grammar.literals((*names, "{opening} {joint} {closing}"))

    @cached_property
    def _phrases(self) -> "tuple[tuple[str, regex.Pattern[str], frozenset[str]], ...]":
        return tuple(
            (self.spell([token]), self._chosen((pattern,)), self.phrase_heads[token])
            for token, pattern in self.phrases.items()
        )

    @cached_property
    def claim(self) -> "regex.Pattern[str]":
        """The grammar of completions: it consumes a whole message or nothing."""
        # A clause ends with a joint, or a question mark of its own, or the message does.
        opening, joint, closing = map(self.grammar.of_class, ("opening", "joint", "closing"))
        end = f"(?:{closing})*+$"
        asked = self.spell(["QM"])
        return self.grammar.compile(
            f"^{opening}*(?:{self._rules(self.completions)}(?:(?:{joint}+|(?<={asked}))(?!$)|(?={end})))+{end}"
        )

    @cached_property
    def claims_by_group(self) -> dict[str, Rule]:
        """Completion rules by the name of their group in `claim`."""
        return {_group(rule): rule for rule in self.completions}

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
        said = self.grammar.choice(("{greeting} | {thanks} ({everyone}|{WORD})? {stop} | {stop}",))
        return self.grammar.compile(f"(?:{said})*+")

    @cached_property
    def _courtesy_after(self) -> "regex.Pattern[str]":
        return self._chosen(("{stop}* {thanks} ({everyone}|{WORD})? {stop}* {END}",))

    @cached_property
    def request(self) -> "regex.Pattern[str]":
        """The grammar of productivity questions and e-mail requests, in this order; it need not consume the whole message."""
        return self.grammar.compile(f"^{self.grammar.of_class('opening')}*+{self._rules(self.requests)}")

    @cached_property
    def requests_by_group(self) -> dict[str, Rule]:
        """Request rules by the name of their group in `request`."""
        return {_group(rule): rule for rule in self.requests}

    @cached_property
    def reserve(self) -> "regex.Pattern[str]":
        """Finds the first of the reservations, in the order of their weight, that a message has anywhere."""
        return self.grammar.compile(
            "|".join(f"^.*?(?P<{_group(n)}>{self.grammar.choice(n.patterns)})" for n in self.reservations)
        )

    def leaves_open(self, tokens: Sequence[str]) -> bool:
        """Say whether words of an update that tells more than a completion take back, limit or move away its claim."""
        spelt = self.spell(tokens)
        if self._open_ends and self._open_ends.search(spelt, timeout=TIMEOUT):
            return True
        if self._harmless:
            spelt = self._harmless.sub("", spelt, timeout=TIMEOUT)
        match = self.reserve.match(spelt, timeout=TIMEOUT)
        if not match:
            return False
        notion = next(n for group, n in self.reservations_by_group.items() if match[group])
        return not notion.of_a_report

    @cached_property
    def _open_ends(self) -> "regex.Pattern[str] | None":
        return self._chosen(self.open_ends) if self.open_ends else None

    @cached_property
    def _harmless(self) -> "regex.Pattern[str] | None":
        return self._chosen(self.harmless) if self.harmless else None

    @cached_property
    def reservations_by_group(self) -> dict[str, Reservation]:
        """Reservations by the name of their group in `reserve`."""
        return {_group(notion): notion for notion in self.reservations}

    def _rules(self, rules: "tuple[Rule, ...]") -> str:
        """Return a pattern of the rules, each a named group."""
        return (
            f"(?:{'|'.join(f'(?P<{_group(rule)}>{self.grammar.choice(rule.patterns)})' for rule in rules)})"
        )

    def _chosen(self, patterns: tuple[str, ...]) -> "regex.Pattern[str]":
        return self.grammar.compile(self.grammar.choice(patterns))


def _group(rule: Rule | Reservation) -> str:
    return "r_" + re.sub(r"\W", "_", rule.name)

"""Rules as named data, and the small language their patterns are written in.

A pattern is words separated by spaces. ``{name}`` stands for one of the phrases of a class of the lexicon (which may use further
classes), ``(a|b c)`` for a choice, a trailing ``?`` for "or nothing" and ``*`` for "any number" (``+``: at least one), ``(!a|b)`` for "and here follows neither". Names in capitals are the signs of
`engine.routing.words`. ``{WORD}`` is any word that the lexicon does not reserve, ``{ANY}`` any word at all, ``{FEW}`` up to twelve of them, ``{END}`` the end of the message.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import regex

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


_PART = re.compile(r"\{(\w+)\}|(\(!|[()|?*+])|([^\s(){}|?*+]+)|\s+")
_NEEDLESS = re.compile(r"\(\?:([^()|\[\]?*+]+ )\)(?![?*+])")
_ANY = {
    "FEW": "(?:[^ ]+ ){0,12}?",
    "ANY": "(?:[^ ]+ )",
    "END": "$",
    "WORD": r"(?:(?!\L<reserved> )[^\W\d_A-Z][^ A-Z]* )",
}


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

    def reduced(self, spoken: str, present: frozenset[str]) -> str:
        """Return the words with each phrase that names work as one token, as `completions` are written."""
        for name, phrase, heads in self._phrases:
            if not present.isdisjoint(heads):
                spoken = phrase.sub(name, spoken, timeout=TIMEOUT)
        return spoken

    @cached_property
    def unsayable(self) -> frozenset[str]:
        """Words and signs that no completion can contain: no pattern has them, and no name may."""
        names = (*(pattern for rule in self.completions for pattern in rule.patterns), *self.phrases.values())
        sayable = self._literals((*names, "{opening} {joint} {closing}"))
        return (self.reserved | SIGNS) - sayable

    def _literals(self, patterns: tuple[str, ...]) -> frozenset[str]:
        """Return the words of patterns and of the classes that they use."""
        words: set[str] = set()
        seen: set[str] = set()
        waiting = list(patterns)
        while waiting:
            for name, _, word in _PART.findall(waiting.pop()):
                if word:
                    words.add(word if word.isupper() else word.casefold())
                elif name and name not in _ANY and name not in seen:
                    seen.add(name)
                    waiting.append(self.classes[name])
        return frozenset(words)

    @cached_property
    def _phrases(self) -> "tuple[tuple[str, regex.Pattern[str], frozenset[str]], ...]":
        return tuple(
            (f"{token} ", self._compile(f"(?<![^ ])(?:{self._compiled(pattern)})"), self.phrase_heads[token])
            for token, pattern in self.phrases.items()
        )

    @cached_property
    def claim(self) -> "regex.Pattern[str]":
        """The grammar of completions: it consumes a whole message or nothing."""
        # A clause ends with a joint, or a question mark of its own, or the message does.
        frame = "^{opening}*(?:RULES(?:(?:{joint}+|(?<=QM ))(?!$)|(?=END)))+END"
        closing = f"(?:{self._class('closing', ())})*+$"
        frame = (
            frame.replace("{opening}", self._class("opening", ()))
            .replace("{joint}", self._class("joint", ()))
            .replace("END", closing)
        )
        return self._grammar(frame, self.completions)

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

    def without_courtesy(self, spoken: str) -> str:
        """Return the words without the greetings and thanks at both ends."""
        rest = self._courtesy_before.sub("", spoken, timeout=TIMEOUT)
        return self._courtesy_after.sub("", rest, timeout=TIMEOUT)

    @cached_property
    def _courtesy_before(self) -> "regex.Pattern[str]":
        return self._compile(
            f"^(?:{self._compiled('{greeting} | {thanks} ({everyone}|{WORD})? {stop} | {stop}')})*+"
        )

    @cached_property
    def _courtesy_after(self) -> "regex.Pattern[str]":
        return self._compile(
            f"(?<![^ ])(?:{self._compiled('{stop}* {thanks} ({everyone}|{WORD})? {stop}*')})$"
        )

    @cached_property
    def request(self) -> "regex.Pattern[str]":
        """The grammar of productivity questions and e-mail requests, in this order; it need not consume the whole message."""
        return self._grammar(f"^{self._class('opening', ())}*+RULES", self.requests)

    @cached_property
    def requests_by_group(self) -> dict[str, Rule]:
        """Request rules by the name of their group in `request`."""
        return {_group(rule): rule for rule in self.requests}

    @cached_property
    def reserve(self) -> "regex.Pattern[str]":
        """Finds the first of the reservations, in the order of their weight, that a message has anywhere."""
        return self._compile(
            "|".join(f"^(?:[^ ]+ )*?(?P<{_group(n)}>{self._choice(n.patterns)})" for n in self.reservations)
        )

    def leaves_open(self, spoken: str) -> bool:
        """Say whether words of an update that tells more than a completion take back, limit or move away its claim."""
        if self._open_ends and self._open_ends.search(spoken, timeout=TIMEOUT):
            return True
        if self._harmless:
            spoken = self._harmless.sub("", spoken, timeout=TIMEOUT)
        match = self.reserve.match(spoken, timeout=TIMEOUT)
        if not match:
            return False
        notion = next(n for group, n in self.reservations_by_group.items() if match[group])
        return not notion.of_a_report

    @cached_property
    def _open_ends(self) -> "regex.Pattern[str] | None":
        return self._compile(f"(?<![^ ])(?:{self._choice(self.open_ends)})") if self.open_ends else None

    @cached_property
    def _harmless(self) -> "regex.Pattern[str] | None":
        return self._compile(f"(?<![^ ])(?:{self._choice(self.harmless)})") if self.harmless else None

    @cached_property
    def reservations_by_group(self) -> dict[str, Reservation]:
        """Reservations by the name of their group in `reserve`."""
        return {_group(notion): notion for notion in self.reservations}

    def _grammar(self, frame: str, rules: "tuple[Rule | Reservation, ...]") -> "regex.Pattern[str]":
        """Compile ``frame``, itself a pattern, with the rules at its RULES, each a named group."""
        choices = "|".join(f"(?P<{_group(rule)}>{self._choice(rule.patterns)})" for rule in rules)
        return self._compile(frame.replace("RULES", f"(?:{choices})"))

    def _compile(self, pattern: str) -> "regex.Pattern[str]":
        # A word alone needs no group; fewer of them compile in less time.
        pattern = _NEEDLESS.sub(r"\1", pattern)
        return (
            regex.compile(pattern, reserved=self.reserved)
            if r"\L<reserved>" in pattern
            else regex.compile(pattern)
        )

    def _choice(self, patterns: tuple[str, ...]) -> str:
        return "|".join(self._compiled(pattern) for pattern in patterns)

    def _compiled(self, pattern: str, within: tuple[str, ...] = ()) -> str:
        made: list[str] = []
        open_groups: list[int] = []
        for name, sign, word in _PART.findall(pattern):
            if name:
                made.append(self._class(name, within))
            elif word:
                made.append(f"(?:{re.escape(word if word.isupper() else word.casefold())} )")
            elif sign in ("(", "(!"):
                open_groups.append(len(made))
                made.append("(?:" if sign == "(" else "(?!")
            elif sign == ")":
                start = open_groups.pop()
                made[start:] = ["".join(made[start:]) + ")"]
            elif sign == "|":
                made.append("|")
            elif sign:
                made[-1] += sign
        if open_groups:
            raise ValueError(f"The pattern {pattern!r} has an open bracket.")
        return "".join(made)

    def _class(self, name: str, within: tuple[str, ...]) -> str:
        if name in _ANY:
            return _ANY[name]
        if name in within:
            raise ValueError(f"The class {name!r} of the {self.language} lexicon is defined by itself.")
        # What answers somebody stays visible in a match: "ok, done" reports on what another asked for.
        group = "(?P<ack>" if name == "ack" else "(?:"
        return f"{group}{self._compiled(self.classes[name], (*within, name))})"


def _group(rule: Rule | Reservation) -> str:
    return "r_" + re.sub(r"\W", "_", rule.name)

"""Rules as named data, and the small language their patterns are written in.

A pattern is words separated by spaces. ``{name}`` stands for one of the phrases of a class of the lexicon (which may use further
classes), ``(a|b c)`` for a choice, a trailing ``?`` for "or nothing" and ``*`` for "any number" (``+``: at least one), ``(!a|b)`` for "and here follows neither". Names in capitals are the signs of
`engine.routing.words`. ``{WORD}`` is any word that the lexicon does not reserve, ``{ANY}`` any word at all, ``{END}`` the end of the message.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import regex

from engine.types import Route

TIMEOUT = 0.005
"""Seconds one search may take."""


def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying something, with the messages that prove it.

    ``notion`` is what such a message means; ``why`` tells the person. ``keyed`` rules hold only in a message that names an issue;
    ``bare`` ones name no work at all, so an acknowledgement ("ok, done") makes them an answer to somebody else.
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


@dataclass(frozen=True, slots=True)
class Reservation:
    """A notion that takes back, limits or moves away what a message seems to claim; none may stand in a completion."""

    name: str
    notion: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()


_PART = re.compile(r"\{(\w+)\}|(\(!|[()|?*+])|([^\s(){}|?*+]+)|\s+")
_WORD = r"[^\W\d_A-Z][^\sA-Z]*"


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words and rules of one language."""

    language: str
    classes: Mapping[str, tuple[str, ...]]
    completions: tuple[Rule, ...]
    requests: tuple[Rule, ...]
    reservations: tuple[Reservation, ...]
    reserved: frozenset[str]
    request_heads: frozenset[str]
    asking: frozenset[str]
    ordering: frozenset[str]
    small_talk: frozenset[str]
    signs: frozenset[str]
    strong_signs: frozenset[str] = field(default=frozenset())

    def with_phrases(self, **classes: tuple[str, ...]) -> "Lexicon":
        """Return a lexicon in which a workspace's own phrases join the named classes, e.g. ``done=("in the can",)``."""
        unknown = classes.keys() - self.classes.keys()
        if unknown:
            raise ValueError(
                f"The {self.language} lexicon has no phrases called {', '.join(sorted(unknown))}."
            )
        return replace(
            self,
            classes={**self.classes, **{name: self.classes[name] + more for name, more in classes.items()}},
        )

    @cached_property
    def claim(self) -> "regex.Pattern[str]":
        """The grammar of completions: it consumes a whole message or nothing."""
        end = "(?:(?&closing))*+$"
        # A clause ends with a joint, or a question mark of its own, or the message does.
        return self._grammar(
            f"^(?:(?&opening))*(?:(?:{{}})(?:(?:(?:(?&joint))+|(?<=QM ))(?!$)|(?={end})))+{end}",
            self.completions,
            extra=("opening", "joint", "closing"),
        )

    @cached_property
    def claims_by_group(self) -> dict[str, Rule]:
        """Completion rules by the name of their group in `claim`."""
        return {_group(rule): rule for rule in self.completions}

    @cached_property
    def heads(self) -> frozenset[str]:
        """The words one of which every completion contains."""
        return frozenset(self.classes["heads"]) | frozenset(
            word for phrase in self.classes["done"] for word in phrase.split()[:1]
        )

    def acknowledges(self, spoken: str) -> bool:
        """Say whether the message answers somebody: "ok, done" reports on what another asked for."""
        return bool(self._acknowledgement.search(spoken, timeout=TIMEOUT))

    @cached_property
    def _acknowledgement(self) -> "regex.Pattern[str]":
        used: dict[str, str] = {}
        return regex.compile(
            f"(?<![^ ])(?:{self._class('ack', used)})(?(DEFINE){''.join(f'(?P<{n}>{p})' for n, p in used.items())})"
        )

    @cached_property
    def request(self) -> "regex.Pattern[str]":
        """The grammar of productivity questions and e-mail requests, in this order."""
        return self._grammar("^(?:(?&opening))*+(?:{})", self.requests, extra=("opening",))

    @cached_property
    def requests_by_group(self) -> dict[str, Rule]:
        """Request rules by the name of their group in `request`."""
        return {_group(rule): rule for rule in self.requests}

    @cached_property
    def reserve(self) -> "regex.Pattern[str]":
        """Finds the first reservation of a message."""
        return self._grammar("(?<![^ ])(?:{})", self.reservations)

    @cached_property
    def reservations_by_group(self) -> dict[str, Reservation]:
        """Reservations by the name of their group in `reserve`."""
        return {_group(notion): notion for notion in self.reservations}

    def _grammar(
        self, frame: str, rules: "tuple[Rule | Reservation, ...]", extra: tuple[str, ...] = ()
    ) -> "regex.Pattern[str]":
        """Compile ``frame`` with the rules at its ``{}``, each a named group; the classes they use become subpatterns."""
        used: dict[str, str] = {}
        choices = [f"(?P<{_group(rule)}>{self._choice(rule.patterns, used)})" for rule in rules]
        for name in extra:
            self._class(name, used)
        classes = "".join(f"(?P<{name}>{pattern})" for name, pattern in used.items())
        return regex.compile(f"(?(DEFINE){classes})" + frame.format("|".join(choices)))

    def _choice(self, patterns: tuple[str, ...], used: dict[str, str]) -> str:
        return "|".join(self._compiled(pattern, used) for pattern in patterns)

    def _compiled(self, pattern: str, used: dict[str, str]) -> str:
        made: list[str] = []
        open_groups: list[int] = []
        for name, sign, word in _PART.findall(pattern):
            if name:
                made.append(self._class(name, used))
            elif word:
                made.append(f"(?:{re.escape(word)} )")
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

    def _class(self, name: str, used: dict[str, str]) -> str:
        if name == "END":
            return "$"
        if name == "ANY":
            return r"(?:[^ ]+ )"
        if name not in used:
            used[name] = ""
            used[name] = self._word() if name == "WORD" else self._choice(self.classes[name], used)
        elif not used[name]:
            raise ValueError(f"The class {name!r} of the {self.language} lexicon is defined by itself.")
        return f"(?:(?&{name}))"

    def _word(self) -> str:
        return rf"(?!(?:{'|'.join(map(re.escape, sorted(self.reserved)))}) )[^\W\d_A-Z][^ A-Z]* "


def _group(rule: Rule | Reservation) -> str:
    return "r_" + re.sub(r"\W", "_", rule.name)

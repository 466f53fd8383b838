"""The small language that rules are written in, compiled to patterns over one character a word.

A pattern is words separated by spaces. ``{name}`` stands for one of the phrases of a class of the lexicon (which may use further
classes), ``(a|b c)`` for a choice, a trailing ``?`` for "or nothing" and ``*`` for "any number" (``+``: at least one), ``(!a|b)`` for "and here follows neither". Names in capitals are the signs of
`engine.routing.words`. ``{WORD}`` is any word that the lexicon does not reserve, ``{FIGURE}`` a number that no rule knows, ``{ANY}`` any word at all, ``{FEW}`` up to twelve of them, ``{END}`` the end of the message.

Every word that some rule knows has a character of its own and all others share one, so that a choice among words is a set of
characters: it is tried in one step, however many they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import regex

TIMEOUT = 0.003
"""Seconds one search may take."""
MANY = 5
"""Choices from which on it pays to look first whether any of them can begin."""
Label = TypeVar("Label")

_PART = re.compile(r"\{(\w+)\}|(\(!|[()|?*+])|([^\s(){}|?*+]+)|\s+")
_FIRST = 0xE000
"""Where the characters for known words begin: the plane for private use has none that a pattern could take for a sign."""
_UNKNOWN, _FIGURE, _SIGN = "w", "n", "s"
_SINGLE = re.compile(r"\[[^\]]+\]|[^\[\](){}?*+|\\.$^]")


class Alphabet(dict[str, str]):
    """The character of each word; words that no rule knows share one, as do figures and unknown signs."""

    def __init__(self, known: Iterable[str], reserved: frozenset[str]) -> None:
        rest = sorted(set(known) - reserved)
        free = [word for word in rest if word[0].isalpha() and not word.isupper()]
        others = [word for word in rest if word not in set(free)]
        super().__init__(
            (word, chr(_FIRST + number)) for number, word in enumerate((*sorted(reserved), *others, *free))
        )
        self.word = f"[{_UNKNOWN}{self[free[0]]}-{self[free[-1]]}]" if free else _UNKNOWN
        self.free = frozenset(self[word] for word in free) | {_UNKNOWN}

    def __missing__(self, word: str) -> str:
        return _SIGN if word[0].isupper() else _UNKNOWN if word[0].isalpha() else _FIGURE

    def spell(self, tokens: Iterable[str]) -> str:
        """Return the characters of words, one each."""
        return "".join(map(self.__getitem__, tokens))


def cased(word: str) -> str:
    """Return a word as messages have it: small, but for the signs."""
    return word if word.isupper() else word.casefold()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern, compiled, and what can be told of the texts that it matches without matching them.

    ``firsts`` are the characters one of which they begin with (None: with any), ``needs`` sets of which they have one each; what
    matches nothing at all is ``empty`` as well.
    """

    source: str
    firsts: frozenset[str] | None
    empty: bool = False
    needs: tuple[frozenset[str], ...] = ()

    @property
    def single(self) -> bool:
        """Whether it matches one word and nothing else."""
        return _SINGLE.fullmatch(self.source) is not None


class Grammar:
    """The classes of a language, and patterns made of them."""

    def __init__(
        self, language: str, classes: Mapping[str, str], patterns: Iterable[str], reserved: frozenset[str]
    ) -> None:
        self.language, self.classes = language, classes
        self.alphabet = Alphabet(self.literals((*classes.values(), *patterns)), reserved)
        self._made: dict[str, Piece] = {
            "FEW": Piece(".{0,12}?", None, empty=True),
            "ANY": Piece(".", None),
            "END": Piece("$", frozenset(), empty=True),
            "WORD": Piece(self.alphabet.word, self.alphabet.free),
            "FIGURE": Piece(_FIGURE, frozenset(_FIGURE)),
        }

    def literals(self, patterns: Iterable[str]) -> frozenset[str]:
        """Return the words of patterns and of the classes that they use."""
        words: set[str] = set()
        seen: set[str] = set()
        waiting = list(patterns)
        while waiting:
            for name, _, word in _PART.findall(waiting.pop()):
                if word:
                    words.add(cased(word))
                elif name in self.classes and name not in seen:
                    seen.add(name)
                    waiting.append(self.classes[name])
        return frozenset(words)

    def compile(self, source: str) -> "regex.Pattern[str]":
        """Compile the source of a `Piece`, or what is made of several."""
        return regex.compile(source, flags=regex.DOTALL)

    def choice(self, patterns: Iterable[str]) -> Piece:
        """Return what matches one of the patterns."""
        return one_of([option for pattern in patterns for option in self.options(pattern)])

    def of_class(self, name: str, within: tuple[str, ...] = ()) -> Piece:
        """Return what a class matches."""
        if name in within:
            raise ValueError(f"The class {name!r} of the {self.language} lexicon is defined by itself.")
        if name not in self._made:
            made = one_of(self.options(self.classes[name], (*within, name)))
            # What answers somebody stays visible in a match: "ok, done" reports on what another asked for.
            self._made[name] = replace(made, source=f"(?P<ack>{made.source})") if name == "ack" else made
        return self._made[name]

    def options(self, pattern: str, within: tuple[str, ...] = ()) -> list[Piece]:
        """Return the choices at the top of a pattern."""
        levels: list[list[list[Piece]]] = [[[]]]
        negated: list[bool] = []
        for name, sign, word in _PART.findall(pattern):
            if name:
                levels[-1][-1].append(self.of_class(name, within))
            elif word:
                letter = self.alphabet[cased(word)]
                levels[-1][-1].append(Piece(letter, frozenset(letter), needs=(frozenset(letter),)))
            elif sign in ("(", "(!"):
                negated.append(sign == "(!")
                levels.append([[]])
            elif sign == ")":
                made = one_of([_sequence(option) for option in levels.pop()])
                levels[-1][-1].append(_not(made) if negated.pop() else made)
            elif sign == "|":
                levels[-1].append([])
            elif sign:
                levels[-1][-1].append(_repeated(levels[-1][-1].pop(), sign))
        if negated:
            raise ValueError(f"The pattern {pattern!r} has an open bracket.")
        return [_sequence(option) for option in levels[0]]


def _sequence(pieces: list[Piece]) -> Piece:
    firsts: frozenset[str] | None = frozenset()
    empty = True
    for piece in pieces:
        if empty:
            firsts = None if firsts is None or piece.firsts is None else firsts | piece.firsts
            empty = piece.empty
    needs = tuple(dict.fromkeys(need for piece in pieces for need in piece.needs))
    return Piece("".join(piece.source for piece in pieces), firsts, empty, needs)


def one_of(pieces: list[Piece]) -> Piece:
    """Return what matches one of several, those of one word as a set of characters."""
    single = list(dict.fromkeys(piece.source for piece in pieces if piece.single))
    several = list(dict.fromkeys(piece.source for piece in pieces if not piece.single))
    if single:
        letters = "".join(source.strip("[]") for source in single)
        several.append(letters if len(letters) == 1 else f"[{letters}]")
    alone = len(several) == 1 and _SINGLE.fullmatch(several[0])
    firsts = [piece.firsts for piece in pieces]
    known = [one for one in firsts if one is not None]
    # Of each choice the rarest thing that it needs: one of these the whole needs.
    needed = [min(piece.needs, key=len) for piece in pieces if piece.needs]
    begun = frozenset().union(*known) if len(known) == len(firsts) else None
    empty = any(piece.empty for piece in pieces)
    # One look at the next character is cheaper than to begin many choices in vain.
    ahead = f"(?=[{''.join(sorted(begun))}])" if begun and not empty and len(several) >= MANY else ""
    return Piece(
        several[0]
        if alone
        else f"(?:{ahead}(?:{'|'.join(several)}))"
        if ahead
        else f"(?:{'|'.join(several)})",
        begun,
        empty,
        (frozenset().union(*needed),) if len(needed) == len(pieces) else (),
    )


def _repeated(piece: Piece, sign: str) -> Piece:
    source = piece.source + sign
    return replace(piece, source=source) if sign == "+" else Piece(source, piece.firsts, empty=True)


def _not(piece: Piece) -> Piece:
    return Piece(f"(?!{piece.source})", frozenset(), empty=True)


class Needs:
    """What patterns need of a text, as bits of one number, so that it is quickly told whether they can match."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._by_need: dict[frozenset[str], int] = {}

    def of(self, piece: Piece) -> int:
        """Return what a pattern needs; all of it has to be in `has` of a text."""
        needed = 0
        for need in piece.needs:
            bit = self._by_need.get(need)
            if bit is None:
                bit = self._by_need[need] = 1 << len(self._by_need)
                for letter in need:
                    self._bits[letter] = self._bits.get(letter, 0) | bit
            needed |= bit
        return needed

    def has(self, spelt: str) -> int:
        """Return what of all that patterns need a text has."""
        has = 0
        for letter in spelt:
            has |= self._bits.get(letter, 0)
        return has


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Label]):
    label: Label
    pattern: "regex.Pattern[str]"
    needs: int


class Index(Generic[Label]):
    """Labelled patterns, of which only those are tried that can match here at all.

    A text has to begin as they do and to have what they need; both is looked up, so that most are never run.
    """

    def __init__(self, grammar: Grammar, patterns: Iterable[tuple[Label, str]], after: str = "") -> None:
        self._needs = Needs()
        self._by_first: dict[str, list[_Entry[Label]]] = {}
        letters = frozenset(grammar.alphabet.values()) | {_UNKNOWN, _FIGURE, _SIGN}
        for label, pattern in patterns:
            for piece in grammar.options(pattern):
                entry = _Entry(label, grammar.compile(piece.source + after), self._needs.of(piece))
                for letter in letters if piece.firsts is None else piece.firsts:
                    self._by_first.setdefault(letter, []).append(entry)

    def has(self, spelt: str) -> int:
        """Return what of all that patterns need a text has."""
        return self._needs.has(spelt)

    def begins(self, letter: str) -> bool:
        """Say whether any pattern begins with this character."""
        return letter in self._by_first

    def matches(self, spelt: str, at: int, has: int) -> "Iterator[tuple[Label, regex.Match[str]]]":
        """Yield the patterns that match at a place, in the order in which they were given; ``has`` is what `has` returned."""
        for entry in self._by_first.get(spelt[at], ()):
            if entry.needs & has == entry.needs and (
                match := entry.pattern.match(spelt, at, timeout=TIMEOUT)
            ):
                yield entry.label, match

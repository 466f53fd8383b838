"""The small language that rules are written in, compiled to patterns over one character a word.

A pattern is words separated by spaces. ``{name}`` stands for one of the phrases of a class of the lexicon (which may use further
classes), ``(a|b c)`` for a choice, a trailing ``?`` for "or nothing" and ``*`` for "any number" (``+``: at least one), ``(!a|b)`` for "and here follows neither". Names in capitals are the signs of
`engine.routing.words`. ``{WORD}`` is any word that the lexicon does not reserve, ``{ANY}`` any word at all, ``{FEW}`` up to twelve of them, ``{END}`` the end of the message.

Every word that some rule knows has a character of its own and all others share one, so that a choice among words is a set of
characters: it is tried in one step, however many they are.
"""

import re
from collections.abc import Iterable, Mapping

import regex

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

    def __missing__(self, word: str) -> str:
        return _SIGN if word[0].isupper() else _UNKNOWN if word[0].isalpha() else _FIGURE

    def spell(self, tokens: Iterable[str]) -> str:
        """Return the characters of words, one each."""
        return "".join(map(self.__getitem__, tokens))


def cased(word: str) -> str:
    """Return a word as messages have it: small, but for the signs."""
    return word if word.isupper() else word.casefold()


class Grammar:
    """The classes of a language, and patterns made of them."""

    def __init__(
        self, language: str, classes: Mapping[str, str], patterns: Iterable[str], reserved: frozenset[str]
    ) -> None:
        self.language, self.classes = language, classes
        self.alphabet = Alphabet(self.literals((*classes.values(), *patterns)), reserved)
        self._wild = {"FEW": ".{0,12}?", "ANY": ".", "END": "$", "WORD": self.alphabet.word}
        self._made: dict[str, str] = {}

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

    def compile(self, pattern: str) -> "regex.Pattern[str]":
        """Compile what `choice` and `of_class` made."""
        return regex.compile(pattern, flags=regex.DOTALL)

    def choice(self, patterns: Iterable[str]) -> str:
        """Return one pattern that any of these matches."""
        return _union([option for pattern in patterns for option in self._options(pattern, ())])

    def of_class(self, name: str, within: tuple[str, ...] = ()) -> str:
        """Return the pattern of a class."""
        if name in self._wild:
            return self._wild[name]
        if name in within:
            raise ValueError(f"The class {name!r} of the {self.language} lexicon is defined by itself.")
        if name not in self._made:
            made = _union(self._options(self.classes[name], (*within, name)))
            # What answers somebody stays visible in a match: "ok, done" reports on what another asked for.
            self._made[name] = f"(?P<ack>{made})" if name == "ack" else made
        return self._made[name]

    def _options(self, pattern: str, within: tuple[str, ...]) -> list[str]:
        """Return the choices at the top of a pattern, compiled."""
        levels: list[list[list[str]]] = [[[]]]
        negated: list[bool] = []
        for name, sign, word in _PART.findall(pattern):
            if name:
                levels[-1][-1].append(self.of_class(name, within))
            elif word:
                levels[-1][-1].append(self.alphabet[cased(word)])
            elif sign in ("(", "(!"):
                negated.append(sign == "(!")
                levels.append([[]])
            elif sign == ")":
                made = _union(["".join(option) for option in levels.pop()])
                levels[-1][-1].append(f"(?!{made})" if negated.pop() else made)
            elif sign == "|":
                levels[-1].append([])
            elif sign:
                levels[-1][-1][-1] += sign
        if negated:
            raise ValueError(f"The pattern {pattern!r} has an open bracket.")
        return ["".join(option) for option in levels[0]]


def _union(options: list[str]) -> str:
    """Return a pattern for one of several, those of one word as a set of characters."""
    options = list(dict.fromkeys(options))
    single = [option for option in options if _SINGLE.fullmatch(option)]
    several = [option for option in options if option not in single]
    if single:
        letters = "".join(option.strip("[]") for option in single)
        several.append(letters if len(letters) == 1 else f"[{letters}]")
    if len(several) == 1 and _SINGLE.fullmatch(several[0]):
        return several[0]
    return f"(?:{'|'.join(several)})"

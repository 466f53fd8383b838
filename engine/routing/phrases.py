"""Phrases looked for anywhere in a message: those that name work, and those that take a claim back."""

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from engine.routing.grammar import TIMEOUT, Grammar, Needs, Piece, one_of
from engine.routing.rules import Reservation


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A pattern, and what a text needs so that one of its choices can match."""

    pattern: "regex.Pattern[str]"
    wanted: tuple[int, ...]

    def possible(self, has: int) -> bool:
        for want in self.wanted:  # noqa: SIM110 - a generator takes three times as long
            if want & has == want:
                return True
        return False


def _phrase(grammar: Grammar, needs: Needs, pieces: list[Piece]) -> _Phrase:
    wanted = dict.fromkeys(needs.of(piece) for piece in pieces)
    return _Phrase(grammar.compile(one_of(pieces).source), tuple(wanted))


class Names:
    """The phrases that name work, each with the token that stands for it from then on."""

    def __init__(self, grammar: Grammar, phrases: Iterable[tuple[str, str]]) -> None:
        self._needs = Needs()
        options = [(token, grammar.options(pattern)) for token, pattern in phrases]
        self._phrases = [
            (grammar.alphabet[token], _phrase(grammar, self._needs, pieces)) for token, pieces in options
        ]
        self.firsts = frozenset(
            letter for _, pieces in options for piece in pieces for letter in piece.firsts or ()
        )

    def named(self, spelt: str) -> str:
        """Return a message with each phrase that names work as one token, replaced in the order of the phrases."""
        has = self._needs.has(spelt)
        for token, phrase in self._phrases:
            if phrase.possible(has) and (made := phrase.pattern.sub(token, spelt, timeout=TIMEOUT)) != spelt:
                spelt = made
                has |= self._needs.has(token)
        return spelt


class Reserved:
    """The reservations of a language, found by their weight: the order in which they were given."""

    def __init__(self, grammar: Grammar, reservations: tuple[Reservation, ...]) -> None:
        self._reservations = reservations
        self._needs = Needs()
        self._single: dict[str, int] = {}
        self._phrases: list[tuple[int, _Phrase]] = []
        for order, notion in enumerate(reservations):
            pieces = [piece for pattern in notion.patterns for piece in grammar.options(pattern)]
            for piece in pieces:
                for letter in (piece.firsts or ()) if piece.single else ():
                    self._single.setdefault(letter, order)
            if several := [piece for piece in pieces if not piece.single]:
                self._phrases.append((order, _phrase(grammar, self._needs, several)))

    def first(self, spelt: str) -> tuple[Reservation, int, int] | None:
        """Return the weightiest reservation that a message has, and from where to where it stands there first."""
        best, start, end = len(self._reservations), 0, 0
        for at, letter in enumerate(spelt):
            order = self._single.get(letter)
            if order is not None and order < best:
                best, start, end = order, at, at + 1
        has = self._needs.has(spelt)
        for order, phrase in self._phrases:
            if order > best:
                break
            if phrase.possible(has) and (match := phrase.pattern.search(spelt, timeout=TIMEOUT)):
                best, start, end = min((best, start, end), (order, *match.span()))
                break
        return (self._reservations[best], start, end) if end else None

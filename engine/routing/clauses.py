"""A message taken apart into clauses, each of which some rule has to know; what is left over makes it no claim."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.routing.grammar import TIMEOUT, Grammar, Index, Piece
from engine.routing.rules import Rule


@dataclass(frozen=True, slots=True)
class Claimed:
    """The rules by which the clauses of a message claim something; it is ``answering`` when it begins with "ok" or "yes"."""

    rules: tuple[Rule, ...]
    answering: bool = False


class Clauses:
    """The grammar of completions: openings and clauses between joints, then closings up to the end."""

    def __init__(self, grammar: Grammar, rules: tuple[Rule, ...]) -> None:
        opening, joint, closing, unjoined = map(grammar.of_class, ("opening", "joint", "closing", "unjoined"))
        self._unjoined = _letters(unjoined)
        # A clause ends where a joint or a closing begins, with a question mark of its own, or with the message.
        self._asked = grammar.alphabet["QM"]
        ends = "".join(sorted(_letters(joint) | _letters(closing) | self._unjoined))
        self._index = Index(
            grammar,
            ((rule, pattern) for rule in rules for pattern in rule.patterns),
            after=f"(?=[{ends}]|$|(?<={self._asked}))",
        )
        self._opening, self._openings = grammar.compile(opening.source), _letters(opening)
        self._joint = grammar.compile(joint.source)
        answer = grammar.of_class("ack")
        self._answer, self._answers = grammar.compile(answer.source), _letters(answer)
        self._closing = grammar.compile(f"(?:{closing.source})*+$")

    def may_begin(self, letter: str) -> bool:
        """Say whether a message of this first character can claim anything."""
        return letter in self._openings or self._index.begins(letter)

    def claimed(self, spelt: str) -> Claimed | None:
        """Return what a message claims, or None where any of its words has no place in a claim."""
        return self._claimed(spelt, 0, self._index.has(spelt), set())

    def _claimed(self, spelt: str, at: int, has: int, tried: set[int]) -> Claimed | None:
        if at >= len(spelt) or at in tried:
            return None
        tried.add(at)
        for rule, match in self._index.matches(spelt, at, has):
            end = match.end()
            answering = spelt[at] in self._answers and bool(self._answer.match(spelt, at, timeout=TIMEOUT))
            if self._closes(spelt, end):
                return Claimed((rule,), answering)
            for after in self._next(spelt, end):
                if rest := self._claimed(spelt, after, has, tried):
                    return Claimed((rule, *rest.rules), answering or rest.answering)
                if after < len(spelt) and self._closes(spelt, after):
                    return Claimed((rule,), answering)
        if spelt[at] not in self._openings or not (
            opening := self._opening.match(spelt, at, timeout=TIMEOUT)
        ):
            return None
        rest = self._claimed(spelt, opening.end(), has, tried)
        return Claimed(rest.rules, rest.answering or bool(opening["ack"])) if rest else None

    def _closes(self, spelt: str, at: int) -> bool:
        return at == len(spelt) or self._closing.match(spelt, at, timeout=TIMEOUT) is not None

    def _next(self, spelt: str, at: int) -> Iterator[int]:
        """Yield where another clause may begin after one that ends here: behind joints, or at once with "please" or "it"."""
        if spelt[at - 1] == self._asked or spelt[at] in self._unjoined:
            yield at
        while joint := self._joint.match(spelt, at, timeout=TIMEOUT):
            at = joint.end()
            yield at


def _letters(piece: Piece) -> frozenset[str]:
    if piece.firsts is None:
        raise ValueError("An opening has to begin with a word that is known.")
    return piece.firsts

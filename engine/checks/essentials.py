"""What two updates must have in common for the draft of one to serve the other."""

import unicodedata
from collections.abc import Iterator

from engine.checks.reading import read
from engine.checks.statements import Clause
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_FILLERS = word_set(
    "a an the i i'm i've i'd am is are has have been just really please thanks thank hi hello hey ok okay oh ah well actually basically"
)
_PLAIN = word_set("do does did will can shall")
_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}
_SILENT = frozenset(".,;:!()\n")


def essentials(update: str) -> frozenset[str]:
    """Return an update's essentials: equal sets mean that only inflection, fillers and punctuation differ.

    They are its keys, numbers, versions, names and words in their order ("from 3 to 5" is not "from 5 to 3"), its symbols, and its work
    with status and denial. Synonyms do not count as one, and what is not understood makes sets differ, never equal.
    """
    reading = read(update)
    words = " ".join(word for token in reading.tokens for word in _words(token))
    symbols = "".join(char for char in update if unicodedata.category(char).startswith("S"))
    work = {sign for clause in reading.clauses for sign in _work(clause)}
    return frozenset({f"words {words}", f"symbols {symbols}"} | work)


def _words(token: Token) -> Iterator[str]:
    if token.kind in ("mark", "newline"):
        yield from () if token.low[0] in _SILENT else (token.low,)
    elif token.low.endswith("n't"):
        base = token.low.removesuffix("n't")
        yield from (_SHORT.get(base, base), "not")
    elif token.low == "cannot":
        yield from ("can", "not")
    elif token.low in _PLAIN:
        yield token.low
    elif token.low not in _FILLERS:
        # Case matters in code and in names of functions and files.
        yield token.text if token.kind in ("code", "fence", "ident", "url") else token.stem


def _work(clause: Clause) -> Iterator[str]:
    """Tell of work what its stem does not: whether it is done, under way or planned, and whether it is denied."""
    for event in clause.events:
        status = ("not " if event.negated else "") + event.status + (" later" if event.later else "")
        yield f"work {event.stem} {status}"

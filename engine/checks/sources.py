"""Which words of one text another accounts for: in the same form, with a slip of the pen, by a synonym, spelled out."""

import functools

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.statements import Reading
from engine.checks.stems import stem, word_set
from engine.checks.tokens import Token

_MOST = 40
"""So many words that begin alike are looked through, and so many abbreviations."""
_CHATTER = frozenset(
    map(
        stem,
        word_set(
            "lol haha hmm ugh yay guy folk spend spent turn today good morning pair sorry sadly unfortunately luckily weird "
            "annoying nice cool great awesome else otherwise instead before behind besides hadto max somehow plate bad control often imo give happen mind say tell whatever meantime meanwhile basically quick update status heads thing stuff day night time month week fully"
        ),
    )
)
"""What a report leaves out without losing anything."""


def weighs(token: Token) -> bool:
    """Tell whether a word says something of its own: no word of the frame, no figure, no day, no chatter."""
    low = token.low
    return (
        token.kind == "word"
        and len(low) > 2
        and low not in lx.STOP
        and low not in lx.NEGATIVE
        and low not in lx.HARD_CONDITIONS
        and "'" not in low
        and token.text.lower() not in ("eta", "instead of")
        and low not in named.NUMBER_WORDS
        and low not in named.WEEKDAYS
        and low not in named.MONTHS
        and low not in named.DAYS
        and low not in named.UNITS
        and token.stem not in _CHATTER
    )


def near(word: str, reading: Reading) -> bool:
    """Tell whether a text has this word but for one slip of the pen."""
    if not 4 < len(word) < 40:
        return False
    return any(
        one_slip(word, low)
        for size in (len(word), len(word) - 1, len(word) + 1)
        for low in reading.initials.get((word[0], size), ())[:_MOST]
    )


@functools.lru_cache(maxsize=8192)
def one_slip(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter at most, or by two that have changed places."""
    if one == other:
        return True
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    )


def direct(token: Token, reading: Reading) -> bool:
    """Tell whether a text has this word in some form, or a synonym of it."""
    if token.low in reading.lows or token.stem in reading.stems or token.canon in reading.canons:
        return True
    if len(token.stem) > 3:
        heads = reading.heads.get(token.stem[:4], ())[:_MOST]
        if any(head.startswith(token.stem) or token.stem.startswith(head) for head in heads):
            return True
    return token.low in reading.squeezed or near(token.low, reading)


def loose(token: Token, reading: Reading) -> bool:
    """Tell whether a text has this word, a form of it, or one that may stand for it."""
    return token.stem in reading.alike or direct(token, reading)


def spelled(reading: Reading, other: Reading) -> frozenset[int]:
    """Return where words begin that spell out an abbreviation of the other text: "dead letter queue" for "dlq"."""
    words = [token for token in reading.tokens if token.kind == "word"]
    initials = "".join(token.low[0] for token in words)
    places: set[int] = set()
    capitals = {token.low for token in other.tokens if token.text.isupper()}
    least = {low: 2 if low in capitals else 3 for low in other.lows}
    for low in sorted(other.lows - reading.lows, key=len)[:_MOST]:
        at = (
            initials.find(low) if least[low] <= len(low) <= 5 and low.isalpha() and low not in lx.STOP else -1
        )
        if at >= 0:
            places.update(token.start for token in words[at : at + len(low)])
    return frozenset(places)

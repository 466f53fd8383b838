"""Enumerations of three and more things: one that a draft drops, or one that it adds."""

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.matching import Comparison
from engine.checks.sources import near
from engine.checks.statements import Reading
from engine.checks.tokens import Token


def _items(reading: Reading) -> list[list[list[Token]]]:
    """Return the enumerations of three and more things, "A, B and C", each thing as its words."""
    found: list[list[list[Token]]] = []
    items: list[list[Token]] = [[]]
    for place, token in enumerate(reading.tokens):
        if token.low == ",":
            if items[-1]:
                items.append([])
        elif token.low == "and" and len(items) > 1:
            if items[-1]:
                items.append([])
            last = [one for one in reading.tokens[place + 1 : place + 3] if one.kind in ("word", "ident")]
            items[-1] = last[:1]
            items[0] = items[0][-1:]
            if len(items) > 2 and all(map(_item, items)):
                found.append(items)
            items = [[]]
        elif token.kind not in ("word", "ident", "code") or (len(items[-1]) > 2 and len(items) > 1):
            items = [[]]
        else:
            items[-1].append(token)
    return found


def _item(words: list[Token]) -> bool:
    """Tell whether these words name one thing of an enumeration."""
    return 0 < len(words) <= 2 and not any(
        token.low in lx.STOP
        or token.low in named.NUMBER_WORDS
        or token.low in lx.IRREGULAR_PAST
        or token.low.endswith(("ed", "ing"))
        for token in words
    )


def _named(words: list[Token], reading: Reading) -> bool:
    return any(
        token.stem in reading.stems
        or token.canon in reading.canons
        or token.low in reading.lows
        or token.text.lower().strip("`") in reading.lower
        or near(token.low, reading)
        for token in words
    )


def check(both: Comparison) -> None:
    """Find a thing of an enumeration that the draft drops, or one that it adds."""
    for items in _items(both.update):
        lost = [words for words in items if not _named(words, both.draft)]
        if len(lost) == 1 and len(items) > 2:
            said = " ".join(token.text for token in lost[0])
            both.error("item-lost", f"The draft leaves out “{said}”.", both.end, both.end)
    for items in _items(both.draft):
        new = [words for words in items if not _named(words, both.update) and not _named(words, both.context)]
        if len(new) == 1:
            first, last = new[0][0], new[0][-1]
            said = both.draft.text[first.start : last.end]
            both.error("item-added", f"The draft adds “{said}” to what you listed.", first.start, last.end)

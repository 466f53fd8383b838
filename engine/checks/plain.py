"""Text as a matcher should see it: compatibility forms folded and invisible characters gone, with the way back to the original."""

import unicodedata

INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that draw nothing; people paste them by accident, attackers to hide words."""

LOOKALIKES = str.maketrans(
    {
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ԁ": "d", "ո": "n",
        "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X",
        "α": "a", "ο": "o", "ρ": "p", "ν": "v", "ι": "i", "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"',
        "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "\u00a0": " ",
    }
)  # fmt: skip
"""Letters of other scripts that look Latin, and typographic marks: what a reader takes them for."""


def is_tag(char: str) -> bool:
    """Tell whether this is one of Unicode's tag characters, which carry ASCII invisibly."""
    return 0xE0000 <= ord(char) <= 0xE007F


def folded(text: str) -> tuple[str, list[int] | None]:
    """Return the folded text and, for each of its characters, its place in the original; None means the same places."""
    if text.isascii():
        return text, None
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char.isascii():
            out.append(char)
            places.append(place)
        elif char not in INVISIBLE and not is_tag(char):
            for piece in unicodedata.normalize("NFKC", char).translate(LOOKALIKES):
                out.append(piece)
                places.append(place)
    return "".join(out), places


def original_span(start: int, end: int, places: list[int] | None) -> tuple[int, int]:
    """Translate a span of the folded text into one of the original."""
    if places is None or start >= end:
        return start, end
    return places[start], places[end - 1] + 1

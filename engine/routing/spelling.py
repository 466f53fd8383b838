"""Words of completion as fingers slip on them: letters swapped, left out or doubled."""

from collections.abc import Collection, Iterator

SHORTEST_LEFT_OUT = 6
"""Letters a word needs before one left out still leaves it plain which word was meant."""


def misspelt(meant: Collection[str], *, real: Collection[str] = ()) -> dict[str, str]:
    """Return the word that was meant by each likely slip in one of ``meant``, unless the slip makes a ``real`` word."""
    slips: dict[str, str] = {}
    for word in sorted(meant):
        for slip in _slips(word):
            # What could stand for two words stands for neither.
            slips[slip] = word if slips.get(slip, word) == word else ""
    return {slip: word for slip, word in slips.items() if word and slip not in real and slip not in meant}


def _slips(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        yield word[:at] + word[at - 1] + word[at:]
        # The last letter is the tense of the verb, and the first tells words apart.
        if len(word) >= SHORTEST_LEFT_OUT and at < len(word) - 1:
            yield word[:at] + word[at + 1 :]
    for more in range(1, 5):
        yield word + more * word[-1]

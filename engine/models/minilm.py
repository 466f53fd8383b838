"""all-MiniLM-L6-v2 on numpy: a WordPiece tokenizer and BERT of six layers, mean of the words' vectors.

https://arxiv.org/abs/1810.04805 and https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2. Importing this imports numpy;
`engine.models.embedding_minilm` does it when the first text comes.
"""

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS, HEADS, WIDTH = 6, 12, 384
TOKENS = 256
"""Tokens of a text that are read, as the model was published; the rest is passed over."""
LONGEST_WORD = 100
EPSILON = 1e-12

Array = NDArray[np.float32]


class Tokenizer:
    """Words and their pieces, lowercased and without accents, as the model was trained on."""

    def __init__(self, vocabulary: Path) -> None:
        lines = vocabulary.read_text(encoding="utf-8").split("\n")
        self._ids = {piece: place for place, piece in enumerate(lines) if piece}

    def ids(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces between the marks of its beginning and end."""
        pieces: list[str] = []
        for word in _words(text):
            pieces += self._pieces(word)
            if len(pieces) >= TOKENS - 2:
                break
        return [self._ids[piece] for piece in ("[CLS]", *pieces[: TOKENS - 2], "[SEP]")]

    def _pieces(self, word: str) -> list[str]:
        """Split a word into the longest pieces known, from the left; one with an unknown part is unknown as a whole."""
        if len(word) > LONGEST_WORD:
            return ["[UNK]"]
        found: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._ids), None)
            if end is None:
                return ["[UNK]"]
            found.append(mark + word[start:end])
            start = end
        return found


def _words(text: str) -> list[str]:
    """Split at white space and around marks; what people do not see is left out."""
    spaced = "".join(_spaced(char) for char in text)
    plain = (char for char in unicodedata.normalize("NFD", spaced) if unicodedata.category(char) != "Mn")
    return "".join(f" {char} " if _is_mark(char) else char.lower() for char in plain).split()


def _spaced(char: str) -> str:
    if char.isspace():
        return " "
    if char == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return f" {char} " if _is_ideograph(ord(char)) else char


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P") or (char.isascii() and char.isprintable() and not char.isalnum() and char != " ")  # fmt: skip


def _is_ideograph(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x2CEAF
        or 0x2F800 <= code <= 0x2FA1F
    )


class MiniLM:
    """The model; ``folder`` holds its weights and vocabulary. Weights stay in the file's pages and are read as they are used."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer(folder / "vocab.txt")
        self._weights = _tensors(folder / "model.safetensors")

    def vector(self, text: str) -> Array:
        """Return the mean of the vectors of a text's words, 384 numbers, not normalised."""
        ids = self.tokenizer.ids(text)
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._normed(x, "embeddings")
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}"
            x = self._normed(x + self._attended(x, f"{at}.attention"), f"{at}.attention.output")
            inner = _gelu(self._dense(x, f"{at}.intermediate.dense"))
            x = self._normed(x + self._dense(inner, f"{at}.output.dense"), f"{at}.output")
        mean: Array = x.mean(axis=0)
        return mean

    def _attended(self, x: Array, at: str) -> Array:
        query, key, value = (
            self._dense(x, f"{at}.self.{part}").reshape(len(x), HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(WIDTH // HEADS))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares = scores / scores.sum(axis=-1, keepdims=True)
        return self._dense((shares @ value).transpose(1, 0, 2).reshape(len(x), WIDTH), f"{at}.output.dense")

    def _dense(self, x: Array, at: str) -> Array:
        made: Array = x @ self._weights[f"{at}.weight"].T + self._weights[f"{at}.bias"]
        return made

    def _normed(self, x: Array, at: str) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        made: Array = scaled * self._weights[f"{at}.LayerNorm.weight"] + self._weights[f"{at}.LayerNorm.bias"]
        return made


def _gelu(x: Array) -> Array:
    """x·Φ(x); the error function by formula 7.1.26 of Abramowitz and Stegun, off by 1.5e-7 at most."""
    z = np.abs(x) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(factor)
    made: Array = x * (1 + np.copysign(1 - series * t * np.exp(-z * z), x)) / 2
    return made


def _tensors(path: Path) -> dict[str, Array]:
    """Map a safetensors file: a header's length, the header in JSON, then the numbers.

    https://github.com/huggingface/safetensors#format
    """
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    end = 8 + int(raw[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(raw[8:end].tobytes())
    header.pop("__metadata__", None)
    return {
        name: raw[end + one["data_offsets"][0] : end + one["data_offsets"][1]]
        .view("<f4")
        .reshape(one["shape"])
        for name, one in header.items()
        if one["dtype"] == "F32"
    }

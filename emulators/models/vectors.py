"""Embeddings without a model: hashed words and letter triples, so that like texts lie near each other."""

import hashlib
import math
import re

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}


def embed(text: str, dimensions: int) -> list[float]:
    """Return a unit vector of the text; the same text always has the same one."""
    vector = [0.0] * dimensions
    lowered = text.lower()
    words = re.findall(r"\w+", lowered)
    grams = [f"#{word}#"[at : at + 3] for word in words for at in range(len(word))]
    for feature, weight in (
        [(word, 1.0) for word in words] + [(gram, 0.4) for gram in grams] + [(lowered, 0.01)]
    ):
        digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
        place = int.from_bytes(digest[:6], "big") % dimensions
        vector[place] += weight if digest[7] & 1 else -weight
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]

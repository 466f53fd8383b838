"""What single models do differently: which arguments they take. Everything else is the same for all.

Sources: https://platform.openai.com/docs/guides/reasoning (no temperature, ``max_completion_tokens``),
https://platform.openai.com/docs/guides/structured-outputs (models that take a schema).
"""

import re
from dataclasses import dataclass

from engine.models.model import Endpoint


@dataclass(frozen=True, slots=True)
class Profile:
    """Arguments of one model: whether it takes a ``temperature`` and a JSON ``schema``, the name of its ``limit`` of tokens."""

    temperature: bool = True
    schema: bool = True
    limit: str = "max_completion_tokens"


_REASONING = re.compile(r"(o\d|gpt-(5|6))\b")
_PLAIN_JSON = re.compile(r"(gpt-3\.5|gpt-4(-turbo|-\d{4})?$)")


def profile(endpoint: Endpoint) -> Profile:
    """Return what the endpoint's model takes."""
    model = endpoint.model.rpartition("/")[2]
    if endpoint.provider == "openai" and _REASONING.match(model):
        return Profile(temperature=False)
    if endpoint.provider == "openai" and _PLAIN_JSON.match(model):
        return Profile(schema=False)
    if endpoint.provider == "compatible":
        # Other servers know the older name of the limit, and not all of them the newer one.
        return Profile(limit="max_tokens")
    return Profile()

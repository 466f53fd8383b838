"""What single models do differently: which arguments they take. Everything else is the same for all.

Sources: https://platform.openai.com/docs/guides/reasoning (no temperature, ``max_completion_tokens``),
https://platform.openai.com/docs/guides/structured-outputs (models that take a schema),
https://platform.claude.com/docs/en/build-with-claude/thinking (who thinks unasked, and how that is turned off),
https://platform.claude.com/docs/en/build-with-claude/structured-outputs (Claude 4.5 and later).
"""

import re
from dataclasses import dataclass

from engine.models.model import Endpoint


@dataclass(frozen=True, slots=True)
class Profile:
    """Arguments of one model: whether it takes a ``temperature`` and a JSON ``schema``, the name of its ``limit`` of tokens.

    ``thinking`` is what turns its thinking off, ``effort`` what keeps it short where it cannot be turned off; empty where there is
    nothing to say.
    """

    temperature: bool = True
    schema: bool = True
    limit: str = "max_completion_tokens"
    thinking: str = ""
    effort: str = ""


_REASONING = re.compile(r"(o\d|gpt-(5|6))\b")
_PLAIN_JSON = re.compile(r"(gpt-3\.5|gpt-4(-turbo|-\d{4})?$)")
_CLAUDE_TO_4_1 = re.compile(r"claude-([23]\b|instant|(opus|sonnet)-4(-[01])?(-\d{8})?$)")
_CLAUDE_TO_4_6 = re.compile(r"claude-(haiku|opus|sonnet)-4-[56]\b")
_CLAUDE_QUIET = re.compile(r"claude-opus-4-[78]\b")
_CLAUDE_TURNED_OFF = re.compile(r"claude-(haiku-5-5|(opus|sonnet)-5)$")
_CLAUDE_BETWEEN_TOOLS = re.compile(r"claude-sonnet-5-5$")


def profile(endpoint: Endpoint) -> Profile:
    """Return what the endpoint's model takes."""
    model = endpoint.model.rpartition("/")[2]
    if endpoint.provider == "anthropic":
        return _claude(model)
    if endpoint.provider == "openai" and _REASONING.match(model):
        return Profile(temperature=False)
    if endpoint.provider == "openai" and _PLAIN_JSON.match(model):
        return Profile(schema=False)
    if endpoint.provider == "compatible":
        # Other servers know the older name of the limit, and not all of them the newer one.
        return Profile(limit="max_tokens")
    return Profile()


def _claude(model: str) -> Profile:
    """Thinking counts towards the limit of tokens, and an answer of a few sentences needs none: off where it can be."""
    if _CLAUDE_TO_4_1.match(model):
        return Profile(schema=False)
    if _CLAUDE_TO_4_6.match(model):
        return Profile()
    if _CLAUDE_QUIET.match(model):
        return Profile(temperature=False)
    if _CLAUDE_TURNED_OFF.match(model):
        return Profile(temperature=False, thinking="disabled")
    if _CLAUDE_BETWEEN_TOOLS.match(model):
        return Profile(temperature=False, thinking="between_tools")
    return Profile(temperature=False, effort="low")

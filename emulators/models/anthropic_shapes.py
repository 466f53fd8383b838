"""What Anthropic accepts: each rule raises the service's own error body.

The sentences are those of api.anthropic.com, as its documentation and its users quote them; what this stand-in does not offer
says so in words of its own. Sources: https://platform.claude.com/docs/en/api/messages, /api/errors, /api/versioning,
/build-with-claude/structured-outputs, /build-with-claude/thinking.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

JSON = dict[str, Any]

LATEST = "2026-10-21"
VERSIONS = ("2023-06-01", LATEST)
SAMPLING = ("temperature", "top_p", "top_k")
UNOFFERED = ("tools", "tool_choice", "container")
FIELDS = frozenset(
    {
        "model",
        "messages",
        "max_tokens",
        "system",
        "stream",
        "stop_sequences",
        "thinking",
        "output_config",
        "metadata",
        "cache_control",
        "service_tier",
        "inference_geo",
        "speed",
        "diagnostics",
        *UNOFFERED,
    }
)
EFFORTS = ("low", "medium", "high", "xhigh", "max")
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
UNIONS = 16
"""At most so many parameters of a schema may be of several types."""
_EVERYWHERE = {"type", "enum", "const", "anyOf", "$ref", "$defs", "description", "title", "default"}
_OF_TYPE = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems"},
    "string": {"format", "pattern"},
}


@dataclass(frozen=True, slots=True)
class Card:
    """One model: what it is called, how much it takes, and which arguments.

    ``thinking`` are the types of thinking it takes, ``thinks`` whether it does so unasked; ``effort`` is its default effort
    (empty: it takes none), ``cached`` the fewest tokens of a prompt that are kept. ``made`` is the epoch where the date is not
    known, as the service has it too.
    """

    name: str
    line: str
    thinking: tuple[str, ...]
    thinks: bool = False
    sampling: bool = False
    prefill: bool = False
    effort: str = "high"
    context: int = 1_000_000
    output: int = 128_000
    cached: int = 4096
    retired: bool = False
    made: str = "1970-01-01T00:00:00Z"


def _old(name: str, line: str, made: str, effort: str = "") -> Card:
    kinds = ("enabled", "disabled")
    return Card(
        name, line, kinds, False, True, True, effort=effort, context=200_000, output=64_000, made=made
    )


_ANY, _NEW = ("enabled", "adaptive", "disabled"), ("adaptive", "disabled")
CARDS = {
    "claude-fable-5-2": Card("Claude Fable 5.2", "fable", ("adaptive",), True),
    "claude-fable-5-1": Card("Claude Fable 5.1", "fable", ("adaptive",), True),
    "claude-haiku-5-5": Card("Claude Haiku 5.5", "haiku", _NEW, True, effort="medium", cached=512),
    "claude-sonnet-5-5": Card(
        "Claude Sonnet 5.5",
        "sonnet",
        ("adaptive", "between_tools"),
        True,
        cached=512,
        made="2026-09-28T00:00:00Z",
    ),
    "claude-opus-5-5": Card(
        "Claude Opus 5.5",
        "opus",
        ("adaptive",),
        True,
        effort="medium",
        cached=512,
        made="2026-09-22T00:00:00Z",
    ),
    "claude-opus-5": Card("Claude Opus 5", "opus", _NEW, True, made="2026-07-24T00:00:00Z"),
    "claude-sonnet-5": Card("Claude Sonnet 5", "sonnet", _NEW, True, made="2026-06-30T00:00:00Z"),
    "claude-opus-4-8": Card("Claude Opus 4.8", "opus", _NEW),
    "claude-opus-4-7": Card("Claude Opus 4.7", "opus", _NEW, made="2026-04-16T00:00:00Z"),
    "claude-sonnet-4-6": Card("Claude Sonnet 4.6", "sonnet", _ANY, sampling=True),
    "claude-opus-4-6": Card("Claude Opus 4.6", "opus", _ANY, sampling=True),
    "claude-mythos-preview": Card("Claude Mythos Preview", "mythos", ("adaptive",), True, retired=True),
    "claude-opus-4-5-20251101": _old("Claude Opus 4.5", "opus", "2025-11-01T00:00:00Z", "high"),
    "claude-haiku-4-5-20251001": _old("Claude Haiku 4.5", "haiku", "2025-10-01T00:00:00Z"),
    "claude-sonnet-4-5-20250929": _old("Claude Sonnet 4.5", "sonnet", "2025-09-29T00:00:00Z"),
}
"""The models offered, newest first, and one that only the catalogue remembers."""
ALIASES = {name[: -len("-20250101")]: name for name in CARDS if name[-8:].isdigit()}


class Refused(Exception):
    """A request that Anthropic would refuse: its status and sentence."""

    def __init__(self, message: str, *, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}


def refusal(status: int, message: str, request_id: str) -> JSON:
    """Return an error body as Anthropic sends it."""
    kind = KINDS.get(status, "invalid_request_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def parsed(body: bytes) -> JSON:
    """Return the JSON object of a request's body."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise Refused(f"The request body is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused("Input should be an object")
    return value


def card_named(name: str) -> tuple[str, Card]:
    """Return the model that a name or an alias means, which must exist."""
    whole = ALIASES.get(name, name)
    if whole not in CARDS:
        raise Refused(f"model: {name}", status=404)
    return whole, CARDS[whole]


def check(asked: JSON, version: str) -> tuple[str, Card]:
    """Refuse what a message may not be asked; return the model that is to answer."""
    _required(asked, "model", str, "string")
    _messages(asked)
    for place, block in enumerate(_blocks(asked, "system", "system")):
        _text_block(block, f"system.{place}")
    _required(asked, "max_tokens", int, "integer")
    _optional(asked, "stream", bool, "boolean")
    _optional(asked, "stop_sequences", list, "array")
    for name in ("thinking", "output_config", "metadata", "cache_control"):
        _optional(asked, name, dict, "object")
    for name in asked:
        if name not in FIELDS and (name not in SAMPLING or version == LATEST):
            raise Refused(f"{name}: Extra inputs are not permitted")
        if name in UNOFFERED:
            raise Refused(f"{name}: not offered by this stand-in")
    _turns(asked)
    name, card = card_named(asked["model"])
    if card.retired:
        raise Refused(f"model: {name}", status=404)
    _bounds(asked, name, card)
    _thinking(asked, card)
    _sampling(asked, card)
    _output(asked, card)
    return name, card


def turns(asked: JSON) -> list[JSON]:
    """Return the messages with those of one role in a row made one, as the service reads them."""
    merged: list[JSON] = []
    for place, message in enumerate(asked["messages"]):
        blocks = _blocks(message, "content", f"messages.{place}.content")
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1]["content"] += blocks
        else:
            merged.append({"role": message["role"], "content": blocks})
    return merged


def system_of(asked: JSON) -> list[JSON]:
    """Return the blocks of the system prompt."""
    return list(_blocks(asked, "system", "system"))


def thinks(asked: JSON, card: Card) -> bool:
    """Tell whether the model thinks before it answers."""
    kind = (asked.get("thinking") or {}).get("type")
    return card.thinks if kind is None else kind in ("enabled", "adaptive")


def _required(asked: JSON, name: str, kind: type, word: str) -> None:
    if name not in asked:
        raise Refused(f"{name}: Field required")
    _optional(asked, name, kind, word)
    if asked[name] == "":
        raise Refused(f"{name}: String should have at least 1 character")


def _optional(asked: JSON, name: str, kind: type, word: str, at: str = "") -> None:
    if name not in asked:
        return
    if not isinstance(asked[name], kind) or (kind is int and isinstance(asked[name], bool)):
        shape = "Input should be an object" if kind is dict else f"Input should be a valid {word}"
        raise Refused(f"{at}{name}: {shape}")


def _blocks(holder: JSON, name: str, at: str) -> list[JSON]:
    """Return a text in either of its two forms as blocks."""
    given = holder.get(name, [])
    if isinstance(given, str):
        return [{"type": "text", "text": given}] if given else []
    if not isinstance(given, list):
        raise Refused(f"{at}: Input should be a valid array")
    return given


def _text_block(block: Any, at: str) -> None:
    if not isinstance(block, dict):
        raise Refused(f"{at}: Input should be an object")
    if "type" not in block:
        raise Refused(f"{at}.type: Field required")
    if block["type"] != "text":
        raise Refused(f"{at}: blocks of type {block['type']!r} are not offered by this stand-in")
    if "text" not in block:
        raise Refused(f"{at}.text.text: Field required")
    extra = next((name for name in block if name not in ("type", "text", "cache_control", "citations")), None)
    if extra is not None:
        raise Refused(f"{at}.text.{extra}: Extra inputs are not permitted")
    if not isinstance(block["text"], str):
        raise Refused(f"{at}.text.text: Input should be a valid string")
    if not block["text"]:
        raise Refused(f"{at.partition('.')[0]}: text content blocks must be non-empty")


def _messages(asked: JSON) -> None:
    if "messages" not in asked:
        raise Refused("messages: Field required")
    _optional(asked, "messages", list, "array")
    if not asked["messages"]:
        raise Refused("messages: at least one message is required")
    for place, message in enumerate(asked["messages"]):
        at = f"messages.{place}"
        if not isinstance(message, dict):
            raise Refused(f"{at}: Input should be an object")
        for name in ("role", "content"):
            if name not in message:
                raise Refused(f"{at}.{name}: Field required")
        role = message["role"]
        if role == "system" and place == 0:
            raise Refused(
                f"{at}: use the top-level 'system' parameter for the initial system prompt; the directive-only form "
                "(content: [] with output_config) is accepted at any position"
            )
        if role == "system":
            raise Refused(f"{at}: role 'system' within a conversation is not offered by this stand-in")
        if role not in ("user", "assistant"):
            raise Refused(f'messages: Unexpected role "{role}". Allowed roles are "user" or "assistant"')
        extra = next((name for name in message if name not in ("role", "content")), None)
        if extra is not None:
            raise Refused(f"{at}.{extra}: Extra inputs are not permitted")
        for number, block in enumerate(_blocks(message, "content", f"{at}.content")):
            _text_block(block, f"{at}.content.{number}")


def _turns(asked: JSON) -> None:
    for role, run in groupby(enumerate(asked["messages"]), lambda one: str(one[1]["role"])):
        places = list(run)
        if role == "user" and not any(message["content"] for _, message in places):
            raise Refused(f"messages.{places[0][0]}: user messages must have non-empty content")
    if asked["messages"][-1]["role"] == "assistant":
        _, card = card_named(asked["model"])
        raise Refused(
            "continuing the assistant's message is not offered by this stand-in"
            if card.prefill
            else "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _bounds(asked: JSON, name: str, card: Card) -> None:
    most = asked["max_tokens"]
    if most < 0:
        raise Refused("max_tokens: must be greater than or equal to 0")
    if most > card.output:
        raise Refused(
            f"max_tokens: {most} > {card.output}, which is the maximum allowed number of output tokens for {name}"
        )
    for place, stop in enumerate(asked.get("stop_sequences", [])):
        if not isinstance(stop, str):
            raise Refused(f"stop_sequences.{place}: Input should be a valid string")
        if not stop.strip():
            raise Refused("stop_sequences: each stop sequence must contain non-whitespace")
    extra = next((one for one in asked.get("metadata", {}) if one != "user_id"), None)
    if extra is not None:
        raise Refused(f"metadata.{extra}: Extra inputs are not permitted")
    if asked.get("service_tier", "auto") not in ("auto", "standard_only"):
        raise Refused("service_tier: Input should be 'auto' or 'standard_only'")


def _thinking(asked: JSON, card: Card) -> None:
    thinking = asked.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    if kind not in ("enabled", "adaptive", "disabled", "between_tools"):
        raise Refused("thinking.type: Field required" if kind is None else f"thinking: Unknown type '{kind}'")
    if kind not in card.thinking:
        instead = "between_tools" if "between_tools" in card.thinking else "adaptive"
        raise Refused(
            f'"thinking.type.{kind}" is not supported for this model. Use "thinking.type.{instead}" and '
            '"output_config.effort" to control thinking behavior.'
        )
    if kind == "enabled":
        budget = thinking.get("budget_tokens")
        if not isinstance(budget, int) or budget < 1024:
            raise Refused("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if budget >= asked["max_tokens"]:
            raise Refused("`max_tokens` must be greater than `thinking.budget_tokens`.")


def _sampling(asked: JSON, card: Card) -> None:
    for name in SAMPLING:
        value = asked.get(name, 1 if name not in asked else None)
        if isinstance(value, bool) or not isinstance(value, int if name == "top_k" else (int, float)):
            raise Refused(f"{name}: Input should be a valid {'integer' if name == 'top_k' else 'number'}")
        if name != "top_k" and not 0 <= value <= 1:
            raise Refused(f"{name}: range: 0..1")
        if name in asked and not card.sampling and (name, value) != ("temperature", 1):
            raise Refused(f"`{name}` is deprecated for this model.")
    if "temperature" in asked and "top_p" in asked:
        raise Refused(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )
    if asked.get("temperature", 1) != 1 and thinks(asked, card):
        raise Refused("`temperature` may only be set to 1 when thinking is enabled.")


def _output(asked: JSON, card: Card) -> None:
    config = asked.get("output_config", {})
    for name in config:
        if name not in ("effort", "format"):
            raise Refused(f"output_config.{name}: Extra inputs are not permitted")
    if config.get("effort") is not None:
        if config["effort"] not in EFFORTS:
            listed = ", ".join(f"'{one}'" for one in EFFORTS[:-1])
            raise Refused(f"output_config.effort: Input should be {listed} or '{EFFORTS[-1]}'")
        if not card.effort:
            raise Refused("This model does not support the effort parameter.")
    form = config.get("format")
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        raise Refused("output_config.format.type: Input should be 'json_schema'")
    if not isinstance(form.get("schema"), dict):
        raise Refused("output_config.format.schema: Field required")
    extra = next((name for name in form if name not in ("type", "schema")), None)
    if extra is not None:
        raise Refused(f"output_config.format.{extra}: Extra inputs are not permitted")
    unions = sum(_checked(node) for node in _nodes(form["schema"], form["schema"], ()))
    if unions > UNIONS:
        raise _bad_schema(f"at most {UNIONS} parameters may be of several types, not {unions}")


def _bad_schema(why: str) -> Refused:
    return Refused(f"output_config.format.schema: {why}")


def _checked(node: JSON) -> bool:
    """Refuse a schema that cannot be held to; tell whether it is of several types."""
    kind = node.get("type")
    kinds = kind if isinstance(kind, list) else [] if kind is None else [kind]
    if "object" in kinds and node.get("additionalProperties") is not False:
        given = node.get("additionalProperties")
        raise _bad_schema(
            "For 'object' type, 'additionalProperties' must be explicitly set to false"
            if given is None
            else f"For 'object' type, 'additionalProperties: {json.dumps(given)}' is not supported. "
            "Please set 'additionalProperties' to false"
        )
    if "allOf" in node:
        raise _bad_schema("'allOf' is not offered by this stand-in")
    known = _EVERYWHERE.union(*(_OF_TYPE.get(one, set()) for one in kinds))
    if unknown := sorted(set(node) - known):
        word = "property" if len(unknown) == 1 else "properties"
        be = "is" if len(unknown) == 1 else "are"
        raise _bad_schema(
            f"For '{kinds[0] if kinds else 'any'}' type, {word} {', '.join(unknown)} {be} not supported"
        )
    if node.get("minItems", 0) not in (0, 1):
        raise _bad_schema(
            f"For 'array' type, 'minItems' values other than 0 or 1 are not supported: {node['minItems']}"
        )
    return len(kinds) > 1 or "anyOf" in node


def _nodes(node: Any, root: JSON, within: tuple[str, ...]) -> Iterator[JSON]:
    """Yield every schema inside a schema, itself first; one that holds itself is refused."""
    if not isinstance(node, dict):
        raise _bad_schema("every schema must be an object")
    if (reference := node.get("$ref")) is not None:
        if reference in within:
            raise _bad_schema("recursive schemas are not supported")
        name = str(reference).removeprefix("#/$defs/")
        if name not in root.get("$defs", {}):
            raise _bad_schema(f"'{reference}' does not lead anywhere")
        yield from _nodes(root["$defs"][name], root, (*within, reference))
    yield node
    below = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
    for one in [*below, *([node["items"]] if "items" in node else [])]:
        yield from _nodes(one, root, within)

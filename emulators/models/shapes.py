"""What OpenAI accepts: each rule raises the service's own error body.

Messages, codes and parameters follow the answers of api.openai.com; bounds follow its OpenAPI description 2.3.0.
"""

import json
import re
from typing import Any

JSON = dict[str, Any]

CHAT_FIELDS = frozenset(
    {
        "messages",
        "model",
        "service_tier",
        "modalities",
        "verbosity",
        "reasoning_effort",
        "max_completion_tokens",
        "frequency_penalty",
        "presence_penalty",
        "web_search_options",
        "top_logprobs",
        "response_format",
        "audio",
        "store",
        "moderation",
        "stream",
        "stop",
        "logit_bias",
        "logprobs",
        "max_tokens",
        "n",
        "prediction",
        "seed",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "function_call",
        "functions",
        "metadata",
        "temperature",
        "top_p",
        "user",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
    }
)
UNSUPPORTED = ("tools", "functions", "audio", "web_search_options", "prediction", "logprobs", "moderation")
ROLES = ("system", "assistant", "user", "function", "tool", "developer")
CONTEXT = 128_000
NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
}


class Refused(Exception):
    """A request that OpenAI would refuse: status and the fields of its error body."""

    def __init__(
        self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.param, self.code = status, param, code

    def body(self) -> JSON:
        """Return the error body as OpenAI sends it."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code}}


def parsed(body: bytes) -> JSON:
    """Return the JSON object of a request's body."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
            "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)"
        )
    return value


def model_named(request: JSON, known: "dict[str, int]") -> str:
    """Return the model asked for, which must exist."""
    name = request.get("model")
    if not name:
        raise Refused("you must provide a model parameter")
    _typed(request, "model", str)
    if name not in known:
        raise Refused(
            f"The model `{name}` does not exist or you do not have access to it.",
            status=404,
            code="model_not_found",
        )
    return str(name)


def check_chat(request: JSON) -> None:
    """Refuse what a chat completion may not be asked."""
    for name in request:
        if name not in CHAT_FIELDS:
            raise Refused(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
        if name in UNSUPPORTED and request[name]:
            raise Refused(
                f"'{name}' is not offered by this stand-in.", param=name, code="unsupported_parameter"
            )
    _messages(request)
    _numbers(request)
    _limits_of_model(request)
    _typed(request, "stream", bool)
    if request.get("stream_options") is not None and not request.get("stream"):
        raise Refused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    _response_format(request)


def _typed(request: JSON, name: str, *kinds: type, at: str = "") -> None:
    value = request.get(name)
    if value is None:
        return
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        where = at + name
        raise Refused(
            f"Invalid type for '{where}': expected {NAMES[kinds[0]]}, but got {NAMES.get(type(value), 'null')} instead.",
            param=where,
            code="invalid_type",
        )


def _bounded(request: JSON, name: str, low: float, high: float | None, kind: str) -> None:
    _typed(request, name, *((int,) if kind == "integer" else (float, int)))
    value = request.get(name)
    if value is None:
        return
    for wrong, side, sign, bound in (
        (value < low, "below minimum", ">=", low),
        (high is not None and value > high, "above maximum", "<=", high),
    ):
        if wrong:
            code = f"{kind}_{'below_min' if sign == '>=' else 'above_max'}_value"
            raise Refused(
                f"Invalid '{name}': {kind} {side} value. Expected a value {sign} {bound}, but got {value} instead.",
                param=name,
                code=code,
            )


def _numbers(request: JSON) -> None:
    _bounded(request, "temperature", 0, 2, "decimal")
    _bounded(request, "top_p", 0, 1, "decimal")
    _bounded(request, "frequency_penalty", -2, 2, "decimal")
    _bounded(request, "presence_penalty", -2, 2, "decimal")
    _bounded(request, "max_tokens", 1, None, "integer")
    _bounded(request, "max_completion_tokens", 1, None, "integer")
    _bounded(request, "n", 1, 128, "integer")


def _limits_of_model(request: JSON) -> None:
    name = str(request["model"])
    if not re.match(r"gpt-[5-9]|o\d", name):
        return
    if request.get("max_tokens") is not None:
        raise Refused(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    reasons = re.match(r"gpt-5(-|$)|o\d", name) or request.get("reasoning_effort") not in (None, "none")
    if reasons and request.get("temperature") not in (None, 1):
        raise Refused(
            f"Unsupported value: 'temperature' does not support {request['temperature']} with this model. Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )


def _messages(request: JSON) -> None:
    if "messages" not in request:
        raise Refused(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    _typed(request, "messages", list)
    messages = request["messages"]
    if not messages:
        raise Refused(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param="messages",
            code="empty_array",
        )
    for place, message in enumerate(messages):
        _message(message, f"messages[{place}]")
    size = sum(len(text_of(message)) for message in messages) // 4
    if size > CONTEXT:
        raise Refused(
            f"This model's maximum context length is {CONTEXT} tokens. However, your messages resulted in {size} tokens. "
            "Please reduce the length of the messages.",
            param="messages",
            code="context_length_exceeded",
        )


def _message(message: Any, at: str) -> None:
    if not isinstance(message, dict):
        raise Refused(
            f"Invalid type for '{at}': expected an object, but got {NAMES.get(type(message), 'null')} instead.",
            param=at,
            code="invalid_type",
        )
    if "role" not in message:
        raise Refused(
            f"Missing required parameter: '{at}.role'.", param=f"{at}.role", code="missing_required_parameter"
        )
    if message["role"] not in ROLES:
        *others, last = (f"'{role}'" for role in ROLES)
        raise Refused(
            f"Invalid value: '{message['role']}'. Supported values are: {', '.join(others)}, and {last}.",
            param=f"{at}.role",
            code="invalid_value",
        )
    content = message.get("content")
    if content is None:
        raise Refused(
            f"Invalid value for 'content': expected a string, got null. (param: {at}.content)",
            param=f"{at}.content",
        )
    _typed(message, "content", str, list, at=f"{at}.")
    for place, part in enumerate(content if isinstance(content, list) else []):
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            where = f"{at}.content[{place}]"
            raise Refused(f"Invalid value: '{where}' must be a text part.", param=where, code="invalid_value")


def text_of(message: JSON) -> str:
    """Return a message's words, whichever of the two forms they have."""
    content = message["content"]
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def _response_format(request: JSON) -> None:
    _typed(request, "response_format", dict)
    asked = request.get("response_format")
    if asked is None:
        return
    kind = asked.get("type")
    if kind not in ("text", "json_object", "json_schema"):
        raise Refused(
            f"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
            param="response_format.type",
            code="invalid_value",
        )
    if kind == "json_object" and not any("json" in text_of(one).lower() for one in request["messages"]):
        raise Refused(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param="messages",
        )
    if kind == "json_schema":
        _json_schema(asked)


def _json_schema(asked: JSON) -> None:
    named = asked.get("json_schema")
    if not isinstance(named, dict):
        where = "response_format.json_schema"
        raise Refused(
            f"Missing required parameter: '{where}'.", param=where, code="missing_required_parameter"
        )
    name = named.get("name")
    if not isinstance(name, str) or not name:
        where = "response_format.json_schema.name"
        raise Refused(
            f"Missing required parameter: '{where}'.", param=where, code="missing_required_parameter"
        )
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        raise Refused(
            "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            param="response_format.json_schema.name",
            code="invalid_value",
        )
    schema = named.get("schema", {})
    if named.get("strict"):
        if schema.get("type") != "object":
            raise _bad_schema(
                name,
                (),
                f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'.",
            )
        _strict(schema, name, ())


def _bad_schema(name: str, at: tuple[str, ...], why: str) -> Refused:
    place = f"In context={at!r}, " if at or not why.startswith("schema must") else ""
    return Refused(f"Invalid schema for response_format '{name}': {place}{why}", param="response_format")


def _strict(schema: Any, name: str, at: tuple[str, ...]) -> None:
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if schema.get("type") == "object" or properties is not None:
        if schema.get("additionalProperties") is not False:
            raise _bad_schema(name, at, "'additionalProperties' is required to be supplied and to be false.")
        missing = next((one for one in properties or {} if one not in schema.get("required", [])), None)
        if missing is not None:
            raise _bad_schema(
                name,
                at,
                f"'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'.",
            )
    for key, below in (properties or {}).items():
        _strict(below, name, (*at, "properties", key))
    _strict(schema.get("items"), name, (*at, "items"))
    for place, one in enumerate(schema.get("anyOf", [])):
        _strict(one, name, (*at, "anyOf", str(place)))
    for key, one in schema.get("$defs", {}).items():
        _strict(one, name, (*at, "$defs", key))


def check_embeddings(request: JSON) -> list[str]:
    """Refuse what embeddings may not be asked; return the texts."""
    for name in request:
        if name not in ("model", "input", "encoding_format", "dimensions", "user"):
            raise Refused(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    if request.get("encoding_format", "float") not in ("float", "base64"):
        raise Refused(
            f"Invalid value: '{request['encoding_format']}'. Supported values are: 'float' and 'base64'.",
            param="encoding_format",
            code="invalid_value",
        )
    _bounded(request, "dimensions", 1, 3072, "integer")
    given = request.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) and one for one in texts):
        raise Refused(
            "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."
        )
    if len(texts) > 2048:
        raise Refused(
            f"Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length {len(texts)} instead.",
            param="input",
            code="array_above_max_length",
        )
    return texts

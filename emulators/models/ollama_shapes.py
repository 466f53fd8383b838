"""What Ollama accepts: the installed models, and for each rule the server's own sentence."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]

GO_TYPES: dict[type, str] = {
    list: "[]api.Message",
    dict: "map[string]interface {}",
    bool: "bool",
    str: "string",
}


class Refused(Exception):
    """A request that Ollama would refuse; the text goes into its error body."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Installed:
    """One model that was pulled: ``context`` in tokens, ``width`` of its vectors, ``size`` in bytes."""

    name: str
    family: str
    parameters: int
    quantization: str
    size: int
    context: int
    width: int
    capabilities: tuple[str, ...] = ("completion",)

    @property
    def digest(self) -> str:
        """The checksum that tells versions apart; made from the name, since there is no file."""
        return hashlib.sha256(self.name.encode()).hexdigest()

    def details(self) -> JSON:
        """Return what lists show of a model."""
        billions = self.parameters / 1e9
        shown = f"{billions:.1f}B" if billions >= 1 else f"{self.parameters // 10**6}M"
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": shown,
            "quantization_level": self.quantization,
        }


INSTALLED = {
    one.name: one
    for one in (
        Installed("llama3.2:latest", "llama", 3_212_749_888, "Q4_K_M", 2_019_393_189, 131_072, 3072),
        Installed("tiny:latest", "llama", 135_000_000, "F16", 270_898_672, 2048, 576),
        Installed(
            "qwen3:8b",
            "qwen3",
            8_190_735_360,
            "Q4_K_M",
            5_225_388_164,
            40_960,
            4096,
            ("completion", "thinking"),
        ),
        Installed(
            "all-minilm:latest", "bert", 22_565_376, "F16", 45_960_996, 512, 384, capabilities=("embedding",)
        ),
    )
}
"""The models on this server, by the name that lists show."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A checked request for a chat; ``most`` tokens of answer (negative: no bound), ``window`` tokens of context (0: the default)."""

    named: str
    model: Installed
    messages: list[JSON]
    format: JSON | str | None
    stream: bool
    thinks: bool
    truncate: bool
    shift: bool
    unloads: bool
    most: int
    window: int
    stops: tuple[str, ...]

    def plain(self, messages: list[JSON]) -> JSON:
        """Return what is asked in the words of the rules that answer."""
        if self.format is None:
            return {"messages": messages}
        kind: JSON = {"type": "json_object"}
        if isinstance(self.format, dict):
            kind = {"type": "json_schema", "json_schema": {"schema": self.format}}
        return {"messages": messages, "response_format": kind}


def parsed(body: bytes, kind: str) -> JSON:
    """Return the JSON object of a request's body; the rules are those of Go's decoder."""
    if not body.strip():
        raise Refused("missing request body")
    try:
        value = json.loads(body)
    except UnicodeDecodeError:
        raise Refused("invalid character '\\ufffd' looking for beginning of value") from None
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()):
            raise Refused("unexpected EOF") from None
        raise Refused(f"invalid character '{error.doc[error.pos]}' looking for beginning of value") from None
    if not isinstance(value, dict):
        raise Refused(f"json: cannot unmarshal {_go(value)} into Go value of type api.{kind}")
    return value


def installed(name: Any, nameless: str = "model is required", status: int = 400) -> Installed:
    """Return the model of that name, ``:latest`` where it has no tag; raises Refused."""
    if not name:
        raise Refused(nameless, status)
    if not isinstance(name, str):
        raise Refused(f"json: cannot unmarshal {_go(name)} into Go struct field .model of type string")
    whole = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
    one = INSTALLED.get(whole.lower())
    if one is None:
        raise Refused(f"model '{name}' not found", 404)
    return one


def check_chat(asked: JSON) -> Chat:
    """Read a chat request; raises Refused. Fields that the server does not know are passed over, as it does."""
    messages = _messages(_typed(asked, "messages", list, []))
    options = _typed(asked, "options", dict, {})
    keep = _keep_alive(asked.get("keep_alive"))
    model = installed(_typed(asked, "model", str, ""))
    think = asked.get("think")
    if think and "thinking" not in model.capabilities:
        raise Refused(f'"{asked["model"]}" does not support thinking')
    if "completion" not in model.capabilities:
        raise Refused(f'"{asked["model"]}" does not support chat')
    if asked.get("tools"):
        raise Refused(f"{model.name} does not support tools")
    _option(options, "temperature", "float32")
    return Chat(
        named=asked["model"],
        model=model,
        messages=messages,
        format=_format(asked.get("format")),
        stream=_typed(asked, "stream", bool, True),
        thinks="thinking" in model.capabilities and think is not False,
        truncate=_typed(asked, "truncate", bool, True),
        shift=_typed(asked, "shift", bool, True),
        unloads=keep == 0,
        most=_option(options, "num_predict", "integer", -1),
        window=max(_option(options, "num_ctx", "integer", 0), 0),
        stops=_stops(options),
    )


def _typed(asked: JSON, name: str, kind: type, default: Any) -> Any:
    value = asked.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        wanted = GO_TYPES[kind]
        raise Refused(
            f"json: cannot unmarshal {_go(value)} into Go struct field ChatRequest.{name} of type {wanted}"
        )
    return value


def _messages(given: list[Any]) -> list[JSON]:
    read = []
    for one in given:
        if not isinstance(one, dict):
            raise Refused(
                f"json: cannot unmarshal {_go(one)} into Go struct field ChatRequest.messages of type api.Message"
            )
        for name in ("role", "content"):
            if not isinstance(one.get(name, ""), str):
                raise Refused(
                    f"json: cannot unmarshal {_go(one[name])} into Go struct field ChatRequest.messages.{name} of type string"
                )
        read.append({"role": one.get("role", "").lower(), "content": one.get("content", "")})
    return read


def _option(options: JSON, name: str, kind: str, default: int = 0) -> int:
    """Return a number among the options. A wrong kind is an internal error to the server, and so are its sentence and status."""
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused(f'option "{name}" must be of type {kind}', 500)
    return int(value)


def _stops(options: JSON) -> tuple[str, ...]:
    given = options.get("stop")
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Refused('option "stop" must be of type array', 500)
    if not all(isinstance(one, str) for one in given):
        raise Refused('option "stop" must be of an array of strings', 500)
    return tuple(one for one in given if one)


def _format(given: Any) -> JSON | str | None:
    if given is None or given == "":
        return None
    if given == "json" or isinstance(given, dict):
        found: JSON | str = given
        return found
    raise Refused(
        f'invalid format: {json.dumps(json.dumps(given))}; expected "json" or a valid JSON Schema object', 500
    )


def _keep_alive(given: Any) -> float | None:
    """Return seconds; a number is in seconds, a text has its unit."""
    if given is None:
        return None
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return float(given)
    if not isinstance(given, str):
        raise Refused(f"Unsupported type: '{type(given).__name__}'")
    found = re.findall(r"([\d.]+)(ms|s|m|h)", given)
    if not re.fullmatch(r"-?(?:[\d.]+(?:ms|s|m|h))+|-?0", given):
        raise Refused(f'time: invalid duration "{given}"')
    return sum(float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit] for number, unit in found)


def _go(value: Any) -> str:
    """Name a value's kind as Go's decoder does."""
    if isinstance(value, bool):
        return "bool"
    if value is None:
        return "null"
    kinds: dict[type, str] = {str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "number")

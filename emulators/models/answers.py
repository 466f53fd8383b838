"""Turn a conversation into the words of an answer, in the character asked for."""

import json
import re
from typing import Any, Literal

from emulators.models.comment import restate, revise
from emulators.models.email import write
from emulators.models.prompt import KEY, Prompt, read
from emulators.models.sense import classify

Character = Literal["good", "invents", "broken_json", "empty", "obeys", "slow", "verbatim"]
JSON = dict[str, Any]

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,80}?\b(?:instructions?|prompts?|rules|previous|above|everything)\b"
    r".{0,80}?\b(?:say|write|reply|respond|answer|output|print)\b(?: with| only| exactly)*[:\s]+(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
INVENTED = "All 42 tests pass and the work is complete; it was deployed to production as part of {key}."
CHAT = "I am a language model. Give me an update, a request for an e-mail or a message, and I will answer it."


def answer(request: JSON, character: Character, text: str | None) -> str:
    """Return what the model says to a checked request; ``text`` is what ``verbatim`` repeats."""
    if character == "empty":
        return ""
    prompt = read(request["messages"])
    if character == "verbatim":
        return prompt.data if text is None else text
    order = _order(prompt) if character == "obeys" else None
    values = _values(prompt, "invents" if character == "invents" else "good")
    if order:
        said = order["what"].strip().strip("\"'")
        values |= {
            "text": said,
            "comment": said,
            "message": said,
            "intent": "task_completion",
            "confidence": 0.99,
        }
    asked = request.get("response_format") or {}
    if asked.get("type") not in ("json_object", "json_schema") and prompt.task != "classify":
        return str(values["text"])
    schema = asked.get("json_schema", {}).get("schema")
    found = conform(schema, values, schema) if schema else _own_form(prompt, values)
    written = json.dumps(found, ensure_ascii=False)
    if character == "broken_json":
        return f"Sure! Here is the JSON you asked for:\n```json\n{written[: len(written) * 2 // 3]}"
    return written


def _order(prompt: Prompt) -> re.Match[str] | None:
    """Find an order to obey: in what the person wrote, wished or drafted before, else anywhere in the material."""
    places = (prompt.data, prompt.parts.get("instruction", ""), prompt.parts.get("draft", ""))
    own = next((found for text in places if (found := _ORDER.search(text))), None)
    # Elsewhere one piece of the material ends with its tag.
    return own or next(filter(None, map(_ORDER.search, re.split(r"</?\w+>", prompt.asked))), None)


def _values(prompt: Prompt, character: str) -> JSON:
    if prompt.task == "classify":
        values = classify(prompt.data)
        if character == "invents":
            values |= {"intent": "task_completion", "confidence": 0.99}
            values["extracted"] = {"keys": [_other_key(prompt)], "period": "last week"}
        return values | {"text": values["message"]}
    invented = " " + INVENTED.format(key=_other_key(prompt)) if character == "invents" else ""
    if prompt.task == "email":
        email = write(prompt)
        body = email.body + (" As agreed with Maria on 14 March, the cost is 12,500 EUR." if invented else "")
        return {
            "text": email.text().replace(email.body, body),
            "subject": email.subject,
            "greeting": email.greeting,
            "body": body,
            "closing": email.closing,
        }
    if prompt.task == "comment":
        return {"text": (words := comment(prompt) + invented), "comment": words, "draft": words}
    return {"text": _chat(prompt.asked)}


def comment(prompt: Prompt) -> str:
    """Return the comment that the prompt asks for: a restatement, or the draft changed as instructed."""
    if "instruction" in prompt.parts:
        before = prompt.parts.get("draft") or restate(prompt.data, prompt.projects)
        return revise(before, prompt.parts["instruction"])
    return restate(prompt.data, prompt.projects)


def _other_key(prompt: Prompt) -> str:
    named = KEY.search(prompt.data)
    return f"{named[0].rpartition('-')[0] if named else 'DEMO'}-999"


def _chat(asked: str) -> str:
    told = re.search(
        r"\b(?:say|reply with|answer with|respond with)\s+(?:only |just |exactly )*[\"']?([^\"'.\n]+)",
        asked,
        re.IGNORECASE,
    )
    return told[1].strip() if told else CHAT


def _own_form(prompt: Prompt, values: JSON) -> JSON:
    if prompt.task == "classify":
        return {name: values[name] for name in ("intent", "confidence", "message", "extracted")}
    return {name: value for name, value in values.items() if name != "text"} or {"text": values["text"]}


def conform(schema: JSON, known: Any, root: JSON) -> Any:
    """Return a value that the schema accepts, with what is known where it fits."""
    if "$ref" in schema:
        return conform(_resolved(schema["$ref"], root), known, root)
    if "anyOf" in schema:
        kinds: list[JSON] = schema["anyOf"]
        fitting = next((one for one in kinds if _fits(one, known, root)), kinds[0])
        return conform(fitting, known, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return known if known in schema["enum"] else schema["enum"][-1]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if _fits({"type": one}, known, root)), kind[0])
    if kind == "object":
        facts = known if isinstance(known, dict) else {}
        properties: JSON = schema.get("properties", {})
        return {name: conform(below, facts.get(name), root) for name, below in properties.items()}
    if kind == "array":
        items = known if isinstance(known, list) else []
        return [conform(schema.get("items", {}), item, root) for item in items]
    if _fits({"type": kind}, known, root):
        return known
    return {"string": "", "number": 0, "integer": 0, "boolean": False}.get(str(kind))


def _resolved(reference: str, root: JSON) -> JSON:
    found = root
    for name in reference.removeprefix("#/").split("/"):
        found = found[name] if name != "#" else found
    return found


def _fits(schema: JSON, value: Any, root: JSON) -> bool:
    if "$ref" in schema:
        schema = _resolved(schema["$ref"], root)
    if "enum" in schema:
        return value in schema["enum"]
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "number": (int, float),
        "integer": int,
        "boolean": bool,
        "object": dict,
        "array": list,
        "null": type(None),
    }
    wanted = kinds.get(str(schema.get("type")), object)
    return isinstance(value, wanted) and (not isinstance(value, bool) or wanted is bool)

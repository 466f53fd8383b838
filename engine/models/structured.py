"""Structured answers: a pydantic model as the schema that a provider is given, and as the judge of what it answers.

Providers promise the schema only under some settings, and other servers not at all, so every answer is validated here. The schema is
written as the strict modes want it: everything required, nothing else allowed, no references, no bounds (bounds are checked here).
"""

import re
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.models.model import Prompt

Output = TypeVar("Output", bound=BaseModel)

KEPT = ("type", "enum", "const", "items", "properties", "required", "anyOf", "description")
"""Keywords that every strict mode understands (https://platform.openai.com/docs/guides/structured-outputs)."""
MOST_ERRORS = 8
REPAIR = "That answer cannot be used:\n{errors}\n\nAnswer again with nothing but one JSON object of the shape that was asked for."
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


class Unreadable(ValueError):
    """An answer does not have the shape that was asked for; ``str(error)`` lists what is wrong, for the model to mend."""


@cache
def schema_of(output: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a model, as the strict modes of the providers want it."""
    whole = output.model_json_schema()
    return _strict(whole, whole.get("$defs", {}))


def read(output: type[Output], text: str) -> Output:
    """Return an answer as a value; a fence round the JSON is forgiven. Raises Unreadable."""
    fenced = _FENCED.match(text)
    try:
        return output.model_validate_json(fenced[1] if fenced else text)
    except ValidationError as error:
        lines = [
            f"- {'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise Unreadable("\n".join(lines[:MOST_ERRORS])) from None


def repaired(prompt: Prompt, answer: str, error: Unreadable) -> Prompt:
    """Return the prompt with one more turn, in which the model is told what was wrong with its answer."""
    return replace(prompt, turns=(*prompt.turns, (answer, REPAIR.format(errors=error))))


def _strict(schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _strict(named[schema["$ref"].rpartition("/")[2]], named)
    made = {word: schema[word] for word in KEPT if word in schema}
    if "properties" in made:
        made["properties"] = {name: _strict(one, named) for name, one in made["properties"].items()}
        made |= {"required": list(made["properties"]), "additionalProperties": False}
    if "items" in made:
        made["items"] = _strict(made["items"], named)
    if "anyOf" in made:
        made["anyOf"] = [_strict(one, named) for one in made["anyOf"]]
    return made

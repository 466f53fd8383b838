"""Recorded Jira traffic against Atlassian's published OpenAPI document: each request and each answer."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from emulators.kit import Recorded
from tests.official import official_json

OPENAPI = "jira/jira-cloud-platform-v3.openapi.json"
_VERSION = re.compile(r"^/rest/api/(3|2|latest)/")
# Every operation may be refused for these, whether or not the document lists them.
ALWAYS_POSSIBLE = {"401", "403", "404", "429"}


@cache
def _operations() -> list[tuple[re.Pattern[str], str, dict[str, Any], str]]:
    found = []
    for path, methods in official_json(OPENAPI)["paths"].items():
        pattern = re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")
        # Literal paths first: /issue/createmeta is not an issue.
        weight = path.count("{")
        for method, operation in methods.items():
            if method in ("get", "post", "put", "delete"):
                found.append((weight, pattern, method.upper(), operation, path))
    found.sort(key=lambda one: one[0])
    return [(pattern, method, operation, path) for _, pattern, method, operation, path in found]


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    whole = {"components": official_json(OPENAPI)["components"]} | json.loads(schema)
    return jsonschema_rs.validator_for(whole, validate_formats=False)


def misfits(schema: dict[str, Any], value: Any) -> list[str]:
    """Return where a value does not fit a schema of the document.

    Jira writes null where a value is absent although the document says a string or object: nulls count as absent.
    """
    validator = _validator(json.dumps(schema, sort_keys=True))
    return [
        f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(_present(value))
    ]


def component(name: str) -> dict[str, Any]:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(one) for name, one in value.items() if one is not None}
    return [_present(one) for one in value] if isinstance(value, list) else value


def operation_of(one: Recorded) -> tuple[dict[str, Any], str] | None:
    """Return the documented operation a request is for, with its path template."""
    path = _VERSION.sub("/rest/api/3/", one.path)
    for pattern, method, operation, template in _operations():
        if method == one.method and pattern.match(path):
            return operation, template
    return None


def request_complaints(one: Recorded) -> list[str]:
    """Return what the document has against a request: unknown operation, query parameters, body."""
    found = operation_of(one)
    if found is None:
        return [f"{one.method} {one.path}: no such operation"]
    operation, template = found
    known = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
    told = [
        f"{one.method} {template}: unknown parameter {name}"
        for name, _ in parse_qsl(one.query, keep_blank_values=True)
        if name not in known
    ]
    content = operation.get("requestBody", {}).get("content", {})
    if one.body and not content:
        return [*told, f"{one.method} {template}: takes no body"]
    schema = content.get("application/json", {}).get("schema")
    if schema and one.body:
        told += [f"{one.method} {template}: {misfit}" for misfit in misfits(schema, one.json())]
    return told


def answer_complaints(one: Recorded) -> list[str]:
    """Return what the document has against an answer: undocumented status, body."""
    found = operation_of(one)
    if found is None:
        return [f"{one.method} {one.path}: no such operation"]
    if one.status >= 500:
        return []  # only ever a fault that a test asked for
    operation, template = found
    label = f"{one.method} {template} {one.status}"
    documented = operation["responses"].get(str(one.status))
    if documented is None and str(one.status) not in ALWAYS_POSSIBLE:
        return [f"{label}: undocumented status"]
    content = (documented or {}).get("content", {}).get("application/json", {})
    if one.status == 401:
        return []
    if not one.answer:
        return []
    if one.status >= 400 and not misfits(component("ErrorCollection"), json.loads(one.answer)):
        return []
    schema = content.get("schema")
    if schema is None:
        return [f"{label}: unexpected body"]
    return [f"{label}: {misfit}" for misfit in misfits(schema, json.loads(one.answer))]

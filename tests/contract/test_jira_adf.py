"""The stand-in's own ADF grammar against Atlassian's schema: documents drawn from the schema, whole and damaged."""

import copy
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from emulators.jira import adf, adf_text
from tests.official import official_json

SCHEMA = "jira/adf-full.v1.schema.json"


@cache
def schema() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(official_json(SCHEMA))


class Sampler:
    """Draws values that fit a JSON schema, near enough: what it draws is judged by the real validator anyway."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.definitions = official_json(SCHEMA)["definitions"]

    def document(self) -> Any:
        return self.draw(self.definitions["doc_node"], 0)

    def draw(self, schema: dict[str, Any], depth: int) -> Any:
        if "$ref" in schema:
            return self.draw(self.definitions[schema["$ref"].rpartition("/")[2]], depth)
        if "allOf" in schema:
            return self.draw(self.merged(schema["allOf"]), depth)
        if "anyOf" in schema:
            return self.draw(self.random.choice(schema["anyOf"]), depth)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        drawn: dict[str, Callable[[dict[str, Any], int], Any]] = {
            "object": self.object,
            "array": self.array,
            "string": lambda schema, _: self.text(schema),
            "number": lambda schema, _: self.random.choice(
                [schema.get("minimum", 2), schema.get("maximum", 7)]
            ),
            "boolean": lambda _schema, _depth: self.random.random() < 0.5,
        }
        kind = schema.get("type")
        return drawn[kind](schema, depth) if kind else self.random.choice([None, 3, "x", {"a": []}])

    def merged(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        whole: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for part in parts:
            part = self.definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            whole["properties"] |= part["properties"]
            whole["required"] = [*whole["required"], *part.get("required", [])]
        return whole

    def object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        return {
            name: self.draw(one, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in required or self.random.random() < 0.4
        }

    def array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        items = schema.get("items", {})
        if isinstance(items, list):
            return [self.draw(one, depth + 1) for one in items[: self.random.randint(1, len(items))]]
        most = min(schema.get("maxItems", 3), 0 if depth > 12 else 3)
        least = schema.get("minItems", 0)
        return [self.draw(items, depth + 1) for _ in range(self.random.randint(least, max(least, most)))]

    def text(self, schema: dict[str, Any]) -> str:
        pattern = schema.get("pattern")
        colors = ["#12aBcD", "#12aBcD80", "red"] if pattern else ["", "a", "localId"]
        return self.random.choice(colors)


def places(node: Any) -> Iterator[Any]:
    """Yield every dict and list of a document."""
    yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from places(child)


def damaged(document: Any, chance: random.Random) -> Any:
    """Return the document with one thing changed anywhere."""
    broken = copy.deepcopy(document)
    place = chance.choice(list(places(broken)))
    types = [name.partition("/")[0] for name in adf.NODES]
    if isinstance(place, dict) and place:
        name = chance.choice(list(place))
        match chance.randrange(5):
            case 0:
                del place[name]
            case 1:
                place["extra"] = 1
            case 2:
                place[name] = chance.choice([None, 0, True, "", "x", [], {}, 1.5])
            case 3:
                place["type"] = chance.choice([*types, *adf.MARKS])
            case _:
                place["marks"] = [{"type": chance.choice(list(adf.MARKS))}]
    elif isinstance(place, list):
        if place and chance.random() < 0.5:
            place.append(copy.deepcopy(place[0]))
        else:
            place.clear()
    return broken


@pytest.mark.parametrize("seed", range(12))
def test_the_grammar_agrees_with_the_official_schema(seed: int) -> None:
    sampler, accepted = Sampler(seed), 0
    for _ in range(120):
        document = sampler.document()
        for candidate in (document, damaged(document, sampler.random), damaged(document, sampler.random)):
            expected = schema().is_valid(candidate)
            accepted += expected
            assert adf.valid(candidate) == expected, candidate
    assert accepted > 60, "the comparison is only worth something when many documents are valid"


@pytest.mark.parametrize("seed", range(100, 104))
def test_every_valid_document_can_be_read_and_shown(seed: int) -> None:
    sampler = Sampler(seed)
    for _ in range(100):
        document = sampler.document()
        if schema().is_valid(document):
            assert isinstance(adf_text.text_of(document), str)
            assert "<script" not in adf_text.html_of(document)


def test_html_carries_no_markup_of_the_writers() -> None:
    link = {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
    texts = [
        {"type": "text", "text": "<script>alert(1)</script>"},
        {"type": "text", "text": "press", "marks": [link, {"type": "strong"}]},
        {"type": "mention", "attrs": {"id": '"><b>', "text": "<b>@Ana</b>"}},
        {"type": "inlineCard", "attrs": {"url": "javascript:alert(2)"}},
    ]
    document = {"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": texts}]}
    assert adf.valid(document)
    shown = adf_text.html_of(document)
    assert shown.startswith("<p>&lt;script&gt;")
    assert '<b><a href="#">press</a></b>' in shown
    assert "javascript" not in shown
    assert "<b>@" not in shown


PARAGRAPH = {"type": "paragraph", "content": [{"type": "text", "text": "hello"}]}


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        [],
        {},
        {"version": 1, "type": "doc"},
        {"version": True, "type": "doc", "content": []},
        {"version": 2, "type": "doc", "content": []},
        {"version": 1, "type": "doc", "content": [{"type": "text", "text": "not a block"}]},
        {"version": 1, "type": "doc", "content": [{"type": "bulletList", "content": [PARAGRAPH]}]},
        {
            "version": 1,
            "type": "doc",
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
        },
        {"version": 1, "type": "doc", "content": [{"type": "heading", "attrs": {"level": 7}}]},
        {
            "version": 1,
            "type": "doc",
            "content": [{"type": "blockquote", "content": [{"type": "blockquote", "content": [PARAGRAPH]}]}],
        },
    ],
)
def test_what_is_no_document_is_refused_by_both(document: Any) -> None:
    assert not adf.valid(document)
    assert not schema().is_valid(document)


@pytest.mark.parametrize(
    "text", ["", "one", "a\nb\n\nc", "\n\n\n", "x\r\ny", "  indented\n\n\n\nfar", "< & >"]
)
def test_plain_text_becomes_a_valid_document_and_back(text: str) -> None:
    document = adf_text.document(text)
    assert schema().is_valid(document)
    assert adf.valid(document)
    assert adf_text.text_of(document).split() == text.split()

"""Every request that the product sends in a varied day fits what Slack, Atlassian and OpenAI have published."""

import json
from collections import Counter
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from emulators.kit import Recorded
from tests.contract import jira_traffic, test_jira_adf, test_models_openapi
from tests.contract.product_traffic import Call, Traffic, traffic
from tests.contract.test_slack_blockkit import validator as block_validator
from tests.official import official_json

METHODS = "slack/webapi/method_docs.json"
JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": int,
    "array": list,
    "object": dict,
}
TEXT_MOST = 40_000
"""Slack cuts a message's text there (https://docs.slack.dev/reference/methods/chat.postMessage)."""


@pytest.fixture(scope="module")
def day() -> Traffic:
    return traffic()


def blocks_of(call: Call) -> list[dict[str, Any]]:
    return [*call.arguments.get("blocks", []), *call.arguments.get("view", {}).get("blocks", [])]


# -- Slack


def test_the_day_needs_every_method(day: Traffic) -> None:
    """What is checked below is only as good as the day is varied."""
    assert {call.method for call in day.slack} == {
        "apps.connections.open",
        "assistant.threads.setStatus",
        "auth.test",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.update",
        "conversations.open",
        "conversations.replies",
        "users.info",
        "views.open",
        "views.publish",
    }
    kinds = Counter(block["type"] for call in day.slack for block in blocks_of(call))
    assert kinds.keys() >= {"actions", "context", "header", "input", "markdown", "rich_text", "section"}


def test_arguments_are_the_documented_ones(day: Traffic) -> None:
    docs = official_json(METHODS)
    complaints = {
        told for call in day.slack for told in _argument_complaints(call, docs[call.method]["args"])
    }
    assert complaints == set()


def _argument_complaints(call: Call, known: dict[str, Any]) -> list[str]:
    told = [f"{call.method}: unknown {name}" for name in call.arguments.keys() - known.keys()]
    told += [
        f"{call.method}: {name} is missing"
        for name, one in known.items()
        if one.get("required") and name not in call.arguments
    ]
    for name, value in call.arguments.items():
        wanted = JSON_TYPES.get(known.get(name, {}).get("type") or "")
        # A form knows only texts: "1" is a number there, and a flag.
        if wanted is not None and not isinstance(value, wanted) and not isinstance(value, str):
            told.append(f"{call.method}: {name} is a {type(value).__name__}")
    return told


def test_slack_takes_every_call(day: Traffic) -> None:
    """The stand-in refuses what the schemas cannot see: duplicate ids, forms without a button, texts too long in sum."""
    refused = [(call.method, call.answer) for call in day.slack if call.answer and not call.answer["ok"]]
    assert refused == []


def test_blocks_are_block_kit(day: Traffic) -> None:
    sent = {json.dumps(block, sort_keys=True) for call in day.slack for block in blocks_of(call)}
    complaints = [
        (block["type"], error.message, list(error.instance_path))
        for block in map(json.loads, sent)
        for error in block_validator(block["type"]).iter_errors(block)
    ]
    assert complaints == []


@pytest.mark.parametrize(
    ("method", "schema"), [("views.open", "ModalView"), ("views.publish", "HomeView")], ids=["modal", "home"]
)
def test_views_are_views(day: Traffic, method: str, schema: str) -> None:
    check = jsonschema_rs.Draft7Validator(official_json(f"slack/blockkit/{schema}.schema.json"))
    views = [call.arguments["view"] for call in day.slack if call.method == method]
    assert views
    assert [error.message for view in views for error in check.iter_errors(view)] == []


def test_messages_are_readable_without_blocks(day: Traffic) -> None:
    """Notifications and screen readers get the text alone."""
    texts = [call.arguments.get("text") for call in day.slack if call.method.startswith("chat.")]
    assert texts
    assert all(text and text.strip() and len(text) <= TEXT_MOST for text in texts)


def test_answers_carry_the_message_they_answer(day: Traffic) -> None:
    """A lost post is found again by its metadata, and by nothing else."""
    posts = [call.arguments for call in day.slack if call.method == "chat.postMessage"]
    assert all(set(post["metadata"]["event_payload"]) == {"entry"} for post in posts)
    assert all(post["metadata"]["event_type"] == "updraft_answer" for post in posts)


# -- Jira


def test_jira_requests_and_answers_fit_the_openapi_document(day: Traffic) -> None:
    genuine = [one for one in day.jira if one.status != 503]
    assert {told for one in genuine for told in jira_traffic.request_complaints(one)} == set()
    assert {told for one in genuine for told in jira_traffic.answer_complaints(one)} == set()


def test_what_is_written_to_jira_is_adf(day: Traffic) -> None:
    documents = [one for request in day.jira for one in documents_in(request)]
    assert len(documents) >= 3
    kinds = {node for document in documents for node in node_types(document)}
    assert kinds >= {"bulletList", "orderedList", "codeBlock", "blockquote", "mention", "text"}
    assert [error for document in documents for error in test_jira_adf.schema().iter_errors(document)] == []


def documents_in(request: Recorded) -> list[Any]:
    """Return the ADF documents of one request's body."""
    if request.method not in ("POST", "PUT") or not request.body:
        return []
    found: list[Any] = []
    waiting = [request.json()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and node.get("type") == "doc":
            found.append(node)
        elif isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def node_types(node: Any) -> set[str]:
    """Return the types of a document's nodes."""
    inner = [one for child in node.get("content", []) for one in node_types(child)]
    return {node["type"], *inner}


def test_every_comment_carries_its_marker(day: Traffic) -> None:
    posted = [one.json() for one in day.jira if one.method == "POST" and one.path.endswith("/comment")]
    assert posted
    for body in posted:
        (marker,) = body["properties"]
        assert marker["key"] == "updraft"
        assert set(marker["value"]) == {"draft"}


def test_jira_is_changed_by_comments_and_transitions_alone(day: Traffic) -> None:
    reading_posts = ("/search/jql", "/permissions/check", "/changelog/bulkfetch", "/comment/list")
    writes = {
        one.path.rpartition("/")[2]
        for one in day.jira
        if one.method != "GET" and not one.path.endswith(reading_posts)
    }
    assert writes == {"comment", "transitions"}


# -- OpenAI


def test_model_requests_and_answers_fit_openais_description(day: Traffic) -> None:
    asked = [one for one in day.models if one.path.endswith("/chat/completions")]
    assert asked
    for one in asked:
        body = one.json()
        test_models_openapi.schema("CreateChatCompletionRequest").validate(body)
        assert body["temperature"] <= 0.3
        if one.status == 200:
            test_models_openapi.schema("CreateChatCompletionResponse").validate(json.loads(one.answer))


def test_model_requests_are_known_operations(day: Traffic) -> None:
    known = {
        path.replace("{model}", model)
        for path in official_json("openai/openai-subset.openapi.json")["paths"]
        for model in ("gpt-4.1", "gpt-4.1-mini")
    }
    assert {one.path.removeprefix("/v1") for one in day.models} <= known


@cache
def _words_to_models() -> str:
    return "\n".join(one.body.decode() for one in traffic().models)


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "hunter22xyz",
        "xoxb-",
        "example-jira-token",
        "DE89370400440532013000",
    ],
)
def test_what_models_never_see(day: Traffic, secret: str) -> None:
    assert "DEMO-14" in _words_to_models()
    assert secret not in _words_to_models()

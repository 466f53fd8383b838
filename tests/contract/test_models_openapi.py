"""Every request that the official client sends and every answer it gets keeps to OpenAI's own description."""

import json
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import jsonschema_rs
import openai
import pytest
from aiohttp import web
from openai.types.chat import ChatCompletionSystemMessageParam, ChatCompletionUserMessageParam
from pydantic import BaseModel

from emulators.models import ModelEmulator
from emulators.people import MODEL_KEY
from tests.official import official_json

SYSTEM: ChatCompletionSystemMessageParam = {"role": "system", "content": "Task: comment\nRestate the update."}
UPDATE: ChatCompletionUserMessageParam = {
    "role": "user",
    "content": "<update>fixed the timeout in DEMO-14, still need QA</update>",
}


@cache
def schema(name: str) -> jsonschema_rs.Validator:
    document = _with_nulls(official_json("openai/openai-subset.openapi.json"))
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    )


def _with_nulls(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_nulls(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_nulls(value) for key, value in node.items()}
    return {"anyOf": [made, {"type": "null"}]} if made.get("nullable") is True else made


@pytest.fixture
async def emulator() -> AsyncIterator[tuple[ModelEmulator, str]]:
    models = ModelEmulator()
    app = web.Application()
    app.add_subapp("/openai", models.app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield models, f"http://127.0.0.1:{runner.addresses[0][1]}/openai/v1"
    await runner.cleanup()


@pytest.fixture
async def client(emulator: tuple[ModelEmulator, str]) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key=MODEL_KEY, base_url=emulator[1], max_retries=0) as client:
        yield client


async def test_completion(emulator: tuple[ModelEmulator, str], client: openai.AsyncOpenAI) -> None:
    answer: Any = await client.chat.completions.create(
        model="gpt-4o",
        messages=[SYSTEM, UPDATE],
        temperature=0.2,
        max_tokens=2000,
    )
    assert answer.choices[0].message.content == "Fixed the timeout in DEMO-14. QA is still needed."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    seen = emulator[0].requests[-1]
    schema("CreateChatCompletionRequest").validate(seen.json())
    schema("CreateChatCompletionResponse").validate(json.loads(seen.answer))


async def test_stream_with_usage(client: openai.AsyncOpenAI) -> None:
    words, usage = "", None
    stream = await client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[SYSTEM, UPDATE],
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        schema("CreateChatCompletionStreamResponse").validate(
            json.loads(chunk.model_dump_json(exclude_unset=True))
        )
        words += "".join(choice.delta.content or "" for choice in chunk.choices)
        usage = chunk.usage or usage
    assert words == "Fixed the timeout in DEMO-14. QA is still needed."
    assert usage is not None
    assert usage.completion_tokens > 5


class Extracted(BaseModel):
    keys: list[str]
    period: str | None


class Sense(BaseModel):
    intent: str
    confidence: float
    message: str
    extracted: Extracted


async def test_structured_output(emulator: tuple[ModelEmulator, str], client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.parse(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": "Task: classify"},
            {"role": "user", "content": "<message>how productive was I last week?</message>"},
        ],
        response_format=Sense,
    )
    found = answer.choices[0].message.parsed
    assert found is not None
    assert (found.intent, found.extracted.period) == ("productivity_query", "last week")
    schema("CreateChatCompletionRequest").validate(emulator[0].requests[-1].json())


async def test_embeddings_and_models(emulator: tuple[ModelEmulator, str], client: openai.AsyncOpenAI) -> None:
    plain = await client.embeddings.create(
        model="text-embedding-3-small",
        input=["timeout fixed", "fixed a timeout", "holiday"],
        encoding_format="float",
    )
    packed = await client.embeddings.create(model="text-embedding-3-small", input="timeout fixed")
    for seen in list(emulator[0].requests):
        schema("CreateEmbeddingRequest").validate(seen.json())
        if seen.json()["encoding_format"] == "float":
            schema("CreateEmbeddingResponse").validate(json.loads(seen.answer))
    first, second, third = (one.embedding for one in plain.data)
    assert packed.data[0].embedding == pytest.approx(first, abs=1e-6)
    assert _dot(first, second) > 0.5 > _dot(first, third)
    listed = [one.id async for one in client.models.list()]
    assert "gpt-4o" in listed
    schema("ListModelsResponse").validate(json.loads(emulator[0].requests[-1].answer))
    assert (await client.models.retrieve("gpt-4o")).owned_by == "system"


def _dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


WRONG: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"model": "gpt-nope"}, 404, "model_not_found", None),
    ({"messages": []}, 400, "empty_array", "messages"),
    ({"messages": "hello"}, 400, "invalid_type", "messages"),
    ({"messages": [{"role": "boss", "content": "x"}]}, 400, "invalid_value", "messages[0].role"),
    ({"messages": [{"role": "user"}]}, 400, None, "messages.[0].content"),
    ({"temperature": 2.5}, 400, "decimal_above_max_value", "temperature"),
    ({"temperature": -1}, 400, "decimal_below_min_value", "temperature"),
    ({"temperature": "hot"}, 400, "invalid_type", "temperature"),
    ({"max_tokens": 0}, 400, "integer_below_min_value", "max_tokens"),
    ({"stream_options": {"include_usage": True}}, 400, None, "stream_options"),
    ({"response_format": {"type": "xml"}}, 400, "invalid_value", "response_format.type"),
    ({"response_format": {"type": "json_object"}}, 400, None, "messages"),
    ({"colour": "red"}, 400, "unknown_parameter", "colour"),
    ({"model": "gpt-5", "max_tokens": 5}, 400, "unsupported_parameter", "max_tokens"),
    ({"model": "gpt-5-mini", "temperature": 0.2}, 400, "unsupported_value", "temperature"),
    ({"model": "text-embedding-3-small"}, 404, None, "model"),
    (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "x", "strict": True, "schema": {"type": "object", "properties": {}}},
            }
        },
        400,
        None,
        "response_format",
    ),
]


@pytest.mark.parametrize(("change", "status", "code", "param"), WRONG)
async def test_refusals(
    emulator: tuple[ModelEmulator, str],
    client: openai.AsyncOpenAI,
    change: dict[str, Any],
    status: int,
    code: str | None,
    param: str | None,
) -> None:
    body = {"model": "gpt-4o", "messages": [UPDATE]} | change
    with pytest.raises(openai.APIStatusError) as caught:
        await client.post("/chat/completions", body=body, cast_to=object)
    assert (caught.value.status_code, caught.value.code) == (status, code)
    assert caught.value.param == param or param == "messages.[0].content"
    assert caught.value.request_id
    schema("ErrorResponse").validate(json.loads(emulator[0].requests[-1].answer))


@pytest.mark.parametrize(
    ("key", "code"), [("sk-wrong-key-of-nobody", "invalid_api_key"), ("x", "invalid_api_key")]
)
async def test_wrong_key(emulator: tuple[ModelEmulator, str], key: str, code: str) -> None:
    async with openai.AsyncOpenAI(api_key=key, base_url=emulator[1], max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.models.list()
    assert caught.value.code == code
    assert key not in str(caught.value) or len(key) < 5
    schema("ErrorResponse").validate(json.loads(emulator[0].requests[-1].answer))


async def test_truncated_at_max_tokens(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="gpt-5-mini",
        messages=[SYSTEM, UPDATE],
        max_completion_tokens=3,
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3


async def test_headers(client: openai.AsyncOpenAI) -> None:
    raw = await client.chat.completions.with_raw_response.create(
        model="gpt-4o",
        messages=[SYSTEM, UPDATE],
    )
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["x-ratelimit-remaining-requests"]) > 0

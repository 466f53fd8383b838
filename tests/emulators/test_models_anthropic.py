"""Anthropic's stand-in, driven by the official client: its shapes, its refusals, and what it does to a stream on request."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import anthropic
import httpx2
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from pydantic import BaseModel, TypeAdapter

from emulators.models.anthropic import REFUSED
from emulators.models.anthropic_shapes import CARDS, LATEST
from emulators.people import ANTHROPIC_KEY, MODEL_KEY
from emulators.site import Site

UPDATE = "<update>fixed the timeout in DEMO-14, still need QA</update>"
RESTATED = "Fixed the timeout in DEMO-14. QA is still needed."
ASKED: dict[str, Any] = {
    "model": "claude-haiku-4-5",
    "max_tokens": 2000,
    "system": "Task: comment\nRestate the update.",
    "messages": [{"role": "user", "content": UPDATE}],
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def client(site: Site) -> AsyncIterator[anthropic.AsyncAnthropic]:
    base = f"{site.url}/anthropic"
    async with anthropic.AsyncAnthropic(api_key=ANTHROPIC_KEY, base_url=base, max_retries=0) as client:
        yield client


async def test_a_message(site: Site, client: anthropic.AsyncAnthropic) -> None:
    answer = await client.messages.create(**ASKED)
    assert [(block.type, getattr(block, "text", "")) for block in answer.content] == [("text", RESTATED)]
    assert (answer.stop_reason, answer.stop_sequence) == ("end_turn", None)
    assert answer.model == "claude-haiku-4-5-20251001"
    assert answer.usage.input_tokens > 10
    assert answer.usage.output_tokens > 5
    # The client fills nothing in: every field that the library requires is there, and of its type.
    TypeAdapter(Message).validate_json(site.anthropic.requests[-1].answer, strict=True)


async def test_a_stream_has_the_events_in_their_order(client: anthropic.AsyncAnthropic) -> None:
    kinds, words = [], ""
    async for event in await client.messages.create(**ASKED, stream=True):
        TypeAdapter(RawMessageStreamEvent).validate_json(event.to_json(), strict=True)
        kinds.append(event.type)
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            words += event.delta.text
        if event.type == "message_delta":
            assert event.delta.stop_reason == "end_turn"
            assert event.usage.output_tokens > 5
    assert words == RESTATED
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[2:-3]) == {"content_block_delta"}


async def test_a_stream_says_what_the_whole_says(client: anthropic.AsyncAnthropic) -> None:
    asked = ASKED | {"model": "claude-opus-5-5"}
    whole = await client.messages.create(**asked)
    async with client.messages.stream(**asked) as stream:
        streamed = await stream.get_final_message()
    assert [block.type for block in streamed.content] == ["thinking", "text"]
    assert getattr(streamed.content[1], "text", "") == getattr(whole.content[1], "text", "") == RESTATED
    assert streamed.usage.output_tokens == whole.usage.output_tokens


async def test_the_wire_has_pings_and_event_names(site: Site) -> None:
    headers = {"x-api-key": ANTHROPIC_KEY, "anthropic-version": "2023-06-01"}
    async with (
        aiohttp.ClientSession(site.url, headers=headers) as session,
        session.post("/anthropic/v1/messages", json=ASKED | {"stream": True}) as reply,
    ):
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        assert reply.headers["request-id"].startswith("req_")
        lines = (await reply.text()).splitlines()
    named = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    typed = [json.loads(line[6:])["type"] for line in lines if line.startswith("data: ")]
    assert named == typed
    assert named[:3] == ["message_start", "content_block_start", "ping"]


class Extracted(BaseModel):
    keys: list[str]
    period: str | None


class Sense(BaseModel):
    intent: str
    confidence: float
    message: str
    extracted: Extracted


async def test_structured_output(client: anthropic.AsyncAnthropic) -> None:
    answer = await client.messages.parse(
        model="claude-sonnet-5-5",
        max_tokens=1000,
        system="Task: classify",
        messages=[{"role": "user", "content": "<message>how productive was I last week?</message>"}],
        output_format=Sense,
    )
    found = answer.parsed_output
    assert found is not None
    assert (found.intent, found.extracted.period) == ("productivity_query", "last week")


async def test_models(client: anthropic.AsyncAnthropic) -> None:
    listed = [one.id async for one in client.models.list(limit=5)]
    assert listed == list(CARDS)
    card = await client.models.retrieve("claude-haiku-4-5")
    assert (card.id, card.lifecycle) == ("claude-haiku-4-5-20251001", "active")
    assert card.capabilities is not None
    assert card.capabilities.structured_outputs.supported
    with pytest.raises(anthropic.NotFoundError) as caught:
        await client.models.retrieve("claude-nope")
    assert caught.value.api_message == "model: claude-nope"


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({"anthropic-version": LATEST}, 401, "x-api-key header is required"),
        ({"x-api-key": MODEL_KEY, "anthropic-version": LATEST}, 401, "API key is invalid."),
        (
            {"x-api-key": "x", "Authorization": f"Bearer {ANTHROPIC_KEY}", "anthropic-version": LATEST},
            401,
            "API key is invalid.",
        ),
        ({"x-api-key": ANTHROPIC_KEY}, 400, "anthropic-version: header is required"),
        (
            {"Authorization": f"Bearer {ANTHROPIC_KEY}", "anthropic-version": "1"},
            400,
            'anthropic-version: "1" is not a valid version',
        ),
    ],
)
async def test_headers_are_required(site: Site, headers: dict[str, str], status: int, message: str) -> None:
    async with (
        aiohttp.ClientSession(site.url) as session,
        session.post("/anthropic/v1/messages", json=ASKED, headers=headers) as reply,
    ):
        body = await reply.json()
    kind = "authentication_error" if status == 401 else "invalid_request_error"
    assert reply.status == status
    assert body == {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": reply.headers["request-id"],
    }


def form(schema: Any) -> dict[str, Any]:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


ROLES = 'messages: Unexpected role "boss". Allowed roles are "user" or "assistant"'
NEW, OLD = {"model": "claude-opus-5-5"}, {"model": "claude-haiku-4-5"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"max_tokens": None}, "max_tokens: Field required"),
    ({"max_tokens": "x"}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": -1}, "max_tokens: must be greater than or equal to 0"),
    (
        {"max_tokens": 65_000},
        "max_tokens: 65000 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5-20251001",
    ),
    ({"model": None}, "model: Field required"),
    ({"model": 7}, "model: Input should be a valid string"),
    ({"messages": None}, "messages: Field required"),
    ({"messages": []}, "messages: at least one message is required"),
    ({"messages": "x"}, "messages: Input should be a valid array"),
    ({"messages": [{"content": "x"}]}, "messages.0.role: Field required"),
    ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content: Input should be a valid array"),
    ({"messages": [{"role": "boss", "content": "x"}]}, ROLES),
    (
        {"messages": [{"role": "system", "content": "x"}]},
        (
            "messages.0: use the top-level 'system' parameter for the initial system prompt; the directive-only form "
            "(content: [] with output_config) is accepted at any position"
        ),
    ),
    (
        {"messages": [{"role": "user", "content": ""}]},
        "messages.0: user messages must have non-empty content",
    ),
    ({"messages": [{"role": "user", "content": [{}]}]}, "messages.0.content.0.type: Field required"),
    (
        NEW | {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]},
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ),
    ({"system": 7}, "system: Input should be a valid array"),
    ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ({"temperature": 1.0}, "temperature: Extra inputs are not permitted"),
    ({"stream": "yes"}, "stream: Input should be a valid boolean"),
    ({"tools": []}, "tools: not offered by this stand-in"),
    (OLD | {"output_config": {"effort": "low"}}, "This model does not support the effort parameter."),
    (
        NEW | {"thinking": {"type": "disabled"}},
        (
            '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.'
        ),
    ),
    (
        OLD | {"thinking": {"type": "enabled", "budget_tokens": 5}},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    (
        {"output_config": {"format": {"type": "json_object"}}},
        "output_config.format.type: Input should be 'json_schema'",
    ),
    (
        form({"type": "object", "properties": {}}),
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    (
        form(obj(x={"type": "object", "additionalProperties": True})),
        (
            "output_config.format.schema: For 'object' type, 'additionalProperties: true' is not supported. "
            "Please set 'additionalProperties' to false"
        ),
    ),
    (
        form(obj(x={"type": "number", "minimum": 0, "maximum": 1})),
        "output_config.format.schema: For 'number' type, properties maximum, minimum are not supported",
    ),
    (
        form(obj(x={"$ref": "#/$defs/x"}) | {"$defs": {"x": obj(x={"$ref": "#/$defs/x"})}}),
        "output_config.format.schema: recursive schemas are not supported",
    ),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
async def test_refusals(client: anthropic.AsyncAnthropic, change: dict[str, Any], message: str) -> None:
    body = {name: value for name, value in (ASKED | change).items() if value is not None}
    with pytest.raises(anthropic.BadRequestError) as caught:
        await client.post("/v1/messages", body=body, cast_to=object)
    assert (caught.value.api_message, caught.value.type) == (message, "invalid_request_error")
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        ("claude-sonnet-4-6", {"temperature": 0.2}, None),
        ("claude-sonnet-4-6", {"temperature": 2}, "temperature: range: 0..1"),
        (
            "claude-sonnet-4-6",
            {"temperature": 0.2, "top_p": 0.5},
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ),
        ("claude-opus-4-8", {"temperature": 1}, None),
        ("claude-opus-4-8", {"temperature": 0.2}, "`temperature` is deprecated for this model."),
        ("claude-opus-4-8", {"top_k": 5}, "`top_k` is deprecated for this model."),
    ],
)
async def test_the_older_version_takes_a_temperature_where_the_model_does(
    client: anthropic.AsyncAnthropic, model: str, given: dict[str, Any], message: str | None
) -> None:
    asked = ASKED | {"model": model, "extra_headers": {"anthropic-version": "2023-06-01"}}
    if message is None:
        assert (await client.messages.create(**asked, extra_body=given)).stop_reason == "end_turn"
        return
    with pytest.raises(anthropic.BadRequestError) as caught:
        await client.messages.create(**asked, extra_body=given)
    assert caught.value.api_message == message


async def test_messages_of_one_role_in_a_row_are_one(client: anthropic.AsyncAnthropic) -> None:
    parts = UPDATE.partition(", ")
    messages = [{"role": "user", "content": "".join(parts[:2])}, {"role": "user", "content": parts[2]}]
    answer = await client.messages.create(**ASKED | {"messages": messages})
    assert getattr(answer.content[0], "text", "").split() == RESTATED.split()


async def test_it_stops_for_a_reason(client: anthropic.AsyncAnthropic) -> None:
    cut = await client.messages.create(**ASKED | {"max_tokens": 3})
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 3)
    stopped = await client.messages.create(**ASKED | {"stop_sequences": ["QA"]})
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "QA")
    declined = await client.messages.create(**ASKED | {"messages": [{"role": "user", "content": REFUSED}]})
    assert (declined.stop_reason, declined.content) == ("refusal", [])
    assert declined.stop_details is not None


async def test_thinking_is_paid_for_and_can_use_up_the_room(client: anthropic.AsyncAnthropic) -> None:
    plain = await client.messages.create(**ASKED)
    low = await client.messages.create(**ASKED | NEW, output_config={"effort": "low"})
    assert [block.type for block in low.content] == ["thinking", "text"]
    assert low.usage.output_tokens > plain.usage.output_tokens
    none_left = await client.messages.create(**ASKED | NEW | {"max_tokens": 10})
    assert (none_left.stop_reason, [one.type for one in none_left.content]) == ("max_tokens", ["thinking"])
    off = {"model": "claude-sonnet-5-5", "thinking": {"type": "between_tools"}}
    assert [block.type for block in (await client.messages.create(**ASKED | off)).content] == ["text"]


async def test_cached_tokens_are_counted_apart(client: anthropic.AsyncAnthropic) -> None:
    marked = {
        "type": "text",
        "text": "Task: comment\n" + "rule " * 600,
        "cache_control": {"type": "ephemeral"},
    }
    asked = ASKED | {"model": "claude-haiku-5-5", "system": [marked]}
    first, second = [(await client.messages.create(**asked)).usage for _ in range(2)]
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert (first.cache_creation_input_tokens or 0) > 600
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens
    assert first.input_tokens == second.input_tokens < 100


async def test_too_many_requests_a_minute(site: Site, client: anthropic.AsyncAnthropic) -> None:
    site.anthropic.limit = 1
    raw = await client.messages.with_raw_response.create(**ASKED)
    assert raw.headers["anthropic-ratelimit-requests-remaining"] == "0"
    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.messages.create(**ASKED)
    assert caught.value.type == "rate_limit_error"
    assert 0 < int(caught.value.response.headers["retry-after"]) <= 60
    assert caught.value.response.headers["anthropic-ratelimit-requests-reset"].endswith("Z")


async def test_overloaded_and_unknown_paths(site: Site, client: anthropic.AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as lost:
        await client.get("/v1/nothing", cast_to=object)
    assert lost.value.type == "not_found_error"
    site.anthropic.behave(down=True)
    with pytest.raises(anthropic.OverloadedError) as caught:
        await client.messages.create(**ASKED)
    assert (caught.value.status_code, caught.value.type) == (529, "overloaded_error")
    site.models.behave()
    assert site.anthropic.behaviour.down, "each provider has its own behaviour"


async def test_behaviour_over_http(site: Site, client: anthropic.AsyncAnthropic) -> None:
    async with (
        aiohttp.ClientSession(site.url) as session,
        session.post(
            "/anthropic/_control/behaviour", json={"character": "verbatim", "text": "Hi", "times": 1}
        ) as reply,
    ):
        assert reply.status == 200
    assert [getattr((await client.messages.create(**ASKED)).content[0], "text", "") for _ in range(2)] == [
        "Hi",
        RESTATED,
    ]


async def _read(client: anthropic.AsyncAnthropic, most: int = 10_000) -> str:
    words = ""
    async for event in await client.messages.create(**ASKED, stream=True, timeout=0.3):
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            words += event.delta.text
        if len(words) > most:
            return words
    return words


async def test_a_stream_is_cut(site: Site, client: anthropic.AsyncAnthropic) -> None:
    site.anthropic.faults.add("cut", "messages", pieces=5)
    with pytest.raises(httpx2.RemoteProtocolError, match="incomplete"):
        await _read(client)
    assert await _read(client) == RESTATED
    assert len(site.anthropic.requests) == 2


async def test_a_stream_stalls(site: Site, client: anthropic.AsyncAnthropic) -> None:
    site.anthropic.faults.add("stall", "messages", pieces=5)
    with pytest.raises(httpx2.ReadTimeout):
        await _read(client)


async def test_a_stream_is_spoiled(site: Site, client: anthropic.AsyncAnthropic) -> None:
    site.anthropic.faults.add("garbage", "messages", pieces=5)
    with pytest.raises(ValueError, match="codec"):
        await _read(client)


async def test_a_stream_carries_an_error(site: Site, client: anthropic.AsyncAnthropic) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    site.anthropic.faults.add(
        "garbage", "messages", pieces=5, body=f"event: error\ndata: {json.dumps(error)}\n\n"
    )
    with pytest.raises(anthropic.APIStatusError) as caught:
        await _read(client)
    assert caught.value.type == "overloaded_error"


async def test_a_stream_does_not_end(site: Site, client: anthropic.AsyncAnthropic) -> None:
    site.anthropic.faults.add("endless", "messages", pieces=5)
    assert len(await _read(client, most=5000)) > 5000


async def test_faults_in_streams_leave_other_answers_alone(
    site: Site, client: anthropic.AsyncAnthropic
) -> None:
    site.anthropic.faults.add("cut", "messages", pieces=0)
    assert (await client.messages.create(**ASKED)).stop_reason == "end_turn"

"""Anthropic's models behind the door: every failure translated, every model asked for what it takes, nothing of the key told."""

import json
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from emulators.kit import FaultKind
from emulators.models.anthropic import REFUSED
from emulators.people import ANTHROPIC_KEY
from emulators.site import Site
from engine import prompts
from engine.models import (
    Completion,
    Endpoint,
    HttpClient,
    KeyRefused,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    ProviderError,
    Usage,
    http_client,
    schema_of,
)
from engine.models.anthropic import AnthropicModel
from engine.prompts import Classification


def classify(message: str) -> Prompt:
    return replace(prompts.classify(message), schema=schema_of(Classification))


PROMPT = prompts.comment("fixed the timeout in PAY-1", issues="PAY-1: Pay", person="Name: Ana")
NAMES = ("claude-haiku-4-5", "claude-opus-4-8", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
PERIOD: dict[str, Any] = {"type": ["string", "null"]}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


def endpoint(site: Site, name: str = NAMES[0], **rest: Any) -> Endpoint:
    plain = Endpoint("anthropic", name, f"{site.url}/anthropic", ANTHROPIC_KEY, 5.0)
    return replace(plain, **rest)


@pytest.fixture
def model(site: Site, http: HttpClient) -> AnthropicModel:
    return AnthropicModel(endpoint(site), http)


async def streamed(model: AnthropicModel, prompt: Prompt = PROMPT) -> list[str | Completion]:
    return [item async for item in model.stream(prompt)]


def sent(site: Site) -> dict[str, Any]:
    return dict(site.anthropic.requests[-1].json())


@pytest.mark.parametrize("name", NAMES)
async def test_each_model_answers_with_its_use(site: Site, http: HttpClient, name: str) -> None:
    answer = await AnthropicModel(endpoint(site, name), http).complete(PROMPT)
    assert "PAY-1" in answer.text
    assert answer.model == f"anthropic:{name}"
    assert (answer.usage.tokens_in or 0) > 0
    assert (answer.usage.tokens_out or 0) > 0


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_comes_piece_by_piece(site: Site, http: HttpClient, name: str) -> None:
    model = AnthropicModel(endpoint(site, name), http)
    *pieces, whole = await streamed(model)
    assert isinstance(whole, Completion)
    assert len(pieces) > 3
    assert "".join(str(piece) for piece in pieces).strip() == whole.text
    assert whole == await model.complete(PROMPT)


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("claude-haiku-4-5", "2023-06-01", {"temperature": 0.2}),
        ("claude-sonnet-4-6", "2023-06-01", {"temperature": 0.2}),
        ("claude-opus-4-8", "2026-10-21", {}),
        ("claude-opus-5", "2026-10-21", {"thinking": {"type": "disabled"}}),
        ("claude-sonnet-5-5", "2026-10-21", {"thinking": {"type": "between_tools"}}),
        ("claude-opus-5-5", "2026-10-21", {"output_config": {"effort": "low"}}),
        ("claude-fable-5-2", "2026-10-21", {"output_config": {"effort": "low"}}),
    ],
)
async def test_a_model_is_asked_only_for_what_it_takes(
    site: Site, http: HttpClient, name: str, version: str, told: dict[str, Any]
) -> None:
    await AnthropicModel(endpoint(site, name), http).complete(PROMPT)
    asked, plain = sent(site), {"model", "max_tokens", "system", "messages"}
    assert {key: value for key, value in asked.items() if key not in plain} == told
    assert site.anthropic.requests[-1].headers["anthropic-version"] == version


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_by_schema(site: Site, http: HttpClient, name: str) -> None:
    prompt = classify("how productive was I last week?")
    answer = await AnthropicModel(endpoint(site, name), http).complete(prompt)
    assert json.loads(answer.text)["extracted"] == {"keys": [], "period": "last week"}
    assert sent(site)["output_config"]["format"] == {"type": "json_schema", "schema": prompt.schema}


async def test_bounds_stay_out_of_the_schema(site: Site, model: AnthropicModel) -> None:
    bounded = {"type": "number", "minimum": 0, "maximum": 1}
    properties = {"confidence": bounded, "minimum": PERIOD, "text": {"type": "string", "maxLength": 9}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }
    await model.complete(replace(PROMPT, schema=schema))
    plain = {"confidence": {"type": "number"}, "minimum": PERIOD, "text": {"type": "string"}}
    assert sent(site)["output_config"]["format"]["schema"] == schema | {"properties": plain}


async def test_a_model_without_schemas_has_the_instructions_only(site: Site, http: HttpClient) -> None:
    model = AnthropicModel(endpoint(site, "claude-opus-4-1-20250805"), http)
    with pytest.raises(ModelRefused):  # it is not there any more; what it was asked is
        await model.complete(classify("hm"))
    assert "output_config" not in sent(site)


async def test_turns_follow_each_other(site: Site, model: AnthropicModel) -> None:
    await model.complete(replace(PROMPT, turns=(("{broken", "Not JSON; once more."),)))
    roles = [(one["role"], one["content"]) for one in sent(site)["messages"]]
    assert roles == [("user", PROMPT.user), ("assistant", "{broken"), ("user", "Not JSON; once more.")]


async def test_what_the_cache_had_is_counted_in_and_told(site: Site, http: HttpClient) -> None:
    options = {"cache_control": {"type": "ephemeral"}}
    model = AnthropicModel(endpoint(site, "claude-haiku-5-5", options=options), http)
    prompt = replace(PROMPT, user="<update>" + "fixed it " * 600 + "</update>")
    first, second = [(await model.complete(prompt)).usage for _ in range(2)]
    assert first.tokens_in == second.tokens_in
    assert first.cached == 0
    assert (second.tokens_in or 0) > second.cached > 1000
    *_, whole = await streamed(model, prompt)
    assert isinstance(whole, Completion)
    assert whole.usage == second


async def test_options_go_into_the_request(site: Site, http: HttpClient) -> None:
    options = {"metadata": {"user_id": "T1"}, "output_config": {"effort": "medium"}}
    model = AnthropicModel(endpoint(site, "claude-opus-5-5", options=options), http)
    await model.complete(classify("hm"))
    assert sent(site)["metadata"] == {"user_id": "T1"}
    assert (sent(site)["output_config"]["effort"], "format" in sent(site)["output_config"]) == (
        "medium",
        True,
    )


def body(kind: str, message: str = "x", code: str | None = None) -> dict[str, Any]:
    details = {"details": {"error_code": code}} if code else {}
    return {"type": "error", "error": {"type": kind, "message": message} | details, "request_id": "req_1"}


POOR = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."
FAILURES: list[tuple[dict[str, Any], type[ProviderError]]] = [
    ({"kind": "status", "status": 500, "body": body("api_error")}, ModelUnavailable),
    ({"kind": "status", "status": 502, "body": "<html>Bad gateway</html>"}, ModelUnavailable),
    ({"kind": "status", "status": 504, "body": body("timeout_error")}, ModelUnavailable),
    ({"kind": "status", "status": 529, "body": body("overloaded_error")}, ModelUnavailable),
    ({"kind": "status", "status": 408}, ModelUnavailable),
    ({"kind": "status", "status": 401, "body": body("authentication_error")}, KeyRefused),
    ({"kind": "status", "status": 402, "body": body("billing_error")}, KeyRefused),
    ({"kind": "status", "status": 403, "body": body("permission_error")}, KeyRefused),
    ({"kind": "status", "status": 400, "body": body("invalid_request_error", POOR)}, KeyRefused),
    (
        {
            "kind": "status",
            "status": 429,
            "body": body("rate_limit_error", code="enforced_spend_limit_reached"),
        },
        KeyRefused,
    ),
    ({"kind": "status", "status": 400, "body": body("invalid_request_error")}, ModelRefused),
    ({"kind": "status", "status": 404, "body": body("not_found_error")}, ModelRefused),
    ({"kind": "status", "status": 413, "body": body("request_too_large")}, ModelRefused),
    ({"kind": "status", "status": 429, "body": body("rate_limit_error")}, ModelOverloaded),
    ({"kind": "html"}, ModelUnavailable),
    ({"kind": "drop_before"}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": {"content": None}}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": {"content": [7, {"type": "text"}]}}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": "null"}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": "{"}, ModelUnavailable),
    (
        {
            "kind": "status",
            "status": 401,
            "body": body(f"bad key {ANTHROPIC_KEY}", f"not {ANTHROPIC_KEY}"),
        },
        KeyRefused,
    ),
]


ASKING: dict[str, Callable[[AnthropicModel], Awaitable[Any]]] = {
    "complete": lambda model: model.complete(PROMPT),
    "stream": streamed,
    "ping": lambda model: model.ping(),
}


@pytest.mark.parametrize(("fault", "error"), FAILURES)
@pytest.mark.parametrize("how", ASKING)
async def test_every_failure_is_translated(
    site: Site, model: AnthropicModel, how: str, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    site.anthropic.faults.add(times=-1, **fault)
    with pytest.raises(error) as caught:
        await ASKING[how](model)
    assert type(caught.value) is error
    assert ANTHROPIC_KEY not in str(caught.value)
    assert caught.value.trips is (error is ModelUnavailable)
    assert caught.value.permanent is issubclass(error, ModelRefused)
    if ANTHROPIC_KEY not in str(fault):
        assert ANTHROPIC_KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("how", ["complete", "ping"])
async def test_an_answer_that_is_lost(site: Site, model: AnthropicModel, how: str) -> None:
    site.anthropic.faults.add("drop_after")
    with pytest.raises(ModelUnavailable, match="broke the connection off"):
        await ASKING[how](model)


async def test_it_says_how_long_to_wait(site: Site, model: AnthropicModel) -> None:
    site.anthropic.limit = 0
    with pytest.raises(ModelOverloaded) as caught:
        await model.complete(PROMPT)
    assert 0 < (caught.value.retry_after or 0) <= 60


async def test_a_service_that_is_down(site: Site, model: AnthropicModel) -> None:
    site.anthropic.behave(down=True)
    with pytest.raises(ModelUnavailable, match="failed \\(529\\)"):
        await model.complete(PROMPT)


async def test_a_declined_answer_is_told_with_its_cost(model: AnthropicModel) -> None:
    declined = replace(PROMPT, user=REFUSED)
    for asking in (model.complete(declined), streamed(model, declined)):
        with pytest.raises(ModelRefused, match="declined") as caught:
            await asking
        assert caught.value.spent is not None
        assert (caught.value.spent.tokens_in or 0) > 0


async def test_an_answer_that_was_cut_off_is_none(model: AnthropicModel) -> None:
    short = replace(PROMPT, max_tokens=3)
    for asking in (model.complete(short), streamed(model, short)):
        with pytest.raises(ModelUnavailable, match="cut off") as caught:
            await asking
        assert caught.value.spent is not None
        assert caught.value.spent.tokens_out == 3


async def test_an_empty_answer_is_none(site: Site, model: AnthropicModel) -> None:
    site.anthropic.behave("empty")
    for asking in (model.complete(PROMPT), streamed(model)):
        with pytest.raises(ModelUnavailable, match="empty"):
            await asking


async def test_a_model_that_hangs_is_left(site: Site, http: HttpClient) -> None:
    model = AnthropicModel(endpoint(site, timeout=0.05), http)
    site.anthropic.faults.add("hang", times=-1)
    for asking in (model.complete(PROMPT), streamed(model), model.ping()):
        with pytest.raises(ModelUnavailable, match="did not answer within"):
            await asking


@pytest.mark.parametrize("kind", ["cut", "stall", "garbage", "endless"])
@pytest.mark.parametrize("pieces", [0, 5])
async def test_a_stream_that_goes_wrong_midway(
    site: Site, http: HttpClient, kind: FaultKind, pieces: int
) -> None:
    model = AnthropicModel(endpoint(site, timeout=2.0 if kind == "stall" else 20.0), http)
    site.anthropic.faults.add(kind, "messages", pieces=pieces)
    taken = 0
    with pytest.raises(ModelUnavailable) as caught:
        async for _ in model.stream(replace(PROMPT, max_tokens=50)):
            taken += 1
    assert (taken > 0) is (pieces > 0), "what came before is handed on"
    assert ANTHROPIC_KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("overloaded_error", ModelUnavailable),
        ("rate_limit_error", ModelOverloaded),
        ("authentication_error", KeyRefused),
        ("never_heard_of", ModelUnavailable),
    ],
)
async def test_an_error_within_a_stream(
    site: Site, model: AnthropicModel, kind: str, error: type[ProviderError]
) -> None:
    event = f"event: error\ndata: {json.dumps(body(kind))}\n\n"
    site.anthropic.faults.add("garbage", "messages", pieces=5, body=event)
    with pytest.raises(error) as caught:
        await streamed(model)
    assert type(caught.value) is error


async def test_a_wrong_key_and_a_wrong_model_are_found_by_the_ping(
    site: Site, model: AnthropicModel, http: HttpClient
) -> None:
    await model.ping()
    with pytest.raises(KeyRefused):
        await AnthropicModel(endpoint(site, key="sk-wrong"), http).ping()
    for name in ("claude-nope", "claude-mythos-preview"):
        with pytest.raises(ModelRefused):
            await AnthropicModel(endpoint(site, name), http).ping()


async def test_the_environment_says_nothing(
    site: Site, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-stray: 1\nanthropic-version: 1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-stray")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "stray")
    model = AnthropicModel(endpoint(site, headers={"x-ours": "1"}), http)
    assert "PAY-1" in (await model.complete(PROMPT)).text
    headers = site.anthropic.requests[-1].headers
    assert "stray" not in str(headers)
    assert headers["x-ours"] == "1"
    with pytest.raises(KeyRefused):
        await AnthropicModel(endpoint(site, key=""), http).ping()


async def test_usage_that_is_nonsense_is_unknown(site: Site, model: AnthropicModel) -> None:
    answer = {
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": "x"},
    }
    site.anthropic.faults.add("status", "messages", status=200, body=answer)
    assert (await model.complete(PROMPT)).usage == Usage()


def test_the_library_is_loaded_only_where_it_is_used() -> None:
    told = "import sys, engine, bot.app; print('anthropic' in sys.modules)"
    made = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert made.stdout == "False\n"

"""Ollama by its own protocol: a window that holds the prompt, every failure translated, streams that end."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

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
    http_client,
    schema_of,
)
from engine.models.ollama import OllamaModel, window
from engine.prompts import Classification

PROMPT = prompts.comment("fixed the timeout in PAY-1", issues="PAY-1: Pay", person="Name: Ana")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


def endpoint(base: str, model: str = "llama3.2", **more: Any) -> Endpoint:
    return Endpoint("ollama", model, base, **({"timeout": 5.0} | more))


@pytest.fixture
def model(site: Site, http: HttpClient) -> OllamaModel:
    return OllamaModel(endpoint(f"{site.url}/ollama"), http)


async def streamed(model: OllamaModel, prompt: Prompt = PROMPT) -> list[str | Completion]:
    return [item async for item in model.stream(prompt)]


async def test_it_answers_with_its_use(site: Site, model: OllamaModel) -> None:
    answer = await model.complete(PROMPT)
    assert "PAY-1" in answer.text
    assert answer.model == "ollama:llama3.2"
    assert (answer.usage.tokens_in or 0) > 20
    assert (answer.usage.tokens_out or 0) > 5
    sent = site.ollama.requests[-1].json()
    assert sent["options"] == {"temperature": 0.2, "num_predict": 2000, "num_ctx": 8192}
    assert (sent["think"], sent["truncate"], sent["shift"]) == (False, False, False)


async def test_an_answer_comes_piece_by_piece(model: OllamaModel) -> None:
    *pieces, whole = await streamed(model)
    assert isinstance(whole, Completion)
    assert len(pieces) > 3
    assert "".join(str(piece) for piece in pieces).strip() == whole.text
    assert whole.usage.tokens_out == len(pieces)


async def test_a_schema_shapes_the_answer(site: Site, model: OllamaModel) -> None:
    prompt = replace(prompts.classify("done with PAY-1"), schema=schema_of(Classification))
    answer = await model.complete(prompt)
    assert json.loads(answer.text)["intent"] == "task_completion"
    assert site.ollama.requests[-1].json()["format"] == prompt.schema


async def test_a_long_prompt_arrives_whole(site: Site, model: OllamaModel) -> None:
    """By default the server keeps 4 096 tokens and drops the instructions without a word."""
    update = "fixed the timeout in PAY-1. " * 900
    prompt = replace(prompts.comment(update, issues="", person=""), max_tokens=12_000)
    answer = await model.complete(prompt)
    assert (answer.usage.tokens_in or 0) > 4096
    assert answer.text.count("PAY-1") == 900


async def test_ordinary_prompts_share_one_window(site: Site, model: OllamaModel) -> None:
    for update in ("fixed PAY-1", "fixed PAY-1. " * 300):
        await model.complete(prompts.comment(update, issues="", person=""))
    assert site.ollama.loads == [("llama3.2:latest", 8192)]


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [
        (0, 100, 8192),
        (12_000, 2000, 8192),
        (12_400, 2000, 16384),
        (28_000, 2000, 16384),
        (60_000, 2000, 32768),
    ],
)
def test_windows_double(size: int, most: int, expected: int) -> None:
    assert window(Prompt("comment", "1", "", "x" * size, 0.2, most)) == expected


def test_a_window_counts_bytes_and_every_turn() -> None:
    plain = Prompt("comment", "1", "", "ж" * 12_400, 0.2)
    assert window(plain) == 16384
    turned = Prompt("comment", "1", "", "", 0.2, turns=(("x" * 7000, "y" * 7000),))
    assert window(turned) == 16384


async def test_own_options_go_along(site: Site, http: HttpClient) -> None:
    own = {"keep_alive": "1h", "options": {"num_ctx": 32768, "seed": 1}}
    await OllamaModel(endpoint(f"{site.url}/ollama/", options=own), http).complete(PROMPT)
    sent = site.ollama.requests[-1].json()
    assert sent["keep_alive"] == "1h"
    assert sent["options"] == {"temperature": 0.2, "num_predict": 2000, "num_ctx": 32768, "seed": 1}


async def test_what_a_model_thinks_aloud_is_not_the_answer(site: Site, http: HttpClient) -> None:
    aloud = OllamaModel(endpoint(f"{site.url}/ollama", "qwen3:8b", options={"think": True}), http)
    quiet = OllamaModel(endpoint(f"{site.url}/ollama"), http)
    assert (await aloud.complete(PROMPT)).text == (await quiet.complete(PROMPT)).text
    assert (await streamed(aloud))[-1] != ""
    assert "I keep to what was said" not in "".join(map(str, (await streamed(aloud))[:-1]))


async def test_a_model_that_is_not_there(site: Site, http: HttpClient) -> None:
    missing = OllamaModel(endpoint(f"{site.url}/ollama", "mistral"), http)
    for asking in (missing.complete(PROMPT), streamed(missing), missing.ping()):
        with pytest.raises(ModelRefused, match="run `ollama pull mistral` there"):
            await asking


async def test_a_server_that_is_not_there(http: HttpClient, unused_port: int) -> None:
    nowhere = OllamaModel(endpoint(f"http://127.0.0.1:{unused_port}"), http)
    for asking in (nowhere.complete(PROMPT), streamed(nowhere), nowhere.ping()):
        with pytest.raises(
            ModelUnavailable, match=r"cannot be reached at http://127\.0\.0\.1:.*is it running"
        ):
            await asking


@pytest.fixture
async def unused_port() -> int:
    """A port of this machine at which nobody listens any more."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return int(port)


@pytest.mark.parametrize("base", ["localhost:11434", "ftp://localhost", "http://localhost:port"])
async def test_an_address_that_is_none(http: HttpClient, base: str) -> None:
    wrong = OllamaModel(endpoint(base), http)
    for asking in (wrong.complete(PROMPT), streamed(wrong)):
        with pytest.raises(ModelRefused, match="must begin with http"):
            await asking


async def test_an_address_of_something_else(site: Site, http: HttpClient) -> None:
    with pytest.raises(ModelRefused, match=r"no Ollama server at .*/openai"):
        await OllamaModel(endpoint(f"{site.url}/openai"), http).complete(PROMPT)


FAULTS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"kind": "status", "status": 500, "body": {"error": "llama runner process has terminated"}}, ModelUnavailable),
    ({"kind": "status", "status": 503}, ModelUnavailable),
    ({"kind": "status", "status": 401}, KeyRefused),
    ({"kind": "status", "status": 400, "body": {"error": "no"}}, ModelRefused),
    ({"kind": "status", "status": 302, "headers": {"Location": "http://127.0.0.1/"}}, ModelUnavailable),
    ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, ModelOverloaded),
    ({"kind": "html"}, ModelUnavailable),
    ({"kind": "drop_before"}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": "null"}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": "{}"}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": '{"message": {"content": 7}, "done": true}'}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": '{"message": {"content": "x"}, "done": false}'}, ModelUnavailable),
    ({"kind": "status", "status": 200, "body": '{"error": "out of memory"}'}, ModelUnavailable),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_every_failure_is_translated(
    site: Site, model: OllamaModel, fault: dict[str, Any], error: type[Exception]
) -> None:
    site.ollama.faults.add(path="chat", times=-1, **fault)
    for asking in (model.complete(PROMPT), streamed(model)):
        with pytest.raises(error) as caught:
            await asking
        assert type(caught.value) is error


async def test_an_answer_that_is_lost_on_its_way(site: Site, model: OllamaModel) -> None:
    site.ollama.faults.add("drop_after", "chat")
    with pytest.raises(ModelUnavailable, match="broke the connection off"):
        await model.complete(PROMPT)


async def test_facts_of_a_failure_are_told(site: Site, model: OllamaModel) -> None:
    site.ollama.faults.add("status", "chat", status=429, headers={"Retry-After": "7"})
    with pytest.raises(ModelOverloaded) as caught:
        await model.complete(PROMPT)
    assert caught.value.retry_after == 7
    memory = {"error": "model requires more system memory (5.6 GiB) than is available"}
    site.ollama.faults.add("status", "chat", status=500, body=memory)
    with pytest.raises(ModelUnavailable, match="more system memory"):
        await model.complete(PROMPT)


async def test_a_prompt_beyond_the_model_is_refused_and_not_cut(site: Site, http: HttpClient) -> None:
    tiny = OllamaModel(endpoint(f"{site.url}/ollama", "tiny"), http)
    long = prompts.comment("fixed PAY-1. " * 900, issues="", person="")
    for asking in (tiny.complete(long), streamed(tiny, long)):
        with pytest.raises(ModelRefused, match="too long for ollama:tiny"):
            await asking


async def test_a_cut_answer_is_an_error_that_tells_what_it_cost(model: OllamaModel) -> None:
    short = Prompt("comment", "1", PROMPT.system, PROMPT.user, 0.2, max_tokens=3)
    for asking in (model.complete(short), streamed(model, short)):
        with pytest.raises(ModelUnavailable, match="cut off in the middle") as caught:
            await asking
        assert caught.value.spent is not None
        assert caught.value.spent.tokens_out == 3


@pytest.mark.parametrize(("made", "whole"), [(2, True), (2000, False)])
async def test_a_server_of_old_does_not_say_why_it_ended(
    site: Site, model: OllamaModel, made: int, whole: bool
) -> None:
    body = json.dumps({"message": {"content": "Half of"}, "done": True, "eval_count": made})
    site.ollama.faults.add("status", "chat", status=200, body=body)
    if whole:
        assert (await model.complete(PROMPT)).usage.tokens_in is None
    else:
        with pytest.raises(ModelUnavailable, match="cut off"):
            await model.complete(PROMPT)


PART = json.dumps({"message": {"role": "assistant", "content": "Half"}, "done": False})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (PART, "broke off in the middle"),
        (f'{PART}\n{{"error": "an error was encountered"}}\n', "failed: an error was encountered"),
        (f"{PART}\n<html>", "unreadable"),
        (PART.replace("Half", "x" * 40_000), "did not stop writing"),
        ("x" * 3_000_000, "did not stop writing"),
    ],
)
async def test_a_stream_that_goes_wrong(site: Site, model: OllamaModel, body: str, sentence: str) -> None:
    site.ollama.faults.add("status", "chat", status=200, body=body)
    with pytest.raises(ModelUnavailable, match=sentence):
        await streamed(model)


@asynccontextmanager
async def serving(write: Callable[[web.StreamResponse], Awaitable[None]]) -> AsyncIterator[str]:
    """A server whose chat writes by hand."""

    async def chat(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        await write(reply)
        return reply

    app = web.Application()
    app.router.add_post("/api/chat", chat)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_stream_that_falls_silent_is_left(http: HttpClient) -> None:
    async def stall(reply: web.StreamResponse) -> None:
        await reply.write(f"{PART}\n".encode())
        await asyncio.Event().wait()

    got: list[str | Completion] = []
    async with serving(stall) as base:
        with pytest.raises(ModelUnavailable, match=r"did not answer within 0\.2 s"):
            async for item in OllamaModel(endpoint(base, timeout=0.2), http).stream(PROMPT):
                got.append(item)  # noqa: PERF401 - what came before the error counts
    assert got == ["Half"]


async def test_a_stream_of_nothing_has_an_end(http: HttpClient) -> None:
    """Each line comes in time and says nothing: no time-out between lines would ever end it."""

    async def babble(reply: web.StreamResponse) -> None:
        line = (
            json.dumps({"message": {"content": "", "thinking": "hm " * 300}, "done": False}) + "\n"
        ).encode()
        while True:
            await reply.write(line * 100)

    async with serving(babble) as base:
        with pytest.raises(ModelUnavailable, match="did not stop writing"):
            await streamed(OllamaModel(endpoint(base), http))


async def test_lines_may_arrive_in_pieces(http: HttpClient) -> None:
    last = json.dumps(
        {"message": {"content": " done é"}, "done": True, "done_reason": "stop"}, ensure_ascii=False
    )

    async def torn(reply: web.StreamResponse) -> None:
        for byte in f"{PART}\n\n{last}".encode():
            await reply.write(bytes([byte]))

    async with serving(torn) as base:
        found = await streamed(OllamaModel(endpoint(base), http))
    assert [str(item) for item in found[:-1]] == ["Half", " done é"]


async def test_a_key_for_the_proxy_before_it(site: Site, http: HttpClient) -> None:
    site.ollama.key = "proxy-key"
    good = OllamaModel(endpoint(f"{site.url}/ollama", key="proxy-key"), http)
    await good.ping()
    assert "PAY-1" in (await good.complete(PROMPT)).text
    with pytest.raises(KeyRefused) as caught:
        await OllamaModel(endpoint(f"{site.url}/ollama", key="wrong-key"), http).ping()
    assert "wrong-key" not in str(caught.value)


async def test_the_ping_spends_nothing_and_knows_what_the_model_is_for(site: Site, http: HttpClient) -> None:
    await OllamaModel(endpoint(f"{site.url}/ollama"), http).ping()
    assert [one.path for one in site.ollama.requests] == ["/api/show"]
    assert site.ollama.loads == []
    with pytest.raises(ModelRefused, match="cannot write texts"):
        await OllamaModel(endpoint(f"{site.url}/ollama", "all-minilm"), http).ping()
    site.ollama.faults.add("html", "show")
    with pytest.raises(ModelUnavailable, match="unreadable"):
        await OllamaModel(endpoint(f"{site.url}/ollama"), http).ping()


async def test_a_server_that_hangs_is_left(site: Site, http: HttpClient) -> None:
    hasty = OllamaModel(endpoint(f"{site.url}/ollama", timeout=0.05), http)
    site.ollama.faults.add("hang", "chat", times=2)
    for asking in (hasty.complete(PROMPT), streamed(hasty)):
        with pytest.raises(ModelUnavailable, match="did not answer within"):
            await asking

"""The Ollama stand-in speaks Ollama's own protocol, with its defaults, its silent cuts and its sentences."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from emulators.models import OllamaEmulator
from emulators.models.vectors import embed
from emulators.site import Site

SYSTEM = {"role": "system", "content": "Task: comment\nRestate the update."}
UPDATE = {"role": "user", "content": "<update>fixed the timeout in DEMO-14, still need QA</update>"}
DRAFT = "Fixed the timeout in DEMO-14. QA is still needed."


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
def ollama(site: Site) -> OllamaEmulator:
    return site.ollama


@pytest.fixture
async def session(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{site.url}/ollama/") as session:
        yield session


async def post(session: aiohttp.ClientSession, path: str, **body: Any) -> tuple[int, Any]:
    async with session.post(path, json=body) as reply:
        return reply.status, await reply.json()


async def chat(session: aiohttp.ClientSession, **change: Any) -> tuple[int, Any]:
    body = {"model": "llama3.2", "messages": [SYSTEM, UPDATE], "stream": False} | change
    return await post(session, "api/chat", **body)


async def test_one_object_where_no_stream_is_wanted(session: aiohttp.ClientSession) -> None:
    status, found = await chat(session, options={"temperature": 0.2, "num_predict": 200}, keep_alive="10m")
    assert status == 200
    assert found["message"] == {"role": "assistant", "content": DRAFT}
    assert (found["model"], found["done"], found["done_reason"]) == ("llama3.2", True, "stop")
    assert found["prompt_eval_count"] > 10
    assert found["eval_count"] > 5
    spans = ("load_duration", "prompt_eval_duration", "eval_duration")
    assert found["total_duration"] == sum(found[name] for name in spans) > 0


async def test_it_streams_lines_of_json_unless_told_otherwise(session: aiohttp.ClientSession) -> None:
    async with session.post("api/chat", json={"model": "llama3.2", "messages": [SYSTEM, UPDATE]}) as reply:
        assert reply.headers["Content-Type"] == "application/x-ndjson"
        *parts, last = [json.loads(line) for line in (await reply.text()).splitlines()]
    assert "".join(part["message"]["content"] for part in parts) == DRAFT
    assert not any(part["done"] or "eval_count" in part for part in parts)
    assert (last["message"]["content"], last["done"], last["done_reason"]) == ("", True, "stop")
    assert last["eval_count"] == len(parts)


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"num_predict": 3}},
        {"options": {"num_predict": 3}, "stream": True},
        # Without shifting, the end of the window ends the answer.
        {"options": {"num_ctx": 40}, "shift": False},
    ],
)
async def test_a_cut_answer_says_so(session: aiohttp.ClientSession, change: dict[str, Any]) -> None:
    body = {"model": "llama3.2", "messages": [SYSTEM, UPDATE], "stream": False} | change
    async with session.post("api/chat", json=body) as reply:
        last = json.loads((await reply.text()).splitlines()[-1])
    assert last["done_reason"] == "length"
    assert last["eval_count"] == 3 or last["prompt_eval_count"] + last["eval_count"] == 40


async def test_a_schema_shapes_the_answer(session: aiohttp.ClientSession) -> None:
    shape = {
        "type": "object",
        "properties": {"intent": {"type": "string"}, "confidence": {"type": "number"}},
        "required": ["intent", "confidence"],
    }
    asked = [{"role": "system", "content": "Task: classify"}, UPDATE]
    _, found = await chat(session, messages=asked, format=shape)
    assert json.loads(found["message"]["content"]).keys() == {"intent", "confidence"}
    _, found = await chat(session, format="json")
    assert json.loads(found["message"]["content"]) == {"comment": DRAFT, "draft": DRAFT}


async def test_a_thinking_model_thinks_unless_told_not_to(session: aiohttp.ClientSession) -> None:
    _, aloud = await chat(session, model="qwen3:8b")
    _, quiet = await chat(session, model="qwen3:8b", think=False)
    assert (aloud["message"]["content"], aloud["message"]["thinking"] != "") == (DRAFT, True)
    assert quiet["message"] == {"role": "assistant", "content": DRAFT}
    assert aloud["eval_count"] > quiet["eval_count"]
    assert (await chat(session, think=True))[0] == 400


LONG = "word " * 5000


async def test_what_does_not_fit_is_left_out_in_silence(
    session: aiohttp.ClientSession, ollama: OllamaEmulator
) -> None:
    """The trap of the real server: 4 096 tokens unless a window is asked for, and the instructions go first."""
    asked = [SYSTEM, UPDATE, {"role": "assistant", "content": LONG}, UPDATE]
    ollama.behave("verbatim")
    status, found = await chat(session, messages=asked)
    assert (status, found["prompt_eval_count"] < 4096) == (200, True)
    status, found = await chat(session, messages=[SYSTEM, {"role": "user", "content": f"{LONG} the end"}])
    assert (status, found["prompt_eval_count"]) == (200, 4096)
    assert found["message"]["content"].endswith("the end")
    _, found = await chat(session, messages=asked, options={"num_ctx": 8192})
    assert found["prompt_eval_count"] > 5000


async def test_nothing_is_left_out_where_that_is_forbidden(session: aiohttp.ClientSession) -> None:
    status, found = await chat(session, messages=[{"role": "user", "content": LONG}], truncate=False)
    assert status == 400
    inner = json.loads(found["error"])["error"]
    assert (inner["type"], inner["n_ctx"]) == ("exceed_context_size_error", 4096)
    assert "exceeds the available context size" in inner["message"]


async def test_a_window_is_never_larger_than_the_model_was_made_for(session: aiohttp.ClientSession) -> None:
    asked = [{"role": "user", "content": LONG}]
    status, found = await chat(
        session, model="tiny", messages=asked, options={"num_ctx": 65536}, truncate=False
    )
    assert (status, json.loads(found["error"])["error"]["n_ctx"]) == (400, 2048)


async def test_another_window_is_another_load(session: aiohttp.ClientSession, ollama: OllamaEmulator) -> None:
    for window in (8192, 8192, 16384):
        await chat(session, options={"num_ctx": window})
    assert ollama.loads == [("llama3.2:latest", 8192), ("llama3.2:latest", 16384)]


async def test_a_chat_without_messages_loads_and_unloads(
    session: aiohttp.ClientSession, ollama: OllamaEmulator
) -> None:
    assert (await chat(session, messages=[]))[1]["done_reason"] == "load"
    assert (await chat(session, messages=[], keep_alive=0))[1]["done_reason"] == "unload"
    await chat(session)
    assert len(ollama.loads) == 2


async def test_embeddings(session: aiohttp.ClientSession) -> None:
    texts = ["timeout fixed", "fixed a timeout"]
    status, found = await post(session, "api/embed", model="all-minilm", input=texts)
    assert (status, found["model"]) == (200, "all-minilm")
    assert found["embeddings"] == [embed(text, 384) for text in texts]
    assert found["prompt_eval_count"] > 4
    _, one = await post(session, "api/embed", model="all-minilm", input=texts[0], dimensions=64)
    assert [len(row) for row in one["embeddings"]] == [64]
    _, none = await post(session, "api/embed", model="all-minilm", input="")
    assert none["embeddings"] == []


async def test_what_is_installed(session: aiohttp.ClientSession) -> None:
    async with session.get("api/tags") as reply:
        models = (await reply.json())["models"]
    assert "llama3.2:latest" in [one["name"] for one in models]
    assert models[0].keys() == {"name", "model", "modified_at", "size", "digest", "details"}
    status, shown = await post(session, "api/show", model="llama3.2")
    assert status == 200
    assert shown["model_info"]["llama.context_length"] == 131_072
    assert shown["capabilities"] == ["completion"]
    assert shown["details"]["parameter_size"] == "3.2B"
    async with session.get("api/version") as reply:
        assert (await reply.json())["version"].count(".") == 2
    async with session.get("") as reply:
        assert await reply.text() == "Ollama is running"


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("chat", {"model": "nope"}, 404, "model 'nope' not found"),
    ("show", {"model": "nope:7b"}, 404, "model 'nope:7b' not found"),
    ("embed", {"model": "nope", "input": "x"}, 404, "model 'nope' not found"),
    ("chat", {"messages": []}, 400, "model is required"),
    ("show", {}, 400, "model is required"),
    ("chat", {"model": "all-minilm", "messages": [UPDATE]}, 400, '"all-minilm" does not support chat'),
    ("embed", {"model": "llama3.2", "input": "x"}, 501, "this model does not support embeddings"),
    ("embed", {"model": "all-minilm", "input": 7}, 400, "invalid input type"),
    ("embed", {"model": "all-minilm", "input": LONG, "truncate": False}, 400, "exceeds the context length"),
    ("chat", {"model": "llama3.2", "messages": "hello"}, 400, "cannot unmarshal string into Go struct field"),
    ("chat", {"model": "llama3.2", "messages": [UPDATE], "stream": "no"}, 400, "of type bool"),
    ("chat", {"model": "llama3.2", "messages": [UPDATE], "keep_alive": "soon"}, 400, "invalid duration"),
    ("chat", {"model": "llama3.2", "messages": [UPDATE], "format": "xml"}, 500, 'expected "json" or a valid'),
    ("chat", {"model": "llama3.2", "messages": [UPDATE], "options": {"num_ctx": "big"}}, 500, "type integer"),
    ("chat", {"model": "llama3.2", "messages": [UPDATE], "tools": [{}]}, 400, "does not support tools"),
]


@pytest.mark.parametrize(("path", "body", "status", "sentence"), REFUSED)
async def test_refusals(
    session: aiohttp.ClientSession, path: str, body: dict[str, Any], status: int, sentence: str
) -> None:
    got, found = await post(session, f"api/{path}", **body)
    assert got == status
    assert found.keys() == {"error"}
    assert sentence in found["error"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "missing request body"),
        (b'{"model": "llama3.2"', "unexpected EOF"),
        (b"model=llama3.2", "invalid character 'm' looking for beginning of value"),
        (b"[1]", "json: cannot unmarshal array into Go value of type api.ChatRequest"),
    ],
)
async def test_what_is_no_request(session: aiohttp.ClientSession, body: bytes, sentence: str) -> None:
    async with session.post("api/chat", data=body) as reply:
        assert (reply.status, (await reply.json())["error"]) == (400, sentence)


async def test_what_is_no_address(session: aiohttp.ClientSession) -> None:
    async with session.get("api/nothing") as reply:
        assert (reply.status, await reply.text()) == (404, "404 page not found")
    async with session.get("api/chat") as reply:
        assert reply.status == 405


async def test_a_key_is_asked_for_only_behind_a_proxy(
    session: aiohttp.ClientSession, ollama: OllamaEmulator
) -> None:
    assert (await chat(session))[0] == 200
    ollama.key = "of-the-proxy"
    assert await chat(session) == (401, {"error": "unauthorized"})
    headers = {"Authorization": "Bearer of-the-proxy"}
    async with session.get("api/tags", headers=headers) as reply:
        assert reply.status == 200


async def test_it_behaves_badly_on_request_and_by_itself(
    site: Site, session: aiohttp.ClientSession, ollama: OllamaEmulator
) -> None:
    async with session.post("_control/behaviour", json={"character": "empty", "times": 1}) as reply:
        assert (await reply.json())["character"] == "empty"
    assert (await chat(session))[1]["message"]["content"] == ""
    assert (await chat(session))[1]["message"]["content"] == DRAFT
    ollama.behave(down=True)
    assert (await chat(session))[0] == 503
    assert not site.models.behaviour.down
    site.reset()
    ollama.faults.add("html", "chat")
    async with session.post("api/chat", json={}) as reply:
        assert (reply.status, reply.content_type) == (200, "text/html")
    assert [one.path for one in ollama.requests] == ["/api/chat"]

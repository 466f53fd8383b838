"""Text takes the form in which Slack sends it to apps."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulators.slack.text import bare, escape, posted, rich_text, typed, unescape


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("done with DEMO-12", "done with DEMO-12"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("&amp;", "&amp;amp;"),
        ("see https://jira.example/browse/DEMO-1.", "see <https://jira.example/browse/DEMO-1>."),
        ("(https://x.example/a?b=1&c=2)", "(<https://x.example/a?b=1&amp;c=2>)"),
        ("<@U0BEN00001> can you close it", "<@U0BEN00001> can you close it"),
        ("<#C0PAYMENTS|payments> <!here>", "<#C0PAYMENTS|payments> <!here>"),
        ("<https://x.example|a label>", "<https://x.example|a label>"),
        ("<script>", "&lt;script&gt;"),
        ("mail ana@example.com", "mail <mailto:ana@example.com|ana@example.com>"),
        ("edit README.md", "edit <http://README.md|README.md>"),
        ("v1.2.3 is out", "v1.2.3 is out"),
        ("😀 done 🎉, ❤️", ":grinning: done :tada:, :heart:"),
        ("`queue.py` and ```x < y.md```", "`queue.py` and ```x &lt; y.md```"),
        ("*bold* `a<b`", "*bold* `a&lt;b`"),
    ],
)
def test_what_a_person_types_is_stored_escaped_and_linked(written: str, stored: str) -> None:
    assert typed(written) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a &amp; b &lt; c", "a &amp; b &lt; c"),
        ("a & b < c", "a &amp; b &lt; c"),
        ("`a.md &amp; <`", "`a.md &amp; &lt;`"),
        ("<@U0ANA00001> <https://x.example|x>", "<@U0ANA00001> <https://x.example|x>"),
        ("https://x.example/a&amp;b", "<https://x.example/a&amp;amp;b>"),
    ],
)
def test_what_an_app_posts_is_escaped_once(sent: str, stored: str) -> None:
    assert posted(sent) == stored


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text())
def test_stored_text_has_no_bare_control_character_left(text: str) -> None:
    assert bare(bare(text)) == bare(text)
    assert typed(escape(text).replace("&", "+")).count("<") == typed(escape(text).replace("&", "+")).count(
        ">"
    )


def test_a_time_of_day_is_no_emoji() -> None:
    (block,) = rich_text("at 10:30:45", "b1")
    assert block["elements"][0]["elements"] == [{"type": "text", "text": "at 10:30:45"}]


def test_rich_text_names_mentions_links_and_emoji() -> None:
    (block,) = rich_text("hi <@U1> :tada: <https://x.example|x> a &amp; b <!here> <#C1>", "b1")
    kinds = [element["type"] for element in block["elements"][0]["elements"] if element["type"] != "text"]
    assert kinds == ["user", "emoji", "link", "broadcast", "channel"]
    assert {"type": "text", "text": " a & b "} in block["elements"][0]["elements"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 40_000,
        "a." * 20_000,
        "a@" * 20_000,
        "<" * 40_000,
        "http://" * 5_000,
        "`" * 40_000,
        "```a " * 8_000,
    ],
)
def test_long_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    typed(text)
    assert time.process_time() - started < 0.5

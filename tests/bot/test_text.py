"""Slack's text languages: nothing foreign notifies anybody or becomes a link it was not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import escape, harmless, marked, mrkdwn, shortened, unescaped, words
from engine.reply import quoted

SPICES = (
    "https://x.y",
    "@here",
    "<!channel>",
    "<@U1>",
    "](https://a",
    "**",
    "&lt;",
    *"<>@#!&|*_~`\\[]()\n :/.aC0",
)
SPICED = st.lists(st.sampled_from(SPICES)).map("".join)
FOREIGN = st.one_of(st.text(), SPICED)
CONTROL = re.compile(r"<[!@#]")
BROADCAST = re.compile(r"@(?:channel|here|everyone)\b", re.IGNORECASE)


def plain(mrkdwn: str) -> str:
    """Return what Slack shows of escaped text; zero-width spaces are not seen."""
    text = mrkdwn.replace("\u200b", "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


LINK = re.compile(r"<(?:https?://|mailto:)[^<>|\s]+\|[^<>]*>")


@given(FOREIGN)
def test_escaped_text_has_no_control_sequence_and_reads_the_same(text: str) -> None:
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    assert not BROADCAST.search(escaped)
    assert plain(escaped) == text.replace("\u200b", "")


@given(FOREIGN)
def test_markdown_becomes_mrkdwn_without_mentions(text: str) -> None:
    made = mrkdwn(text)
    assert not CONTROL.search(made)
    assert "<" not in LINK.sub("", made)


@given(FOREIGN)
def test_words_that_are_not_ours_stay_words(text: str) -> None:
    """What the engine quotes arrives as it was said, without any style."""
    made = mrkdwn(quoted(text))
    assert "<" not in made
    assert plain(made) == text.replace("\u200b", "")


@given(FOREIGN)
def test_foreign_markdown_notifies_nobody(text: str) -> None:
    made = harmless(text)
    assert not CONTROL.search(made)
    assert not BROADCAST.search(made)
    assert made.replace("\u200b", "") == text.replace("\u200b", "")


@pytest.mark.parametrize(
    ("markdown", "slack"),
    [
        ("plain & <simple>", "plain &amp; &lt;simple&gt;"),
        ("**bold** word", "*bold* word"),
        ("[DEMO-12](https://x.example/browse/DEMO-12)", "<https://x.example/browse/DEMO-12|DEMO-12>"),
        ("[a \\] b](https://x.example)", "<https://x.example|a ] b>"),
        ("**[DEMO-12](https://x.example)** → *Done*", "*<https://x.example|DEMO-12>* → *Done*"),
        ("[mail](mailto:a@b.example)", "<mailto:a@b.example|mail>"),
        ("[evil](javascript:alert)", "[evil](javascript:alert)"),
        ("[x](https://a|<!channel>)", "[x](https://a|&lt;"),
        ("\\*not bold\\*", "\u200b*not bold\u200b*"),
        ("<!channel> <@U1> <#C1>", "&lt;\u200b!channel&gt; &lt;\u200b@U1&gt; &lt;\u200b#C1&gt;"),
    ],
)
def test_markdown_in_mrkdwn(markdown: str, slack: str) -> None:
    assert slack in mrkdwn(markdown)


@pytest.mark.parametrize(
    "word", ["<!channel>", "<!here|here>", "<@U0ANA00001>", "<#C1>", "@channel", "@here", "@everyone"]
)
def test_broadcasts_lose_their_force(word: str) -> None:
    assert word not in harmless(f"Dear {word}, hello.")
    assert word not in mrkdwn(word)


def test_addresses_are_left_alone() -> None:
    assert harmless("write to ana@example.com or @herenow") == "write to ana@example.com or @herenow"


@pytest.mark.parametrize(("text", "most", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, "")])
def test_long_texts_are_cut_with_a_sign(text: str, most: int, shown: str) -> None:
    assert shortened(text, most) == shown


def test_a_notification_has_the_words_alone() -> None:
    text = f"✅ [PAY-1](https://x.y/browse/PAY-1) {quoted('a [b] *c*')}: To Do → **Done**"
    assert words(text) == "✅ PAY-1 a [b] *c*: To Do → Done"


def test_unescaped_reads_as_it_was() -> None:
    assert unescaped(quoted("a*b_c [d] \\e")) == "a*b_c [d] \\e"


WORDS = re.compile(r"\w+")


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("Fixed it successfully.", "successfully", "Fixed it _successfully_."),
        ("Call `retry` to retry.", "retry", "Call `retry` to _retry_."),
        ("See [the docs](https://x.y/docs).", "docs", "See [the docs](https://x.y/docs)."),
        ("A **bold** claim.", "bold", "A **bold** claim."),
        ("In snake_case only.", "snake_case", "In snake_case only."),
    ],
)
def test_words_that_the_person_did_not_say_are_marked(text: str, word: str, shown: str) -> None:
    places = [found.span() for found in WORDS.finditer(text) if found[0] == word]
    assert marked(text, places) == shown


def test_neighbours_are_marked_as_one() -> None:
    assert marked("a b c d", [(2, 3), (4, 5)]) == "a _b c_ d"


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=5))
def test_marking_only_adds_marks(text: str, places: list[tuple[int, int]]) -> None:
    inside = [(a, b) for a, b in places if a < b <= len(text)]
    assert marked(text, inside).replace("_", "") == text.replace("_", "")

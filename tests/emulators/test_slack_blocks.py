"""Blocks are refused for the reasons, and in the words, that Slack has."""

from typing import Any

import pytest

from emulators.slack.blocks import check_message, check_view, complete

PLAIN = {"type": "plain_text", "text": "x"}
MRKDWN = {"type": "mrkdwn", "text": "x"}
OPTION = {"text": PLAIN, "value": "1"}
BUTTON = {"type": "button", "action_id": "go", "text": PLAIN}
INPUT = {
    "type": "input",
    "block_id": "i",
    "label": PLAIN,
    "element": {"type": "plain_text_input", "action_id": "a"},
}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


REFUSED: list[tuple[Any, str]] = [
    ([{"type": "nonsense"}], "unsupported type: nonsense [json-pointer:/blocks/0/type]"),
    ([{"type": "video"}], "unsupported type: video"),
    ([{"type": "alert", "text": PLAIN}], "unsupported type: alert"),
    ([{"text": PLAIN}], "missing required field: type [json-pointer:/blocks/0]"),
    (["text"], "must provide an object [json-pointer:/blocks/0]"),
    ([{"type": "section"}], "missing required field: text or fields"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section", "text": "x"}], "must provide an object [json-pointer:/blocks/0/text]"),
    (
        [{"type": "section", "fields": [MRKDWN] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        "must be less than 2001 characters",
    ),
    ([{"type": "header", "text": MRKDWN}], "unsupported type: mrkdwn"),
    (
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        "must be less than 151 characters",
    ),
    ([{"type": "divider", "colour": "red"}], "invalid additional property: colour"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([actions()], "no less than 1 items allowed"),
    ([actions(*[BUTTON] * 26)], "no more than 25 items allowed"),
    ([actions(BUTTON, BUTTON)], '`action_id` "go" already exists'),
    (
        [section("a") | {"block_id": "b"}] * 2,
        '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
    ),
    ([actions(BUTTON | {"value": "x" * 2001})], "must be less than 2001 characters"),
    (
        [actions(BUTTON | {"text": {"type": "plain_text", "text": "x" * 76}})],
        "must be less than 76 characters",
    ),
    ([actions(BUTTON | {"style": "green"})], "must be one of: primary, danger"),
    ([actions(BUTTON | {"url": "javascript:alert(1)"})], "failed to match the required format"),
    ([actions({"type": "plain_text_input"})], "unsupported type: plain_text_input"),
    (
        [actions({"type": "static_select", "action_id": "s"})],
        "missing required field: options or option_groups",
    ),
    ([actions({"type": "static_select", "options": []})], "no less than 1 items allowed"),
    ([actions({"type": "static_select", "options": [OPTION] * 101})], "no more than 100 items allowed"),
    (
        [actions({"type": "static_select", "options": [OPTION], "initial_option": OPTION | {"value": "2"}})],
        "initial option must match one of the options",
    ),
    ([actions({"type": "overflow", "options": [OPTION] * 6})], "no more than 5 items allowed"),
    ([actions({"type": "checkboxes", "options": [OPTION] * 11})], "no more than 10 items allowed"),
    ([actions({"type": "datepicker", "initial_date": "20.11.2026"})], "failed to match the required format"),
    ([{"type": "context", "elements": [MRKDWN] * 11}], "no more than 10 items allowed"),
    ([{"type": "context", "elements": [BUTTON]}], "unsupported type: button"),
    ([{"type": "image", "image_url": "https://x.example/a.png"}], "missing required field: alt_text"),
    ([{"type": "image", "alt_text": "x"}], "missing required field: image_url or slack_file"),
    ([{"type": "input", "label": PLAIN, "element": BUTTON}], "unsupported type: button"),
    ([{"type": "input", "element": INPUT["element"]}], "missing required field: label"),
    (
        [INPUT | {"element": {"type": "plain_text_input", "min_length": 5, "max_length": 2}}],
        "`min_length` must not exceed `max_length`",
    ),
    ([INPUT | {"element": {"type": "number_input"}}], "missing required field: is_decimal_allowed"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters"),
    ([{"type": "markdown", "text": "x" * 7_000}] * 2, "must be less than 12001 characters in total"),
    ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2, "only one table is allowed"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "unsupported type: text"),
]


@pytest.mark.parametrize(("blocks", "reason"), REFUSED, ids=[reason[:40] for _, reason in REFUSED])
def test_broken_blocks_are_refused(blocks: Any, reason: str) -> None:
    messages = check_message(blocks)
    assert any(reason in message for message in messages), messages
    assert all(message.startswith("[ERROR] ") for message in messages)


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": PLAIN, "blocks": list(blocks)} | more


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(INPUT), "missing required field: submit"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        (modal(title={"type": "plain_text", "text": "x" * 25}), "must be less than 25 characters"),
        (modal(submit={"type": "plain_text", "text": "x" * 25}), "[json-pointer:/view/submit/text]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal() | {"type": "dialog"}, "unsupported type: dialog"),
        (modal() | {"type": "home"}, "unsupported type: home"),
        ("view", "must provide an object [json-pointer:/view]"),
    ],
)
def test_broken_modals_are_refused(view: Any, reason: str) -> None:
    messages = check_view(view, home=False)
    assert any(reason in message for message in messages), messages


def test_a_modal_and_a_home_are_accepted() -> None:
    assert check_view(modal(INPUT, {"type": "alert", "text": PLAIN}, submit=PLAIN), home=False) == []
    assert (
        check_view({"type": "home", "blocks": [section("x"), actions(BUTTON)], "title": None}, home=True)
        == []
    )


def test_accepted_blocks_get_ids_and_escaped_text() -> None:
    first, second = complete(
        [section("a & b"), actions({"type": "button", "text": {"type": "plain_text", "text": "R&D"}})]
    )
    assert first["text"] == {"type": "mrkdwn", "text": "a &amp; b", "verbatim": False}
    assert first["block_id"] != second["block_id"]
    assert second["elements"][0]["action_id"]
    assert second["elements"][0]["text"] == {"type": "plain_text", "text": "R&amp;D", "emoji": True}

"""Whatever blocks the stand-in accepts are valid by the published Block Kit types, and what those refuse it refuses."""

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from emulators.slack.blocks import check_message, check_view, complete, complete_view
from tests.official import official_json

TEXT = {"type": "mrkdwn", "text": "x"}
PLAIN = {"type": "plain_text", "text": "x"}
OPTION = {"text": PLAIN, "value": "1"}
CONFIRM = {"title": PLAIN, "text": TEXT, "confirm": PLAIN, "deny": PLAIN, "style": "danger"}
IMAGE = {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "x"}
BUTTON = {
    "type": "button",
    "action_id": "go",
    "text": PLAIN,
    "value": "1",
    "style": "primary",
    "confirm": CONFIRM,
}
CHOICE = {"action_id": "a", "placeholder": PLAIN, "confirm": CONFIRM, "focus_on_load": True}
ENTRY = {"action_id": "a", "placeholder": PLAIN, "focus_on_load": True}
MANY = {"max_selected_items": 2}
FILTER = {"filter": {"include": ["im"], "exclude_bot_users": True}}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "x", "style": {"bold": True}},
                {"type": "link", "url": "https://x.example", "text": "x"},
                {"type": "user", "user_id": "U1"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "team", "team_id": "T1"},
                {"type": "emoji", "name": "tada"},
                {"type": "broadcast", "range": "here"},
                {"type": "color", "value": "#ff0000"},
                {"type": "date", "timestamp": 1795000000, "format": "{date}", "fallback": "x"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 1,
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}], "border": 1},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
    ],
}
SELECTS: list[dict[str, Any]] = [
    {"type": "static_select", "options": [OPTION], "initial_option": OPTION} | CHOICE,
    {"type": "static_select", "option_groups": [{"label": PLAIN, "options": [OPTION]}], "action_id": "a"},
    {"type": "external_select", "min_query_length": 1, "initial_option": OPTION} | CHOICE,
    {"type": "users_select", "initial_user": "U1"} | CHOICE,
    {"type": "conversations_select", "default_to_current_conversation": True, "response_url_enabled": True}
    | CHOICE
    | FILTER,
    {"type": "channels_select", "initial_channel": "C1"} | CHOICE,
    {"type": "multi_static_select", "options": [OPTION], "initial_options": [OPTION]} | CHOICE | MANY,
    {"type": "multi_external_select"} | CHOICE | MANY,
    {"type": "multi_users_select", "initial_users": ["U1"]} | CHOICE | MANY,
    {"type": "multi_conversations_select", "initial_conversations": ["C1"]} | CHOICE | MANY | FILTER,
    {"type": "multi_channels_select", "initial_channels": ["C1"]} | CHOICE | MANY,
]
_WITHOUT_PLACEHOLDER = {name: value for name, value in CHOICE.items() if name != "placeholder"}
PICKERS: list[dict[str, Any]] = [
    {"type": "checkboxes", "options": [OPTION | {"description": PLAIN}], "initial_options": [OPTION]}
    | _WITHOUT_PLACEHOLDER,
    {"type": "radio_buttons", "options": [OPTION], "initial_option": OPTION} | _WITHOUT_PLACEHOLDER,
    {"type": "datepicker", "initial_date": "2026-11-20"} | CHOICE,
    {"type": "timepicker", "initial_time": "12:30", "timezone": "Europe/Berlin"} | CHOICE,
    {"type": "datetimepicker", "initial_date_time": 1795000000} | _WITHOUT_PLACEHOLDER,
]
PRESSED: list[dict[str, Any]] = [
    BUTTON,
    {"type": "button", "text": PLAIN, "url": "https://x.example", "accessibility_label": "x"},
    {"type": "overflow", "action_id": "a", "options": [OPTION], "confirm": CONFIRM},
    {"type": "workflow_button", "text": PLAIN, "workflow": {"trigger": {"url": "https://x.example"}}},
]
ENTRIES: list[dict[str, Any]] = [
    {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 10, "initial_value": "x"}
    | ENTRY,
    {"type": "email_text_input", "initial_value": "a@b.example"} | ENTRY,
    {"type": "url_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    | ENTRY,
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"} | ENTRY,
    {"type": "rich_text_input", "initial_value": RICH} | ENTRY,
    {"type": "file_input", "action_id": "a", "filetypes": ["png"], "max_files": 1},
]
TASK = {
    "type": "task_card",
    "task_id": "1",
    "title": "x",
    "status": "pending",
    "details": RICH,
    "output": RICH,
}
CARD = {
    "type": "card",
    "title": TEXT,
    "subtitle": TEXT,
    "body": TEXT,
    "icon": IMAGE,
    "hero_image": IMAGE,
    "actions": [BUTTON],
}
BLOCKS: list[dict[str, Any]] = [
    {
        "type": "section",
        "block_id": "b",
        "text": TEXT,
        "fields": [PLAIN, TEXT],
        "accessory": IMAGE,
        "expand": True,
    },
    *({"type": "section", "text": TEXT, "accessory": one} for one in (*SELECTS, *PICKERS[:-1], *PRESSED)),
    *({"type": "actions", "block_id": "b", "elements": [one]} for one in (*SELECTS, *PICKERS, *PRESSED)),
    *(
        {
            "type": "input",
            "label": PLAIN,
            "hint": PLAIN,
            "optional": True,
            "dispatch_action": False,
            "element": one,
        }
        for one in (*SELECTS, *PICKERS, *ENTRIES)
    ),
    {"type": "context", "elements": [TEXT, PLAIN, IMAGE]},
    {"type": "divider", "block_id": "b"},
    {"type": "header", "text": PLAIN},
    IMAGE | {"title": PLAIN},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
    RICH,
    {"type": "markdown", "text": "**x**"},
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "x"}, {"type": "raw_number", "value": 1, "text": "1"}, RICH]],
        "column_settings": [{"align": "right", "is_wrapped": True}],
    },
    {"type": "data_table", "caption": "x", "rows": [[{"type": "raw_text", "text": "x"}]], "page_size": 5},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": PLAIN, "value": "1"},
                "negative_button": {"text": PLAIN, "value": "0"},
            },
            {"type": "icon_button", "action_id": "d", "icon": "trash", "text": PLAIN, "value": "1"},
        ],
    },
    CARD,
    {"type": "carousel", "elements": [CARD]},
    {
        "type": "container",
        "title": PLAIN,
        "subtitle": TEXT,
        "icon": IMAGE,
        "width": "wide",
        "is_collapsible": True,
        "child_blocks": [{"type": "divider"}, {"type": "section", "text": TEXT}],
    },
    TASK,
    {"type": "plan", "title": "x", "tasks": [TASK]},
]
ALERT = {"type": "alert", "text": TEXT, "level": "warning"}


@cache
def validator(kind: str) -> jsonschema_rs.Draft7Validator:
    """Return the check of one block type by the published types."""
    schema = official_json("slack/blockkit/KnownBlock.schema.json")
    name = next(
        name for name, one in schema["definitions"].items() if name.endswith("Block") and kind in _kinds(one)
    )
    return jsonschema_rs.Draft7Validator(
        {"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]}
    )


def _kinds(definition: Any) -> set[Any]:
    found = definition.get("anyOf", [definition])
    return {one.get("properties", {}).get("type", {}).get("const") for one in found}


def accepts(block: Any) -> bool:
    """Tell whether the stand-in takes the block in a message or a modal."""
    if not isinstance(block, dict):
        return False
    if block.get("type") == "alert":
        return not check_view(
            {"type": "modal", "title": PLAIN, "submit": PLAIN, "blocks": [block]}, home=False
        )
    return not check_message([block])


def label(block: dict[str, Any]) -> str:
    inner = block.get("accessory") or block.get("element") or (block.get("elements") or [{}])[0]
    return f"{block['type']}-{inner.get('type', '')}"


def mutations(value: Any) -> Iterator[Any]:
    """Yield the value broken in each of many ways: a field gone, unknown, of another type, empty, too long."""
    if isinstance(value, dict):
        yield value | {"unknown_field": "x"}
        for name, one in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            for broken in mutations(one):
                yield value | {name: broken}
    elif isinstance(value, list):
        yield from ([], "x", [*value, {"type": "nonsense"}], [*value, 1])
        for at, one in enumerate(value):
            for broken in mutations(one):
                yield [*value[:at], broken, *value[at + 1 :]]
    elif isinstance(value, str):
        yield from ("", 1, None, {}, value + "x" * 80, value * 260, value * 3001)
    elif isinstance(value, bool):
        yield from ("true", 1, None)
    else:
        yield from (str(value), None, [])


@pytest.mark.parametrize("block", [*BLOCKS, ALERT], ids=label)
def test_every_kind_of_block_is_accepted_and_valid(block: dict[str, Any]) -> None:
    assert accepts(block)
    assert list(validator(block["type"]).iter_errors(block)) == []


@pytest.mark.parametrize("block", [*BLOCKS, ALERT], ids=label)
def test_a_block_stays_valid_with_what_slack_adds(block: dict[str, Any]) -> None:
    (completed,) = complete([copy.deepcopy(block)])
    assert list(validator(block["type"]).iter_errors(completed)) == []


@pytest.mark.parametrize("block", [*BLOCKS, ALERT], ids=label)
def test_what_is_accepted_of_a_broken_block_is_valid(block: dict[str, Any]) -> None:
    wrong = [broken for broken in mutations(block) if accepts(broken) and not _valid(broken)]
    assert wrong == []


def _valid(block: dict[str, Any]) -> bool:
    return bool(validator(block["type"]).is_valid(block))


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "section", "text": "x"},
        {"type": "section", "text": TEXT, "colour": "red"},
        {"type": "section", "text": TEXT | {"text": "x" * 3001}},
        {"type": "section", "fields": [TEXT] * 11},
        {"type": "header", "text": TEXT},
        {"type": "header", "text": PLAIN | {"text": "x" * 151}},
        {"type": "actions"},
        {"type": "actions", "elements": [BUTTON] * 26},
        {"type": "actions", "elements": [BUTTON | {"value": "x" * 2001}]},
        {"type": "actions", "elements": [BUTTON | {"style": "green"}]},
        {"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "a"}]},
        {"type": "context", "elements": [BUTTON]},
        {"type": "section", "text": TEXT, "accessory": PICKERS[-1]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]], "column_settings": [{"type": "x"}]},
        {"type": "image", "image_url": "https://x.example/a.png"},
        {"type": "input", "label": TEXT, "element": ENTRIES[0]},
        {"type": "input", "label": PLAIN},
        {"type": "markdown"},
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        {"type": "context_actions", "elements": [BUTTON]},
        {"type": "alert", "text": TEXT, "level": "fatal"},
    ],
)
def test_broken_blocks_are_refused_by_both(broken: dict[str, Any]) -> None:
    assert not accepts(broken)
    assert not _valid(broken)


@pytest.mark.parametrize(
    ("kind", "view"),
    [
        (
            "ModalView",
            {
                "type": "modal",
                "title": PLAIN,
                "submit": PLAIN,
                "close": PLAIN,
                "callback_id": "c",
                "private_metadata": "p",
                "clear_on_close": True,
                "notify_on_close": True,
                "external_id": "e",
                "blocks": [{"type": "input", "label": PLAIN, "element": ENTRIES[0]}, ALERT],
            },
        ),
        (
            "HomeView",
            {"type": "home", "callback_id": "c", "private_metadata": "p", "blocks": [{"type": "divider"}]},
        ),
    ],
)
def test_views_are_accepted_and_valid(kind: str, view: dict[str, Any]) -> None:
    schema = official_json(f"slack/blockkit/{kind}.schema.json")
    check = jsonschema_rs.Draft7Validator(schema)
    assert check_view(view, home=kind == "HomeView") == []
    assert list(check.iter_errors(view)) == []
    assert list(check.iter_errors(complete_view(copy.deepcopy(view)))) == []

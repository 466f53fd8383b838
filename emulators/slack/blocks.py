"""Block Kit as Slack accepts it: every block and element with its fields and limits, and what an accepted one becomes.

Fields and limits follow docs.slack.dev/reference/block-kit. ``video`` (needs links.embed:write and a listed domain),
``file`` and ``call`` are refused: this app may not post them.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from emulators.slack.schema import (
    Check,
    Report,
    array,
    at_least_one,
    boolean,
    both,
    exactly_one,
    number,
    one_of,
    record,
    string,
    typed,
)
from emulators.slack.text import bare, posted

MARKDOWN_TOTAL = 12_000
ID = string(255, 1)
HTTP = string(3000, 1, r"https?://\S+")


def plain(most: int = 3000) -> Check:
    """Accept a plain_text object."""
    return typed({"plain_text": record({"text": string(most, 1)}, {"emoji": boolean})})


def mrkdwn(most: int = 3000) -> Check:
    """Accept a mrkdwn object."""
    return typed({"mrkdwn": record({"text": string(most, 1)}, {"verbatim": boolean})})


def text(most: int = 3000) -> Check:
    """Accept a text object of either kind."""
    return typed(
        {
            "plain_text": record({"text": string(most, 1)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(most, 1)}, {"verbatim": boolean}),
        }
    )


STYLE = one_of("primary", "danger")
CONFIRM = record(
    {"text": text(300)}, {"title": plain(100), "confirm": plain(30), "deny": plain(30), "style": STYLE}
)
# Older clients cut values over 75 characters; the published types allow no more either.
OPTION = record({"text": plain(75), "value": string(75, 1)}, {"description": plain(75), "url": HTTP})
RICH_OPTION = record({"text": text(75), "value": string(75, 1)}, {"description": text(75), "url": HTTP})
GROUP = record({"label": plain(75), "options": array(OPTION, 100, 1)})
DISPATCH = record({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)})
FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
SLACK_FILE = both(record({}, {"id": string(255, 1), "url": HTTP}), exactly_one("id", "url"))
ACTION = {"action_id": ID}
FOCUS = ACTION | {"confirm": CONFIRM, "focus_on_load": boolean}
CHOICE = FOCUS | {"placeholder": plain(150)}
ENTRY = ACTION | {"placeholder": plain(150), "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
MANY = {"max_selected_items": number(1)}


def _offered(element: dict[str, Any]) -> list[Any]:
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [option for group in groups for option in group["options"]]


def initial_among_options(element: Any, path: str, report: Report) -> None:
    """Accept initial options only when they are offered."""
    chosen = element.get("initial_options") or [
        element[name] for name in ("initial_option",) if name in element
    ]
    values = {option["value"] for option in _offered(element)}
    for option in chosen:
        if option["value"] not in values:
            report.error("initial option must match one of the options", path)


def lengths_agree(element: Any, path: str, report: Report) -> None:
    """Accept a text input whose bounds and initial value fit together."""
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        report.error("`min_length` must not exceed `max_length`", path)
    if len(element.get("initial_value", "")) > most:
        report.error("`initial_value` is longer than `max_length`", path)


def _static(options: dict[str, Check]) -> Check:
    fields = {"options": array(OPTION, 100, 1), "option_groups": array(GROUP, 100, 1)}
    return both(
        record({}, CHOICE | fields | options), exactly_one("options", "option_groups"), initial_among_options
    )


_BUTTON_LIKE = ACTION | {"confirm": CONFIRM, "style": STYLE, "accessibility_label": string(75)}
BUTTON = record({"text": plain(75)}, _BUTTON_LIKE | {"url": HTTP, "value": string(2000)})
_PARAMETER = record({"name": string(least=1), "value": string()})
_TRIGGER = record({"url": HTTP}, {"customizable_input_parameters": array(_PARAMETER)})
WORKFLOW_BUTTON = record({"text": plain(75), "workflow": record({"trigger": _TRIGGER})}, _BUTTON_LIKE)
_IMAGE_SOURCE = {"image_url": HTTP, "slack_file": SLACK_FILE}
IMAGE_ELEMENT = both(
    record({"alt_text": string(2000)}, _IMAGE_SOURCE), exactly_one("image_url", "slack_file")
)
_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})


def _choices(most: int, initial: dict[str, Check]) -> Check:
    return both(record({"options": array(RICH_OPTION, most, 1)}, FOCUS | initial), initial_among_options)


_EXTERNAL = CHOICE | {"min_query_length": number(0)}
_CONVERSATIONS = CHOICE | {"default_to_current_conversation": boolean, "filter": FILTER}
SELECTS: dict[str, Check] = {
    "static_select": _static({"initial_option": OPTION}),
    "external_select": record({}, _EXTERNAL | {"initial_option": OPTION}),
    "users_select": record({}, CHOICE | {"initial_user": ID}),
    "conversations_select": record(
        {}, _CONVERSATIONS | {"initial_conversation": ID, "response_url_enabled": boolean}
    ),
    "channels_select": record({}, CHOICE | {"initial_channel": ID, "response_url_enabled": boolean}),
    "multi_static_select": _static({"initial_options": array(OPTION, 100)} | MANY),
    "multi_external_select": record({}, _EXTERNAL | MANY | {"initial_options": array(OPTION, 100)}),
    "multi_users_select": record({}, CHOICE | MANY | {"initial_users": array(ID)}),
    "multi_conversations_select": record({}, _CONVERSATIONS | MANY | {"initial_conversations": array(ID)}),
    "multi_channels_select": record({}, CHOICE | MANY | {"initial_channels": array(ID)}),
}
PICKERS: dict[str, Check] = {
    "checkboxes": _choices(10, {"initial_options": array(RICH_OPTION, 10)}),
    "radio_buttons": _choices(10, {"initial_option": RICH_OPTION}),
    "datepicker": record({}, CHOICE | {"initial_date": string(pattern=r"\d{4}-\d\d-\d\d")}),
    "timepicker": record(
        {}, CHOICE | {"initial_time": string(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(100)}
    ),
    "datetimepicker": record({}, FOCUS | {"initial_date_time": number(1_000_000_000, 9_999_999_999)}),
}
_PRESSABLE: dict[str, Check] = (
    SELECTS
    | PICKERS
    | {
        "button": BUTTON,
        "workflow_button": WORKFLOW_BUTTON,
        "overflow": record({"options": array(OPTION, 5, 1)}, ACTION | {"confirm": CONFIRM}),
    }
)
_ACCESSORIES = {kind: one for kind, one in _PRESSABLE.items() if kind != "datetimepicker"}

_MARKS = record({}, dict.fromkeys(("bold", "code", "italic", "strike", "underline"), boolean))
_MARKED: dict[str, Check] = {"style": _MARKS}
_RICH_LEAVES: dict[str, Check] = {
    "text": record({"text": string(least=1)}, _MARKED),
    "link": record({"url": string(least=1)}, _MARKED | {"text": string(), "unsafe": boolean}),
    "user": record({"user_id": ID}, _MARKED),
    "usergroup": record({"usergroup_id": ID}, _MARKED),
    "team": record({"team_id": ID}, _MARKED),
    "channel": record({"channel_id": ID}, _MARKED),
    "emoji": record({"name": string(least=1)}, _MARKED | {"unicode": string(), "url": string()}),
    "broadcast": record({"range": one_of("here", "channel", "everyone")}, _MARKED),
    "color": record({"value": string(least=1)}, _MARKED),
    "date": record(
        {"timestamp": number(0), "format": string(least=1)}, _MARKED | {"fallback": string(), "url": string()}
    ),
}
_RICH_LEAF = typed(_RICH_LEAVES)
_RICH_SECTION = record({"elements": array(_RICH_LEAF)})
_BORDER: dict[str, Check] = {"border": one_of(0, 1)}
_PREFORMATTED = typed({"text": _RICH_LEAVES["text"], "link": _RICH_LEAVES["link"]})
_RICH_PART = typed(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": record(
            {
                "elements": array(typed({"rich_text_section": _RICH_SECTION})),
                "style": one_of("bullet", "ordered"),
            },
            _BORDER | {"indent": number(0, 8)},
        ),
        "rich_text_quote": record({"elements": array(_RICH_LEAF)}, _BORDER),
        "rich_text_preformatted": record({"elements": array(_PREFORMATTED)}, _BORDER),
    }
)
_BLOCK: dict[str, Check] = {"block_id": ID}
RICH_TEXT = record({"elements": array(_RICH_PART)}, _BLOCK)
_RICH = typed({"rich_text": RICH_TEXT})

INPUTS: dict[str, Check] = (
    SELECTS
    | PICKERS
    | {
        "plain_text_input": both(
            record(
                {},
                ENTRY
                | {
                    "initial_value": string(3000),
                    "multiline": boolean,
                    "min_length": number(0, 3000),
                    "max_length": number(1, 3000),
                },
            ),
            lengths_agree,
        ),
        "email_text_input": record({}, ENTRY | {"initial_value": string()}),
        "url_text_input": record({}, ENTRY | {"initial_value": string()}),
        "number_input": record(
            {"is_decimal_allowed": boolean},
            ENTRY
            | dict.fromkeys(("initial_value", "min_value", "max_value"), string(pattern=r"-?\d+(\.\d+)?")),
        ),
        "rich_text_input": record(
            {}, ENTRY | {"initial_value": _RICH, "min_lines": number(1), "max_lines": number(1)}
        ),
        "file_input": record({}, ACTION | {"filetypes": array(string(least=1)), "max_files": number(1, 10)}),
    }
)

_RAW: dict[str, Check] = {
    "raw_text": record({"text": string(least=1)}),
    "raw_number": record({"value": number(whole=False), "text": string(least=1)}),
    "rich_text": RICH_TEXT,
}
_ROW = array(typed(_RAW), 20, 1)
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_CARD = both(
    record(
        {},
        _BLOCK
        | {
            "hero_image": typed({"image": IMAGE_ELEMENT}),
            "icon": typed({"image": IMAGE_ELEMENT}),
            "title": mrkdwn(150),
            "subtitle": mrkdwn(150),
            "body": mrkdwn(200),
            "actions": array(typed({"button": BUTTON}), 5, 1),
        },
    ),
    at_least_one("hero_image", "title", "actions", "body"),
)
_SOURCE = typed({"url": record({"url": HTTP, "text": string(least=1)})})
_TASK_CARD = record(
    {
        "task_id": string(255, 1),
        "title": string(least=1),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    _BLOCK | {"details": _RICH, "output": _RICH, "sources": array(_SOURCE)},
)

SHARED: dict[str, Check] = {
    "section": both(
        record(
            {},
            _BLOCK
            | {
                "text": text(3000),
                "fields": array(text(2000), 10, 1),
                "accessory": typed(_ACCESSORIES | {"image": IMAGE_ELEMENT}),
                "expand": boolean,
            },
        ),
        at_least_one("text", "fields"),
    ),
    "actions": record(
        {"elements": array(typed(_PRESSABLE | {"rich_text_input": INPUTS["rich_text_input"]}), 25, 1)},
        _BLOCK,
    ),
    "context": record(
        {
            "elements": array(
                typed(
                    {
                        "image": IMAGE_ELEMENT,
                        "plain_text": record({"text": string(3000, 1)}, {"emoji": boolean}),
                        "mrkdwn": record({"text": string(3000, 1)}, {"verbatim": boolean}),
                    }
                ),
                10,
                1,
            )
        },
        _BLOCK,
    ),
    "divider": record({}, _BLOCK),
    "header": record({"text": plain(150)}, _BLOCK),
    "image": both(
        record({"alt_text": string(2000, 1)}, _BLOCK | _IMAGE_SOURCE | {"title": plain(2000)}),
        exactly_one("image_url", "slack_file"),
    ),
    "input": record(
        {"label": plain(2000), "element": typed(INPUTS)},
        _BLOCK | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}
ALERT: Check = record(
    {"text": text(3000)}, _BLOCK | {"level": one_of("default", "info", "warning", "error", "success")}
)
CAROUSEL: Check = record({"elements": array(typed({"card": _CARD}), 10, 1)}, _BLOCK)
_CHILDREN = typed(SHARED)
MESSAGE_ONLY: dict[str, Check] = {
    "markdown": record({"text": string(MARKDOWN_TOTAL, 1)}, _BLOCK),
    "table": record({"rows": array(_ROW, 100, 1)}, _BLOCK | {"column_settings": array(_COLUMN, 20)}),
    "data_table": record(
        {"caption": string(least=1), "rows": array(_ROW, 201, 1)},
        _BLOCK | {"page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    "context_actions": record(
        {
            "elements": array(
                typed(
                    {
                        "feedback_buttons": record(
                            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, ACTION
                        ),
                        "icon_button": record(
                            {"icon": one_of("trash"), "text": plain(75)},
                            ACTION
                            | {
                                "value": string(2000),
                                "confirm": CONFIRM,
                                "accessibility_label": string(75),
                                "visible_to_user_ids": array(ID),
                            },
                        ),
                    }
                ),
                5,
                1,
            )
        },
        _BLOCK,
    ),
    "container": record(
        {"child_blocks": array(_CHILDREN, 10, 1)},
        _BLOCK
        | {
            "title": plain(150),
            "subtitle": text(150),
            "rich_text_title": _RICH,
            "icon": typed({"image": IMAGE_ELEMENT}),
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    "task_card": _TASK_CARD,
    "plan": record(
        {"title": string(least=1)}, _BLOCK | {"tasks": array(typed({"task_card": _TASK_CARD}), 50)}
    ),
}
# Which block goes where: docs.slack.dev/blocks.json, "available-in-surfaces".
_IN_MESSAGE = typed(SHARED | MESSAGE_ONLY | {"card": _CARD, "carousel": CAROUSEL})
_IN_MODAL = typed(SHARED | {"card": _CARD, "alert": ALERT})
_IN_HOME = typed(SHARED | {"card": _CARD, "carousel": CAROUSEL})
_VIEW = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = record(
    {"title": plain(24), "blocks": array(_IN_MODAL, 100)},
    _VIEW
    | {
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
# A home ignores the modal's fields; SDKs send them as null or false.
_HOME = record({"blocks": array(_IN_HOME, 100)}, _VIEW)


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each interactive element with the block it is in."""
    for block in blocks:
        kind = block["type"]
        found: list[Any] = []
        if kind in ("actions", "context_actions"):
            found = block["elements"]
        elif kind == "section" and block.get("accessory", {}).get("type") not in (None, "image"):
            found = [block["accessory"]]
        elif kind == "input":
            found = [block["element"]]
        elif kind == "card":
            found = block.get("actions") or []
        elif kind == "carousel":
            yield from elements(block["elements"])
        elif kind == "container":
            yield from elements(block["child_blocks"])
        for element in found:
            yield block, element


def _unique(blocks: list[dict[str, Any]], path: str, report: Report) -> None:
    """Refuse a block_id used twice, and an action_id used twice in one block."""
    seen: set[str] = set()
    for at, block in enumerate(blocks):
        if block.get("block_id") in seen:
            report.error(f'`block_id` "{block["block_id"]}" already exists', f"{path}/{at}/block_id")
        elif "block_id" in block:
            seen.add(block["block_id"])
        actions: set[str] = set()
        for _, element in elements([block]):
            action = element.get("action_id")
            if action in actions:
                report.error(f'`action_id` "{action}" already exists', f"{path}/{at}")
            elif action is not None:
                actions.add(action)


def _focus_once(blocks: list[dict[str, Any]], path: str, report: Report) -> None:
    if sum(bool(element.get("focus_on_load")) for _, element in elements(blocks)) > 1:
        report.error("only one element may have `focus_on_load`", path)


def check_message(blocks: Any) -> list[str]:
    """Return what Slack finds wrong with a message's blocks; empty when they are fine."""
    report = Report()
    array(_IN_MESSAGE, 50)(blocks, "/blocks", report)
    if not report.messages:
        _unique(blocks, "/blocks", report)
        _focus_once(blocks, "/blocks", report)
        if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_TOTAL:
            report.error(
                f"markdown text must be less than {MARKDOWN_TOTAL + 1} characters in total", "/blocks"
            )
        if sum(block["type"] == "table" for block in blocks) > 1:
            report.error("only one table is allowed", "/blocks")
    return report.messages


def check_view(view: Any, *, home: bool) -> list[str]:
    """Return what Slack finds wrong with a modal or a home; empty when it is fine."""
    report = Report()
    kind = "home" if home else "modal"
    if isinstance(view, dict) and home:
        empty = ("title", "submit", "close", "clear_on_close", "notify_on_close")
        view = {name: one for name, one in view.items() if name not in empty or one}
    typed({kind: _HOME if home else _MODAL})(view, "/view", report)
    if not report.messages:
        _unique(view["blocks"], "/view/blocks", report)
        _focus_once(view["blocks"], "/view/blocks", report)
        if not home and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
            report.error("missing required field: submit (the view has an input block)", "/view")
    return report.messages


def complete(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add, in place, what Slack adds to accepted blocks: ids, emoji and verbatim flags, escaped and linked text."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        _complete_text(block)
    for _, element in elements(blocks):
        element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return blocks


def complete_view(view: dict[str, Any]) -> dict[str, Any]:
    """Add, in place, what Slack adds to an accepted view."""
    for name in ("title", "submit", "close"):
        _complete_text(view.get(name))
    complete(view["blocks"])
    return view


def _complete_text(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _complete_text(one)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind == "mrkdwn":
            value["text"] = posted(value["text"])
            value.setdefault("verbatim", False)
        elif kind == "plain_text":
            value["text"] = bare(value["text"])
            value.setdefault("emoji", True)
        elif kind != "rich_text":
            for one in value.values():
                if isinstance(one, dict | list):
                    _complete_text(one)

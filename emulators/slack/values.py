"""What a person enters into elements: the ``state.values`` of inputs, the ``actions`` entry of a press, the client's own checks."""

import re
from typing import Any
from urllib.parse import urlsplit

from emulators.slack.blocks import elements
from emulators.slack.state import Refused

State = dict[str, dict[str, dict[str, Any]]]

# Where each element keeps its value in state and actions, and where its initial value comes from.
_TEXT = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_FIELDS = {
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
} | dict.fromkeys(_TEXT, ("value", "initial_value"))
_BUTTONS = {"button", "workflow_button", "feedback_buttons", "icon_button", "overflow"}
_EXTERNAL = {"external_select", "multi_external_select"}


def initial_state(blocks: list[dict[str, Any]]) -> State:
    """Return the state before anybody has entered anything."""
    state: State = {}
    for block, element in elements(blocks):
        if element["type"] in _BUTTONS:
            continue
        name, initial = _FIELDS[element["type"]]
        empty: Any = [] if name in ("selected_options", "files") else None
        entry = {"type": element["type"], name: element.get(initial, empty)}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return state


def merged(state: State, entered: State) -> State:
    """Return ``state`` with what was entered in the inputs that are there."""
    return {
        block_id: {
            action_id: entered.get(block_id, {}).get(action_id, value) for action_id, value in values.items()
        }
        for block_id, values in state.items()
    }


def find(
    blocks: list[dict[str, Any]], action_id: str, value: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the block and element with this action_id (and button value); raises Refused."""
    found = [(block, element) for block, element in elements(blocks) if element["action_id"] == action_id]
    if value is not None and any(element["type"] == "button" for _, element in found):
        found = [(block, element) for block, element in found if element.get("value") == value]
    if not found:
        there = sorted({element["action_id"] for _, element in elements(blocks)})
        raise Refused(f"there is no element {action_id!r} to use; there are {there}")
    return found[0]


def _option(element: dict[str, Any], wanted: Any) -> dict[str, Any]:
    groups = element.get("option_groups") or []
    offered = [*(element.get("options") or []), *(one for group in groups for one in group["options"])]
    if isinstance(wanted, dict):
        if element["type"] in _EXTERNAL:
            return wanted
        wanted = wanted.get("value")
    for option in offered:
        if option["value"] == wanted:
            return {name: option[name] for name in ("text", "value", "description") if name in option}
    raise Refused(f"{element['action_id']!r} does not offer {wanted!r}")


def entered(element: dict[str, Any], value: Any) -> dict[str, Any]:
    """Return the state entry of an input that a person gave ``value``; options are named by their value.

    Raises Refused for what the client would not let a person enter.
    """
    kind = element["type"]
    if kind in _BUTTONS - {"overflow"} or kind not in _FIELDS:
        raise Refused(f"{element.get('action_id')!r} is not an input")
    name, _ = _FIELDS[kind]
    if name == "selected_option":
        value = None if value is None else _option(element, value)
    elif name == "selected_options":
        value = [_option(element, one) for one in ([value] if isinstance(value, str) else value)]
    elif kind.startswith("multi_") and isinstance(value, str):
        value = [value]
    if kind in _TEXT and value is not None and not isinstance(value, str):
        value = str(value)
    most = element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(value) > most:
        raise Refused(f"at most {most} may be selected in {element['action_id']!r}")
    return {"type": kind, name: value}


def action(block: dict[str, Any], element: dict[str, Any], value: Any, action_ts: str) -> dict[str, Any]:
    """Return the ``actions`` entry of a press."""
    made = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": action_ts,
    }
    if element["type"] == "feedback_buttons":
        offered = [element[name]["value"] for name in ("positive_button", "negative_button")]
        if value not in offered:
            raise Refused(f"{element['action_id']!r} offers {offered}")
        return made | {"value": value}
    if element["type"] in ("button", "icon_button", "workflow_button"):
        carried = ("text", "value", "style", "url")
        return made | {name: element[name] for name in carried if name in element}
    return made | entered(element, value)


def faults(block: dict[str, Any], value: dict[str, Any]) -> str:
    """Return what the client itself finds wrong with an input on submission, or an empty string."""
    element = block["element"]
    name, _ = _FIELDS[element["type"]]
    content = value.get(name)
    if content is None or content == "" or content == []:
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] not in _TEXT:
        return ""
    return _text_fault(element, content)


def _text_fault(element: dict[str, Any], text: str) -> str:
    kind = element["type"]
    if len(text) < element.get("min_length", 0):
        return f"Enter at least {element['min_length']} characters."
    if len(text) > element.get("max_length", 3000):
        return f"Enter at most {element.get('max_length', 3000)} characters."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not (urlsplit(text).scheme and urlsplit(text).netloc):
        return "Please enter a valid URL."
    if kind == "number_input":
        pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
        if not re.fullmatch(pattern, text):
            return "Please enter a valid number."
        if "min_value" in element and float(text) < float(element["min_value"]):
            return f"Enter a number of at least {element['min_value']}."
        if "max_value" in element and float(text) > float(element["max_value"]):
            return f"Enter a number of at most {element['max_value']}."
    return ""

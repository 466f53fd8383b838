"""What a person enters into each kind of element reaches the app in that element's own field."""

from typing import Any

import pytest

from emulators.slack.state import Refused
from emulators.slack.values import action, entered, faults, find, initial_state, merged

PLAIN = {"type": "plain_text", "text": "x"}
OPTIONS = [{"text": PLAIN, "value": value} for value in ("1", "2")]
RED = {"text": PLAIN, "value": "red"}


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a"} | more


@pytest.mark.parametrize(
    ("one", "value", "field", "stored"),
    [
        (element("plain_text_input"), "hi", "value", "hi"),
        (element("number_input"), 5, "value", "5"),
        (element("static_select", options=OPTIONS), "2", "selected_option", OPTIONS[1]),
        (element("static_select", option_groups=[{"options": OPTIONS}]), "1", "selected_option", OPTIONS[0]),
        (element("static_select", options=OPTIONS), None, "selected_option", None),
        (element("external_select"), RED, "selected_option", RED),
        (element("radio_buttons", options=OPTIONS), "1", "selected_option", OPTIONS[0]),
        (element("overflow", options=OPTIONS), "1", "selected_option", OPTIONS[0]),
        (element("checkboxes", options=OPTIONS), ["1", "2"], "selected_options", OPTIONS),
        (element("multi_static_select", options=OPTIONS), "1", "selected_options", OPTIONS[:1]),
        (element("users_select"), "U1", "selected_user", "U1"),
        (element("multi_users_select"), "U1", "selected_users", ["U1"]),
        (element("conversations_select"), "C1", "selected_conversation", "C1"),
        (element("multi_channels_select"), ["C1"], "selected_channels", ["C1"]),
        (element("datepicker"), "2026-11-20", "selected_date", "2026-11-20"),
        (element("timepicker"), "12:30", "selected_time", "12:30"),
        (element("datetimepicker"), 1795000000, "selected_date_time", 1795000000),
    ],
)
def test_each_element_has_its_own_field(one: dict[str, Any], value: Any, field: str, stored: Any) -> None:
    assert entered(one, value) == {"type": one["type"], field: stored}


@pytest.mark.parametrize(
    ("one", "value"),
    [
        (element("static_select", options=OPTIONS), "3"),
        (element("external_select"), "not from the app"),
        (element("button"), "x"),
        (element("multi_users_select", max_selected_items=1), ["U1", "U2"]),
    ],
)
def test_what_a_client_does_not_offer_is_refused(one: dict[str, Any], value: Any) -> None:
    with pytest.raises(Refused):
        entered(one, value)


@pytest.mark.parametrize(
    ("one", "value", "told"),
    [
        (element("plain_text_input"), "", "Please complete this required field."),
        (element("plain_text_input", min_length=3), "ab", "Enter at least 3 characters."),
        (element("plain_text_input", max_length=3), "abcd", "Enter at most 3 characters."),
        (element("plain_text_input"), "x" * 3001, "Enter at most 3000 characters."),
        (element("email_text_input"), "ana", "Please enter a valid email address."),
        (element("email_text_input"), "ana@example.com", ""),
        (element("url_text_input"), "example", "Please enter a valid URL."),
        (element("url_text_input"), "https://x.example/a", ""),
        (element("number_input", is_decimal_allowed=False), "1.5", "Please enter a valid number."),
        (element("number_input", is_decimal_allowed=True), "1.5", ""),
        (
            element("number_input", is_decimal_allowed=True, min_value="2"),
            "1",
            "Enter a number of at least 2.",
        ),
        (
            element("number_input", is_decimal_allowed=True, max_value="2"),
            "3",
            "Enter a number of at most 2.",
        ),
        (element("multi_users_select"), [], "Please complete this required field."),
        (element("users_select"), "U1", ""),
    ],
)
def test_the_client_checks_an_input(one: dict[str, Any], value: Any, told: str) -> None:
    assert faults({"type": "input", "element": one}, entered(one, value)) == told


def test_an_optional_input_may_be_empty() -> None:
    one = element("plain_text_input")
    assert faults({"type": "input", "element": one, "optional": True}, entered(one, "")) == ""


def test_feedback_buttons_carry_the_chosen_value() -> None:
    one = element(
        "feedback_buttons",
        positive_button={"text": PLAIN, "value": "good"},
        negative_button={"text": PLAIN, "value": "bad"},
    )
    block = {"type": "context_actions", "block_id": "b", "elements": [one]}
    assert action(block, one, "good", "1.0")["value"] == "good"
    with pytest.raises(Refused):
        action(block, one, "so-so", "1.0")


def test_state_begins_with_initial_values_and_keeps_what_was_entered() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "input", "block_id": "i", "element": element("plain_text_input", initial_value="old")},
        {"type": "actions", "block_id": "b", "elements": [element("button")]},
    ]
    state = initial_state(blocks)
    assert state == {"i": {"a": {"type": "plain_text_input", "value": "old"}}}
    new: dict[str, Any] = {"i": {"a": {"type": "plain_text_input", "value": "new"}}, "gone": {"x": {}}}
    assert merged(state, new) == {"i": new["i"]}


def test_buttons_of_one_action_are_told_apart_by_value() -> None:
    block = {
        "type": "actions",
        "block_id": "b",
        "elements": [element("button", value="1"), element("button", value="2")],
    }
    assert find([block], "a", "2")[1]["value"] == "2"
    with pytest.raises(Refused, match="there is no element 'z'"):
        find([block], "z", None)

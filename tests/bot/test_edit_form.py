"""A draft of any length can be edited without losing a word."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import forms
from engine import Checked, Draft, DraftKind

DRAFT = Draft(
    workspace="T1",
    person="U1",
    inbox="m1",
    kind=DraftKind.COMMENT,
    update="u",
    text="",
    source="openai:test",
    checked=Checked((), 0.7, 1.0, 0.7, True, False),
    id="d1",
)


def filled(view: dict[str, Any]) -> dict[str, Any]:
    """Send the form as it was opened."""
    state = {
        block["block_id"]: {
            block["element"]["action_id"]: {
                "type": "plain_text_input",
                "value": block["element"].get("initial_value"),
            }
        }
        for block in view["blocks"]
    }
    return forms.values({**view, "state": {"values": state}})


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=2000),
        min_size=1,
        max_size=8,
    )
)
def test_what_goes_in_comes_out(lines: list[str]) -> None:
    text = "\n".join(lines)
    view = forms.edit(replace(DRAFT, text=text))
    assert forms.edited(filled(view)) == text
    assert all(len(block["element"].get("initial_value", "")) <= 3000 for block in view["blocks"])


@pytest.mark.parametrize("length", [1, 2999, 3000, 3001, 9001])
def test_a_line_without_an_end_is_cut_but_kept(length: int) -> None:
    text = "x" * length
    assert forms.edited(filled(forms.edit(replace(DRAFT, text=text)))).replace("\n", "") == text

"""The modal forms: editing, another wording, a reason, missing fields, a fresh update. Pure in, pure out."""

import json
from typing import Any

from engine import Blank, Draft, DraftKind

LONGEST_INPUT = 3000
View = dict[str, Any]


def edit(draft: Draft) -> View:
    """The draft's text to change, and which of several issues it goes to."""
    label = "Your e-mail" if draft.kind is DraftKind.EMAIL else "Your comment"
    first, *more = _portions(draft.text)
    blocks = [_text("text", label, first, lines=True)]
    blocks += [
        _text(f"text_{number}", "… goes on", part, lines=True, optional=True)
        for number, part in enumerate(more, 2)
    ]
    if len(draft.issues) > 1:
        options = [_option(issue.key, f"{issue.key} {issue.summary}") for issue in draft.issues]
        boxes = {"type": "checkboxes", "action_id": "keys", "options": options, "initial_options": options}
        blocks.append({"type": "input", "block_id": "keys", "label": _plain("Post on"), "element": boxes})
    return _view(
        "draft_edit", "Edit the draft", "Save", {"draft": draft.id, "revision": draft.revision}, blocks
    )


def regenerate(draft: Draft) -> View:
    """A wish for another wording."""
    hint = "For instance: shorter, as a list, more formal. It cannot add facts."
    block = _text("instruction", "What should be different?", "", optional=True, hint=hint, most=500)
    return _view(
        "draft_regenerate",
        "Another text",
        "Write again",
        {"draft": draft.id, "revision": draft.revision},
        [block],
    )


def reject(draft: Draft) -> View:
    """Why a draft is of no use."""
    block = _text(
        "reason", "What was wrong with it?", "", optional=True, hint="Kept to make drafts better.", most=500
    )
    return _view(
        "draft_reject", "Reject the draft", "Reject", {"draft": draft.id, "revision": draft.revision}, [block]
    )


def fill(message: str, index: int, blanks: tuple[Blank, ...]) -> View:
    """The fields that Jira requires for a move."""
    blocks = []
    for number, blank in enumerate(blanks):
        if not blank.options:
            blocks.append(_text(f"blank_{number}", blank.label, "", lines=blank.rich))
            continue
        options = [_option(id, label) for id, label in blank.options[:100]]
        element = {"type": "static_select", "action_id": f"blank_{number}", "options": options}
        blocks.append(
            {"type": "input", "block_id": f"blank_{number}", "label": _plain(blank.label), "element": element}
        )
    return _view("fill_blanks", "Move to done", "Move", {"message": message, "index": index}, blocks)


def compose() -> View:
    """A fresh update, from anywhere in Slack."""
    block = _text(
        "text",
        "What happened?",
        "",
        lines=True,
        hint="For instance: fixed the login timeout in PAY-12, QA still pending",
    )
    return _view("compose", "Tell Updraft", "Send", {}, [block])


def values(view: View) -> dict[str, Any]:
    """Return what was filled in by action id: texts, the id of a selected option, a list of ids for boxes."""
    found: dict[str, Any] = {}
    for block in (view.get("state") or {}).get("values", {}).values():
        for action, state in block.items():
            if "selected_options" in state:
                found[action] = [option["value"] for option in state["selected_options"] or []]
            elif state.get("selected_option"):
                found[action] = state["selected_option"]["value"]
            else:
                found[action] = state.get("value") or ""
    return found


def edited(values: dict[str, Any]) -> str:
    """Join the portions of an edited text."""
    more = sorted((name for name in values if name.startswith("text_")), key=lambda name: int(name[5:]))
    return "\n".join(part for name in ("text", *more) if (part := str(values[name])))


def about(view: View) -> dict[str, Any]:
    """Return what a form is about."""
    return dict(json.loads(view.get("private_metadata") or "{}"))


def _portions(text: str) -> list[str]:
    """Cut a text at line ends into what an input of Slack's holds."""
    portions = []
    while len(text) > LONGEST_INPUT:
        cut = text.rfind("\n", 1, LONGEST_INPUT)
        cut = cut if cut > 0 else LONGEST_INPUT
        portions.append(text[:cut])
        text = text[cut:].removeprefix("\n")
    return [*portions, text]


def _view(callback: str, title: str, submit: str, about: dict[str, Any], blocks: list[View]) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, 24),
        "submit": _plain(submit, 24),
        "close": _plain("Cancel", 24),
        "private_metadata": json.dumps(about),
        "blocks": blocks,
    }


def _text(
    id: str,
    label: str,
    initial: str,
    *,
    lines: bool = False,
    optional: bool = False,
    hint: str = "",
    most: int = LONGEST_INPUT,
) -> View:
    element: View = {"type": "plain_text_input", "action_id": id, "multiline": lines, "max_length": most}
    if initial:
        element["initial_value"] = initial
    block: View = {
        "type": "input",
        "block_id": id,
        "label": _plain(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": _plain(hint)} if hint else block


def _option(value: str, label: str) -> View:
    return {"text": _plain(label, 75), "value": value}


def _plain(text: str, most: int = 2000) -> View:
    return {"type": "plain_text", "text": text if len(text) <= most else text[: most - 1] + "…"}

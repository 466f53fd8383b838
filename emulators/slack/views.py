"""Modals and homes: the Web API's views.* and what a submission's answer does to the stack."""

import json
from typing import Any

from emulators.slack.api import Arguments, method, required
from emulators.slack.blocks import check_view, complete_view, elements
from emulators.slack.state import SlackError, View
from emulators.slack.workspace import Workspace

STACK_MOST = 3
VIEW_BYTES = 250_000


def accepted(workspace: Workspace, view: Any, *, home: bool, instead_of: str = "") -> dict[str, Any]:
    """Check and complete a view; raises invalid_arguments, view_too_large or duplicate_external_id."""
    if isinstance(view, dict) and len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    faults = check_view(view, home=home)
    if faults:
        raise SlackError("invalid_arguments", faults)
    other = workspace.world.external(view.get("external_id") or "")
    if other is not None and other.payload["id"] != instead_of:
        raise SlackError("duplicate_external_id")
    return complete_view(view)


def open_modal(workspace: Workspace, user: str, view: dict[str, Any], *, push: bool) -> View:
    """Show an accepted view to a person, above what is open or instead of it."""
    stack = workspace.world.modals[user]
    payload = workspace.world.view_payload(view)
    if push:
        payload["root_view_id"] = stack[0].payload["id"]
        payload["previous_view_id"] = stack[-1].payload["id"]
    else:
        stack.clear()
    made = View(user, payload)
    stack.append(made)
    workspace.changed("view", user=user, view_id=payload["id"])
    return made


def change_view(workspace: Workspace, view: View, new: dict[str, Any]) -> None:
    """Put an accepted view in the place of another; what the person typed into inputs that remain is kept."""
    old = view.payload
    payload = workspace.world.view_payload(new, view_id=old["id"])
    payload["root_view_id"], payload["previous_view_id"] = old["root_view_id"], old["previous_view_id"]
    kept = {(block["block_id"], element["action_id"]) for block, element in elements(payload["blocks"])}
    view.values = {
        block_id: remaining
        for block_id, values in view.values.items()
        if (remaining := {action: value for action, value in values.items() if (block_id, action) in kept})
    }
    payload["state"] = {"values": view.values}
    view.payload = payload
    workspace.changed("view", user=view.user, view_id=payload["id"])


def _triggered(workspace: Workspace, arguments: Arguments) -> tuple[str, str, dict[str, Any]]:
    required(arguments, "view")
    if not arguments.get("trigger_id"):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    view = accepted(workspace, arguments["view"], home=False)
    trigger = workspace.exchange(arguments["trigger_id"])
    return trigger.user, trigger.view_id, view


@method("views.open", tier=4)
async def views_open(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Open a modal for the person who pressed; needs a trigger_id."""
    user, _, view = _triggered(workspace, arguments)
    return {"view": open_modal(workspace, user, view, push=False).payload}


@method("views.push", tier=4)
async def views_push(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Put a modal above the one the person pressed in; at most three are open."""
    user, pressed_in, view = _triggered(workspace, arguments)
    stack = workspace.world.modals[user]
    if not any(one.payload["id"] == pressed_in for one in stack):
        raise SlackError("not_found")
    if len(stack) >= STACK_MOST:
        raise SlackError("push_limit_reached")
    return {"view": open_modal(workspace, user, view, push=True).payload}


@method("views.update", tier=4)
async def views_update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Change an open modal, or a home; ``hash`` guards against a race."""
    required(arguments, "view")
    if arguments.get("view_id"):
        found = workspace.world.find_view(str(arguments["view_id"]))
    elif arguments.get("external_id"):
        found = workspace.world.external(str(arguments["external_id"]))
    else:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view_id or external_id"])
    if found is None:
        raise SlackError("not_found")
    view = accepted(
        workspace, arguments["view"], home=found.payload["type"] == "home", instead_of=found.payload["id"]
    )
    if arguments.get("hash") and arguments["hash"] != found.payload["hash"]:
        raise SlackError("hash_conflict")
    change_view(workspace, found, view)
    return {"view": found.payload}


@method("views.publish", tier=4)
async def views_publish(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Set a person's home tab."""
    required(arguments, "user_id", "view")
    user = arguments["user_id"]
    if user not in workspace.world.people:
        raise SlackError("invalid_arguments", ["invalid `user_id`"])
    old = workspace.world.homes.get(user)
    view = accepted(workspace, arguments["view"], home=True, instead_of=old.payload["id"] if old else "")
    if arguments.get("hash") and (old is None or arguments["hash"] != old.payload["hash"]):
        raise SlackError("hash_conflict")
    payload = workspace.world.view_payload(view, view_id=old.payload["id"] if old else None)
    workspace.world.homes[user] = View(user, payload)
    workspace.changed("home", user=user, view_id=payload["id"])
    return {"view": payload}

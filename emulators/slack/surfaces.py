"""Buttons, selects and modals as people use them: presses, submissions, what the client itself checks."""

from typing import Any

from emulators.slack import events
from emulators.slack import values as inputs
from emulators.slack.delivery import Delivery
from emulators.slack.state import Channel, Message, Refused, SlackError, View
from emulators.slack.views import accepted, change_view, open_modal
from emulators.slack.workspace import Workspace

NO_ANSWER = "Updraft is not responding. Please try again."
VIEW_TROUBLE = "We had some trouble connecting. Try again?"


class Surfaces(Workspace):
    """The workspace with people who use what the app shows them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._entered: dict[tuple[str, str], inputs.State] = {}

    def reset(self) -> None:
        """Return to the seed."""
        self._entered.clear()
        super().reset()

    def conversation(self, user: str, channel: str) -> Channel:
        """Return a conversation the person is in; raises Refused."""
        self.person(user)
        found = self._known(channel)
        if user not in found.members:
            raise Refused(f"{user} is not in {channel}")
        return found

    def _known(self, channel: str) -> Channel:
        try:
            return self.world.channel(channel)
        except SlackError as error:
            raise Refused(f"there is no conversation {channel}") from error

    async def _interact(
        self, user: str, trigger: str, payload: dict[str, Any], channel: str = "", ts: str = ""
    ) -> dict[str, Any]:
        sent = await self.delivery.request(Delivery("interactive", trigger, payload))
        if sent.status == "acked":
            return {"ok": True}
        self.fail(user, NO_ANSWER, channel, ts)
        return {"ok": False, "error": _error(sent)}

    def _message(self, user: str, channel: Channel, ts: str) -> Message:
        private = next(
            (m for m in self.world.ephemerals[user] if m["ts"] == ts and m["channel"] == channel.id), None
        )
        message = private or channel.messages.get(ts)
        if message is None:
            raise Refused(f"there is no message {ts} in {channel.id}")
        return message

    async def press(
        self,
        user: str,
        channel: str | None = None,
        ts: str | None = None,
        action_id: str = "",
        value: str | None = None,
        selected: Any = None,
        state: dict[str, Any] | None = None,
        *,
        view_id: str | None = None,
        stale: bool = False,
    ) -> dict[str, Any]:
        """Press a button or choose in a select, in a message or a view; return ``{"ok": …}`` when it is acknowledged.

        ``value`` picks among buttons of one action_id, or is what a feedback or dispatching input got; ``selected`` is an
        option's value, ``state`` other inputs' values by action_id. ``stale`` presses in another window that still shows the message as it was
        before its last change. Raises Refused when there is no such element.
        """
        if view_id is not None:
            return await self._press_in_view(user, view_id, action_id, value, selected, state or {})
        if channel is None or ts is None:
            raise Refused("press needs channel and ts, or view_id")
        where = self.conversation(user, channel)
        message = self._message(user, where, ts)
        blocks = (self.earlier.get((where.id, ts)) if stale else message.get("blocks")) or []
        block, element = inputs.find(blocks, action_id, value)
        kept = self._remember((user, ts), blocks, state or {})
        chosen = inputs.action(block, element, value if selected is None else selected, self.world.now_ts())
        _keep(kept, block, element, chosen)
        trigger = self.trigger(user)
        payload = events.message_action_payload(
            self.person(user),
            trigger,
            where,
            message,
            response_url=self.response_url("actions", user, where.id, message),
            state=inputs.merged(inputs.initial_state(blocks), kept),
            action=chosen,
        )
        return await self._interact(user, trigger, payload, where.id, ts)

    def _remember(
        self, key: tuple[str, str], blocks: list[dict[str, Any]], state: dict[str, Any]
    ) -> inputs.State:
        kept = self._entered.setdefault(key, {})
        for action_id, value in state.items():
            block, element = inputs.find(blocks, action_id, None)
            kept.setdefault(block["block_id"], {})[action_id] = inputs.entered(element, value)
        return kept

    def _open_view(self, user: str, view_id: str) -> View:
        view = self.world.find_view(view_id)
        if view is None or view.user != user:
            raise Refused(f"{user} has no view {view_id} open")
        if view.payload["type"] == "modal" and self.world.modals[user][-1] is not view:
            raise Refused(f"another view is above {view_id}")
        return view

    async def _press_in_view(
        self, user: str, view_id: str, action_id: str, value: Any, selected: Any, state: dict[str, Any]
    ) -> dict[str, Any]:
        view = self._open_view(user, view_id)
        self._enter(view, state)
        block, element = inputs.find(view.payload["blocks"], action_id, value)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise Refused(f"{action_id!r} does not dispatch actions")
        chosen = inputs.action(block, element, value if selected is None else selected, self.world.now_ts())
        _keep(view.values, block, element, chosen)
        self._enter(view, {})
        trigger = self.trigger(user, view_id)
        payload = events.view_action_payload(self.person(user), trigger, view, chosen)
        return await self._interact(user, trigger, payload)

    def _enter(self, view: View, entered: dict[str, Any]) -> None:
        """Put what a person typed into a view's state; raises Refused for an input that is not there."""
        blocks = view.payload["blocks"]
        for action_id, value in entered.items():
            block, element = inputs.find(blocks, action_id, None)
            view.values.setdefault(block["block_id"], {})[action_id] = inputs.entered(element, value)
        state = inputs.merged(inputs.initial_state(blocks), view.values)
        view.payload = view.payload | {"state": {"values": state}}

    async def submit(self, user: str, view_id: str, values: dict[str, Any]) -> dict[str, Any]:
        """Submit a modal with values by action_id.

        Returns ``{"ok": True}``, ``{"errors": {block_id: …}}`` from the client's own checks or from the app, or
        ``{"error": "timeout"}``; the view stays open unless it is ok.
        """
        view = self._open_view(user, view_id)
        if view.payload["type"] != "modal":
            raise Refused(f"{view_id} is not a modal")
        if not view.payload["submit"]:
            raise Refused(f"{view_id} has no submit button")
        self._enter(view, values)
        wrong = _wrong(view)
        if wrong:
            return {"errors": wrong}
        trigger = self.trigger(user, view_id)
        payload = events.submission_payload(
            self.person(user), trigger, view.payload, self._response_urls_of(view)
        )
        sent = await self.delivery.request(Delivery("interactive", trigger, payload, accepts_answer=True))
        if sent.status != "acked":
            self.fail(user, VIEW_TROUBLE)
            return {"error": _error(sent)}
        return await self._submitted(user, view, sent.answer)

    def _response_urls_of(self, view: View) -> list[dict[str, str]]:
        made = []
        for block in view.payload["blocks"]:
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            entry = view.payload["state"]["values"][block["block_id"]][element["action_id"]]
            channel = entry.get("selected_conversation") or entry.get("selected_channel")
            if channel:
                url = self.response_url("app", view.user, channel)
                names = {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                }
                made.append(names | {"response_url": url})
        return made

    async def _submitted(self, user: str, view: View, answer: Any) -> dict[str, Any]:
        """Do what the app's answer to a submission asks for."""
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if action is None:
            self._pop(user, view)
            return {"ok": True}
        if action == "clear":
            await self._clear(user, submitted=view)
            return {"ok": True, "response_action": "clear"}
        try:
            if action == "errors":
                return {"errors": _checked_errors(view, answer.get("errors"))}
            if action == "update":
                instead = view.payload["id"]
                change_view(self, view, accepted(self, answer.get("view"), home=False, instead_of=instead))
                return {"ok": True, "response_action": "update", "view_id": instead}
            if action == "push":
                pushed = open_modal(self, user, accepted(self, answer.get("view"), home=False), push=True)
                return {"ok": True, "response_action": "push", "view_id": pushed.payload["id"]}
        except SlackError as error:
            self.fail(user, VIEW_TROUBLE)
            return {"error": error.code, "messages": error.messages or []}
        self.fail(user, VIEW_TROUBLE)
        return {"error": "invalid_response_action", "messages": [f"unknown response_action {action!r}"]}

    def _pop(self, user: str, view: View) -> None:
        if view in self.world.modals[user]:
            self.world.modals[user].remove(view)
        self.changed("view_closed", user=user, view_id=view.payload["id"])

    async def _clear(self, user: str, submitted: View | None = None) -> None:
        for view in list(reversed(self.world.modals[user])):
            self._pop(user, view)
            if view is not submitted:
                await self._tell_closed(user, view, cleared=True)

    async def _tell_closed(self, user: str, view: View, *, cleared: bool) -> None:
        if view.payload["notify_on_close"]:
            payload = events.closed_payload(self.person(user), view.payload, cleared=cleared)
            await self.delivery.request(Delivery("interactive", view.payload["id"], payload))

    async def close(self, user: str, view_id: str, *, everything: bool = False) -> None:
        """Close a modal with Cancel, or ``everything`` with the X; clear_on_close closes all as well."""
        view = self._open_view(user, view_id)
        if view.payload["type"] != "modal":
            raise Refused(f"{view_id} is not a modal")
        if everything or view.payload["clear_on_close"]:
            await self._clear(user)
        else:
            self._pop(user, view)
            await self._tell_closed(user, view, cleared=False)

    async def suggest(
        self,
        user: str,
        action_id: str,
        value: str,
        *,
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> list[dict[str, Any]]:
        """Type into an external select of a view or message; return the options that the app offers."""
        blocks, where = self._surface(user, view_id, channel, ts)
        block, element = inputs.find(blocks, action_id, None)
        if element["type"] not in ("external_select", "multi_external_select"):
            raise Refused(f"{action_id!r} is not an external select")
        payload = events.suggestion_payload(self.person(user), where, block["block_id"], action_id, value)
        sent = await self.delivery.request(Delivery("interactive", action_id, payload, accepts_answer=True))
        if sent.status != "acked" or not isinstance(sent.answer, dict):
            return []
        groups = sent.answer.get("option_groups") or []
        found = [*(sent.answer.get("options") or []), *(one for group in groups for one in group["options"])]
        return found[:100]

    def _surface(
        self, user: str, view_id: str | None, channel: str | None, ts: str | None
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the blocks of a view or message, and how a payload names it."""
        if view_id is not None:
            view = self._open_view(user, view_id)
            return view.payload["blocks"], {
                "container": {"type": "view", "view_id": view_id},
                "view": view.payload,
            }
        if channel is None or ts is None:
            raise Refused("channel and ts are needed, or view_id")
        where = self.conversation(user, channel)
        message = self._message(user, where, ts)
        container = events.message_container(where, message)
        shown = {"container": container, "channel": events.place(where)}
        return message.get("blocks") or [], shown if message.get("is_ephemeral") else shown | {
            "message": message
        }


def _keep(
    state: inputs.State, block: dict[str, Any], element: dict[str, Any], chosen: dict[str, Any]
) -> None:
    """Remember a choice, so that later payloads carry it in their state."""
    names = [name for name in chosen if name.startswith("selected_") or name in ("value", "rich_text_value")]
    if element["type"] not in ("button", "overflow", "feedback_buttons", "icon_button", "workflow_button"):
        entry = {"type": element["type"]} | {name: chosen[name] for name in names}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry


def _wrong(view: View) -> dict[str, str]:
    state = view.payload["state"]["values"]
    found = {}
    for block in view.payload["blocks"]:
        if block["type"] == "input":
            entry = state[block["block_id"]][block["element"]["action_id"]]
            found[block["block_id"]] = inputs.faults(block, entry)
    return {block_id: text for block_id, text in found.items() if text}


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    """Accept the app's errors only for input blocks that are there, as the client does."""
    inputs = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors", [f"errors must name input blocks of the view: {sorted(inputs)}"])
    return {block_id: str(text) for block_id, text in errors.items()}


def _error(sent: Delivery) -> str:
    return "timeout" if sent.error in ("timeout", "http_timeout") else sent.error or "dispatch_failed"

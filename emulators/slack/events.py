"""The payloads an app receives, in Slack's shapes: event envelopes, interactions, slash commands."""

import secrets
from typing import Any

from emulators.people import APP_ID, BOT_USER, TEAM, TEAM_DOMAIN, Person
from emulators.slack.delivery import VERIFICATION_TOKEN
from emulators.slack.state import Channel, Message, View, team

# What a message event carries of the stored message; the thread's counters stay behind.
_EVENT_FIELDS = (
    "subtype",
    "text",
    "user",
    "ts",
    "client_msg_id",
    "team",
    "bot_id",
    "app_id",
    "bot_profile",
    "username",
    "blocks",
    "attachments",
    "files",
    "upload",
    "display_as_bot",
    "thread_ts",
    "parent_user_id",
    "root",
    "app_context",
    "metadata",
    "edited",
)


def envelope(event: dict[str, Any], *, event_id: str | None = None) -> dict[str, Any]:
    """Wrap an event as the Events API does."""
    where = event.get("channel") or ""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"1-{event['type']}-{TEAM}-{where}",
    }


def message_event(channel: Channel, message: Message) -> dict[str, Any]:
    """Return the ``message`` event of a new message."""
    carried = {name: message[name] for name in _EVENT_FIELDS if name in message}
    return {
        "type": "message",
        **carried,
        "channel": channel.id,
        "event_ts": message["ts"],
        "channel_type": channel.kind,
    }


def mention_event(channel: Channel, message: Message) -> dict[str, Any]:
    """Return the ``app_mention`` event of a message."""
    event = message_event(channel, message) | {"type": "app_mention"}
    for name in ("channel_type", "subtype"):
        event.pop(name, None)
    return event


def changed_event(channel: Channel, message: Message, previous: Message, ts: str) -> dict[str, Any]:
    """Return the ``message_changed`` event of an edit."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message,
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted_event(channel: Channel, previous: Message, ts: str) -> dict[str, Any]:
    """Return the ``message_deleted`` event."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": previous["ts"],
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def user(person: Person) -> dict[str, str]:
    """Return the person as interactions name them."""
    name = handle(person)
    return {"id": person.slack, "username": name, "name": name, "team_id": TEAM}


def handle(person: Person) -> str:
    """Return the person's short name."""
    return person.email.partition("@")[0]


def _interaction(kind: str, person: Person, trigger_id: str) -> dict[str, Any]:
    return {
        "type": kind,
        "user": user(person),
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger_id,
        "team": team(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(channel: Channel) -> dict[str, str]:
    """Return a channel as interactions name it."""
    return {"id": channel.id, "name": channel.name}


def message_container(channel: Channel, message: Message) -> dict[str, Any]:
    """Return where an element of a message is."""
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": bool(message.get("is_ephemeral")),
    }
    return container | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {})


def message_action_payload(
    person: Person,
    trigger_id: str,
    channel: Channel,
    message: Message,
    *,
    response_url: str,
    state: dict[str, Any],
    action: dict[str, Any],
) -> dict[str, Any]:
    """Return ``block_actions`` of an element in a message."""
    payload = _interaction("block_actions", person, trigger_id) | {
        "container": message_container(channel, message),
        "channel": place(channel),
        "state": {"values": state},
        "response_url": response_url,
        "actions": [action],
    }
    return payload if message.get("is_ephemeral") else payload | {"message": message}


def view_action_payload(
    person: Person, trigger_id: str, view: View, action: dict[str, Any]
) -> dict[str, Any]:
    """Return ``block_actions`` of an element in a modal or a home."""
    return _interaction("block_actions", person, trigger_id) | {
        "container": {"type": "view", "view_id": view.payload["id"]},
        "view": view.payload,
        "actions": [action],
    }


def submission_payload(
    person: Person, trigger_id: str, view: dict[str, Any], response_urls: list[dict[str, str]]
) -> dict[str, Any]:
    """Return ``view_submission``."""
    return _interaction("view_submission", person, trigger_id) | {
        "view": view,
        "response_urls": response_urls,
    }


def closed_payload(person: Person, view: dict[str, Any], *, cleared: bool) -> dict[str, Any]:
    """Return ``view_closed``."""
    payload = _interaction("view_closed", person, "") | {
        "view": view,
        "is_cleared": cleared,
        "response_urls": [],
    }
    del payload["trigger_id"]
    return payload


def suggestion_payload(
    person: Person, where: dict[str, Any], block_id: str, action_id: str, value: str
) -> dict[str, Any]:
    """Return ``block_suggestion``: what a person has typed into an external select."""
    payload = _interaction("block_suggestion", person, "") | where
    del payload["trigger_id"]
    return payload | {"block_id": block_id, "action_id": action_id, "value": value}


def shortcut_payload(person: Person, trigger_id: str, callback_id: str, action_ts: str) -> dict[str, Any]:
    """Return a global ``shortcut``."""
    payload = _interaction("shortcut", person, trigger_id)
    del payload["api_app_id"]
    return payload | {"action_ts": action_ts, "callback_id": callback_id}


def message_shortcut_payload(
    person: Person,
    trigger_id: str,
    callback_id: str,
    action_ts: str,
    channel: Channel,
    message: Message,
    response_url: str,
) -> dict[str, Any]:
    """Return a ``message_action``: a shortcut from a message's menu."""
    payload = _interaction("message_action", person, trigger_id)
    return payload | {
        "action_ts": action_ts,
        "callback_id": callback_id,
        "channel": place(channel),
        "message_ts": message["ts"],
        "message": message,
        "response_url": response_url,
    }


def command_payload(
    person: Person, trigger_id: str, channel: Channel, command: str, text: str, response_url: str
) -> dict[str, str]:
    """Return the form of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": person.slack,
        "user_name": handle(person),
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }

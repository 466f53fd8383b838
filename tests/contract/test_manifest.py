"""manifest.yml creates this very app: valid by Slack's schema, subscribed to what is listened to, granted what is used."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor import SCOPES
from bot.slack import commands
from bot.slack.listeners import Listeners
from engine import Route
from engine.routing import route
from tests.contract.product_traffic import Traffic, traffic
from tests.official import official_json

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
EVENTS: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
GRANTED: list[str] = MANIFEST["oauth_config"]["scopes"]["bot"]

BOT = {"team_id": "T0EXAMPLE1", "user_id": "U0BOT"}
EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history", "app_home_opened": None}
"""What Slack asks for an event (https://docs.slack.dev/reference/events)."""
FEATURE_SCOPES = {"agent_view": "assistant:write", "slash_commands": "commands", "shortcuts": "commands"}
"""What Slack asks for a feature (https://docs.slack.dev/reference/scopes)."""


class Noted(AsyncApp):
    """A Bolt app that notes what is registered by name."""

    def __init__(self) -> None:
        super().__init__(client=AsyncWebClient(token="xoxb-x"), signing_secret="x", token="xoxb-x")
        self.noted: dict[str, list[Any]] = {}

    def event(self, event: Any, *rest: Any, **more: Any) -> Any:
        self.noted.setdefault("event", []).append(event)
        return super().event(event, *rest, **more)

    def command(self, command: Any, *rest: Any, **more: Any) -> Any:
        self.noted.setdefault("command", []).append(command)
        return super().command(command, *rest, **more)

    def shortcut(self, constraints: Any, *rest: Any, **more: Any) -> Any:
        self.noted.setdefault("shortcut", []).append(constraints)
        return super().shortcut(constraints, *rest, **more)


@pytest.fixture(scope="module")
def listened() -> dict[str, list[Any]]:
    app = Noted()
    # Registering touches neither engine nor Slack.
    Listeners(None, app.client, None, BOT).register(app)  # type: ignore[arg-type] # nothing is called
    return app.noted


@pytest.fixture(scope="module")
def day() -> Traffic:
    """A day lived with the rights and events that the manifest gives, and no others."""
    return traffic(frozenset(GRANTED), frozenset(EVENTS))


def test_slack_accepts_it() -> None:
    schema = official_json("slack/manifest/schemas_manifest.schema.1.0.0.json")
    check = jsonschema_rs.validator_for(schema)
    assert [f"{list(one.instance_path)}: {one.message}" for one in check.iter_errors(MANIFEST)] == []
    assert MANIFEST["_metadata"]["major_version"] == 1


def test_it_subscribes_to_what_is_listened_to(listened: dict[str, list[Any]]) -> None:
    by_name = {event for event in listened["event"] if isinstance(event, str)}
    assert {event.partition(".")[0] for event in EVENTS} == by_name


def test_its_commands_and_shortcuts_are_listened_to(listened: dict[str, list[Any]]) -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert any(pattern.search(command["command"]) for pattern in listened["command"])
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert any(pattern.search(shortcut["callback_id"]) for pattern in listened["shortcut"])
    kinds = [shortcut["type"] for shortcut in MANIFEST["features"]["shortcuts"]]
    assert sorted(kinds) == ["global", "message"]


def test_the_usage_hint_names_every_subcommand() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    listed = command["usage_hint"].partition("[")[2].partition("]")[0]
    assert set(listed.split(", ")) == {*commands.SUBCOMMANDS, "help"}


def test_suggested_prompts_are_understood() -> None:
    prompts = MANIFEST["features"]["agent_view"]["suggested_prompts"]
    routes = [route(prompt["message"]).route for prompt in prompts]
    # "help" is nobody's rule: it is answered with the list of what Updraft can do.
    assert routes == [Route.PRODUCTIVITY, Route.COMPLETION, Route.EMAIL, Route.CLASSIFY]


def test_doctor_asks_for_the_same_scopes() -> None:
    assert sorted(SCOPES) == GRANTED == sorted(GRANTED)


def test_nothing_is_lacking(day: Traffic) -> None:
    refused = [call.answer for call in day.slack if call.answer.get("error") == "missing_scope"]
    assert refused == []
    for call in day.slack:
        assert not call.scopes or set(call.scopes) & set(GRANTED), call.method


def _used(day: Traffic) -> set[str]:
    called = {scope for call in day.slack for scope in set(call.scopes) & set(GRANTED)}
    # users.info leaves the address out without this one; with it people are found in Jira.
    called |= {"users:read.email"} if any(call.method == "users.info" for call in day.slack) else set()
    subscribed = {scope for event in EVENTS if (scope := EVENT_SCOPES[event]) is not None}
    features = {scope for name, scope in FEATURE_SCOPES.items() if name in MANIFEST["features"]}
    return called | subscribed | features


def test_every_scope_is_used(day: Traffic) -> None:
    assert set(GRANTED) == _used(day)

"""What the stand-in delivers has at least the shape of the true payloads that Slack's own SDKs are tested with."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest

from emulators.people import ANA, APP_TOKEN, BEN, BOT_TOKEN, CHANNEL
from emulators.slack import SlackEmulator
from emulators.slack.state import View
from emulators.slack.views import accepted, open_modal
from emulators.slack.workspace import bot_message
from tests.official import official_json

BOLT = "slack/payloads/bolt_python_test_payloads.json"
FRAMES = "slack/payloads/socket_mode_frames.json"
CONTROL = "slack/payloads/socket_mode_control_frames.json"
NEWER = "slack/events/newer_events_examples.json"

# Only Enterprise Grid workspaces have these; authed_users ended with authorizations; thumbnails depend on the picture.
ABSENT = {"enterprise_id", "enterprise_name", "enterprise", "authed_users"}
ELSEWHERE = ("thumb_", "original_")


def lacking(true: Any, ours: Any, path: str = "") -> list[str]:
    """List where ``ours`` lacks a key of ``true`` or has another type there."""
    if true is None or ours is None:
        return []
    if isinstance(true, bool) or isinstance(ours, bool) or not isinstance(ours, type(true)):
        return (
            [] if type(true) is type(ours) else [f"{path}: {type(ours).__name__}, not {type(true).__name__}"]
        )
    if isinstance(true, dict):
        found = []
        for name, one in true.items():
            if name in ABSENT or name.startswith(ELSEWHERE):
                continue
            if name not in ours:
                found.append(f"{path}/{name} is missing")
            else:
                found += lacking(one, ours[name], f"{path}/{name}")
        return found
    if isinstance(true, list) and true and ours:
        return lacking(true[0], ours[0], f"{path}/0")
    return []


def true_payload(name: str) -> Any:
    payload = official_json(BOLT)[name]
    return dict(parse_qsl(payload["__form__"])) if "__form__" in payload else payload


@pytest.fixture
def slack() -> SlackEmulator:
    return SlackEmulator(base_url="http://slack.example/slack")


def only(slack: SlackEmulator) -> dict[str, Any]:
    """Return the payload of the last delivery."""
    return slack.deliveries[-1].payload


BLOCKS = [
    {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "x", "verbatim": False}},
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {
                "type": "button",
                "action_id": "a",
                "value": "click_me_123",
                "text": {"type": "plain_text", "text": "Button", "emoji": True},
            }
        ],
    },
]
TITLE = {"type": "plain_text", "text": "My App"}


def modal(element: dict[str, Any]) -> dict[str, Any]:
    """Return an accepted modal with one input, as the store keeps it."""
    block = {"type": "input", "block_id": "hspI", "optional": False, "label": TITLE, "element": element}
    return {
        "type": "modal",
        "title": TITLE,
        "submit": TITLE,
        "close": TITLE,
        "blocks": [block],
        "notify_on_close": True,
    }


def opened(slack: SlackEmulator, element: dict[str, Any]) -> str:
    """Show a modal to Ana and return its id."""
    view = open_modal(slack, ANA.slack, accepted(slack, modal(element), home=False), push=False)
    return str(view.payload["id"])


TEXT_INPUT = {"type": "plain_text_input", "action_id": "maBWU"}


async def test_message_events(slack: SlackEmulator) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "Hello World!")
    assert lacking(true_payload("scenario_tests.test_message.message_body"), only(slack)) == []
    assert (
        lacking(true_payload("scenario_tests.test_message_bot.user_message_event_payload"), only(slack)) == []
    )
    await slack.edit(ANA.slack, ANA.dm, ts, "updated message")
    assert lacking(true_payload("scenario_tests.test_message_changed.event_payload"), only(slack)) == []
    await slack.delete(ANA.slack, ANA.dm, ts)
    assert lacking(true_payload("scenario_tests.test_message_deleted.event_payload"), only(slack)) == []


async def test_a_message_with_a_file(slack: SlackEmulator) -> None:
    await slack.say(ANA.slack, ANA.dm, "Hi there!", files=["file.png"])
    assert lacking(true_payload("scenario_tests.test_message_file_share.event_payload"), only(slack)) == []


async def test_messages_of_bots(slack: SlackEmulator) -> None:
    await slack.publish(slack.world.channel(ANA.dm), bot_message({"text": "Hi"}))
    assert (
        lacking(true_payload("scenario_tests.test_message_bot.bot_message_event_payload"), only(slack)) == []
    )
    await slack.post_as_other_app(ANA.dm, "Hi")
    true = true_payload("scenario_tests.test_message_bot.classic_bot_message_event_payload")
    assert lacking(true, only(slack)) == []


async def test_mentions_and_the_home(slack: SlackEmulator) -> None:
    await slack.mention(ANA.slack, CHANNEL, "Hi there!")
    assert lacking(true_payload("scenario_tests.test_app.app_mention_event_body"), only(slack)) == []
    await slack.open_home(ANA.slack, "messages")
    assert lacking(true_payload("scenario_tests.test_events_org_apps.event_payload_L153"), only(slack)) == []


async def test_the_envelope_has_the_published_fields(slack: SlackEmulator) -> None:
    await slack.say(ANA.slack, ANA.dm, "hello")
    wrapper = official_json("slack/events/slack_common_event_wrapper_schema.json")
    assert set(wrapper["required"]) - ABSENT <= set(only(slack))
    assert set(wrapper["properties"]["event"]["required"]) <= set(only(slack)["event"])


@pytest.mark.parametrize(
    "name",
    [
        "app_home_opened (agent_view, Messages tab)",
        "app_home_opened (Home tab, already published)",
        "app_context_changed",
        "app_context_changed (nothing in view)",
        "message.im with folded context",
        "agent_session_stopped",
        "assistant_thread_started (legacy assistant_view)",
    ],
)
async def test_newer_events(slack: SlackEmulator, name: str) -> None:
    if name == "app_context_changed (nothing in view)":
        await slack.look_at(ANA.slack, None)
    elif name.startswith("app_context_changed"):
        await slack.look_at(ANA.slack, CHANNEL, await slack.say(ANA.slack, CHANNEL, "x"))
    else:
        await slack.look_at(ANA.slack, CHANNEL)
    if name.startswith("assistant_thread_started"):
        slack.subscriptions |= {"assistant_thread_started"}
        await slack.open_assistant(ANA.slack, CHANNEL)
    elif name.startswith("app_home_opened (agent"):
        await slack.open_home(ANA.slack, "messages")
    elif name.startswith("app_home_opened"):
        home = slack.world.view_payload({"type": "home", "blocks": []})
        slack.world.homes[ANA.slack] = View(ANA.slack, home)
        await slack.open_home(ANA.slack)
    elif name.startswith("message.im"):
        await slack.say(ANA.slack, ANA.dm, "done with PROJ-12")
    elif name.startswith("agent_session_stopped"):
        ts = await slack.say(ANA.slack, ANA.dm, "tell me")
        stream = {"type": "message", "text": "", "streaming": {"since": 0}}
        slack.world.add(slack.world.channel(ANA.dm), stream, ts)
        await slack.stop_stream(ANA.slack, ANA.dm, ts)
    assert lacking(official_json(NEWER)[name], only(slack)["event"]) == []


@pytest.mark.parametrize(
    "name", ["scenario_tests.test_block_actions.body", "slack_bolt.request.test_request.payload"]
)
async def test_presses_in_a_message(slack: SlackEmulator, name: str) -> None:
    message = slack.whisper(ANA.slack, slack.world.channel(CHANNEL), {"text": "x", "blocks": BLOCKS})
    await slack.press(ANA.slack, CHANNEL, message["ts"], "a")
    assert lacking(true_payload(name), only(slack)) == []


async def test_modals(slack: SlackEmulator) -> None:
    view_id = opened(slack, TEXT_INPUT)
    await slack.submit(ANA.slack, view_id, {"maBWU": "test"})
    assert lacking(true_payload("scenario_tests.test_view_submission.body"), only(slack)) == []
    (state,) = only(slack)["view"]["state"]["values"]["hspI"].values()
    assert state == {"type": "plain_text_input", "value": "test"}
    await slack.close(ANA.slack, view_id)
    assert lacking(true_payload("scenario_tests.test_view_closed.body"), only(slack)) == []


async def test_a_submission_with_a_response_url(slack: SlackEmulator) -> None:
    element = {"type": "conversations_select", "action_id": "c", "response_url_enabled": True}
    await slack.submit(ANA.slack, opened(slack, element), {"c": CHANNEL})
    assert (
        lacking(true_payload("scenario_tests.test_view_submission.response_url_payload_body"), only(slack))
        == []
    )


async def test_suggestions(slack: SlackEmulator) -> None:
    view_id = opened(slack, {"type": "external_select", "action_id": "e", "placeholder": TITLE})
    await slack.suggest(ANA.slack, "e", "search word", view_id=view_id)
    true = true_payload("scenario_tests.test_block_suggestion.body")
    true = true | {"view": true["view"] | {"blocks": true["view"]["blocks"][1:]}}
    assert lacking(true, only(slack)) == []


async def test_shortcuts(slack: SlackEmulator) -> None:
    await slack.shortcut(ANA.slack, "test-shortcut")
    assert lacking(true_payload("adapter_tests.asgi.test_asgi_http.body_data"), only(slack)) == []
    ts = await slack.say(ANA.slack, CHANNEL, "<@U0BEN00001> test")
    await slack.shortcut(ANA.slack, "test-shortcut", CHANNEL, ts)
    assert lacking(true_payload("scenario_tests.test_app_using_methods_in_class.payload"), only(slack)) == []


async def test_slash_commands(slack: SlackEmulator) -> None:
    await slack.command(ANA.slack, CHANNEL, "Hi")
    assert lacking(true_payload("adapter_tests.asgi.test_asgi_http.body"), only(slack)) == []
    assert (
        lacking(true_payload("slack_bolt.request.test_payload_utils.slash_command_body"), only(slack)) == []
    )
    assert all(isinstance(value, str) for value in only(slack).values())


@pytest.fixture
async def served() -> AsyncIterator[SlackEmulator]:
    emulator = SlackEmulator(ack_timeout=0.1, retry_delays=())
    async with emulator.served():
        yield emulator


async def socket(slack: SlackEmulator, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    bearer = {"Authorization": f"Bearer {APP_TOKEN}"}
    async with session.post(f"{slack.base_url}/api/apps.connections.open", headers=bearer) as answer:
        return await session.ws_connect((await answer.json())["url"])


async def test_socket_mode_frames(served: SlackEmulator) -> None:
    frames = official_json(FRAMES)
    async with aiohttp.ClientSession() as session, await socket(served, session) as ws:
        hello = await ws.receive_json()
        assert lacking(frames["python-slack-sdk:hello:"], hello) == []
        assert lacking(official_json(CONTROL)["hello"], hello) == []
        await served.mention(ANA.slack, CHANNEL, "hi")
        assert lacking(frames["python-slack-sdk:events_api:event_callback"], await ws.receive_json()) == []
        await served.say(ANA.slack, ANA.dm, f"<@{BEN.slack}>")
        assert lacking(frames["bolt-python:events_api:event_callback"], await ws.receive_json()) == []
        await served.command(ANA.slack, CHANNEL, "hi")
        for name in ("python-slack-sdk", "bolt-python"):
            true = frames[f"{name}:slash_commands:/hello-socket-mode"]
        assert lacking(true, await ws.receive_json()) == []
        await served.shortcut(ANA.slack, "do-something")
        assert lacking(frames["bolt-python:interactive:shortcut"], await ws.receive_json()) == []
        served.disconnect("warning")
        assert lacking(official_json(CONTROL)["disconnect_warning"], await ws.receive_json()) == []
        served.delivery.max_sockets = 1
        async with await socket(served, session) as other:
            refused = await other.receive_json()
            assert lacking(frames["python-slack-sdk:disconnect:too_many_websockets"], refused) == []
    assert BOT_TOKEN not in json.dumps([one.payload for one in served.deliveries])

"""People press, choose, submit and close what a real Bolt app has shown them, over Socket Mode."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from emulators.people import ANA, APP_TOKEN, BEN, BOT_ID, BOT_TOKEN, BOT_USER, CHANNEL, SIGNING_SECRET
from emulators.slack import Refused, SlackEmulator


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(name), "value": name} for name in ("red", "green")]
CARD: list[dict[str, Any]] = [
    {"type": "section", "block_id": "s", "text": plain("Draft")},
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "text": plain("Post"),
                "value": "draft-1",
                "style": "primary",
            },
            {"type": "static_select", "action_id": "colour", "options": OPTIONS},
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "edit",
    "title": plain("Edit"),
    "submit": plain("Save"),
    "notify_on_close": True,
    "private_metadata": "draft-1",
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": plain("Text"),
            "element": {
                "type": "plain_text_input",
                "action_id": "text",
                "initial_value": "old",
                "max_length": 20,
            },
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": plain("Who"),
            "element": {"type": "users_select", "action_id": "who"},
        },
        {
            "type": "input",
            "block_id": "find",
            "optional": True,
            "label": plain("Find"),
            "element": {"type": "external_select", "action_id": "find", "min_query_length": 0},
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "again", "text": plain("Again")}],
        },
    ],
}


class Product:
    """A Bolt app that keeps each payload it gets and acknowledges with ``answer``, or not at all when ``silent``."""

    def __init__(self, base_url: str) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.silent = False
        self.web = AsyncWebClient(token=BOT_TOKEN, base_url=f"{base_url}/api/")
        self.bolt = AsyncApp(client=self.web, signing_secret=SIGNING_SECRET)
        self.bolt.middleware(self._take)

    async def _take(self, ack: Any, body: dict[str, Any], next: Any) -> BoltResponse:
        self.bodies.append(body)
        answer: BoltResponse = BoltResponse(status=404) if self.silent else await ack(**self.answer)
        return answer

    @property
    def last(self) -> dict[str, Any]:
        return self.bodies[-1]


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    emulator = SlackEmulator()
    async with emulator.served():
        yield emulator


@pytest.fixture
async def product(slack: SlackEmulator) -> AsyncIterator[Product]:
    made = Product(str(slack.base_url))
    handler = AsyncSocketModeHandler(made.bolt, APP_TOKEN)
    handler.client.web_client.base_url = made.web.base_url
    await handler.connect_async()  # type: ignore[no-untyped-call]  # not annotated there
    await slack.wait_connected()
    yield made
    await handler.close_async()  # type: ignore[no-untyped-call]  # not annotated there


async def card(product: Product, channel: str = ANA.dm) -> str:
    return str((await product.web.chat_postMessage(channel=channel, text="Draft", blocks=CARD))["ts"])


async def open_modal(slack: SlackEmulator, product: Product, view: Any = MODAL) -> str:
    await product.web.views_open(trigger_id=slack.trigger(ANA.slack), view=view)
    return str(slack.views(ANA.slack)[-1]["id"])


async def test_a_button_in_a_message(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    assert await slack.press(ANA.slack, ANA.dm, ts, "approve") == {"ok": True}
    body = product.last
    assert body["actions"][0] | {"action_ts": ""} == {
        "action_id": "approve",
        "block_id": "buttons",
        "type": "button",
        "value": "draft-1",
        "style": "primary",
        "text": plain("Post") | {"emoji": True},
        "action_ts": "",
    }
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": ANA.dm,
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == ts
    await product.web.views_open(trigger_id=body["trigger_id"], view=MODAL)


async def test_a_select_in_a_message_stays_chosen(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    await slack.press(ANA.slack, ANA.dm, ts, "colour", selected="green")
    assert product.last["actions"][0]["selected_option"]["value"] == "green"
    await slack.press(ANA.slack, ANA.dm, ts, "approve")
    assert product.last["state"]["values"]["buttons"]["colour"]["selected_option"]["value"] == "green"


async def test_what_is_not_there_cannot_be_pressed(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    refused = [
        slack.press(ANA.slack, ANA.dm, ts, "reject"),
        slack.press(ANA.slack, ANA.dm, ts, "approve", value="draft-2"),
        slack.press(ANA.slack, ANA.dm, ts, "colour", selected="blue"),
        slack.press(ANA.slack, ANA.dm, "1.0", "approve"),
        slack.press(BEN.slack, ANA.dm, ts, "approve"),
        slack.press(ANA.slack, action_id="approve", view_id="V0"),
        slack.press("U0NOBODY01", ANA.dm, ts, "approve"),
    ]
    for pressing in refused:
        with pytest.raises(Refused):
            await pressing


async def test_a_press_without_ack_shows_a_warning(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    product.silent, slack.delivery.ack_timeout = True, 0.05
    assert await slack.press(ANA.slack, ANA.dm, ts, "approve") == {"ok": False, "error": "timeout"}
    assert slack.state_for(ANA.slack)["failures"][0]["ts"] == ts


async def test_a_response_url_is_good_five_times(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    await slack.press(ANA.slack, ANA.dm, ts, "approve")
    async with aiohttp.ClientSession() as session:
        for number in range(5):
            async with session.post(product.last["response_url"], json={"text": f"{number}"}) as answer:
                assert (answer.status, await answer.text()) == (200, "ok")
        async with session.post(product.last["response_url"], json={"text": "6"}) as answer:
            assert (answer.status, (await answer.json())["error"]) == (404, "used_url")
        async with session.post(f"{slack.base_url}/hooks/actions/T0/none", json={"text": "6"}) as answer:
            assert answer.status == 404
    assert [message["text"] for message in slack.ephemerals(ANA.slack)] == ["0", "1", "2", "3", "4"]


async def test_a_stale_window_still_has_the_old_buttons(slack: SlackEmulator, product: Product) -> None:
    ts = await card(product)
    await product.web.chat_update(channel=ANA.dm, ts=ts, text="Posted", blocks=CARD[:1])
    with pytest.raises(Refused):
        await slack.press(ANA.slack, ANA.dm, ts, "approve")
    await slack.press(ANA.slack, ANA.dm, ts, "approve", stale=True)
    assert product.last["actions"][0]["value"] == "draft-1"


async def test_a_response_url_replaces_deletes_and_speaks_to_all(
    slack: SlackEmulator, product: Product
) -> None:
    ts = await card(product, CHANNEL)
    await slack.press(ANA.slack, CHANNEL, ts, "approve")
    hook = AsyncWebhookClient(product.last["response_url"])
    await hook.send(text="for all", response_type="in_channel")
    await hook.send(text="posted", replace_original=True)
    first, second = slack.history(CHANNEL)
    assert (first["text"], "blocks" in first) == ("posted", False)
    assert (second["text"], second["subtype"], second["bot_id"]) == ("for all", "bot_message", BOT_ID)
    assert (await hook.send(delete_original=True)).status_code == 200
    assert [message["ts"] for message in slack.history(CHANNEL)] == [second["ts"]]
    assert (await hook.send(text="x", blocks=[{"type": "nonsense"}])).status_code == 400
    async with aiohttp.ClientSession() as session, session.post(hook.url, data=b"nonsense") as answer:
        assert answer.status == 400


async def test_a_response_url_ends_after_thirty_minutes() -> None:
    now = [1_795_000_000.0]
    slack = SlackEmulator(clock=lambda: now[0])
    async with slack.served():
        hook = AsyncWebhookClient(slack.response_url("commands", ANA.slack, CHANNEL))
        assert (await hook.send(text="in time")).body == "ok"
        now[0] += 30 * 60 + 1
        late = await hook.send(text="too late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_an_ephemeral_message_is_pressed_and_replaced(slack: SlackEmulator, product: Product) -> None:
    await product.web.chat_postEphemeral(channel=CHANNEL, user=ANA.slack, text="Draft", blocks=CARD)
    (private,) = slack.ephemerals(ANA.slack)
    await slack.press(ANA.slack, CHANNEL, private["ts"], "approve")
    assert product.last["container"]["is_ephemeral"] is True
    assert "message" not in product.last
    with pytest.raises(Refused):
        await slack.press(BEN.slack, CHANNEL, private["ts"], "approve")
    async with aiohttp.ClientSession() as session:
        await session.post(product.last["response_url"], json={"text": "done", "replace_original": True})
        assert [message["text"] for message in slack.ephemerals(ANA.slack)] == ["done"]
        await session.post(product.last["response_url"], json={"delete_original": True})
    assert slack.ephemerals(ANA.slack) == []


async def test_a_modal_is_submitted_with_its_state(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    assert await slack.submit(ANA.slack, view_id, {"text": "new", "who": BEN.slack}) == {"ok": True}
    state = product.last["view"]["state"]["values"]
    assert state["text"]["text"] == {"type": "plain_text_input", "value": "new"}
    assert state["who"]["who"] == {"type": "users_select", "selected_user": BEN.slack}
    assert product.last["view"]["private_metadata"] == "draft-1"
    assert slack.views(ANA.slack) == []


async def test_initial_values_are_submitted_unless_changed(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    await slack.submit(ANA.slack, view_id, {})
    assert product.last["view"]["state"]["values"]["text"]["text"]["value"] == "old"


@pytest.mark.parametrize(
    ("value", "told"),
    [("", "Please complete this required field."), ("x" * 21, "Enter at most 20 characters.")],
)
async def test_the_client_checks_before_the_app_is_asked(
    slack: SlackEmulator, product: Product, value: str, told: str
) -> None:
    view_id = await open_modal(slack, product)
    assert await slack.submit(ANA.slack, view_id, {"text": value}) == {"errors": {"text": told}}
    assert product.bodies == []
    with pytest.raises(Refused):
        await slack.submit(ANA.slack, view_id, {"nonsense": "x"})


async def test_the_app_refuses_updates_pushes_and_clears(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    product.answer = {"response_action": "errors", "errors": {"text": "Say more."}}
    assert await slack.submit(ANA.slack, view_id, {}) == {"errors": {"text": "Say more."}}
    product.answer = {"response_action": "update", "view": MODAL | {"title": plain("Next")}}
    assert (await slack.submit(ANA.slack, view_id, {}))["view_id"] == view_id
    assert slack.views(ANA.slack)[0]["title"]["text"] == "Next"
    product.answer = {"response_action": "push", "view": MODAL}
    pushed = (await slack.submit(ANA.slack, view_id, {}))["view_id"]
    assert [view["id"] for view in slack.views(ANA.slack)] == [view_id, pushed]
    with pytest.raises(Refused):
        await slack.submit(ANA.slack, view_id, {})
    product.answer = {"response_action": "clear"}
    await slack.submit(ANA.slack, pushed, {})
    assert slack.views(ANA.slack) == []
    assert (product.last["type"], product.last["is_cleared"]) == ("view_closed", True)


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nonsense": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_an_invalid_answer_leaves_the_modal_open(
    slack: SlackEmulator, product: Product, answer: dict[str, Any]
) -> None:
    view_id = await open_modal(slack, product)
    product.answer = answer
    assert "error" in await slack.submit(ANA.slack, view_id, {})
    assert [view["id"] for view in slack.views(ANA.slack)] == [view_id]


async def test_a_submission_without_ack_times_out(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    product.silent, slack.delivery.ack_timeout = True, 0.05
    assert await slack.submit(ANA.slack, view_id, {}) == {"error": "timeout"}
    assert len(slack.views(ANA.slack)) == 1


async def test_closing_is_told_when_asked_for(slack: SlackEmulator, product: Product) -> None:
    await slack.close(ANA.slack, await open_modal(slack, product))
    assert (product.last["type"], product.last["is_cleared"]) == ("view_closed", False)
    await slack.close(ANA.slack, await open_modal(slack, product, MODAL | {"notify_on_close": False}))
    assert len(product.bodies) == 1


async def test_a_button_in_a_modal_can_push(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    await slack.press(ANA.slack, action_id="again", view_id=view_id, state={"text": "typed"})
    assert product.last["container"] == {"type": "view", "view_id": view_id}
    assert product.last["view"]["state"]["values"]["text"]["text"]["value"] == "typed"
    await product.web.views_push(trigger_id=product.last["trigger_id"], view=MODAL)
    assert len(slack.views(ANA.slack)) == 2


async def test_an_update_keeps_what_was_typed_into_inputs_that_remain(
    slack: SlackEmulator, product: Product
) -> None:
    view_id = await open_modal(slack, product)
    await slack.press(ANA.slack, action_id="again", view_id=view_id, state={"text": "typed"})
    await product.web.views_update(view_id=view_id, view=MODAL)
    await slack.submit(ANA.slack, view_id, {})
    assert product.last["view"]["state"]["values"]["text"]["text"]["value"] == "typed"


async def test_suggestions_are_asked_for_and_chosen(slack: SlackEmulator, product: Product) -> None:
    view_id = await open_modal(slack, product)
    product.answer = {"options": OPTIONS}
    offered = await slack.suggest(ANA.slack, "find", "gr", view_id=view_id)
    assert (product.last["type"], product.last["value"]) == ("block_suggestion", "gr")
    product.answer = {}
    await slack.submit(ANA.slack, view_id, {"find": offered[1]})
    assert product.last["view"]["state"]["values"]["find"]["find"]["selected_option"]["value"] == "green"


async def test_shortcuts(slack: SlackEmulator, product: Product) -> None:
    await slack.shortcut(ANA.slack, "feedback")
    assert (product.last["type"], product.last["callback_id"]) == ("shortcut", "feedback")
    ts = await slack.say(BEN.slack, CHANNEL, "it broke")
    await slack.shortcut(ANA.slack, "draft", CHANNEL, ts)
    body = product.last
    assert (body["type"], body["message"]["text"], body["user"]["id"]) == (
        "message_action",
        "it broke",
        ANA.slack,
    )


async def test_commands_answer_privately_or_to_all(slack: SlackEmulator, product: Product) -> None:
    product.answer = {"text": "for you"}
    assert await slack.command(ANA.slack, CHANNEL, f"stats <@{BEN.slack}>") == {"ok": True, "text": "for you"}
    assert product.last["text"] == f"stats <@{BEN.slack}>"
    assert [message["text"] for message in slack.ephemerals(ANA.slack)] == ["for you"]
    slack.escape_commands = False
    await slack.command(ANA.slack, CHANNEL, f"stats <@{BEN.slack}>")
    assert product.last["text"] == "stats @ben"


async def test_a_command_answered_with_broken_blocks_fails_for_the_person(
    slack: SlackEmulator, product: Product
) -> None:
    product.answer = {"text": "x", "blocks": [{"type": "nonsense"}]}
    answer = await slack.command(ANA.slack, CHANNEL, "help")
    assert answer["text"] == '/updraft failed with the error "invalid_blocks"'
    assert slack.ephemerals(ANA.slack) == []


async def test_the_home_is_opened_and_pressed(slack: SlackEmulator, product: Product) -> None:
    await slack.open_home(ANA.slack)
    await slack.wait_settled()
    assert (product.last["event"]["tab"], "view" in product.last["event"]) == ("home", False)
    home = {"type": "home", "blocks": CARD}
    await product.web.views_publish(user_id=ANA.slack, view=home)
    published = slack.home(ANA.slack)
    assert published is not None
    await slack.press(ANA.slack, action_id="approve", view_id=published["id"])
    assert product.last["view"]["type"] == "home"
    await slack.open_home(ANA.slack, "messages")
    await slack.wait_settled()
    assert product.last["event"]["context"] == {}


async def test_what_a_person_looks_at_goes_along(slack: SlackEmulator, product: Product) -> None:
    await slack.look_at(ANA.slack, CHANNEL)
    await slack.say(ANA.slack, ANA.dm, "what is this about?")
    await slack.wait_settled()
    (entity,) = product.last["event"]["app_context"]["entities"]
    assert (entity["type"], entity["value"]) == ("slack#/types/channel_id", CHANNEL)


async def test_an_edit_that_adds_a_mention_is_one(slack: SlackEmulator, product: Product) -> None:
    ts = await slack.say(ANA.slack, CHANNEL, "is it done?")
    await slack.edit(ANA.slack, CHANNEL, ts, f"<@{BOT_USER}> is it done?")
    await slack.edit(ANA.slack, CHANNEL, ts, f"<@{BOT_USER}> is it done now?")
    await slack.wait_settled()
    assert [body["event"]["type"] for body in product.bodies] == ["app_mention"]
    assert "edited" in product.last["event"]


async def test_edits_and_deletions_are_events(slack: SlackEmulator, product: Product) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "one")
    await slack.edit(ANA.slack, ANA.dm, ts, "two")
    await slack.delete(ANA.slack, ANA.dm, ts)
    await slack.wait_settled()
    changed, deleted = [body["event"] for body in product.bodies[1:]]
    assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
        "message_changed",
        "two",
        "one",
    )
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    with pytest.raises(Refused):
        await slack.edit(BEN.slack, CHANNEL, ts, "x")


async def test_the_apps_own_messages_come_back_and_bolt_drops_them(
    slack: SlackEmulator, product: Product
) -> None:
    await product.web.chat_postMessage(channel=ANA.dm, text="hi")
    await slack.wait_settled()
    event = slack.deliveries[-1].payload["event"]
    assert (event["user"], event["bot_id"], event["channel_type"]) == (BOT_USER, BOT_ID, "im")
    assert product.bodies == [], "Bolt drops an app's own messages"


async def test_files_and_other_bots(slack: SlackEmulator, product: Product) -> None:
    await slack.say(ANA.slack, ANA.dm, "", files=["log.txt"])
    await slack.post_as_other_app(ANA.dm, "deployed")
    await slack.wait_settled()
    shared, bot = [body["event"] for body in product.bodies]
    assert (shared["subtype"], shared["text"], shared["files"][0]["name"]) == ("file_share", "", "log.txt")
    assert (bot["subtype"], "user" in bot) == ("bot_message", False)
    with pytest.raises(Refused):
        await slack.say(ANA.slack, ANA.dm, "")


async def test_a_legacy_assistant_thread_is_opened(slack: SlackEmulator, product: Product) -> None:
    await slack.open_assistant(ANA.slack, CHANNEL)
    assert product.bodies == [], "agent_view apps do not subscribe to it"
    slack.subscriptions |= {"assistant_thread_started"}
    ts = await slack.open_assistant(ANA.slack, CHANNEL)
    await slack.wait_settled()
    thread = product.last["event"]["assistant_thread"]
    assert (thread["thread_ts"], thread["context"]["channel_id"]) == (ts, CHANNEL)
    await product.web.chat_postMessage(channel=ANA.dm, thread_ts=ts, text="How can I help?")

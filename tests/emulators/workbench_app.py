"""A small Slack app on the real Bolt that shows every block, opens modals and updates messages; the page is tested with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulators.people import ANA, APP_TOKEN, BEN, BOT_TOKEN, CHANNEL, SIGNING_SECRET
from emulators.site import Site

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def option(text: str, **more: Any) -> Block:
    return {"text": plain(text), "value": text.lower(), **more}


def button(text: str, action: str, **more: Any) -> Block:
    return {"type": "button", "text": plain(text), "action_id": action, "value": action, **more}


OPTIONS = [option("Low"), option("Medium"), option("High")]
CONFIRM = {
    "title": plain("Are you sure?"),
    "text": plain("It cannot be undone."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
TEXT = (
    "*Bold*, _italic_, ~struck~, `code with *stars*` and <https://example.com|a link> for <@U0ANA00001> in <#C0PAYMENTS> :tada:\n"
    "> quoted & <!date^1760000000^{date_short}|a day>\n```\nx &lt; 1 && *not bold*\n```\nsnake_case_name and 2*3*4 stay"
)
RICH: Block = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Rich "},
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "text", "text": " for "},
                {"type": "user", "user_id": "U0BEN00001"},
                {"type": "text", "text": " "},
                {"type": "emoji", "name": "rocket"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 0,
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "link", "url": "https://example.com", "text": "second"}],
                },
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quote"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "print(1 < 2)"}]},
    ],
}
DISPLAY: list[Block] = [
    {"type": "header", "text": plain("Everything :sparkles:")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": TEXT},
    },
    {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": "*Status*\nIn Progress"},
            {"type": "mrkdwn", "text": "*Assignee*\nAna"},
            {"type": "plain_text", "text": "Priority\n*not bold*"},
            {"type": "mrkdwn", "text": "*Due*\nFriday"},
        ],
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Snooze"), option("Archive")],
        },
    },
    {"type": "divider"},
    RICH,
    {
        "type": "markdown",
        "text": "### Markdown\n\n**bold** and *slanted*\n\n1. one\n2. two\n   - inner\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n[x] <b>no html</b>",
    },
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": "Day"}, {"type": "raw_text", "text": "Closed"}],
            [{"type": "raw_text", "text": "Mon"}, {"type": "raw_text", "text": "4"}],
        ],
    },
    {
        "type": "context",
        "elements": [
            {"type": "image", "image_url": "http://127.0.0.1:{port}/static/icon.svg", "alt_text": "arrow"},
            {"type": "mrkdwn", "text": "Drafted by *the model*, `0.92`"},
        ],
    },
]
ACTIVE: list[Block] = [
    {
        "type": "section",
        "text": plain("Choose a size"),
        "accessory": {
            "type": "static_select",
            "action_id": "size",
            "placeholder": plain("Size"),
            "options": OPTIONS,
        },
    },
    {
        "type": "actions",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("Edit", "edit"),
            button("Reject", "reject", style="danger", confirm=CONFIRM),
            button("Never acks", "deaf"),
            button("Open", "open", url="https://example.com/"),
        ],
    },
]
MODAL: Block = {
    "type": "modal",
    "callback_id": "edit",
    "title": plain("Edit the draft"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "For *DEMO-14*"}, "accessory": button("Push", "push")},
        {
            "type": "input",
            "block_id": "draft",
            "label": plain("Comment"),
            "hint": plain("It is checked again."),
            "element": {"type": "plain_text_input", "action_id": "draft", "multiline": True, "max_length": 3000, "initial_value": "Fixed the timeout."},
        },
        {"type": "input", "block_id": "title", "optional": True, "label": plain("Title"), "element": {"type": "plain_text_input", "action_id": "title"}},
        {
            "type": "input",
            "block_id": "level",
            "label": plain("Level"),
            "optional": True,
            "element": {"type": "static_select", "action_id": "level", "option_groups": [{"label": plain("Usual"), "options": OPTIONS}, {"label": plain("Rare"), "options": [option("Extreme")]}]},
        },
        {"type": "input", "block_id": "tags", "optional": True, "label": plain("Tags"), "element": {"type": "multi_static_select", "action_id": "tags", "options": OPTIONS}},
        {"type": "input", "block_id": "kind", "optional": True, "label": plain("Kind"), "element": {"type": "radio_buttons", "action_id": "kind", "options": [option("Bug", description=plain("It is broken")), option("Wish")]}},
        {"type": "input", "block_id": "flags", "optional": True, "label": plain("Flags"), "element": {"type": "checkboxes", "action_id": "flags", "options": [option("Post"), option("Move")]}},
        {"type": "input", "block_id": "when", "optional": True, "label": plain("When"), "element": {"type": "datepicker", "action_id": "when"}},
        {"type": "input", "block_id": "who", "optional": True, "label": plain("Who"), "element": {"type": "users_select", "action_id": "who"}},
        {"type": "input", "block_id": "count", "optional": True, "label": plain("Count"), "element": {"type": "number_input", "action_id": "count", "is_decimal_allowed": False}},
        {"type": "input", "block_id": "mail", "optional": True, "label": plain("E-mail"), "element": {"type": "email_text_input", "action_id": "mail"}},
        {"type": "input", "block_id": "page", "optional": True, "label": plain("Page"), "element": {"type": "url_text_input", "action_id": "page"}},
    ],
}  # fmt: skip
HOME: Block = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Welcome home")},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "You have *3* drafts."},
            "accessory": button("Refresh", "refresh"),
        },
    ],
}


def _app(port: int, client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)

    @app.event("app_home_opened")
    async def home(event: Block, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    @app.event("message")
    @app.event("app_mention")
    async def message(event: Block, client: AsyncWebClient) -> None:
        if not event.get("subtype") and not event.get("bot_id"):
            await _answer(event, client, port)

    @app.command("/updraft")
    async def command(ack: AsyncAck, body: Block) -> None:
        if body["text"] != "deaf":
            await ack(f"You said: {body['text']}")

    _actions(app)
    _views(app)
    return app


def _actions(app: AsyncApp) -> None:
    @app.action("approve")
    async def approve(ack: AsyncAck, body: Block, client: AsyncWebClient) -> None:
        await ack()
        link = ":white_check_mark: *Posted* to <https://jira.example.com/browse/DEMO-12|DEMO-12>"
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": link}}]
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Posted", blocks=blocks
        )

    @app.action("deaf")
    async def deaf() -> None:
        return

    @app.action("reject")
    async def reject(ack: AsyncAck, body: Block, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_delete(channel=body["channel"]["id"], ts=body["message"]["ts"])

    @app.action("size")
    async def size(ack: AsyncAck, body: Block, client: AsyncWebClient) -> None:
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        await client.chat_postEphemeral(
            channel=body["channel"]["id"], user=body["user"]["id"], text=f"Size *{chosen}*"
        )

    @app.action("more")
    @app.action("open")
    @app.action("refresh")
    async def acked(ack: AsyncAck) -> None:
        await ack()


def _views(app: AsyncApp) -> None:
    @app.action("edit")
    @app.shortcut("draft_comment")
    @app.shortcut("new_update")
    async def edit(ack: AsyncAck, body: Block, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.action("push")
    async def push(ack: AsyncAck, body: Block, client: AsyncWebClient) -> None:
        await ack()
        view = {"type": "modal", "title": plain("On top"), "close": plain("Back"), "blocks": DISPLAY[:2]}
        await client.views_push(trigger_id=body["trigger_id"], view=view)

    @app.view("edit")
    async def saved(ack: AsyncAck, view: Block, body: Block, client: AsyncWebClient) -> None:
        values = {
            action: value for block in view["state"]["values"].values() for action, value in block.items()
        }
        if "bad" in values["draft"]["value"]:
            await ack(response_action="errors", errors={"draft": "That is not fit to post."})
            return
        await ack()
        chosen = [one["value"] for one in values["tags"]["selected_options"]]
        text = f"Saved: {values['draft']['value']} {chosen} {values['who']['selected_user']}"
        await client.chat_postMessage(channel=body["user"]["id"], text=text)


async def _answer(event: Block, client: AsyncWebClient, port: int) -> None:
    channel, thread = event["channel"], event.get("thread_ts") or event["ts"]
    if "think" in event.get("text", ""):
        await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is thinking…")
        return
    if "show" in event.get("text", ""):
        icon = f"http://127.0.0.1:{port}/static/icon.svg"
        context = DISPLAY[-1] | {
            "elements": [DISPLAY[-1]["elements"][0] | {"image_url": icon}, DISPLAY[-1]["elements"][1]]
        }
        shown = [*DISPLAY[:-1], context]
        await client.chat_postMessage(
            channel=channel, thread_ts=thread, text="Everything", blocks=[*shown, *ACTIVE]
        )
        return
    await client.chat_postMessage(channel=channel, thread_ts=thread, text=f"Heard: {event.get('text', '')}")


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[AsyncApp]:
    """Run the app against a site over Socket Mode."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{site.url}/slack/api/")
    app = _app(site.port, client)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it so
    await site.slack.wait_connected()
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it so


async def main() -> None:
    """Run site and app until interrupted, to look at the page by hand."""
    async with Site(port=8455) as site, running(site):
        await site.slack.say(BEN.slack, CHANNEL, "the checkout is slow again, DEMO-14 maybe?")
        await site.slack.say(ANA.slack, CHANNEL, "looking at it")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

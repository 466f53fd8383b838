"""What Slack sends, as Bolt listeners: each makes its decision durable before Slack is told that all is well.

Bolt runs with ``process_before_response``: an acknowledgement leaves only after the listener has returned, that is after its
transaction. What follows (Jira, models, cards) is the work of jobs. There are few listeners because Bolt tries them one by one.
"""

import os
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import blocks, commands, forms
from bot.slack.client import SlackClient
from bot.slack.people import People
from engine import (
    Choice,
    Component,
    Engine,
    Failed,
    Gone,
    Incoming,
    InvalidInput,
    Kind,
    Notify,
    NotYours,
    Route,
    UpdraftError,
    nobody,
)

log = structlog.get_logger(__name__)

Payload = dict[str, Any]

READ = (None, "file_share", "thread_broadcast")
"""The subtypes of messages that are a person's own words."""


class Listeners:
    """The listeners of one app, bound to one engine."""

    def __init__(
        self,
        engine: Engine,
        client: AsyncWebClient,
        people: People,
        bot: Payload,
        notify: Notify = nobody,
    ) -> None:
        self.notify = notify
        self.engine, self.client, self.people = engine, client, people
        self.workspace, self.bot_user = bot["team_id"], bot["user_id"]

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt what goes where."""
        app.middleware(self.ours)
        app.event("message")(self.message)
        app.event("app_mention")(self.mention)
        app.event("app_home_opened")(self.home)
        app.event(re.compile(".*"))(self.unread)
        app.command(re.compile("^/updraft"))(self.command)
        app.action(re.compile(r"^(choose|fill)_\d+$"))(self.question)
        app.action(re.compile("^draft_"))(self.decision)
        app.action(re.compile(".*"))(self.acknowledge)
        app.view(re.compile(".*"))(self.submitted)
        app.shortcut(re.compile(".*"))(self.shortcut)
        app.error(self.failed)

    async def ours(self, body: Payload, next: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Let only the workspace through that this app is installed in; anything else is acknowledged and dropped."""
        # What one event is about is no other's affair.
        structlog.contextvars.clear_contextvars()
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        if team not in (None, self.workspace):
            log.warning("another workspace's event dropped", team=team)
            return BoltResponse(status=200, body="")
        await next()
        return None

    # -- events

    async def message(self, event: Payload, body: Payload) -> None:
        """A direct message. Edits and everything said by apps are left alone: each message is answered once."""
        if event.get("subtype") == "message_deleted":
            await self.engine.withdraw(self.workspace, event["channel"], event["deleted_ts"])
        elif event.get("subtype") in READ and event.get("channel_type") == "im" and not event.get("bot_id"):
            await self._take(event, body)

    async def mention(self, event: Payload, body: Payload) -> None:
        """A message that names the app in a channel."""
        if not event.get("bot_id"):
            await self._take(event, body)

    async def home(self, event: Payload, body: Payload) -> None:
        """The app is looked at: greet who opens its messages for the first time, show the home what waits."""
        if event.get("tab") == "messages":
            person = event["user"]
            hello = Incoming(
                self.workspace, person, event["channel"], "help", f"greeting {person}", kind=Kind.COMMAND
            )
            await self.engine.take(hello)
        elif event.get("tab") == "home":
            drafts = await self.engine.drafts.pending(self.workspace, event["user"])
            await self.client.views_publish(user_id=event["user"], view=blocks.home(drafts))

    async def unread(self, event: Payload) -> None:
        """Any other event is acknowledged, or Slack would send it again and again."""

    async def _take(self, event: Payload, body: Payload) -> None:
        text = re.sub(rf"<@{self.bot_user}(\|[^>]*)?>", " ", event.get("text") or "").strip()
        await self.engine.take(
            Incoming(
                workspace=self.workspace,
                person=event["user"],
                channel=event["channel"],
                text=text,
                event=body.get("event_id"),
                ts=event["ts"],
                thread=event.get("thread_ts") or event["ts"],
            )
        )

    # -- commands and shortcuts

    async def command(self, command: Payload, ack: AsyncAck) -> None:
        """``/updraft …``: answered in the direct messages, for what one asks is one's own affair."""
        parsed = commands.parse(command.get("text") or "")
        if parsed.help:
            await ack(text="This is what I can do.", blocks=blocks.help_blocks(), response_type="ephemeral")
            return
        if parsed.refusal is not None:
            await ack(text=parsed.refusal, response_type="ephemeral")
            return
        channel = await self.people.direct_channel(command["user_id"])
        await self.engine.take(
            Incoming(
                workspace=self.workspace,
                person=command["user_id"],
                channel=channel,
                text=parsed.text,
                event=f"command {command['trigger_id']}",
                kind=Kind.COMMAND,
                choice=parsed.choice,
            )
        )
        if command["channel_id"] == channel:
            await ack()
        else:
            await ack(text=f"I answer you in <#{channel}|our direct messages>.", response_type="ephemeral")

    async def shortcut(self, shortcut: Payload, body: Payload, ack: AsyncAck) -> None:
        """The message shortcut drafts a comment from a message; the global one opens a form for an update."""
        if shortcut["type"] == "shortcut":
            await self.client.views_open(trigger_id=shortcut["trigger_id"], view=forms.compose())
        else:
            person = shortcut["user"]["id"]
            await self.engine.take(
                Incoming(
                    workspace=self.workspace,
                    person=person,
                    channel=await self.people.direct_channel(person),
                    text=(shortcut["message"].get("text") or "").strip(),
                    event=f"shortcut {shortcut['trigger_id']}",
                    kind=Kind.SHORTCUT,
                    choice=Choice(Route.REPHRASE),
                )
            )
        await ack()

    # -- buttons

    async def acknowledge(self, ack: AsyncAck) -> None:
        """A link button: Slack opens the page, nothing is to be done."""
        await ack()

    async def question(self, action: Payload, body: Payload, ack: AsyncAck) -> None:
        """An option of a question, straight away or by way of a form."""
        person = body["user"]["id"]
        message, _, number = action["value"].partition(".")
        structlog.contextvars.bind_contextvars(message=message)
        try:
            if action["action_id"].startswith("fill_"):
                option = await self.engine.inbox.offered(message, int(number), person)
                form = forms.fill(message, int(number), option.blanks)
                await self.client.views_open(trigger_id=body["trigger_id"], view=form)
            else:
                await self.engine.choose(message, int(number), person)
        except UpdraftError as error:
            await self._whisper(body, str(error))
        await ack()

    async def decision(self, action: Payload, body: Payload, ack: AsyncAck) -> None:
        """A button of a draft's card."""
        person = body["user"]["id"]
        draft, _, revision = action["value"].partition(".")
        try:
            await self._decide(action["action_id"], draft, int(revision), person, body["trigger_id"])
        except UpdraftError as error:
            await self._whisper(body, str(error))
            if isinstance(error, Gone):
                await self.engine.refresh(draft)
        await ack()

    async def _decide(self, act: str, id: str, revision: int, person: str, trigger: str) -> None:
        if act == "draft_approve":
            await self.engine.approve(id, revision, person)
        elif act == "draft_move":
            await self.engine.approve(id, revision, person, move=True)
        elif act == "draft_again":
            await self.engine.again(id, person)
        else:
            draft = await self.engine.editable(id, revision, person)
            form = {
                "draft_edit": forms.edit,
                "draft_regenerate": forms.regenerate,
                "draft_reject": forms.reject,
            }[act]
            await self.client.views_open(trigger_id=trigger, view=form(draft))

    async def submitted(self, view: Payload, body: Payload, ack: AsyncAck) -> None:
        """A form is sent: what is wrong with it is said in it."""
        try:
            await self._submit(view["callback_id"], forms.about(view), forms.values(view), body)
        except InvalidInput as error:
            await ack(response_action="errors", errors={view["blocks"][0]["block_id"]: str(error)})
        except (Gone, NotYours) as error:
            await ack(response_action="errors", errors={view["blocks"][0]["block_id"]: str(error)})
        else:
            await ack()

    async def _submit(self, form: str, about: Payload, values: Payload, body: Payload) -> None:
        person = body["user"]["id"]
        match form:
            case "draft_edit":
                await self.engine.edit(
                    about["draft"], about["revision"], person, forms.edited(values), values.get("keys")
                )
            case "draft_regenerate":
                await self.engine.regenerate(about["draft"], about["revision"], person, values["instruction"])
            case "draft_reject":
                await self.engine.reject(about["draft"], about["revision"], person, values["reason"])
            case "fill_blanks":
                option = await self.engine.inbox.offered(about["message"], about["index"], person)
                filled = {blank.id: values[f"blank_{number}"] for number, blank in enumerate(option.blanks)}
                await self.engine.choose(about["message"], about["index"], person, filled)
            case "compose":
                await self._composed(values["text"], body)

    async def _composed(self, text: str, body: Payload) -> None:
        person = body["user"]["id"]
        channel = await self.people.direct_channel(person)
        event = f"form {body['view']['id']}"
        await self.engine.take(
            Incoming(self.workspace, person, channel, text.strip(), event, kind=Kind.SHORTCUT)
        )

    async def _whisper(self, body: Payload, text: str) -> None:
        """Say something to the one who pressed, where they pressed."""
        container = body.get("container") or {}
        channel = container.get("channel_id") or (body.get("channel") or {}).get("id")
        if channel is not None:
            thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
            await self.client.chat_postEphemeral(
                channel=channel, user=body["user"]["id"], text=text, thread_ts=thread
            )

    async def failed(self, error: Exception, body: Payload, context: AsyncBoltContext) -> BoltResponse | None:
        """Log a failure without the message's words; Slack hears 500 and, for events, sends again."""
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        log.error("listener failed", type=body.get("type"), error=f"{type(error).__name__}: {error}"[:300])
        self.notify(Failed(Component.LISTENERS, f"A listener failed ({type(error).__name__})."))
        return BoltResponse(status=500, body="")


def make_app(client: AsyncWebClient, secret: str | None, bot: dict[str, Any]) -> AsyncApp:
    """Build the Bolt app of one workspace; ``bot`` is the answer of auth.test, asked once."""
    result = AuthorizeResult(
        enterprise_id=bot.get("enterprise_id"),
        team_id=bot["team_id"],
        bot_user_id=bot["user_id"],
        bot_id=bot.get("bot_id"),
        bot_token=client.token,
    )

    # Found in the environment, these would switch Bolt to its own OAuth flow, or make it warn of a token it ignores.
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        os.environ.pop(name, None)

    async def authorize(**_: Any) -> AuthorizeResult:
        return result

    return AsyncApp(
        client=SlackClient(base_url=client.base_url, session=client.session),
        authorize=authorize,
        signing_secret=secret or "socket-mode-needs-none",
        request_verification_enabled=secret is not None,
        process_before_response=True,
        ignoring_self_assistant_message_events_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        attaching_function_token_enabled=False,
    )

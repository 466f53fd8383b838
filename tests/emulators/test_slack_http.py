"""Over HTTP the app gets signed requests, the url_verification handshake and retries; a real Bolt app answers them."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from emulators.people import ANA, BOT_TOKEN, CHANNEL, SIGNING_SECRET
from emulators.slack import SlackEmulator
from emulators.slack.delivery import sign


class App:
    """An HTTP endpoint that answers as told and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[web.Response] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.got.append(
            ({name.lower(): value for name, value in request.headers.items()}, await request.read())
        )
        return self.answers.pop(0) if self.answers else web.Response()


@asynccontextmanager
async def serving(handler: Any) -> AsyncIterator[str]:
    """Serve a handler and yield its address."""
    site = web.Application()
    site.router.add_post("/slack/events", handler)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
async def slack(app: App) -> AsyncIterator[SlackEmulator]:
    async with serving(app.serve) as url:
        emulator = SlackEmulator(events_url=url, ack_timeout=2.0, retry_delays=(0.0, 0.01, 0.01))
        async with emulator.served():
            yield emulator


async def test_events_are_signed_json(slack: SlackEmulator, app: App) -> None:
    await slack.say(ANA.slack, ANA.dm, "hello")
    await slack.wait_settled()
    ((headers, body),) = app.got
    assert SignatureVerifier(SIGNING_SECRET).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)
    assert headers["content-type"] == "application/json"
    assert "x-slack-retry-num" not in headers
    assert json.loads(body)["event"]["text"] == "hello"


def test_a_signature_grows_stale() -> None:
    headers = sign(SIGNING_SECRET, b"{}", int(time.time()) - 301)
    assert not SignatureVerifier(SIGNING_SECRET).is_valid_request(b"{}", headers)


async def test_a_failed_event_is_retried_with_number_and_reason(slack: SlackEmulator, app: App) -> None:
    app.answers = [web.Response(status=500), web.Response(status=404)]
    await slack.say(ANA.slack, ANA.dm, "hello")
    await slack.wait_settled()
    retries = [(got.get("x-slack-retry-num"), got.get("x-slack-retry-reason")) for got, _ in app.got]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in app.got}) == 1
    assert slack.deliveries[0].status == "acked"


async def test_an_event_is_given_up_after_three_retries(slack: SlackEmulator, app: App) -> None:
    app.answers = [web.Response(status=500) for _ in range(4)]
    await slack.say(ANA.slack, ANA.dm, "hello")
    await slack.wait_settled()
    assert len(app.got) == 4
    assert (slack.deliveries[0].status, slack.deliveries[0].error) == ("failed", "http_error")


async def test_the_app_can_decline_retries(slack: SlackEmulator, app: App) -> None:
    app.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
    await slack.say(ANA.slack, ANA.dm, "hello")
    await slack.wait_settled()
    assert len(app.got) == 1


async def test_an_unreachable_app_is_a_connection_failure(slack: SlackEmulator) -> None:
    slack.delivery.events_url = "http://127.0.0.1:1/slack/events"
    await slack.say(ANA.slack, ANA.dm, "hello")
    await slack.wait_settled()
    assert slack.deliveries[0].error == "connection_failed"
    assert (await slack.command(ANA.slack, CHANNEL, "help"))["error"] == "dispatch_failed"


async def test_a_slow_app_times_out(slack: SlackEmulator) -> None:
    async def serve(_: web.Request) -> web.Response:
        await slack.wait_settled()
        return web.Response()

    async with serving(serve) as url:
        slack.delivery.events_url, slack.delivery.ack_timeout = url, 0.05
        answer = await slack.command(ANA.slack, CHANNEL, "help")
    assert answer["error"] == "operation_timeout"


async def test_the_url_is_verified_by_a_challenge(slack: SlackEmulator, app: App) -> None:
    assert await slack.delivery.verify_url() is False
    asked = json.loads(app.got[0][1])
    assert (asked["type"], set(asked)) == ("url_verification", {"token", "challenge", "type"})


async def test_commands_are_forms_and_interactions_a_payload_field(slack: SlackEmulator, app: App) -> None:
    app.answers = [web.json_response({"text": "here", "response_type": "in_channel"})]
    assert (await slack.command(ANA.slack, CHANNEL, "help & more"))["text"] == "here"
    await slack.shortcut(ANA.slack, "feedback")
    command, shortcut = (body.decode() for _, body in app.got)
    assert "command=%2Fupdraft&text=help+%26amp%3B+more" in command
    assert shortcut.startswith("payload=%7B%22type%22%3A+%22shortcut%22")
    assert [message["text"] for message in slack.history(CHANNEL)] == ["here"]


async def test_a_bolt_app_passes_verification_and_answers(slack: SlackEmulator) -> None:
    bolt = AsyncApp(signing_secret=SIGNING_SECRET, token=BOT_TOKEN, process_before_response=True)

    @bolt.command("/updraft")
    async def help_(ack: Any, command: dict[str, str]) -> None:
        await ack(f"you said {command['text']}")

    @bolt.event("message")
    async def echo(event: dict[str, Any], say: Any) -> None:
        await say(text=f"echo {event['text']}", thread_ts=event["ts"])

    async def serve(request: web.Request) -> web.Response:
        sent = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        answer = await bolt.async_dispatch(sent)
        return web.Response(status=answer.status, text=answer.body, headers=answer.first_headers())

    async with serving(serve) as url:
        slack.delivery.events_url = url
        bolt.client.base_url = f"{slack.base_url}/api/"
        assert await slack.delivery.verify_url()
        assert (await slack.command(ANA.slack, CHANNEL, "hi"))["text"] == "you said hi"
        ts = await slack.say(ANA.slack, ANA.dm, "hello")
        await slack.wait_for(lambda: slack.replies(ANA.dm, ts)[1:])
        await slack.wait_settled()

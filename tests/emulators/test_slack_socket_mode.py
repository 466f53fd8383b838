"""Socket Mode: tickets, envelopes, acknowledgements, reconnection; seen by a bare WebSocket and by slack_sdk."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from emulators.people import ANA, APP_ID, APP_TOKEN, CHANNEL, OTHER_CHANNEL
from emulators.slack import SlackEmulator


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    emulator = SlackEmulator(retry_delays=(0.0, 0.01, 0.01))
    async with emulator.served():
        yield emulator


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def ticket_url(slack: SlackEmulator) -> str:
    web = AsyncWebClient(token=APP_TOKEN, base_url=f"{slack.base_url}/api/")
    return str((await web.apps_connections_open(app_token=APP_TOKEN))["url"])


async def connect(slack: SlackEmulator, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """Connect and take the hello."""
    ws = await session.ws_connect(await ticket_url(slack))
    assert (await ws.receive_json())["type"] == "hello"
    return ws


async def ack(ws: aiohttp.ClientWebSocketResponse, frame: Any, payload: Any = None) -> None:
    answer = {"envelope_id": frame["envelope_id"]} | ({"payload": payload} if payload is not None else {})
    await ws.send_json(answer)


async def test_a_ticket_opens_one_socket_once(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    url = await ticket_url(slack)
    async with session.ws_connect(url) as ws:
        hello = await ws.receive_json()
        assert (hello["num_connections"], hello["connection_info"]) == (1, {"app_id": APP_ID})
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{slack.base_url}/socket?ticket=nonsense")


async def test_each_envelope_goes_to_one_socket(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    async with await connect(slack, session) as one, await connect(slack, session) as two:
        for text in ("a", "b"):
            await slack.say(ANA.slack, ANA.dm, text)
        frames = [await one.receive_json(), await two.receive_json()]
        assert {frame["payload"]["event"]["text"] for frame in frames} == {"a", "b"}
        await ack(one, frames[0])
        await ack(one, frames[1])
        await slack.wait_settled()
    assert [delivery.status for delivery in slack.deliveries] == ["acked", "acked"]
    assert all(delivery.latency is not None for delivery in slack.deliveries)


async def test_an_event_without_ack_comes_again_on_the_other_socket(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    slack.delivery.ack_timeout, slack.delivery.retry_delays = 0.05, (0.0, 60.0)
    async with await connect(slack, session) as one, await connect(slack, session) as two:
        await slack.say(ANA.slack, ANA.dm, "hello")
        sockets = {0: one, 1: two}
        first, second = await one.receive_json(), await two.receive_json()
        if first["retry_attempt"]:
            first, second, sockets = second, first, {0: two, 1: one}
        assert second["payload"]["event_id"] == first["payload"]["event_id"]
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert second["envelope_id"] != first["envelope_id"]
        await ack(sockets[1], second)
        await slack.wait_settled()
    (delivery,) = slack.deliveries
    assert (delivery.status, delivery.attempts[0].error) == ("acked", "timeout")


async def test_an_event_is_given_up_after_three_retries(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    slack.delivery.ack_timeout = 0.05
    async with await connect(slack, session) as ws:
        await slack.say(ANA.slack, ANA.dm, "hello")
        frames = [await ws.receive_json() for _ in range(4)]
        await slack.wait_settled()
    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert slack.deliveries[0].status == "failed"


async def test_a_late_ack_still_counts(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    slack.delivery.ack_timeout, slack.delivery.retry_delays = 0.05, (0.0, 60.0)
    async with await connect(slack, session) as ws:
        await slack.say(ANA.slack, ANA.dm, "hello")
        first = await ws.receive_json()
        await ws.receive_json()
        await ack(ws, first)
        await slack.wait_settled()
    assert slack.deliveries[0].status == "acked"


async def test_events_wait_for_a_socket(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    await slack.say(ANA.slack, ANA.dm, "one")
    await slack.say(ANA.slack, ANA.dm, "two")
    async with await connect(slack, session) as ws:
        assert [(await ws.receive_json())["payload"]["event"]["text"] for _ in range(2)] == ["one", "two"]


async def test_what_a_dying_socket_had_goes_to_the_next(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    ws = await connect(slack, session)
    await slack.say(ANA.slack, ANA.dm, "hello")
    first = await ws.receive_json()
    await ws.close()
    async with await connect(slack, session) as other:
        again = await other.receive_json()
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        await ack(other, again)
        await slack.wait_settled()


async def test_commands_and_presses_fail_at_once_without_a_socket(slack: SlackEmulator) -> None:
    answer = await slack.command(ANA.slack, CHANNEL, "help")
    assert answer["text"] == '/updraft failed with the error "dispatch_failed"'
    assert (await slack.shortcut(ANA.slack, "any"))["ok"] is False
    assert [failure.user for failure in slack.failures] == [ANA.slack, ANA.slack]


async def test_a_command_without_ack_fails_and_does_not_come_again(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    slack.delivery.ack_timeout = 0.05
    async with await connect(slack, session) as ws:
        answer = await slack.command(ANA.slack, CHANNEL, "help")
        assert answer["error"] == "dispatch_failed"
        frame = await ws.receive_json()
        assert frame["accepts_response_payload"] is True
        assert len(slack.deliveries[0].attempts) == 1


async def test_a_disconnect_is_announced_and_the_next_socket_serves(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    async with await connect(slack, session) as ws:
        slack.disconnect("warning")
        assert (await ws.receive_json())["reason"] == "warning"
        slack.disconnect("refresh_requested")
        assert (await ws.receive_json())["type"] == "disconnect"
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
    assert slack.delivery.sockets == []


async def test_more_than_ten_sockets_are_refused(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    slack.delivery.max_sockets = 1
    async with await connect(slack, session), session.ws_connect(await ticket_url(slack)) as ws:
        frame = await ws.receive_json()
        assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")


async def test_pings_are_answered_with_their_content(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(await ticket_url(slack), autoping=False) as ws:
        await ws.receive()
        await ws.ping(b"sdk-ping-pong:1")
        pong = await ws.receive()
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_nonsense_from_the_client_is_ignored(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    async with await connect(slack, session) as ws:
        for text in ("{", "[]", "{}", json.dumps({"envelope_id": "unknown"})):
            await ws.send_str(text)
        await slack.say(ANA.slack, ANA.dm, "hello")
        assert (await ws.receive_json())["type"] == "events_api"


async def test_events_need_subscription_scope_and_membership(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    await slack.say(ANA.slack, CHANNEL, "not for the app")
    await slack.mention(ANA.slack, OTHER_CHANNEL, "the app is not here")
    slack.scopes -= {"im:history"}
    await slack.say(ANA.slack, ANA.dm, "no scope")
    assert list(slack.deliveries) == []
    await slack.mention(ANA.slack, CHANNEL, "hi")
    slack.subscriptions |= {"message.channel"}
    slack.scopes |= {"channels:history"}
    await slack.mention(ANA.slack, CHANNEL, "both")
    kinds = [delivery.payload["event"]["type"] for delivery in slack.deliveries]
    assert kinds == ["app_mention", "message", "app_mention"]


async def test_an_invitation_delivers_the_mention_that_waited(slack: SlackEmulator) -> None:
    ts = await slack.mention(ANA.slack, OTHER_CHANNEL, "join us")
    await slack.invite(ANA.slack, OTHER_CHANNEL)
    assert [delivery.payload["event"]["ts"] for delivery in slack.deliveries] == [ts]


async def test_an_event_is_redelivered_on_request(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    async with await connect(slack, session) as ws:
        ts = await slack.say(ANA.slack, ANA.dm, "hello")
        first = await ws.receive_json()
        await ack(ws, first)
        await slack.redeliver(ts, times=2)
        await slack.redeliver(first["payload"]["event_id"], new_event_id=True)
        frames = [await ws.receive_json() for _ in range(3)]
        for frame in frames:
            await ack(ws, frame)
        await slack.wait_settled()
    ids = [frame["payload"]["event_id"] for frame in frames]
    assert ids[:2] == [first["payload"]["event_id"]] * 2
    assert ids[2] != ids[0]
    assert [frame["retry_attempt"] for frame in frames] == [1, 2, 1]


async def test_the_official_client_connects_acknowledges_and_reconnects(slack: SlackEmulator) -> None:
    seen: list[str] = []

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        seen.append(request.payload["event"]["text"])

    client = SocketModeClient(
        app_token=APP_TOKEN, web_client=AsyncWebClient(base_url=f"{slack.base_url}/api/"), ping_interval=0.1
    )
    client.socket_mode_request_listeners.append(listen)
    try:
        await client.connect()  # type: ignore[no-untyped-call]  # not annotated there
        await slack.wait_connected()
        await slack.say(ANA.slack, ANA.dm, "one")
        await slack.wait_settled()
        slack.disconnect("refresh_requested")
        await slack.say(ANA.slack, ANA.dm, "two")
        await slack.wait_settled()
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # not annotated there
    assert seen == ["one", "two"]


async def test_an_ack_on_another_socket_counts_after_the_first_died(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    one = await connect(slack, session)
    await slack.say(ANA.slack, ANA.dm, "hello")
    first = await one.receive_json()
    await one.close()
    async with await connect(slack, session) as two:
        await ack(two, first)
        await slack.wait_settled()
    assert [delivery.status for delivery in slack.deliveries] == ["acked"]


async def test_events_wait_in_order(slack: SlackEmulator, session: aiohttp.ClientSession) -> None:
    for number in range(20):
        await slack.say(ANA.slack, ANA.dm, str(number))
    async with await connect(slack, session) as ws:
        got = [(await ws.receive_json())["payload"]["event"]["text"] for _ in range(20)]
    assert got == [str(number) for number in range(20)]


async def test_a_client_that_stops_reading_holds_up_nobody(
    slack: SlackEmulator, session: aiohttp.ClientSession
) -> None:
    stuck = await connect(slack, session)
    for _ in range(100):
        await slack.say(ANA.slack, ANA.dm, "x" * 30_000)
    assert len(slack.deliveries) == 100
    slack.disconnect(at_once=True)
    assert {delivery.status for delivery in slack.deliveries} == {"queued"}
    await stuck.close()

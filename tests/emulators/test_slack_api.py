"""The Web API answers the unmodified slack_sdk as Slack does, refusals included."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulators.people import (
    ANA,
    APP_TOKEN,
    BEN,
    BOT_ID,
    BOT_TOKEN,
    BOT_USER,
    CHANNEL,
    OTHER_CHANNEL,
    PEOPLE,
    TEAM,
)
from emulators.slack import LEAST_SCOPES, SlackEmulator

MODAL: dict[str, Any] = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    }
]


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackEmulator]:
    emulator = SlackEmulator(clock=clock)
    async with emulator.served():
        yield emulator


@pytest.fixture
def web(slack: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack.base_url}/api/")


async def refusal(call: Any) -> Any:
    """Return the answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def test_identity(web: AsyncWebClient) -> None:
    answer = await web.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (BOT_USER, BOT_ID, TEAM)
    assert answer.headers["X-OAuth-Scopes"] == ",".join(sorted(LEAST_SCOPES))


async def test_api_test_echoes_and_fails_on_request(web: AsyncWebClient) -> None:
    assert (await web.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert (await refusal(web.api_test(error="my_error")))["error"] == "my_error"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        (APP_TOKEN, "auth.test", "not_allowed_token_type"),
        (BOT_TOKEN, "apps.connections.open", "not_allowed_token_type"),
        (BOT_TOKEN, "chat.shout", "unknown_method"),
    ],
)
async def test_tokens_are_checked(slack: SlackEmulator, token: str, method: str, error: str) -> None:
    web = AsyncWebClient(token=token, base_url=f"{slack.base_url}/api/")
    assert (await refusal(web.api_call(method)))["error"] == error


async def test_arguments_come_from_query_form_and_json(slack: SlackEmulator) -> None:
    url, post = f"{slack.base_url}/api/chat.postMessage", {"channel": CHANNEL, "text": "hi"}
    bearer = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json=post, headers=bearer) as answer:
            assert (await answer.json())["ok"]
        async with session.post(url, data={**post, "token": BOT_TOKEN}) as answer:
            assert (await answer.json())["ok"]
        async with session.post(
            f"{url}?channel={CHANNEL}", data={"text": "hi", "token": BOT_TOKEN}
        ) as answer:
            assert (await answer.json())["ok"]
        async with session.get(url, params={**post, "token": BOT_TOKEN}) as answer:
            assert (await answer.json())["ok"]
        async with session.post(
            url, data=b"{", headers=bearer | {"Content-Type": "application/json"}
        ) as answer:
            assert (await answer.json())["error"] == "invalid_json"
    assert [message["text"] for message in slack.history(CHANNEL)] == ["hi"] * 4


async def test_a_missing_scope_is_named(slack: SlackEmulator, web: AsyncWebClient) -> None:
    answer = await refusal(web.team_info())
    assert (answer["error"], answer["needed"]) == ("missing_scope", "team:read")
    slack.scopes |= {"team:read"}
    assert (await web.team_info())["team"]["id"] == TEAM


async def test_scopes_depend_on_the_kind_of_conversation(slack: SlackEmulator, web: AsyncWebClient) -> None:
    assert (await web.conversations_info(channel=ANA.dm))["channel"]["user"] == ANA.slack
    assert (await refusal(web.conversations_info(channel=CHANNEL)))["needed"] == "channels:read"
    assert (await refusal(web.conversations_history(channel=CHANNEL)))["needed"] == "channels:history"


async def test_email_addresses_need_their_scope(slack: SlackEmulator, web: AsyncWebClient) -> None:
    assert (await web.users_info(user=ANA.slack))["user"]["profile"]["email"] == ANA.email
    slack.scopes -= {"users:read.email"}
    assert "email" not in (await web.users_info(user=ANA.slack))["user"]["profile"]
    assert (await refusal(web.users_lookupByEmail(email=ANA.email)))["error"] == "missing_scope"


async def test_people_are_found(web: AsyncWebClient) -> None:
    assert (await web.users_lookupByEmail(email=BEN.email))["user"]["id"] == BEN.slack
    assert (await web.users_info(user=BEN.slack))["user"]["tz"] == BEN.tz
    assert len((await web.users_list())["members"]) == len(PEOPLE) + 1
    assert (await refusal(web.users_info(user="U0NOBODY01")))["error"] == "user_not_found"
    assert (await refusal(web.users_lookupByEmail(email="no@example.com")))["error"] == "users_not_found"
    assert (await web.bots_info(bot=BOT_ID))["bot"]["user_id"] == BOT_USER


async def test_lists_are_paged(web: AsyncWebClient) -> None:
    first = await web.users_list(limit=3)
    second = await web.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 3
    assert [user["id"] for user in second["members"]][-1] == BOT_USER
    assert (await refusal(web.users_list(cursor="nonsense")))["error"] == "invalid_cursor"


async def test_a_direct_message_is_opened(web: AsyncWebClient) -> None:
    assert (await web.conversations_open(users=ANA.slack))["channel"]["id"] == ANA.dm
    assert (await refusal(web.conversations_open(users="U0NOBODY01")))["error"] == "user_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ({"channel": OTHER_CHANNEL, "text": "x"}, "not_in_channel"),
        ({"channel": CHANNEL}, "no_text"),
        ({"channel": CHANNEL, "text": "  "}, "no_text"),
        ({"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": CHANNEL, "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": CHANNEL, "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"channel": CHANNEL, "text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"channel": CHANNEL, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channel": CHANNEL, "text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_schema"),
        (
            {
                "channel": CHANNEL,
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5,
            },
            "msg_blocks_too_long",
        ),
    ],
)
async def test_messages_that_slack_refuses(
    web: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    assert (await refusal(web.api_call("chat.postMessage", json=arguments)))["error"] == error


async def test_the_reason_for_invalid_blocks_is_told(web: AsyncWebClient) -> None:
    answer = await refusal(web.chat_postMessage(channel=CHANNEL, text="x", blocks=[{"type": "nonsense"}]))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: nonsense [json-pointer:/blocks/0/type]"
    ]


async def test_a_thread_counts_its_replies(slack: SlackEmulator, web: AsyncWebClient) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    reply = await web.chat_postMessage(channel=ANA.dm, text="hi", thread_ts=ts)
    root, answer = slack.replies(ANA.dm, ts)
    assert (root["reply_count"], root["latest_reply"], root["reply_users"]) == (1, reply["ts"], [BOT_USER])
    assert answer["parent_user_id"] == ANA.slack
    assert [message["ts"] for message in slack.history(ANA.dm)] == [ts]
    refused = await refusal(web.chat_postMessage(channel=ANA.dm, text="hi", thread_ts=reply["ts"]))
    assert refused["error"] == "cannot_reply_to_message"


async def test_a_broadcast_reply_shows_in_the_channel_too(slack: SlackEmulator, web: AsyncWebClient) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    await web.chat_postMessage(channel=ANA.dm, text="all read", thread_ts=ts, reply_broadcast=True)
    assert [message.get("subtype") for message in slack.history(ANA.dm)] == [None, "thread_broadcast"]
    assert slack.deliveries[-1].payload["event"]["root"]["ts"] == ts


async def test_timestamps_are_unique_and_increase(web: AsyncWebClient) -> None:
    made = [(await web.chat_postMessage(channel=CHANNEL, text="x"))["ts"] for _ in range(5)]
    assert made == sorted(set(made), key=float)


async def test_an_update_replaces_blocks_or_drops_them(slack: SlackEmulator, web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=CHANNEL, text="one", blocks=BUTTONS))["ts"]
    await web.chat_update(channel=CHANNEL, ts=ts, text="two", blocks=[{"type": "divider"}])
    (message,) = slack.history(CHANNEL)
    assert [block["type"] for block in message["blocks"]] == ["divider"]
    assert "edited" not in message
    await web.chat_update(channel=CHANNEL, ts=ts, text="three")
    assert "blocks" not in message
    assert message["edited"]["user"] == BOT_USER


async def test_only_own_messages_are_changed(slack: SlackEmulator, web: AsyncWebClient) -> None:
    theirs = await slack.say(ANA.slack, CHANNEL, "mine")
    assert (await refusal(web.chat_update(channel=CHANNEL, ts=theirs, text="x")))[
        "error"
    ] == "cant_update_message"
    assert (await refusal(web.chat_delete(channel=CHANNEL, ts=theirs)))["error"] == "cant_delete_message"
    assert (await refusal(web.chat_update(channel=CHANNEL, ts="1.0", text="x")))[
        "error"
    ] == "message_not_found"
    ours = (await web.chat_postMessage(channel=CHANNEL, text="ours"))["ts"]
    assert (await refusal(web.chat_update(channel=CHANNEL, ts=ours, text="x" * 4001)))[
        "error"
    ] == "msg_too_long"
    await web.chat_delete(channel=CHANNEL, ts=ours)
    assert [message["ts"] for message in slack.history(CHANNEL)] == [theirs]


async def test_a_deleted_root_leaves_a_tombstone_with_its_thread(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    await web.chat_postMessage(channel=ANA.dm, text="hi", thread_ts=ts)
    await slack.delete(ANA.slack, ANA.dm, ts)
    root, _ = slack.replies(ANA.dm, ts)
    assert root["subtype"] == "tombstone"
    await web.chat_postMessage(channel=ANA.dm, text="still here", thread_ts=ts)
    alone = await slack.say(ANA.slack, ANA.dm, "alone")
    await slack.delete(ANA.slack, ANA.dm, alone)
    refused = await refusal(web.chat_postMessage(channel=ANA.dm, text="x", thread_ts=alone))
    assert refused["error"] == "thread_not_found"


async def test_metadata_is_shown_only_on_request(slack: SlackEmulator, web: AsyncWebClient) -> None:
    metadata = {"event_type": "draft", "event_payload": {"id": "1"}}
    ts = (await web.chat_postMessage(channel=ANA.dm, text="x", metadata=metadata))["ts"]
    plain = await web.conversations_history(channel=ANA.dm)
    full = await web.conversations_replies(channel=ANA.dm, ts=ts, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_history_is_newest_first_and_a_thread_oldest_first(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    first, second = [await slack.say(ANA.slack, ANA.dm, text) for text in ("one", "two")]
    reply = await slack.say(ANA.slack, ANA.dm, "three", thread_ts=first)
    history = await web.conversations_history(channel=ANA.dm, limit=1)
    assert [message["ts"] for message in history["messages"]] == [second]
    assert history["has_more"]
    older = await web.conversations_history(channel=ANA.dm, latest=second)
    assert [message["ts"] for message in older["messages"]] == [first]
    thread = await web.conversations_replies(channel=ANA.dm, ts=reply)
    assert [message["ts"] for message in thread["messages"]] == [first, reply]
    assert (await refusal(web.conversations_replies(channel=ANA.dm, ts="1.0")))["error"] == "thread_not_found"


@pytest.mark.parametrize("threaded", [False, True])
async def test_messages_since_a_time_come_page_by_page(
    slack: SlackEmulator, web: AsyncWebClient, threaded: bool
) -> None:
    root = await slack.say(ANA.slack, ANA.dm, "root")
    said = [
        await slack.say(ANA.slack, ANA.dm, str(number), root if threaded else None) for number in range(7)
    ]

    async def since(inclusive: bool) -> list[list[str]]:
        pages, cursor, more = list[list[str]](), None, True
        while more:
            rest: dict[str, Any] = {"channel": ANA.dm, "oldest": said[1], "limit": 2, "cursor": cursor}
            rest["inclusive"] = inclusive
            call = (
                web.conversations_replies(ts=root, **rest) if threaded else web.conversations_history(**rest)
            )
            page = await call
            pages.append([one["ts"] for one in page["messages"] if one["ts"] != root])
            cursor, more = (page.get("response_metadata") or {}).get("next_cursor"), page["has_more"]
            assert bool(cursor) is more
        return pages

    newest_first = [[said[6], said[5]], [said[4], said[3]], [said[2]]]
    assert await since(inclusive=False) == ([said[2:4], said[4:6], said[6:]] if threaded else newest_first)
    assert sorted(ts for page in await since(inclusive=True) for ts in page) == said[1:]


async def test_ephemeral_messages_are_one_persons(slack: SlackEmulator, web: AsyncWebClient) -> None:
    await web.chat_postEphemeral(channel=CHANNEL, user=ANA.slack, text="psst")
    assert [message["text"] for message in slack.ephemerals(ANA.slack)] == ["psst"]
    assert slack.history(CHANNEL) == []
    refused = await refusal(web.chat_postEphemeral(channel=ANA.dm, user=BEN.slack, text="x"))
    assert refused["error"] == "user_not_in_channel"


async def test_a_permalink_names_the_thread(slack: SlackEmulator, web: AsyncWebClient) -> None:
    ts = await slack.say(ANA.slack, CHANNEL, "one")
    reply = await slack.say(ANA.slack, CHANNEL, "two", thread_ts=ts)
    link = (await web.chat_getPermalink(channel=CHANNEL, message_ts=reply))["permalink"]
    assert link.endswith(f"/archives/{CHANNEL}/p{reply.replace('.', '')}?thread_ts={ts}&cid={CHANNEL}")
    assert (await refusal(web.chat_getPermalink(channel=CHANNEL, message_ts="1.0")))[
        "error"
    ] == "message_not_found"


async def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: SlackEmulator, web: AsyncWebClient, clock: Clock
) -> None:
    once = slack.trigger(ANA.slack)
    assert (await web.views_open(trigger_id=once, view=MODAL))["view"]["id"] == slack.views(ANA.slack)[0][
        "id"
    ]
    assert (await refusal(web.views_open(trigger_id=once, view=MODAL)))["error"] == "exchanged_trigger_id"
    late = slack.trigger(ANA.slack)
    clock.now += 3.1
    assert (await refusal(web.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"
    assert (await refusal(web.views_open(trigger_id="1.2.x", view=MODAL)))["error"] == "invalid_trigger_id"


async def test_a_broken_view_does_not_use_up_the_trigger(slack: SlackEmulator, web: AsyncWebClient) -> None:
    trigger = slack.trigger(ANA.slack)
    refused = await refusal(web.views_open(trigger_id=trigger, view={"type": "modal"}))
    assert refused["error"] == "invalid_arguments"
    assert (
        "[ERROR] missing required field: title [json-pointer:/view]"
        in refused["response_metadata"]["messages"]
    )
    await web.views_open(trigger_id=trigger, view=MODAL)


async def test_views_are_pushed_at_most_three_deep(slack: SlackEmulator, web: AsyncWebClient) -> None:
    view = (await web.views_open(trigger_id=slack.trigger(ANA.slack), view=MODAL))["view"]
    for _ in range(2):
        trigger = slack.trigger(ANA.slack, slack.views(ANA.slack)[-1]["id"])
        pushed = (await web.views_push(trigger_id=trigger, view=MODAL))["view"]
        assert pushed["root_view_id"] == view["id"]
    trigger = slack.trigger(ANA.slack, pushed["id"])
    assert (await refusal(web.views_push(trigger_id=trigger, view=MODAL)))["error"] == "push_limit_reached"


async def test_a_view_is_updated_by_id_or_external_id_and_guarded_by_its_hash(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    trigger = slack.trigger(ANA.slack)
    view = (await web.views_open(trigger_id=trigger, view=MODAL | {"external_id": "mine"}))["view"]
    await web.views_update(external_id="mine", view=MODAL | {"callback_id": "new", "external_id": "mine"})
    assert slack.views(ANA.slack)[0]["callback_id"] == "new"
    stale = await refusal(web.views_update(view_id=view["id"], hash=view["hash"], view=MODAL))
    assert stale["error"] == "hash_conflict"
    assert (await refusal(web.views_update(view_id="V0", view=MODAL)))["error"] == "not_found"


async def test_a_home_is_published(slack: SlackEmulator, web: AsyncWebClient) -> None:
    first = (await web.views_publish(user_id=ANA.slack, view=HOME))["view"]
    second = (await web.views_publish(user_id=ANA.slack, view=HOME, hash=first["hash"]))["view"]
    assert slack.home(ANA.slack) == second
    refused = await refusal(web.views_publish(user_id=ANA.slack, view=HOME, hash=first["hash"]))
    assert refused["error"] == "hash_conflict"
    assert slack.home(BEN.slack) is None


async def test_a_stream_grows_and_ends(slack: SlackEmulator, web: AsyncWebClient, clock: Clock) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "tell me")
    stream = await web.chat_stream(channel=ANA.dm, thread_ts=ts, buffer_size=1)
    await stream.append(markdown_text="Once ")
    await stream.append(markdown_text="upon a time")
    assert slack.replies(ANA.dm, ts)[1]["text"] == "Once upon a time"
    busy = await refusal(web.chat_update(channel=ANA.dm, ts=str(stream.ts), text="x"))
    assert busy["error"] == "streaming_state_conflict"
    await stream.stop(markdown_text=".", blocks=BUTTONS)
    done = slack.replies(ANA.dm, ts)[1]
    assert (done["text"], [block["type"] for block in done["blocks"]]) == (
        "Once upon a time.",
        ["markdown", "actions"],
    )
    again = await refusal(web.chat_appendStream(channel=ANA.dm, ts=str(stream.ts), markdown_text="x"))
    assert again["error"] == "message_not_in_streaming_state"


async def test_a_stream_dies_after_five_minutes_and_stops_for_the_person(
    slack: SlackEmulator, web: AsyncWebClient, clock: Clock
) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "tell me")
    made = (await web.chat_startStream(channel=ANA.dm, thread_ts=ts, markdown_text="a"))["ts"]
    await slack.stop_stream(ANA.slack, ANA.dm, ts)
    refused = await refusal(web.chat_appendStream(channel=ANA.dm, ts=made, markdown_text="x"))
    assert refused["error"] == "stopped_by_user"
    late = (await web.chat_startStream(channel=ANA.dm, thread_ts=ts, markdown_text="a"))["ts"]
    clock.now += 301
    refused = await refusal(web.chat_appendStream(channel=ANA.dm, ts=late, markdown_text="x"))
    assert refused["error"] == "message_not_in_streaming_state"
    refused = await refusal(web.chat_startStream(channel=CHANNEL, thread_ts=ts))
    assert refused["error"] == "missing_recipient_team_id"


async def test_an_assistant_thread_shows_status_prompts_and_title(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    await web.assistant_threads_setStatus(channel_id=ANA.dm, thread_ts=ts, status="is thinking…")
    await web.assistant_threads_setTitle(channel_id=ANA.dm, thread_ts=ts, title="Hello")
    prompts = [{"title": "My week", "message": "how productive was I last week?"}]
    await web.assistant_threads_setSuggestedPrompts(channel_id=ANA.dm, thread_ts=ts, prompts=prompts)
    shown = slack.state_for(ANA.slack)
    assert shown["status"][0]["status"] == "is thinking…"
    assert (shown["prompts"]["prompts"], shown["titles"][0]["title"]) == (prompts, "Hello")
    await web.chat_postMessage(channel=ANA.dm, thread_ts=ts, text="answer")
    assert slack.state_for(ANA.slack)["status"] == []
    refused = await refusal(web.assistant_threads_setStatus(channel_id=ANA.dm, thread_ts="1.0", status="x"))
    assert refused["error"] == "invalid_thread_ts"


async def test_posting_is_limited_to_one_a_second_a_channel_after_a_burst(
    slack: SlackEmulator, web: AsyncWebClient, clock: Clock
) -> None:
    slack.rate_limits = True
    for _ in range(5):
        await web.chat_postMessage(channel=CHANNEL, text="x")
    limited = await refusal(web.chat_postMessage(channel=CHANNEL, text="x"))
    assert (limited.status_code, limited["error"], limited.headers["Retry-After"]) == (
        429,
        "ratelimited",
        "1",
    )
    await web.chat_postMessage(channel=ANA.dm, text="another channel")
    clock.now += 1
    await web.chat_postMessage(channel=CHANNEL, text="x")


async def test_requests_are_remembered_and_faults_strike(slack: SlackEmulator, web: AsyncWebClient) -> None:
    slack.faults.add("status", "chat.postMessage", status=503, body="down")
    with pytest.raises(SlackApiError):
        await web.chat_postMessage(channel=CHANNEL, text="x")
    await web.chat_postMessage(channel=CHANNEL, text="x")
    assert [(one.path, one.status) for one in slack.requests] == [
        ("/api/chat.postMessage", 503),
        ("/api/chat.postMessage", 200),
    ]
    assert slack.requests[-1].json()["text"] == "x"
    assert len(slack.history(CHANNEL)) == 1


async def test_a_deleted_reply_is_no_longer_counted(slack: SlackEmulator, web: AsyncWebClient) -> None:
    ts = await slack.say(ANA.slack, ANA.dm, "hello")
    replies = [(await web.chat_postMessage(channel=ANA.dm, text="x", thread_ts=ts))["ts"] for _ in range(2)]
    await web.chat_delete(channel=ANA.dm, ts=replies[1])
    assert slack.replies(ANA.dm, ts)[0]["latest_reply"] == replies[0]
    await web.chat_delete(channel=ANA.dm, ts=replies[0])
    (root,) = slack.replies(ANA.dm, ts)
    assert "reply_count" not in root
    assert "thread_ts" not in root

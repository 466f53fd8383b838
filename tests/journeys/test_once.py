"""Whatever happens twice on the way happens once in Jira, and is answered once in Slack."""

import asyncio

import pytest

from emulators.people import ANA, BEN, BOT_USER, CHANNEL
from tests.journeys.desk import Desk, button, buttons, on_both_databases, served, text_of

pytestmark = on_both_databases

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


@pytest.mark.parametrize("new_event_id", [False, True])
async def test_an_event_delivered_five_times_is_answered_once(desk: Desk, new_event_id: bool) -> None:
    card = await desk.say(ANA, UPDATE)
    thread = card["thread_ts"]
    await desk.site.slack.redeliver(thread, times=5, new_event_id=new_event_id)
    await desk.say(ANA, "help")
    assert len([one for one in desk.site.slack.replies(ANA.dm, thread) if one.get("bot_id")]) == 1
    assert len([one for one in desk.site.models.requests if "chat" in one.path]) == 1


async def test_approve_in_two_windows_posts_once(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await asyncio.gather(*(desk.press(ANA, card, "Post") for _ in range(4)))
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1
    await desk.site.slack.wait_for(lambda: len(desk.site.slack.ephemerals(ANA.slack)) >= 3)


async def test_an_old_window_cannot_approve_a_text_it_does_not_show(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await desk.press(ANA, card, "Edit")
    await desk.submit(ANA, {"text": "Fixed the timeout."})
    await desk.becomes(card, r"Fixed the timeout\.", ANA.dm)
    old = button(card, "Post")
    await desk.site.slack.press(ANA.slack, ANA.dm, card["ts"], old["action_id"], old["value"], stale=True)
    told = await desk.site.slack.wait_for(lambda: desk.site.slack.ephemerals(ANA.slack))
    assert "has changed since" in told[0]["text"]
    assert not desk.ours("DEMO-14")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_a_post_whose_answer_is_lost_is_found_again(desk: Desk, fault: str) -> None:
    card = await desk.say(ANA, UPDATE)
    desk.site.jira.faults.add(fault, r"/issue/[A-Z]+-\d+/comment$", method="POST")  # type: ignore[arg-type]
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_a_move_whose_answer_is_lost_is_made_once_and_told_as_ours(desk: Desk, fault: str) -> None:
    desk.site.jira.faults.add(fault, "/transitions$", method="POST")  # type: ignore[arg-type]
    answer = await desk.say(ANA, "done with DEMO-12")
    await desk.becomes(answer, r"In Progress → \*Done\*", ANA.dm)
    histories = desk.site.jira.issue("DEMO-12")["changelog"]["histories"]
    changes = [(item["field"], item["toString"]) for one in histories for item in one["items"]]
    assert changes.count(("status", "Done")) == 1
    assert (
        len([one for one in desk.site.slack.replies(ANA.dm, answer["thread_ts"]) if one.get("bot_id")]) == 1
    )


async def test_jira_down_is_told_and_the_work_is_done_later(desk: Desk) -> None:
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    answer = await desk.say(ANA, "done with DEMO-12")
    assert "Jira does not answer right now" in text_of(answer)
    fault.times = 0
    await desk.becomes(answer, r"→ \*Done\*", ANA.dm)


async def test_an_approved_draft_waits_for_jira(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Not posted yet", ANA.dm)
    fault.times = 0
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1


async def test_data_survives_a_restart(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    async with served(desk.site, desk.folder / "other"):
        pass
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)


async def test_only_the_author_decides(desk: Desk) -> None:
    card = await desk.say(ANA, f"<@{BOT_USER}> {UPDATE}", channel=CHANNEL)
    for label in ("Post", "Edit", "Regenerate", "Reject"):
        await desk.press(BEN, card, label, CHANNEL)
    told = await desk.site.slack.wait_for(lambda: len(desk.site.slack.ephemerals(BEN.slack)) == 4)
    assert told
    assert all("belongs to" in one["text"] for one in desk.site.slack.ephemerals(BEN.slack))
    assert not desk.site.slack.views(BEN.slack)
    assert not desk.ours("DEMO-14")
    assert buttons(desk.message(CHANNEL, card["ts"]))


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_an_answer_that_slack_lost_is_said_once(desk: Desk, fault: str) -> None:
    desk.site.slack.faults.add(fault, r"chat\.postMessage")  # type: ignore[arg-type]
    answer = await desk.say(ANA, "done with DEMO-12")
    await desk.say(ANA, "help")
    ours = [one for one in desk.site.slack.replies(ANA.dm, answer["thread_ts"]) if one.get("bot_id")]
    assert len(ours) == 1
    assert "→ *Done*" in text_of(ours[0])

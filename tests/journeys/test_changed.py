"""An issue that changed between draft and approval is not commented on blindly: its author is asked again, once for each change."""

import asyncio
from typing import Any

from emulators.people import ANA, BEN
from tests.journeys.desk import Desk, Message, buttons, on_both_databases, text_of

UPDATE = "fixed the login timeout in {}, still need QA"
MOVED = r"was moved to Done since\. Post anyway\?"


async def drafted(desk: Desk, keys: int = 1) -> tuple[Message, list[str]]:
    """Return the card of a draft for fresh issues, and their keys."""
    made = [desk.site.jira.create("DEMO", "A task of this test", assignee=ANA.account) for _ in range(keys)]
    return await desk.say(ANA, UPDATE.format(" and ".join(made))), made


def close(desk: Desk, key: str) -> None:
    """Have a colleague move an issue to done."""
    desk.site.jira.transition(key, "Done", by=BEN.account)


def rename(desk: Desk, key: str, summary: str) -> None:
    desk.site.jira.site.state.issues[key].summary = summary


def labels(card: Message) -> list[str]:
    return [one["text"]["text"] for one in buttons(card)]


@on_both_databases
async def test_a_draft_for_an_issue_that_was_closed_asks_again(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    close(desk, key)
    await desk.press(ANA, card, "Post")
    asked = await desk.becomes(card, MOVED, ANA.dm)
    assert "_Done_" in text_of(asked)
    assert labels(asked) == ["Post", "Reject"]
    assert not desk.ours(key)
    await desk.press(ANA, asked, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours(key)) == 1


async def test_it_may_be_rejected_instead(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    close(desk, key)
    await desk.press(ANA, card, "Post")
    asked = await desk.becomes(card, MOVED, ANA.dm)
    await desk.press(ANA, asked, "Reject")
    await desk.submit(ANA, {"reason": "Ben was quicker"})
    await desk.becomes(card, "Rejected comment", ANA.dm)
    assert not desk.ours(key)


async def test_each_change_is_asked_about_once(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    rename(desk, key, "Another matter altogether")
    await desk.press(ANA, card, "Post")
    asked = await desk.becomes(card, r"was “A task of this test” when this was drafted\. Post any", ANA.dm)
    assert "Another matter altogether" in text_of(asked)
    close(desk, key)
    await desk.press(ANA, asked, "Post")
    again = await desk.becomes(card, MOVED, ANA.dm)
    assert "when this was drafted" not in text_of(again)
    await desk.press(ANA, again, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours(key)) == 1


@on_both_databases
async def test_a_second_press_of_the_old_button_is_no_answer_to_the_question(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    close(desk, key)
    await asyncio.gather(*(desk.press(ANA, card, "Post") for _ in range(4)))
    await desk.becomes(card, MOVED, ANA.dm)
    await desk.site.slack.wait_for(lambda: len(desk.site.slack.ephemerals(ANA.slack)) >= 3)
    assert not desk.ours(key)
    assert labels(desk.message(ANA.dm, card["ts"])) == ["Post", "Reject"]


async def test_an_issue_under_another_key_is_shown_under_it(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    issues = desk.site.jira.site.state.issues
    issues["OPS-900"] = issues[key]
    issues[key].key = "OPS-900"
    await desk.press(ANA, card, "Post")
    asked = await desk.becomes(card, f"{key} has become OPS-900 since", ANA.dm)
    await desk.press(ANA, asked, "Post")
    await desk.becomes(card, "Posted comment on OPS-900", ANA.dm)
    assert len(desk.ours("OPS-900")) == 1


async def test_an_issue_that_is_gone_is_told(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    desk.site.jira.site.delete(desk.site.jira.site.state.issues[key])
    await desk.press(ANA, card, "Post")
    told = await desk.becomes(card, f"I cannot find {key} in Jira", ANA.dm)
    assert "Not posted" in text_of(told)


async def test_of_two_issues_the_one_that_is_left_may_be_posted_on(desk: Desk) -> None:
    card, [first, second] = await drafted(desk, 2)
    desk.site.jira.site.delete(desk.site.jira.site.state.issues[first])
    await desk.press(ANA, card, "Post")
    asked = await desk.becomes(card, f"{first} is not in Jira any more", ANA.dm)
    assert not desk.ours(second)
    await desk.press(ANA, asked, "Post")
    await desk.becomes(card, f"Posted comment on {second}", ANA.dm)
    assert len(desk.ours(second)) == 1


async def test_what_is_posted_already_is_not_asked_about(desk: Desk) -> None:
    """Jira took the comment, its answer was lost, and the issue was closed before the next look."""
    card, [key] = await drafted(desk)
    desk.site.jira.faults.add("status", f"/issue/{key}/comment$", method="GET", skip=1, times=2, status=503)
    desk.site.jira.faults.add("drop_after", f"/issue/{key}/comment$", method="POST")

    def meanwhile(event: dict[str, Any]) -> None:
        if desk.ours(key) and not closed:
            closed.append(key)
            close(desk, key)

    closed: list[str] = []
    desk.site.jira.listeners.append(meanwhile)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert closed
    assert len(desk.ours(key)) == 1


async def test_a_change_that_does_not_matter_is_not_asked_about(desk: Desk) -> None:
    card, [key] = await drafted(desk)
    desk.site.jira.comment(key, "Any news?", by=BEN.account)
    desk.site.jira.site.state.issues[key].priority = "1"
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)

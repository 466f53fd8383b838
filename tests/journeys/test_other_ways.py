"""E-mails, figures, ambiguous messages, and every way to reach Updraft."""

import pytest

from emulators.people import ANA, BEN, BOT_USER, CHANNEL, CHEN
from tests.journeys.desk import Desk, buttons, on_both_databases, text_of


async def dm(desk: Desk, words: str) -> dict[str, object]:
    """Wait for a message of the app in Ana's direct messages, outside of any thread."""

    def found() -> dict[str, object] | None:
        ours = [one for one in desk.site.slack.history(ANA.dm) if one.get("bot_id") and words in text_of(one)]
        return ours[-1] if ours else None

    message = await desk.site.slack.wait_for(found)
    assert message is not None
    return message


@on_both_databases
async def test_an_email_is_drafted_and_approved(desk: Desk) -> None:
    card = await desk.say(ANA, "write an email to my manager that I'm sick today")
    assert "Subject:" in text_of(card)
    assert "mailto:" in text_of(card)
    await desk.press(ANA, card, "Approve")
    approved = await desk.becomes(card, "E-mail approved", ANA.dm)
    assert not buttons(approved)


async def test_no_model_means_no_email_and_says_so(desk: Desk) -> None:
    desk.site.models.faults.add("status", "chat", status=503, times=-1)
    answer = await desk.say(ANA, "write an email to my manager that I'm sick today")
    assert "No language model answers" in text_of(answer)
    desk.site.models.faults.clear()
    await desk.press(ANA, answer, "Try again")
    await desk.becomes(answer, "Subject:", ANA.dm)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("how productive was I last week?", "Your figures, last week"),
        ("how many tickets did the team close this month?", "Figures of the team, this month"),
        (f"how productive was <@{BEN.slack}> last week?", "Figures of Ben, last week"),
        ("what are my stats for the last 10 days?", "Your figures, the last 10 days"),
    ],
)
async def test_figures_come_from_jira_without_a_model(desk: Desk, question: str, heading: str) -> None:
    answer = await desk.say(ANA, question)
    assert heading in text_of(answer)
    assert "*Completed*" in text_of(answer)
    assert not desk.site.models.requests


async def test_an_ambiguous_message_is_asked_back(desk: Desk) -> None:
    answer = await desk.say(ANA, "hmm, DEMO-14?")
    labels = [one["text"]["text"] for one in buttons(answer)]
    assert {"Draft a Jira comment", "Move to done"} <= set(labels)


async def test_a_mention_in_a_channel_is_answered_in_its_thread(desk: Desk) -> None:
    answer = await desk.say(ANA, f"<@{BOT_USER}> done with DEMO-12", channel=CHANNEL)
    assert answer["thread_ts"]
    assert "→ *Done*" in text_of(answer)


async def test_what_is_private_is_not_said_in_a_channel(desk: Desk) -> None:
    ts = await desk.site.slack.say(ANA.slack, CHANNEL, f"<@{BOT_USER}> how productive was I last week?")
    assert await dm(desk, "Your figures, last week")
    assert "direct messages" in desk.site.slack.ephemerals(ANA.slack)[0]["text"]
    assert not [
        one
        for one in desk.site.slack.replies(CHANNEL, ts)
        if one.get("bot_id") and not one.get("is_ephemeral")
    ]
    team = await desk.say(ANA, f"<@{BOT_USER}> how productive was the team last week?", channel=CHANNEL)
    assert "Figures of the team" in text_of(team)


async def test_what_is_private_stays_so_after_a_word_of_patience(desk: Desk) -> None:
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    waiting = await desk.say(ANA, f"<@{BOT_USER}> how productive was I last week?", channel=CHANNEL)
    assert "Jira does not answer" in text_of(waiting)
    fault.times = 0
    assert await dm(desk, "Your figures, last week")
    told = await desk.becomes(waiting, "direct messages", CHANNEL)
    assert "Completed" not in text_of(told)


async def test_a_key_answers_a_question_that_a_model_led_to(desk: Desk) -> None:
    asked = await desk.say(ANA, "finally got the refunds thing sorted")
    card = await desk.say(ANA, "DEMO-12", thread=asked["thread_ts"])
    assert "DEMO-12" in text_of(card)


async def test_a_question_asked_in_private_is_answered_there(desk: Desk) -> None:
    await desk.site.slack.say(
        ANA.slack, CHANNEL, f"<@{BOT_USER}> fixed the flaky login test, merged and deployed"
    )
    asked = await dm(desk, "Which issue is this about?")
    card = await desk.say(ANA, "demo-12", thread=str(asked["ts"]))
    assert "Draft comment on DEMO-12" in text_of(card)


@on_both_databases
async def test_a_thread_remembers_its_issue(desk: Desk) -> None:
    card = await desk.say(ANA, "fixed the timeout in DEMO-14, QA still pending")
    answer = await desk.say(ANA, "done", thread=card["thread_ts"])
    assert "DEMO-14" in text_of(answer)
    assert "→ *Done*" in text_of(answer)


async def test_an_update_without_a_key_asks_and_a_bare_key_answers(desk: Desk) -> None:
    asked = await desk.say(ANA, "fixed the flaky login test, merged and deployed to staging")
    assert "Which issue is this about?" in text_of(asked)
    card = await desk.say(ANA, "demo-12", thread=asked["thread_ts"])
    assert "Draft comment on DEMO-12" in text_of(card)
    assert "flaky login test" in text_of(card)


async def test_commands_are_answered_in_direct_messages(desk: Desk) -> None:
    said = await desk.site.slack.command(ANA.slack, CHANNEL, "done DEMO-12")
    assert "direct messages" in str(said)
    assert await dm(desk, "→ *Done*")
    helped = await desk.site.slack.command(ANA.slack, CHANNEL, "help")
    assert "in your own words" in str(helped)
    await desk.site.slack.command(ANA.slack, ANA.dm, "stats last week")
    assert await dm(desk, "Your figures, last week")
    await desk.site.slack.command(ANA.slack, ANA.dm, "update fixed the timeout in DEMO-14, QA pending")
    assert await dm(desk, "Draft comment on DEMO-14")


async def test_done_with_reservations_is_no_order(desk: Desk) -> None:
    await desk.site.slack.command(ANA.slack, ANA.dm, "done DEMO-12 except the tests")
    assert await dm(desk, "DEMO-12")
    assert desk.site.jira.issue("DEMO-12")["fields"]["status"]["name"] == "In Progress"


async def test_a_message_becomes_a_comment_by_its_shortcut(desk: Desk) -> None:
    ts = await desk.site.slack.say(BEN.slack, CHANNEL, "the timeout in DEMO-14 is fixed, QA is pending")
    await desk.site.slack.shortcut(ANA.slack, "draft_comment", CHANNEL, ts)
    assert await dm(desk, "Draft comment on DEMO-14")


async def test_the_global_shortcut_opens_a_form(desk: Desk) -> None:
    await desk.site.slack.shortcut(ANA.slack, "new_update")
    await desk.submit(ANA, {"text": "fixed the timeout in DEMO-14, QA pending"})
    assert await dm(desk, "Draft comment on DEMO-14")


@on_both_databases
async def test_the_home_shows_what_waits(desk: Desk) -> None:
    await desk.say(CHEN, "fixed the timeout in DEMO-14, QA pending")
    await desk.site.slack.open_home(CHEN.slack)
    home = await desk.site.slack.wait_for(lambda: desk.site.slack.home(CHEN.slack))
    assert home is not None
    assert "DEMO-14" in str(home)


async def test_several_issues_get_one_comment_each(desk: Desk) -> None:
    card = await desk.say(ANA, "DEMO-12 and DEMO-14: fixed the retry, deployed to staging, QA pending")
    assert "DEMO-12, DEMO-14" in text_of(card)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert (len(desk.ours("DEMO-12")), len(desk.ours("DEMO-14"))) == (1, 1)


async def test_a_question_about_an_issue_is_answered_from_jira(desk: Desk) -> None:
    answer = await desk.say(ANA, "is DEMO-14 done?")
    assert "*In Review*" in text_of(answer)
    assert "cannot find SECRET-1" in text_of(await desk.say(ANA, "what is the status of SECRET-1"))
    assert not desk.site.models.requests


async def test_a_key_of_no_project_is_named_on_the_card(desk: Desk) -> None:
    card = await desk.say(ANA, "fixed the retry in DEMO-14 and NOPE-1, QA pending")
    assert "cannot find NOPE-1" in text_of(card)

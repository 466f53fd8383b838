"""A casual update becomes a comment that its author approves; it is posted once."""

from emulators.people import ANA, BEN, DORA
from tests.journeys.desk import Desk, buttons, on_both_databases, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


@on_both_databases
async def test_an_update_becomes_a_comment_on_approval(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    assert "Draft comment on DEMO-14" in text_of(card)
    assert not desk.ours("DEMO-14")
    await desk.press(ANA, card, "Post")
    posted = await desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)
    assert not buttons(posted)
    assert len(desk.ours("DEMO-14")) == 1


@on_both_databases
async def test_the_same_by_http(http_desk: Desk) -> None:
    card = await http_desk.say(ANA, UPDATE)
    await http_desk.press(ANA, card, "Post")
    await http_desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)
    assert len(http_desk.ours("DEMO-14")) == 1


async def test_an_edited_draft_is_checked_again_and_posted(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await desk.press(ANA, card, "Edit")
    assert await desk.submit(ANA, {"text": "Fixed the timeout. Deployed to production."}) == {"ok": True}
    edited = await desk.becomes(card, "Deployed to production", ANA.dm)
    assert "production" in text_of(edited)
    await desk.press(ANA, edited, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    [comment] = desk.ours("DEMO-14")
    assert "Deployed to production" in str(comment["body"])


@on_both_databases
async def test_regenerate_and_reject(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await desk.press(ANA, card, "Regenerate")
    assert await desk.submit(ANA, {"instruction": "as a list"}) == {"ok": True}
    again = await desk.becomes(card, r"\n- ", ANA.dm)
    await desk.press(ANA, again, "Reject")
    assert await desk.submit(ANA, {"reason": "not needed"}) == {"ok": True}
    rejected = await desk.becomes(card, "Rejected comment", ANA.dm)
    assert "not needed" in text_of(rejected)
    assert not desk.ours("DEMO-14")


@on_both_databases
async def test_a_claim_of_completion_offers_the_move(desk: Desk) -> None:
    card = await desk.say(ANA, "finished DEMO-12 by moving the cache to Redis, added a TTL of 5 minutes")
    await desk.press(ANA, card, "Post and move to Done")
    await desk.becomes(card, "Posted comment", ANA.dm)
    await desk.site.slack.wait_for(
        lambda: desk.site.jira.issue("DEMO-12")["fields"]["status"]["name"] == "Done"
    )
    assert len(desk.ours("DEMO-12")) == 1


async def test_without_a_model_the_rules_answer_and_say_so(desk: Desk) -> None:
    desk.site.models.faults.add("status", "chat", status=503, times=-1)
    card = await desk.say(ANA, UPDATE)
    assert "No language model answered" in text_of(card)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)


async def test_lists_code_links_and_people_reach_jira(desk: Desk) -> None:
    card = await desk.say(
        ANA,
        f"DEMO-14 update:\n- fixed `retry()` in <https://example.com/pr/7|the pull request>\n- asked <@{BEN.slack}> to review, QA pending",
    )
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    [comment] = desk.ours("DEMO-14")
    body = str(comment["body"])
    for part in ("bulletList", "'code'", "https://example.com/pr/7", BEN.account):
        assert part in body


async def test_the_comment_says_for_whom_it_was_posted(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    [comment] = desk.ours("DEMO-14")
    assert ANA.account in str(comment["body"]["content"][-1])


async def test_a_move_that_needs_fields_asks_for_them_in_the_thread(desk: Desk) -> None:
    card = await desk.say(ANA, "finished DEMO-17 by loading the frame again, added a test for it")
    await desk.press(ANA, card, "Post and move to Done")
    await desk.becomes(card, "Posted comment", ANA.dm)
    asked = await desk.answer(ANA.dm, card["thread_ts"], {card["ts"]})
    assert "Jira needs" in text_of(asked)
    await desk.press(ANA, asked, "Fill in")
    form = await desk.form(ANA)
    element = form["blocks"][0]["element"]
    await desk.submit(ANA, {element["action_id"]: element["options"][0]["value"]})
    await desk.becomes(asked, r"→ \*Done\*", ANA.dm)


async def test_who_may_not_comment_is_told_and_the_draft_stays(desk: Desk) -> None:
    card = await desk.say(DORA, "DEMO-14: tested the retry on staging, two cases fail, QA pending")
    await desk.press(DORA, card, "Post")
    failed = await desk.becomes(card, "Not posted", DORA.dm)
    assert "does not let you comment" in text_of(failed)
    assert buttons(failed)
    assert not desk.ours("DEMO-14")


async def test_the_same_update_again_asks_no_model(desk: Desk) -> None:
    first = await desk.say(ANA, UPDATE)
    again = await desk.say(ANA, UPDATE)
    assert text_of(first) == text_of(again)
    assert len([one for one in desk.site.models.requests if "chat" in one.path]) == 1


async def test_no_other_text_keeps_the_last_one(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    desk.site.models.behave("good", down=True)
    await desk.press(ANA, card, "Regenerate")
    await desk.submit(ANA, {"instruction": "shorter"})
    kept = await desk.becomes(card, "could write another text", ANA.dm)
    assert buttons(kept)
    assert "retries 3 times" in text_of(kept)

"""A casual update becomes a comment that its author approves; it is posted once."""

from emulators.people import ANA
from tests.journeys.desk import Desk, buttons, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


async def test_an_update_becomes_a_comment_on_approval(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    assert "Draft comment on DEMO-14" in text_of(card)
    assert not desk.ours("DEMO-14")
    await desk.press(ANA, card, "Post")
    posted = await desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)
    assert not buttons(posted)
    assert len(desk.ours("DEMO-14")) == 1


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

"""While Jira is away, and after a draft's time is over: the person is told how things stand, and nothing is posted twice."""

from datetime import timedelta

from sqlalchemy import select

from emulators.people import ANA, BEN
from engine import Drafts, Store
from engine.jobs import jobs_table
from engine.store import utcnow
from tests.journeys.desk import Desk, buttons, on_both_databases, settings, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


@on_both_databases
async def test_whoever_approves_while_jira_is_down_sees_it_waiting_and_then_the_receipt(desk: Desk) -> None:
    cards = [await desk.say(ANA, UPDATE), await desk.say(BEN, UPDATE.replace("DEMO-14", "DEMO-12"))]
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    for who, card in zip((ANA, BEN), cards, strict=True):
        await desk.press(who, card, "Post")
        waiting = await desk.becomes(card, "Not posted yet; I keep trying and will post it once", who.dm)
        assert not buttons(waiting)
    assert not desk.ours("DEMO-14")
    fault.times = 0
    for who, card in zip((ANA, BEN), cards, strict=True):
        receipt = await desk.becomes(card, "Posted comment", who.dm)
        assert "Not posted" not in text_of(receipt)
    assert len(desk.ours("DEMO-14")) == 1
    assert len(desk.ours("DEMO-12")) == 1


async def test_a_draft_that_jira_refuses_says_so_and_may_be_posted_again(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    refusal = {"errorMessages": ["Comments are closed during the release."]}
    desk.site.jira.faults.add("status", "/comment$", method="POST", status=400, body=refusal)
    await desk.press(ANA, card, "Post")
    told = await desk.becomes(card, "Jira says: Comments are closed during the release", ANA.dm)
    assert "Not posted" in text_of(told)
    await desk.press(ANA, told, "Post again")
    await desk.becomes(card, "Posted comment", ANA.dm)
    assert len(desk.ours("DEMO-14")) == 1


@on_both_databases
async def answered(store: Store) -> None:
    """Wait until the job that showed the card is over: it redraws what changed while it was on its way."""
    busy = select(jobs_table.c.id).where(jobs_table.c.kind == "answer", jobs_table.c.status != "completed")
    while True:
        async with store.read() as tx:
            if (await tx.execute(busy)).first() is None:
                return


async def test_a_draft_whose_time_is_over_is_drafted_again_once(desk: Desk, database: dict[str, str]) -> None:
    card = await desk.say(ANA, UPDATE)
    url = database.get("DATABASE_URL") or settings(desk.site, desk.folder).database_url
    store = await Store.open(url)
    await answered(store)
    later = Drafts(store, lambda: utcnow() + timedelta(days=8))
    async with store.write() as tx:
        assert len(await later.expire(tx)) == 1
    await store.close()
    await desk.press(ANA, card, "Post")
    told = await desk.site.slack.wait_for(lambda: desk.site.slack.ephemerals(ANA.slack))
    assert "has expired" in told[0]["text"]
    expired = await desk.becomes(card, "Nobody decided on it for 7 days", ANA.dm)
    for _ in range(2):
        await desk.press(ANA, expired, "Draft it again")
    fresh = await desk.answer(ANA.dm, card["thread_ts"], {card["ts"]})
    assert "Draft comment on DEMO-14" in text_of(fresh)
    await desk.press(ANA, fresh, "Post")
    await desk.becomes(fresh, "Posted comment", ANA.dm)
    await desk.say(ANA, "help")
    replies = desk.site.slack.replies(ANA.dm, card["thread_ts"])
    assert len([one for one in replies if one.get("bot_id")]) == 2
    assert len(desk.ours("DEMO-14")) == 1

"""The life of a draft: every move once, by its author, as they saw it."""

import asyncio
from dataclasses import replace

import pytest

from engine.drafts import BY_PERSON, Draft, DraftKind, Drafts, Status, Target
from engine.errors import Gone, NotYours
from engine.store import Store
from engine.types import Checked, Finding, Severity
from tests.engine.conftest import TestClock

CHECKED = Checked(
    (Finding("tone.casual", Severity.NOTE, "“gonna” is casual.", 0, 5),), 0.7, 0.9, 0.6, True, False
)
NEW = Draft(
    workspace="T1",
    person="U1",
    inbox="m1",
    kind=DraftKind.COMMENT,
    update="fixed it",
    text="Fixed it.",
    source="openai:test",
    checked=CHECKED,
    issues=(Target("PAY-1", "Pay", "To Do", False, "Task"),),
    mentions={"Ben": "account"},
)


@pytest.fixture
def drafts(store: Store, clock: TestClock) -> Drafts:
    return Drafts(store, clock)


async def added(drafts: Drafts, draft: Draft = NEW) -> Draft:
    async with drafts.store.write() as tx:
        return await drafts.add(tx, draft)


async def claim(drafts: Drafts, draft: Draft, to: Status, *, revision: int = 1, by: str = "U1") -> None:
    async with drafts.store.write() as tx:
        await drafts.claim(tx, draft.id, revision, by, to)


async def test_a_draft_comes_back_as_it_was_stored(drafts: Drafts) -> None:
    made = await added(drafts)
    assert replace(await drafts.get(made.id), posted=None) == made
    assert await drafts.of_message("m1") is not None
    assert await drafts.of_message("m2") is None


async def test_of_many_claims_one_wins(drafts: Drafts) -> None:
    made = await added(drafts)
    outcomes = await asyncio.gather(
        *(claim(drafts, made, to) for to in (Status.APPROVED, Status.REJECTED) * 5), return_exceptions=True
    )
    assert [outcome for outcome in outcomes if outcome is None] == [None]
    assert all(isinstance(outcome, Gone) for outcome in outcomes if outcome is not None)


async def test_nobody_else_decides(drafts: Drafts) -> None:
    made = await added(drafts)
    with pytest.raises(NotYours, match="belongs to"):
        await claim(drafts, made, Status.APPROVED, by="U2")
    assert (await drafts.get(made.id)).status is Status.PENDING


async def test_a_text_that_changed_must_be_looked_at_first(drafts: Drafts) -> None:
    made = await added(drafts)
    async with drafts.store.write() as tx:
        assert await drafts.rewrite(tx, made, replace(made, text="Fixed all.", source=BY_PERSON))
        assert not await drafts.rewrite(tx, made, replace(made, text="Fixed nothing.", source=BY_PERSON))
    with pytest.raises(Gone, match="has changed since"):
        await claim(drafts, made, Status.APPROVED)
    await claim(drafts, made, Status.APPROVED, revision=2)
    now = await drafts.get(made.id)
    assert (now.text, now.revision, now.source) == ("Fixed all.", 2, BY_PERSON)


@pytest.mark.parametrize(
    ("status", "words"),
    [(Status.APPROVED, "being posted"), (Status.REJECTED, "rejected"), (Status.REWRITING, "being rewritten")],
)
async def test_a_late_click_is_told_what_was_decided(drafts: Drafts, status: Status, words: str) -> None:
    made = await added(drafts)
    await claim(drafts, made, status)
    with pytest.raises(Gone, match=words):
        await claim(drafts, made, Status.APPROVED)


async def test_a_draft_that_failed_may_be_approved_again(drafts: Drafts) -> None:
    made = await added(drafts)
    await claim(drafts, made, Status.APPROVED)
    async with drafts.store.write() as tx:
        assert await drafts.settle(tx, made.id, Status.APPROVED, Status.FAILED, "No permission.")
        assert not await drafts.settle(tx, made.id, Status.APPROVED, Status.FAILED)
    await claim(drafts, made, Status.APPROVED)


async def test_comments_are_noted_one_by_one(drafts: Drafts) -> None:
    made = await added(drafts)
    await claim(drafts, made, Status.APPROVED)
    async with drafts.store.write() as tx:
        await drafts.posted(tx, made.id, {"PAY-1": "10"}, whole=False)
    assert (await drafts.get(made.id)).status is Status.APPROVED
    async with drafts.store.write() as tx:
        await drafts.posted(tx, made.id, {"PAY-1": "10", "PAY-2": "11"}, whole=True)
    now = await drafts.get(made.id)
    assert (now.status, now.posted) == (Status.POSTED, {"PAY-1": "10", "PAY-2": "11"})


async def test_a_draft_expires_after_seven_days(drafts: Drafts, clock: TestClock) -> None:
    made = await added(drafts)
    clock.pass_by(days=6, hours=23)
    async with drafts.store.write() as tx:
        assert await drafts.expire(tx) == []
    clock.pass_by(hours=2)
    with pytest.raises(Gone, match="expired"):
        await claim(drafts, made, Status.APPROVED)
    async with drafts.store.write() as tx:
        assert await drafts.expire(tx) == [made.id]
    assert (await drafts.get(made.id)).status is Status.EXPIRED


async def test_what_waits_is_the_persons_own(drafts: Drafts) -> None:
    made = await added(drafts)
    await added(drafts, replace(NEW, inbox="m2", person="U2"))
    decided = await added(drafts, replace(NEW, inbox="m3"))
    await claim(drafts, decided, Status.REJECTED)
    assert [draft.id for draft in await drafts.pending("T1", "U1")] == [made.id]


async def test_a_draft_that_is_asked_about_again_waits_for_a_fresh_look(
    drafts: Drafts, clock: TestClock
) -> None:
    made = await added(drafts)
    await claim(drafts, made, Status.APPROVED)
    approved, now = await drafts.get(made.id), (replace(made.issues[0], status="Done", done=True),)
    clock.pass_by(days=6)
    async with drafts.store.write() as tx:
        assert await drafts.ask_again(tx, approved, now, "PAY-1 was moved to Done since. Post anyway?")
        assert not await drafts.ask_again(tx, approved, now, "Once more?")
    asked = await drafts.get(made.id)
    assert (asked.status, asked.revision, asked.issues) == (Status.CHANGED, 2, now)
    with pytest.raises(Gone, match="has changed since"):
        await claim(drafts, made, Status.APPROVED)
    clock.pass_by(days=6)
    await claim(drafts, made, Status.APPROVED, revision=2)


async def test_only_an_expired_draft_is_drafted_again_and_by_its_author(drafts: Drafts) -> None:
    made = await added(drafts)
    with pytest.raises(Gone):
        drafts.require_expired(replace(made, status=Status.POSTED), "U1")
    with pytest.raises(NotYours):
        drafts.require_expired(replace(made, status=Status.EXPIRED), "U2")
    drafts.require_expired(replace(made, status=Status.EXPIRED), "U1")

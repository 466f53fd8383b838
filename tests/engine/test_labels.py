"""A workspace's own decisions as labelled lines: what becomes a label, what does not, and what is hidden in it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.scoring import kind_of
from emulators.people import ANA, BEN
from emulators.site import Site
from engine import audit
from engine.checks import check_comment
from engine.drafts import BY_PERSON, Draft, DraftKind, Drafts, Status, Target
from engine.inbox import Inbox, Incoming, Kind
from engine.labels import Anonymous, Label, exported
from engine.store import Store
from engine.types import Choice, Option, Route
from tests.engine.conftest import TestClock
from tests.journeys.desk import Desk, served

PERSON = "U0ANA0001"
UPDATE = "fixed the timeout in PAY-1, QA pending"
TEXT = "Fixed the timeout in PAY-1; QA is pending."


@dataclass
class Workspace:
    """The tables that decisions leave their traces in."""

    store: Store
    clock: TestClock

    def __post_init__(self) -> None:
        self.inbox, self.drafts = Inbox(self.store, self.clock), Drafts(self.store, self.clock)
        self.count = 0

    async def said(
        self,
        text: str,
        route: Route,
        *,
        rule: str = "a.rule",
        kind: Kind = Kind.MESSAGE,
        workspace: str = "T1",
        choice: Choice | None = None,
    ) -> str:
        """Take a message that was routed so."""
        self.count += 1
        self.clock.pass_by(minutes=1)
        ts = f"{self.count}.0"
        incoming = Incoming(workspace, PERSON, "D1", text, f"Ev{self.count}", ts, ts, kind, choice)
        async with self.store.write() as tx:
            id = await self.inbox.take(tx, incoming)
        assert id is not None
        await self.inbox.routed(id, route, rule, None)
        return id

    async def asked(self, text: str, choice: Choice) -> None:
        """Take a message that was asked about, and its answer."""
        id = await self.said(text, Route.CLASSIFY)
        await self.inbox.sending(id, [Option("This one", choice)])
        await self.inbox.sent(id, f"9{self.count}.0")
        async with self.store.write() as tx:
            assert await self.inbox.choose(tx, id, choice, PERSON)
        await self.inbox.routed(id, choice.route, "chosen", None)

    async def drafted(
        self, update: str = UPDATE, text: str = TEXT, *, route: Route = Route.REPHRASE, **rest: Any
    ) -> Draft:
        """Take an update and add the draft made of it."""
        id = await self.said(update, route)
        checked = check_comment(update, text)
        target = Target("PAY-1", "Timeout at checkout", "To Do", False, "Bug")
        draft = Draft(
            "T1", PERSON, id, DraftKind.COMMENT, update, text, "openai:test", checked, issues=(target,)
        )
        async with self.store.write() as tx:
            return await self.drafts.add(tx, replace(draft, **rest))

    async def edited(self, draft: Draft, text: str, source: str = BY_PERSON) -> Draft:
        """Write another text over a draft."""
        async with self.store.write() as tx:
            assert await self.drafts.rewrite(tx, draft, replace(draft, text=text, source=source))
        return await self.drafts.get(draft.id)

    async def decided(self, draft: Draft, act: str, reason: str | None = None) -> None:
        """Approve or reject a draft as the engine does."""
        self.clock.pass_by(minutes=1)
        to = Status.APPROVED if act == "approved" else Status.REJECTED
        detail = {"revision": draft.revision, "move": False} if act == "approved" else {"reason": reason}
        async with self.store.write() as tx:
            await self.drafts.claim(tx, draft.id, draft.revision, PERSON, to, reason=reason)
            await audit.note(tx, "T1", PERSON, act, draft.id, self.clock, **detail)

    async def labels(self, **which: Any) -> list[Label]:
        """Export; every line is one that can be measured."""
        found = [one async for one in exported(self.store, **which)]
        for one in found:
            kind_of(one)
            assert PERSON not in str(one)
        return found

    async def pairs(self) -> list[Label]:
        """Export the pairs alone."""
        return [one for one in await self.labels() if "draft" in one]


@pytest.fixture
def workspace(store: Store, clock: TestClock) -> Workspace:
    return Workspace(store, clock)


# -- routes


async def test_where_nobody_decided_the_label_is_the_routers(workspace: Workspace) -> None:
    await workspace.said("done with PAY-1", Route.COMPLETION)
    await workspace.said("hello there", Route.CLASSIFY)
    assert await workspace.labels() == [
        {"label": "completion", "text": "done with PAY-1", "decided_by": "router"},
        {"label": "ambiguous", "text": "hello there", "decided_by": "router"},
    ]


async def test_an_answer_to_a_question_is_a_label(workspace: Workspace) -> None:
    await workspace.asked("PAY-1 and that was it", Choice(Route.COMPLETION, ("PAY-1",)))
    await workspace.asked("the login again", Choice(Route.REPHRASE, ("PAY-2",)))
    assert await workspace.labels() == [
        {
            "label": "completion|ambiguous",
            "text": "PAY-1 and that was it",
            "decided_by": "person",
            "keys": ["PAY-1"],
        },
        # The issue was chosen and stands nowhere in the words: which keys they name, nobody said.
        {"label": "update|ambiguous", "text": "the login again", "decided_by": "person"},
    ]


async def test_an_approved_draft_confirms_the_route(workspace: Workspace) -> None:
    await workspace.decided(await workspace.drafted(), "approved")
    await workspace.decided(await workspace.drafted(route=Route.CLASSIFY), "approved")
    await workspace.decided(
        await workspace.drafted(
            "sick today",
            "Subject: Sick\n\nI am sick.",
            route=Route.EMAIL,
            kind=DraftKind.EMAIL,
            issues=(),
        ),
        "approved",
    )
    sure, by_model, email, *_ = await workspace.labels()
    assert sure == {"label": "update", "text": UPDATE, "decided_by": "person", "keys": ["PAY-1"]}
    assert by_model["label"] == "update|ambiguous"
    assert email == {"label": "email", "text": "sick today", "decided_by": "person"}


async def test_keys_are_left_out_where_some_could_not_be_read(workspace: Workspace) -> None:
    await workspace.decided(await workspace.drafted(notes=("There is no PAY-9.",)), "approved")
    assert "keys" not in (await workspace.labels())[0]


async def test_a_rejected_draft_says_nothing_of_the_route(workspace: Workspace) -> None:
    await workspace.decided(await workspace.drafted(), "rejected", "wrong tone")
    assert [one for one in await workspace.labels() if "label" in one] == []


async def test_what_judges_no_words_is_left_out(workspace: Workspace) -> None:
    await workspace.said("", Route.CLASSIFY, rule="empty")
    await workspace.said("x" * 100, Route.CLASSIFY, rule="error")
    await workspace.said(
        "PAY-1", Route.COMPLETION, kind=Kind.COMMAND, choice=Choice(Route.COMPLETION, ("PAY-1",))
    )
    await workspace.said("", Route.COMPLETION, kind=Kind.FOLLOW_UP)
    async with workspace.store.write() as tx:
        await workspace.inbox.take(tx, Incoming("T1", PERSON, "D1", "not routed yet", "Ev0", "0.1", "0.1"))
    assert await workspace.labels() == []


async def test_a_deleted_message_is_left_out(workspace: Workspace) -> None:
    await workspace.said("done with PAY-1", Route.COMPLETION)
    async with workspace.store.write() as tx:
        await workspace.inbox.withdraw(tx, "T1", "D1", "1.0")
    assert await workspace.labels() == []


# -- pairs


async def test_a_draft_approved_unchanged_is_a_faithful_pair(workspace: Workspace) -> None:
    await workspace.decided(await workspace.drafted(), "approved")
    assert await workspace.pairs() == [
        {
            "kind": "comment",
            "update": UPDATE,
            "draft": TEXT,
            "source": "openai:test",
            "context": "PAY-1: Timeout at checkout",
            "decision": "approved",
            "faithful": True,
        }
    ]


async def test_an_edit_keeps_both_texts_and_is_no_verdict(workspace: Workspace) -> None:
    draft = await workspace.edited(await workspace.drafted(), "Fixed. QA is pending.")
    await workspace.decided(draft, "approved")
    [pair] = await workspace.pairs()
    assert (pair["draft"], pair["edited"], pair["decision"]) == (TEXT, "Fixed. QA is pending.", "edited")
    assert "faithful" not in pair


async def test_a_text_written_again_is_the_one_that_was_approved(workspace: Workspace) -> None:
    draft = await workspace.edited(await workspace.drafted(), "My own.")
    draft = await workspace.edited(draft, "The timeout in PAY-1 is fixed; QA is pending.", "openai:test")
    await workspace.decided(draft, "approved")
    [pair] = await workspace.pairs()
    assert (pair["draft"], pair["decision"]) == (draft.text, "approved")


async def test_a_rejection_keeps_its_reason(workspace: Workspace) -> None:
    await workspace.decided(await workspace.drafted(), "rejected", "ask ben@example.org first")
    [pair] = await workspace.pairs()
    assert pair["decision"] == "rejected"
    assert pair["reason"] == "ask [redacted-email-1] first"
    assert "faithful" not in pair


async def test_undecided_drafts_are_no_pairs(workspace: Workspace) -> None:
    await workspace.drafted()
    dropped = await workspace.drafted()
    async with workspace.store.write() as tx:
        await workspace.drafts.settle(
            tx, dropped.id, Status.PENDING, Status.REJECTED, "The message was deleted."
        )
    assert await workspace.pairs() == []


async def test_what_was_rejected_after_jira_refused_it_was_still_approved(workspace: Workspace) -> None:
    draft = await workspace.drafted()
    await workspace.decided(draft, "approved")
    async with workspace.store.write() as tx:
        await workspace.drafts.settle(tx, draft.id, Status.APPROVED, Status.FAILED, "no permission")
    await workspace.decided(draft, "rejected")
    assert [pair["decision"] for pair in await workspace.pairs()] == ["approved"]


# -- which


async def test_since_a_day(workspace: Workspace) -> None:
    await workspace.said("an old one", Route.CLASSIFY)
    await workspace.decided(await workspace.drafted(), "approved")
    workspace.clock.pass_by(days=2)
    since = workspace.clock()
    await workspace.said("a new one", Route.CLASSIFY)
    assert [one["text"] for one in await workspace.labels(since=since)] == ["a new one"]


async def test_one_workspace(workspace: Workspace) -> None:
    await workspace.said("ours", Route.CLASSIFY)
    await workspace.said("theirs", Route.CLASSIFY, workspace="T2")
    assert [one["text"] for one in await workspace.labels(workspace="T2")] == ["theirs"]
    assert await workspace.labels(workspace="T3") == []


# -- what is hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("ask <@U0BEN0002> or <@U0CARL003|carl>, then <@U0BEN0002>", "ask <@U00000001> or <@U00000002>, then <@U00000001>"),
        ("see <#C0123ABC|deal-with-acme>", "see <#C00000001|channel>"),
        ("mail ben@example.org and ben@example.org", "mail [redacted-email-1] and [redacted-email-1]"),
        ("<mailto:ben@example.org|ben@example.org>", "<mailto:[redacted-email-1]|[redacted-email-1]>"),
        ("call me at +49 30 1234567 about PAY-1", "call me at [redacted-phone-1] about PAY-1"),
        ("the password is hunter2!x", "the password is [redacted-password-1]"),
        ("asked @Ben Foster to look, @here and @channel know", "asked @Colleague1 to look, @here and @channel know"),
        ("done with PAY-1 in 2 days, see https://x.example/pr/7", "done with PAY-1 in 2 days, see https://x.example/pr/7"),
    ],
)  # fmt: skip
def test_people_addresses_and_secrets_are_replaced(text: str, hidden: str) -> None:
    assert Anonymous().hide(text) == hidden


def test_keys_never_leave() -> None:
    key = "AKIA" + "IOSFODNN7" + "QWERTYU"
    assert key not in Anonymous().hide(f"rotated {key}, the old one was {key}")


def test_one_person_has_one_stand_in_in_all_texts_of_a_line() -> None:
    anonymous = Anonymous({"Ben Foster": "account", "Ben": "other"})
    update = anonymous.hide("asked @Ben Foster, not @Ben, to review PAY-1")
    draft = anonymous.hide("Asked Ben Foster (not Ben) to review PAY-1.")
    assert update == "asked @Colleague1, not @Colleague2, to review PAY-1"
    assert draft == "Asked Colleague1 (not Colleague2) to review PAY-1."
    assert check_comment(update, draft).faithful


# -- the whole way


async def test_what_people_did_in_slack_comes_out(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path):
        desk = Desk(site, tmp_path)
        update = f"fixed the timeout in DEMO-14, asked <@{BEN.slack}> for QA on staging"
        card = await desk.say(ANA, update)
        await desk.press(ANA, card, "Post")
        await desk.becomes(card, "Posted comment", ANA.dm)
        card = await desk.say(ANA, "DEMO-12: tested on staging, two cases fail")
        await desk.press(ANA, card, "Edit")
        await desk.submit(ANA, {"text": "Two cases fail on staging."})
        edited = await desk.becomes(card, "Two cases fail on staging", ANA.dm)
        await desk.press(ANA, edited, "Post")
        await desk.becomes(card, "Posted comment", ANA.dm)
        url = next(tmp_path.rglob("*.db"))
    store = await Store.open(f"sqlite+aiosqlite:///{url}")
    found = [one async for one in exported(store)]
    await store.close()
    for one in found:
        kind_of(one)
        for secret in (ANA.slack, BEN.slack, BEN.name, BEN.account):
            assert secret not in str(one)
    assert [one.get("label") or one["decision"] for one in found] == [
        "update",
        "update",
        "approved",
        "edited",
    ]
    assert found[3]["edited"] == "Two cases fail on staging."

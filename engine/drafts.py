"""The life of a draft; each move happens once.

    pending ──approve──► approved ──posted──► posted
       │ ▲                  └──refused by Jira──► failed ──approve──► approved
       │ └──rewritten── rewriting ◄──regenerate── pending
       └──reject──► rejected      (nobody decides for 7 days: expired)
    approved ──an issue has changed since──► changed ──approve──► approved

A move is one conditional update: who changes the row has decided, everybody else is told what was decided.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from engine.errors import Gone, NotYours
from engine.jira import Issue
from engine.jobs import Jobs
from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow
from engine.types import Checked, Finding, Severity

LIFE = timedelta(days=7)

drafts_table = Table(
    "drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("inbox", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("issues", Json, nullable=False),
    Column("update_text", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", String(100), nullable=False),
    Column("checked", Json, nullable=False),
    Column("mentions", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("added", Json, nullable=False),
    Column("completes", Boolean, nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("move", Boolean, nullable=False),
    Column("posted", Json, nullable=False),
    Column("reason", Text),
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("inbox"),
    Index("ix_drafts_person", "workspace", "person", "status"),
    Index("ix_drafts_created", "created_at"),
    Index("ix_drafts_expires", "status", "expires_at"),
)

revisions_table = Table(
    "draft_revisions",
    metadata,
    Column("draft", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("instruction", Text),
    Column("quality", Float, nullable=False),
    Column("created_at", Moment, nullable=False),
)

EXPIRED = "This draft has expired. Press “Draft it again” for a fresh one."
BY_PERSON = "person"
BY_RULES = "rules"


class DraftKind(StrEnum):
    """What a draft becomes."""

    COMMENT = "comment"
    EMAIL = "email"


class Status(StrEnum):
    """How far a draft is."""

    PENDING = "pending"
    REWRITING = "rewriting"
    APPROVED = "approved"
    POSTED = "posted"
    FAILED = "failed"
    CHANGED = "changed"
    REJECTED = "rejected"
    EXPIRED = "expired"


OPEN = (Status.PENDING, Status.FAILED, Status.CHANGED)
"""Where a draft waits for its author."""


@dataclass(frozen=True, slots=True)
class Target:
    """An issue that a draft is for, as it was when drafted."""

    key: str
    summary: str
    status: str
    done: bool
    type: str


def target(issue: Issue) -> Target:
    """Return an issue as a draft remembers it."""
    return Target(issue.key, issue.summary, issue.status, issue.done, issue.type)


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that waits for its author's decision; ``posted`` maps issue keys to the ids of the comments made.

    ``added`` are the places in ``text`` of words that the person did not say."""

    workspace: str
    person: str
    inbox: str
    kind: DraftKind
    update: str
    text: str
    source: str
    checked: Checked
    issues: tuple[Target, ...] = ()
    mentions: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()
    added: tuple[tuple[int, int], ...] = ()
    completes: bool = False
    trusted: bool = True
    id: str = ""
    status: Status = Status.PENDING
    revision: int = 1
    move: bool = False
    posted: Mapping[str, str] | None = None
    reason: str | None = None
    created_at: datetime | None = None
    decided_at: datetime | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The issues it will be posted on."""
        return tuple(target.key for target in self.issues)

    @property
    def open(self) -> bool:
        """Whether it waits for its author's decision."""
        return self.status in OPEN


class Drafts:
    """The table of drafts and its moves."""

    def __init__(self, store: Store, clock: Clock = utcnow) -> None:
        self.store, self.clock = store, clock

    async def add(self, tx: Transaction, draft: Draft) -> Draft:
        """Store a new draft and its first revision; return it with its id."""
        now = self.clock()
        made = replace(draft, id=uuid4().hex, created_at=now)
        row = {
            "id": made.id,
            "workspace": made.workspace,
            "person": made.person,
            "inbox": made.inbox,
            "kind": made.kind.value,
            "status": made.status.value,
            "revision": made.revision,
            "update_text": made.update,
            "mentions": dict(made.mentions or {}),
            "completes": made.completes,
            "move": made.move,
            "posted": {},
            "created_at": now,
            "expires_at": now + LIFE,
        }
        await tx.execute(insert(drafts_table).values(**row, **_content(made)))
        await self._remember(tx, made, None)
        return made

    async def get(self, id: str) -> Draft:
        """Return a draft; raises Gone when there is none."""
        return await self._one(drafts_table.c.id == id)

    async def of_message(self, inbox: str) -> Draft | None:
        """Return the draft made from a message, if any."""
        try:
            return await self._one(drafts_table.c.inbox == inbox)
        except Gone:
            return None

    async def pending(self, workspace: str, person: str, limit: int = 10) -> list[Draft]:
        """Return a person's undecided drafts, newest first."""
        mine = (drafts_table.c.workspace == workspace) & (drafts_table.c.person == person)
        waiting = mine & drafts_table.c.status.in_(OPEN)
        query = select(drafts_table).where(waiting).order_by(drafts_table.c.created_at.desc()).limit(limit)
        async with self.store.read() as tx:
            return [_draft(row) for row in (await tx.execute(query)).all()]

    async def claim(
        self,
        tx: Transaction,
        id: str,
        revision: int,
        by: str,
        to: Status,
        *,
        move: bool = False,
        reason: str | None = None,
    ) -> None:
        """Decide on a draft as its author saw it.

        Raises NotYours, or Gone with a sentence that says what was decided before or that the text is another by now.
        """
        row = (await tx.execute(select(drafts_table).where(drafts_table.c.id == id))).first()
        if row is None:
            raise Gone("I no longer have that draft.")
        if row.person != by:
            raise NotYours(f"This draft belongs to <@{row.person}>; only they can decide on it.")
        open = drafts_table.c.status.in_(OPEN)
        fresh = (drafts_table.c.revision == revision) & (drafts_table.c.expires_at > self.clock())
        values = {"status": to.value, "move": move, "reason": reason, "decided_at": self.clock()}
        claimed = await tx.execute(
            update(drafts_table).where((drafts_table.c.id == id) & open & fresh).values(**values)
        )
        if not claimed.rowcount:
            raise Gone(_why_not(_draft(row), revision))

    def require_open(self, draft: Draft, revision: int, by: str) -> None:
        """Raise NotYours or Gone unless this person may decide on this revision now."""
        if draft.person != by:
            raise NotYours(f"This draft belongs to <@{draft.person}>; only they can decide on it.")
        if not draft.open or draft.revision != revision:
            raise Gone(_why_not(draft, revision))

    def require_expired(self, draft: Draft, by: str) -> None:
        """Raise NotYours or Gone unless this person's draft has expired."""
        if draft.person != by:
            raise NotYours(f"This draft belongs to <@{draft.person}>; only they can have it drafted again.")
        if draft.status is not Status.EXPIRED:
            raise Gone(_why_not(draft, draft.revision))

    async def rewrite(
        self, tx: Transaction, before: Draft, after: Draft, *, instruction: str | None = None
    ) -> bool:
        """Replace the text of a draft that still is as ``before``; False when it is not. The old text is kept as a revision."""
        same = (drafts_table.c.id == before.id) & (drafts_table.c.revision == before.revision)
        same &= drafts_table.c.status == before.status.value
        made = replace(after, revision=before.revision + 1, status=Status.PENDING)
        values = _content(made) | {"revision": made.revision, "status": made.status.value, "reason": None}
        changed = await tx.execute(update(drafts_table).where(same).values(**values))
        if changed.rowcount:
            await self._remember(tx, made, instruction)
        return bool(changed.rowcount)

    async def ask_again(
        self, tx: Transaction, draft: Draft, issues: tuple[Target, ...], question: str
    ) -> bool:
        """Give an approved draft back to its author, for the issues as they are now; False when it is not as ``draft`` any more.

        It is another revision: whoever presses a button of the card as it was before has not read the question.
        """
        same = (drafts_table.c.id == draft.id) & (drafts_table.c.revision == draft.revision)
        same &= drafts_table.c.status == Status.APPROVED.value
        made = replace(draft, issues=issues, revision=draft.revision + 1)
        values = {"status": Status.CHANGED.value, "reason": question, "expires_at": self.clock() + LIFE}
        values |= {"revision": made.revision, "issues": [asdict(one) for one in issues]}
        changed = await tx.execute(update(drafts_table).where(same).values(**values))
        if changed.rowcount:
            await self._remember(tx, made, None)
        return bool(changed.rowcount)

    async def posted(self, tx: Transaction, id: str, comments: Mapping[str, str], *, whole: bool) -> bool:
        """Note the comments made so far; ``whole`` ends the draft. False when it is not approved any more."""
        values: dict[str, Any] = {"posted": dict(comments)}
        if whole:
            values |= {"status": Status.POSTED.value, "reason": None}
        mine = (drafts_table.c.id == id) & (drafts_table.c.status == Status.APPROVED.value)
        return bool((await tx.execute(update(drafts_table).where(mine).values(**values))).rowcount)

    async def settle(
        self, tx: Transaction, id: str, before: Status, after: Status, reason: str | None = None
    ) -> bool:
        """Move a draft without its author: failed, or back to pending; False when it is not at ``before``."""
        mine = (drafts_table.c.id == id) & (drafts_table.c.status == before.value)
        values = {"status": after.value, "reason": reason}
        return bool((await tx.execute(update(drafts_table).where(mine).values(**values))).rowcount)

    async def left(self, tx: Transaction, jobs: Jobs, id: str, status: Status) -> bool:
        """Say whether a draft is at a status that a job of its own should end, and none is left for it.

        Its row is locked from then on: of two who ask in order to add a job, the second sees the first one's.
        """
        return await self.settle(tx, id, status, status) and not await jobs.waiting(tx, id)

    async def expire(self, tx: Transaction) -> list[str]:
        """End the drafts nobody decided on in time; return their ids."""
        old = drafts_table.c.expires_at <= self.clock()
        late = old & drafts_table.c.status.in_(OPEN)
        ids = list((await tx.execute(select(drafts_table.c.id).where(late))).scalars())
        await tx.execute(update(drafts_table).where(late).values(status=Status.EXPIRED.value))
        return ids

    async def _one(self, where: Any) -> Draft:
        async with self.store.read() as tx:
            row = (await tx.execute(select(drafts_table).where(where))).first()
        if row is None:
            raise Gone("I no longer have that draft.")
        return _draft(row)

    async def _remember(self, tx: Transaction, draft: Draft, instruction: str | None) -> None:
        row = {"draft": draft.id, "number": draft.revision, "source": draft.source, "text": draft.text}
        rest = {"instruction": instruction, "quality": draft.checked.quality, "created_at": self.clock()}
        await tx.execute(insert(revisions_table).values(**row, **rest))


def _why_not(draft: Draft, revision: int) -> str:
    match draft.status:
        case Status.APPROVED:
            return "You approved this draft already; it is being posted."
        case Status.POSTED:
            return "This draft is posted already."
        case Status.REJECTED:
            return "This draft was rejected."
        case Status.REWRITING:
            return "This draft is being rewritten; the new text comes in a moment."
        case Status.EXPIRED:
            return EXPIRED
        case Status.PENDING | Status.FAILED | Status.CHANGED:
            changed = "This draft has changed since; please look at its present text first."
            return changed if draft.revision != revision else EXPIRED


def _content(draft: Draft) -> dict[str, Any]:
    return {
        "issues": [asdict(target) for target in draft.issues],
        "text": draft.text,
        "source": draft.source,
        "checked": asdict(draft.checked),
        "notes": list(draft.notes),
        "added": [list(place) for place in draft.added],
        "trusted": draft.trusted,
    }


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        workspace=row.workspace,
        person=row.person,
        inbox=row.inbox,
        kind=DraftKind(row.kind),
        update=row.update_text,
        text=row.text,
        source=row.source,
        checked=_checked(row.checked),
        issues=tuple(Target(**raw) for raw in row.issues),
        mentions=row.mentions,
        notes=tuple(row.notes),
        added=tuple((start, end) for start, end in row.added),
        completes=row.completes,
        trusted=row.trusted,
        id=row.id,
        status=Status(row.status),
        revision=row.revision,
        move=row.move,
        posted=row.posted,
        reason=row.reason,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def _checked(raw: dict[str, Any]) -> Checked:
    findings = tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in raw["findings"])
    return Checked(**{**raw, "findings": findings})

"""Every message ever taken, once: what it said, what was asked back, where its one answer stands.

An entry moves ``received → sending → answered``, or ``→ asked`` and, when the person chooses, back to ``received``. Two unique
keys recognise a redelivery: the event's id, and the message's own place and time, since Slack may send the same message under
another event id.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    case,
    func,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import Row

from engine.errors import Gone, NotYours
from engine.notices import Answered, Notify, Taken, nobody
from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow
from engine.types import Blank, Choice, Option, Route

log = structlog.get_logger(__name__)

inbox_table = Table(
    "inbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("event", String(200)),
    Column("channel", String(32), nullable=False),
    Column("ts", String(32)),
    Column("thread", String(32)),
    Column("reply_channel", String(32), nullable=False),
    Column("reply_thread", String(32)),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("choice", Json),
    Column("options", Json),
    Column("route", String(16)),
    Column("rule", String(64)),
    Column("issue", String(32)),
    Column("reply_ts", String(32)),
    Column("received_at", Moment, nullable=False),
    Column("answered_at", Moment),
    UniqueConstraint("workspace", "event"),
    UniqueConstraint("workspace", "channel", "ts"),
    Index("ix_inbox_thread", "workspace", "channel", "thread"),
    Index("ix_inbox_reply", "workspace", "reply_channel", "reply_ts"),
    Index("ix_inbox_person", "workspace", "person", "received_at"),
)


class Kind(StrEnum):
    """How a message came."""

    MESSAGE = "message"
    COMMAND = "command"
    SHORTCUT = "shortcut"
    FOLLOW_UP = "follow_up"


class State(StrEnum):
    """How far an entry is."""

    RECEIVED = "received"
    SENDING = "sending"
    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person said, as a listener hands it over.

    ``channel`` and ``thread`` say where the answer goes; ``ts`` is the message's own time, None for a command. ``event`` is
    whatever identifies the delivery.
    """

    workspace: str
    person: str
    channel: str
    text: str
    event: str | None = None
    ts: str | None = None
    thread: str | None = None
    kind: Kind = Kind.MESSAGE
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One message taken, as the database has it."""

    id: str
    workspace: str
    person: str
    channel: str
    ts: str | None
    thread: str | None
    reply_channel: str
    reply_thread: str | None
    kind: Kind
    text: str
    state: State
    choice: Choice | None
    options: tuple[Option, ...]
    route: Route | None
    rule: str | None
    issue: str | None
    reply_ts: str | None
    received_at: datetime

    @property
    def over(self) -> bool:
        """Whether nothing is left to answer."""
        return self.state in (State.ANSWERED, State.ASKED, State.WITHDRAWN)

    @property
    def unsure(self) -> bool:
        """Whether an answer may have been sent that nobody has noted."""
        return self.state is State.SENDING and self.reply_ts is None


UNANSWERED = (State.RECEIVED.value, State.SENDING.value)
"""Where an answer is still to be sent."""


class Inbox:
    """The table of messages taken and its rules."""

    def __init__(self, store: Store, clock: Clock = utcnow, notify: Notify = nobody) -> None:
        self.store, self.clock, self.notify = store, clock, notify

    async def take(self, tx: Transaction, incoming: Incoming) -> str | None:
        """Record a message and return its id; None when it is already here."""
        return (await self.take_all(tx, [incoming]))[0]

    async def take_all(self, tx: Transaction, incomings: Sequence[Incoming]) -> list[str | None]:
        """Record messages that came together; return each one's id, None for one that is already here."""
        rows = [self._row(incoming) for incoming in incomings]
        fresh = self.store.insert(inbox_table).on_conflict_do_nothing().returning(inbox_table.c.id)
        taken = set((await tx.execute(fresh, rows)).scalars())
        new = [row for row in rows if row["id"] in taken]
        self.store.after_commit(tx, lambda: self._taken(new))
        return [row["id"] if row["id"] in taken else None for row in rows]

    def _taken(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            # What Slack calls an event can be looked up there; a command's or a greeting's name is our own.
            slack = row["event"] if str(row["event"]).startswith("Ev") else None
            log.info("message taken", message=row["id"], how=row["kind"], slack=slack)
            self.notify(Taken(row["kind"]))

    def _row(self, incoming: Incoming) -> dict[str, Any]:
        return {
            "id": uuid4().hex,
            "workspace": incoming.workspace,
            "person": incoming.person,
            "event": incoming.event,
            "channel": incoming.channel,
            "ts": incoming.ts,
            "thread": incoming.thread,
            "reply_channel": incoming.channel,
            "reply_thread": incoming.thread,
            "kind": incoming.kind.value,
            # Neither a NUL, which PostgreSQL's text cannot hold, nor half a surrogate pair, which no encoding can, is seen.
            "text": incoming.text.replace("\0", "").encode("utf-8", "replace").decode(),
            "state": State.RECEIVED.value,
            "choice": None if incoming.choice is None else asdict(incoming.choice),
            "received_at": self.clock(),
        }

    async def before(self, entry: Entry, span: timedelta, most: int) -> int:
        """Count what the same person sent in the span before a message, up to ``most``."""
        mine = (inbox_table.c.workspace == entry.workspace) & (inbox_table.c.person == entry.person)
        lately = (inbox_table.c.received_at > entry.received_at - span) & (
            inbox_table.c.received_at < entry.received_at
        )
        few = select(inbox_table.c.id).where(mine, lately).limit(most).subquery()
        async with self.store.read() as tx:
            return int((await tx.execute(select(func.count()).select_from(few))).scalar_one())

    async def entry(self, id: str) -> Entry:
        """Return one entry; raises Gone when there is none."""
        async with self.store.read() as tx:
            row = (await tx.execute(select(inbox_table).where(inbox_table.c.id == id))).first()
        if row is None:
            raise Gone("I no longer have that message.")
        return _entry(row)

    async def routed(self, id: str, route: Route, rule: str, issue: str | None) -> None:
        """Note where a message went and which issue it is about."""
        async with self.store.write() as tx:
            values = {"route": route.value, "rule": rule, "issue": issue}
            await tx.execute(update(inbox_table).where(inbox_table.c.id == id).values(**values))

    async def elsewhere(self, id: str, channel: str) -> None:
        """Have a message answered in another channel than it was said in, outside of any thread."""
        mine = (inbox_table.c.id == id) & inbox_table.c.state.in_(UNANSWERED)
        async with self.store.write() as tx:
            values = {"reply_channel": channel, "reply_thread": None, "reply_ts": None}
            await tx.execute(update(inbox_table).where(mine).values(**values))

    async def sending(self, id: str, options: Sequence[Option]) -> Entry | None:
        """Note that an answer with these options is about to be sent; return the entry as it was until now.

        None where nothing is to be sent any more: another has answered, or the message was deleted.
        """
        mine = (inbox_table.c.id == id) & inbox_table.c.state.in_(UNANSWERED)
        values = {"state": State.SENDING.value, "options": [asdict(option) for option in options] or None}
        async with self.store.write() as tx:
            row = (await tx.execute(select(inbox_table).where(mine).with_for_update())).first()
            if row is not None:
                await tx.execute(update(inbox_table).where(mine).values(**values))
        return None if row is None else _entry(row)

    async def sent(self, id: str, ts: str, *, over: bool = True) -> None:
        """Note where the answer stands; ``over`` False keeps the message unanswered (what was sent was a word of patience)."""
        now, mine = self.clock(), inbox_table.c.id == id
        async with self.store.write() as tx:
            before = (await tx.execute(select(inbox_table).where(mine))).one()
            await tx.execute(update(inbox_table).where(mine).values(reply_ts=ts, answered_at=now))
            asked = case((inbox_table.c.options.is_not(None), State.ASKED.value), else_=State.ANSWERED.value)
            state = asked if over else State.RECEIVED.value
            await tx.execute(
                update(inbox_table).where(mine & (inbox_table.c.state == State.SENDING)).values(state=state)
            )
        if over and before.state == State.SENDING:
            # What a person chose after a first answer took as long as they thought about it.
            at_once = before.reply_ts is None or before.choice is None
            seconds = max((now - before.received_at).total_seconds(), 0.0) if at_once else None
            log.info("answered", seconds=seconds)
            self.notify(Answered(before.route or "none", seconds))

    async def offered(self, id: str, index: int, by: str) -> Option:
        """Return an option of an open question; raises NotYours or Gone."""
        entry = await self.entry(id)
        if entry.person != by:
            raise NotYours("Only the person I asked can answer that.")
        if entry.state not in (State.ASKED, State.SENDING) or index >= len(entry.options):
            raise Gone("That question is already answered.")
        return entry.options[index]

    async def choose(self, tx: Transaction, id: str, choice: Choice, by: str) -> bool:
        """Claim the answer to a question; False when somebody was quicker."""
        open = inbox_table.c.state.in_([State.ASKED.value, State.SENDING.value])
        mine = (inbox_table.c.id == id) & (inbox_table.c.person == by) & open
        values = {"state": State.RECEIVED.value, "choice": asdict(choice), "options": None}
        return bool((await tx.execute(update(inbox_table).where(mine).values(**values))).rowcount)

    async def withdraw(self, tx: Transaction, workspace: str, channel: str, ts: str) -> str | None:
        """Forget a message that its author deleted, unless it was answered; return its id."""
        where = (
            (inbox_table.c.workspace == workspace)
            & (inbox_table.c.channel == channel)
            & (inbox_table.c.ts == ts)
        )
        id = (await tx.execute(select(inbox_table.c.id).where(where))).scalar()
        unanswered = where & (inbox_table.c.state == State.RECEIVED.value)
        await tx.execute(update(inbox_table).where(unanswered).values(state=State.WITHDRAWN.value, text=""))
        return id

    async def reopen(self, tx: Transaction, id: str) -> str | None:
        """Have a message answered anew, in the place of its last answer; return its workspace, None when a question or nobody waits.

        Where an answer was being sent it is looked for first.
        """
        states = (State.RECEIVED.value, State.SENDING.value, State.ANSWERED.value)
        mine = (inbox_table.c.id == id) & inbox_table.c.state.in_(states)
        cut_off = (inbox_table.c.state == State.SENDING.value, State.SENDING.value)
        again = update(inbox_table).where(mine).values(state=case(cut_off, else_=State.RECEIVED.value))
        found: str | None = (await tx.execute(again.returning(inbox_table.c.workspace))).scalar()
        return found

    async def about(self, tx: Transaction, id: str, issue: str | None) -> bool:
        """Note which issue a message turned out to be about; False when the message was deleted."""
        kept = (inbox_table.c.id == id) & (inbox_table.c.state != State.WITHDRAWN.value)
        return bool((await tx.execute(update(inbox_table).where(kept).values(issue=issue))).rowcount)

    async def open_question(self, entry: Entry) -> Entry | None:
        """Return the person's last message in the same thread that still lacks its issue."""
        if entry.thread is None:
            return None
        mine = _thread(entry.workspace, entry.channel, entry.thread) & (inbox_table.c.person == entry.person)
        about_issues = inbox_table.c.route.in_([Route.REPHRASE.value, Route.COMPLETION.value])
        lacking = inbox_table.c.issue.is_(None) & (inbox_table.c.options.is_not(None) | about_issues)
        over = inbox_table.c.state.in_([State.ASKED.value, State.ANSWERED.value])
        asked = mine & lacking & over & (inbox_table.c.id != entry.id)
        query = select(inbox_table).where(asked).order_by(inbox_table.c.received_at.desc())
        async with self.store.read() as tx:
            row = (await tx.execute(query.limit(1))).first()
        return None if row is None else _entry(row)

    async def thread_issue(self, workspace: str, channel: str, thread: str | None) -> str | None:
        """Return the issue last spoken of in a thread."""
        if thread is None:
            return None
        named = _thread(workspace, channel, thread) & inbox_table.c.issue.is_not(None)
        query = select(inbox_table.c.issue).where(named).order_by(inbox_table.c.received_at.desc())
        async with self.store.read() as tx:
            return (await tx.execute(query.limit(1))).scalar()


def _thread(workspace: str, channel: str, thread: str) -> ColumnElement[bool]:
    """Select what was said in a thread, and what was answered by the message that the thread hangs on."""
    row, mine = inbox_table.c, inbox_table.c.workspace == workspace
    said = select(row.id).where(mine, row.channel == channel, row.thread == thread)
    answered = select(row.id).where(mine, row.reply_channel == channel, row.reply_ts == thread)
    # Not "or": SQLite would read all that the workspace ever said, instead of an index for each.
    return row.id.in_(union_all(said, answered))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        workspace=row.workspace,
        person=row.person,
        channel=row.channel,
        ts=row.ts,
        thread=row.thread,
        reply_channel=row.reply_channel,
        reply_thread=row.reply_thread,
        kind=Kind(row.kind),
        text=row.text,
        state=State(row.state),
        choice=None if row.choice is None else choice_from(row.choice),
        options=tuple(_option(raw) for raw in row.options or ()),
        route=None if row.route is None else Route(row.route),
        rule=row.rule,
        issue=row.issue,
        reply_ts=row.reply_ts,
        received_at=row.received_at,
    )


def choice_from(raw: dict[str, Any]) -> Choice:
    """Read a choice from its JSON."""
    return Choice(Route(raw["route"]), tuple(raw["keys"]), raw["transition"], raw["values"])


def _option(raw: dict[str, Any]) -> Option:
    blanks = tuple(
        Blank(
            blank["id"], blank["label"], tuple((id, label) for id, label in blank["options"]), blank["rich"]
        )
        for blank in raw["blanks"]
    )
    return Option(raw["label"], choice_from(raw["choice"]), blanks, raw["primary"])

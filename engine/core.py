"""The engine's one door: a message in, a reply out; a decision in, its effects recorded in the same transaction.

Nothing here knows Slack. ``take`` records a message before anybody acknowledges it; the job ``answer`` calls :meth:`Engine.answer`
and sends the reply; decisions on drafts and questions are claims that only their author can make, once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from engine import audit, figures
from engine.access import Access, Directory
from engine.answers import DELETED, Answers
from engine.checks import guard
from engine.drafts import BY_PERSON, Draft, DraftKind, Drafts, Status
from engine.errors import Gone, InvalidInput, ModelError
from engine.inbox import Inbox, Incoming, Kind
from engine.intake import Intake
from engine.jira import Jira
from engine.jobs import Job, Jobs, Priority
from engine.notices import Decided, Notify, nobody
from engine.posting import Posting
from engine.reply import Reply
from engine.routing import LEXICONS, Lexicon
from engine.store import Clock, Store, Transaction, utcnow
from engine.types import Choice, Route, Sure, Verdict
from engine.writing import Writer, Written

log = structlog.get_logger(__name__)

LONGEST_EDIT = 12_000
TIDY = timedelta(hours=1)
"""How often drafts that nobody decided on are looked for, and jobs to forget."""
NO_OTHER_TEXT = "No language model could write another text just now; this is the last one."


class Engine:
    """Everything Updraft does for one workspace's Jira."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        jira: Jira,
        writer: Writer,
        directory: Directory,
        *,
        input_limit: int = 5000,
        messages_a_minute: int = 100,
        sure: float = 0.8,
        lexicons: tuple[Lexicon, ...] = LEXICONS,
        clock: Clock = utcnow,
        notify: Notify = nobody,
    ) -> None:
        self.store, self.jobs, self.writer, self.directory, self.clock = store, jobs, writer, directory, clock
        self.notify = notify
        self.inbox, self.drafts = Inbox(store, clock, notify), Drafts(store, clock)
        self.intake = Intake(store, self.inbox, jobs)
        self.access = Access(jira)
        self.answers = Answers(
            store,
            self.inbox,
            self.drafts,
            self.access,
            writer,
            directory,
            input_limit=input_limit,
            messages_a_minute=messages_a_minute,
            sure=sure,
            lexicons=lexicons,
            clock=clock,
            notify=notify,
        )
        self.posting = Posting(store, jobs, self.drafts, self.inbox, self.access, directory)
        self.posting.notify = notify
        jobs.handle("rewrite", self._rewrite, self._rewrite_given_up)
        jobs.handle("tidy", self._tidy)
        jobs.every("tidy", TIDY)

    # -- messages

    async def take(self, incoming: Incoming) -> str | None:
        """Record a message durably and have it answered; None when it was taken before."""
        return await self.intake.take(incoming)

    async def withdraw(self, workspace: str, channel: str, ts: str) -> None:
        """Forget a message that its author deleted: unanswered it stays so, and its undecided draft is dropped."""
        async with self.store.write() as tx:
            id = await self.inbox.withdraw(tx, workspace, channel, ts)
        if id is None or (draft := await self.drafts.of_message(id)) is None:
            return
        async with self.store.write() as tx:
            if await self.drafts.settle(tx, draft.id, Status.PENDING, Status.REJECTED, DELETED):
                await self._show(tx, draft.id)

    async def answer(self, id: str, sure: Sure | None = None) -> Reply:
        """Work out the reply to a message; ``sure`` is asked just before each effect on Jira.

        Raises JiraUnavailable while Jira does not answer and the reply needs it, and what ``sure`` raises.
        """
        return await self.answers.to(id, sure)

    async def choose(self, id: str, index: int, by: str, values: dict[str, str] | None = None) -> bool:
        """Answer a question by one of its options; False when it was answered at the same moment elsewhere.

        Raises NotYours, Gone.
        """
        structlog.contextvars.bind_contextvars(message=id)
        option = await self.inbox.offered(id, index, by)
        choice = replace(option.choice, values=values or {})
        async with self.store.write() as tx:
            chosen = await self.inbox.choose(tx, id, choice, by)
            if chosen:
                await self.jobs.enqueue(tx, "answer", {"message": id}, lock=id, priority=Priority.HIGH)
        log.info("question answered", quicker=not chosen)
        return chosen

    # -- decisions on drafts

    async def approve(self, id: str, revision: int, by: str, *, move: bool = False) -> None:
        """Approve a draft as its author saw it: the comment will be posted once. Raises NotYours, Gone."""
        draft = await self.draft(id)
        async with self.store.write() as tx:
            if draft.kind is DraftKind.EMAIL:
                await self.drafts.claim(tx, id, revision, by, Status.POSTED)
            else:
                seen = draft.person == by and draft.revision == revision
                # Where its job was lost, whoever sees it waiting for ever may have it posted by another.
                if not (seen and await self.drafts.left(tx, self.jobs, id, Status.APPROVED)):
                    await self.drafts.claim(tx, id, revision, by, Status.APPROVED, move=move)
                await self.jobs.enqueue(tx, "post_draft", {"draft": id}, lock=id, priority=Priority.HIGH)
            await audit.note(
                tx, draft.workspace, by, "approved", id, self.clock, revision=revision, move=move
            )
            await self._show(tx, id)
        self._decided("approved", draft)
        if draft.kind is DraftKind.EMAIL:
            self.notify(Decided("posted"))

    async def reject(self, id: str, revision: int, by: str, reason: str = "") -> None:
        """Reject a draft and keep the reason. Raises NotYours, Gone."""
        draft = await self.draft(id)
        async with self.store.write() as tx:
            await self.drafts.claim(tx, id, revision, by, Status.REJECTED, reason=reason.strip() or None)
            await audit.note(tx, draft.workspace, by, "rejected", id, self.clock, reason=reason.strip())
            await self._show(tx, id)
        self._decided("rejected", draft)

    async def edit(
        self, id: str, revision: int, by: str, text: str, keys: Sequence[str] | None = None
    ) -> None:
        """Replace a draft's text by the author's own; it is checked again. Raises NotYours, Gone, InvalidInput."""
        draft = await self.editable(id, revision, by)
        text = text.strip()
        if not text:
            raise InvalidInput("The text is empty.")
        if len(text) > LONGEST_EDIT:
            raise InvalidInput(
                f"The text has {len(text):,} characters; at most {LONGEST_EDIT:,} are possible."
            )
        if (guarded := guard(text, allowed_domains=self.writer.allowed_domains)).verdict is Verdict.BLOCK:
            raise InvalidInput(guarded.findings[0].message)
        issues = (
            draft.issues if keys is None else tuple(target for target in draft.issues if target.key in keys)
        )
        if draft.kind is DraftKind.COMMENT and not issues:
            raise InvalidInput("Choose at least one issue.")
        checked = self.writer.check(draft.kind, draft.update, text, issues)
        after = replace(
            draft, text=text, source=BY_PERSON, checked=checked, issues=issues, notes=(), added=()
        )
        async with self.store.write() as tx:
            if not await self.drafts.rewrite(tx, draft, after):
                raise Gone("This draft was decided on in the meantime.")
            await audit.note(tx, draft.workspace, by, "edited", id, self.clock, revision=revision + 1)
            await self._show(tx, id)
        self._decided("edited", draft)

    async def regenerate(self, id: str, revision: int, by: str, instruction: str = "") -> None:
        """Have a draft written again, with an optional wish for its style. Raises NotYours, Gone, InvalidInput."""
        if len(instruction) > 500:
            raise InvalidInput("The instruction is longer than 500 characters.")
        if (guarded := guard(instruction)).verdict is Verdict.BLOCK:
            raise InvalidInput(guarded.findings[0].message)
        draft = await self.draft(id)
        async with self.store.write() as tx:
            await self.drafts.claim(tx, id, revision, by, Status.REWRITING)
            await self.jobs.enqueue(
                tx,
                "rewrite",
                {"draft": id, "instruction": instruction.strip()},
                lock=id,
                priority=Priority.HIGH,
            )
            await audit.note(
                tx, draft.workspace, by, "regenerated", id, self.clock, instruction=bool(instruction)
            )
            await self._show(tx, id)
        self._decided("regenerated", draft)

    def _decided(self, decision: str, draft: Draft) -> None:
        log.info(f"draft {decision}", draft=draft.id)
        self.notify(Decided(decision))

    async def draft(self, id: str) -> Draft:
        """Return a draft; from now on the log's lines are about its message. Raises Gone."""
        draft = await self.drafts.get(id)
        structlog.contextvars.bind_contextvars(message=draft.inbox)
        return draft

    async def editable(self, id: str, revision: int, by: str) -> Draft:
        """Return a draft that this person may decide on now. Raises NotYours, Gone."""
        draft = await self.draft(id)
        self.drafts.require_open(draft, revision, by)
        return draft

    async def again(self, id: str, by: str) -> None:
        """Have an expired draft's update drafted afresh, in an answer of its own, once. Raises NotYours, Gone."""
        draft = await self.drafts.get(id)
        self.drafts.require_expired(draft, by)
        asked = await self.inbox.entry(draft.inbox)
        route = Route.EMAIL if draft.kind is DraftKind.EMAIL else Route.REPHRASE
        await self.take(
            Incoming(
                workspace=draft.workspace,
                person=by,
                channel=asked.reply_channel,
                thread=asked.reply_thread,
                text=draft.update,
                event=f"again {id}",
                kind=Kind.FOLLOW_UP,
                choice=Choice(route, draft.keys),
            )
        )

    async def refresh(self, id: str) -> None:
        """Have a draft's card drawn again as the draft is now; its time may be over before anybody has looked."""
        async with self.store.write() as tx:
            for late in {id, *await self.drafts.expire(tx)}:
                await self._show(tx, late)

    async def _show(self, tx: Transaction, id: str) -> None:
        await self.jobs.enqueue(tx, "show_draft", {"draft": id}, lock=f"show {id}", priority=Priority.HIGH)

    async def _rewrite(self, job: Job) -> None:
        """Write a draft again, by its author's wish; where no model answers the last text stays."""
        draft = await self.draft(job.payload["draft"])
        if draft.status is not Status.REWRITING:
            return
        wish = job.payload["instruction"]
        try:
            written = await self._written_again(draft, wish)
        except ModelError as error:
            await self.jobs.keep(job)
            await self._rewrite_given_up(job, error)
            return
        after = replace(
            draft,
            text=written.text,
            source=written.source,
            checked=written.checked,
            notes=written.notes,
            added=written.added,
            trusted=draft.trusted and written.trusted,
        )
        async with self.store.write() as tx:
            await self.drafts.rewrite(tx, draft, after, instruction=wish or None)
            await self._show(tx, draft.id)

    async def _written_again(self, draft: Draft, wish: str) -> Written:
        person = await self.directory(draft.workspace, draft.person)
        if draft.kind is DraftKind.EMAIL:
            now = self.clock().astimezone(figures.zone_of(person.tz))
            return await self.writer.email(
                person, draft.update, now, draft=draft.text, instruction=wish, subject=draft.inbox
            )
        return await self.writer.comment(
            person, draft.update, draft.issues, draft=draft.text, instruction=wish, subject=draft.inbox
        )

    async def _rewrite_given_up(self, job: Job, error: BaseException) -> None:
        id = job.payload["draft"]
        async with self.store.write() as tx:
            await self.drafts.settle(tx, id, Status.REWRITING, Status.PENDING, NO_OTHER_TEXT)
            await self._show(tx, id)

    async def _tidy(self, _: Job) -> None:
        """Expire the drafts nobody decided on and the reservations of dead processes, and forget the jobs that are long done."""
        async with self.store.write() as tx:
            await self.jobs.forget(tx)
            await self.writer.gateway.ledger.expire(tx)
            expired = await self.drafts.expire(tx)
            for id in expired:
                await self._show(tx, id)
        for one in expired:
            log.info("draft expired", draft=one)
            self.notify(Decided("expired"))

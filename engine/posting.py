"""From an approved draft to comments in Jira, each exactly once.

Every comment carries its draft's id as a hidden property. A try first looks for that marker: when an earlier try's answer was
lost, or its process died, the comment is found and counted, not posted again.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from engine import audit
from engine.access import COMMENT, Access, Directory
from engine.drafts import Draft, Drafts, Status, Target, target
from engine.errors import JiraError, Postpone
from engine.inbox import Inbox, Incoming, Kind
from engine.jira import Issue, JiraUnavailable, NoSuchIssue, to_adf
from engine.jobs import Job, Jobs, Priority
from engine.notices import Decided, Notify, nobody
from engine.store import Store, Transaction
from engine.types import Choice, Person, Route

log = structlog.get_logger(__name__)

WAITING = "Jira does not answer right now. Not posted yet; I keep trying and will post it once."
GONE = "{key} is not in Jira any more, or you may not see it any more."
ANYWAY = "Post anyway?"
UNSURE = "I do not know yet whether Jira has taken this. I look again in a moment, and post it if it has not."


class Unsure(Postpone):
    """An earlier write may still take effect: what is not there yet must not be posted again yet."""

    def __init__(self, seconds: float) -> None:
        super().__init__(UNSURE)
        self.retry_after = seconds


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look at Jira found: comments by key of the draft, the issues as they are now, what changed that matters."""

    comments: Mapping[str, str]
    issues: tuple[Target, ...]
    changes: tuple[str, ...]


class Posting:
    """The job that posts approved drafts."""

    notify: Notify = staticmethod(nobody)

    def __init__(
        self, store: Store, jobs: Jobs, drafts: Drafts, inbox: Inbox, access: Access, directory: Directory
    ) -> None:
        self.store, self.jobs, self.drafts, self.inbox = store, jobs, drafts, inbox
        self.access, self.jira, self.directory = access, access.jira, directory
        jobs.handle("post_draft", self.post, self.give_up)

    async def post(self, job: Job) -> None:
        """Post what is not posted yet.

        A refusal by Jira ends in a failed draft that may be approved again; where an issue has changed so that the text may not fit any
        more, its author is asked again.
        """
        draft = await self.drafts.get(job.payload["draft"])
        if draft.status is not Status.APPROVED:
            return
        person = await self.directory(draft.workspace, draft.person)
        try:
            found = await self._look(draft, person)
            if found.changes:
                await self.jobs.keep(job)
                await self._ask_again(draft, found)
                return
            comments = await self._comments(job, draft, person, found)
        except Postpone as error:
            if draft.reason is None:
                waiting = UNSURE if isinstance(error, Unsure) else WAITING
                await self.jobs.keep(job)
                await self._end(draft, Status.APPROVED, waiting)
            raise
        except JiraError as error:
            # What a process that was paused was refused is not what became of the draft meanwhile.
            await self.jobs.keep(job)
            log.info("draft refused", draft=draft.id, error=type(error).__name__)
            await self._end(draft, Status.FAILED, str(error))
            return
        await self._posted(draft, comments)

    async def _posted(self, draft: Draft, comments: Mapping[str, str]) -> None:
        async with self.store.write() as tx:
            if not await self.drafts.posted(tx, draft.id, comments, whole=True):
                return
            await audit.note(tx, draft.workspace, draft.person, "posted", draft.id, issues=list(draft.keys))
            await self._show(tx, draft)
            if draft.move:
                await self._move(tx, draft)
        self.notify(Decided("posted"))

    async def give_up(self, job: Job, error: BaseException) -> None:
        """Tell the author that posting was given up; the draft may be approved again."""
        draft = await self.drafts.get(job.payload["draft"])
        await self._end(
            draft,
            Status.FAILED,
            "I could not post this, and have stopped trying. Approve it again when Jira is well.",
        )

    async def _look(self, draft: Draft, person: Person) -> _Found:
        """See which comments are there, and how far the issues still are as they were drafted for. Raises NoSuchIssue when all are gone."""
        comments = dict(draft.posted or {})
        issues: list[Target] = []
        changes: list[str] = []
        gone: list[NoSuchIssue] = []
        for before in draft.issues:
            if before.key in comments:
                issues.append(before)
                continue
            try:
                issue = await self.access.issue(person, before.key)
            except NoSuchIssue as error:
                gone.append(error)
                changes.append(GONE.format(key=before.key))
                continue
            issues.append(target(issue))
            if (posted := await self.jira.find_comment(issue.key, draft.id)) is not None:
                comments[before.key] = posted
                continue
            await self.access.require(person, COMMENT, issue)
            if (change := changed(before, issue)) is not None:
                changes.append(change)
        if gone and not issues:
            raise gone[0]
        return _Found(comments, tuple(issues), tuple(changes))

    async def _comments(self, job: Job, draft: Draft, person: Person, found: _Found) -> Mapping[str, str]:
        """Post on each issue that has no comment yet. Raises Unsure while a comment of an earlier try may still appear."""
        comments = dict(found.comments)
        document = await self._document(draft, person)
        for key in draft.keys:
            if key in comments:
                continue
            if (seconds := self.jobs.doubt(job, self.jira.settle)) > 0:
                raise Unsure(seconds)
            comments[key] = await self._comment(job, draft, key, document)
            async with self.store.write() as tx:
                await self.drafts.posted(tx, draft.id, comments, whole=False)
        return comments

    async def _comment(self, job: Job, draft: Draft, key: str, document: Mapping[str, Any]) -> str:
        """Post one comment and return its id; where the answer is lost, look for the comment at once, and else later."""
        # A process that was paused since it looked must not post beside the one that took over.
        sure = partial(self.jobs.keep, job)
        try:
            return await self.jira.add_comment(key, document, draft.id, sure=sure)
        except JiraUnavailable as error:
            if error.refused:
                raise
            with suppress(JiraError):
                if (found := await self.jira.find_comment(key, draft.id)) is not None:
                    return found
            raise Unsure(max(self.jira.settle, error.retry_after or 0.0)) from error

    async def _ask_again(self, draft: Draft, found: _Found) -> None:
        question = " ".join([*found.changes, ANYWAY])
        async with self.store.write() as tx:
            if await self.drafts.ask_again(tx, draft, found.issues, question):
                changes = list(found.changes)
                await audit.note(
                    tx, draft.workspace, draft.person, "asked again", draft.id, changes=len(changes)
                )
                await self._show(tx, draft)

    async def _document(self, draft: Draft, person: Person) -> dict[str, Any]:
        """Return the comment as ADF, signed: a service account posts it, so it must say for whom."""
        document = to_adf(draft.text, draft.mentions)
        author = {
            "type": "mention",
            "attrs": {"id": await self.access.account(person), "text": f"@{person.name}"},
        }
        signature = [{"type": "text", "text": "Posted with Updraft for ", "marks": [{"type": "em"}]}, author]
        document["content"].append({"type": "paragraph", "content": signature})
        return document

    async def _move(self, tx: Transaction, draft: Draft) -> None:
        """Ask for the move to done as a message of its own, which is answered like any other."""
        asked = await self.inbox.entry(draft.inbox)
        follow_up = Incoming(
            workspace=draft.workspace,
            person=draft.person,
            channel=asked.reply_channel,
            thread=asked.reply_thread,
            text="",
            event=f"move {draft.id}",
            kind=Kind.FOLLOW_UP,
            choice=Choice(Route.COMPLETION, draft.keys),
        )
        id = await self.inbox.take(tx, follow_up)
        if id is not None:
            await self.jobs.enqueue(tx, "answer", {"message": id}, lock=id, priority=Priority.HIGH)

    async def _end(self, draft: Draft, status: Status, reason: str) -> None:
        async with self.store.write() as tx:
            await self.drafts.settle(tx, draft.id, Status.APPROVED, status, reason)
            await self._show(tx, draft)

    async def _show(self, tx: Transaction, draft: Draft) -> None:
        lock = f"show {draft.id}"
        await self.jobs.enqueue(tx, "show_draft", {"draft": draft.id}, lock=lock, priority=Priority.HIGH)


def changed(before: Target, now: Issue) -> str | None:
    """Say what has happened to an issue since a draft for it, where that may make the text wrong; None where it does not."""
    if now.key != before.key:
        return f"{before.key} has become {now.key} since."
    if now.done and not before.done:
        return f"{now.key} was moved to {now.status} since."
    if now.summary.split() != before.summary.split():
        return f"{now.key} was “{before.summary}” when this was drafted."
    return None

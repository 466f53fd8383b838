"""From an approved draft to comments in Jira, each exactly once.

Every comment carries its draft's id as a hidden property. A try first looks for that marker: when an earlier try's answer was
lost, or its process died, the comment is found and counted, not posted again.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from engine import audit
from engine.access import COMMENT, Access, Directory
from engine.drafts import Draft, Drafts, Status
from engine.errors import JiraError, Postpone
from engine.inbox import Inbox, Incoming, Kind
from engine.jira import to_adf
from engine.jobs import Job, Jobs, Priority
from engine.notices import Decided, Notify, nobody
from engine.store import Store
from engine.types import Choice, Person, Route

log = structlog.get_logger(__name__)

WAITING = "Jira does not answer right now. Not posted yet; I keep trying and will post it once."


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
        """Post what is not posted yet; a refusal by Jira ends in a failed draft that may be approved again."""
        draft = await self.drafts.get(job.payload["draft"])
        if draft.status is not Status.APPROVED:
            return
        person = await self.directory(draft.workspace, draft.person)
        try:
            comments = await self._comments(job, draft, person)
        except Postpone:
            if draft.reason is None:
                await self._end(draft, Status.APPROVED, WAITING)
            raise
        except JiraError as error:
            log.info("draft refused", draft=draft.id, error=type(error).__name__)
            await self._end(draft, Status.FAILED, str(error))
            return
        async with self.store.write() as tx:
            await self.drafts.posted(tx, draft.id, comments, whole=True)
            await audit.note(tx, draft.workspace, draft.person, "posted", draft.id, issues=list(draft.keys))
            await self.jobs.enqueue(
                tx, "show_draft", {"draft": draft.id}, lock=f"show {draft.id}", priority=Priority.HIGH
            )
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

    async def _comments(self, job: Job, draft: Draft, person: Person) -> Mapping[str, str]:
        comments = dict(draft.posted or {})
        document = await self._document(draft, person)
        for key in draft.keys:
            if key in comments:
                continue
            issue = await self.access.issue(person, key)
            await self.access.require(person, COMMENT, issue)
            found = await self.jira.find_comment(key, draft.id)
            if found is None:
                # A process that was paused since it looked must not post beside the one that took over.
                await self.jobs.keep(job)
                found = await self.jira.add_comment(key, document, draft.id)
            comments[key] = found
            async with self.store.write() as tx:
                await self.drafts.posted(tx, draft.id, comments, whole=False)
        return comments

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

    async def _move(self, tx: Any, draft: Draft) -> None:
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
            await self.jobs.enqueue(
                tx, "show_draft", {"draft": draft.id}, lock=f"show {draft.id}", priority=Priority.HIGH
            )

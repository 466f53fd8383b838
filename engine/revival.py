"""Another life for dead letters: a job and what it works on are put back in one transaction, so that it finds its work undone."""

from engine import audit
from engine.core import NO_OTHER_TEXT
from engine.drafts import Draft, Drafts, Status
from engine.errors import Gone
from engine.inbox import Inbox
from engine.jobs import DeadLetter, Jobs, Priority
from engine.store import Store, Transaction

NOT_DEAD = "There is no dead letter {id}."
NO_MESSAGE = "Its message was withdrawn or is being answered anew; nothing is left to do."
DECIDED = "Its draft was decided on or changed since; nothing is left to do."


async def revive(store: Store, jobs: Jobs, id: str, by: str) -> DeadLetter:
    """Have a dead letter done after all, as if its first try came now; return what it was. ``by`` is for the audit.

    Raises Gone where there is none, or nothing is left to do.
    """
    letter = next((one for one in await jobs.dead_letters() if one.id == id), None)
    if letter is None:
        raise Gone(NOT_DEAD.format(id=id))
    inbox, drafts = Inbox(store, jobs.clock), Drafts(store, jobs.clock)
    before = None if "draft" not in letter.payload else await drafts.get(letter.payload["draft"])
    async with store.write() as tx:
        if letter.kind == "answer":
            workspace = await inbox.reopen(tx, letter.payload["message"])
            if workspace is None:
                raise Gone(NO_MESSAGE)
            await audit.note(tx, workspace, by, "requeued", letter.payload["message"], jobs.clock)
        if before is not None:
            if not await _ready(tx, jobs, drafts, letter, before):
                raise Gone(DECIDED)
            await audit.note(tx, before.workspace, by, "requeued", before.id, jobs.clock, kind=letter.kind)
            if letter.kind != "show_draft":
                await jobs.enqueue(
                    tx, "show_draft", {"draft": before.id}, lock=f"show {before.id}", priority=Priority.HIGH
                )
        if not await jobs.requeue(tx, id):
            raise Gone(NOT_DEAD.format(id=id))
    return letter


async def _ready(tx: Transaction, jobs: Jobs, drafts: Drafts, letter: DeadLetter, before: Draft) -> bool:
    """Put a draft back where its job expects it; False when somebody decided on it since.

    Where giving it up failed as well the draft still is there, and no job is.
    """
    way = {"post_draft": (Status.FAILED, Status.APPROVED), "rewrite": (Status.PENDING, Status.REWRITING)}
    if letter.kind not in way:
        return True
    given_up, expected = way[letter.kind]
    told = letter.kind != "rewrite" or before.reason == NO_OTHER_TEXT
    if told and await drafts.settle(tx, before.id, given_up, expected):
        return True
    return await drafts.left(tx, jobs, before.id, expected)

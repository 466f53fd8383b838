"""What goes out to Slack: the answer to each message, once, and cards that always show their draft as it is.

Slack has no idempotent post. So an entry is marked *sending* before the post, and every answer carries its entry's id as message
metadata: a try that finds the mark of an earlier one looks for that answer first where the app may read (direct messages).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import blocks
from bot.slack.client import FAILURES, meaning
from bot.slack.people import People
from engine import Draft, Engine, Entry, Job, Jobs, Postpone, Reply

log = structlog.get_logger(__name__)

PATIENCE = "Jira does not answer right now. I keep your message, try again, and answer here."
IN_PRIVATE = "I answer you in <#{}|our direct messages>."
FAILED = (
    "Something went wrong on my side and I could not answer this. Nothing was changed. Please send it again."
)
PAGE = 200
"""Messages read at once in search of an earlier answer."""
CLOCKS = timedelta(hours=1)
"""How far our clock may be from Slack's: what has no time of Slack's own is looked for so much earlier."""
SLOW = 0.5
"""Seconds after which a person is shown that work is going on."""


class Delivery:
    """Sends answers and keeps cards true."""

    def __init__(self, engine: Engine, client: AsyncWebClient, people: People, jobs: Jobs) -> None:
        self.engine, self.client, self.people, self.jobs = engine, client, people, jobs
        self.link = engine.access.jira.link
        jobs.handle("answer", self.answer, self.failed)
        jobs.handle("show_draft", self.show)

    async def answer(self, job: Job) -> None:
        """Answer one message."""
        async with reaching_slack():
            await self._answer(job)

    async def _answer(self, job: Job) -> None:
        entry = await self.engine.inbox.entry(job.payload["message"])
        if entry.over:
            if job.start > 1 and (draft := await self.engine.drafts.of_message(entry.id)) is not None:
                # The try that sent the card was cut off before it could see what became of the draft meanwhile.
                await self._draw(entry, draft)
            return
        slow = asyncio.create_task(self._busy(entry), name="busy")
        try:
            reply = await self.engine.answer(entry.id, partial(self.jobs.keep, job))
        except Postpone:
            if entry.reply_ts is None:
                await self._send(job, entry, Reply(PATIENCE), over=False)
            raise
        finally:
            slow.cancel()
        await self._send(job, entry, reply)
        if reply.draft is not None:
            await self._catch_up(entry.id, reply)

    async def failed(self, job: Job, error: BaseException) -> None:
        """Say that a message stays without an answer."""
        entry = await self.engine.inbox.entry(job.payload["message"])
        if not entry.over:
            await self._send(job, entry, Reply(FAILED))

    async def show(self, job: Job) -> None:
        """Show a draft's card as the draft is now."""
        draft = await self.engine.draft(job.payload["draft"])
        entry = await self.engine.inbox.entry(draft.inbox)
        async with reaching_slack():
            await self._draw(entry, draft)

    async def _catch_up(self, id: str, shown: Reply) -> None:
        """Redraw a card that was decided on while it was being sent."""
        entry = await self.engine.inbox.entry(id)
        assert shown.draft is not None
        draft = await self.engine.draft(shown.draft.id)
        if (draft.status, draft.revision) != (shown.draft.status, shown.draft.revision):
            await self._draw(entry, draft)

    async def _draw(self, entry: Entry, draft: Draft) -> None:
        """Draw a draft's card, and once more when the draft changed meanwhile: a process that was paused draws over newer cards."""
        shown = None
        while entry.reply_ts is not None and shown != draft:
            text, drawn = blocks.card(draft, self.link)
            await self._update(entry, entry.reply_ts, text, drawn)
            shown, draft = draft, await self.engine.draft(draft.id)

    async def _send(self, job: Job, entry: Entry, reply: Reply, *, over: bool = True) -> None:
        # A process that was paused must neither open what another has answered nor write over the other's words.
        await self.jobs.keep(job)
        before = await self.engine.inbox.sending(entry.id, reply.options)
        if before is None:
            log.info("nothing to send any more")
            return
        entry = before
        if reply.private and not entry.reply_channel.startswith("D"):
            entry = await self._in_private(entry)
        text, drawn = blocks.reply(reply, entry.id, self.link)
        ts = await self._sent_before(entry) if before.unsure else entry.reply_ts
        await self.jobs.keep(job)
        if ts is None:
            ts = await self._post(entry, text, drawn)
        else:
            await self._update(entry, ts, text, drawn)
        if not over:
            # Another may be sending the answer by now; it found this word of patience and must not be told that nothing is being sent.
            await self.jobs.keep(job)
        await self.engine.inbox.sent(entry.id, ts, over=over)

    async def _in_private(self, entry: Entry) -> Entry:
        """Answer in the direct messages what was asked in a channel, and say so there to the one who asked."""
        channel = await self.people.direct_channel(entry.person)
        said = IN_PRIVATE.format(channel)
        if entry.reply_ts is not None:
            await self._update(entry, entry.reply_ts, said, [blocks.section(said)])
        else:
            with suppress(SlackApiError):
                await self.client.chat_postEphemeral(
                    channel=entry.channel, user=entry.person, thread_ts=entry.thread, text=said
                )
        await self.engine.inbox.elsewhere(entry.id, channel)
        return await self.engine.inbox.entry(entry.id)

    async def _post(self, entry: Entry, text: str, drawn: list[blocks.Block]) -> str:
        metadata = {"event_type": "updraft_answer", "event_payload": {"entry": entry.id}}
        answer = await self.client.chat_postMessage(
            channel=entry.reply_channel,
            thread_ts=entry.reply_thread,
            text=text,
            blocks=drawn,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def _update(self, entry: Entry, ts: str, text: str, drawn: list[blocks.Block]) -> None:
        try:
            await self.client.chat_update(channel=entry.reply_channel, ts=ts, text=text, blocks=drawn)
        except SlackApiError as error:
            # The person deleted the thread or removed the app: there is nothing left to keep true.
            if error.response["error"] not in (
                "message_not_found",
                "channel_not_found",
                "cant_update_message",
            ):
                raise
            log.info("card is gone", reason=error.response["error"])

    async def _sent_before(self, entry: Entry) -> str | None:
        """Look for the answer that an earlier try may have posted, as far back as the message itself."""
        try:
            async for one in self._since(entry):
                if _entry_of(one) == entry.id:
                    return str(one["ts"])
        except SlackApiError as error:
            if (what := meaning(error)).away:
                raise
            log.info("cannot look for an earlier answer", reason=what.reason)
        return None

    async def _since(self, entry: Entry) -> AsyncIterator[dict[str, Any]]:
        """Yield what was said since a message where its answer belongs, page by page."""
        where, oldest = entry.reply_channel, entry.ts or f"{(entry.received_at - CLOCKS).timestamp():.6f}"
        cursor: str | None = None
        while True:
            if entry.reply_thread is not None:
                page = await self.client.conversations_replies(
                    channel=where,
                    ts=entry.reply_thread,
                    oldest=oldest,
                    include_all_metadata=True,
                    limit=PAGE,
                    cursor=cursor,
                )
            else:
                page = await self.client.conversations_history(
                    channel=where, oldest=oldest, include_all_metadata=True, limit=PAGE, cursor=cursor
                )
            for one in page["messages"]:
                yield one
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _busy(self, entry: Entry) -> None:
        """Show that work is going on, where Slack can show it; it vanishes with the answer."""
        await asyncio.sleep(SLOW)
        if entry.reply_channel.startswith("D") and entry.reply_thread is not None:
            with suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
                await self.client.assistant_threads_setStatus(
                    channel_id=entry.reply_channel, thread_ts=entry.reply_thread, status="is thinking…"
                )


class SlackUnavailable(Postpone):
    """Slack does not answer now, or not us: what was to be said waits."""


@asynccontextmanager
async def reaching_slack() -> AsyncIterator[None]:
    """Turn what passes, or an administrator mends, into patience; a post whose answer was lost is looked for before the next try."""
    try:
        yield
    except FAILURES as error:
        what = meaning(error)
        if what.away:
            raise SlackUnavailable(f"Slack does not answer right now ({what.reason}).") from error
        if what.locked_out:
            # Everything is sent once that is mended, by a restart with another token.
            raise SlackUnavailable(f"Slack refuses Updraft ({what.reason}).") from error
        raise


def _entry_of(message: dict[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return payload.get("entry")

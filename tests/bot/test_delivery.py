"""Cards show their draft as it is, also when it changed while they were on their way, or their process died right after."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.app import App, opened
from emulators.people import ANA, TEAM
from emulators.site import Site
from engine import Draft, Incoming, Status
from engine.jobs import jobs_table
from tests.crash.product import until
from tests.journeys.desk import Message, settings, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"
DECIDED = "Somebody decided otherwise."


class Counter:
    """A product with its parts at hand, and one draft whose card has been sent."""

    def __init__(self, site: Site, app: App) -> None:
        self.site, self.app, self.message = site, app, ""

    async def drafted(self) -> Draft:
        """Take a message and wait for its card."""
        ts = await self.site.slack.say(ANA.slack, ANA.dm, UPDATE)
        taken = await self.app.engine.take(Incoming(TEAM, ANA.slack, ANA.dm, UPDATE, "Ev1", ts, ts))
        assert taken is not None
        self.message = taken
        await self.app.jobs.idle()
        draft = await self.app.engine.drafts.of_message(taken)
        assert draft is not None
        return draft

    async def decide(self, draft: Draft) -> None:
        """Reject the draft as another process would, of whose card nobody here knows."""
        async with self.app.store.write() as tx:
            assert await self.app.engine.drafts.settle(tx, draft.id, draft.status, Status.REJECTED, DECIDED)

    def card(self) -> Message:
        """Return the only thing that the app has said."""
        [card] = [
            one for one in self.site.slack.world.channels[ANA.dm].messages.values() if one.get("bot_id")
        ]
        return card


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with Site(port=0) as site, opened(settings(site, tmp_path)) as app:
        await app.jobs.start()
        yield Counter(site, app)


async def test_a_card_whose_draft_changes_while_it_is_drawn_is_drawn_again(counter: Counter) -> None:
    draft = await counter.drafted()
    fault = counter.site.slack.faults.add("slow", r"chat\.update", seconds=0.3)
    await counter.app.engine.refresh(draft.id)
    await until(lambda: fault.times == 0)
    await counter.decide(draft)
    await counter.app.jobs.idle()
    assert DECIDED in text_of(counter.card())


async def test_a_try_after_a_crash_looks_what_became_of_the_draft(counter: Counter) -> None:
    draft = await counter.drafted()
    await counter.decide(draft)
    async with counter.app.store.write() as tx:
        id = await counter.app.jobs.enqueue(tx, "answer", {"message": counter.message}, lock=counter.message)
        await tx.execute(update(jobs_table).where(jobs_table.c.id == id).values(starts=1))
    await counter.app.jobs.idle()
    assert DECIDED in text_of(counter.card())

"""Drafts whose job was lost, or is another process's by now: there is always a way back, and one effect."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.app import App, opened
from emulators.people import ANA, BEN, TEAM
from emulators.site import Site
from engine import Draft, Gone, Incoming, NotYours, Status, revive
from engine.jobs import jobs_table, workers_table
from tests.crash.product import until
from tests.journeys.desk import on_postgres, settings

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


class Desk:
    """A product at work, and one draft of Ana's."""

    def __init__(self, site: Site, app: App) -> None:
        self.site, self.app, self.engine = site, app, app.engine
        self.id = ""

    async def draft(self) -> Draft:
        return await self.engine.drafts.get(self.id)

    async def drafted(self) -> None:
        """Have a message's draft made."""
        ts = await self.site.slack.say(ANA.slack, ANA.dm, UPDATE)
        taken = await self.engine.take(Incoming(TEAM, ANA.slack, ANA.dm, UPDATE, "Ev1", ts, ts))
        assert taken is not None
        await self.app.jobs.idle()
        draft = await self.engine.drafts.of_message(taken)
        assert draft is not None
        self.id = draft.id

    async def lose(self, kind: str) -> str:
        """Make a dead letter of a job between two tries, without a word to its draft; return its id."""
        waits = (jobs_table.c.kind == kind) & (jobs_table.c.status == "pending") & (jobs_table.c.tries > 0)
        dead = update(jobs_table).where(waits).values(status="failed", finished_at=func.now())
        async with asyncio.timeout(10):
            while True:
                async with self.app.store.write() as tx:
                    id = (await tx.execute(dead.returning(jobs_table.c.id))).scalar()
                if id is not None:
                    return str(id)
                await asyncio.sleep(0.001)

    def comments(self) -> int:
        return len(self.site.jira.comments("DEMO-14"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {} if request.param == "sqlite" else on_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def desk(tmp_path: Path, database: dict[str, Any]) -> AsyncIterator[Desk]:
    async with (
        Site(port=0) as site,
        opened(settings(site, tmp_path, **database, UPDRAFT_MODEL_DEADLINE="2")) as app,
    ):
        await app.jobs.start()
        desk = Desk(site, app)
        await desk.drafted()
        yield desk


async def test_post_pressed_again_brings_a_draft_back_whose_job_was_lost(desk: Desk) -> None:
    before = desk.comments()
    fault = desk.site.jira.faults.add("status", status=503, times=-1)
    await desk.engine.approve(desk.id, 1, ANA.slack)
    with pytest.raises(Gone, match="it is being posted"):
        await desk.engine.approve(desk.id, 1, ANA.slack)
    letter = await desk.lose("post_draft")
    fault.times = 0
    with pytest.raises(NotYours):
        await desk.engine.approve(desk.id, 1, BEN.slack)
    with pytest.raises(Gone):
        await desk.engine.approve(desk.id, 2, ANA.slack)
    pressed = await asyncio.gather(
        *(desk.engine.approve(desk.id, 1, ANA.slack) for _ in range(4)), return_exceptions=True
    )
    assert None in pressed
    await desk.app.jobs.idle()
    assert (await desk.draft()).status is Status.POSTED
    assert desk.comments() == before + 1
    with pytest.raises(Gone, match="nothing is left to do"):
        await revive(desk.app.store, desk.app.jobs, letter, "cli:x")


async def test_a_rewrite_whose_giving_up_was_lost_is_done_when_its_job_is_requeued(desk: Desk) -> None:
    async with desk.app.store.write() as tx:
        await desk.engine.drafts.claim(tx, desk.id, 1, ANA.slack, Status.REWRITING)
        payload = {"draft": desk.id, "instruction": ""}
        letter = await desk.app.jobs.enqueue(tx, "rewrite", payload, lock=desk.id)
        dead = {"status": "failed", "finished_at": func.now()}
        await tx.execute(update(jobs_table).where(jobs_table.c.id == letter).values(**dead))
    await revive(desk.app.store, desk.app.jobs, letter, "cli:x")
    await desk.app.jobs.idle()
    draft = await desk.draft()
    assert (draft.status, draft.revision) == (Status.PENDING, 2)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_a_process_whose_job_is_anothers_does_not_end_a_rewriting(desk: Desk) -> None:
    slow = desk.site.models.faults.add("slow", seconds=0.5, times=1)
    desk.site.models.behave(down=True)
    await desk.engine.regenerate(desk.id, 1, ANA.slack)
    await until(lambda: slow.times == 0)
    mine = (jobs_table.c.kind == "rewrite") & (jobs_table.c.status == "processing")
    async with desk.app.store.write() as tx:
        other = {"id": "other", "name": "another:1", "seen_at": func.now()}
        await tx.execute(insert(workers_table).values(**other))
        await tx.execute(update(jobs_table).where(mine).values(worker="other", starts=2))
    await desk.app.jobs.idle()
    assert (await desk.draft()).status is Status.REWRITING
    async with desk.app.store.read() as tx:
        assert (await tx.execute(select(jobs_table.c.worker).where(mine))).scalar_one() == "other"

"""Several real processes on one PostgreSQL: each message answered once, each approval posted once, a lost process replaced.

The balancer before them is the worst there is: it hands **every** request of Slack's to every process.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from emulators.people import ANA, BEN
from emulators.site import Site
from engine import Store
from engine.jobs import jobs_table, workers_table
from tests.crash.balancer import everywhere, free_port
from tests.crash.product import Product, answers, fresh_issue, until
from tests.journeys.desk import Desk, buttons, on_postgres, text_of

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]

TAKE_OVER = 15.0
UPDATE = "fixed the login timeout in {}, still need QA"


@dataclass
class Cluster:
    """Two processes that serve and one that works, on one database."""

    desk: Desk
    webs: list[Product]
    worker: Product
    store: Store

    async def rows(self, kind: str, status: str | None = None) -> int:
        query = select(func.count()).where(jobs_table.c.kind == kind)
        if status is not None:
            query = query.where(jobs_table.c.status == status)
        async with self.store.read() as tx:
            return int((await tx.execute(query)).scalar_one())


@pytest.fixture
async def cluster(postgres_url: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    ports = [free_port(), free_port()]
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(
            everywhere([f"http://127.0.0.1:{port}/slack/events" for port in ports])
        )
        site = await stack.enter_async_context(Site(port=0, events_url=url))
        store = await Store.open(postgres_url)
        stack.push_async_callback(store.close)
        more = on_postgres(postgres_url)
        webs = [Product(site, tmp_path, port=port, http=True, more=more) for port in ports]
        worker = Product(site, tmp_path, "work", http=True, more=more)
        processes = [*webs, worker]
        for process in processes:
            await process.start()
            stack.push_async_callback(process.stop)
        await asyncio.gather(*(process.ready() for process in webs))
        yield Cluster(Desk(site, tmp_path), webs, worker, store)
    for process in processes:
        assert "Traceback" not in process.log.read_text()


async def test_each_message_is_answered_once_and_each_approval_posted_once(cluster: Cluster) -> None:
    desk, site = cluster.desk, cluster.desk.site
    keys = [fresh_issue(site) for _ in range(4)]
    sent = [await site.slack.say(ANA.slack, ANA.dm, UPDATE.format(key)) for key in keys]
    for ts in sent:
        await until(lambda ts=ts: [one for one in answers(desk, ts) if buttons(one)])  # type: ignore[misc] # the default binds it
    cards = [answers(desk, ts)[0] for ts in sent]
    await asyncio.gather(*(desk.press(ANA, card, "Post") for card in cards for _ in range(2)))
    for ts in sent:
        await until(lambda ts=ts: "Posted comment" in text_of(answers(desk, ts)[0]))  # type: ignore[misc] # the default binds it
    assert [len(desk.ours(key)) for key in keys] == [1] * 4
    assert [len(answers(desk, ts)) for ts in sent] == [1] * 4
    assert await cluster.rows("answer") == 4
    assert await cluster.rows("post_draft") == 4
    assert await cluster.rows("tidy") == 1
    assert len([one for one in site.models.requests if "chat" in one.path]) == 4


async def test_a_lost_process_is_replaced(cluster: Cluster) -> None:
    """Whichever process posts is killed right after Jira took the comment, before it could note that."""
    desk, site = cluster.desk, cluster.desk.site
    key = fresh_issue(site)
    ts = await site.slack.say(ANA.slack, ANA.dm, UPDATE.format(key))
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    posting = await the_one_that_posts(cluster, key, ts)
    await posting.kill()
    killed = time.monotonic()
    await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    assert time.monotonic() - killed < TAKE_OVER
    assert len(desk.ours(key)) == 1
    assert await cluster.rows("post_draft", "completed") == 1


async def test_a_paused_process_does_not_post_beside_the_one_that_took_over(cluster: Cluster) -> None:
    """It is paused after it saw that Jira has no comment yet, and goes on when another has posted."""
    desk, site = cluster.desk, cluster.desk.site
    key = fresh_issue(site)
    ts = await site.slack.say(ANA.slack, ANA.dm, UPDATE.format(key))
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    paused = await the_one_that_posts(cluster, key, ts, method="GET")
    paused.signal(signal.SIGSTOP)
    try:
        await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    finally:
        paused.signal(signal.SIGCONT)
    await until(lambda: "taken over by another process" in paused.log.read_text())
    assert len(desk.ours(key)) == 1
    # And it works on: its next message is answered by whoever is free.
    later = await site.slack.say(BEN.slack, BEN.dm, "help")
    await until(lambda: [one for one in site.slack.replies(BEN.dm, later) if one.get("bot_id")])


async def the_one_that_posts(cluster: Cluster, key: str, ts: str, method: str = "POST") -> Product:
    """Approve, and return the process that is just asking Jira; it will wait some seconds for the answer."""
    desk, site = cluster.desk, cluster.desk.site
    fault = site.jira.faults.add("slow", f"/issue/{key}/comment$", method=method, seconds=4.0, after=True)
    await desk.press(ANA, answers(desk, ts)[0], "Post")
    await until(lambda: fault.times == 0)
    return await the_one_that_runs(cluster, "post_draft")


async def the_one_that_runs(cluster: Cluster, kind: str) -> Product:
    """Return the process that runs the only job of this kind."""
    owners = select(workers_table.c.name).join(jobs_table, jobs_table.c.worker == workers_table.c.id)
    running = (jobs_table.c.kind == kind) & (jobs_table.c.status == "processing")
    async with cluster.store.read() as tx:
        name = (await tx.execute(owners.where(running))).scalar_one()
    [process] = [one for one in (*cluster.webs, cluster.worker) if name.endswith(f":{one.pid}")]
    return process


async def test_a_paused_process_does_not_move_beside_the_one_that_took_over(cluster: Cluster) -> None:
    """It is paused after it saw which way leads to done, and goes on when another has moved the issue."""
    desk, site = cluster.desk, cluster.desk.site
    key = fresh_issue(site)
    fault = site.jira.faults.add("slow", f"/issue/{key}/transitions$", method="GET", seconds=4.0, after=True)
    ts = await site.slack.say(ANA.slack, ANA.dm, f"done with {key}")
    await until(lambda: fault.times == 0)
    paused = await the_one_that_runs(cluster, "answer")
    paused.signal(signal.SIGSTOP)
    try:
        await until(lambda: "→ *Done*" in "".join(text_of(one) for one in answers(desk, ts)))
    finally:
        paused.signal(signal.SIGCONT)
    await until(lambda: "taken over by another process" in paused.log.read_text())
    asked = [one for one in site.jira.requests if one.method == "POST" and f"{key}/transitions" in one.path]
    assert len(asked) == 1
    assert len(answers(desk, ts)) == 1

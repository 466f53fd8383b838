"""The proof that nothing is lost and nothing happens twice: real processes under load, hurt in every way that is planned for."""

import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select

from engine import Store
from engine.jobs import jobs_table
from tests import postgres
from tests.crash.fleet import Fleet, fleet
from tests.crash.traffic import Traffic, talks
from tests.crash.troubles import Troubles, planned
from tests.crash.verdict import Verdict, judge
from tests.journeys.desk import on_postgres

DURABLE = {"synchronous_commit": "on", "autovacuum": "on"}
"""What PostgreSQL needs so that a crash of the server (not of the machine) loses nothing that was committed."""
QUIET = 3.0
SETTLE = 180.0

Database = Literal["postgres", "sqlite"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a run is; ``minutes`` is when no further talk is begun, ``at_once`` how many go on side by side."""

    kills: int
    approvals: int
    database: Database = "postgres"
    processes: int = 4
    seed: int = 1
    minutes: float = 60.0
    at_once: int = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that is over: the verdict, what was injected, and how it went."""

    verdict: Verdict
    injected: Counter[str]
    seconds: float
    ended: tuple[int, ...]
    waiting: int
    dead_letters: int
    tracebacks: int


async def prove(plan: Plan, folder: Path, server: postgres.Server | None = None) -> Outcome:
    """Run the plan in an empty folder; a server of PostgreSQL may be restarted and is needed for that database only."""
    begun = time.monotonic()
    # The stand-ins' server tells of each client that breaks off: here they are killed.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with _database(plan, server) as more:
        async with fleet(folder, plan.processes, more) as (site, processes):
            chance = random.Random(f"{plan.seed} traffic")
            traffic = Traffic(site, talks(site, plan.approvals, chance), plan.at_once)
            troubles = Troubles(site, processes, random.Random(f"{plan.seed} troubles"), server)
            coming = planned(plan.kills, random.Random(f"{plan.seed} plan"), database=server is not None)
            hurting = asyncio.create_task(
                troubles.run(coming, lambda: traffic.begun / len(traffic.talks)), name="troubles"
            )
            telling = asyncio.create_task(_tell(traffic, troubles), name="progress")
            await traffic.run(plan.minutes * 60)
            telling.cancel()
            if traffic.begun < len(traffic.talks):
                # The time was up: what was planned for later does not come.
                hurting.cancel()
            await asyncio.gather(hurting, return_exceptions=True)
            await troubles.settle()
            waiting, dead = await _settled(processes, more)
            said = traffic.talks[: traffic.begun]
            injected = troubles.done + Counter(
                {
                    "redeliveries by Slack": traffic.redelivered,
                    "approvals pressed twice": sum(talk.twice and talk.presses > 1 for talk in said),
                }
            )
            verdict = judge(site, said)
        tracebacks = processes.logs().count("Traceback")
    seconds = time.monotonic() - begun
    return Outcome(verdict, injected, seconds, tuple(processes.ended), waiting, dead, tracebacks)


async def _tell(traffic: Traffic, troubles: Troubles) -> None:
    """Tell how far the run is, for whoever waits for it."""
    begun = time.monotonic()
    while True:
        await asyncio.sleep(15)
        done = f"{traffic.begun} of {len(traffic.talks)} begun, {troubles.done['kills']} kills"
        sys.stderr.write(f"{time.monotonic() - begun:5.0f} s  {done}\n")
        sys.stderr.flush()


async def _settled(processes: Fleet, more: dict[str, str]) -> tuple[int, int]:
    """Wait until no job is left for a while, but not for ever; return how many are left, and how many were given up."""
    store = await Store.open(more.get("DATABASE_URL") or processes.processes[0].settings["DATABASE_URL"])
    try:
        deadline, quiet, left = time.monotonic() + SETTLE, 0.0, 0
        while time.monotonic() < deadline and quiet < QUIET:
            await asyncio.sleep(0.5)
            left = await _jobs(store, "pending") + await _jobs(store, "processing")
            quiet = 0.0 if left else quiet + 0.5
        return left, await _jobs(store, "failed")
    finally:
        await store.close()


async def _jobs(store: Store, status: str) -> int:
    async with store.read() as tx:
        query = select(func.count()).where(jobs_table.c.status == status)
        return int((await tx.execute(query)).scalar_one())


@contextmanager
def _database(plan: Plan, server: postgres.Server | None) -> Iterator[dict[str, str]]:
    if server is None:
        assert plan.database == "sqlite"
        yield {}
    else:
        with server.database() as url:
            yield on_postgres(url)


async def on_its_own(plan: Plan, folder: Path | None = None) -> Outcome:
    """Run the plan with a database of its own, in a folder that is kept where one is given."""
    with tempfile.TemporaryDirectory(prefix="updraft-proof-") as made:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        where = folder or Path(made)
        if plan.database == "sqlite":
            return await prove(plan, where)
        with postgres.running(DURABLE) as server:
            return await prove(plan, where, server)

"""``updraft jobs``: what waits, what was given up and when the rest will be done; and another life for dead letters."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.admin import me, table
from bot.settings import Settings, load
from engine import Gone, InvalidInput, JobRow, KindStats, Store, job_stats, jobs_on, listed_jobs, revive

Act = Callable[[Settings, Store, argparse.Namespace], Awaitable[int]]
SHORT = 12
"""Characters of an id that are shown; so many, or fewer, name a job where no other begins so."""


def add_commands(commands: Any) -> None:
    """Add ``jobs`` to the parser."""
    jobs = commands.add_parser(
        "jobs", help="jobs that wait or were given up, and another life for the latter"
    )
    which = jobs.add_mutually_exclusive_group()
    which.add_argument("--failed", action="store_true", help="only the dead letters")
    which.add_argument("--pending", action="store_true", help="only what is still to be done")
    jobs.add_argument("--json", action="store_true", help="print JSON lines instead of a table")
    jobs.set_defaults(run=_run, act=_list)
    acts = jobs.add_subparsers(title="acts", metavar="ACT")
    requeue = acts.add_parser("requeue", help="have dead letters done after all")
    requeue.add_argument("ids", nargs="*", metavar="ID", help="as the list shows it")
    requeue.add_argument("--all", action="store_true", help="all of them")
    requeue.set_defaults(run=_run, act=_requeue)
    stats = acts.add_parser("stats", help="how many there are of each kind, and how long they take")
    stats.add_argument("--json", action="store_true", help="print JSON lines instead of a table")
    stats.set_defaults(run=_run, act=_stats)


def _run(arguments: argparse.Namespace) -> int:
    settings, act = load(), arguments.act

    async def acted() -> int:
        store = await Store.open(settings.database_url)
        try:
            return int(await act(settings, store, arguments))
        finally:
            await store.close()

    return asyncio.run(acted())


async def _list(settings: Settings, store: Store, arguments: argparse.Namespace) -> int:
    statuses = {"failed", "processing", "pending"}
    if arguments.failed or arguments.pending:
        statuses = {"failed"} if arguments.failed else {"processing", "pending"}
    now = datetime.now(UTC)
    rows = await listed_jobs(store, statuses, now, at_once=settings.jobs_at_once)
    if arguments.json:
        _json(rows)
        return 0
    if not rows:
        sys.stdout.write("There are none.\n")
    head = ("id", "kind", "status", "tries", "since", "expected", "error")
    sys.stdout.write(table(head, [_shown(one, now) for one in rows]))
    return 0


def _shown(one: JobRow, now: datetime) -> tuple[str, ...]:
    expected = "-" if one.status == "failed" else "unknown"
    if one.expected is not None:
        expected = f"in {_span((one.expected - now).total_seconds())}"
    error = " ".join((one.error or "").split())
    since = f"{one.since:%Y-%m-%d %H:%M}"
    return (_short(one.id), one.kind, one.status, str(one.tries), since, expected, error[:200])


def _short(id: str) -> str:
    return id[:SHORT] if " " not in id else id


async def _requeue(_: Settings, store: Store, arguments: argparse.Namespace) -> int:
    if bool(arguments.ids) == arguments.all:
        raise InvalidInput("Name the dead letters by their ids, or give --all.")
    jobs = jobs_on(store)
    dead = [one.id for one in await jobs.dead_letters()]
    wanted = dead if arguments.all else [_one(id, dead) for id in arguments.ids]
    well = True
    for id in wanted:
        try:
            letter = await revive(store, jobs, id, me())
            sys.stdout.write(f"✓ {_short(id)}  {letter.kind} is put back.\n")
        except Gone as error:
            well = False
            sys.stdout.write(f"✗ {_short(id)}  {error}\n")
    if not wanted:
        sys.stdout.write("There are no dead letters.\n")
    return 0 if well else 1


def _one(beginning: str, ids: Sequence[str]) -> str:
    fitting = [id for id in ids if id.startswith(beginning)]
    if len(fitting) != 1:
        what = "no" if not fitting else "more than one"
        raise InvalidInput(f"There is {what} dead letter whose id begins with {beginning[:40]!r}.")
    return fitting[0]


async def _stats(_: Settings, store: Store, arguments: argparse.Namespace) -> int:
    found = await job_stats(store, datetime.now(UTC))
    if arguments.json:
        _json(found)
        return 0
    if not found:
        sys.stdout.write("There were no jobs in the last week.\n")
    head = ("kind", "pending", "processing", "failed", "completed", "median", "95 %", "wait")
    sys.stdout.write(table(head, [_counted(one) for one in found]))
    return 0


def _counted(one: KindStats) -> tuple[str, ...]:
    numbers = (one.pending, one.processing, one.failed, one.completed)
    spans = (one.median, one.p95, one.wait)
    return (one.kind, *map(str, numbers), *("-" if span is None else _span(span) for span in spans))


def _span(seconds: float) -> str:
    """Return a span of time as people say it, in one unit."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s" if seconds >= 10 else f"{max(seconds, 0):.2g} s"


def _json(rows: Sequence[JobRow] | Sequence[KindStats]) -> None:
    for one in rows:
        plain = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(one).items()
        }
        sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n")

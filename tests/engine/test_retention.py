"""Forgetting: what is old and over goes, with its parts; what is young, undecided or under way stays."""

import asyncio
from datetime import timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, insert, select

from engine.audit import audit_table
from engine.completion import moves_table
from engine.drafts import drafts_table, revisions_table
from engine.inbox import inbox_table
from engine.ledger import Amounts, Call, Ledger
from engine.retention import AT_ONCE, LOOK, Periods, Retention
from engine.store import Store
from tests.engine.conftest import TestClock

YEAR = Periods(*(timedelta(days=365),) * 4)


def message(id: str, clock: TestClock, state: str = "answered") -> dict[str, Any]:
    row = {
        "id": id,
        "workspace": "T1",
        "person": "U1",
        "event": id,
        "channel": "D1",
        "ts": id,
        "reply_channel": "D1",
    }
    return row | {"kind": "message", "text": "hello", "state": state, "received_at": clock()}


def draft(id: str, clock: TestClock, status: str = "posted") -> dict[str, Any]:
    row = {
        "id": id,
        "workspace": "T1",
        "person": "U1",
        "inbox": id,
        "kind": "comment",
        "status": status,
        "revision": 1,
    }
    row |= {
        "issues": [],
        "update_text": "x",
        "text": "x",
        "source": "x",
        "checked": {},
        "mentions": {},
        "notes": [],
    }
    row |= {"added": [], "completes": False, "trusted": True, "move": False, "posted": {}}
    return row | {"created_at": clock(), "expires_at": clock()}


async def kept(store: Store, table: Any) -> int:
    async with store.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


async def test_what_is_old_and_over_goes_with_its_parts(store: Store, clock: TestClock) -> None:
    async with store.write() as tx:
        await tx.execute(insert(inbox_table), [message("m1", clock), message("m2", clock, "received")])
        await tx.execute(insert(drafts_table), [draft("m1", clock), draft("d2", clock, "pending")])
        revision = {
            "draft": "m1",
            "number": 1,
            "source": "x",
            "text": "x",
            "quality": 1.0,
            "created_at": clock(),
        }
        await tx.execute(insert(revisions_table), [revision, revision | {"draft": "d2"}])
        move = {
            "inbox": "m1",
            "issue": "PAY-1",
            "workspace": "T1",
            "person": "U1",
            "before": "a",
            "after": "b",
        }
        await tx.execute(insert(moves_table).values(**move, started_at=clock()))
    clock.pass_by(days=366)
    async with store.write() as tx:
        await tx.execute(insert(inbox_table), [message("m3", clock)])
    gone = await Retention(store, YEAR, clock).sweep()
    assert (gone["drafts"], gone["inbox"]) == (1, 1)
    assert [await kept(store, one) for one in (inbox_table, drafts_table, revisions_table, moves_table)] == [
        2,
        1,
        1,
        0,
    ]


async def test_a_message_stays_as_long_as_its_draft(store: Store, clock: TestClock) -> None:
    async with store.write() as tx:
        await tx.execute(insert(inbox_table), [message("m1", clock)])
        await tx.execute(insert(drafts_table), [draft("m1", clock, "pending")])
    clock.pass_by(days=366)
    assert not any((await Retention(store, YEAR, clock).sweep()).values())


async def test_a_call_under_way_stays(store: Store, clock: TestClock) -> None:
    ledger = Ledger(store, clock)
    await ledger.reserve(Call("T1", "U1", "comment", "1.0.0"), Amounts(1), [])
    clock.pass_by(days=366)
    assert (await Retention(store, YEAR, clock).sweep())["executions"] == 0


async def test_many_drafts_do_not_make_forgetting_slow(postgres_url: str) -> None:
    """With as little memory as here PostgreSQL compares each message with each draft, if it is asked for a list of them."""
    name = postgres_url.rpartition("/")[2]
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET work_mem = '64kB'").format(sql.Identifier(name)))
        for statement in (MANY_MESSAGES, MANY_DRAFTS, "ANALYZE"):
            connection.execute(statement)
    store = await Store.open(postgres_url)
    async with asyncio.timeout(10):
        gone = await Retention(store, Periods(drafts=None)).sweep()
    assert gone["inbox"] == 2000
    assert await kept(store, inbox_table) == 6000
    await store.close()


MANY_MESSAGES: LiteralString = """
INSERT INTO inbox (id, workspace, person, channel, ts, reply_channel, kind, text, state, received_at)
SELECT i, 'T1', 'U1', 'D1', i, 'D1', 'message', 'hello', 'answered', now() - interval '400 days'
FROM generate_series(1, 8000) i
"""
MANY_DRAFTS: LiteralString = """
INSERT INTO drafts (id, workspace, person, inbox, kind, status, revision, issues, update_text, text, source, checked, mentions,
    notes, added, completes, trusted, move, posted, created_at, expires_at)
SELECT i, 'T1', 'U1', i, 'comment', 'posted', 1, '[]', 'x', 'x', 'x', '{}', '{}', '[]', '[]', false, true, false, '{}', now(), now()
FROM generate_series(2001, 60000) i
"""
"""All but 2000 of the messages have one."""


async def test_more_than_one_handful_goes(store: Store, clock: TestClock) -> None:
    rows = [
        {
            "id": f"a{number}",
            "workspace": "T1",
            "person": "U1",
            "act": "x",
            "subject": "y",
            "detail": {},
            "at": clock(),
        }
        for number in range(LOOK + AT_ONCE + 20)
    ]
    async with store.write() as tx:
        await tx.execute(insert(audit_table), rows)
    clock.pass_by(days=366)
    assert (await Retention(store, YEAR, clock).sweep())["audit"] == LOOK + AT_ONCE + 20


@pytest.mark.parametrize("days", [364, 366])
async def test_without_a_period_all_is_kept(store: Store, clock: TestClock, days: int) -> None:
    async with store.write() as tx:
        await tx.execute(insert(inbox_table), [message("m1", clock)])
    clock.pass_by(days=days)
    assert not any((await Retention(store, Periods(None, None, None, None), clock).sweep()).values())

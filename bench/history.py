"""A database with a past: rows as a workspace leaves them behind, made inside the database itself."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg

from emulators.people import ANA, BEN, CHEN, TEAM
from engine import Store

CHUNK = 20_000
TABLES = ("inbox", "drafts", "draft_revisions", "executions", "jobs", "audit")

# What the two databases say differently: an id that is scattered as a random one is, a time so many seconds ago, JSON.
DIALECTS = {
    "sqlite": {
        "id": "printf('%08x%024x', (n * 2654435761) % 4294967296, n)",
        "ago": "strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || CAST({} AS INTEGER) || ' seconds') || '.000000'",
        "json": "'{}'",
    },
    "postgresql": {
        "id": "lpad(to_hex((n * 2654435761) % 4294967296), 8, '0') || lpad(to_hex(n), 24, '0')",
        "ago": "now() - ({}) * interval '1 second'",
        "json": "CAST('{}' AS json)",
    },
}
DAY = 86_400
LONG, WEEK = f"{DAY} + (CAST(300 AS bigint) * {DAY} * (%(total)s - n)) / %(total)s", f"3600 + n % {6 * DAY}"
"""Seconds ago: over 300 days, which no period of retention reaches; over six days, for completed jobs are kept seven."""

ONE_IN_TWENTY = (
    f"CASE n %% 20 WHEN 0 THEN '{{0}}{ANA.slack[1:]}' WHEN 1 THEN '{{0}}{BEN.slack[1:]}' "
    f"WHEN 2 THEN '{{0}}{CHEN.slack[1:]}' ELSE '{{0}}0PAST' || CAST(n %% 20 + 20 * (n %% 25) AS text) END"
)
PERSON, CHANNEL = ONE_IN_TWENTY.format("U"), ONE_IN_TWENTY.format("D")
"""The three who write have a twentieth of all messages each; hundreds of others share the rest."""
SAID = (
    "fixed the timeout in DEMO-' || CAST(n %% 900 AS text) || ', the client retries three times now, "
    "still need QA on staging before we can close it"
)
TEXT = (
    "*Progress:* the timeout of the payment client is fixed; it retries three times now, with growing pauses. "
    "*Next:* QA on staging, then the release of this week. *Blockers:* none at the moment. (' || CAST(n AS text) || ')"
)
CHECKED = (
    '{{"findings": [], "tone": 0.92, "quality": 0.9, "overall": 0.91, "faithful": true, "auto_post": false}}'
)
TARGETS = '[{{"key": "DEMO-7", "summary": "Payments time out", "status": "In Progress", "done": false, "type": "Bug"}}]'
TS, EARLIER = "CAST(1600000000 + n AS text) || '.000100'", "CAST(1600000000 + n - 20 AS text) || '.000100'"


def fill(url: str, rows: int, seconds: float) -> int:
    """Give each table of a migrated database so many rows, unless that takes longer; return how many each got."""
    backend = "sqlite" if url.startswith("sqlite") else "postgresql"
    statements = _statements(backend)
    opened = (
        closing(sqlite3.connect(url.partition(":///")[2])) if backend == "sqlite" else psycopg.connect(url)
    )
    until, filled = time.monotonic() + seconds, 0
    with opened as connection:
        if backend == "sqlite":
            # Nothing is lost that could not be made again; the product opens it with its own settings.
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA cache_size=-400000")
        run = _runner(connection, backend)
        while filled < rows and time.monotonic() < until:
            last = min(rows, filled + CHUNK)
            for statement in statements:
                run(statement, {"first": filled + 1, "last": last, "total": rows})
            connection.commit()
            filled = last
        if backend == "postgresql":
            connection.execute("ANALYZE")  # as its autovacuum does within a minute
            connection.commit()
    return filled


async def migrated(url: str) -> None:
    """Make the product's tables."""
    store = await Store.open(url)
    await store.close()


def _runner(connection: Any, backend: str) -> Callable[[str, dict[str, int]], None]:
    def run(statement: str, values: dict[str, int]) -> None:
        if backend == "sqlite":
            for name, value in values.items():
                statement = statement.replace(f"%({name})s", str(value))
            statement = statement.replace("%%", "%")
            connection.execute(statement)
        else:
            for name, value in values.items():
                statement = statement.replace(f"%({name})s", f"CAST({value} AS bigint)")
            connection.execute(statement.replace("%%", "%"))

    return run


def _statements(backend: str) -> list[str]:
    said = DIALECTS[backend]

    def ago(seconds: str) -> str:
        return said["ago"].format(seconds.replace(" % ", " %% "))

    def json(value: str) -> str:
        return said["json"].format(value.format())

    id, long, team = said["id"].replace("% ", "%% "), ago(LONG), f"'{TEAM}'"
    columns = {
        "inbox": {
            "id": id,
            "workspace": team,
            "person": PERSON,
            "event": "'EvPAST' || CAST(n AS text)",
            "channel": CHANNEL,
            "ts": TS,
            "thread": f"CASE n %% 3 WHEN 0 THEN {EARLIER} END",
            "reply_channel": CHANNEL,
            "reply_thread": f"CASE n %% 3 WHEN 0 THEN {EARLIER} ELSE {TS} END",
            "kind": "'message'",
            "text": f"'{SAID}'",
            "state": "'answered'",
            "route": "'rephrase'",
            "rule": "'update'",
            "issue": "'DEMO-' || CAST(n %% 900 AS text)",
            "reply_ts": "CAST(1600000000 + n AS text) || '.000200'",
            "received_at": long,
            "answered_at": long,
        },
        "drafts": {
            "id": id,
            "workspace": team,
            "person": PERSON,
            "inbox": id,
            "kind": "'comment'",
            "status": "CASE n %% 10 WHEN 0 THEN 'rejected' WHEN 1 THEN 'expired' ELSE 'posted' END",
            "revision": "1",
            "issues": json(TARGETS),
            "update_text": f"'{SAID}'",
            "text": f"'{TEXT}'",
            "source": "'model'",
            "checked": json(CHECKED),
            "mentions": json("{{}}"),
            "notes": json("[]"),
            "added": json("[]"),
            "completes": "false",
            "trusted": "true",
            "move": "false",
            "posted": json("{{}}"),
            "created_at": long,
            "decided_at": long,
            "expires_at": long,
        },
        "draft_revisions": {
            "draft": id,
            "number": "1",
            "source": "'model'",
            "text": f"'{TEXT}'",
            "quality": "0.9",
            "created_at": long,
        },
        "executions": {
            "id": id,
            "workspace": team,
            "person": PERSON,
            "task": "'comment'",
            "version": "'1'",
            "subject": id,
            "status": "'answered'",
            "provider": "'openai'",
            "model": "'gpt-4o-mini'",
            "credential": "'environment'",
            "cache": "''",
            "tokens_in": "700",
            "tokens_out": "120",
            "embeddings": "0",
            "nanos": "180000",
            "estimated": "0",
            "milliseconds": "900",
            "finish": "'stop'",
            "path": json("[]"),
            "held": json("[]"),
            "started_at": long,
            "expires_at": long,
            "finished_at": long,
        },
        "jobs": {
            "id": id,
            "kind": "'answer'",
            "payload": json('{{"message": "0123456789abcdef0123456789abcdef"}}'),
            "lock": id,
            "priority": "0",
            "status": "'completed'",
            "starts": "1",
            "tries": "0",
            "run_at": ago(WEEK),
            "created_at": ago(WEEK),
            "started_at": ago(WEEK),
            "finished_at": ago(WEEK),
        },
        "audit": {
            "id": id,
            "workspace": team,
            "person": PERSON,
            "act": "'approved'",
            "subject": id,
            "detail": json('{{"issues": ["DEMO-7"]}}'),
            "at": long,
        },
    }
    numbers = "WITH RECURSIVE c(n) AS (SELECT %(first)s UNION ALL SELECT n + 1 FROM c WHERE n < %(last)s)"
    return [
        f"INSERT INTO {table} ({', '.join(row)}) {numbers} SELECT {', '.join(row.values())} FROM c"
        for table, row in ((name, columns[name]) for name in TABLES)
    ]

"""``updraft costs`` and ``updraft records``: what models cost, as a table with bars, and the rows behind it for other tools."""

import argparse
import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.models import PROMPT, credentials
from engine import (
    By,
    Seal,
    Store,
    UpdraftError,
    Use,
    UsePeriod,
    audit_records,
    dollars,
    records,
    suggestions,
    usage,
)

WIDTH = 30
"""Characters of the longest bar."""
DAYS = 30
YEARS = range(2000, 3000)


class WrongPeriod(UpdraftError):
    """The period asked for ends before it begins."""


def add_commands(commands: Any) -> None:
    """Add the two commands to the command line."""
    costs = commands.add_parser("costs", help="what models cost, by day, person, model or task")
    costs.add_argument(
        "--by", type=_heading, choices=list(By), default=By.DAY, help="heading (default: %(default)s)"
    )
    costs.add_argument("--json", action="store_true", help="print JSON instead of a table")
    _add_period(costs)
    costs.set_defaults(run=_costs)
    rows = commands.add_parser("records", help="the records themselves, as CSV or JSON lines")
    rows.add_argument("what", choices=("executions", "audit"), help="calls of models, or who did what")
    rows.add_argument("--prompts", action="store_true", help="with what models were asked, where it was kept")
    rows.add_argument("--format", choices=("csv", "json"), default="csv", help="(default: %(default)s)")
    _add_period(rows)
    rows.set_defaults(run=_records)


def _add_period(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=day, metavar="DATE", help="first day, such as 2026-11-20 (default: 30 days ago)"
    )
    parser.add_argument("--until", type=day, metavar="DATE", help="last day (default: today)")
    parser.add_argument("--workspace", help="of one Slack team only, by its id")


def day(text: str) -> date:
    """Read a day of the command line; years far away, of which there are no records, are taken for slips."""
    with suppress(ValueError):
        if (read := date.fromisoformat(text)).year in YEARS:
            return read
    raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-20")


def _heading(text: str) -> By:
    try:
        return By(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of {', '.join(By)}; for instance: --by {By.MODEL}"
        ) from None


def _period(arguments: argparse.Namespace) -> UsePeriod:
    last = arguments.until or datetime.now(UTC).date()
    first = arguments.since or last - timedelta(days=DAYS - 1)
    if first > last:
        raise WrongPeriod(f"The period ends on {last} before it begins on {first}.")
    midnight = time(tzinfo=UTC)
    return UsePeriod(
        datetime.combine(first, midnight),
        datetime.combine(last, midnight) + timedelta(days=1),
        arguments.workspace,
    )


def _costs(arguments: argparse.Namespace) -> int:
    from bot.settings import load

    settings, period = load(), _period(arguments)

    async def found(store: Store) -> tuple[list[Use], list[Use]]:
        used = await usage(store, period, arguments.by)
        return used, used if arguments.by is By.MODEL else await usage(store, period, By.MODEL)

    used, by_model = asyncio.run(_with_store(settings.database_url, found))
    told = suggestions(by_model, settings.model)
    if arguments.json:
        whole = {"by": arguments.by, "use": [asdict(one) for one in used], "suggestions": told}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(table(used, arguments.by))
        sys.stdout.write("".join(f"\n• {one}\n" for one in told))
    return 0


def table(used: Sequence[Use], by: By) -> str:
    """Return use as a table, each row with a bar of its cost (of its calls, where nothing has a known price)."""
    if not used:
        return "No model was asked in this period.\n"
    by_cost = any(one.nanos for one in used)
    most = max(max(one.nanos if by_cost else one.calls for one in used), 1)
    width = max(len(by), *(len(one.heading) for one in used), len("all"))
    head = (
        f"{by:<{width}}  {'calls':>7} {'kept':>6} {'refused':>7} {'failed':>6} {'tokens':>11} {'cost':>16}\n"
    )
    lines = [
        f"{_row(one, width)}  {'█' * round(WIDTH * (one.nanos if by_cost else one.calls) / most)}\n".rstrip()
        + "\n"
        for one in used
    ]
    return head + "".join(lines) + _row(_sum(used), width) + "\n"


def _row(one: Use, width: int) -> str:
    counts = f"{one.calls:>7,} {one.kept:>6,} {one.refused:>7,} {one.failed:>6,} {one.tokens:>11,}"
    cost = dollars(one.nanos) + (f" + {one.unknown}?" if one.unknown else "")
    return f"{one.heading:<{width}}  {counts} {cost:>16}"


def _sum(used: Sequence[Use]) -> Use:
    def total(name: str) -> int:
        return sum(getattr(one, name) for one in used)

    return Use(
        "all",
        total("calls"),
        total("kept"),
        total("refused"),
        total("failed"),
        total("tokens_in"),
        total("tokens_out"),
        total("nanos"),
        total("unknown"),
        0,
    )


def _records(arguments: argparse.Namespace) -> int:
    from bot.settings import load

    period = _period(arguments)
    source = records if arguments.what == "executions" else audit_records
    settings = load()

    async def written(store: Store) -> None:
        rows = source(store, period.since, period.until, period.workspace)
        if arguments.what == "executions":
            rows = _opened(rows, credentials(settings, store).seal if arguments.prompts else None)
        await _write(rows, arguments.format)

    asyncio.run(_with_store(settings.database_url, written))
    return 0


async def _opened(rows: AsyncIterator[dict[str, Any]], seal: Seal | None) -> AsyncIterator[dict[str, Any]]:
    """Open what was kept of prompts, or leave it out. Raises SealingError."""
    async for row in rows:
        sealed = row.pop("prompt")
        if seal is not None:
            opened = None if sealed is None else seal.open(sealed, row["workspace"], PROMPT.format(row["id"]))
            row["prompt"] = opened
        yield row


async def _write(rows: AsyncIterator[Mapping[str, Any]], form: str) -> None:
    writer: Any = None
    async for row in rows:
        plain = {name: _plain(value, form) for name, value in row.items()}
        if form == "json":
            sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n")
            continue
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(plain))
            writer.writeheader()
        writer.writerow(plain)


def _plain(value: Any, form: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if form == "csv" and isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    # A spreadsheet would run what begins like a formula.
    if form == "csv" and isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return value


async def _with_store(url: str, work: Callable[[Store], Any]) -> Any:
    store = await Store.open(url)
    try:
        return await work(store)
    finally:
        await store.close()

"""``updraft costs`` and ``updraft records``: what was used, added up, drawn, and handed to other tools."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.costs import table
from bot.demo import product_environment
from engine import By, Store, Use, UsePeriod, suggestions, usage
from engine.audit import note
from engine.ledger import NANO, Amounts, Call, Ledger, Outcome

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def used(url: str) -> None:
    """Record three days of use by two people of two models, one without a price."""
    store, now = await Store.open(url), DAY
    ledger = Ledger(store, lambda: now)
    for day in range(3):
        now = DAY + timedelta(days=day)
        for person, model, nanos in (("U1", "gpt-4.1", NANO // 4), ("U2", "gpt-4.1-mini", NANO // 100)):
            held = await ledger.reserve(Call("T1", person, "comment", "1.0.0"), Amounts(1), [])
            path = ({"model": f"openai:{model}", "outcome": "answered", "ms": 5},)
            outcome = Outcome(
                "answered",
                Amounts(1, 1200, 0, nanos),
                nanos,
                "openai",
                model,
                "own",
                "",
                1000,
                200,
                path=path,
            )
            await ledger.settle(held, outcome)
        await ledger.note(
            Call("T1", "U1", "comment", "1.0.0"), Outcome("answered", Amounts(), 0, cache="exact")
        )
    held = await ledger.reserve(Call("T2", "U9", "classify", "1.0.0"), Amounts(1), [])
    await ledger.settle(
        held, Outcome("answered", Amounts(1, 90), None, "compatible", "house", "", "", 80, 10)
    )
    await ledger.note(
        Call("T2", "=U9", "email", "1.0.0"), Outcome("refused", Amounts(), 0, error="Too much.")
    )
    async with store.write() as tx:
        await note(tx, "T1", "U1", "approved", "draft-1", lambda: DAY, revision=1)
    await store.close()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in product_environment("http://127.0.0.1:1", tmp_path, 0).items():
        monkeypatch.setenv(name, value)
    url = f"sqlite+aiosqlite:///{tmp_path / 'updraft.db'}"
    asyncio.run(used(url))
    return url


PERIOD = ["--since", "2026-11-20", "--until", "2026-11-22"]


@pytest.mark.usefixtures("database")
def test_a_table_by_day_with_bars(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", *PERIOD, "--workspace", "T1"]) == 0
    head, *days, whole = capsys.readouterr().out.splitlines()
    assert head.split() == ["day", "calls", "kept", "refused", "failed", "tokens", "cost"]
    assert [day.split()[:7] for day in days] == [
        [f"2026-11-{20 + number}", "2", "1", "0", "0", "2,400", "0.26"] for number in range(3)
    ]
    assert all(day.endswith("█" * 30) for day in days)
    assert whole.split() == ["all", "6", "3", "0", "0", "7,200", "0.78", "USD"]


@pytest.mark.usefixtures("database")
def test_an_unknown_price_is_shown_as_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", *PERIOD, "--by", "model"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == [
        "openai:gpt-4.1", "openai:gpt-4.1-mini", "compatible:house", "none",
    ]  # fmt: skip
    assert "0.00 USD + 1?" in lines[3]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("by", list(By))
def test_every_heading_adds_up_to_the_same(capsys: pytest.CaptureFixture[str], by: By) -> None:
    assert main(["costs", *PERIOD, "--by", by, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(one["nanos"] for one in told["use"]) == 78 * NANO // 100
    assert sum(one["calls"] for one in told["use"]) == 7
    assert sum(one["refused"] for one in told["use"]) == 1


@pytest.mark.usefixtures("database")
def test_a_period_without_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", "--since", "2026-01-01", "--until", "2026-01-31"]) == 0
    assert capsys.readouterr().out == "No model was asked in this period.\n"


@pytest.mark.usefixtures("database")
def test_a_period_that_ends_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", "--since", "2026-02-01", "--until", "2026-01-31"]) == 1
    assert "ends on 2026-01-31 before it begins" in capsys.readouterr().err


@pytest.mark.usefixtures("database")
def test_records_as_a_table_for_spreadsheets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["records", "executions", *PERIOD]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 11
    paths = [json.loads(row["path"]) for row in rows]
    assert sum(bool(path) for path in paths) == 6
    assert "'=U9" in [row["person"] for row in rows]
    assert "prompt" not in rows[0]


@pytest.mark.usefixtures("database")
def test_records_as_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["records", "audit", *PERIOD, "--format", "json"]) == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["person"], row["act"], row["detail"]) == ("U1", "approved", {"revision": 1})


async def test_use_is_of_whole_days(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    await used(url)
    store = await Store.open(url)
    found = await usage(store, UsePeriod(DAY, DAY + timedelta(days=1), "T1"), By.DAY)
    await store.close()
    assert [one.heading for one in found] == ["2026-11-20"]


def use(heading: str, calls: int, kept: int = 0, tokens: int = 100, unknown: int = 0) -> Use:
    return Use(heading, calls, kept, 0, 0, tokens, 0, NANO, unknown, 0)


def test_what_would_make_it_cheaper() -> None:
    dear, cheap = "openai:gpt-4.1", "openai:gpt-4.1-mini"
    fine = [use(dear, 50), use(cheap, 50), use("none", 0, kept=60)]
    assert suggestions(fine, dear) == []
    [told] = suggestions([use(dear, 80), use(cheap, 20), use("none", 0, kept=60)], dear)
    assert told.startswith("80% of the calls went to openai:gpt-4.1")
    [told] = suggestions([use(dear, 50), use(cheap, 50), use("none", 0, kept=10)], dear)
    assert told.startswith("9% of the requests were answered from the cache")
    [told] = suggestions([use(dear, 50, tokens=100_000), use(cheap, 50), use("none", 0, kept=60)], dear)
    assert told.startswith("A call takes 1,002 tokens on average")
    [told] = suggestions([*fine, use("compatible:x", 1, unknown=1)], dear)
    assert told.startswith("The price of 1 calls is not known")
    assert suggestions([use(dear, 10)], dear) == []


def test_bars_show_calls_where_no_price_is_known() -> None:
    lines = table(
        [Use("a", 4, 0, 0, 0, 1, 1, 0, 4, 0), Use("b", 2, 0, 0, 0, 1, 1, 0, 2, 0)], By.MODEL
    ).splitlines()
    assert [line.count("█") for line in lines[1:3]] == [30, 15]


@pytest.mark.parametrize("command", [["costs"], ["records", "executions"], ["export"]])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-11-31", "yesterday"])
def test_a_day_that_is_none_is_one_sentence(
    command: list[str], day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    option = "--since" if command == ["export"] else "--until"
    with pytest.raises(SystemExit) as caught:
        main([*command, option, day])
    assert caught.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith(f"argument {option}: '{day}' is not a day such as 2026-11-20")


def test_a_heading_that_is_none_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["costs", "--by", "week"])
    assert caught.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith("'week' is none of day, person, model, task; for instance: --by model")

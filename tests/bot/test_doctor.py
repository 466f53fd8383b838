"""``updraft doctor`` says of each thing whether it is well, and what to do where it is not."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot import doctor, models
from bot.__main__ import main
from bot.demo import product_environment
from emulators.people import ANTHROPIC_KEY, BOT_USER, CHANNEL, TEAM
from emulators.site import Site
from engine.checks.credentials import sample
from engine.credentials.values import State
from engine.jobs import jobs_on, jobs_table
from engine.ledger import NANO, Amounts, Call, Ledger, Outcome
from engine.store import Store, utcnow
from tests.bot.pages import PAGES
from tests.journeys.desk import on_postgres, settings

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "sqlite":
        return {}
    return on_postgres(request.getfixturevalue("postgres_url"))


async def found(site: Site, folder: Path, **wrong: Any) -> dict[str, tuple[bool | None, str]]:
    return {one.what: (one.well, one.words) for one in await doctor.examine(settings(site, folder, **wrong))}


async def test_all_is_well_on_the_stand_ins(site: Site, tmp_path: Path) -> None:
    told = await found(site, tmp_path)
    well, words = told.pop("Database")
    assert well
    assert re.fullmatch(r"SQLite [\d.]+ opens and is up to date", words)
    assert told == {
        "Slack": (True, "workspace Example, all scopes granted"),
        "Socket Mode": (True, "a connection can be opened"),
        "Jira": (True, "signed in as Updraft, 3 projects"),
        "Model": (True, "openai:gpt-4.1 and openai:gpt-4.1-mini answer"),
        "Alerts": (
            None,
            "UPDRAFT_ALERT_CHANNEL is not set: alerts are lines of the log, and nobody is called",
        ),
        "Metrics": (
            True,
            "/metrics is read by clients on this machine only; UPDRAFT_METRICS_TOKEN admits others",
        ),
        "Master key": (
            None,
            f"is made in {tmp_path / 'updraft.db.key'} at the first start; keep a copy apart from the database's backups",
        ),
        "Breakers": (True, "every provider may be asked"),
        "Jobs": (True, "none was given up"),
        "Budget": (True, "100.00 USD of 100.00 USD are left this day"),
        "Settings": (True, "environment development"),
    }


async def test_postgresql_is_well(site: Site, tmp_path: Path, postgres_url: str) -> None:
    well, words = (await found(site, tmp_path, DATABASE_URL=postgres_url, UPDRAFT_SERVE_JOBS="false"))[
        "Database"
    ]
    assert well
    assert re.fullmatch(r"PostgreSQL [\d.]+ opens and is up to date", words)


async def test_jobs_that_nobody_would_run_are_told(site: Site, tmp_path: Path) -> None:
    well, words = (await found(site, tmp_path, UPDRAFT_SERVE_JOBS="false"))["Database"]
    assert well is False
    assert "is for one process; leave UPDRAFT_SERVE_JOBS at true" in words


@pytest.mark.parametrize(
    ("name", "value", "what", "words"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack", ["SLACK_BOT_TOKEN (invalid_auth)", "“Install App”"]),
        (
            "SLACK_APP_TOKEN",
            "xapp-wrong",
            "Socket Mode",
            ["SLACK_APP_TOKEN (invalid_auth)", "connections:write"],
        ),
        ("SLACK_API_URL", f"{NOWHERE}/api/", "Slack", ["cannot be reached at http://127.0.0.1:1/api/"]),
        ("JIRA_API_TOKEN", "wrong", "Jira", ["credentials", "JIRA_API_TOKEN"]),
        ("JIRA_EMAIL", "ana@example.com", "Jira", ["credentials", "JIRA_EMAIL"]),
        ("JIRA_URL", NOWHERE, "Jira", ["does not answer", "JIRA_URL"]),
        ("OPENAI_API_KEY", "wrong", "Model", ["invalid_api_key", "OPENAI_API_KEY"]),
        ("OPENAI_BASE_URL", f"{NOWHERE}/v1", "Model", ["cannot be reached", "OPENAI_BASE_URL"]),
        ("UPDRAFT_MODEL", "nope", "Model", ["model_not_found", "UPDRAFT_MODEL"]),
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "Database", ["must be sqlite+aiosqlite:///"]),
        ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d", "Database", ["nothing listens there"]),
        ("DATABASE_URL", "nonsense", "Database", ["DATABASE_URL is not a database address"]),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/none/x.db", "Database", ["Check the path"]),
    ],
)
async def test_what_is_wrong_is_named_with_what_to_do(
    site: Site, tmp_path: Path, name: str, value: str, what: str, words: list[str]
) -> None:
    well, said = (await found(site, tmp_path, **{name: value}))[what]
    assert well is False
    assert [word for word in words if word not in said] == []
    assert "hunter2" not in said


async def test_a_database_that_is_none(site: Site, tmp_path: Path) -> None:
    (tmp_path / "updraft.db").write_text("not a database, but long enough to be read as one " * 50)
    well, said = (await found(site, tmp_path))["Database"]
    assert well is False
    assert "move the file away" in said


async def test_scopes_that_are_lacking_are_named(tmp_path: Path) -> None:
    async with Site(port=0, slack={"scopes": frozenset(doctor.SCOPES) - {"commands", "users:read"}}) as site:
        well, said = (await found(site, tmp_path))["Slack"]
    assert well is False
    assert said.startswith("lacks the scopes commands, users:read; apply manifest.yml")


async def test_rights_that_the_service_account_lacks_are_named(site: Site, tmp_path: Path) -> None:
    nothing: dict[str, Any] = {"globalPermissions": [], "projectPermissions": []}
    site.jira.faults.add("status", "permissions/check", status=200, body=nothing, times=-1)
    well, said = (await found(site, tmp_path))["Jira"]
    assert well is False
    assert "Updraft lacks BROWSE_PROJECTS in " in said


async def test_no_project_is_no_good(site: Site, tmp_path: Path) -> None:
    page = {"values": [], "isLast": True, "startAt": 0, "maxResults": 50, "total": 0}
    site.jira.faults.add("status", "project/search", status=200, body=page, times=-1)
    assert (await found(site, tmp_path))["Jira"] == (
        False,
        "Updraft sees no project; grant it access to those Updraft is for",
    )


@pytest.mark.parametrize("fault", ["html", "status", "drop_before", *PAGES])
async def test_services_that_are_down_are_not_blamed_on_a_token(
    site: Site, tmp_path: Path, fault: str
) -> None:
    down: dict[str, Any] = PAGES.get(fault, {"kind": fault, "status": 503})
    site.slack.faults.add(**down, times=-1)
    site.jira.faults.add("status", status=503, times=-1)
    site.models.behave(down=True)
    said = await found(site, tmp_path)
    assert [what for what, (well, _) in said.items() if well is False] == [
        "Slack",
        "Socket Mode",
        "Jira",
        "Model",
    ]
    assert "refuses" not in said["Slack"][1] + said["Socket Mode"][1]


async def test_what_is_optional_is_a_remark(site: Site, tmp_path: Path) -> None:
    said = await found(site, tmp_path, OPENAI_API_KEY="", SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="x")
    assert said["Model"] == (
        None,
        "none configured: drafts come from plain rules; set OPENAI_API_KEY for better ones",
    )
    assert said["Slack over HTTP"][0] is None
    assert not site.models.requests


async def test_the_alert_channel_is_looked_at_as_far_as_scopes_allow(site: Site, tmp_path: Path) -> None:
    well, said = (await found(site, tmp_path, UPDRAFT_ALERT_CHANNEL=CHANNEL))["Alerts"]
    assert (well, said) == (
        None,
        f"go to {CHANNEL}; whether the app is in it is shown by: updraft doctor --alert",
    )
    more = frozenset({*doctor.SCOPES, "channels:read", "groups:read"})
    async with Site(port=0, slack={"scopes": more}) as able:
        assert (await found(able, tmp_path, UPDRAFT_ALERT_CHANNEL=CHANNEL))["Alerts"][0] is True
        able.slack.world.channels[CHANNEL].members.remove(BOT_USER)
        well, said = (await found(able, tmp_path, UPDRAFT_ALERT_CHANNEL=CHANNEL))["Alerts"]
        assert well is False
        assert "/invite @Updraft" in said


async def test_a_test_alert_shows_whether_one_would_arrive(site: Site, tmp_path: Path) -> None:
    wanted = settings(site, tmp_path, UPDRAFT_ALERT_CHANNEL=CHANNEL)

    async def told() -> tuple[bool | None, str]:
        return next(
            (one.well, one.words) for one in await doctor.examine(wanted, alert=True) if one.what == "Alerts"
        )

    assert await told() == (True, f"a test was posted to {CHANNEL}")
    assert site.slack.history(CHANNEL)[-1]["text"] == doctor.TEST_ALERT
    site.slack.world.channels[CHANNEL].members.remove(BOT_USER)
    well, said = await told()
    assert well is False
    assert "(not_in_channel); check UPDRAFT_ALERT_CHANNEL and say “/invite @Updraft”" in said


async def test_what_the_database_knows_is_told(site: Site, tmp_path: Path, database: dict[str, str]) -> None:
    """A provider that is left alone, a job given up, a refused key, a budget spent."""
    more: dict[str, Any] = {**database}
    wanted = settings(site, tmp_path, **more)
    store = await Store.open(wanted.database_url)
    for _ in range(5):
        await models.breakers(wanted, store).failed("openai at x.example")
    kept = models.credentials(wanted, store)
    key = sample("sk-proj-{w74}T3BlbkFJ{w74}")
    made = await kept.add(TEAM, "openai", {"name": "main", "key": key}, "cli:x")
    await kept.note_state(made, State.REFUSED, "It does not.")
    jobs, ledger = jobs_on(store), Ledger(store)
    async with store.write() as tx:
        await jobs.enqueue(tx, "alert", {"text": "x"})
        await tx.execute(update(jobs_table).values(status="failed"))
    held = await ledger.reserve(Call(TEAM, "U1", "comment", "1.0.0"), Amounts(1), models.limits(wanted))
    await ledger.settle(held, Outcome("answered", Amounts(1, nanos=100 * NANO), 100 * NANO, "openai", "x"))
    await store.close()
    said = await found(site, tmp_path, **database)
    assert said["Breakers"][0] is False
    assert said["Breakers"][1].startswith("openai at x.example failed too often and is left alone")
    assert said["Jobs"] == (None, "1 dead letter: updraft jobs --failed")
    assert said["Master key"][0] is False
    assert "keys were refused: main" in said["Master key"][1]
    assert said["Budget"][0] is False
    assert said["Budget"][1].startswith(
        "0.00 USD of 100.00 USD are left this day: drafts come from plain rules until"
    )


async def test_a_provider_whose_pause_is_over_is_no_longer_complained_of(site: Site, tmp_path: Path) -> None:
    wanted = settings(site, tmp_path, UPDRAFT_BREAKER_FAILURES="1")
    store = await Store.open(wanted.database_url)
    await models.breakers(wanted, store).failed("openai at x.example")
    over = (await found(site, tmp_path, UPDRAFT_BREAKER_PAUSE="0.001"))["Breakers"]
    assert over == (None, "openai at x.example failed too often and is tried again with the next question")
    await models.breakers(wanted, store).failed("ollama at y.example")
    await store.close()
    well, said = (await found(site, tmp_path))["Breakers"]
    assert well is False
    assert said.startswith("ollama at y.example and openai at x.example failed too often and are left alone;")


async def test_a_master_key_that_does_not_open_what_is_kept_is_told(site: Site, tmp_path: Path) -> None:
    """The old key is put back after everything was sealed anew."""
    old, new = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (1, 60))
    wanted = settings(site, tmp_path, UPDRAFT_MASTER_KEY=old)
    store = await Store.open(wanted.database_url)
    for name in ("main", "spare"):
        key = sample("sk-proj-{w74}T3BlbkFJ{w74}")
        await models.credentials(wanted, store).add(TEAM, "openai", {"name": name, "key": key}, "cli:x")
    assert (await found(site, tmp_path, UPDRAFT_MASTER_KEY=old))["Master key"] == (
        True,
        "in UPDRAFT_MASTER_KEY, 2 keys of model providers are sealed with it",
    )
    both = settings(site, tmp_path, UPDRAFT_MASTER_KEY=f"{new},{old}")
    assert (await models.credentials(both, store).reseal_all()).count == 2
    await store.close()
    well, said = (await found(site, tmp_path, UPDRAFT_MASTER_KEY=old))["Master key"]
    assert well is False
    assert said.startswith("in UPDRAFT_MASTER_KEY, which does not open what is kept for main and spare:")
    assert (await found(site, tmp_path, UPDRAFT_MASTER_KEY=new))["Master key"][0]


async def test_jobs_that_nobody_runs_are_wondered_about(site: Site, tmp_path: Path) -> None:
    store = await Store.open(settings(site, tmp_path).database_url)
    async with store.write() as tx:
        await jobs_on(store).enqueue(tx, "alert", {"text": "x"}, run_at=utcnow() - timedelta(minutes=7))
    await store.close()
    said = (await found(site, tmp_path))["Jobs"]
    assert said == (
        None,
        "the first has been due for 7 minutes: does a process run them? updraft jobs --pending",
    )


async def test_a_key_that_nothing_holds_is_asked_for_on_postgresql(
    site: Site, tmp_path: Path, postgres_url: str
) -> None:
    well, said = (await found(site, tmp_path, DATABASE_URL=postgres_url))["Master key"]
    assert well is False
    assert "UPDRAFT_MASTER_KEY is not set" in said


async def test_metrics_by_token_are_told(site: Site, tmp_path: Path) -> None:
    said = (await found(site, tmp_path, UPDRAFT_METRICS_TOKEN="s3same"))["Metrics"]
    assert said == (True, "/metrics is read by whoever shows UPDRAFT_METRICS_TOKEN")


async def test_each_model_that_does_not_answer_is_named(site: Site, tmp_path: Path) -> None:
    more = {"ANTHROPIC_API_KEY": ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": f"{site.url}/anthropic"}
    site.anthropic.behave(down=True)
    well, said = (await found(site, tmp_path, **more))["Model"]
    assert well is False
    assert "anthropic" in said
    assert "openai:gpt-4.1 and openai:gpt-4.1-mini answer." in said


async def test_a_model_without_a_way_to_it_is_told(site: Site, tmp_path: Path) -> None:
    more = {"UPDRAFT_MODEL": "ollama:llama3.2", "UPDRAFT_BACKUP_MODELS": "openai:gpt-4.1"}
    assert (await found(site, tmp_path, **more))["Model"] == (
        None,
        "openai:gpt-4.1-mini and openai:gpt-4.1 answer; ollama:llama3.2 needs OLLAMA_BASE_URL, or a credential of the workspace",
    )
    more |= {"UPDRAFT_MODEL": "compatible:house", "OPENAI_API_KEY": ""}
    well, said = (await found(site, tmp_path, **more))["Model"]
    assert well is None
    assert "compatible:house needs COMPATIBLE_BASE_URL" in said
    assert "openai:gpt-4.1 needs OPENAI_API_KEY" in said


async def test_a_misspelt_setting_is_told(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPDRAFT_MODLE", "openai:gpt-4.1")
    said = await found(site, tmp_path)
    assert said["Settings"] == (None, "UPDRAFT_MODLE is no setting; is UPDRAFT_MODEL meant?")


async def test_debug_in_production_is_warned_of(site: Site, tmp_path: Path) -> None:
    said = await found(site, tmp_path, UPDRAFT_ENVIRONMENT="production", UPDRAFT_DEBUG="1")
    assert said["Settings"] == (False, "UPDRAFT_DEBUG is on in production; switch it off.")


@pytest.mark.parametrize(("token", "code", "line"), [("", 0, "✓ Jira"), ("wrong", 1, "✗ Jira")])
async def test_the_command_prints_a_line_each(
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str,
    code: int,
    line: str,
) -> None:
    for name, value in product_environment(site.url, tmp_path, 0).items():
        monkeypatch.setenv(name, value)
    if token:
        monkeypatch.setenv("JIRA_API_TOKEN", token)
    assert await asyncio.to_thread(main, ["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert [one for one in lines if one.startswith(line)]


def test_wrong_settings_are_all_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "✗ SLACK_BOT_TOKEN: is not set"
    assert all(one.startswith("✗ ") for one in lines)

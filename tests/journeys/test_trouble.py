"""Trouble as its alerts tell of it, and the playbooks of docs/operations.md walked through on stand-ins that misbehave."""

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.__main__ import main
from bot.demo import product_environment
from emulators.people import ANA, BEN, CHANNEL, CHEN
from emulators.site import Site
from engine.writing import RULES_QUALITY
from tests.bot.pages import PAGES
from tests.bot.test_metrics import figures
from tests.bot.test_web import free_port
from tests.journeys.desk import Desk, served, text_of
from tests.lines import caught

UPDATE = "fixed the timeout in {}, retries 3 times now, still need QA on staging"
KEYS = ("DEMO-14", "DEMO-17", "DEMO-12")


class Operator:
    """Whoever runs it: reads the alert channel, asks for health, runs commands."""

    def __init__(self, site: Site, http: aiohttp.ClientSession, capsys: pytest.CaptureFixture[str]) -> None:
        self.site, self.http, self.capsys = site, http, capsys

    async def alert(self, beginning: str) -> str:
        """Wait for an alert that begins so."""

        def told() -> list[str]:
            texts = [str(one.get("text", "")) for one in self.site.slack.history(CHANNEL)]
            return [one for one in texts if one.startswith(beginning)]

        [found] = await self.site.slack.wait_for(told)
        return str(found)

    async def unwell(self) -> dict[str, str]:
        """Return the reasons that /health/dependencies gives."""
        async with self.http.get("/health/dependencies") as answer:
            found = (await answer.json())["dependencies"]
        return {name: one["reason"] for name, one in found.items() if one["status"] != "ok"}

    async def tried(self, times: int, kind: str = "answer") -> str:
        """Wait until a job was tried so often; return what waits."""
        for _ in range(200):
            pending = await self.run("jobs", "--pending", "--json")
            if any(
                one["kind"] == kind and one["tries"] >= times for one in map(json.loads, pending.splitlines())
            ):
                return await self.run("jobs", "--pending")
        raise AssertionError(f"it was not tried {times} times: {await self.run('jobs')}")

    async def run(self, *words: str, given: str = "") -> str:
        """Run a command; return what it says."""
        self.capsys.readouterr()
        keyboard, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given.encode()))
        try:
            await asyncio.to_thread(main, words)
        finally:
            sys.stdin = keyboard
        return str(self.capsys.readouterr().out)


@asynccontextmanager
async def running(
    folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **more: str
) -> AsyncIterator[tuple[Desk, Operator]]:
    port = free_port()
    more = {"UPDRAFT_ALERT_CHANNEL": CHANNEL} | more
    async with (
        Site(port=0) as site,
        served(site, folder, port=port, **more),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        for name, value in (product_environment(site.url, folder, port) | more).items():
            patch.setenv(name, value)
        yield Desk(site, folder), Operator(site, http, capsys)


Tools = Any


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tools:
    return tmp_path, monkeypatch, capsys


async def test_jira_is_down(tools: Tools) -> None:
    async with running(*tools) as (desk, operator):
        desk.site.jira.faults.add("status", "", status=503, times=-1)
        waiting = [
            await desk.say(who, f"done with {key}") for who, key in zip((ANA, BEN, CHEN), KEYS, strict=True)
        ]
        assert all("I keep your message" in text_of(one) for one in waiting)
        alert = await operator.alert("Jira: ")
        assert "The last: Jira does not answer right now (503). What to do: “Jira is down”" in alert
        assert (await operator.unwell())["jira"] == "Jira does not answer right now (503)."
        assert "✗ Jira" in await operator.run("doctor")
        pending = await operator.run("jobs", "--pending")
        assert pending.count("JiraUnavailable: Jira does not answer right now (503).") == 3
        desk.site.jira.faults.clear()
        await desk.becomes(waiting[0], r"DEMO-14", ANA.dm)
        await operator.site.slack.wait_settled()
        assert len([one for one in desk.site.slack.history(CHANNEL) if "Jira: " in one.get("text", "")]) == 1


async def test_jira_refuses_our_credentials(tools: Tools) -> None:
    async with running(*tools) as (desk, operator):
        desk.site.jira.faults.add("status", "", status=401, times=-1)
        for who, key in zip((ANA, BEN, CHEN), KEYS, strict=True):
            assert "an administrator has to renew them" in text_of(await desk.say(who, f"done with {key}"))
        assert "does not accept Updraft's credentials" in await operator.alert("Jira: ")


async def test_an_outage_is_told_though_nobody_writes_and_so_is_its_end(tools: Tools) -> None:
    async with running(*tools, UPDRAFT_HEALTH_EVERY="1") as (desk, operator):
        desk.site.jira.faults.add("status", "myself", status=503, times=-1)
        desk.site.models.behave(down=True)
        assert "Jira does not answer right now (503)." in await operator.alert("Jira: ")
        assert "openai:gpt-4.1" in await operator.alert("Language models: ")
        desk.site.jira.faults.clear()
        desk.site.models.behave()
        well = await operator.alert("Jira is well again, after a minute.")
        assert "openai:gpt-4.1 is well again, after a minute." in well
        found = await figures(operator.http)
        assert found["updraft_dependency_up", "jira"] == found["updraft_dependency_up", "openai:gpt-4.1"] == 1


async def test_slack_refuses_us(tools: Tools) -> None:
    """Nobody can be told while that is so; when it is mended there is one alert, and every answer."""
    refusal = {"ok": False, "error": "ratelimited"}
    async with running(*tools) as (desk, operator):
        desk.site.slack.faults.add("status", "chat.postMessage", status=200, body=refusal, times=-1)
        threads = [await desk.site.slack.say(who.slack, who.dm, "help") for who in (ANA, BEN, CHEN)]
        for _ in range(200):
            pending = await operator.run("jobs", "--pending")
            if "alert" in pending:
                break
        assert "SlackUnavailable: Slack does not answer right now (ratelimited)." in pending
        desk.site.slack.faults.clear()
        for who, thread in zip((ANA, BEN, CHEN), threads, strict=True):
            assert await desk.answer(who.dm, thread)
        assert "chat.postMessage answers: ratelimited. What to do: “Slack is down" in await operator.alert(
            "Slack: "
        )


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_in_slacks_place_keeps_answers_waiting(tools: Tools, page: str) -> None:
    """More tries than a failing job is given are made, and no dead letter."""
    async with running(*tools) as (desk, operator):
        desk.site.slack.faults.add(path="chat.postMessage", times=-1, **PAGES[page])
        thread = await desk.site.slack.say(ANA.slack, ANA.dm, "help")
        pending = await operator.tried(7)
        assert "SlackUnavailable: Slack does not answer right now (HTTP " in pending
        desk.site.slack.faults.clear()
        assert await desk.answer(ANA.dm, thread)
        assert "There are none." in await operator.run("jobs", "--failed")


@pytest.mark.parametrize("reason", ["token_revoked", "missing_scope"])
async def test_what_an_administrator_has_to_mend_keeps_answers_waiting(tools: Tools, reason: str) -> None:
    """Answers and the alert wait for another token; the log has the alert once, at once."""
    refusal = {"ok": False, "error": reason}
    async with running(*tools) as (desk, operator):
        desk.site.slack.faults.add("status", "chat.postMessage", status=200, body=refusal, times=-1)
        with caught() as lines:
            threads = [await desk.site.slack.say(who.slack, who.dm, "help") for who in (ANA, BEN, CHEN)]
            pending = await operator.tried(7, "alert")
        [alert] = [one["alert"] for one in lines if one["event"] == "alert"]
        assert f"The last: Slack's chat.postMessage answers: {reason}." in alert
        assert f"SlackUnavailable: Slack refuses Updraft ({reason})." in pending
        assert "There are none." in await operator.run("jobs", "--failed")
        desk.site.slack.faults.clear()
        for who, thread in zip((ANA, BEN, CHEN), threads, strict=True):
            assert await desk.answer(who.dm, thread)
        await operator.alert("Slack: ")


async def test_a_model_provider_is_down(tools: Tools) -> None:
    async with running(*tools, UPDRAFT_BREAKER_FAILURES="2") as (desk, operator):
        desk.site.models.behave(down=True)
        for who, key in zip((ANA, BEN, CHEN), KEYS, strict=True):
            assert "plain rules" in text_of(await desk.say(who, UPDATE.format(key)))
        alert = await operator.alert("Language models: ")
        assert "openai:gpt-4.1: left alone" in alert
        assert "“A model provider is down”" in alert
        assert "openai:gpt-4.1" in await operator.unwell()
        assert "is left alone" in await operator.run("doctor")
        assert "3" in await operator.run("costs", "--by", "model")
        last = json.loads((await operator.run("records", "executions", "--format", "json")).splitlines()[-1])
        assert last["status"] == "failed"
        assert last["path"][-1]["outcome"].startswith("left alone")
        desk.site.models.behave()
        await operator.run("flags", "set", "ai.provider.openai", "off")
        assert "off" in (await operator.run("flags", "list")).partition("ai.provider.openai")[2][:20]


async def test_jobs_and_with_them_answers_fail(tools: Tools) -> None:
    """Jira answers what nobody foresaw: each message is given up; mended, all are answered in the place of their failures."""
    async with running(*tools) as (desk, operator):
        desk.site.jira.faults.add("status", "project/search", status=200, body={"odd": 1}, times=-1)
        told = [await desk.say(ANA, "done with DEMO-12")]
        assert "The last: answer: KeyError. What to do: “Jobs fail”" in await operator.alert("Jobs: ")
        told += [await desk.say(ANA, "done with DEMO-12") for _ in range(9)]
        assert all("Something went wrong on my side" in text_of(one) for one in told)
        alert = await operator.alert("Answers: ")
        assert alert.startswith("Answers: 10 of 10 failed within 5 minutes (100%).")
        assert "“More than a few answers fail”" in alert
        failed = await operator.run("jobs", "--failed")
        assert failed.count("KeyError") == 10
        found = await figures(operator.http)
        assert found["updraft_dead_letters",] == 10
        assert found["updraft_jobs_total", "answer", "failed"] == 10
        assert found["updraft_errors_total", "jobs"] == 60
        desk.site.jira.faults.clear()
        assert (await operator.run("jobs", "requeue", "--all")).count("✓") == 10
        for one in told:
            await desk.becomes(one, "Done", ANA.dm)


async def test_quality_is_falling(tools: Tools) -> None:
    """The first draft is a model's; then no model answers, and rules write what they can: the figure falls, the commands say why."""
    async with running(*tools) as (desk, operator):
        card = await desk.say(ANA, UPDATE.format("DEMO-14"))
        desk.site.models.behave(down=True)
        for who, key in ((BEN, "DEMO-17"), (CHEN, "DEMO-12")):
            await desk.say(who, UPDATE.format(key))
        await desk.press(ANA, card, "Post")
        await desk.becomes(card, "Posted comment", ANA.dm)
        costs = await operator.run("costs", "--by", "model", "--since", "2026-01-01")
        assert "openai:gpt-4.1" in costs
        by_model = json.loads(await operator.run("costs", "--by", "model", "--json"))["use"]
        assert sum(one["failed"] for one in by_model) == 2
        assert "ai.enabled" in await operator.run("flags", "list")
        labels = await operator.run("export", "--since", "2026-01-01")
        assert labels.count("\n") >= 3
        assert "update" in await operator.run("eval", "-", given=labels)
        quality = (await figures(operator.http))["updraft_recent_drafts_quality",]
    assert RULES_QUALITY < quality <= (1 + 2 * RULES_QUALITY) / 3

"""``/metrics``: what happened is counted where it happens, and only those read it who may."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import work
from emulators.people import ANA, BEN, CHANNEL
from emulators.site import Site
from tests.bot.test_web import free_port
from tests.journeys.desk import Desk, on_postgres, served, settings, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"
Figures = dict[tuple[str, ...], float]


@asynccontextmanager
async def product(folder: Path, **more: str) -> AsyncIterator[tuple[Desk, aiohttp.ClientSession]]:
    port = free_port()
    async with (
        Site(port=0) as site,
        served(site, folder, port=port, **more),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield Desk(site, folder), session


async def figures(session: aiohttp.ClientSession, **headers: str) -> Figures:
    """Return every sample as its name and the values of its labels, in the labels' order."""
    async with session.get("/metrics", headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def figures_when(session: aiohttp.ClientSession, *key: str, is_: float) -> Figures:
    """Return the figures once one of this process has a value: what is seen in Slack is noted, and counted, a moment later."""
    async with asyncio.timeout(20):
        while True:
            if (found := await figures(session)).get(key) == is_:
                return found


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "sqlite":
        return {}
    return on_postgres(request.getfixturevalue("postgres_url"))


async def test_a_day_in_figures(tmp_path: Path, database: dict[str, str]) -> None:
    async with product(tmp_path, **database) as (desk, session):
        await desk.say(ANA, "done with DEMO-12")
        card = await desk.say(ANA, UPDATE)
        await desk.press(ANA, card, "Edit")
        await desk.submit(ANA, {"text": "Fixed the timeout in DEMO-14; QA is pending."})
        card = await desk.becomes(card, "QA is pending", ANA.dm)
        await desk.press(ANA, card, "Post")
        await desk.becomes(card, "Posted comment", ANA.dm)
        again = await desk.say(BEN, UPDATE)
        await desk.press(BEN, again, "Reject")
        await desk.submit(BEN, {"reason": "not yet"})
        await desk.becomes(again, "Rejected", BEN.dm)
        found = await figures_when(session, "updraft_jobs_total", "answer", "completed", is_=3)
    assert found["updraft_messages_total", "message"] == 3
    assert found["updraft_requests_total", "completion", "completion.done-with"] == 1
    assert (
        sum(value for key, value in found.items() if key[:2] == ("updraft_requests_total", "rephrase")) == 2
    )
    assert found["updraft_answer_seconds_count", "rephrase"] == 2
    assert 0 < found["updraft_answer_seconds_sum", "rephrase"] < 60
    assert found["updraft_routing_confidence_count", "rephrase"] == 2
    assert found["updraft_model_calls_total", "gpt-4.1", "answered", "openai"] == 2
    assert found["updraft_model_tries_total", "gpt-4.1", "openai", "answered"] == 2
    assert found["updraft_model_tokens_total", "in", "gpt-4.1", "openai"] > 50
    assert 0 < found["updraft_model_cost_dollars_total", "gpt-4.1", "openai"] < 1
    for decision in ("approved", "edited", "rejected", "posted"):
        assert found["updraft_drafts_total", decision] == 1, decision
    assert found["updraft_drafts_total", "expired"] == 0
    assert found["updraft_recent_drafts", "comment", "posted"] == 1
    assert found["updraft_recent_drafts", "comment", "rejected"] == 1
    assert found["updraft_recent_drafts_edit_rate",] == 1
    assert found["updraft_recent_drafts_auto_posted",] == 0
    assert 0.5 < found["updraft_recent_drafts_quality",] <= 1
    assert found["updraft_jobs_total", "answer", "completed"] == 3
    assert found["updraft_job_seconds_count", "post_draft"] == 1
    assert 0 <= found["updraft_job_wait_seconds_sum", "answer"] < 60
    assert found["updraft_dead_letters",] == 0
    assert found["updraft_database_up",] == 1
    assert found["updraft_limit_used", "calls", "hour"] == 2
    assert found["updraft_limit_most", "dollars", "day"] == 100
    assert 0 < found["updraft_limit_used", "dollars", "day"] < 1
    assert {key: value for key, value in found.items() if key[0] == "updraft_errors_total" and value} == {}
    assert found["process_resident_memory_bytes",] > 1e6


async def test_the_cache_is_counted(tmp_path: Path) -> None:
    async with product(tmp_path) as (desk, session):
        for _ in range(2):
            await desk.say(ANA, UPDATE)
        found = await figures(session)
    assert found["updraft_cache_requests_total", "exact", "hit"] == 1
    assert found["updraft_cache_requests_total", "exact", "miss"] == 1
    assert found["updraft_cache_entries", "exact"] == 1
    assert found["updraft_model_calls_total", "gpt-4.1", "exact", "openai"] == 1


async def test_errors_are_counted_where_they_happen(tmp_path: Path) -> None:
    more = {"UPDRAFT_PERSON_CALLS_AN_HOUR": "3", "UPDRAFT_BREAKER_FAILURES": "2"}
    async with product(tmp_path, **more) as (desk, session):
        desk.site.models.behave(down=True)
        for key in ("DEMO-14", "DEMO-17"):
            assert "plain rules" in text_of(await desk.say(ANA, UPDATE.replace("DEMO-14", key)))
        desk.site.jira.faults.add("status", "transitions", method="POST", status=503, times=2)
        answer = await desk.say(ANA, "done with DEMO-12")
        await desk.becomes(answer, "Done", ANA.dm)
        desk.site.slack.faults.add("status", "chat.postMessage", status=503)
        await desk.say(BEN, "help")
        found = await figures_when(session, "updraft_errors_total", "slack", is_=1)
        breaker = [key for key, value in found.items() if key[0] == "updraft_breaker" and value]
    assert found["updraft_errors_total", "model"] >= 2
    assert found["updraft_errors_total", "jira"] == 2
    assert found["updraft_errors_total", "slack"] == 1
    assert found["updraft_errors_total", "jobs"] == 0
    assert found["updraft_jobs_total", "answer", "postponed"] >= 3
    assert found["updraft_model_calls_total", "gpt-4.1", "failed", "openai"] >= 1
    assert [key[-1] for key in breaker] == ["open"]


async def test_a_limit_that_refuses_is_counted(tmp_path: Path) -> None:
    async with product(tmp_path, UPDRAFT_PERSON_CALLS_AN_HOUR="1") as (desk, session):
        await desk.say(ANA, UPDATE)
        await desk.say(ANA, "fixed the menu in DEMO-12, QA is next on staging")
        found = await figures(session)
    assert found["updraft_limits_reached_total", "calls", "person", "hour"] == 1
    assert found["updraft_model_calls_total", "none", "refused", "none"] == 1


async def test_a_choice_is_a_request_of_its_own_and_no_waiting_time(tmp_path: Path) -> None:
    async with product(tmp_path) as (desk, session):
        question = await desk.say(ANA, "done")
        await desk.press(ANA, question, "DEMO-")
        await desk.becomes(question, r"→|Moved|moved", ANA.dm)
        found = await figures_when(session, "updraft_answers_total", "completion", is_=2)
    assert found["updraft_requests_total", "completion", "chosen"] == 1
    assert found["updraft_answer_seconds_count", "completion"] == 1


async def test_nothing_that_people_say_or_are_is_a_label(tmp_path: Path) -> None:
    async with product(tmp_path) as (desk, session):
        await desk.say(ANA, UPDATE)
        async with session.get("/metrics") as answer:
            text = await answer.text()
    for word in (ANA.slack, ANA.email, CHANNEL, "DEMO-14", "timeout"):
        assert word not in text
    labels = set(re.findall(r"[{,](\w+)=", text))
    assert labels - {"version", "implementation", "major", "minor", "patchlevel", "generation", "le"} == {
        "cache", "component", "decision", "direction", "kind", "model", "outcome", "provider", "result", "route", "rule",
        "status", "unit", "window",
    }  # fmt: skip


async def test_only_this_machine_may_read_without_a_token(tmp_path: Path) -> None:
    async with product(tmp_path) as (_, session):
        for headers in ({"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "127.0.0.1"}, {"Via": "1.1 x"}):
            async with session.get("/metrics", headers=headers) as answer:
                assert answer.status == 403
                assert "UPDRAFT_METRICS_TOKEN" in await answer.text()
        assert await figures(session)


async def test_with_a_token_it_has_to_be_shown(tmp_path: Path) -> None:
    async with product(tmp_path, UPDRAFT_METRICS_TOKEN="s3same") as (_, session):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3same"}):
            async with session.get("/metrics", headers=headers) as answer:
                assert answer.status == 403
        assert await figures(session, Authorization="Bearer s3same")
        assert await figures(session, **{"Authorization": "Bearer s3same", "X-Forwarded-For": "192.0.2.7"})


async def test_a_worker_tells_of_what_it_does_on_a_port_of_its_own(tmp_path: Path, postgres_url: str) -> None:
    """The one that serves takes the messages, the worker answers them; what the tables say both say."""
    port, worker = free_port(), free_port()
    shared: dict[str, Any] = {**on_postgres(postgres_url), "UPDRAFT_SERVE_JOBS": "false"}
    stop = asyncio.Event()
    async with Site(port=0) as site, served(site, tmp_path, port=port, **shared):
        shared |= {"UPDRAFT_WORK_PORT": str(worker)}
        working = asyncio.create_task(work(settings(site, tmp_path, port=port, **shared), stop=stop))
        try:
            await Desk(site, tmp_path).say(ANA, "done with DEMO-12")
            found = []
            for one in (port, worker):
                async with aiohttp.ClientSession(f"http://127.0.0.1:{one}") as session:
                    found.append(await figures(session))
            async with (
                aiohttp.ClientSession(f"http://127.0.0.1:{worker}") as session,
                session.get("/health/ready") as ready,
                session.post("/slack/events") as events,
            ):
                assert (ready.status, events.status) == (200, 404)
        finally:
            stop.set()
            await working
    serving, doing = found
    assert serving["updraft_messages_total", "message"] == 1
    assert ("updraft_requests_total", "completion", "completion.done-with") not in serving
    assert doing["updraft_requests_total", "completion", "completion.done-with"] == 1
    assert serving["updraft_limit_most", "dollars", "day"] == doing["updraft_limit_most", "dollars", "day"]

"""What a person sees of the models behind the drafts: who stood in, which limit holds, what is switched off."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.__main__ import main
from bot.demo import product_environment
from emulators.people import ANA, ANTHROPIC_KEY, BEN, CHANNEL
from emulators.site import Site
from engine import Flags, Store
from engine.ledger.tables import executions
from tests.journeys.desk import Desk, served, settings, text_of

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


def backup(site: Site) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": f"{site.url}/anthropic"}


async def test_the_backup_stands_in_and_the_card_says_so(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path, **backup(site)):
        desk = Desk(site, tmp_path)
        site.models.behave(down=True)
        card = await desk.say(ANA, UPDATE)
        assert "Answered by the backup model anthropic:claude-sonnet-5-5." in text_of(card)
        await desk.press(ANA, card, "Post")
        await desk.becomes(card, "Posted comment on DEMO-14", ANA.dm)


async def test_when_all_are_down_the_rules_write(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path, **backup(site)):
        desk = Desk(site, tmp_path)
        for one in (site.models, site.anthropic):
            one.behave(down=True)
        card = await desk.say(ANA, UPDATE)
        assert "plain rules tidied up your words" in text_of(card)
        assert "DEMO-14" in text_of(card)


async def test_a_limit_is_named_on_the_card_and_in_the_answer(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path, UPDRAFT_PERSON_CALLS_AN_HOUR="1"):
        desk = Desk(site, tmp_path)
        first = await desk.say(ANA, UPDATE)
        assert "limit" not in text_of(first)
        second = await desk.say(ANA, "fixed the menu in DEMO-12, QA is next on staging")
        assert "Your hourly limit of 1 AI requests is reached; it resets at" in text_of(second)
        assert "Plain rules tidied up your words instead" in text_of(second)
        mail = await desk.say(ANA, "write an email to my manager that I am sick today")
        assert "Your hourly limit of 1 AI requests is reached" in text_of(mail)


async def test_a_budget_nearly_used_up_is_told_in_the_channel(tmp_path: Path) -> None:
    more = {"UPDRAFT_ALERT_CHANNEL": CHANNEL, "UPDRAFT_CALLS_AN_HOUR": "1"}
    async with Site(port=0) as site, served(site, tmp_path, **more):
        desk = Desk(site, tmp_path)
        await desk.say(ANA, UPDATE)

        def told() -> list[str]:
            return [one["text"] for one in site.slack.history(CHANNEL) if "limit" in one.get("text", "")]

        [alert] = await site.slack.wait_for(told)
        assert alert.startswith(
            "100% of the workspace's hourly limit of 1 AI requests is used. It resets on "
        )


async def test_a_project_without_ai_is_written_by_rules(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path):
        desk = Desk(site, tmp_path)
        store = await Store.open(settings(site, tmp_path).database_url)
        await Flags(store).set("T0EXAMPLE1", "ai.enabled", False, "U1", "DEMO-14")
        await store.close()
        card = await desk.say(ANA, UPDATE)
        assert "AI is switched off for DEMO-14. Plain rules tidied up your words instead" in text_of(card)
        assert not [one for one in site.models.requests if "chat" in one.path]
        other = await desk.say(ANA, "fixed the menu in DEMO-12, QA is next on staging")
        assert "switched off" not in text_of(other)


async def test_what_was_asked_is_kept_sealed_where_that_is_wished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Site(port=0) as site, served(site, tmp_path, UPDRAFT_KEEP_PROMPTS="true"):
        await Desk(site, tmp_path).say(ANA, UPDATE)
        environment = product_environment(site.url, tmp_path, 0)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store = await Store.open(environment["DATABASE_URL"])
    async with store.read() as tx:
        [sealed] = (await tx.execute(select(executions.c.prompt))).scalars()
    await store.close()
    assert "timeout" not in sealed
    capsys.readouterr()
    for words, kept in ((["--prompts"], True), ([], False)):
        assert await asyncio.to_thread(main, ["records", "executions", "--format", "json", *words]) == 0
        row = json.loads(capsys.readouterr().out)
        assert ("fixed the timeout in DEMO-14" in row.get("prompt", "")) is kept


async def test_too_many_messages_in_a_minute_are_refused_with_a_word(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path, UPDRAFT_MESSAGES_A_MINUTE="2"):
        desk = Desk(site, tmp_path)
        for _ in range(2):
            assert "left this one out" not in text_of(await desk.say(ANA, "help"))
        refused = await desk.say(ANA, "done with DEMO-12")
        assert "I take 2 messages a minute from one person, and left this one out" in text_of(refused)
        assert site.jira.issue("DEMO-12")["fields"]["status"]["name"] != "Done"
        assert "left this one out" not in text_of(await desk.say(BEN, "help"))

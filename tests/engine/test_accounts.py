"""A workspace's own credentials before the installation's: which is used, what becomes of a refused one, how a new key is seen."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from emulators.people import MODEL_KEY
from emulators.site import Site
from engine import prompts
from engine.accounts import Account, Accounts
from engine.credentials import Credential, Credentials, State
from engine.flags import Flags
from engine.gateway import Gateway, NotConfigured, Question
from engine.ledger import Ledger
from engine.ledger.tables import executions
from engine.lineup import Lineup, ModelChoice
from engine.models import HttpClient, NoModel, http_client
from engine.sealing import Seal
from engine.store import Store
from engine.types import Person
from tests.engine.conftest import TestClock

ANA = Person("T1", "U1", "Ana", "ana@example.com")
REVOKED = "sk-revoked-0123456789abcdef"
CHOICE = ModelChoice("openai:gpt-4.1", "openai:gpt-4.1-mini")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


@pytest.fixture
def credentials(store: Store, clock: TestClock) -> Credentials:
    return Credentials(store, Seal((bytes(range(32)),)), clock, allow_private=True)


class Bench:
    """A gateway on the stand-in, with a workspace's credentials and, where given, an account of the installation."""

    def __init__(
        self,
        site: Site,
        http: HttpClient,
        credentials: Credentials,
        clock: TestClock,
        own: tuple[Account, ...] = (),
    ) -> None:
        self.site, self.credentials = site, credentials
        self.accounts = Accounts(own, credentials)
        store = credentials.store
        lineup = Lineup(CHOICE, self.accounts, http)
        self.gateway = Gateway(
            store, lineup, ledger=Ledger(store, clock), flags=Flags(store, clock), clock=clock
        )

    async def add(self, name: str, *, key: str = MODEL_KEY, **rest: Any) -> Credential:
        fields: Any = {"name": name, "key": key, "base_url": f"{self.site.url}/openai/v1"} | rest
        return await self.credentials.add("T1", "openai", fields, "U1")

    async def ask(self, text: str = "fixed PAY-1", workspace: str = "T1") -> str:
        person = Person(workspace, ANA.id, ANA.name, ANA.email)
        question = Question(person, prompts.comment(text, issues="", person=""), fresh=True)
        return (await self.gateway.ask(question)).model

    async def used(self) -> list[str]:
        async with self.credentials.store.read() as tx:
            rows = await tx.execute(select(executions.c.credential).order_by(executions.c.started_at))
            return list(rows.scalars())


@pytest.fixture
def bench(site: Site, http: HttpClient, credentials: Credentials, clock: TestClock) -> Bench:
    return Bench(site, http, credentials, clock)


def authorised(site: Site) -> set[str]:
    return {one.headers["Authorization"].removeprefix("Bearer ") for one in site.models.requests}


async def test_a_workspaces_own_key_is_used(bench: Bench) -> None:
    made = await bench.add("main")
    assert await bench.ask() == "openai:gpt-4.1"
    assert await bench.used() == [made.id]
    assert (await bench.credentials.get("T1", made.id)).last_used_at is not None


async def test_when_a_key_was_used_is_kept_to_the_minute(bench: Bench, clock: TestClock) -> None:
    made = await bench.add("main")
    seen = []
    for seconds in (0, 50, 20):
        clock.pass_by(seconds=seconds)
        await bench.ask()
        seen.append((await bench.credentials.get("T1", made.id)).last_used_at)
    assert seen == [clock() - timedelta(seconds=70)] * 2 + [clock()]


async def test_another_workspace_does_not_see_it(bench: Bench) -> None:
    await bench.add("main")
    with pytest.raises(NotConfigured):
        await bench.ask(workspace="T2")


async def test_a_refused_key_gives_way_to_the_backup_and_is_marked(bench: Bench) -> None:
    bad = await bench.add("first", key=REVOKED, is_default=True)
    good = await bench.add("second")
    assert await bench.ask() == "openai:gpt-4.1"
    marked = await bench.credentials.get("T1", bad.id)
    assert marked.state is State.REFUSED
    assert "does not accept the key (401" in (marked.state_reason or "")
    asked = len(bench.site.models.requests)
    await bench.ask("fixed PAY-2")
    assert len(bench.site.models.requests) == asked + 1
    assert await bench.used() == [good.id, good.id]


async def test_the_installations_account_is_the_last_resort(
    site: Site, http: HttpClient, credentials: Credentials, clock: TestClock
) -> None:
    own = Account("openai", f"{site.url}/openai/v1", MODEL_KEY)
    bench = Bench(site, http, credentials, clock, (own,))
    await bench.add("first", key=REVOKED)
    await bench.ask()
    assert await bench.used() == ["installation"]


async def test_a_new_key_holds_at_once_where_the_old_one_was_refused(bench: Bench) -> None:
    made = await bench.add("main", key=REVOKED)
    with pytest.raises(NoModel, match="does not accept the key"):
        await bench.ask()
    await bench.credentials.change("T1", made.id, {"key": MODEL_KEY}, "U1")
    assert await bench.ask() == "openai:gpt-4.1"
    assert authorised(bench.site) == {REVOKED, MODEL_KEY}


async def test_what_its_owner_prefers_goes_into_the_request(bench: Bench) -> None:
    await bench.add(
        "main",
        model="gpt-4o",
        temperature=0.7,
        max_tokens=99,
        system_prompt="Be brief.",
        options={"top_p": 0.5},
    )
    assert await bench.ask() == "openai:gpt-4o"
    sent = bench.site.models.requests[-1].json()
    assert (sent["model"], sent["temperature"], sent["max_completion_tokens"], sent["top_p"]) == (
        "gpt-4o",
        0.7,
        99,
        0.5,
    )
    assert sent["messages"][0]["content"].startswith("Be brief.\n\nTask: comment")


async def test_an_address_that_turned_private_is_passed_over(
    site: Site, http: HttpClient, store: Store, clock: TestClock
) -> None:
    hosts = {"models.example": ["93.184.215.14"]}

    async def resolve(host: str, port: int) -> list[str]:
        return hosts[host]

    kept = Credentials(store, Seal((bytes(range(32)),)), clock, resolve=resolve)
    fields: Any = {"name": "main", "key": MODEL_KEY, "base_url": "https://models.example/v1"}
    await kept.add("T1", "openai", fields, "U1")
    hosts["models.example"] = ["10.0.0.7"]
    assert await Accounts((), kept).of("T1") == ()

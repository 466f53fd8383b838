"""The one door to models: what is asked along the chain, what it costs, what is kept, and what a person is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from emulators.people import MODEL_KEY
from emulators.site import Site
from engine import prompts
from engine.accounts import Account, Accounts
from engine.checks import essentials
from engine.flags import Flags
from engine.gateway import EARLIER, Answer, Gateway, Near, NotConfigured, Policy, Question
from engine.ledger import NANO, Ledger, Limit, LimitReached, Unit, Window
from engine.ledger.tables import executions, meters
from engine.lineup import Lineup, ModelChoice
from engine.models import Embedder, HttpClient, NoModel, Prices, http_client
from engine.models.embedding_hashing import HashingEmbedder
from engine.notices import Asked, Notice
from engine.prompts import Classification
from engine.store import Store
from engine.types import Person
from tests.engine.conftest import TestClock

ANA = Person("T1", "U1", "Ana", "ana@example.com")
HOURLY = Limit(Unit.CALLS, Window.HOUR, 2, person=True)
CHOICE = ModelChoice("openai:gpt-4.1", "openai:gpt-4.1-mini", others=("compatible:gpt-4o",))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def backup() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


class Desk:
    """Builds gateways on stand-ins."""

    def __init__(self, store: Store, clock: TestClock, http: HttpClient, site: Site, backup: Site) -> None:
        self.store, self.clock, self.http, self.site, self.backup = store, clock, http, site, backup

    def accounts(self, *, key: str = MODEL_KEY) -> tuple[Account, ...]:
        return (
            Account("openai", f"{self.site.url}/openai/v1", key, "own"),
            Account("compatible", f"{self.backup.url}/openai/v1", MODEL_KEY, "house"),
        )

    def gateway(
        self,
        *,
        accounts: Sequence[Account] | None = None,
        choice: ModelChoice = CHOICE,
        limits: tuple[Limit, ...] = (),
        deadline: float = 20.0,
        prices: Prices | None = None,
        embedder: Embedder | None = None,
    ) -> Gateway:
        found = self.accounts() if accounts is None else accounts

        return Gateway(
            self.store,
            Lineup(choice, Accounts(found), self.http),
            ledger=Ledger(self.store, self.clock),
            flags=Flags(self.store, self.clock),
            policy=Policy(limits, deadline),
            prices=prices or Prices({"compatible:gpt-4o": (Decimal(2), Decimal(8))}),
            embedder=embedder,
            clock=self.clock,
        )

    async def records(self) -> list[Any]:
        async with self.store.read() as tx:
            return list((await tx.execute(select(executions).order_by(executions.c.id))).all())

    async def last(self) -> Any:
        [row] = await self.records()
        return row


@pytest.fixture
def desk(store: Store, clock: TestClock, http: HttpClient, site: Site, backup: Site) -> Desk:
    return Desk(store, clock, http, site, backup)


def about(text: str = "fixed the timeout in PAY-1", **rest: Any) -> Question:
    prompt = prompts.comment(text, issues="PAY-1: Pay", person="Name: Ana")
    return Question(ANA, prompt, ("PAY-1",), "M1", **rest)


async def test_an_answer_is_recorded_with_its_cost(desk: Desk) -> None:
    answer = await desk.gateway().ask(about())
    assert "PAY-1" in answer.text
    assert (answer.model, answer.note) == ("openai:gpt-4.1", None)
    row = await desk.last()
    assert (row.status, row.provider, row.model, row.credential) == ("answered", "openai", "gpt-4.1", "own")
    assert (row.person, row.task, row.version, row.subject) == ("U1", "comment", "1.0.0", "M1")
    # gpt-4.1 costs 2 and 8 dollars for a million tokens (https://openai.com/api/pricing).
    assert row.nanos == row.tokens_in * 2_000 + row.tokens_out * 8_000
    assert row.path == [
        {
            "model": "openai:gpt-4.1",
            "outcome": "answered",
            "ms": row.path[0]["ms"],
            "credential": "own",
            "in": row.tokens_in,
            "out": row.tokens_out,
        }
    ]
    assert row.prompt is None
    assert not row.estimated


async def test_a_failure_that_passes_is_tried_again(desk: Desk, site: Site) -> None:
    site.models.faults.add("status", "chat", status=500)
    answer = await desk.gateway().ask(about())
    assert answer.model == "openai:gpt-4.1"
    assert [step["outcome"] for step in (await desk.last()).path] == [
        "openai:gpt-4.1 failed (500).",
        "answered",
    ]


async def test_a_provider_that_is_down_is_replaced_and_said_so(desk: Desk, site: Site) -> None:
    site.models.behave(down=True)
    answer = await desk.gateway().ask(about())
    assert answer.model == "compatible:gpt-4o"
    assert answer.note == "Answered by the backup model compatible:gpt-4o."
    assert [step["model"] for step in (await desk.last()).path] == ["openai:gpt-4.1"] * 3 + [
        "compatible:gpt-4o"
    ]


async def test_a_rate_limit_leads_to_the_fast_model(desk: Desk, site: Site) -> None:
    site.models.faults.add("status", "chat", status=429, headers={"Retry-After": "3600"})
    began = time.monotonic()
    answer = await desk.gateway().ask(about())
    assert answer.model == "openai:gpt-4.1-mini"
    assert time.monotonic() - began < 5


async def test_a_refused_key_leads_to_the_next(desk: Desk, site: Site) -> None:
    good = desk.accounts()
    bad = Account("openai", f"{site.url}/openai/v1", "sk-revoked", "old")
    answer = await desk.gateway(accounts=(bad, *good)).ask(about())
    assert answer.model == "openai:gpt-4.1"
    assert (await desk.last()).credential == "own"


async def test_nobody_left_is_told_with_what_was_tried(desk: Desk, site: Site, backup: Site) -> None:
    site.models.faults.add("status", "chat", status=404, times=-1)
    backup.models.faults.add("html", "chat", times=-1)
    with pytest.raises(NoModel) as caught:
        await desk.gateway().ask(about())
    assert "openai:gpt-4.1 refused (404" in str(caught.value)
    assert "compatible:gpt-4o gave an unreadable answer" in str(caught.value)
    row = await desk.last()
    assert (row.status, row.error) == ("failed", str(caught.value))
    assert [step["model"] for step in row.path] == ["openai:gpt-4.1", "openai:gpt-4.1-mini"] + [
        "compatible:gpt-4o"
    ] * 3


async def test_without_any_model(desk: Desk) -> None:
    with pytest.raises(NotConfigured):
        await desk.gateway(accounts=()).ask(about())


async def test_the_whole_has_a_deadline(desk: Desk, site: Site, backup: Site) -> None:
    for one in (site, backup):
        one.models.faults.add("hang", "chat", times=-1)
    began = time.monotonic()
    with pytest.raises(NoModel, match="did not answer within"):
        await desk.gateway(choice=replace(CHOICE, timeout=1.0), deadline=2.5).ask(about())
    assert time.monotonic() - began < 5
    # Whoever hung may bill what was asked: the estimate stands.
    row = await desk.last()
    assert row.estimated
    assert row.nanos > 0


async def test_an_open_breaker_spares_the_time(desk: Desk, site: Site) -> None:
    site.models.behave(down=True)
    gateway = desk.gateway()
    await gateway.ask(about())
    await gateway.ask(about("fixed the login in PAY-2"))
    asked = len(site.models.requests)
    answer = await gateway.ask(about("fixed the logout in PAY-3"))
    assert answer.model == "compatible:gpt-4o"
    assert len(site.models.requests) == asked
    path = next(row.path for row in await desk.records() if len(row.path) == 2)
    assert path[0]["outcome"] == "left alone: it failed too often"
    site.models.behave()
    desk.clock.pass_by(minutes=5)
    assert (await gateway.ask(about("fixed the menu in PAY-4"))).model == "openai:gpt-4.1"


async def test_the_same_question_is_paid_once(desk: Desk, site: Site) -> None:
    gateway = desk.gateway()
    first, *others = await asyncio.gather(*(gateway.ask(about()) for _ in range(5)))
    assert [one.text for one in others] == [first.text] * 4
    assert len(site.models.requests) == 1
    assert sorted(row.cache for row in await desk.records()) == ["", "exact", "exact", "exact", "exact"]
    await gateway.ask(about(fresh=True))
    assert len(site.models.requests) == 2


async def test_another_workspace_pays_for_itself(desk: Desk, site: Site) -> None:
    gateway = desk.gateway()
    await gateway.ask(about())
    await gateway.ask(replace(about(), person=replace(ANA, workspace="T2")))
    assert len(site.models.requests) == 2


async def test_what_is_not_worth_it_is_not_kept(desk: Desk, site: Site) -> None:
    gateway = desk.gateway()
    for _ in range(2):
        await gateway.ask(about(worth=lambda _: False))
    assert len(site.models.requests) == 2


async def test_when_all_is_down_an_earlier_answer_is_given_and_marked(
    desk: Desk, site: Site, backup: Site
) -> None:
    gateway = desk.gateway()
    before = await gateway.ask(about(keep=0.001))
    await asyncio.sleep(0.002)
    for one in (site, backup):
        one.models.faults.add("status", "chat", status=400, times=-1)
    answer = await gateway.ask(about(keep=0.001))
    assert (answer.text, answer.note) == (before.text, EARLIER)
    assert "stale" in [row.cache for row in await desk.records()]


async def test_a_limit_names_itself_and_is_recorded(desk: Desk, site: Site) -> None:
    gateway = desk.gateway(limits=(HOURLY,))
    for number in (1, 2):
        await gateway.ask(about(f"fixed PAY-{number}"))
    with pytest.raises(
        LimitReached, match="Your hourly limit of 2 AI requests is reached; it resets at 13:00 UTC"
    ):
        await gateway.ask(about("fixed PAY-3"))
    assert len(site.models.requests) == 2
    assert sorted(row.status for row in await desk.records()) == ["answered", "answered", "refused"]
    # What is kept costs nothing and is given all the same.
    assert (await gateway.ask(about("fixed PAY-1"))).model == "openai:gpt-4.1"


async def test_a_budget_holds_against_many_at_once(desk: Desk, site: Site) -> None:
    budget = Limit(Unit.MONEY, Window.DAY, NANO // 50)
    gateway = desk.gateway(limits=(budget,))
    asked = (gateway.ask(about(f"fixed the timeout number {number} in PAY-1")) for number in range(40))
    done = await asyncio.gather(*asked, return_exceptions=True)
    answered = [one for one in done if isinstance(one, Answer)]
    assert all(isinstance(one, LimitReached) for one in done if not isinstance(one, Answer))
    assert answered
    assert len(answered) < 40
    async with desk.store.read() as tx:
        used, held = (await tx.execute(select(meters.c.nanos, meters.c.held_nanos))).one()
    assert 0 < used <= budget.most
    assert held == 0


async def test_the_cost_of_an_unknown_model_is_unknown(desk: Desk) -> None:
    choice = ModelChoice("compatible:gpt-4o", "compatible:gpt-4o")
    await desk.gateway(choice=choice, prices=Prices()).ask(about())
    row = await desk.last()
    assert row.nanos is None
    assert row.tokens_in > 0


async def test_an_answer_of_a_shape_is_read(desk: Desk) -> None:
    question = Question(ANA, prompts.classify("is anyone there"))
    answer = await desk.gateway().ask_for(Classification, question)
    assert 0 <= answer.value.confidence <= 1
    assert answer.model == "openai:gpt-4.1-mini"


async def test_a_broken_answer_is_sent_back_once_with_what_is_wrong(desk: Desk, site: Site) -> None:
    site.models.behave("broken_json", times=1)
    answer = await desk.gateway().ask_for(Classification, Question(ANA, prompts.classify("hm")))
    assert isinstance(answer.value, Classification)
    again = site.models.requests[-1].json()["messages"]
    assert [one["role"] for one in again] == ["system", "user", "assistant", "user"]
    assert "cannot be used" in again[-1]["content"]
    row = await desk.last()
    counted = [step["in"] for step in row.path]
    assert [step["outcome"] for step in row.path] == ["unreadable", "answered"]
    assert row.tokens_in == sum(counted)


async def test_who_cannot_mend_it_is_replaced(desk: Desk, site: Site) -> None:
    site.models.behave("broken_json")
    answer = await desk.gateway().ask_for(Classification, Question(ANA, prompts.classify("hm")))
    assert answer.model == "compatible:gpt-4o"


class Pair(BaseModel):
    """An answer with parts of every kind."""

    name: str
    amounts: list[float]
    note: str | None


async def test_a_shape_that_the_schema_cannot_tell_is_checked_here(desk: Desk, site: Site) -> None:
    site.models.behave("verbatim", text='{"name": "x", "amounts": ["y"], "note": null}', times=2)
    answer = await desk.gateway().ask_for(Pair, Question(ANA, prompts.classify("hm")))
    assert isinstance(answer.value, Pair)
    sent = site.models.requests[0].json()["response_format"]["json_schema"]["schema"]
    assert sent["required"] == ["name", "amounts", "note"]
    assert sent["additionalProperties"] is False


async def test_a_text_comes_piece_by_piece(desk: Desk) -> None:
    *pieces, answer = [one async for one in desk.gateway().stream(about())]
    assert isinstance(answer, Answer)
    assert "".join(str(piece) for piece in pieces).strip() == answer.text
    row = await desk.last()
    assert row.status == "answered"
    assert row.tokens_out > 0


async def test_before_its_first_piece_a_stream_falls_back(desk: Desk, site: Site) -> None:
    site.models.behave(down=True)
    *_, answer = [one async for one in desk.gateway().stream(about())]
    assert isinstance(answer, Answer)
    assert answer.model == "compatible:gpt-4o"


async def test_a_reader_that_goes_away_settles_the_call(desk: Desk) -> None:
    @asynccontextmanager
    async def reading() -> AsyncIterator[Any]:
        pieces = desk.gateway(limits=(HOURLY,)).stream(about())
        yield pieces
        await pieces.aclose()  # type: ignore[attr-defined] # it is an asynchronous generator

    async with reading() as pieces:
        await anext(pieces)
    row = await desk.last()
    # What was written until then is billed, and nobody counted it: the estimate stands.
    assert (row.status, row.estimated) == ("failed", 1)
    assert row.nanos > 0
    async with desk.store.read() as tx:
        assert (await tx.execute(select(meters.c.held_calls))).scalar_one() == 0


async def test_a_reader_that_goes_away_with_the_answer_is_counted_once(desk: Desk) -> None:
    gateway, told = desk.gateway(limits=(HOURLY,)), list[Notice]()
    gateway.ledger.notify = told.append
    pieces = gateway.stream(about())
    while isinstance(await anext(pieces), str):
        pass
    await pieces.aclose()  # type: ignore[attr-defined] # it is an asynchronous generator
    row = await desk.last()
    assert row.status == "answered"
    assert [one.outcome for one in told if isinstance(one, Asked)] == ["answered"]
    async with desk.store.read() as tx:
        found = (await tx.execute(select(meters.c.calls, meters.c.tokens, meters.c.held_calls))).one()
    assert found == (1, row.tokens_in + row.tokens_out, 0)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("fixed the menu", "openai:gpt-4.1-mini"),
        ("fixed `menu()` in the header", "openai:gpt-4.1"),
        ("word " * 60, "openai:gpt-4.1"),
        ("word " * 201, "openai:gpt-4o"),
        ("did this:\n1. one\n2. two", "openai:gpt-4o"),
    ],
)
async def test_a_model_by_complexity(desk: Desk, text: str, model: str) -> None:
    choice = replace(CHOICE, auto=True, capable="openai:gpt-4o")
    question = about()
    assert (
        await desk.gateway(choice=choice).ask(replace(question, prompt=replace(question.prompt, user=text)))
    ).model == model


def worded(text: str) -> Question:
    near = Near(text, "PAY-1", essentials(text), lambda _: True)
    return replace(about(text), near=near)


@pytest.mark.parametrize(
    ("again", "kept"),
    [
        ("Fixed the timeout in PAY-1.", True),
        ("fixed the timeout in PAY-2", False),
        ("did not fix the timeout in PAY-1", False),
        ("fixed 2 timeouts in PAY-1", False),
    ],
)
async def test_other_words_of_the_same_are_answered_from_what_was_kept(
    desk: Desk, site: Site, again: str, kept: bool
) -> None:
    gateway = desk.gateway(embedder=HashingEmbedder())
    await gateway.ask(worded("fixed the timeout in PAY-1"))
    await gateway.ask(worded(again))
    assert len(site.models.requests) == (1 if kept else 2)
    embedded = [row for row in await desk.records() if row.task == "embed"]
    assert [(row.status, row.embeddings) for row in embedded] == [("answered", 1)] * 2


async def test_what_does_not_suit_is_not_given(desk: Desk, site: Site) -> None:
    gateway = desk.gateway(embedder=HashingEmbedder())
    question = worded("fixed the timeout in PAY-1")
    assert question.near is not None
    await gateway.ask(question)
    refusing = replace(question.near, suits=lambda _: False)
    await gateway.ask(replace(worded("Fixed the timeout in PAY-1."), near=refusing))
    assert len(site.models.requests) == 2


async def test_embeddings_have_their_limit(desk: Desk) -> None:
    gateway = desk.gateway(embedder=HashingEmbedder(), limits=(Limit(Unit.EMBEDDINGS, Window.DAYS_30, 3),))
    assert (await gateway.embed(ANA, ["one", "two"])).shape[0] == 2
    with pytest.raises(LimitReached, match="limit of 3 embeddings"):
        await gateway.embed(ANA, ["three", "four"])

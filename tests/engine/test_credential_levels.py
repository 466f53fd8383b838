"""Tests of credentials in three levels, against a real server: what each level finds, what is kept, which state follows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulators.people import MODEL_KEY
from emulators.site import Site
from engine.credentials import (
    LEVELS,
    Credential,
    Credentials,
    Level,
    MakeModel,
    State,
    Trial,
    state_after,
)
from engine.credentials.levels import NOT_TRIED
from engine.models import (
    HttpClient,
    KeyRefused,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    ProviderError,
    http_client,
)
from engine.models.openai import OpenAIModel
from engine.sealing import Seal
from engine.store import Store
from tests.engine.conftest import TestClock

NOWHERE = "http://127.0.0.1:1/v1"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


@pytest.fixture
def make_model(http: HttpClient) -> MakeModel:
    return lambda endpoint: OpenAIModel(endpoint, http)


@pytest.fixture
def credentials(store: Store, clock: TestClock) -> Credentials:
    return Credentials(store, Seal((bytes(range(32)),)), clock, allow_private=True)


async def added(credentials: Credentials, site: Site, **rest: Any) -> Credential:
    base_url = f"{site.url}/openai/v1"
    fields: Any = {"name": "main", "key": MODEL_KEY, "base_url": base_url, "model": "gpt-4.1"} | rest
    return await credentials.add("T1", "openai", fields, "U1")


async def test_all_is_well(
    credentials: Credentials, site: Site, make_model: MakeModel, clock: TestClock
) -> None:
    made = await added(credentials, site, temperature=0.3, system_prompt="Be brief.", max_tokens=50)
    tested = await credentials.test(made, make_model, by="U1")
    assert [(one.level, one.passed, one.words) for one in tested] == [
        (Level.REACH, True, "the server answers"),
        (Level.MODEL, True, "openai:gpt-4.1 is there"),
        (Level.PROMPT, True, "openai:gpt-4.1 answers"),
    ]
    kept = await credentials.get("T1", made.id)
    assert (kept.state, kept.state_reason, kept.tested_at, kept.tests) == (State.OK, None, clock.now, tested)
    asked = site.models.requests[-1].json()
    assert asked["messages"][0]["content"].startswith("Be brief.")
    assert (asked["temperature"], asked["max_completion_tokens"]) == (0.3, 50)


@pytest.mark.parametrize(
    ("wrong", "passed", "state", "words"),
    [
        (
            {"key": "sk-wrong-key-of-nobody"},
            (True, False, None),
            State.REFUSED,
            "does not accept the key (401",
        ),
        ({"model": "gpt-nope"}, (True, False, None), State.REFUSED, "openai:gpt-nope refused (404"),
        ({"base_url": NOWHERE}, (False, None, None), State.UNREACHABLE, "cannot be reached"),
    ],
)
async def test_the_level_that_fails_says_why(
    credentials: Credentials,
    site: Site,
    make_model: MakeModel,
    wrong: dict[str, str],
    passed: tuple[bool | None, ...],
    state: State,
    words: str,
) -> None:
    made = await added(credentials, site, **wrong)
    tested = await credentials.test(made, make_model)
    assert tuple(one.passed for one in tested) == passed
    failed = tested[passed.index(False)]
    assert words in failed.words
    assert all(one.words == NOT_TRIED for one in tested if one.passed is None)
    kept = await credentials.get("T1", made.id)
    assert (kept.state, kept.state_reason) == (state, failed.words)
    assert made.sealed_key is not None
    assert made.sealed_key not in str(tested)


@pytest.mark.parametrize(
    ("fault", "path", "passed", "state"),
    [
        ({"kind": "status", "status": 500}, "models", (False, None, None), State.UNREACHABLE),
        ({"kind": "html"}, "models", (False, None, None), State.UNREACHABLE),
        ({"kind": "drop_before"}, "models", (False, None, None), State.UNREACHABLE),
        ({"kind": "status", "status": 403}, "models", (True, False, None), State.REFUSED),
        ({"kind": "status", "status": 429}, "models", (True, False, None), State.UNTESTED),
        ({"kind": "status", "status": 402}, "chat", (True, True, False), State.REFUSED),
        ({"kind": "status", "status": 503}, "chat", (True, True, False), State.UNREACHABLE),
    ],
)
async def test_servers_fail_in_many_ways(
    credentials: Credentials,
    site: Site,
    make_model: MakeModel,
    fault: dict[str, Any],
    path: str,
    passed: tuple[bool | None, ...],
    state: State,
) -> None:
    site.models.faults.add(path=path, times=-1, **fault)
    made = await added(credentials, site)
    assert tuple(one.passed for one in await credentials.test(made, make_model)) == passed
    assert (await credentials.get("T1", made.id)).state is state


async def test_looking_alone_spends_nothing(
    credentials: Credentials, site: Site, make_model: MakeModel
) -> None:
    made = await added(credentials, site)
    assert [one.level for one in await credentials.test(made, make_model, (Level.MODEL, Level.REACH))] == [
        Level.REACH,
        Level.MODEL,
    ]
    assert not [one for one in site.models.requests if "chat" in one.path]


async def test_results_of_levels_not_asked_for_stay(
    credentials: Credentials, site: Site, make_model: MakeModel, clock: TestClock
) -> None:
    made = await added(credentials, site)
    first = await credentials.test(made, make_model)
    clock.pass_by(hours=1)
    seen = await credentials.get("T1", made.id)
    (reached,) = await credentials.test(seen, make_model, (Level.REACH,))
    kept = await credentials.get("T1", made.id)
    assert kept.tests == (reached, *first[1:])
    assert kept.tested_at == reached.at == clock.now


async def test_a_test_of_what_was_changed_meanwhile_is_not_kept(
    credentials: Credentials, site: Site, make_model: MakeModel
) -> None:
    made = await added(credentials, site)
    await credentials.change("T1", made.id, {"key": "sk-another-key-of-nobody"}, "U1")
    await credentials.test(made, make_model)
    kept = await credentials.get("T1", made.id)
    assert (kept.state, kept.tests) == (State.UNTESTED, ())


async def test_an_address_that_is_refused_by_now_is_not_reached(
    store: Store, credentials: Credentials, site: Site, make_model: MakeModel
) -> None:
    made = await added(credentials, site)
    strict = Credentials(store, credentials.seal)
    reached, *rest = await strict.test(made, make_model)
    assert (reached.passed, [one.passed for one in rest]) == (False, [None, None])
    assert "inside this network" in reached.words
    assert not site.models.requests
    assert (await strict.get("T1", made.id)).state is State.UNREACHABLE


@pytest.mark.parametrize(
    ("levels", "before", "failure", "state"),
    [
        (LEVELS, State.REFUSED, None, State.OK),
        (LEVELS[:2], State.UNREACHABLE, None, State.OK),
        (LEVELS[:1], State.UNREACHABLE, None, State.UNTESTED),
        (LEVELS[:1], State.REFUSED, None, None),
        (LEVELS[:1], State.OK, None, None),
        ((), State.UNTESTED, None, None),
        (LEVELS, State.OK, KeyRefused("x"), State.REFUSED),
        (LEVELS, State.OK, ModelRefused("x"), State.REFUSED),
        (LEVELS, State.OK, ModelUnavailable("x"), State.UNREACHABLE),
        (LEVELS, State.OK, ModelOverloaded("x"), None),
    ],
)
def test_the_state_follows(
    clock: TestClock,
    levels: tuple[Level, ...],
    before: State,
    failure: ProviderError | None,
    state: State | None,
) -> None:
    tested = tuple(Trial(level, failure is None, "", 0.0, clock()) for level in levels)
    after = state_after(before, tested, failure)
    assert after == (None if state is None else (state, None if failure is None else "x"))


async def test_all_are_tested_for_what_costs_nothing(
    credentials: Credentials, site: Site, http: HttpClient
) -> None:
    good = await credentials.add("T1", "openai", {"name": "good", "key": MODEL_KEY, "base_url": f"{site.url}/openai/v1"}, "U1")  # fmt: skip
    bad = await credentials.add("T2", "openai", {"name": "bad", "key": "sk-revoked-0123456789", "base_url": f"{site.url}/openai/v1", "model": "gpt-4.1"}, "U1")  # fmt: skip
    await credentials.test_all(lambda endpoint: OpenAIModel(endpoint, http), {"openai": "gpt-4.1"})
    assert (await credentials.get("T1", good.id)).state is State.OK
    assert (await credentials.get("T2", bad.id)).state is State.REFUSED
    assert {one.method for one in site.models.requests} == {"GET"}

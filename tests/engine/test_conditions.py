"""What was found of each dependency: kept with since when, and told where an outage that was told of is over."""

import pytest

from engine.conditions import Condition, Conditions, Seen, conditions
from engine.jobs import Jobs, jobs_on
from engine.notices import Component
from engine.store import Store
from engine.troubles import Trouble, Troubles
from tests.engine.conftest import TestClock
from tests.engine.test_troubles import alerts

FINE = Condition(True, 12)
DOWN = Condition(False, 10_000, "Jira does not answer right now (503).")


@pytest.fixture
def jobs(store: Store, clock: TestClock) -> Jobs:
    return jobs_on(store, clock=clock)


@pytest.fixture
def troubles(store: Store, jobs: Jobs, clock: TestClock) -> Troubles:
    return Troubles(store, jobs, clock=clock)


@pytest.fixture
def kept(store: Store, jobs: Jobs, troubles: Troubles, clock: TestClock) -> Conditions:
    return Conditions(store, jobs, troubles, clock)


async def seen(store: Store) -> dict[str, Seen]:
    async with store.read() as tx:
        return {one.name: one for one in await conditions(tx)}


async def outage(troubles: Troubles, component: Component = Component.JIRA) -> None:
    """Have so many errors seen that they are told of."""
    await troubles.record([Trouble(component, "It is down.", troubles.clock())] * 3)


async def test_each_is_kept_with_the_moment_it_became_so(
    store: Store, kept: Conditions, clock: TestClock
) -> None:
    begun = clock()
    await kept.record({"jira": FINE, "slack": FINE})
    clock.pass_by(minutes=1)
    await kept.record({"jira": DOWN, "slack": FINE})
    clock.pass_by(minutes=1)
    await kept.record({"jira": DOWN, "slack": FINE})
    found = await seen(store)
    assert (found["slack"].well, found["slack"].since) == (True, begun)
    assert found["jira"].reason == DOWN.reason
    assert [(clock() - at).total_seconds() for at in (found["jira"].since, found["jira"].seen_at)] == [60, 0]


async def test_what_is_no_longer_looked_at_is_forgotten(store: Store, kept: Conditions) -> None:
    await kept.record({"jira": FINE, "openai:old": DOWN})
    await kept.record({"jira": FINE, "openai:new": FINE})
    assert set(await seen(store)) == {"jira", "openai:new"}


async def test_what_could_not_be_listed_is_not_forgotten(store: Store, kept: Conditions) -> None:
    await kept.record({"jira": FINE, "openai:own": DOWN})
    await kept.record({"jira": FINE}, whole=False)
    found = await seen(store)
    assert set(found) == {"jira", "openai:own"}
    assert found["openai:own"].reason == DOWN.reason


async def test_the_end_of_an_outage_is_told_once(
    store: Store, kept: Conditions, troubles: Troubles, clock: TestClock
) -> None:
    await kept.record({"jira": FINE})
    clock.pass_by(minutes=1)
    # Whoever writes may notice before anybody looks.
    await outage(troubles)
    clock.pass_by(minutes=0.5)
    await kept.record({"jira": DOWN})
    clock.pass_by(minutes=43)
    for _ in range(3):
        await kept.record({"jira": FINE})
        clock.pass_by(minutes=1)
    assert (await alerts(store))[1:] == ["Jira is well again, after 43 minutes."]


async def test_models_that_come_back_together_are_told_together(
    store: Store, kept: Conditions, troubles: Troubles, clock: TestClock
) -> None:
    await kept.record({"openai:a": DOWN, "openai:b": DOWN, "slack": FINE})
    await outage(troubles, Component.MODEL)
    clock.pass_by(hours=3)
    await kept.record({"openai:a": FINE, "openai:b": FINE, "slack": FINE})
    words = "openai:a is well again, after 3 hours. openai:b is well again, after 3 hours."
    assert (await alerts(store))[1:] == [words]


async def test_nobody_is_told_of_the_end_of_what_nobody_was_told_of(
    store: Store, kept: Conditions, troubles: Troubles, clock: TestClock
) -> None:
    await outage(troubles)
    clock.pass_by(hours=1)
    for condition in (DOWN, FINE):
        await kept.record({"jira": condition, "slack": condition})
        clock.pass_by(minutes=1)
    assert len(await alerts(store)) == 1

"""Breakers: five failures open one, one probe goes through at half-open, an answer closes it, in every process."""

import asyncio

import pytest

from engine.breaker import Breakers, State
from engine.store import Store
from tests.engine.conftest import TestClock

HERE = "openai at api.example"


async def opened(breakers: Breakers) -> None:
    for _ in range(5):
        assert await breakers.admits(HERE)
        await breakers.failed(HERE)


async def test_five_failures_in_a_row_open_it(store: Store, clock: TestClock) -> None:
    breakers = Breakers(store, clock)
    await opened(breakers)
    assert not await breakers.admits(HERE)
    assert await breakers.admits("anthropic at api.example")
    assert await breakers.states() == {HERE: State.OPEN}
    # Another process sees it, too.
    assert not await Breakers(store, clock).admits(HERE)


async def test_an_answer_between_failures_starts_the_count_anew(store: Store, clock: TestClock) -> None:
    breakers = Breakers(store, clock)
    for _ in range(4):
        await breakers.failed(HERE)
    await breakers.answered(HERE)
    for _ in range(4):
        await breakers.failed(HERE)
    assert await breakers.admits(HERE)


@pytest.mark.parametrize("processes", [1, 4])
async def test_one_probe_goes_through_at_half_open(store: Store, clock: TestClock, processes: int) -> None:
    everywhere = [Breakers(store, clock) for _ in range(processes)]
    await opened(everywhere[0])
    clock.pass_by(minutes=5)
    asked = [one.admits(HERE) for one in everywhere for _ in range(20)]
    assert sum(await asyncio.gather(*asked)) == 1


async def test_a_probe_that_is_answered_closes_it(store: Store, clock: TestClock) -> None:
    here, there = Breakers(store, clock), Breakers(store, clock)
    await opened(here)
    clock.pass_by(minutes=5)
    assert await here.admits(HERE)
    await here.answered(HERE)
    assert all(await asyncio.gather(*(one.admits(HERE) for one in (here, there, here))))


async def test_a_probe_that_fails_opens_it_again(store: Store, clock: TestClock) -> None:
    breakers = Breakers(store, clock)
    await opened(breakers)
    clock.pass_by(minutes=5)
    assert await breakers.admits(HERE)
    await breakers.failed(HERE)
    assert not await breakers.admits(HERE)
    clock.pass_by(minutes=4)
    assert not await breakers.admits(HERE)
    clock.pass_by(minutes=1)
    assert await breakers.admits(HERE)


async def test_a_probe_that_never_ends_gives_way_to_another(store: Store, clock: TestClock) -> None:
    breakers = Breakers(store, clock)
    await opened(breakers)
    clock.pass_by(minutes=5)
    assert await breakers.admits(HERE)
    assert not await breakers.admits(HERE)
    clock.pass_by(minutes=2)
    assert await breakers.admits(HERE)

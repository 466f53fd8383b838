"""What many ask for at once is looked up once, and again when it is old, forgotten or failed."""

import asyncio

import pytest

from engine.store import Lately


class Shelf:
    """Counts looks, and holds each until it is let go."""

    def __init__(self) -> None:
        self.looks, self.now, self.open, self.broken = 0, 0.0, asyncio.Event(), False
        self.open.set()
        self.lately = Lately(self.look, 5.0, timer=lambda: self.now)

    async def look(self, key: str) -> str:
        self.looks += 1
        found = f"{key}{self.looks}"
        await self.open.wait()
        if self.broken:
            raise LookupError(key)
        return found


@pytest.fixture
async def shelf() -> Shelf:
    return Shelf()


async def test_all_who_ask_at_once_share_a_look(shelf: Shelf) -> None:
    assert await asyncio.gather(*(shelf.lately.of("a") for _ in range(100))) == ["a1"] * 100
    shelf.now = 4.9
    assert await shelf.lately.of("a") == "a1"
    shelf.now = 5.0
    assert await shelf.lately.of("a") == "a2"
    assert await shelf.lately.of("b") == "b3"


async def test_a_look_that_was_forgotten_under_way_is_not_kept(shelf: Shelf) -> None:
    shelf.open.clear()
    early = asyncio.create_task(shelf.lately.of("a"))
    await asyncio.sleep(0)
    shelf.lately.forget("a")
    late = asyncio.create_task(shelf.lately.of("a"))
    shelf.open.set()
    assert [await early, await late, await shelf.lately.of("a")] == ["a1", "a2", "a2"]


async def test_a_failure_is_told_to_all_and_not_kept(shelf: Shelf) -> None:
    shelf.broken = True
    told = await asyncio.gather(*(shelf.lately.of("a") for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [LookupError] * 3
    shelf.broken = False
    assert await shelf.lately.of("a") == "a2"


async def test_who_stops_waiting_leaves_the_look_to_the_others(shelf: Shelf) -> None:
    shelf.open.clear()
    first, second = (asyncio.create_task(shelf.lately.of("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    shelf.open.set()
    assert await second == "a1"
    assert first.cancelled()

"""Flags: the issue before its project before the workspace before the default, and off wins among several."""

import asyncio
from collections.abc import Collection

import pytest
from sqlalchemy import select

from engine.audit import audit_table
from engine.errors import InvalidInput
from engine.flags import FLAGS, STALE, Flags
from engine.store import Store
from tests.engine.conftest import TestClock

AI = "ai.enabled"


class Timer:
    """Seconds that tests let pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def flags(store: Store, clock: TestClock, timer: Timer) -> Flags:
    return Flags(store, clock, timer=timer)


async def test_the_defaults(flags: Flags) -> None:
    assert {name: await flags.on("T1", name) for name in FLAGS} == {
        "ai.enabled": True,
        "ai.codebase_context": True,
        "ai.git_context": False,
        "ai.auto_enhance": False,
        "ai.cache": True,
        "ai.provider.openai": True,
        "ai.provider.anthropic": True,
        "ai.provider.ollama": True,
        "ai.provider.compatible": True,
        "ai.rate_limits": True,
    }
    assert all(flag.description.endswith(".") for flag in FLAGS.values())


@pytest.mark.parametrize(
    ("switched", "keys", "on"),
    [
        ({"": False}, (), False),
        ({"": False}, ("PAY-1",), False),
        ({"PAY": False}, (), True),
        ({"PAY": False}, ("PAY-1",), False),
        ({"PAY": False}, ("pay-1",), False),
        ({"PAY": False}, ("PAY",), False),
        ({"PAY": False}, ("PAYROLL-1",), True),
        ({"PAY": False}, ("WEB-1",), True),
        ({"PAY": False}, ("WEB-1", "PAY-1"), False),
        ({"PAY-1": False}, ("PAY-1",), False),
        ({"PAY-1": False}, ("PAY-11",), True),
        ({"PAY-1": False}, ("PAY",), True),
        ({"PAY-1": False}, ("PAY-1", "PAY-2"), False),
        ({"PAY": False, "PAY-1": True}, ("PAY-1",), True),
        ({"PAY": False, "PAY-1": True}, ("PAY-1", "PAY-2"), False),
        ({"": False, "PAY": True}, ("PAY-1",), True),
        ({"": False, "PAY": True, "PAY-1": False}, ("PAY-1",), False),
        ({"": False, "PAY": True}, ("PAY-1", "WEB-1"), False),
    ],
)
async def test_the_nearest_scope_decides_and_each_key_has_to_agree(
    flags: Flags, switched: dict[str, bool], keys: Collection[str], on: bool
) -> None:
    for scope, value in switched.items():
        await flags.set("T1", AI, value, "U1", scope)
    assert await flags.on("T1", AI, keys) is on
    assert await flags.on("T2", AI, keys)
    assert await flags.on("T1", "ai.cache", keys)


async def test_limits_hold_for_a_whole_workspace(flags: Flags) -> None:
    with pytest.raises(InvalidInput, match=r"ai\.rate_limits holds for the whole workspace"):
        await flags.set("T1", "ai.rate_limits", False, "U1", "PAY")
    await flags.set("T1", "ai.rate_limits", False, "U1")
    assert not await flags.on("T1", "ai.rate_limits", ("PAY-1",))


async def test_a_flag_goes_back_to_what_the_wider_scope_says(flags: Flags) -> None:
    await flags.set("T1", AI, False, "U1")
    await flags.set("T1", AI, True, "U1", "pay")
    assert await flags.unset("T1", AI, "U1", "PAY")
    assert not await flags.unset("T1", AI, "U1", "PAY")
    assert not await flags.on("T1", AI, ("PAY-1",))
    assert await flags.unset("T1", AI, "U1")
    assert await flags.on("T1", AI, ("PAY-1",))


async def test_who_switched_what_is_kept(flags: Flags, store: Store, clock: TestClock) -> None:
    await flags.set("T1", AI, False, "U1", "PAY-1")
    clock.pass_by(hours=1)
    await flags.set("T1", AI, True, "U2", "PAY-1")
    (kept,) = await flags.all_of("T1")
    assert (kept.scope, kept.name, kept.value, kept.changed_by) == ("PAY-1", AI, True, "U2")
    assert kept.changed_at == clock.now
    await flags.unset("T1", AI, "U3", "PAY-1")
    async with store.read() as tx:
        rows = (await tx.execute(select(audit_table).order_by(audit_table.c.at))).all()
    assert [(row.person, row.act, row.subject) for row in rows[:2]] == [
        ("U1", "flag set", AI),
        ("U2", "flag set", AI),
    ]
    assert rows[0].detail == {"scope": "PAY-1", "value": False}
    assert (rows[2].person, rows[2].act, rows[2].detail) == ("U3", "flag unset", {"scope": "PAY-1"})


@pytest.mark.parametrize("name", ["", "ai", "AI.ENABLED", "ai.provider.mistral"])
async def test_an_unknown_name_is_refused_with_the_known_ones(flags: Flags, name: str) -> None:
    for act in (flags.on("T1", name), flags.set("T1", name, True, "U1"), flags.unset("T1", name, "U1")):
        with pytest.raises(
            InvalidInput, match=r"There is no flag .* ai\.auto_enhance, ai\.cache, ai\.codebase_context"
        ):
            await act


@pytest.mark.parametrize("scope", ["P", "PAY-0", "PAY-", "PAY-1-2", "1PAY", "PAY 1", "PAY; DROP", "x" * 40])
async def test_a_scope_is_a_key(flags: Flags, scope: str) -> None:
    with pytest.raises(InvalidInput, match="such as PAY or PAY-12"):
        await flags.set("T1", AI, False, "U1", scope)
    with pytest.raises(InvalidInput):
        await flags.on("T1", AI, (scope,))


async def test_another_process_sees_a_change_within_the_bound(
    store: Store, flags: Flags, timer: Timer
) -> None:
    other = Flags(store)
    assert await flags.on("T1", AI)
    await other.set("T1", AI, False, "U1")
    timer.now = STALE - 0.01
    assert await flags.on("T1", AI)
    timer.now = STALE
    assert not await flags.on("T1", AI)


async def test_many_questions_are_one_look(store: Store, clock: TestClock) -> None:
    flags = Flags(store, clock)
    await flags.on("T1", AI)
    await store.close()  # whoever looked again would open it, and find the switch
    other = await Store.open(store.url.render_as_string(hide_password=False))
    await Flags(other, clock).set("T1", AI, False, "U1")
    await other.close()
    assert await flags.on("T1", AI, ("PAY-1",))


async def test_switching_at_once_ends_in_one_row(flags: Flags) -> None:
    await asyncio.gather(*(flags.set("T1", AI, bool(turn % 2), "U1", "PAY") for turn in range(10)))
    assert len(await flags.all_of("T1")) == 1

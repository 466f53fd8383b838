"""The cache by nearness: bounded, timed, and never the answer to another question."""

import itertools
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.checks import essentials
from engine.models import Embedder, Nearby
from engine.models.embedding_hashing import HashingEmbedder
from engine.models.embedding_minilm import PACKAGE, MiniLMEmbedder

NONE: frozenset[str] = frozenset()


def at(degrees: float) -> NDArray[np.float32]:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


def test_the_nearest_within_the_threshold_is_found() -> None:
    nearby: Nearby[str] = Nearby()
    nearby.keep("b", NONE, at(0), "zero", 60)
    nearby.keep("b", NONE, at(40), "forty", 60)
    assert nearby.find("b", NONE, at(25)) == "forty"
    assert nearby.find("b", NONE, at(-31)) == "zero"
    assert nearby.find("b", NONE, at(-33)) is None
    assert (nearby.hits, nearby.misses, len(nearby)) == (2, 1, 2)


def test_another_bucket_or_other_essentials_are_another_question() -> None:
    nearby: Nearby[str] = Nearby()
    nearby.keep("b", frozenset({"PAY-1"}), at(0), "one", 60)
    assert nearby.find("b", frozenset({"PAY-1"}), at(0)) == "one"
    assert nearby.find("b", frozenset({"PAY-2"}), at(0)) is None
    assert nearby.find("b", frozenset({"PAY-1", "not"}), at(0)) is None
    assert nearby.find("b", NONE, at(0)) is None
    assert nearby.find("other", frozenset({"PAY-1"}), at(0)) is None


def test_time_ends_what_is_kept() -> None:
    now = [0.0]
    nearby: Nearby[str] = Nearby(timer=lambda: now[0])
    nearby.keep("b", NONE, at(0), "long", 100)
    nearby.keep("b", NONE, at(20), "short", 10)
    nearby.keep("b", NONE, at(20), "never", 0)
    assert nearby.find("b", NONE, at(20)) == "short"
    now[0] = 10.0
    assert nearby.find("b", NONE, at(20)) == "long"
    assert len(nearby) == 1
    now[0] = 100.0
    assert nearby.find("b", NONE, at(0)) is None
    assert len(nearby) == 0


def test_what_was_used_longest_ago_makes_room() -> None:
    nearby: Nearby[int] = Nearby(size=3)
    for number in range(3):
        nearby.keep(f"b{number}", NONE, at(0), number, 60)
    assert nearby.find("b0", NONE, at(0)) == 0
    nearby.keep("b3", NONE, at(0), 3, 60)
    assert [nearby.find(f"b{number}", NONE, at(0)) for number in range(4)] == [0, None, 2, 3]
    assert (len(nearby), nearby.evictions) == (3, 1)


def test_what_is_over_goes_before_what_is_used() -> None:
    now = [0.0]
    nearby: Nearby[str] = Nearby(size=2, timer=lambda: now[0])
    nearby.keep("b", NONE, at(0), "old but good", 100)
    nearby.keep("c", NONE, at(0), "over", 5)
    now[0] = 6.0
    nearby.keep("d", NONE, at(0), "new", 100)
    assert nearby.find("b", NONE, at(0)) == "old but good"
    assert nearby.evictions == 0


def test_what_says_nothing_is_not_kept() -> None:
    nearby: Nearby[str] = Nearby()
    nearby.keep("b", NONE, np.zeros(2, np.float32), "nothing", 60)
    assert len(nearby) == 0
    nearby.keep("b", NONE, at(0), "x", 60)
    assert nearby.find("b", NONE, np.zeros(2, np.float32)) is None


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 35), st.integers(1, 20)), max_size=40),
    st.integers(1, 6),
)
def test_it_finds_what_a_plain_search_finds(kept: list[tuple[str, int, int]], size: int) -> None:
    """Whatever is kept and dropped: no more than its size, and each find is right by a search over what was ever kept."""
    now = [0.0]
    nearby: Nearby[tuple[str, int, float]] = Nearby(size=size, timer=lambda: now[0])
    for bucket, tens, seconds in kept:
        nearby.keep(bucket, NONE, at(tens * 10), (bucket, tens, now[0] + seconds), seconds)
        now[0] += 1
        assert len(nearby) <= size
        found = nearby.find(bucket, NONE, at(tens * 10 + 4))
        if found is not None:
            assert found[0] == bucket
            assert abs(found[1] - tens) % 36 in (0, 1, 2, 3, 33, 34, 35)
            assert found[2] > now[0]
        elif size > 1:
            assert seconds <= 1


# -- near-identical updates about different things

GROUPS = [
    ["fixed the timeout in PAY-1, still need QA", "I fixed the timeout in PAY-1, still need QA", "Fixed the timeout in PAY-1! Still need QA."],
    ["fixed the timeout in PAY-2, still need QA"],
    ["did not fix the timeout in PAY-1, still need QA", "didn't fix the timeout in PAY-1, still need QA"],
    ["do not fix the timeout in PAY-1, still need QA"],
    ["fixing the timeout in PAY-1, still need QA"],
    ["will fix the timeout in PAY-1, still need QA"],
    ["maybe fixed the timeout in PAY-1, still need QA"],
    ["fixed the timeout in PAY-1, no QA needed"],
    ["fixed the timeout in PAY-1, still need QA?"],
    ["3 of 14 tests fail on staging", "3 of 14 tests are failing on staging"],
    ["4 of 14 tests fail on staging"], ["3 of 14 tests pass on staging"], ["3 of 14 tests fail on production"],
    ["3 of 41 tests fail on staging"], ["14 of 3 tests fail on staging"],
    ["deployed v1.4.2 to staging", "I deployed v1.4.2 to staging"],
    ["deployed v1.4.3 to staging"], ["deployed v1.4.2 to production"], ["rolled back v1.4.2 on staging"],
    ["Ana reviewed the login page", "Ana reviewed the login page!"], ["Ben reviewed the login page"],
    ["Ana reviewed the logout page"], ["Ana did not review the login page"],
    ["raised the limit from 3 to 5"], ["raised the limit from 5 to 3"], ["lowered the limit from 5 to 3"],
    ["enabled the new cache", "I just enabled the new cache"], ["disabled the new cache"],
    ["the export is done but the import is not"], ["the import is done but the export is not"],
    ["waiting for Chen to approve PAY-9"], ["waiting for Ana to approve PAY-9"], ["Chen is waiting for Ana to approve PAY-9"],
    ["the bug is only in Firefox"], ["the bug is not in Firefox"],
    ["the meeting moved to Friday"], ["the meeting moved to Monday"],
    ["merged the branch before the tests passed"], ["merged the branch after the tests passed"],
    ["blocked by PAY-3"], ["PAY-3 is blocked"], ["PAY-3 is unblocked"],
    ["Ana told Ben that PAY-4 is done"], ["Ben told Ana that PAY-4 is done"],
    ["removed the flag from the config"], ["added the flag to the config"],
    ["no error in the log"], ["an error in the log"], ["two errors in the log"],
    ["cleared the cache, the page loads fast now"], ["cleared the cache, the page loads slow now"],
    ["moved the button from the header to the footer"], ["moved the button from the footer to the header"],
    ["the API blocks the UI"], ["the UI blocks the API"], ["the UI is blocked by the API"],
    ["Ana confirmed the export is done"], ["Ana claimed the export is done"],
    ["fixed PAY-1", "I fixed PAY-1!", "just fixed PAY-1"], ["fixed PAY-1 ✅"], ["fixed PAY-1 ❌"], ["fixed PAY-1?"],
    ["修复了登录页面的错误"], ["修复了注册页面的错误"], ["исправил ошибку в отчёте"], ["не исправил ошибку в отчёте"],
    ["die Anmeldung ist fertig"], ["die Anmeldung ist nicht fertig"],
    ["set it to -5"], ["set it to 5"], ["set the limit to 1,000"], ["set the limit to 10,000"],
    ["renamed `Foo` in the code"], ["renamed `foo` in the code"],
    ["can't deploy yet", "cannot deploy yet", "can not deploy yet"], ["can deploy now"],
    ["the login page works"], ["the signup page works"], ["the login page works again"],
    ["half of the tests pass"], ["all of the tests pass"], ["none of the tests pass"],
]  # fmt: skip
"""Updates, those of one line said in other words; each line is another matter."""

TEXTS = [text for group in GROUPS for text in group]
MATTER = {text: number for number, group in enumerate(GROUPS) for text in group}


async def served(embedder: Embedder, *, by_essentials: bool) -> tuple[int, int]:
    """Ask with each text while each single other one is kept; return the right and the wrong answers."""
    rows = (await embedder.embed(TEXTS)).vectors
    signs = [essentials(text) if by_essentials else NONE for text in TEXTS]
    right = wrong = 0
    for kept, asked in itertools.permutations(range(len(TEXTS)), 2):
        nearby: Nearby[int] = Nearby()
        nearby.keep("b", signs[kept], rows[kept], MATTER[TEXTS[kept]], 60)
        found = nearby.find("b", signs[asked], rows[asked])
        right += found == MATTER[TEXTS[asked]]
        wrong += found is not None and found != MATTER[TEXTS[asked]]
    return right, wrong


needs_minilm = pytest.mark.skipif(
    find_spec(PACKAGE) is None, reason="the package of requirements/minilm.lock is not installed"
)


@pytest.mark.parametrize("kind", [HashingEmbedder, pytest.param(MiniLMEmbedder, marks=needs_minilm)])
async def test_no_question_gets_the_answer_to_another(kind: type[Embedder]) -> None:
    embedder = kind()
    right, wrong = await served(embedder, by_essentials=True)
    blind = await served(embedder, by_essentials=False)
    await embedder.close()
    assert wrong == 0
    assert right >= 10
    # Why nearness alone will not do.
    assert blind[1] > 50


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fixed the timeout in PAY-1", "hey, I've just fixed the timeout in pay-1!"),
        ("3 tests are failing", "3 tests fail"),
        ("didn't deploy", "did not deploy"),
    ],
)
def test_wording_is_not_essential(one: str, other: str) -> None:
    assert essentials(one) == essentials(other)


def test_each_matter_has_essentials_of_its_own() -> None:
    seen: dict[frozenset[str], int] = {}
    for text in TEXTS:
        assert seen.setdefault(essentials(text), MATTER[text]) == MATTER[text], text

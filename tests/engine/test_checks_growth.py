"""No text keeps the checks busy: the work grows with the length, whatever is repeated."""

import gc
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from engine.checks import check_comment, check_email, guard
from engine.checks.reading import read
from engine.email import parse
from engine.rephrase import rephrase

PIECES = (
    "T00-", "a.b.", "hi\n", "fail, pass, ", "a-1-", "./", "b/c ", "AB-1, fixed ", "and fixed ", "server=a;", "5 to 6 ", "a/", "w/", "1,", "30 ms ", "not ",
    "no ", "[", "://:", "- ", "`", "Maria ", "until ", "from Kafka to Redis ", "a b c d e f g h ", "eyJa.", "---", "@", "ab1", "staging ", "Done: a\n",
)  # fmt: skip


def lines(work: Callable[[], object]) -> int:
    """Count the lines of Python that a piece of work runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    read.cache_clear()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_is_about_twice_the_work(piece: str) -> None:
    def size(length: int) -> int:
        text = (piece * length)[:length]
        return lines(lambda: check_comment(text, f"{text[: length // 2]} x {text[length // 2 :]}"))

    size(100)  # fills the caches of words
    assert size(1600) <= 2.6 * size(800) + 3000


def test_different_statements_are_about_linear_too() -> None:
    def size(count: int) -> int:
        update = ", ".join(
            f"fixed the {name(number)} page and {number} tests fail" for number in range(count)
        )
        return lines(lambda: check_comment(update, update.replace("fixed", "resolved")))

    assert size(80) <= 3 * size(40)


def name(number: int) -> str:
    """Return a made-up word for a number."""
    return "".join("bdfgklmnpr"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number:03}")


@pytest.mark.parametrize("piece", PIECES)
def test_the_longest_text_takes_a_moment(piece: str) -> None:
    text = (piece * 5000)[:5000]
    for work in (guard, rephrase, parse, lambda said: check_email(said, f"y {said}")):
        read.cache_clear()
        gc.collect()
        start = time.process_time()
        work(text)
        assert (
            time.process_time() - start < 0.6
        )  # 50 ms on an idle machine; what it guards against took seconds


def test_a_number_of_thousands_of_digits_is_read() -> None:
    assert not check_comment("9" * 5000, "fixed the bug").faithful

"""Logs: what other libraries say goes the same way as our own lines."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    heard = io.StringIO()
    with contextlib.redirect_stderr(heard):
        logs.configure(readable=False)
    yield heard
    logging.getLogger().handlers[:] = []
    structlog.reset_defaults()


def fail(words: str) -> None:
    raise LookupError(f"nothing of {len(words)} letters")


def test_another_librarys_exception_is_told_without_what_variables_held(heard: io.StringIO) -> None:
    try:
        fail("-".join(("hush", "hush")))
    except LookupError:
        logging.getLogger("some.library").exception("it failed")
    line = json.loads(heard.getvalue())
    assert (line["event"], line["level"]) == ("it failed", "error")
    assert "exc_info" not in line
    assert "LookupError: nothing of 9 letters" in line["exception"]
    assert "in fail" in line["exception"]
    assert "hush-hush" not in heard.getvalue()

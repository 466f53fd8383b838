"""The lines of a log, caught without leaving a trace: structlog's own way counts as configured for ever after."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.testing import capture_logs


@contextmanager
def caught() -> Iterator[list[Any]]:
    """Catch what is logged while the context is open."""
    before = structlog.is_configured()
    try:
        with capture_logs() as lines:
            yield lines
    finally:
        if not before:
            structlog.reset_defaults()

"""The lines of a log, caught at every level and without leaving a trace: structlog's own way keeps the level that was set and counts as
configured for ever after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.testing import capture_logs


@contextmanager
def caught() -> Iterator[list[Any]]:
    """Catch what is logged while the context is open."""
    before = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    try:
        with capture_logs() as lines:
            yield lines
    finally:
        structlog.reset_defaults()
        if before is not None:
            structlog.configure(**before)

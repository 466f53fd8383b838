"""The proof in small (``python -m tests.crash`` runs it at length): under load, with kills, pauses and outages, on either database."""

from pathlib import Path

import pytest

from tests import postgres
from tests.crash.proof import DURABLE, Plan, prove

pytestmark = [pytest.mark.crash, pytest.mark.timeout(400)]


async def test_nothing_is_lost_or_doubled_on_sqlite(tmp_path: Path) -> None:
    outcome = await prove(Plan(kills=3, approvals=16, database="sqlite", processes=1), tmp_path)
    assert outcome.verdict.lost == ()
    assert outcome.verdict.doubled == ()
    assert outcome.verdict.approvals == 16
    assert outcome.injected["kills"] == 3
    assert outcome.tracebacks == 0


async def test_nothing_is_lost_or_doubled_on_postgresql(tmp_path: Path) -> None:
    with postgres.running(DURABLE) as server:
        outcome = await prove(Plan(kills=3, approvals=24, processes=3, seed=2), tmp_path, server)
    assert outcome.verdict.lost == ()
    assert outcome.verdict.doubled == ()
    assert outcome.verdict.approvals == 24
    assert outcome.injected["kills"] == 3
    assert outcome.tracebacks == 0

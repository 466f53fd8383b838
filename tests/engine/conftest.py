"""Real databases, SQLite and PostgreSQL in turn (``-k sqlite``, ``-k postgres``), and a clock that tests set."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.store import Store


class TestClock:
    """A clock that stands until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of this test."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def on_file(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on SQLite."""
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'file.db'}")
    yield opened
    await opened.close()


@pytest.fixture
async def on_server(postgres_url: str) -> AsyncIterator[Store]:
    """A store on PostgreSQL."""
    opened = await Store.open(postgres_url)
    yield opened
    await opened.close()

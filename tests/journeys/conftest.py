"""The desk of the journeys: the product by Socket Mode, and by HTTP where a test asks for it."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.site import Site
from tests.journeys.desk import Desk, on_postgres, served


@pytest.fixture
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting of the database: SQLite, or PostgreSQL where a test is marked ``on_both_databases`` and it is the latter's turn."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return {}
    return on_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def desk(tmp_path: Path, database: dict[str, str]) -> AsyncIterator[Desk]:
    """The product on fresh stand-ins, connected by Socket Mode."""
    async with Site(port=0) as site, served(site, tmp_path, **database):
        yield Desk(site, tmp_path)


@pytest.fixture
async def http_desk(tmp_path: Path, database: dict[str, str]) -> AsyncIterator[Desk]:
    """The product on fresh stand-ins, reached over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    events_url = f"http://127.0.0.1:{port}/slack/events"
    async with (
        Site(port=0, events_url=events_url) as site,
        served(site, tmp_path, http=True, port=port, **database),
    ):
        yield Desk(site, tmp_path)

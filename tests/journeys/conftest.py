"""The desk of the journeys: the product by Socket Mode, and by HTTP where a test asks for it."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.site import Site
from tests.journeys.desk import Desk, served


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The product on fresh stand-ins, connected by Socket Mode."""
    async with Site(port=0) as site, served(site, tmp_path):
        yield Desk(site, tmp_path)


@pytest.fixture
async def http_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The product on fresh stand-ins, reached over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    events_url = f"http://127.0.0.1:{port}/slack/events"
    async with Site(port=0, events_url=events_url) as site, served(site, tmp_path, http=True, port=port):
        yield Desk(site, tmp_path)

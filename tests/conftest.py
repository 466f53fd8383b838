"""What every test shares: a closed network, and PostgreSQL. Whoever needs a service starts a stand-in on this machine."""

import asyncio
import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from engine import Store
from tests import postgres


def _local(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections and look-ups that would leave this machine.

    An audit hook sees every way out of Python, also those of C extensions that use the socket module. An AssertionError is raised
    because clients would take an OSError for an unreachable service and carry on.
    """
    if event == "socket.connect":
        made, address = arguments
        if made.family in (socket.AF_INET, socket.AF_INET6) and not _local(address[0]):
            raise AssertionError(f"closed network: a test tried to connect to {address[0]}")
    elif event == "socket.getaddrinfo" and not _local(arguments[0]):
        raise AssertionError(f"closed network: a test tried to look up {arguments[0]}")


sys.addaudithook(_guard)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """PostgreSQL for whoever asks; where it cannot be started the tests are skipped, but in CI they fail."""
    try:
        with postgres.running() as server:
            yield server
    except postgres.Unavailable as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> Iterator[str]:
    """The name of a database that has the schema and nothing in it."""

    async def migrate(url: str) -> None:
        await (await Store.open(url)).close()

    with postgres_server.database() as url:
        asyncio.run(migrate(url))
        yield url.rpartition("/")[2]


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of this test, with the schema."""
    with postgres_server.database(postgres_template) as url:
        yield url

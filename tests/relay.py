"""A relay before a server, for what networks do: answers that are late or get lost, connections that fall silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL


class Relay:
    """Passes bytes on between clients and PostgreSQL; ``delay`` are seconds before each of a client's."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port, self.delay = host, port, 0.0
        self.asked = asyncio.Event()
        self.connections: set[asyncio.Task[None]] = set()
        self._talking = asyncio.Event()
        self._talking.set()
        self._losing: tuple[bytes, asyncio.Event] | None = None

    def silence(self) -> None:
        """Pass nothing on any more of the connections there are; new ones work."""
        self._talking.clear()
        self._talking = asyncio.Event()
        self._talking.set()

    def lose(self, statement: bytes) -> asyncio.Event:
        """Lose the connection at the answer to the next COMMIT after such a statement; return what is set then."""
        self._losing = statement, asyncio.Event()
        return self._losing[1]

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Relay one connection until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        talking, lost = self._talking, asyncio.Event()
        server, to_server = await asyncio.open_connection(self.host, self.port)

        async def ask() -> None:
            armed = False
            while data := await client.read(65536):
                self.asked.set()
                await asyncio.sleep(self.delay)
                if self._losing is not None:
                    statement, told = self._losing
                    armed = armed or statement in data
                    if armed and b"COMMIT" in data:
                        self._losing = None
                        lost.set()
                        told.set()
                if talking.is_set():
                    to_server.write(data)

        async def answer() -> None:
            while (data := await server.read(65536)) and not lost.is_set():
                if talking.is_set():
                    to_client.write(data)

        ways = [asyncio.create_task(ask()), asyncio.create_task(answer())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_server.close()
            to_client.close()


@asynccontextmanager
async def relayed(url: URL) -> AsyncIterator[tuple[Relay, str]]:
    """Relay to the server of an address while the context is open; yields the relay and the address through it."""
    assert url.host is not None
    assert url.port is not None
    relay = Relay(url.host, url.port)
    async with await asyncio.start_server(relay.serve, "127.0.0.1") as server:
        through = url.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        try:
            yield relay, through.render_as_string(hide_password=False)
        finally:
            for connection in relay.connections:
                connection.cancel()
            await asyncio.gather(*relay.connections, return_exceptions=True)

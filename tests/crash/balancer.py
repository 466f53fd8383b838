"""Balancers before several processes: one that hands each request to the next in turn, and the worst there is, which hands it to all."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count

import aiohttp
from aiohttp import web

PASS_ON = aiohttp.ClientTimeout(total=60)

Ask = Callable[[str], Awaitable[web.Response]]
Choose = Callable[[Sequence[str], Ask], Awaitable[web.Response]]


def everywhere(backends: Sequence[str]) -> AbstractAsyncContextManager[str]:
    """Listen, and pass each request on to all backends; the answer is that of the first that is there."""

    async def choose(backends: Sequence[str], ask: Ask) -> web.Response:
        found = await asyncio.gather(*(ask(backend) for backend in backends), return_exceptions=True)
        there = [one for one in found if isinstance(one, web.Response)]
        return there[0] if there else web.Response(status=503)

    return _listening(backends, choose)


def in_turn(backends: Sequence[str]) -> AbstractAsyncContextManager[str]:
    """Listen, and pass each request on to one backend, the next where nothing listens; it knows nothing of pauses."""
    turns = count()

    async def choose(backends: Sequence[str], ask: Ask) -> web.Response:
        first = next(turns)
        for place in range(len(backends)):
            try:
                return await ask(backends[(first + place) % len(backends)])
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, TimeoutError):
                return web.Response(status=502)
        return web.Response(status=503)

    return _listening(backends, choose)


@asynccontextmanager
async def _listening(backends: Sequence[str], choose: Choose) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        body, headers = await request.read(), request.headers.copy()
        headers.pop("Content-Length", None)

        async def ask(backend: str) -> web.Response:
            async with session.post(backend, data=body, headers=headers) as answer:
                sent = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
                return web.Response(status=answer.status, body=await answer.read(), headers=sent)

        return await choose(backends, ask)

    app = web.Application()
    app.add_routes([web.post("/slack/events", handle)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=PASS_ON) as session:
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", port := free_port())
        await listener.start()
        try:
            yield f"http://127.0.0.1:{port}/slack/events"
        finally:
            await runner.cleanup()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

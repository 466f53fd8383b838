"""The HTTP client of all providers: one try, no cookie, no redirect, and errors that tell a server never reached from one that broke off."""

import gzip
from collections.abc import AsyncIterator

import httpx2
import pytest
from aiohttp import web

from bench.running import free_port
from engine.models import HttpClient, http_client
from engine.models.transport import unreached


class Server:
    """A server that counts what it is asked, and keeps the last headers."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        match request.path:
            case "/cookie":
                return web.Response(text="sweet", headers={"Set-Cookie": "tenant=one"})
            case "/packed":
                body = gzip.compress(b"unpacked")
                return web.Response(body=body, headers={"Content-Encoding": "gzip"})
            case "/elsewhere":
                return web.Response(status=302, headers={"Location": "/cookie"})
            case "/long":
                return web.Response(text="kept", headers={"X-Policy": "p" * 30_000})
            case "/endless":
                return await self._endless(request)
            case "/echo":
                return web.Response(body=await request.read())
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await response.write(b"x" * 100_000)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(b"x" * 100_000)
        return response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server, app = Server(), web.Application()
    app.router.add_route("*", "/{path}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


async def test_no_cookie_is_kept(server: Server, http: HttpClient) -> None:
    for _ in range(2):
        assert (await http.get(f"{server.url}/cookie")).text == "sweet"
    assert "Cookie" not in server.asked[-1].headers


async def test_what_is_sent_and_received_is_as_httpx_has_it(server: Server, http: HttpClient) -> None:
    assert (await http.post(f"{server.url}/echo?q=%2F", json={"a": "ü"})).json() == {"a": "ü"}
    [asked] = server.asked
    assert (asked.content_type, asked.raw_path) == ("application/json", "/echo?q=%2F")
    assert (await http.get(f"{server.url}/packed")).text == "unpacked"
    assert (await http.get(f"{server.url}/elsewhere")).status_code == 302
    assert (await http.get(f"{server.url}/long")).text == "kept"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_broken_connection_is_one_try_that_may_be_billed(
    server: Server, http: HttpClient, method: str
) -> None:
    await http.get(f"{server.url}/cookie")
    with pytest.raises(httpx2.RequestError) as caught:
        await http.request(method, f"{server.url}/lost")
    assert len(server.asked) == 2
    assert not isinstance(caught.value, httpx2.ConnectError | httpx2.ConnectTimeout)
    assert caught.value.request.method == method


async def test_a_server_that_is_not_there_bills_nothing(http: HttpClient) -> None:
    with pytest.raises(httpx2.ConnectError) as caught:
        await http.get(f"http://127.0.0.1:{free_port()}/")
    wrapped = RuntimeError()
    wrapped.__cause__ = caught.value
    assert unreached("openai:gpt-4.1", wrapped).spent is None


async def test_who_leaves_a_stream_closes_its_connection(server: Server, http: HttpClient) -> None:
    async with http.stream("GET", f"{server.url}/endless") as response:
        async for piece in response.aiter_bytes():
            assert piece.startswith(b"first")
            break
    assert (await http.get(f"{server.url}/cookie")).text == "sweet"
    first, second = (request.transport for request in server.asked)
    assert first is None or first is not second

"""The HTTP client that all providers share, and the bounds that hold for each of them.

One client with its connections serves every workspace, so it keeps no cookie: a shared jar would carry one tenant's cookies to
another. It knows no proxy of the environment and follows no redirect, which could carry a key to another host. The SDKs get the client
that they know; its connections are aiohttp's, which take less processor time, the more so where many are open (docs/performance.md).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar

import aiohttp
import httpx2
from yarl import URL

from engine.models.model import Completion, ModelUnavailable, Usage

T = TypeVar("T")
HttpClient = httpx2.AsyncClient

PER_TOKEN = 16
"""Characters a token can stand for at the most; a stream that sends more than ``max_tokens`` of them is endless."""
CONNECT = 5.0
"""Seconds until a connection has to stand."""
CONNECTIONS = 200
LONGEST_HEADER = 64 * 1024
_STRAY = ("OPENAI_", "ANTHROPIC_", "OLLAMA_")


def http_client() -> HttpClient:
    """Return a client for all providers; its owner closes it."""
    return HttpClient(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx2.Timeout(None, connect=CONNECT),
        transport=Connections(),
        trust_env=False,
        follow_redirects=False,
    )


class Connections(httpx2.AsyncBaseTransport):
    """Carries requests over aiohttp's connections; raises what httpx2 raises."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request whose body is there in whole; the response's body is still to come."""
        if self._session is None:
            self._session = _session()
        timeout = request.extensions.get("timeout", {})
        with _as_httpx2():
            response = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=request.content or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    sock_connect=timeout.get("connect"), sock_read=timeout.get("read")
                ),
            )
        return httpx2.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Body(response),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": (response.reason or "").encode()},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class _Body(httpx2.AsyncByteStream):
    """A response's body as it comes; one that is left before its end takes its connection with it."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx2():
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        self._response.close()


def _session() -> aiohttp.ClientSession:
    """Open connections that add nothing of their own to what is sent, and take nothing off what comes."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=CONNECTIONS, ssl=httpx2.create_ssl_context(trust_env=False), ttl_dns_cache=10
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        middlewares=(_once,),
        trust_env=False,
        max_line_size=LONGEST_HEADER,
        max_field_size=LONGEST_HEADER,
    )


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET again whose connection broke off: a call is one try."""
    with _as_httpx2():
        return await handler(request)


@contextmanager
def _as_httpx2() -> Iterator[None]:
    """Translate what aiohttp raises; only who was never connected is told from who broke off, for that may be billed."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except aiohttp.ClientConnectorError as error:
        raise httpx2.ConnectError(str(error)) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise httpx2.UnsupportedProtocol(str(error)) from error
    except TimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (aiohttp.ClientPayloadError, OSError) as error:
        raise httpx2.ReadError(str(error)) from error
    except aiohttp.ClientError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error


def without_stray_settings() -> None:
    """Take out of the environment what the SDKs read by themselves: base addresses, headers, organisations.

    Settings are read before; what a provider is given comes from them alone.
    """
    for name in [name for name in os.environ if name.startswith(_STRAY)]:
        del os.environ[name]


@asynccontextmanager
async def in_time(name: str, seconds: float) -> AsyncIterator[None]:
    """Bound the time of one try; raises ModelUnavailable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        # Whoever worked on it may bill it.
        raise ModelUnavailable(f"{name} did not answer within {seconds:g} s.", spent=Usage()) from error


def unreached(name: str, error: Exception) -> ModelUnavailable:
    """Return what a broken connection means: a server never reached bills nothing, one that broke off may."""
    if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnavailable(f"{name} cannot be reached.")
    return ModelUnavailable(f"{name} broke the connection off.", spent=Usage())


async def each_in_time(name: str, items: AsyncIterator[T], seconds: float) -> AsyncIterator[T]:
    """Yield what comes, with a bound on each wait and none on what the reader does meanwhile; raises ModelUnavailable."""
    while True:
        async with in_time(name, seconds):
            try:
                item = await anext(items)
            except StopAsyncIteration:
                return
        yield item


class Gathered:
    """The pieces of a streamed answer, within bounds: the way from pieces to one Completion."""

    def __init__(self, name: str, max_tokens: int) -> None:
        self.name, self.most, self.usage = name, max_tokens * PER_TOKEN, Usage()
        self._pieces: list[str] = []
        self._length = 0

    def add(self, piece: str) -> str:
        """Keep a piece and return it; raises ModelUnavailable when the stream is longer than was asked for.

        An empty piece counts too: what says nothing can go on for ever as well.
        """
        self._length += len(piece) or 1
        if self._length > self.most:
            raise ModelUnavailable(f"{self.name} did not stop writing.", spent=self.usage)
        self._pieces.append(piece)
        return piece

    def whole(self, finish: str | None) -> Completion:
        """Return the finished answer; see :func:`completion`. No finish at all is a stream cut in the middle."""
        if finish is None:
            raise ModelUnavailable(f"{self.name} broke off in the middle of its answer.", spent=self.usage)
        return completion(self.name, "".join(self._pieces), self.usage, finish)


def completion(name: str, text: str, usage: Usage, finish: str) -> Completion:
    """Return a whole answer. Raises ModelUnavailable where it is empty, was cut off (``length``) or held back."""
    if finish == "length":
        raise ModelUnavailable(f"{name} was cut off in the middle of its answer.", spent=usage)
    if finish != "stop":
        raise ModelUnavailable(f"{name} held its answer back ({finish}).", spent=usage)
    if not (text := text.strip()):
        raise ModelUnavailable(f"{name} gave an empty answer.", spent=usage)
    return Completion(text, name, usage)


def wait_asked(header: str | None) -> float | None:
    """Read a Retry-After header, seconds (fractions too) or a date, as seconds from now; None when it says nothing."""
    if not header:
        return None
    try:
        return max(float(header), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None

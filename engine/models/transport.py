"""The HTTP client that all providers share, and the bounds that hold for each of them.

One client with its connections serves every workspace, so it keeps no cookie: a shared jar would carry one tenant's cookies to
another. It knows no proxy of the environment and follows no redirect, which could carry a key to another host.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar

import httpx2

from engine.models.model import Completion, ModelUnavailable, Usage

T = TypeVar("T")
HttpClient = httpx2.AsyncClient

PER_TOKEN = 16
"""Characters a token can stand for at the most; a stream that sends more than ``max_tokens`` of them is endless."""
CONNECT = 5.0
"""Seconds until a connection has to stand."""
_STRAY = ("OPENAI_", "ANTHROPIC_", "OLLAMA_")


def http_client() -> HttpClient:
    """Return a client for all providers; its owner closes it."""
    return HttpClient(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx2.Timeout(None, connect=CONNECT),
        limits=httpx2.Limits(max_connections=200, max_keepalive_connections=50),
        trust_env=False,
        follow_redirects=False,
    )


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

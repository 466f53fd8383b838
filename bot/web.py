"""The web side: Slack's HTTP endpoint as a bare route, and health."""

import asyncio
import errno
import hmac
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.health import Health
from bot.metrics import Metrics
from bot.settings import Settings
from engine import Store, StoreError, UpdraftError

PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""Signs that a proxy on this machine passes on what somebody elsewhere asks."""


class PortTaken(UpdraftError):
    """The port, or the address, cannot be listened on."""


def site(
    store: Store, settings: Settings, health: Health, metrics: Metrics, bolt: AsyncApp | None = None
) -> Starlette:
    """Build the ASGI application; without ``bolt`` it takes nothing from Slack."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        try:
            await store.ping()
        except StoreError as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def dependencies(_: Request) -> Response:
        found = await health.look()
        well = all(one.well for one in found.values())
        shown = {
            name: {"status": "ok" if one.well else "unavailable", "milliseconds": one.milliseconds}
            | ({"reason": one.reason} if one.reason else {})
            for name, one in found.items()
        }
        whole = {"status": "ok" if well else "unavailable", "dependencies": shown}
        return JSONResponse(whole, status_code=200 if well else 503)

    async def figures(request: Request) -> Response:
        if not _may_read(request, settings):
            return Response("Not yours to read; see UPDRAFT_METRICS_TOKEN.\n", 403, media_type="text/plain")
        page, kind = await metrics.page()
        return Response(page, headers={"Content-Type": kind})

    routes = [
        Route("/metrics", figures),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/health/dependencies", dependencies),
    ]
    if settings.slack_signing_secret is not None and bolt is not None:
        slack = AsyncSlackRequestHandler(bolt)

        async def events(request: Request) -> Response:
            return await slack.handle(request)

        routes.append(Route("/slack/events", events, methods=["POST"]))
    return Starlette(routes=routes)


def _may_read(request: Request, settings: Settings) -> bool:
    """Say whether a client may read the figures: by the token, or, where none is set, from this very machine."""
    if settings.metrics_token is not None:
        shown = request.headers.get("Authorization", "").encode()
        wanted = f"Bearer {settings.metrics_token.get_secret_value()}".encode()
        return hmac.compare_digest(shown, wanted)
    if any(name in request.headers for name in PASSED_ON) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def listening(
    application: Starlette, host: str, port: int, setting: str = "PORT"
) -> AsyncIterator[int]:
    """Listen while the context is open; yields the port, which ``setting`` gave. Raises PortTaken."""
    bound = _bound(host, port, setting)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]), name="web")
    try:
        await server.up.wait()
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        bound.close()


class _Server(uvicorn.Server):
    """uvicorn that says when it is up, without its own handling of signals: the process stops in one place."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever serves."""
        yield


def _bound(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise PortTaken(
                f"Updraft cannot listen on {host} ({error.strerror}), which is no address of this machine. "
                "Set UPDRAFT_HOST to one, such as 127.0.0.1, or to 0.0.0.0 for all."
            ) from error
        raise PortTaken(
            f"Port {port} on {host} cannot be used ({error.strerror}). Set {setting} to another one."
        ) from error
    return made

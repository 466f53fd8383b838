"""The baseline: a bare Bolt app that acknowledges every direct message and echoes it in a thread; it keeps nothing.

Bolt has its defaults, so an event is acknowledged before the listener runs. The Web API client has one shared session, which makes
the baseline about twice as fast as the client's own default of a new session for every call.
"""

import asyncio
import os
import signal
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def bolt(session: aiohttp.ClientSession) -> AsyncApp:
    """Build the app and its one listener."""
    token, url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
    client = AsyncWebClient(token=token, base_url=url, session=session)
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"] or "socket-mode")

    @app.event("message")
    async def echo(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text=event["text"])

    return app


async def over_sockets(app: AsyncApp) -> None:
    """Listen over Socket Mode until SIGTERM."""
    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it unannotated
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await handler.close_async()  # type: ignore[no-untyped-call] # Bolt leaves it unannotated
    await handler.client.aiohttp_client_session.close()


async def over_http(app: AsyncApp) -> None:
    """Listen over HTTP until SIGTERM."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    routes = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    config = uvicorn.Config(routes, port=int(os.environ["PORT"]), log_config=None, access_log=False)
    await uvicorn.Server(config).serve()


async def main() -> None:
    """Serve by Socket Mode where there is an app-level token, by HTTP otherwise."""
    async with aiohttp.ClientSession() as session:
        app = bolt(session)
        await (over_sockets(app) if os.environ["SLACK_APP_TOKEN"] else over_http(app))


if __name__ == "__main__":
    asyncio.run(main())

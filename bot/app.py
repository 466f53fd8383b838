"""The composition root: opens store, jobs, Jira, models, engine, Bolt and the web, and closes them in reverse."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot import models, web
from bot.health import Health, looking
from bot.metrics import Kept, Metrics
from bot.settings import Settings, SettingsError
from bot.slack.alerts import Alerts
from bot.slack.client import FAILURES, Meaning, SlackClient, meaning
from bot.slack.delivery import Delivery
from bot.slack.listeners import Listeners, make_app
from bot.slack.people import People
from engine import (
    AlertPolicy,
    Conditions,
    Engine,
    Gateway,
    Jira,
    Job,
    Jobs,
    Notice,
    Notify,
    Periods,
    Retention,
    RetryPolicy,
    Store,
    Troubles,
    UpdraftError,
    Writer,
    http_client,
    jobs_on,
    lexicons_with,
    nobody,
    prepare,
    take_census,
)

log = structlog.get_logger(__name__)

SOCKETS = 2
"""Socket Mode connections: while one is renewed the other takes over."""
ALONE = (
    "DATABASE_URL: with SQLite one process does everything. Run `updraft serve`, which also runs the jobs (UPDRAFT_SERVE_JOBS=true). "
    "Separate workers need a database that several processes share: postgresql://…"
)


STOPPED = 28.0
"""Seconds after which a process that was told to stop ends as it is: platforms kill it after 30."""


class StartError(UpdraftError):
    """Updraft cannot start; ``str(error)`` says what to do."""


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, opened."""

    settings: Settings
    store: Store
    jobs: Jobs
    engine: Engine
    slack: AsyncWebClient
    bolt: AsyncApp
    bot: dict[str, Any]
    health: Health
    metrics: Metrics


def alert_policy(settings: Settings) -> AlertPolicy:
    """Return when trouble is told of."""
    window, quiet = timedelta(minutes=settings.alert_window), timedelta(minutes=settings.alert_quiet)
    return AlertPolicy(settings.alert_errors, window, quiet, settings.alert_error_rate)


def _writer(settings: Settings, gateway: Gateway) -> Writer:
    return Writer(
        gateway,
        allowed_domains=settings.allowed_domains,
        good=settings.quality,
        keep_drafts=settings.cache_drafts * 60.0,
        keep_intents=settings.cache_intents * 60.0,
    )


def _engine(
    settings: Settings, store: Store, jobs: Jobs, jira: Jira, writer: Writer, people: People, notify: Notify
) -> Engine:
    return Engine(
        store,
        jobs,
        jira,
        writer,
        people,
        input_limit=settings.input_limit,
        messages_a_minute=settings.messages_a_minute,
        sure=settings.confidence,
        lexicons=lexicons_with(settings.done_phrases),
        notify=notify,
    )


@asynccontextmanager
async def opened(settings: Settings, *, apart: bool = False) -> AsyncIterator[App]:
    """Open everything; Slack is not connected and no job runs yet. ``apart``: other processes do a part of the work.

    Raises StartError, StoreError, SettingsError.
    """
    metrics = Metrics()
    listeners: list[Notify] = [metrics.hear]

    def notify(notice: Notice) -> None:
        for hear in listeners:
            hear(notice)

    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database_url, notify)
        stack.push_async_callback(store.close)
        if apart and not store.shared:
            raise SettingsError(ALONE)
        store.claim()
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        slack = slack_client(settings, session, notify)
        bot = await _who_am_i(slack)
        jira = Jira(
            str(settings.jira_url),
            settings.jira_email,
            settings.jira_api_token.get_secret_value(),
            settle=settings.jira_settle,
            notify=notify,
        )
        stack.push_async_callback(jira.close)
        http = await stack.enter_async_context(http_client())
        retries = RetryPolicy(base=settings.retry_base)
        jobs = jobs_on(store, policy=retries, at_once=settings.jobs_at_once, notify=notify)
        troubles = Troubles(store, jobs, alert_policy(settings))
        listeners.append(troubles.hear)
        await stack.enter_async_context(troubles.watching())
        gateway = await models.gateway(settings, store, jobs, http, notify)
        caches: dict[str, Kept] = {"exact": gateway.cache, "nearby": gateway.nearby}
        metrics.look_at(lambda: take_census(store, gateway, bot["team_id"]), caches)
        people = People(slack)
        engine = _engine(settings, store, jobs, jira, _writer(settings, gateway), people, notify)
        Delivery(engine, slack, people, jobs)
        Alerts(slack, settings.alert_channel, jobs)
        _forgetting(settings, store, jobs)
        health = Health(store, slack, engine, gateway, notify)
        every = timedelta(seconds=settings.health_every) if settings.health_every else None
        looking(health, Conditions(store, jobs, troubles), jobs, every)
        secret = settings.slack_signing_secret
        bolt = make_app(slack, None if secret is None else secret.get_secret_value(), bot)
        Listeners(engine, slack, people, bot, notify).register(bolt)
        stack.push_async_callback(jobs.stop)
        yield App(settings, store, jobs, engine, slack, bolt, bot, health, metrics)


def _forgetting(settings: Settings, store: Store, jobs: Jobs) -> None:
    """Have what is older than its period deleted, once a day."""
    days = (settings.keep_messages, settings.keep_drafts, settings.keep_records, settings.keep_audit)
    retention = Retention(store, Periods(*(timedelta(days=one) if one else None for one in days)))

    async def forget(_: Job) -> None:
        await retention.sweep()

    jobs.handle("forget", forget)
    jobs.every("forget", timedelta(days=1))


async def serve(
    settings: Settings, *, ready: asyncio.Event | None = None, stop: asyncio.Event | None = None
) -> None:
    """Run until SIGTERM or SIGINT (or ``stop``): Slack's events, the web and, unless workers do that, the jobs.

    Raises StartError, StoreError, SettingsError.
    """
    stop = stop or _signalled()
    async with opened(settings, apart=not settings.serve_jobs) as app, AsyncExitStack() as stack:
        if settings.socket_mode:
            await stack.enter_async_context(_sockets(app))
        # Last, so that a health check passes only when everything is connected.
        site = web.site(app.store, settings, app.health, app.metrics, app.bolt)
        port = await stack.enter_async_context(web.listening(site, settings.host, settings.port))
        how = "Socket Mode" if settings.socket_mode else "HTTP"
        log.info("ready", slack=how, port=port, team=app.bot.get("team"), jira=str(settings.jira_url))
        if ready is not None:
            ready.set()
        if settings.serve_jobs:
            await _run_jobs(app, stop)
        else:
            await stop.wait()
        log.info("stopping")


async def work(settings: Settings, *, stop: asyncio.Event | None = None) -> None:
    """Run jobs only, until SIGTERM or SIGINT (or ``stop``). Raises StartError, StoreError, SettingsError."""
    stop = stop or _signalled()
    async with opened(settings, apart=True) as app, AsyncExitStack() as stack:
        port = None
        if settings.work_port is not None:
            site = web.site(app.store, settings, app.health, app.metrics)
            listening = web.listening(site, settings.host, settings.work_port, "UPDRAFT_WORK_PORT")
            port = await stack.enter_async_context(listening)
        log.info("ready", port=port, team=app.bot.get("team"), jira=str(settings.jira_url))
        await _run_jobs(app, stop)
        log.info("stopping")


def _signalled() -> asyncio.Event:
    """Return an event that the signals to stop set; who insists, or waits for too long, is not kept waiting."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def leave() -> None:
        log.warning("stopped before everything was done; what is left is taken up again")
        os._exit(1)

    def told(name: signal.Signals) -> None:
        # Platforms may send SIGTERM more than once; who presses Ctrl-C again means it.
        if stop.is_set() and name is signal.SIGINT:
            leave()
        if not stop.is_set():
            stop.set()
            # Not the loop's clock: what holds it up at its end are threads that wait for an answer.
            patience = threading.Timer(STOPPED, leave)
            patience.daemon = True
            patience.start()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told, name)
    return stop


def slack_client(
    settings: Settings, session: aiohttp.ClientSession, notify: Notify = nobody
) -> AsyncWebClient:
    """Return the Web API client: one shared session, patient with rate limits only (a post must not be repeated blindly)."""
    return SlackClient(
        notify=notify,
        token=settings.slack_bot_token.get_secret_value(),
        base_url=str(settings.slack_api_url),
        session=session,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )


async def workspace_of(settings: Settings) -> str:
    """Ask Slack which workspace the bot token belongs to; raises StartError."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        return str((await _who_am_i(slack_client(settings, session)))["team_id"])


async def _who_am_i(slack: AsyncWebClient) -> dict[str, Any]:
    try:
        answer = await slack.auth_test()
    except FAILURES as error:
        advice = "Copy the bot token from the app's “Install App” page."
        raise _refusal(slack, meaning(error), "SLACK_BOT_TOKEN", advice) from error
    return {name: answer.get(name) for name in ("team_id", "team", "user_id", "bot_id", "enterprise_id")}


def _refusal(slack: AsyncWebClient, what: Meaning, token: str, advice: str) -> StartError:
    if what.away:
        return StartError(
            f"Slack cannot be used at {slack.base_url} ({what.reason}). Check the network and SLACK_API_URL, or try again later."
        )
    return StartError(f"Slack does not accept {token} ({what.reason}). {advice}")


@asynccontextmanager
async def _sockets(app: App) -> AsyncIterator[None]:
    """Hold the Socket Mode connections."""
    token = app.settings.slack_app_token
    assert token is not None
    try:
        # The SDK retries an invalid token for ever; ask once ourselves.
        await app.slack.apps_connections_open(app_token=token.get_secret_value())
    except FAILURES as error:
        advice = "Make an app-level token with the scope connections:write and switch Socket Mode on."
        raise _refusal(app.slack, meaning(error), "SLACK_APP_TOKEN", advice) from error
    handlers = [
        AsyncSocketModeHandler(app.bolt, token.get_secret_value(), ping_interval=3) for _ in range(SOCKETS)
    ]
    try:
        for handler in handlers:
            await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it unannotated
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call] # Bolt leaves it unannotated
            await handler.client.aiohttp_client_session.close()


async def _run_jobs(app: App, stop: asyncio.Event) -> None:
    """Run jobs to the end; a job runner that dies ends the process loudly, for it would take messages and answer none."""
    # Messages are taken already; the first is answered once the grammars are compiled. Their time limit counts the whole process,
    # so compiling beside it would eat it up.
    await app.jobs.start(after=asyncio.to_thread(prepare, app.engine.answers.lexicons))
    waiting = asyncio.create_task(stop.wait(), name="stop")
    loop = app.jobs.loop
    done, _ = await asyncio.wait({waiting, loop}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if loop in done:
        raise StartError("The job runner died; see the log.") from loop.exception()

"""``updraft doctor``: look at each thing Updraft needs, say whether it is well, and what to do where it is not."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from bot import models
from bot.app import StartError, slack_client, workspace_of
from bot.settings import Settings, SettingsError, load, strangers
from bot.slack.client import FAILURES, meaning
from engine import (
    Jira,
    Store,
    StoreError,
    Unit,
    UpdraftError,
    dollars,
    http_client,
    imported,
    limits_used,
    listed_jobs,
)

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "commands",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
"""What the bot token must carry; the manifest asks for exactly these."""

SERVICE_RIGHTS = ("BROWSE_PROJECTS", "ADD_COMMENTS", "TRANSITION_ISSUES")
ADMIN_RIGHTS = {"ADMINISTER": "Administer Jira", "USER_PICKER": "Browse users and groups"}
PATIENCE = 15.0
LATE = 60.0
"""Seconds after which a job that is due makes one wonder whether any process runs jobs."""
INVITE = "check UPDRAFT_ALERT_CHANNEL and say “/invite @Updraft” in that channel"
TEST_ALERT = "This is a test of Updraft's alerts: here you will be told when something needs you."
ACCOUNTS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "ollama": "OLLAMA_BASE_URL",
    "compatible": "COMPATIBLE_BASE_URL",
}
"""What has to be set for a provider's models."""
ADVICE = {
    "Jira": "Check JIRA_URL, JIRA_EMAIL and JIRA_API_TOKEN.",
    "Model": "Check OPENAI_API_KEY, OPENAI_BASE_URL and UPDRAFT_MODEL.",
}
"""What to do where the error alone does not say it."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found of one thing: ``well`` True, False, or None for a remark."""

    what: str
    well: bool | None
    words: str


class Remark(str):
    """Words about a thing that works and could be better."""

    __slots__ = ()


class Unwell(UpdraftError):
    """A check failed; ``str(error)`` says what to do."""


def run(*, alert: bool = False) -> int:
    """Check everything and print a line each; ``alert`` posts a test to the alert channel. Returns 0 when all is well."""
    try:
        settings = load()
    except SettingsError as error:
        sys.stdout.write("".join(f"✗ {line}\n" for line in str(error).splitlines()))
        return 1
    found = asyncio.run(examine(settings, alert=alert))
    signs = {True: "✓", False: "✗", None: "•"}
    width = max(len(one.what) for one in found)
    for one in found:
        sys.stdout.write(f"{signs[one.well]} {one.what:<{width}}  {one.words}\n")
    return 0 if all(one.well is not False for one in found) else 1


async def examine(settings: Settings, *, alert: bool = False) -> list[Health]:
    """Check what is outside at the same time, then what the database knows."""
    # Importing an SDK takes seconds on a busy machine; that is no lack of an answer.
    for account in models.accounts(settings):
        await imported(account.provider)
    async with aiohttp.ClientSession(trust_env=False) as session:
        checks: dict[str, Callable[[], Awaitable[str]]] = {
            "Database": lambda: _database(settings),
            "Slack": lambda: _slack(settings, session),
            "Socket Mode" if settings.socket_mode else "Slack over HTTP": lambda: _way_in(settings, session),
            "Jira": lambda: _jira(settings),
            "Model": lambda: _model(settings),
            "Alerts": lambda: _alerts(settings, session, alert),
            "Metrics": lambda: _metrics(settings),
        }
        found = await asyncio.gather(*(_checked(what, check) for what, check in checks.items()))
    if found[0].well:
        found += await _kept(settings)
    if settings.debug and settings.environment == "production":
        found.append(Health("Settings", False, "UPDRAFT_DEBUG is on in production; switch it off."))
    elif strange := strangers():
        told = (
            f"{name} is no setting{f'; is {nearest} meant?' if nearest else ''}"
            for name, nearest in strange.items()
        )
        found.append(Health("Settings", None, ", ".join(told)))
    else:
        found.append(Health("Settings", True, f"environment {settings.environment}"))
    return found


async def _checked(what: str, check: Callable[[], Awaitable[str]]) -> Health:
    try:
        async with asyncio.timeout(PATIENCE):
            words = await check()
    except TimeoutError:
        return Health(what, False, f"no answer within {PATIENCE:.0f} s. {ADVICE.get(what, '')}".rstrip())
    except Unwell as error:
        return Health(what, False, str(error))
    except (UpdraftError, StoreError) as error:
        return Health(what, False, f"{error} {ADVICE.get(what, '')}".rstrip())
    return Health(what, None if isinstance(words, Remark) else True, words)


async def _database(settings: Settings) -> str:
    store = await Store.open(settings.database_url)
    try:
        product = await store.product()
    finally:
        await store.close()
    if not settings.serve_jobs and not store.shared:
        raise Unwell(f"{product} is for one process; leave UPDRAFT_SERVE_JOBS at true, or use PostgreSQL")
    return f"{product} opens and is up to date"


async def _slack(settings: Settings, session: aiohttp.ClientSession) -> str:
    client = slack_client(settings, session)
    try:
        answer = await client.auth_test()
    except FAILURES as error:
        if (what := meaning(error)).away:
            how = "reached" if what.unreached else "used"
            raise Unwell(
                f"cannot be {how} at {client.base_url} ({what.reason}); check the network and SLACK_API_URL"
            ) from error
        raise Unwell(
            f"refuses SLACK_BOT_TOKEN ({what.reason}); copy the bot token from “Install App”"
        ) from error
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")}
    if missing := [scope for scope in SCOPES if scope not in granted]:
        raise Unwell(f"lacks the scopes {', '.join(missing)}; apply manifest.yml and reinstall the app")
    return f"workspace {answer['team']}, all scopes granted"


async def _way_in(settings: Settings, session: aiohttp.ClientSession) -> str:
    if settings.slack_app_token is None:
        return Remark("signing secret set; Slack must be told the address of /slack/events")
    client = slack_client(settings, session)
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except FAILURES as error:
        if (what := meaning(error)).away:
            raise Unwell(f"cannot be opened ({what.reason})") from error
        raise Unwell(
            f"refuses SLACK_APP_TOKEN ({what.reason}); make one with connections:write and switch Socket Mode on"
        ) from error
    return "a connection can be opened"


async def _jira(settings: Settings) -> str:
    jira = Jira(str(settings.jira_url), settings.jira_email, settings.jira_api_token.get_secret_value())
    try:
        me = await jira.myself()
        if missing := [
            name for right, name in ADMIN_RIGHTS.items() if right not in await jira.own_rights(ADMIN_RIGHTS)
        ]:
            raise Unwell(
                f"{me['displayName']} lacks the global permission {' and '.join(missing)}; "
                "Jira tells only administrators what other people may do, and Updraft asks before every act"
            )
        projects = await jira.projects()
        for right in SERVICE_RIGHTS:
            held = (
                await jira.permitted(me["accountId"], right, projects=projects.values())
                if projects
                else set()
            )
            if lacking := sorted(key for key, id in projects.items() if id not in held):
                raise Unwell(f"{me['displayName']} lacks {right} in {', '.join(lacking[:5])}")
    finally:
        await jira.close()
    if not projects:
        raise Unwell(f"{me['displayName']} sees no project; grant it access to those Updraft is for")
    return f"signed in as {me['displayName']}, {len(projects)} projects"


async def _model(settings: Settings) -> str:
    async with http_client() as http:
        lineup = models.lineup(settings, http)
        lacking = _lacking(settings)
        if not lineup.accounts.own:
            also = f"; {lacking}" if lacking else ""
            return Remark(
                f"none configured: drafts come from plain rules; set OPENAI_API_KEY for better ones{also}"
            )
        found = await lineup.everyone("")
        if not found and lacking:
            raise Unwell(lacking)
        if not found:
            raise Unwell(f"there is no key for {settings.model}, nor for a backup; set that of its provider")
        told = await asyncio.gather(*(one.model.ping() for one in found), return_exceptions=True)
    names = [one.model.name for one in found]
    wrong = [str(error) for error in told if isinstance(error, UpdraftError)]
    for error in told:
        if error is not None and not isinstance(error, UpdraftError):
            raise error
    well = [name for name, error in zip(names, told, strict=True) if error is None]
    answering = f"{' and '.join(well)} answer{'s' if len(well) == 1 else ''}"
    if wrong:
        advice = ADVICE["Model"] if names[0] not in well else f"{answering}."
        raise Unwell(f"{' '.join(wrong)} {advice}")
    return Remark(f"{answering}; {lacking}") if lacking else answering


def _lacking(settings: Settings) -> str:
    """Say which setting a model lacks that somebody named; a backup of the defaults is passed over without a word."""
    names = ("model", "model_fast", "model_classify", "model_capable", "backup_models")
    fields = [name for name in names if name in settings.model_fields_set]
    have = {account.provider for account in models.accounts(settings)}
    told = []
    for field in fields:
        value = getattr(settings, field)
        for name in value if isinstance(value, tuple) else (value or "",):
            provider = name.partition(":")[0]
            if provider in ACCOUNTS and provider not in have:
                told.append(f"{name} needs {ACCOUNTS[provider]}, or a credential of the workspace")
    return ", ".join(dict.fromkeys(told))


async def _alerts(settings: Settings, session: aiohttp.ClientSession, post: bool) -> str:
    channel = settings.alert_channel
    if channel is None:
        return Remark("UPDRAFT_ALERT_CHANNEL is not set: alerts are lines of the log, and nobody is called")
    client = slack_client(settings, session)
    try:
        if post:
            await client.chat_postMessage(channel=channel, text=TEST_ALERT)
            return f"a test was posted to {channel}"
        answer = await client.conversations_info(channel=channel)
    except FAILURES as error:
        what = meaning(error)
        if what.reason == "missing_scope" and not post:
            return Remark(f"go to {channel}; whether the app is in it is shown by: updraft doctor --alert")
        if what.away:
            raise Unwell(f"cannot be looked at ({what.reason})") from error
        if what.locked_out:
            raise Unwell(f"cannot be posted: Slack refuses Updraft ({what.reason})") from error
        raise Unwell(f"cannot be posted to {channel} ({what.reason}); {INVITE}") from error
    if not answer["channel"].get("is_member"):
        raise Unwell(f"cannot be posted to {channel}, where the app is no member; {INVITE}")
    return f"go to #{answer['channel'].get('name', channel)}, where the app is a member"


async def _metrics(settings: Settings) -> str:
    if settings.metrics_token is not None:
        return "/metrics is read by whoever shows UPDRAFT_METRICS_TOKEN"
    return "/metrics is read by clients on this machine only; UPDRAFT_METRICS_TOKEN admits others"


async def _kept(settings: Settings) -> list[Health]:
    """Check what the database knows of."""
    now = datetime.now(UTC)
    store = await Store.open(settings.database_url)
    try:
        try:
            workspace = await workspace_of(settings)
        except StartError:
            workspace = None
        checks: dict[str, Callable[[], Awaitable[str]]] = {
            "Master key": lambda: _master_key(settings, store, workspace),
            "Breakers": lambda: _breakers(settings, store),
            "Jobs": lambda: _jobs(settings, store, now),
        }
        if workspace is not None:
            checks["Budget"] = lambda: _budget(settings, store, workspace, now)
        return [await _checked(what, check) for what, check in checks.items()]
    finally:
        await store.close()


async def _master_key(settings: Settings, store: Store, workspace: str | None) -> str:
    """Look for the master key without making one, and at the keys that it seals."""
    file = models.key_file(store)
    if settings.master_key is None and file is not None and not file.exists():
        return Remark(f"is made in {file} at the first start; keep a copy apart from the database's backups")
    kept = models.credentials(settings, store)
    where = "UPDRAFT_MASTER_KEY" if settings.master_key is not None else str(file)
    if closed := [name for _, name in await kept.unopened()]:
        raise Unwell(
            f"in {where}, which does not open what is kept for {_listed(closed)}: put the key back that sealed it, after the newer one, "
            "or enter each anew: updraft credentials change NAME --new-key"
        )
    own = [] if workspace is None else await kept.all_of(workspace)
    if refused := [one.name for one in own if one.state == "refused"]:
        raise Unwell(
            f"in {where}; but keys were refused: {', '.join(refused)}. Give them new ones: updraft credentials change NAME --new-key"
        )
    keys = "1 key of a model provider is" if len(own) == 1 else f"{len(own)} keys of model providers are"
    return f"in {where}, {keys} sealed with it"


async def _breakers(settings: Settings, store: Store) -> str:
    states = await models.breakers(settings, store).states()
    away, probed = (
        sorted(place for place, state in states.items() if state == wanted)
        for wanted in ("open", "half-open")
    )
    after = f"{_listed(probed)} failed too often and {'is' if len(probed) == 1 else 'are'} tried again with the next question"
    if away:
        told = f"{_listed(away)} failed too often and {'is' if len(away) == 1 else 'are'} left alone"
        also = f", {after}" if probed else ""
        raise Unwell(f"{told}{also}; see “A model provider is down” in docs/operations.md")
    return Remark(after) if probed else "every provider may be asked"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


async def _jobs(settings: Settings, store: Store, now: datetime) -> str:
    rows = await listed_jobs(store, {"failed", "pending"}, now, at_once=settings.jobs_at_once)
    dead = sum(one.status == "failed" for one in rows)
    late = max(((now - one.run_at).total_seconds() for one in rows if one.status == "pending"), default=0.0)
    if dead:
        return Remark(f"{dead} dead letter{'s' if dead > 1 else ''}: updraft jobs --failed")
    if late > LATE:
        return Remark(
            f"the first has been due for {late / 60:.0f} minutes: does a process run them? updraft jobs --pending"
        )
    return "none was given up"


async def _budget(settings: Settings, store: Store, workspace: str, now: datetime) -> str:
    budgets = [one for one in models.limits(settings) if one.unit is Unit.MONEY]
    async with store.read() as tx:
        used = await limits_used(tx, budgets, workspace, now)
    if not used:
        return Remark("there is none; UPDRAFT_DAILY_BUDGET sets one")
    told = []
    for one in used:
        left = dollars(max(one.limit.most - one.used, 0))
        told.append(f"{left} of {dollars(one.limit.most)} are left this {one.limit.window}")
        if one.used >= one.limit.most and not one.limit.soft:
            end = f"{one.limit.window.end(now):%-d %B at %H:%M} UTC"
            raise Unwell(
                f"{told[-1]}: drafts come from plain rules until {end}, or until the budget is raised"
            )
    return ", ".join(told)

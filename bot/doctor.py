"""``updraft doctor``: look at each thing Updraft needs, say whether it is well, and what to do where it is not."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import models
from bot.app import slack_client
from bot.settings import Settings, SettingsError, load
from bot.slack.client import trouble
from engine import Jira, Store, StoreError, UpdraftError, http_client

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


def run() -> int:
    """Check everything and print a line each; returns 0 when all is well."""
    try:
        settings = load()
    except SettingsError as error:
        sys.stdout.write("".join(f"✗ {line}\n" for line in str(error).splitlines()))
        return 1
    found = asyncio.run(examine(settings))
    signs = {True: "✓", False: "✗", None: "•"}
    width = max(len(one.what) for one in found)
    for one in found:
        sys.stdout.write(f"{signs[one.well]} {one.what:<{width}}  {one.words}\n")
    return 0 if all(one.well is not False for one in found) else 1


async def examine(settings: Settings) -> list[Health]:
    """Check everything at the same time."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        checks: dict[str, Callable[[], Awaitable[str]]] = {
            "Database": lambda: _database(settings),
            "Slack": lambda: _slack(settings, session),
            "Socket Mode" if settings.socket_mode else "Slack over HTTP": lambda: _way_in(settings, session),
            "Jira": lambda: _jira(settings),
            "Model": lambda: _model(settings),
        }
        found = await asyncio.gather(*(_checked(what, check) for what, check in checks.items()))
    if settings.debug and settings.environment == "production":
        found.append(Health("Settings", False, "UPDRAFT_DEBUG is on in production; switch it off."))
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
    except SlackApiError as error:
        if (why := trouble(error)) is not None:
            raise Unwell(f"cannot be used at {client.base_url} ({why})") from error
        raise Unwell(
            f"refuses SLACK_BOT_TOKEN ({error.response['error']}); copy the bot token from “Install App”"
        ) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unwell(f"cannot be reached at {client.base_url} ({type(error).__name__})") from error
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
    except SlackApiError as error:
        if (why := trouble(error)) is not None:
            raise Unwell(f"cannot be opened ({why})") from error
        raise Unwell(
            f"refuses SLACK_APP_TOKEN ({error.response['error']}); make one with connections:write and switch Socket Mode on"
        ) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unwell(f"cannot be reached ({type(error).__name__})") from error
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
        if not lineup.accounts.own:
            return Remark("none configured: drafts come from plain rules; set OPENAI_API_KEY for better ones")
        found = await lineup.everyone("")
        if not found:
            raise Unwell(f"there is no key for {settings.model}, nor for a backup; set that of its provider")
        await asyncio.gather(*(one.model.ping() for one in found))
    names = [one.model.name for one in found]
    return f"{' and '.join(names)} answer{'s' if len(names) == 1 else ''}"

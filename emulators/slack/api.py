"""The Web API: arguments from query, form and JSON, tokens, scopes, rate limits; the methods are in their own modules."""

import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators.people import APP_TOKEN, BOT_ID, BOT_TOKEN, BOT_USER, TEAM, TEAM_DOMAIN
from emulators.slack.state import SlackError
from emulators.slack.workspace import Workspace

Arguments = dict[str, Any]
Call = Callable[[Workspace, Arguments], Awaitable[dict[str, Any]]]
Scopes = Callable[[Workspace, Arguments], tuple[str, ...]]

JSON_ARGUMENTS = frozenset(
    {"blocks", "attachments", "metadata", "view", "chunks", "prompts", "loading_messages"}
)
POST_BURST = 5
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, the scopes of which one suffices, its rate tier (0: of its own), whose token it takes."""

    call: Call
    scopes: tuple[str, ...] | Scopes = ()
    tier: int = 3
    caller: str = "bot"


METHODS: dict[str, Method] = {}


def method(
    name: str, *, scopes: tuple[str, ...] | Scopes = (), tier: int = 3, caller: str = "bot"
) -> Callable[[Call], Call]:
    """Register a Web API method under its name."""

    def register(call: Call) -> Call:
        METHODS[name] = Method(call, scopes, tier, caller)
        return call

    return register


def required(arguments: Arguments, *names: str) -> None:
    """Refuse a call that lacks an argument, as Slack does: invalid_arguments with the names."""
    missing = [name for name in names if arguments.get(name) in (None, "")]
    if missing:
        raise SlackError("invalid_arguments", [f"[ERROR] missing required field: {name}" for name in missing])


def flag(arguments: Arguments, name: str) -> bool:
    """Read a boolean argument in any of its spellings."""
    return str(arguments.get(name, "")).lower() in ("1", "true")


def whole(arguments: Arguments, name: str, default: int) -> int:
    """Read a number argument; raises invalid_limit for anything else."""
    value = arguments.get(name)
    if value in (None, ""):
        return default
    try:
        return int(str(value))
    except ValueError as error:
        raise SlackError("invalid_limit") from error


class RateLimits:
    """Buckets: one message a second a channel with short bursts, a method's tier a minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, rate: float, burst: float) -> float:
        """Take one token; return 0, or the seconds until there is one."""
        now = self.clock()
        tokens, since = self._buckets.get(key, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            return (1 - tokens) / rate
        self._buckets[key] = (tokens - 1, now)
        return 0.0

    def wait(self, name: str, tier: int, arguments: Arguments) -> float:
        """Return the seconds to wait before this call, 0 when it may go on."""
        if name == "chat.postMessage":
            return self.take(f"{name} {arguments.get('channel')}", 1.0, POST_BURST)
        if tier == 0:
            return 0.0
        a_minute = TIERS[tier]
        return self.take(name, a_minute / 60, a_minute)


class WebApi:
    """Answers ``/api/<method>``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.limits = RateLimits(workspace.clock)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call; errors have status 200 and ``ok: false``, a rate limit 429."""
        name = request.match_info["method"]
        try:
            arguments = await read_arguments(request)
            answer, headers = await self._call(name, arguments, request)
        except RateLimited as limited:
            body = {"ok": False, "error": "ratelimited"}
            return _json(body, 429, {"Retry-After": str(max(1, math.ceil(limited.seconds)))})
        except SlackError as error:
            return _json(refusal(error), 200, {})
        return _json(answer, 200, headers)

    async def _call(
        self, name: str, arguments: Arguments, request: web.Request
    ) -> tuple[dict[str, Any], dict[str, str]]:
        found = METHODS.get(name)
        if found is None:
            raise SlackError("unknown_method", req_method=name)
        if found.caller != "anyone":
            self._authenticate(found, arguments, request)
        headers = {}
        if found.caller == "bot":
            needed = (
                found.scopes if isinstance(found.scopes, tuple) else found.scopes(self.workspace, arguments)
            )
            provided = ",".join(sorted(self.workspace.scopes))
            headers = {"X-OAuth-Scopes": provided, "X-Accepted-OAuth-Scopes": ",".join(needed)}
            if needed and not self.workspace.scopes.intersection(needed):
                raise SlackError("missing_scope", needed=",".join(needed), provided=provided)
        if self.workspace.rate_limits and (seconds := self.limits.wait(name, found.tier, arguments)):
            raise RateLimited(seconds)
        arguments.pop("token", None)
        if name == "apps.connections.open":
            return self._connection(request), headers
        return {"ok": True, **await found.call(self.workspace, arguments)}, headers

    def _authenticate(self, found: Method, arguments: Arguments, request: web.Request) -> None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() if header else arguments.get("token")
        if not token:
            raise SlackError("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN):
            raise SlackError("invalid_auth")
        if token != (APP_TOKEN if found.caller == "app" else BOT_TOKEN):
            raise SlackError("not_allowed_token_type")

    def _connection(self, request: web.Request) -> dict[str, Any]:
        if request.method != "POST":
            raise SlackError("insecure_request")
        prefix = request.path.removesuffix("/api/apps.connections.open")
        ticket = self.workspace.delivery.ticket()
        return {"ok": True, "url": f"ws://{request.host}{prefix}/socket?ticket={ticket}&app_id=1"}


class RateLimited(Exception):
    """Too many calls; ``seconds`` is when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def read_arguments(request: web.Request) -> Arguments:
    """Merge query, form and JSON arguments; JSON in a form's structured arguments is parsed."""
    arguments: Arguments = dict(request.query)
    if await request.read():
        kind = request.content_type
        if kind == "application/json":
            try:
                sent = json.loads(await request.text())
            except ValueError as error:
                raise SlackError("invalid_json") from error
            if not isinstance(sent, dict):
                raise SlackError("json_not_object")
            arguments |= sent
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            arguments |= dict(await request.post())
        else:
            raise SlackError("invalid_post_type")
    for name in JSON_ARGUMENTS.intersection(arguments):
        value = arguments[name]
        if isinstance(value, str):
            arguments[name] = _structured(name, value)
    return arguments


def _structured(name: str, value: str) -> Any:
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        if name == "blocks":
            raise SlackError("invalid_blocks_format") from error
        if name == "metadata":
            raise SlackError("invalid_metadata_format") from error
        raise SlackError("invalid_arguments", [f"[ERROR] failed to parse `{name}`"]) from error


def refusal(error: SlackError) -> dict[str, Any]:
    """Return the answer for an error."""
    answer: dict[str, Any] = {"ok": False, "error": error.code, **error.more}
    if error.messages is not None:
        answer["response_metadata"] = {"messages": error.messages}
    return answer


def _json(body: dict[str, Any], status: int, headers: dict[str, str]) -> web.Response:
    text = json.dumps(body, separators=(",", ":"))
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


@method("api.test", tier=4, caller="anyone")
async def api_test(_: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Echo; answer the error asked for."""
    arguments.pop("token", None)
    if arguments.get("error"):
        raise SlackError(str(arguments["error"]), args=arguments)
    return {"args": arguments}


@method("auth.test", tier=0)
async def auth_test(_: Workspace, __: Arguments) -> dict[str, Any]:
    """Say whose token this is."""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": "Example",
        "user": "updraft",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", caller="app")
async def apps_connections_open(_: Workspace, __: Arguments) -> dict[str, Any]:
    """Registered for its token; the address depends on the request and is made in :class:`WebApi`."""
    return {}

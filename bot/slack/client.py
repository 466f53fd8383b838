"""Slack's Web API as we call it: every call is a line of the log, and what speaks against Slack itself is told."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from engine import Component, Failed, Notify, nobody

log = structlog.get_logger(__name__)

TROUBLE = (
    "ratelimited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "org_login_required",
)
"""Slack's answers that pass by themselves and say nothing about a token (https://docs.slack.dev/reference/methods/auth.test#errors)."""
LOCKED_OUT = (
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "missing_scope",
    "team_access_not_granted",
    "ekm_access_denied",
)
"""Its answers that an administrator has to mend before anything works."""
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError)
"""What a call may fail with; :func:`meaning` tells them apart."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a failed call says, as ``reason`` in a few words: Slack is ``away``, has ``locked_out`` us, or refuses what it was given.

    ``unreached`` tells of those that are away whether nothing came back at all.
    """

    reason: str
    away: bool = False
    locked_out: bool = False
    unreached: bool = False


def meaning(error: SlackApiError | aiohttp.ClientError | TimeoutError) -> Meaning:
    """Read what the failure of a call means."""
    if not isinstance(error, SlackApiError):
        return Meaning(type(error).__name__, away=True, unreached=True)
    reason, status = error.response.get("error"), error.response.status_code
    if not isinstance(reason, str):
        return Meaning(f"HTTP {status}, which is not Slack's own answer", away=True)
    return Meaning(reason, away=reason in TROUBLE or status >= 500, locked_out=reason in LOCKED_OUT)


class SlackClient(AsyncWebClient):
    """The SDK's client; ``notify`` hears of calls that failed for no fault of what was asked."""

    def __init__(self, *, notify: Notify = nobody, **options: Any) -> None:
        super().__init__(**options)
        self.notify = notify

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method of the Web API; raises one of FAILURES."""
        began = time.monotonic()
        outcome = "ok"
        try:
            return await super().api_call(api_method, **options)
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except FAILURES as error:
            what = meaning(error)
            outcome = what.reason
            if what.unreached:
                self.notify(Failed(Component.SLACK, f"Slack cannot be reached ({outcome})."))
            elif what.away or what.locked_out:
                self.notify(Failed(Component.SLACK, f"Slack's {api_method} answers: {outcome}."))
            raise
        finally:
            spent = round((time.monotonic() - began) * 1000)
            log.debug("slack asked", call=api_method, outcome=outcome, milliseconds=spent)

    async def _request(self, **request: Any) -> dict[str, Any]:
        """Send a request; what is not a JSON object is nothing that Slack says, and the SDK would stumble over it."""
        try:
            answer: dict[str, Any] = await super()._request(**request)
        except SlackApiError as error:
            # A page that claims to be JSON; the SDK hands on the answer of the connection, which is no answer of Slack's.
            answer = {"headers": error.response.headers, "status_code": error.response.status}
        except UnicodeDecodeError as error:
            raise aiohttp.ClientPayloadError("not a text") from error
        return answer | {"data": data if isinstance(data := answer.get("data"), dict) else {}}

"""Slack's Web API as we call it: every call is a line of the log, and what speaks against Slack itself is told."""

import time
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
)
"""Slack's answers that say nothing about a token (https://docs.slack.dev/reference/methods/auth.test#errors)."""
LOCKED_OUT = (
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
)
"""Its answers that somebody has to mend before anything works."""


class SlackClient(AsyncWebClient):
    """The SDK's client; ``notify`` hears of calls that failed for no fault of what was asked."""

    def __init__(self, *, notify: Notify = nobody, **options: Any) -> None:
        super().__init__(**options)
        self.notify = notify

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method of the Web API."""
        began = time.monotonic()
        outcome = "ok"
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            outcome = str(error.response.get("error") or error.response.status_code)
            if trouble(error) is not None or outcome in LOCKED_OUT:
                self.notify(Failed(Component.SLACK, f"Slack's {api_method} answers: {outcome}."))
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome = type(error).__name__
            self.notify(Failed(Component.SLACK, f"Slack cannot be reached ({outcome})."))
            raise
        finally:
            spent = round((time.monotonic() - began) * 1000)
            log.debug("slack asked", call=api_method, outcome=outcome, milliseconds=spent)


def trouble(error: SlackApiError) -> str | None:
    """Say what is wrong on Slack's side or on the way there; None when Slack refuses what it was given."""
    reason = error.response.get("error")
    if reason is None:
        return f"HTTP {error.response.status_code}, which is not Slack's own answer"
    return reason if reason in TROUBLE else None

"""How each thing that Updraft depends on is: asked for real, together, and at most every half minute however often somebody looks."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from engine import Engine, Gateway, Store, StoreError, UpdraftError

FRESH = 30.0
"""Seconds that a look at everything is good for."""
PATIENCE = 10.0
"""Seconds that one thing has to answer."""

Check = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found of one thing; ``reason`` says what is wrong, in a sentence without secrets."""

    well: bool
    milliseconds: int
    reason: str = ""


class Health:
    """Looks at the database, Slack, Jira and every model that may be asked."""

    def __init__(self, store: Store, slack: AsyncWebClient, engine: Engine, gateway: Gateway) -> None:
        self.store, self.slack, self.engine, self.gateway = store, slack, engine, gateway
        self._found: dict[str, Condition] = {}
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def look(self) -> Mapping[str, Condition]:
        """Return the condition of each thing by name."""
        async with self._looking:
            if time.monotonic() >= self._until:
                self._found = await self._looked()
                self._until = time.monotonic() + FRESH
            return self._found

    async def _looked(self) -> dict[str, Condition]:
        checks: dict[str, Check] = {
            "database": self.store.ping,
            "slack": self.slack.auth_test,
            "jira": self.engine.access.jira.myself,
        }
        # The same model by another key is another way in.
        for candidate in await self.gateway.lineup.everyone(""):
            checks[candidate.model.name] = candidate.model.ping
        found = await asyncio.gather(*(_condition(check) for check in checks.values()))
        return dict(zip(checks, found, strict=True))


async def _condition(check: Check) -> Condition:
    began = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
        reason = ""
    except TimeoutError:
        reason = f"No answer within {PATIENCE:.0f} s."
    except (UpdraftError, StoreError) as error:
        reason = str(error)
    except SlackApiError as error:
        reason = f"Slack says {error.response.get('error') or error.response.status_code}."
    except aiohttp.ClientError as error:
        reason = f"Slack cannot be reached ({type(error).__name__})."
    return Condition(not reason, round((time.monotonic() - began) * 1000), reason)

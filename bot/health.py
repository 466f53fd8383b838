"""How each thing that Updraft depends on is: asked for real, together, and at most every half minute however often somebody looks."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import FAILURES, meaning
from engine import (
    Component,
    Condition,
    Conditions,
    Engine,
    Failed,
    Gateway,
    Job,
    Jobs,
    Notify,
    Store,
    StoreError,
    UpdraftError,
    nobody,
)

FRESH = 30.0
"""Seconds that a look at everything is good for."""
PATIENCE = 10.0
"""Seconds that one thing has to answer."""

Check = Callable[[], Awaitable[object]]


class Health:
    """Looks at the database, Slack, Jira and every model that may be asked."""

    def __init__(
        self, store: Store, slack: AsyncWebClient, engine: Engine, gateway: Gateway, notify: Notify = nobody
    ) -> None:
        self.store, self.slack, self.engine, self.gateway = store, slack, engine, gateway
        self.notify = notify
        self._found: Mapping[str, Condition] = {}
        self.whole = True
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def look(self, fresh: float = FRESH) -> Mapping[str, Condition]:
        """Return the condition of each thing by name, seen at most ``fresh`` seconds ago.

        ``whole`` then says whether these are all; models that only the database knows of are not asked while it is away.
        """
        async with self._looking:
            if time.monotonic() - self._looked_at > fresh:
                self._found = await self._looked()
                self._looked_at = time.monotonic()
            return self._found

    async def _looked(self) -> Mapping[str, Condition]:
        checks: dict[str, Check] = {
            "database": self.store.ping,
            "slack": self.slack.auth_test,
            "jira": self.engine.access.jira.myself,
        }
        found, models = await asyncio.gather(_conditions(checks), self._models())
        return {**found, **models}

    async def _models(self) -> Mapping[str, Condition]:
        try:
            async with asyncio.timeout(PATIENCE):
                models = await self.gateway.lineup.everyone("")
            self.whole = True
        except (StoreError, TimeoutError):
            models = await self.gateway.lineup.everyone(None)
            self.whole = False
        # The same model by another key is another way in.
        found = await _conditions({one.model.name: one.model.ping for one in models})
        for one in found.values():
            # Whoever calls the others tells of their failures.
            if not one.well:
                self.notify(Failed(Component.MODEL, one.reason))
        return found


def looking(health: Health, kept: Conditions, jobs: Jobs, every: timedelta | None) -> None:
    """Have everything looked at once in each period, by one of all processes; None: never."""

    async def look(_: Job) -> None:
        found = await health.look(fresh=0)
        await kept.record(found, whole=health.whole)

    jobs.handle("health", look)
    if every is not None:
        jobs.every("health", every)


async def _conditions(checks: Mapping[str, Check]) -> dict[str, Condition]:
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
    except FAILURES as error:
        what = meaning(error)
        reason = f"Slack {'does not answer' if what.away else 'refuses Updraft'} ({what.reason})."
    return Condition(not reason, round((time.monotonic() - began) * 1000), reason)

"""Who is who in Slack: one cached look-up per person."""

import asyncio

from cachetools import TTLCache
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import meaning
from engine import InvalidInput, Person


class People:
    """Finds people by their ids, and the direct-message channels with them; remembers both for ten minutes."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self._people: TTLCache[tuple[str, str], Person] = TTLCache(10_000, ttl=600)
        self._channels: TTLCache[str, str] = TTLCache(10_000, ttl=3600)
        self._asking: dict[tuple[str, str], asyncio.Task[Person]] = {}

    async def __call__(self, workspace: str, id: str) -> Person:
        """Return a person; raises InvalidInput for an id that Slack does not know."""
        key = (workspace, id)
        if (known := self._people.get(key)) is not None:
            return known
        if key not in self._asking:
            task = asyncio.create_task(self._ask(workspace, id))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(self._asking[key])

    async def direct_channel(self, id: str) -> str:
        """Return the channel of the direct messages with a person."""
        if id not in self._channels:
            answer = await self.client.conversations_open(users=id)
            self._channels[id] = answer["channel"]["id"]
        return str(self._channels[id])

    async def _ask(self, workspace: str, id: str) -> Person:
        try:
            user = (await self.client.users_info(user=id))["user"]
        except SlackApiError as error:
            if meaning(error).reason in ("user_not_found", "user_not_visible"):
                raise InvalidInput("Slack does not know one of the people you mentioned.") from error
            raise
        profile = user.get("profile") or {}
        name = profile.get("real_name") or profile.get("display_name") or user.get("name") or id
        person = Person(
            workspace,
            id,
            name,
            profile.get("email") or "",
            user.get("tz") or "UTC",
            profile.get("title") or "",
        )
        self._people[workspace, id] = person
        return person

"""The accounts that a workspace may be answered by: its own credentials first, then those of the installation.

Credentials are read anew every few seconds, so that a key that was replaced, in whichever process, is used soon and everywhere. A key
that its provider refuses is marked, and tried last from then on.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from engine.addresses import AddressRefused
from engine.credentials import USED_EVERY, Credential, Credentials, State
from engine.models import Candidate, KeyRefused
from engine.sealing import SealingError
from engine.store import Lately

log = structlog.get_logger(__name__)

STALE = 5.0
"""Seconds until a process sees a credential that another one changed."""
INSTALLATION = "installation"
"""What records call an account that the settings give."""


@dataclass(frozen=True, slots=True)
class Account:
    """A way to a provider: its address and key, under the id that records show, with what its owner prefers."""

    provider: str
    base_url: str
    key: str = field(default="", repr=False)
    id: str = INSTALLATION
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    system_prompt: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


class Accounts:
    """Finds accounts, and keeps what is found out about their keys."""

    def __init__(self, own: Sequence[Account], credentials: Credentials | None = None) -> None:
        self.own, self.credentials = tuple(own), credentials
        self._lately = Lately(self._look, STALE)
        self._known: dict[str, Credential] = {}
        self._used_at: dict[str, datetime] = {}

    async def of(self, workspace: str) -> Sequence[Account]:
        """Return a workspace's accounts, best first."""
        if self.credentials is None:
            return self.own
        return await self._lately.of(workspace)

    async def key_news(self, candidate: Candidate, refused: KeyRefused | None) -> None:
        """Keep that a credential was refused, or (None) that it was used."""
        credential = self._known.get(candidate.credential)
        if credential is None or self.credentials is None:
            return
        if refused is None:
            await self._used(self.credentials, credential.id)
            return
        if await self.credentials.note_state(credential, State.REFUSED, str(refused)):
            log.warning("credential refused", name=credential.name, provider=credential.provider.value)
        self._lately.forget(credential.workspace)

    async def _used(self, credentials: Credentials, id: str) -> None:
        """Keep when a credential was used; not at every call, for that is kept to the minute."""
        now = credentials.clock()
        if id not in self._used_at or now - self._used_at[id] > USED_EVERY:
            self._used_at[id] = now
            async with credentials.store.write() as tx:
                await credentials.note_used(tx, id)

    async def _look(self, workspace: str) -> tuple[Account, ...]:
        assert self.credentials is not None
        rows = await self.credentials.all_of(workspace)
        opened = await asyncio.gather(*(self._opened(self.credentials, one) for one in rows))
        usable = [one for one in opened if one is not None]
        refused = {one.id for one in rows if one.state is State.REFUSED}
        good = [one for one in usable if one.id not in refused]
        bad = [one for one in usable if one.id in refused]
        self._known |= {one.id: one for one in rows}
        return (*good, *self.own, *bad)

    async def _opened(self, credentials: Credentials, one: Credential) -> Account | None:
        """Return a credential as an account; None, and a line in the log, where it cannot be used."""
        try:
            endpoint = await credentials.endpoint(one, model=one.model or "any")
        except (AddressRefused, SealingError) as error:
            log.warning("credential unusable", name=one.name, error=str(error))
            return None
        return Account(
            one.provider.value,
            endpoint.base_url,
            endpoint.key,
            one.id,
            endpoint.headers,
            one.model,
            one.temperature,
            one.max_tokens,
            one.system_prompt or "",
            one.options,
        )

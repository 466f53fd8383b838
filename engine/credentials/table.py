"""The table of credentials and what may be done with it; every change is noted in the audit, without secrets."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from engine import audit
from engine.addresses import AddressRefused, Resolve, check_address, look_up, parse
from engine.credentials.levels import LEVELS, PATIENCE, MakeModel, examine, prompt_for, state_after, unreached
from engine.credentials.values import (
    ADDRESSES,
    USUAL,
    Credential,
    FieldRefused,
    Fields,
    Level,
    State,
    Trial,
    check_fields,
    hint,
    ordered,
    provider_of,
)
from engine.errors import Gone, InvalidInput, UpdraftError
from engine.models import Endpoint, Provider
from engine.sealing import Seal, SealingError
from engine.store import Clock, Json, Moment, Store, Transaction, metadata, utcnow

log = structlog.get_logger(__name__)

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept."""
ITSELF = "updraft"
"""Who did it, in the audit, where no person did."""
OWN = frozenset((ADDRESSES[Provider.OPENAI], ADDRESSES[Provider.ANTHROPIC]))
"""Addresses that need no look: they are ours, not a workspace's."""

credentials_table = Table(
    "credentials",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("provider", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("sealed_key", Text),
    Column("key_hint", String(4), nullable=False),
    Column("base_url", String(500), nullable=False),
    Column("sealed_headers", Text),
    Column("model", String(100)),
    Column("temperature", Float),
    Column("max_tokens", Integer),
    Column("system_prompt", Text),
    Column("options", Json, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_reason", Text),
    Column("tested_at", Moment),
    Column("tests", Json, nullable=False),
    Column("last_used_at", Moment),
    Column("created_by", String(32), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("workspace", "name"),
    Index(
        "ix_credentials_default",
        "workspace",
        "provider",
        unique=True,
        sqlite_where=text("is_default"),
        postgresql_where=text("is_default"),
    ),
)
_t = credentials_table.c


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of the secrets: how many were sealed anew, and which credentials (workspace, name) do not open."""

    count: int
    closed: tuple[tuple[str, str], ...]


class Credentials:
    """The credentials of all workspaces; each act is for one of them."""

    def __init__(
        self,
        store: Store,
        seal: Seal,
        clock: Clock = utcnow,
        *,
        allow_private: bool = False,
        resolve: Resolve = look_up,
    ) -> None:
        self.store, self.seal, self.clock = store, seal, clock
        self.allow_private, self.resolve = allow_private, resolve

    # -- what people do

    async def add(self, workspace: str, provider: str, fields: Fields, by: str) -> Credential:
        """Keep a new credential; its name is unique in the workspace. Raises FieldRefused."""
        whose, id, now = provider_of(provider), uuid4().hex, self.clock()
        given: Fields = {"name": "", "key": None, **fields}
        check_fields(whose, given)
        base_url = await self._base_url(whose, given.get("base_url"))
        row = {
            **_plain(given),
            **self._sealed(workspace, id, given),
            "base_url": base_url,
            "options": dict(given.get("options") or {}),
            "is_default": given.get("is_default", False),
            "priority": given.get("priority", USUAL),
        }
        row |= {"id": id, "workspace": workspace, "provider": whose.value, "state": State.UNTESTED.value}
        row |= {"tests": {}, "created_by": by, "created_at": now, "changed_at": now, "revision": 1}
        async with self.store.write() as tx:
            await self._require_free(tx, workspace, given["name"], id)
            if row["is_default"]:
                await _no_default(tx, workspace, whose, id)
            await _at_once(tx, insert(credentials_table).values(**row))
            detail = {"provider": whose.value, "name": given["name"]}
            await audit.note(tx, workspace, by, "credential added", id, self.clock, **detail)
        return await self.get(workspace, id)

    async def change(self, workspace: str, id: str, fields: Fields, by: str) -> Credential:
        """Change what is given; a new key replaces the old one at once. Raises FieldRefused, Gone.

        A key is never sent to another server than it was entered for: with another host, key and headers are due again.
        """
        before = await self.get(workspace, id)
        check_fields(before.provider, fields)
        row = {**_plain(fields), **self._sealed(workspace, id, fields)}
        if "options" in fields:
            row["options"] = dict(fields["options"] or {})
        row |= {name: fields[name] for name in ("is_default", "priority") if name in fields}
        if "base_url" in fields:
            row["base_url"] = await self._base_url(before.provider, fields["base_url"])
            _require_secrets_again(before, row["base_url"], fields)
        if row.keys() & {"sealed_key", "base_url", "sealed_headers", "model", "options"}:
            row |= {"state": State.UNTESTED.value, "state_reason": None, "tests": {}, "tested_at": None}
        row |= {"changed_at": self.clock(), "revision": before.revision + 1}
        same = (_t.workspace == workspace) & (_t.id == id) & (_t.revision == before.revision)
        async with self.store.write() as tx:
            if "name" in fields:
                await self._require_free(tx, workspace, fields["name"], id)
            if fields.get("is_default"):
                await _no_default(tx, workspace, before.provider, id)
            if not await _at_once(tx, update(credentials_table).where(same).values(**row)):
                raise Gone(
                    "This credential was changed by somebody else at the same moment; look at it again."
                )
            detail = {"name": before.name, "fields": sorted(fields)}
            await audit.note(tx, workspace, by, "credential changed", id, self.clock, **detail)
        return await self.get(workspace, id)

    async def remove(self, workspace: str, id: str, by: str) -> None:
        """Forget a credential with its key; raises Gone."""
        before = await self.get(workspace, id)
        async with self.store.write() as tx:
            mine = (_t.workspace == workspace) & (_t.id == id)
            if not (await tx.execute(delete(credentials_table).where(mine))).rowcount:
                raise Gone("There is no such credential.")
            detail = {"provider": before.provider.value, "name": before.name}
            await audit.note(tx, workspace, by, "credential removed", id, self.clock, **detail)

    # -- what is there

    async def all_of(self, workspace: str) -> list[Credential]:
        """Return a workspace's credentials by provider, in the order they are tried."""
        async with self.store.read() as tx:
            found = await tx.execute(select(credentials_table).where(_t.workspace == workspace))
            return sorted(ordered([_credential(row) for row in found.all()]), key=lambda one: one.provider)

    async def get(self, workspace: str, id: str) -> Credential:
        """Return one credential; raises Gone."""
        return await self._one(workspace, _t.id == id)

    async def named(self, workspace: str, name: str) -> Credential:
        """Return the credential of this name; raises Gone."""
        return await self._one(workspace, _t.name == name)

    async def best(self, workspace: str, provider: Provider) -> list[Credential]:
        """Return a provider's credentials in the order to try: the default first, those that were refused last."""
        mine = (_t.workspace == workspace) & (_t.provider == provider.value)
        async with self.store.read() as tx:
            found = await tx.execute(select(credentials_table).where(mine))
            return ordered([_credential(row) for row in found.all()])

    async def endpoint(
        self, credential: Credential, *, model: str | None = None, seconds: float = 30.0
    ) -> Endpoint:
        """Return where to ask, with the key: just before it is used, for the address is looked at again.

        Raises FieldRefused, AddressRefused, SealingError.
        """
        if credential.base_url not in OWN:
            await check_address(credential.base_url, allow_private=self.allow_private, resolve=self.resolve)
        key, headers = self._opened(credential)
        return credential.endpoint(key, headers, model=model, timeout=seconds)

    # -- what was found

    async def note_used(self, tx: Transaction, id: str) -> None:
        """Keep when a credential was last used, to the minute."""
        now = self.clock()
        stale = (_t.id == id) & or_(_t.last_used_at.is_(None), _t.last_used_at < now - USED_EVERY)
        await tx.execute(update(credentials_table).where(stale).values(last_used_at=now))

    async def note_state(self, credential: Credential, state: State, reason: str | None = None) -> bool:
        """Keep what was found of a credential as it was; False when it was changed since, or that was known.

        So the refusal of an old key says nothing of the new one.
        """
        async with self.store.write() as tx:
            return await self._state(tx, credential, state, reason, ITSELF)

    async def test(
        self,
        credential: Credential,
        make_model: MakeModel,
        levels: Collection[Level] = LEVELS,
        *,
        model: str | None = None,
        by: str = ITSELF,
    ) -> tuple[Trial, ...]:
        """Try a credential for real and keep what each level found. The whole prompt spends a few tokens.

        Raises FieldRefused when no model is named, SealingError.
        """
        failure: UpdraftError | None
        try:
            endpoint = await self.endpoint(credential, model=model, seconds=PATIENCE)
        except AddressRefused as error:
            tested, failure = unreached(levels, error, self.clock), error
        else:
            prompt = prompt_for(credential)
            tested, failure = await examine(endpoint, prompt, make_model, levels, self.clock)
        kept = {one.level: one for one in credential.tests} | {one.level: one for one in tested}
        mine = (_t.id == credential.id) & (_t.revision == credential.revision)
        results = {
            "tests": {one.level.value: _stored(one) for one in kept.values()},
            "tested_at": self.clock(),
        }
        async with self.store.write() as tx:
            await tx.execute(update(credentials_table).where(mine).values(**results))
            if after := state_after(credential.state, tested, failure):
                await self._state(tx, credential, *after, by)
        return tested

    async def test_all(self, make_model: MakeModel, models: Mapping[str, str]) -> None:
        """Test every credential of every workspace as far as it costs nothing: the server answers, and has the model for this key.

        ``models`` are asked for, by provider, where a credential prefers none.
        """
        async with self.store.read() as tx:
            rows = (await tx.execute(select(credentials_table).order_by(_t.id))).all()
        for credential in map(_credential, rows):
            try:
                await self.test(
                    credential,
                    make_model,
                    LEVELS[:2],
                    model=credential.model or models.get(credential.provider),
                )
            except (FieldRefused, SealingError) as error:
                log.warning("credential not tested", name=credential.name, error=str(error))

    async def reseal_all(self, by: str = ITSELF) -> Resealed:
        """Seal with the newest master key whatever an older one sealed; safe while others read and change."""
        async with self.store.read() as tx:
            rows = (await tx.execute(select(credentials_table).order_by(_t.workspace, _t.name))).all()
        count, closed = 0, []
        for credential in map(_credential, rows):
            try:
                count += await self._reseal(credential, by)
            except SealingError:
                closed.append((credential.workspace, credential.name))
        return Resealed(count, tuple(closed))

    async def unopened(self) -> tuple[tuple[str, str], ...]:
        """Return the workspaces and names of credentials whose secrets none of our master keys opens."""
        async with self.store.read() as tx:
            rows = (await tx.execute(select(credentials_table).order_by(_t.workspace, _t.name))).all()
        closed = []
        for credential in map(_credential, rows):
            try:
                self._opened(credential)
            except SealingError:
                closed.append((credential.workspace, credential.name))
        return tuple(closed)

    # -- how

    async def _reseal(self, credential: Credential, by: str) -> int:
        changed = 0
        for column, token in (("key", credential.sealed_key), ("headers", credential.sealed_headers)):
            if token is None:
                continue
            anew = self.seal.resealed(token, credential.workspace, _purpose(column, credential.id))
            if anew is None:
                continue
            sealed = _t[f"sealed_{column}"]
            same = (_t.id == credential.id) & (sealed == token)
            async with self.store.write() as tx:
                done = await tx.execute(update(credentials_table).where(same).values({sealed: anew}))
                if done.rowcount:
                    await audit.note(tx, credential.workspace, by, "credential resealed", credential.id, self.clock, name=credential.name, field=column)  # fmt: skip
                changed += done.rowcount
        return changed

    async def _state(
        self, tx: Transaction, credential: Credential, state: State, reason: str | None, by: str
    ) -> bool:
        """Change the state of a credential that is still the one seen, and note it where it is news."""
        told = None if reason is None else reason[:500]
        seen = (_t.id == credential.id) & (_t.revision == credential.revision)
        news = or_(_t.state != state.value, _t.state_reason.is_distinct_from(told))
        changed = await tx.execute(
            update(credentials_table).where(seen, news).values(state=state.value, state_reason=told)
        )
        if not changed.rowcount:
            return False
        detail = {"name": credential.name, "state": state.value}
        await audit.note(
            tx, credential.workspace, by, "credential state", credential.id, self.clock, **detail
        )
        return True

    async def _one(self, workspace: str, which: Any) -> Credential:
        async with self.store.read() as tx:
            found = await tx.execute(select(credentials_table).where(_t.workspace == workspace, which))
            if (row := found.first()) is None:
                raise Gone("There is no such credential.")
            return _credential(row)

    async def _base_url(self, provider: Provider, given: str | None) -> str:
        """Return the address to reach, in its one form; raises FieldRefused."""
        if (url := given or ADDRESSES.get(provider)) is None:
            raise FieldRefused("base_url", "a compatible server has no usual address; name its own.")
        if len(url) > 500:
            raise FieldRefused("base_url", "is longer than 500 characters.")
        try:
            shown = str(parse(url))
            if shown not in OWN:
                await check_address(shown, allow_private=self.allow_private, resolve=self.resolve)
        except AddressRefused as error:
            raise FieldRefused("base_url", str(error)) from error
        return shown

    def _sealed(self, workspace: str, id: str, fields: Fields) -> dict[str, Any]:
        row: dict[str, Any] = {}
        if "key" in fields:
            key = fields["key"]
            row["key_hint"] = hint(key)
            row["sealed_key"] = self.seal.seal(key, workspace, _purpose("key", id)) if key else None
        if "headers" in fields:
            text = json.dumps(dict(fields["headers"] or {}))
            sealed = self.seal.seal(text, workspace, _purpose("headers", id))
            row["sealed_headers"] = sealed if fields["headers"] else None
        return row

    def _opened(self, credential: Credential) -> tuple[str, dict[str, str]]:
        key, headers = "", {}
        if credential.sealed_key is not None:
            key = self.seal.open(credential.sealed_key, credential.workspace, _purpose("key", credential.id))
        if credential.sealed_headers is not None:
            purpose = _purpose("headers", credential.id)
            headers = json.loads(self.seal.open(credential.sealed_headers, credential.workspace, purpose))
        return key, headers

    async def _require_free(self, tx: Transaction, workspace: str, name: str, id: str) -> None:
        taken = select(_t.id).where(_t.workspace == workspace, _t.name == name, _t.id != id)
        if (await tx.execute(taken)).first() is not None:
            raise FieldRefused("name", f"there is a credential {name} already; choose another name.")


async def _no_default(tx: Transaction, workspace: str, provider: Provider, id: str) -> None:
    """Take the default mark from the others of the provider."""
    others = (_t.workspace == workspace) & (_t.provider == provider.value) & (_t.id != id) & _t.is_default
    await tx.execute(update(credentials_table).where(others).values(is_default=False))


async def _at_once(tx: Transaction, statement: Any) -> int:
    """Run a statement that a concurrent one may be in the way of; return the number of rows."""
    try:
        return int((await tx.execute(statement)).rowcount)
    except IntegrityError as error:
        raise InvalidInput("Another credential was changed at the same moment; try again.") from error


def _require_secrets_again(before: Credential, base_url: str, fields: Fields) -> None:
    if parse(base_url).origin == parse(before.base_url).origin:
        return
    for field, kept in (("key", before.sealed_key), ("headers", before.sealed_headers)):
        if kept is not None and field not in fields:
            raise FieldRefused(
                field, "enter it again: it would be sent to another server than it was entered for."
            )


def _purpose(column: str, id: str) -> str:
    return f"credential {column}|{id}"


def _plain(fields: Fields) -> dict[str, Any]:
    names = ("name", "model", "temperature", "max_tokens", "system_prompt")
    given: Mapping[str, Any] = fields
    return {name: given[name] for name in names if name in given}


def _stored(tested: Trial) -> dict[str, Any]:
    return {
        "passed": tested.passed,
        "words": tested.words,
        "seconds": tested.seconds,
        "at": tested.at.isoformat(),
    }


def _credential(row: Row[Any]) -> Credential:
    values = dict(row._mapping)
    values["provider"], values["state"] = Provider(row.provider), State(row.state)
    values["tests"] = tuple(
        Trial(level, one["passed"], one["words"], one["seconds"], datetime.fromisoformat(one["at"]))
        for level in Level
        if (one := row.tests.get(level.value)) is not None
    )
    return Credential(**values)

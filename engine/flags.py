"""Feature flags: what of the AI is on, for a workspace, a project or a single issue; an issue goes before its project.

So sensitive work is kept from every model by ``ai.enabled`` off for its project or issue. Flags are data: a name, a default, what it
does, and whether it may differ by project.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Boolean, Column, ColumnElement, String, Table, delete, select

from engine import audit
from engine.errors import InvalidInput
from engine.store import Clock, Lately, Moment, Store, metadata, utcnow

STALE = 5.0
"""Seconds until a process sees what another one changed."""

_SCOPE = re.compile(r"[A-Z][A-Z0-9_]{1,19}(?:-[1-9][0-9]{0,9})?")

flags_table = Table(
    "flags",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Boolean, nullable=False),
    Column("changed_by", String(32), nullable=False),
    Column("changed_at", Moment, nullable=False),
)
_t = flags_table.c


@dataclass(frozen=True, slots=True)
class Flag:
    """What can be switched; ``scoped`` ones may differ by project and issue."""

    default: bool
    description: str
    scoped: bool = True


FLAGS: Mapping[str, Flag] = {
    "ai.enabled": Flag(True, "Language models are used at all; off, rules write the drafts."),
    "ai.codebase_context": Flag(True, "What a local checkout looks like goes into prompts."),
    "ai.git_context": Flag(False, "Branch, commits and changed files go into prompts."),
    "ai.auto_enhance": Flag(False, "Tickets are improved without being asked."),
    "ai.cache": Flag(True, "Answers are kept, so that the same question is not paid for twice."),
    "ai.provider.openai": Flag(True, "OpenAI may be asked."),
    "ai.provider.anthropic": Flag(True, "Anthropic may be asked."),
    "ai.provider.ollama": Flag(True, "Ollama may be asked."),
    "ai.provider.compatible": Flag(True, "Other servers that speak OpenAI's protocol may be asked."),
    "ai.rate_limits": Flag(True, "Limits of requests and tokens hold.", scoped=False),
}


@dataclass(frozen=True, slots=True)
class Switched:
    """A flag that somebody set; ``scope`` is a project's or an issue's key, empty for the whole workspace."""

    scope: str
    name: str
    value: bool
    changed_by: str
    changed_at: datetime


class Flags:
    """The flags of all workspaces. What another process changes is seen within ``STALE`` seconds, what this one does at once."""

    known = FLAGS

    def __init__(
        self, store: Store, clock: Clock = utcnow, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.store, self.clock = store, clock
        self._lately = Lately(self._look, STALE, timer=timer)

    async def on(self, workspace: str, name: str, keys: Collection[str] = ()) -> bool:
        """Tell whether a flag is on for work on these issues or projects: for several, whether it is on for each.

        Raises InvalidInput for an unknown name or a malformed key.
        """
        flag = _known(name)
        values = await self._lately.of(workspace)
        scopes = [scope_of(key) for key in keys if flag.scoped] or [""]
        return all(decide(name, scope, values) for scope in scopes)

    async def all_of(self, workspace: str) -> tuple[Switched, ...]:
        """Return what was set in a workspace, by name and scope; the rest is as ``FLAGS`` says."""
        mine = select(flags_table).where(_t.workspace == workspace).order_by(_t.name, _t.scope)
        async with self.store.read() as tx:
            rows = (await tx.execute(mine)).all()
        return tuple(Switched(row.scope, row.name, row.value, row.changed_by, row.changed_at) for row in rows)

    async def set(self, workspace: str, name: str, value: bool, by: str, scope: str = "") -> None:
        """Switch a flag for a workspace, or for one project or issue of it. Raises InvalidInput."""
        scope = _checked(name, scope)
        place = {"workspace": workspace, "scope": scope, "name": name}
        row = {"value": value, "changed_by": by, "changed_at": self.clock()}
        async with self.store.write() as tx:
            made = self.store.insert(flags_table).values(**place, **row)
            await tx.execute(made.on_conflict_do_update(index_elements=list(place), set_=row))
            await audit.note(tx, workspace, by, "flag set", name, self.clock, scope=scope, value=value)
        self._lately.forget(workspace)

    async def unset(self, workspace: str, name: str, by: str, scope: str = "") -> bool:
        """Let a flag be again what the wider scope or the default says; False when it was so. Raises InvalidInput."""
        scope = _checked(name, scope)
        async with self.store.write() as tx:
            gone = await tx.execute(delete(flags_table).where(_at(workspace, name, scope)))
            if gone.rowcount:
                await audit.note(tx, workspace, by, "flag unset", name, self.clock, scope=scope)
        self._lately.forget(workspace)
        return bool(gone.rowcount)

    async def _look(self, workspace: str) -> dict[tuple[str, str], bool]:
        return {(one.scope, one.name): one.value for one in await self.all_of(workspace)}


def decide(name: str, scope: str, values: Mapping[tuple[str, str], bool]) -> bool:
    """Return a flag's value for a scope: the issue's, else its project's, else the workspace's, else the default."""
    for place in (scope, scope.partition("-")[0], ""):
        if (value := values.get((place, name))) is not None:
            return value
    return FLAGS[name].default


@lru_cache(4096)
def scope_of(key: str) -> str:
    """Return the key of a project or an issue in capitals; raises InvalidInput."""
    scope = key.strip().upper()
    if not _SCOPE.fullmatch(scope):
        raise InvalidInput(f"“{key[:40]}” is no key of a project or an issue, such as PAY or PAY-12.")
    return scope


def _known(name: str) -> Flag:
    if (flag := FLAGS.get(name)) is None:
        raise InvalidInput(f"There is no flag “{name[:40]}”. The flags are {', '.join(sorted(FLAGS))}.")
    return flag


def _checked(name: str, scope: str) -> str:
    flag = _known(name)
    if not scope:
        return ""
    if not flag.scoped:
        raise InvalidInput(f"{name} holds for the whole workspace; leave the project or issue out.")
    return scope_of(scope)


def _at(workspace: str, name: str, scope: str) -> ColumnElement[bool]:
    return (_t.workspace == workspace) & (_t.name == name) & (_t.scope == scope)

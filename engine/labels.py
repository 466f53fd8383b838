"""A workspace's own decisions as labelled lines: what people chose, approved, edited and rejected, without who they are.

A label is somebody's act: the answer to a question, a draft approved as it was. Where nobody decided, the line says that the label is
the router's own; it can show what a change of the rules changes, not whether they are right. An edit or a rejection is no verdict on
faithfulness (people edit for style, too), so such pairs carry the decision instead.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from engine.audit import audit_table
from engine.checks import guard
from engine.drafts import BY_PERSON, DraftKind, drafts_table, revisions_table
from engine.inbox import Kind, State, choice_from, inbox_table
from engine.store import Store, Transaction
from engine.types import Route

Label = dict[str, Any]

NAMES = {Route.REPHRASE: "update", Route.CLASSIFY: "ambiguous"}
"""The labels that are called otherwise than their routes."""
UNDECIDED = ("error", "empty")
"""Rules that tell of no judgement."""

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>")
_NAMED = re.compile(r"(?<![\w@.])@(?!(?:channel|here|everyone)\b)[^\W\d_][\w.'’-]*(?: [A-Z][\w'’-]+)*")


@dataclass
class Anonymous:
    """Replaces people, addresses and secrets, the same one by the same stand-in in all texts of one line."""

    people: Mapping[str, str] | None = None
    _given: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Return the text without what belongs to others or must stay secret."""
        for finding in sorted(guard(text).findings, key=lambda one: one.start, reverse=True):
            if finding.rule.startswith("sensitive."):
                kind = finding.rule.removeprefix("sensitive.")
                value = text[finding.start : finding.end]
                stand_in = self._stand_in(value, f"[redacted-{kind}-{{}}]")
                text = text[: finding.start] + stand_in + text[finding.end :]
        text = _PERSON.sub(lambda found: f"<@{self._stand_in(found[1], 'U{:08}')}>", text)
        text = _CHANNEL.sub(lambda found: f"<#{self._stand_in(found[1], 'C{:08}')}|channel>", text)
        for name in sorted(self.people or (), key=len, reverse=True):
            known = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
            text = known.sub(lambda found: self._stand_in(found[0], "Colleague{}"), text)
        return _NAMED.sub(self._colleague, text)

    def _colleague(self, found: re.Match[str]) -> str:
        name = found[0][1:]
        return found[0] if name in self._given.values() else "@" + self._stand_in(name, "Colleague{}")

    def _stand_in(self, value: str, form: str) -> str:
        return self._given.setdefault(value, form.format(len(self._given) + 1))


@dataclass(frozen=True, slots=True)
class _Decision:
    """How a draft ended; ``revision`` is the one that was approved."""

    act: str
    revision: int | None


async def exported(
    store: Store, *, since: datetime | None = None, workspace: str | None = None
) -> AsyncIterator[Label]:
    """Yield the routing labels by the time of their messages, then the pairs by the time of their drafts.

    ``since`` is an aware time: older messages and decisions are left out.
    """
    async with store.read() as tx:
        decisions = await _decisions(tx, since)
        drafts = await _drafts(tx, workspace)
        of_message = {row.inbox: row for row in drafts}
        messages = select(inbox_table).where(
            inbox_table.c.kind == Kind.MESSAGE.value,
            inbox_table.c.route.is_not(None),
            inbox_table.c.state != State.WITHDRAWN.value,
        )
        if workspace is not None:
            messages = messages.where(inbox_table.c.workspace == workspace)
        if since is not None:
            messages = messages.where(inbox_table.c.received_at >= since)
        async for entry in await tx.stream(messages.order_by(inbox_table.c.received_at)):
            draft = of_message.get(entry.id)
            if label := _routing(entry, draft, None if draft is None else decisions.get(draft.id)):
                yield label
        for draft in drafts:
            if draft.id in decisions and (pair := await _pair(tx, draft, decisions[draft.id])):
                yield pair


async def _drafts(tx: Transaction, workspace: str | None) -> list[Row[Any]]:
    every = select(drafts_table).order_by(drafts_table.c.created_at)
    if workspace is not None:
        every = every.where(drafts_table.c.workspace == workspace)
    return list((await tx.execute(every)).all())


async def _decisions(tx: Transaction, since: datetime | None) -> dict[str, _Decision]:
    """Return the decision on each draft; one approved and, after Jira refused it, rejected was decided for another reason."""
    acts = select(audit_table).where(audit_table.c.act.in_(("approved", "rejected")))
    if since is not None:
        acts = acts.where(audit_table.c.at >= since)
    made: dict[str, _Decision] = {}
    for row in (await tx.execute(acts.order_by(audit_table.c.at))).all():
        before = made.get(row.subject)
        if before is None or row.act == "approved":
            made[row.subject] = _Decision(row.act, row.detail.get("revision"))
    return made


def _routing(entry: Row[Any], draft: Row[Any] | None, decision: _Decision | None) -> Label | None:
    if not entry.text.strip() or entry.rule in UNDECIDED:
        return None
    hidden = Anonymous().hide(entry.text)
    route = NAMES.get(Route(entry.route), entry.route)
    if entry.choice is not None:
        choice = choice_from(entry.choice)
        chosen = NAMES.get(choice.route, choice.route.value)
        # Whoever was asked could be asked again: the question was no mistake.
        label = chosen if chosen == "ambiguous" else f"{chosen}|ambiguous"
        return {"label": label, "text": hidden, "decided_by": "person", **_keys(entry.text, choice.keys)}
    if decision is None:
        return {"label": route, "text": hidden, "decided_by": "router"}
    if decision.act == "rejected" or draft is None:
        return None
    approved = "email" if draft.kind == DraftKind.EMAIL.value else "update"
    label = approved if route == approved else f"{approved}|ambiguous"
    named = tuple(target["key"] for target in draft.issues) if not draft.notes else ()
    return {"label": label, "text": hidden, "decided_by": "person", **_keys(entry.text, named)}


def _keys(text: str, keys: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the keys that the person meant, where the text itself names them all."""
    return {"keys": list(keys)} if keys and all(key in text.upper() for key in keys) else {}


async def _pair(tx: Transaction, draft: Row[Any], decision: _Decision) -> Label | None:
    mine = select(revisions_table).where(revisions_table.c.draft == draft.id)
    revisions = {row.number: row for row in (await tx.execute(mine)).all()}
    last = revisions.get(decision.revision or draft.revision)
    # What a person wrote over a draft is held against the last text that was not theirs.
    written = [row for _, row in sorted(revisions.items()) if row.source != BY_PERSON]
    if last is None or not (written := [row for row in written if row.number <= last.number]):
        return None
    anonymous = Anonymous(draft.mentions)
    pair: Label = {
        "kind": draft.kind,
        "update": anonymous.hide(draft.update_text),
        "draft": anonymous.hide(written[-1].text),
        "source": written[-1].source,
    }
    if draft.issues:
        pair["context"] = anonymous.hide("\n".join(f"{one['key']}: {one['summary']}" for one in draft.issues))
    if decision.act == "rejected":
        return pair | {"decision": "rejected", "reason": anonymous.hide(draft.reason or "")}
    if last.source == BY_PERSON:
        return pair | {"decision": "edited", "edited": anonymous.hide(last.text)}
    return pair | {"decision": "approved", "faithful": True}

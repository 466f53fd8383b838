"""Moving issues to done: within the workflow, within the person's rights, and told truly after a crash.

A move is recorded before Jira is asked, under the message that caused it. When the answer is lost, or the process dies, the
second try finds the issue done and its own record started: then it was us, and the person is told "moved", not "already done".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, String, Table, select, update

from engine.access import TRANSITION, Access
from engine.errors import InvalidInput, JiraError, Postpone
from engine.jira import Field, Issue, Transition, TransitionRefused, to_adf
from engine.reply import Reply, quoted
from engine.store import Clock, Moment, Store, metadata, utcnow
from engine.types import Blank, Choice, Option, Person, Route, Sure

moves_table = Table(
    "moves",
    metadata,
    Column("inbox", String(32), primary_key=True),
    Column("issue", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("before", String(100), nullable=False),
    Column("after", String(100), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("done_at", Moment),
)

DONE_NAMES = (
    "done",
    "closed",
    "close",
    "resolved",
    "resolve",
    "complete",
    "completed",
    "finished",
    "fixed",
    "finish",
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one issue: a line, and buttons where the person has to decide."""

    line: str
    options: tuple[Option, ...] = ()


class Completion:
    """Moves issues to a status of the category done."""

    def __init__(self, store: Store, access: Access, clock: Clock = utcnow) -> None:
        self.store, self.access, self.jira, self.clock = store, access, access.jira, clock

    async def complete(
        self,
        message: str,
        person: Person,
        keys: Sequence[str],
        choice: Choice | None = None,
        *,
        sure: Sure | None = None,
    ) -> Reply:
        """Move every named issue, one after the other; ``message`` is the inbox id under which the moves are recorded.

        ``sure`` is asked before each move. Raises JiraUnavailable while Jira does not answer; what was moved before is known to the
        next try.
        """
        outcomes = []
        for key in keys:
            try:
                outcomes.append(await self._move(message, person, key, keys, choice, sure))
            except Postpone:
                raise
            except (JiraError, InvalidInput) as error:
                outcomes.append(_Outcome(f"{key}: {error}" if key not in str(error) else str(error)))
        options = tuple(option for outcome in outcomes for option in outcome.options)
        return Reply("\n".join(outcome.line for outcome in outcomes), options)

    async def _move(
        self,
        message: str,
        person: Person,
        key: str,
        keys: Sequence[str],
        choice: Choice | None,
        sure: Sure | None,
    ) -> _Outcome:
        issue = await self.access.issue(person, key)
        link = f"[{issue.key}]({self.jira.link(issue.key)}) {quoted(issue.summary)}"
        if issue.done:
            ours = await self._finish(message, key)
            if ours is not None:
                return _Outcome(f"✅ {link}: {quoted(ours[0])} → **{quoted(issue.status)}**")
            return _Outcome(f"{link} is already **{quoted(issue.status)}**; nothing to do.")
        await self.access.require(person, TRANSITION, issue)
        chosen = _choose(issue, await self.jira.transitions(key), choice)
        if isinstance(chosen, tuple):
            options = [_option(issue, way, keys) for way in chosen]
            return _Outcome(f"{link}: which way to done?", tuple(options))
        if missing := [field for field in chosen.required if not _given(field, choice, key)]:
            return _blanks(issue, link, chosen, missing, keys)
        await self._start(message, person, issue, chosen)
        values = {field.id: _value(field, _given(field, choice, key)) for field in chosen.required}
        await self.jira.transition(key, chosen.id, values, sure=sure)
        await self._finish(message, key)
        return _Outcome(f"✅ {link}: {quoted(issue.status)} → **{quoted(chosen.to)}**")

    async def _start(self, message: str, person: Person, issue: Issue, way: Transition) -> None:
        row = {"inbox": message, "issue": issue.key, "workspace": person.workspace, "person": person.id}
        row |= {"before": issue.status, "after": way.to}
        async with self.store.write() as tx:
            fresh = self.store.insert(moves_table).values(**row, started_at=self.clock())
            await tx.execute(fresh.on_conflict_do_nothing())

    async def _finish(self, message: str, key: str) -> tuple[str, str] | None:
        """Note that a move of this message has happened; return its two statuses, None when it never was ours."""
        mine = (moves_table.c.inbox == message) & (moves_table.c.issue == key)
        async with self.store.write() as tx:
            await tx.execute(
                update(moves_table).where(mine & moves_table.c.done_at.is_(None)).values(done_at=self.clock())
            )
            row = (await tx.execute(select(moves_table.c.before, moves_table.c.after).where(mine))).first()
        return None if row is None else (row.before, row.after)


def _choose(
    issue: Issue, ways: Sequence[Transition], choice: Choice | None
) -> Transition | tuple[Transition, ...]:
    """Pick the transition to done, or return the several that a person has to choose from.

    Raises TransitionRefused where the workflow offers none, naming what it does offer.
    """
    done = [way for way in ways if way.category == "done"]
    if choice is not None and choice.transition is not None:
        done = [way for way in done if way.id == choice.transition] or done
    if not done:
        offers = ", ".join(
            f"“{way.name}”" if way.name == way.to else f"“{way.name}” (to {way.to})" for way in ways
        )
        raise TransitionRefused(
            f"{issue.key} is in “{issue.status}”, and from there this workflow offers only: {offers}."
            if offers
            else f"{issue.key} is in “{issue.status}”, and its workflow offers no way out of it."
        )
    if len(done) == 1:
        return done[0]
    plain = [way for way in done if way.to.lower() in DONE_NAMES]
    return plain[0] if len(plain) == 1 else tuple(done)


def _option(issue: Issue, way: Transition, keys: Sequence[str]) -> Option:
    choice = Choice(Route.COMPLETION, tuple(keys), way.id)
    return Option(f"{issue.key}: {way.name}"[:75], choice)


def _blanks(
    issue: Issue, link: str, way: Transition, missing: Sequence[Field], keys: Sequence[str]
) -> _Outcome:
    if odd := [field.name for field in missing if not field.supported]:
        names = ", ".join(odd)
        return _Outcome(
            f"{link}: Jira requires {quoted(names)} for this move; please make it in Jira itself."
        )
    blanks = tuple(
        Blank(f"{issue.key}.{field.id}", field.name, field.options, field.rich) for field in missing
    )
    names = " and ".join(quoted(field.name) for field in missing)
    option = Option(
        f"Fill in and move {issue.key}", Choice(Route.COMPLETION, tuple(keys), way.id), blanks, primary=True
    )
    return _Outcome(f"{link}: to move it to **{quoted(way.to)}**, Jira needs {names}.", (option,))


def _given(field: Field, choice: Choice | None, key: str) -> str | None:
    return None if choice is None else choice.values.get(f"{key}.{field.id}")


def _value(field: Field, given: str | None) -> Any:
    """Shape a filled-in value as Jira's API wants it."""
    if field.options:
        return {"id": given}
    return to_adf(given or "") if field.rich else given

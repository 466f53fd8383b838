"""Moving issues to done: within the workflow, within the person's rights, and told truly after a crash.

A move is recorded before Jira is asked, under the message that caused it. When the answer is lost, or the process dies, the
second try finds the issue done and its own record started: then it was us, and the person is told "moved", not "already done".
Jira may still make such a move for a while: only when that is over, an issue that is not done is moved again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, delete, func, literal, select, update

from engine.access import TRANSITION, Access
from engine.errors import InvalidInput, JiraError, Postpone
from engine.jira import Field, Issue, JiraUnavailable, Transition, TransitionRefused, to_adf
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


UNCLEAR = (
    "I do not know yet whether Jira has made this move. I look again in a moment, and move it if it has not."
)


class Unclear(Postpone):
    """An earlier try's move may still take effect: the issue must not be moved again yet."""

    def __init__(self, seconds: float) -> None:
        super().__init__(UNCLEAR)
        self.retry_after = seconds


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one issue: a line, and buttons where the person has to decide."""

    line: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wish:
    """One issue to move: for which message and person, of which issues, as they chose; ``sure`` is asked before."""

    message: str
    person: Person
    key: str
    keys: Sequence[str]
    choice: Choice | None
    sure: Sure | None


@dataclass(frozen=True, slots=True)
class _Begun:
    """An earlier try's record of a move; ``left`` are the seconds for which Jira may still make it, where it is not ``over``."""

    before: str
    after: str
    started_at: datetime
    over: bool
    left: float


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

        ``sure`` is asked before each move. Raises JiraUnavailable while Jira does not answer and Unclear while an earlier move may
        still come; what was moved before is known to the next try.
        """
        outcomes = []
        for key in keys:
            try:
                outcomes.append(await self._move(_Wish(message, person, key, keys, choice, sure)))
            except Postpone:
                raise
            except (JiraError, InvalidInput) as error:
                outcomes.append(_Outcome(f"{key}: {error}" if key not in str(error) else str(error)))
        options = tuple(option for outcome in outcomes for option in outcome.options)
        return Reply("\n".join(outcome.line for outcome in outcomes), options)

    async def _move(self, wish: _Wish) -> _Outcome:
        person, key = wish.person, wish.key
        # What may still come is read first, so that the issue is looked at when nothing can come any more.
        begun = await self._begun(wish)
        issue = await self.access.issue(person, key)
        if issue.done:
            return await self._found_done(wish, issue, begun)
        if begun is not None and begun.over:
            moved = f"{self._link(issue)}: {quoted(begun.before)} → **{quoted(begun.after)}**"
            return _Outcome(f"✅ {moved}. Since then it was moved to **{quoted(issue.status)}**.")
        if begun is not None and begun.left > 0:
            raise Unclear(begun.left)
        try:
            return await self._try(wish, issue, begun)
        except Postpone:
            raise
        except JiraError:
            # Refused, perhaps because the move of an earlier try, or somebody else's, has come in between.
            now = await self.access.issue(person, key)
            if not now.done:
                raise
            return await self._found_done(wish, now, begun)

    async def _try(self, wish: _Wish, issue: Issue, begun: _Begun | None) -> _Outcome:
        await self.access.require(wish.person, TRANSITION, issue)
        chosen = _choose(issue, await self.jira.transitions(wish.key), wish.choice)
        if isinstance(chosen, tuple):
            options = [_option(issue, way, wish.keys) for way in chosen]
            return _Outcome(f"{self._link(issue)}: which way to done?", tuple(options))
        if missing := [field for field in chosen.required if not _given(field, wish.choice, wish.key)]:
            return _blanks(issue, self._link(issue), chosen, missing, wish.keys)
        return await self._send(wish, issue, chosen, begun)

    async def _send(self, wish: _Wish, issue: Issue, way: Transition, begun: _Begun | None) -> _Outcome:
        """Ask Jira for the move; where it does not say what came of it the issue is looked at at once, and else later."""
        values = {field.id: _value(field, _given(field, wish.choice, wish.key)) for field in way.required}
        started: datetime | None = None

        async def begin() -> None:
            nonlocal started
            started = await self._start(wish, issue, way)
            if wish.sure is not None:
                await wish.sure()

        try:
            await self.jira.transition(wish.key, way.id, values, sure=begin)
        except JiraError as error:
            if isinstance(error, JiraUnavailable) and not error.refused:
                return await self._unclear(wish, error)
            await self._take_back(wish, started, begun)
            raise
        await self._finish(wish)
        return _Outcome(f"✅ {self._link(issue)}: {quoted(issue.status)} → **{quoted(way.to)}**")

    async def _unclear(self, wish: _Wish, error: JiraUnavailable) -> _Outcome:
        with suppress(JiraError):
            if (now := await self.access.issue(wish.person, wish.key)).done:
                return await self._found_done(wish, now, await self._begun(wish))
        raise Unclear(max(self.jira.settle, error.retry_after or 0.0)) from error

    async def _found_done(self, wish: _Wish, issue: Issue, begun: _Begun | None) -> _Outcome:
        """Tell of an issue that is done: by us, where we had begun to move it."""
        if begun is None:
            return _Outcome(f"{self._link(issue)} is already **{quoted(issue.status)}**; nothing to do.")
        await self._finish(wish)
        return _Outcome(f"✅ {self._link(issue)}: {quoted(begun.before)} → **{quoted(issue.status)}**")

    def _link(self, issue: Issue) -> str:
        return f"[{issue.key}]({self.jira.link(issue.key)}) {quoted(issue.summary)}"

    # -- the record of moves

    def _now(self) -> ColumnElement[datetime]:
        """Return the time by the clock that counts: several processes share their database's."""
        if self.store.shared and self.clock is utcnow:
            return func.now(type_=Moment())
        return literal(self.clock(), Moment())

    async def _begun(self, wish: _Wish) -> _Begun | None:
        query = select(moves_table, self._now().label("now")).where(_mine(wish))
        async with self.store.read() as tx:
            row = (await tx.execute(query)).first()
        if row is None:
            return None
        left = self.jira.settle - max((row.now - row.started_at).total_seconds(), 0.0)
        return _Begun(row.before, row.after, row.started_at, row.done_at is not None, left)

    async def _start(self, wish: _Wish, issue: Issue, way: Transition) -> datetime | None:
        """Note that Jira is asked now; return the moment, None where the move is over already."""
        row = {"inbox": wish.message, "issue": wish.key, "before": issue.status, "after": way.to}
        row |= {"workspace": wish.person.workspace, "person": wish.person.id}
        fresh = self.store.insert(moves_table).values(**row, started_at=self._now())
        again = fresh.on_conflict_do_update(
            index_elements=["inbox", "issue"],
            set_={"started_at": fresh.excluded.started_at},
            where=moves_table.c.done_at.is_(None),
        )
        async with self.store.write() as tx:
            started: datetime | None = (await tx.execute(again.returning(moves_table.c.started_at))).scalar()
        return started

    async def _take_back(self, wish: _Wish, started: datetime | None, begun: _Begun | None) -> None:
        """Note that Jira has certainly not made the move asked for just now; what an earlier try began stays."""
        ours = _mine(wish) & (moves_table.c.started_at == started) & moves_table.c.done_at.is_(None)
        async with self.store.write() as tx:
            if begun is None:
                await tx.execute(delete(moves_table).where(ours))
            else:
                await tx.execute(update(moves_table).where(ours).values(started_at=begun.started_at))

    async def _finish(self, wish: _Wish) -> None:
        """Note that the move has happened."""
        open_ = _mine(wish) & moves_table.c.done_at.is_(None)
        async with self.store.write() as tx:
            await tx.execute(update(moves_table).where(open_).values(done_at=self._now()))


def _mine(wish: _Wish) -> ColumnElement[bool]:
    return (moves_table.c.inbox == wish.message) & (moves_table.c.issue == wish.key)


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

"""Every message once; every question answered once, by the one who was asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from engine.drafts import Drafts
from engine.errors import Gone, NotYours
from engine.inbox import Inbox, Incoming, State
from engine.store import Store
from engine.types import Blank, Choice, Option, Route
from tests.engine.conftest import TestClock

MESSAGE = Incoming("T1", "U1", "D1", "done", event="Ev1", ts="1.0", thread="1.0")


@pytest.fixture
def inbox(store: Store, clock: TestClock) -> Inbox:
    return Inbox(store, clock)


async def take(inbox: Inbox, incoming: Incoming) -> str | None:
    async with inbox.store.write() as tx:
        return await inbox.take(tx, incoming)


async def test_the_same_message_is_taken_once(inbox: Inbox) -> None:
    assert await take(inbox, MESSAGE)
    again = Incoming("T1", "U1", "D1", "done", event="Ev1", ts="1.0", thread="1.0")
    other_event = Incoming("T1", "U1", "D1", "done", event="Ev2", ts="1.0", thread="1.0")
    assert await take(inbox, again) is None
    assert await take(inbox, other_event) is None


async def test_the_same_time_elsewhere_is_another_message(inbox: Inbox) -> None:
    assert await take(inbox, MESSAGE)
    assert await take(inbox, Incoming("T1", "U1", "D2", "done", event="Ev2", ts="1.0", thread="1.0"))
    assert await take(inbox, Incoming("T2", "U1", "D1", "done", event="Ev1", ts="1.0", thread="1.0"))


async def test_commands_have_no_time_and_are_known_by_their_trigger(inbox: Inbox) -> None:
    command = Incoming("T1", "U1", "D1", "stats", event="command 1")
    assert await take(inbox, command)
    assert await take(inbox, Incoming("T1", "U1", "D1", "stats", event="command 2"))
    assert await take(inbox, command) is None


async def test_an_option_survives_with_its_blanks_and_is_chosen_once(inbox: Inbox) -> None:
    id = await take(inbox, MESSAGE)
    assert id is not None
    blank = Blank("PAY-1.resolution", "Resolution", (("1", "Fixed"),))
    option = Option("Move PAY-1", Choice(Route.COMPLETION, ("PAY-1",), "31"), (blank,), primary=True)
    assert await inbox.sending(id, [option])
    await inbox.sent(id, "2.0")
    assert (await inbox.entry(id)).state is State.ASKED
    assert await inbox.offered(id, 0, "U1") == option
    async with inbox.store.write() as tx:
        assert await inbox.choose(tx, id, option.choice, "U1")
        assert not await inbox.choose(tx, id, option.choice, "U1")
    assert (await inbox.entry(id)).choice == option.choice


async def test_only_the_one_who_was_asked_answers(inbox: Inbox) -> None:
    id = await take(inbox, MESSAGE)
    assert id is not None
    await inbox.sending(id, [Option("Yes", Choice(Route.COMPLETION))])
    await inbox.sent(id, "2.0")
    with pytest.raises(NotYours):
        await inbox.offered(id, 0, "U2")
    with pytest.raises(Gone):
        await inbox.offered(id, 1, "U1")
    async with inbox.store.write() as tx:
        assert not await inbox.choose(tx, id, Choice(Route.COMPLETION), "U2")


async def test_a_second_sending_knows_that_the_first_may_have_arrived(inbox: Inbox) -> None:
    id = await take(inbox, MESSAGE)
    assert id is not None
    before = [await inbox.sending(id, []) for _ in range(2)]
    assert [one.unsure for one in before if one is not None] == [False, True]
    await inbox.sent(id, "2.0")
    assert (await inbox.entry(id)).over


async def test_a_word_of_patience_leaves_the_message_unanswered(inbox: Inbox) -> None:
    id = await take(inbox, MESSAGE)
    assert id is not None
    await inbox.sending(id, [])
    await inbox.sent(id, "2.0", over=False)
    entry = await inbox.entry(id)
    assert (entry.state, entry.reply_ts, entry.over) == (State.RECEIVED, "2.0", False)


async def test_a_thread_remembers_its_last_issue(inbox: Inbox, clock: TestClock) -> None:
    for number, issue in enumerate(["PAY-1", "PAY-2", None]):
        clock.pass_by(seconds=1)
        id = await take(
            inbox, Incoming("T1", "U1", "D1", "x", event=f"Ev{number}", ts=f"{number}.0", thread="0.0")
        )
        assert id is not None
        await inbox.routed(id, Route.REPHRASE, "rule", issue)
    assert await inbox.thread_issue("T1", "D1", "0.0") == "PAY-2"
    assert await inbox.thread_issue("T1", "D1", "9.0") is None
    assert await inbox.thread_issue("T1", "D1", None) is None


async def test_the_answer_to_a_shortcut_begins_a_thread_that_knows_its_issue(inbox: Inbox) -> None:
    id = await take(inbox, Incoming("T1", "U1", "D1", "x", event="shortcut 1"))
    assert id is not None
    await inbox.routed(id, Route.REPHRASE, "rule", "PAY-7")
    await inbox.sending(id, [])
    await inbox.sent(id, "5.0")
    assert await inbox.thread_issue("T1", "D1", "5.0") == "PAY-7"
    assert await inbox.thread_issue("T2", "D1", "5.0") is None
    assert await inbox.thread_issue("T1", "D2", "5.0") is None


async def test_what_runs_for_a_message_does_not_read_all_that_was_ever_said(
    on_file: Store, clock: TestClock
) -> None:
    inbox, ran = Inbox(on_file, clock), list[tuple[str, Any]]()
    id = await take(inbox, MESSAGE)
    assert id is not None
    entry = await inbox.entry(id)

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            ran.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await inbox.thread_issue("T1", "D1", "1.0")
        await inbox.open_question(entry)
        await inbox.before(entry, timedelta(minutes=1), 30)
        async with on_file.write() as tx:
            await Drafts(on_file, clock).expire(tx)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(ran) == 5
    async with on_file.read() as tx:
        for statement, parameters in ran:
            plan = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(row._mapping["detail"]) for row in plan]
            whole = [one for one in steps if one.startswith(("SCAN inbox", "SCAN drafts", "SCAN jobs"))]
            assert not whole, statement
            assert not [one for one in steps if one.endswith(("(workspace=?)", "person=?)"))], statement


async def test_a_deleted_message_is_forgotten_unless_answered(inbox: Inbox) -> None:
    id = await take(inbox, MESSAGE)
    assert id is not None
    async with inbox.store.write() as tx:
        assert await inbox.withdraw(tx, "T1", "D1", "1.0") == id
    entry = await inbox.entry(id)
    assert (entry.state, entry.text) == (State.WITHDRAWN, "")

"""The seeded project is believable at any moment: nothing from the future, in order, on working hours, something to count."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.jira import JiraEmulator, catalog, seed
from emulators.jira.state import Issue, dump
from tests.emulators.jira_site import ANA_, BEN_, CHEN_, FRIDAY, Clock

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1000)).map(
    lambda span: datetime(2025, 1, 1, tzinfo=UTC) + span
)


@pytest.mark.parametrize(
    ("key", "type", "status", "assignee"),
    [
        ("DEMO-3", "Task", "Done", ANA_),
        ("DEMO-12", "Task", "In Progress", ANA_),
        ("DEMO-14", "Task", "In Review", ANA_),
        ("DEMO-17", "Bug", "In Progress", ANA_),
        ("DEMO-21", "Story", "To Do", ANA_),
        ("OPS-3", "Bug", "In Progress", ANA_),
        ("DEMO-27", "Bug", "In Progress", BEN_),
    ],
)
def test_the_issues_people_talk_about(key: str, type: str, status: str, assignee: object) -> None:
    issue = seed.build(FRIDAY).issues[key]
    assert catalog.issue_type(issue.type).name == type
    assert catalog.status(issue.status).name == status
    assert issue.assignee == assignee.id  # type: ignore[attr-defined]  # an Account
    assert (issue.resolution is not None) == (status == "Done")


def test_its_size() -> None:
    counted = Counter(issue.project for issue in seed.build(FRIDAY).issues.values())
    assert counted == {"DEMO": 32, "OPS": 5, "SECRET": 2}


def moments(issue: Issue) -> list[datetime]:
    return [issue.created, *(entry.created for entry in issue.history)]


@settings(max_examples=60, deadline=None)
@given(MOMENTS)
def test_it_is_in_order_and_past(now: datetime) -> None:
    state = seed.build(now)
    for issue in state.issues.values():
        assert moments(issue) == sorted(moments(issue))
        said = [one.created for one in issue.comments]
        assert all(issue.created <= one <= now for one in said)
        assert max(moments(issue)[-1], *said, issue.created) == issue.updated <= now
    created = [issue.created for issue in state.issues.values() if issue.project == "DEMO"]
    assert created == sorted(created)


@settings(max_examples=40, deadline=None)
@given(MOMENTS)
def test_work_happens_on_working_hours(now: datetime) -> None:
    monday = seed.Weeks(now).monday
    for issue in seed.build(now).issues.values():
        for moment in moments(issue):
            local = moment.astimezone(BERLIN)
            assert local.weekday() < 5
            assert 9 <= local.hour < (18 if local >= monday else 22)


@settings(max_examples=40, deadline=None)
@given(MOMENTS)
def test_every_person_finished_something_in_the_last_weeks(now: datetime) -> None:
    monday = seed.Weeks(now).monday
    done: Counter[tuple[str | None, int]] = Counter()
    for issue in seed.build(now).issues.values():
        if issue.resolved:
            done[issue.assignee, (monday - issue.resolved).days // 7 + (issue.resolved < monday)] += 1
    for account in (ANA_, BEN_, CHEN_):
        finished = [done[account.id, weeks] for weeks in range(1, 5)]
        assert all(finished), (account.name, finished)


def test_the_running_week_shows_work_as_soon_as_it_runs() -> None:
    tuesday = datetime(2026, 11, 17, 14, 0, tzinfo=UTC)
    monday = seed.Weeks(tuesday).monday
    done = [one.key for one in seed.build(tuesday).issues.values() if one.resolved and one.resolved >= monday]
    assert done == ["DEMO-28", "DEMO-29", "DEMO-30"]


def test_some_work_was_reopened() -> None:
    back = [
        issue.key
        for issue in seed.build(FRIDAY).issues.values()
        for entry in issue.history
        for item in entry.items
        if (item.old_text, item.new_text) == ("In Review", "In Progress")
    ]
    assert back == ["DEMO-4", "DEMO-11"]


def test_the_same_moment_gives_the_same_project() -> None:
    assert dump(seed.build(FRIDAY)) == dump(seed.build(FRIDAY))


def test_reset_tells_it_relative_to_now() -> None:
    clock = Clock()
    emulator = JiraEmulator(now=clock)
    before = emulator.issue("DEMO-12")["fields"]["created"]
    clock.pass_(days=70)
    emulator.reset()
    after = emulator.issue("DEMO-12")["fields"]["created"]
    assert datetime.fromisoformat(after) - datetime.fromisoformat(before) == timedelta(days=70)

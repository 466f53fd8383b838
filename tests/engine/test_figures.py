"""Periods in the person's zone, and counts that a person can check by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.figures import colleague, count, per_day, preceding, resolve, zone_of
from engine.jira import Change, History
from engine.types import Period

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=BERLIN)  # a Friday

SPANS = [
    (Period("day", 0), "20 Nov 00:00", "20 Nov 15:30", "today", "19 Nov 00:00", "19 Nov 15:30"),
    (Period("day", 1), "19 Nov 00:00", "20 Nov 00:00", "yesterday", "18 Nov 00:00", "19 Nov 00:00"),
    (Period("week", 0), "16 Nov 00:00", "20 Nov 15:30", "this week", "09 Nov 00:00", "13 Nov 15:30"),
    (Period("week", 1), "09 Nov 00:00", "16 Nov 00:00", "last week", "02 Nov 00:00", "09 Nov 00:00"),
    (Period("month", 1), "01 Oct 00:00", "01 Nov 00:00", "last month", "01 Sep 00:00", "01 Oct 00:00"),
    (Period("quarter", 0), "01 Oct 00:00", "20 Nov 15:30", "this quarter", "01 Jul 00:00", "20 Aug 15:30"),
    (Period("quarter", 1), "01 Jul 00:00", "01 Oct 00:00", "last quarter", "01 Apr 00:00", "01 Jul 00:00"),
    (Period(days=10), "11 Nov 00:00", "20 Nov 15:30", "the last 10 days", "01 Nov 00:00", "10 Nov 15:30"),
    (Period(days=1), "20 Nov 00:00", "20 Nov 15:30", "today", "19 Nov 00:00", "19 Nov 15:30"),
    (Period(month=10), "01 Oct 00:00", "01 Nov 00:00", "October 2026", "01 Sep 00:00", "01 Oct 00:00"),
    (Period(month=12), "01 Dec 00:00", "01 Jan 00:00", "December 2025", "01 Nov 00:00", "01 Dec 00:00"),
]


@pytest.mark.parametrize(("period", "start", "end", "label", "before", "until"), SPANS)
def test_periods_and_what_they_are_compared_with(
    period: Period, start: str, end: str, label: str, before: str, until: str
) -> None:
    span = resolve(period, NOW)
    earlier = preceding(span, period, NOW)
    assert (f"{span.start:%d %b %H:%M}", f"{span.end:%d %b %H:%M}", span.label) == (start, end, label)
    assert (f"{earlier.start:%d %b %H:%M}", f"{earlier.end:%d %b %H:%M}") == (before, until)


def test_a_day_is_the_persons_day() -> None:
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert resolve(Period("day"), late.astimezone(BERLIN)).start.date() == date(2026, 11, 20)
    assert resolve(Period("day"), late.astimezone(ZoneInfo("America/New_York"))).start.date() == date(
        2026, 11, 19
    )


def test_midnight_stays_midnight_across_a_change_of_clocks() -> None:
    monday = datetime(2026, 10, 26, 9, 0, tzinfo=BERLIN)  # clocks went back on the 25th
    assert resolve(Period("week", 1), monday).start.hour == 0


def test_an_unknown_zone_is_utc() -> None:
    assert zone_of("Mars/Base").key == zone_of("").key == "UTC"


CATEGORIES = {"1": "new", "2": "indeterminate", "3": "done"}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=BERLIN)


def history(
    created: datetime, *changes: tuple[int, str, str], category: str = "new", type: str = "Task"
) -> History:
    moves = tuple(Change(at(day), before, after) for day, before, after in changes)
    return History(1, "PAY-1", "Pay", type, category, created, moves)


def test_what_counts() -> None:
    span = resolve(Period("week", 0), NOW)
    told = [
        history(
            at(16), (17, "1", "2"), (18, "2", "3"), category="done"
        ),  # created and completed, a day of work
        history(at(2), (3, "1", "2"), (17, "2", "3"), category="done"),  # completed after fourteen days
        history(at(2), (3, "1", "2"), category="indeterminate"),  # in progress
        history(
            at(2), (3, "1", "3"), (19, "3", "2"), category="indeterminate"
        ),  # reopened, in progress again
        history(at(2), (10, "1", "3"), category="done"),  # completed a week before
        history(
            at(17), (18, "1", "3"), (19, "3", "1"), category="new"
        ),  # completed and reopened: not completed
    ]
    figures = count(told, span, CATEGORIES)
    assert (figures.created, figures.completed, figures.in_progress, figures.reopened) == (2, 2, 2, 2)
    assert figures.rate == 0.5
    assert figures.cycle == timedelta(days=7, hours=12)
    assert dict(per_day(told, span, CATEGORIES))[date(2026, 11, 18)] == 1
    assert len(per_day(told, span, CATEGORIES)) == 5
    before = count(told, preceding(span, Period("week", 0), NOW), CATEGORIES)
    assert (before.completed, before.in_progress) == (1, 2)


def test_nothing_at_all_is_no_rate_and_no_cycle_time() -> None:
    figures = count([], resolve(Period(), NOW), CATEGORIES)
    assert (figures.completed, figures.rate, figures.cycle) == (0, None, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("how productive was Ben last week?", "Ben"),
        ("stats for Chen this month", "Chen"),
        ("show Ana's figures", "Ana"),
        ("how productive was I in October?", None),
        ("how many tickets did I close?", None),
        ("how many bugs were closed in March?", None),
    ],
)
def test_whose_figures(text: str, name: str | None) -> None:
    assert colleague(text) == name

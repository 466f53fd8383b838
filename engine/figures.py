"""Productivity from Jira's own history: counted here, explained here, the same way for a person and a team.

created      issues created in the period
completed    issues that entered a status of the category done in the period and were done at its end
reopened     times an issue left that category in the period
in progress  issues in a status of the category indeterminate at the period's end
rate         completed / (completed + in progress), None when there is neither
cycle time   median from the first start of work (or creation) to the last completion in the period
"""

import re
from calendar import month_name
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.access import Access
from engine.errors import InvalidInput
from engine.jira import History
from engine.types import Period, Person

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Span:
    """Resolved times, ``start`` inclusive and ``end`` exclusive, aware, in the person's zone; ``label`` names it in words."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one span; ``cycle`` is a median."""

    created: int
    completed: int
    in_progress: int
    reopened: int
    rate: float | None
    cycle: timedelta | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a person is shown: figures beside those of the period before, completions by day and by type."""

    who: str
    span: Span
    before: Span
    figures: Figures
    previous: Figures
    days: tuple[tuple[date, int], ...]
    types: tuple[tuple[str, int], ...]
    completed: tuple[tuple[str, str], ...]
    truncated: bool = False


LIMIT = 1000
TEAM = "the team"


async def report(
    access: Access, asker: Person, text: str, period: Period, now: datetime, mentioned: Person | None
) -> Report:
    """Read Jira and count, over the projects that the asker may see."""
    zone = zone_of(asker.tz)
    span = resolve(period, now.astimezone(zone))
    before = preceding(span, period, now.astimezone(zone))
    who, clause = await _scope(access, asker, text, mentioned)
    visible = sorted(await access.visible_projects(asker))
    if not visible:
        raise InvalidInput("I see no project in Jira that you may browse, so there is nothing to count.")
    projects = ", ".join(f'"{key}"' for key in visible)
    # Jira reads JQL dates in the service account's zone: reach a day further back and count exactly here.
    since = (before.start.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    moving = f'(updated >= "{since}" OR statusCategory = "In Progress")'
    jql = f"project IN ({projects}){clause} AND {moving} ORDER BY updated DESC"
    found = await access.jira.histories(jql, limit=LIMIT)
    histories = await access.visible(asker, found)
    categories = await access.jira.statuses()
    return Report(
        who=who,
        span=span,
        before=before,
        figures=count(histories, span, categories),
        previous=count(histories, before, categories),
        days=per_day(histories, span, categories),
        types=tuple(Counter(one.type for one in _completed(histories, span, categories)).most_common()),
        completed=tuple((one.key, one.summary) for one in _completed(histories, span, categories)),
        truncated=len(found) >= LIMIT,
    )


async def _scope(access: Access, asker: Person, text: str, mentioned: Person | None) -> tuple[str, str]:
    """Return whose figures are asked for, and the JQL clause for them."""
    if mentioned is not None:
        return mentioned.name, f' AND assignee = "{await access.account(mentioned)}"'
    if re.search(r"\b(team|we|our|us|everyone|everybody)\b", text, re.IGNORECASE):
        return TEAM, ""
    if (named := colleague(text)) is not None:
        account = await access.jira.account_named(named)
        if account is None:
            raise InvalidInput(
                f"I do not find exactly one “{named}” in Jira. Mention the person with @, or ask for “the team”."
            )
        return named, f' AND assignee = "{account}"'
    return "you", f' AND assignee = "{await access.account(asker)}"'


def colleague(text: str) -> str | None:
    """Return the name of the person that a question is about, None when it is about the asker."""
    capital = r"([A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)"
    patterns = (
        rf"\b(?:was|is|has|did|does)\s+{capital}\b",
        rf"\b(?:stats|figures|numbers|report|score|productivity|summary)\s+(?:for|of)\s+{capital}\b",
        rf"\b{capital}['’]s\s+(?:stats|figures|numbers|productivity|report|score|summary|completion)",
    )
    months = {name for name in month_name if name}
    for pattern in patterns:
        for found in re.finditer(pattern, text):
            if found[1] != "I" and found[1] not in months and not found[1].isupper():
                return found[1]
    return None


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone, UTC when the name is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def resolve(period: Period, now: datetime) -> Span:
    """Turn a named period into times; a running one ends now. ``now`` is in the person's zone. Weeks begin on Monday."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period.days is not None:
        days = max(1, min(period.days, MOST_DAYS))
        return Span(_day(today, 1 - days), now, f"the last {days} days" if days > 1 else "today")
    if period.month is not None:
        year = today.year if period.month <= today.month else today.year - 1
        start = today.replace(year=year, month=period.month, day=1)
        return Span(start, min(_month(start, 1), now), f"{month_name[period.month]} {year}")
    match period.unit:
        case "day":
            start, end = _day(today, -period.offset), _day(today, 1 - period.offset)
            names = {0: "today", 1: "yesterday"}
        case "month":
            start, end = _month(today, -period.offset), _month(today, 1 - period.offset)
            names = {0: "this month", 1: "last month"}
        case "quarter":
            first = _month(today, -((today.month - 1) % 3))
            start, end = _month(first, -3 * period.offset), _month(first, 3 - 3 * period.offset)
            names = {0: "this quarter", 1: "last quarter"}
        case "sprint":
            start, end = _day(today, 1 - 14 * (period.offset + 1)), _day(today, 1 - 14 * period.offset)
            names = {
                0: "the last 14 days (as a sprint)",
                1: "the 14 days before the last 14 (as the last sprint)",
            }
        case _:
            monday = _day(today, -today.weekday())
            start, end = _day(monday, -7 * period.offset), _day(monday, 7 - 7 * period.offset)
            names = {0: "this week", 1: "last week"}
    span = f"{start:%-d %b} to {_day(end, -1):%-d %b %Y}"
    return Span(start, min(end, now), names.get(period.offset, span))


def preceding(span: Span, period: Period, now: datetime) -> Span:
    """Return the period before, as long as what has passed of the span, so that a running week is compared fairly."""
    if period.days is None and (period.month is not None or period.unit in ("month", "quarter")):
        start = _month(span.start, -1 if period.month is not None or period.unit == "month" else -3)
    else:
        days = (
            min(period.days, MOST_DAYS)
            if period.days is not None
            else {"day": 1, "sprint": 14}.get(period.unit, 7)
        )
        start = _day(span.start, -max(1, days))
    running = span.end >= now
    end = min(start + (span.end - span.start), span.start) if running else span.start
    return Span(start, end, "the same time before" if running else "the period before")


def count(histories: Sequence[History], span: Span, categories: Mapping[str, str]) -> Figures:
    """Count one span."""
    done = _completed(histories, span, categories)
    started = [one for one in histories if _category_at(one, span.end, categories) == "indeterminate"]
    cycles = [_cycle(one, span, categories) for one in done]
    together = len(done) + len(started)
    return Figures(
        created=sum(span.start <= one.created < span.end for one in histories),
        completed=len(done),
        in_progress=len(started),
        reopened=sum(len(_left_done(one, span, categories)) for one in histories),
        rate=len(done) / together if together else None,
        cycle=timedelta(seconds=median(cycles)) if cycles else None,
    )


def per_day(
    histories: Sequence[History], span: Span, categories: Mapping[str, str]
) -> tuple[tuple[date, int], ...]:
    """Count completions by the person's calendar day; days without any are 0."""
    zone = span.start.tzinfo
    ends = [_entered_done(one, span, categories)[-1] for one in _completed(histories, span, categories)]
    counted = Counter(at.astimezone(zone).date() for at in ends)
    last = (span.end - timedelta(microseconds=1)).date()
    days = (last - span.start.date()).days + 1
    return tuple((day, counted[day]) for day in (span.start.date() + timedelta(days=n) for n in range(days)))


def _completed(histories: Sequence[History], span: Span, categories: Mapping[str, str]) -> list[History]:
    done = [one for one in histories if _entered_done(one, span, categories)]
    return [one for one in done if _category_at(one, span.end, categories) == "done"]


def _entered_done(one: History, span: Span, categories: Mapping[str, str]) -> list[datetime]:
    return [
        change.at
        for change in one.changes
        if span.start <= change.at < span.end
        and categories.get(change.after) == "done"
        and categories.get(change.before) != "done"
    ]


def _left_done(one: History, span: Span, categories: Mapping[str, str]) -> list[datetime]:
    return [
        change.at
        for change in one.changes
        if span.start <= change.at < span.end
        and categories.get(change.before) == "done"
        and categories.get(change.after) != "done"
    ]


def _category_at(one: History, at: datetime, categories: Mapping[str, str]) -> str | None:
    """Return the category an issue was in at a moment, None before it existed."""
    if one.created >= at:
        return None
    earlier = [change for change in one.changes if change.at < at]
    if earlier:
        return categories.get(earlier[-1].after)
    return categories.get(one.changes[0].before) if one.changes else one.category


def _cycle(one: History, span: Span, categories: Mapping[str, str]) -> float:
    """Return the seconds from the first start of work to the last completion in the span."""
    ended = _entered_done(one, span, categories)[-1]
    starts = [
        change.at
        for change in one.changes
        if categories.get(change.after) == "indeterminate" and change.at < ended
    ]
    return (ended - (starts[0] if starts else one.created)).total_seconds()


def _day(day: datetime, days: int) -> datetime:
    """Move by calendar days: midnight stays midnight across a change of clocks."""
    moved = day.date() + timedelta(days=days)
    return day.replace(year=moved.year, month=moved.month, day=moved.day)


def _month(day: datetime, months: int) -> datetime:
    """Return the first day of the month that many months away."""
    index = day.year * 12 + day.month - 1 + months
    return day.replace(year=index // 12, month=index % 12 + 1, day=1)

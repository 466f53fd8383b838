"""Dates in JQL: literals, relative periods and functions, in the time zone and week of the one who searches."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from emulators.jira.jql import Function, Operand, Value
from emulators.jira.jql_tokens import JqlError

_LITERAL = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$")
_PERIOD = re.compile(r"[+-]?\s*(\d+\s*[wdhm]\s*)+$")
_PART = re.compile(r"(\d+)\s*([wdhm])")
_STEP = re.compile(r"([+-]?\d+)\s*([yMwdhm]?)$")
_UNIT = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
_EDGE = re.compile(r"(startof|endof)(day|week|month|year)$")
_EARLIEST, _LATEST = 1900, 9000
_OWN_STEP = {"day": "d", "week": "w", "month": "M", "year": "y"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """One person's calendar at one moment; ``week_start`` is 0 for Monday, 6 for Sunday."""

    now: datetime
    zone: ZoneInfo
    week_start: int

    def read(self, operand: Operand, field: str) -> datetime:
        """Return the moment an operand names, in UTC; JqlError with Jira's sentence when it names none."""
        try:
            moment = self._named(operand, field)
            if moment is not None and _EARLIEST <= moment.year <= _LATEST:
                return moment.astimezone(UTC)
        except JqlError:
            raise
        except (ValueError, OverflowError, OSError):
            pass  # no such day, or one that no calendar reaches
        raise JqlError(
            f"Date value '{_written(operand)}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _named(self, operand: Operand, field: str) -> datetime | None:
        if isinstance(operand, Function):
            return self._function(operand, field)
        text = operand.text.strip() if isinstance(operand, Value) else ""
        if match := _LITERAL.match(text):
            year, month, day, hour, minute = (int(part) for part in match.groups(default="0"))
            return datetime(year, month, day, hour, minute, tzinfo=self.zone)
        if _PERIOD.match(text):
            return self.now + _period(text)
        return datetime.fromtimestamp(int(text) / 1000, self.zone) if text.isdecimal() else None

    def _function(self, function: Function, field: str) -> datetime:
        name = function.name.lower()
        if name == "now" and not function.arguments:
            return self.now
        edge = _EDGE.match(name)
        if edge is None:
            if name in KNOWN_FUNCTIONS:
                raise JqlError(
                    f"A value provided by the function '{function.name}' is invalid for the field '{field}'."
                )
            raise JqlError(f"Unable to find JQL function '{function.name}()'.")
        which, period = edge.groups()
        start = self._start(period)
        if function.arguments:
            start = self._step(start, function.arguments[0], _OWN_STEP[period], function.name)
        if which == "startof":
            return start
        return self._next(start, period) - timedelta(milliseconds=1)

    def _start(self, period: str) -> datetime:
        day = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if period == "week":
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        if period == "month":
            return day.replace(day=1)
        return day.replace(month=1, day=1) if period == "year" else day

    def _next(self, start: datetime, period: str) -> datetime:
        if period == "month":
            return _months(start, 1)
        if period == "year":
            return _months(start, 12)
        return start + timedelta(days=7 if period == "week" else 1)

    def _step(self, start: datetime, text: str, own: str, function: str) -> datetime:
        match = _STEP.match(text.strip())
        if match is None:
            raise JqlError(
                f"Date value '{text}' for function '{function}' is invalid. Please use an increment such as '-1', '+1d' or '-2w'."
            )
        count, unit = int(match[1]), match[2] or own
        if unit in "My":
            return _months(start, count * (12 if unit == "y" else 1))
        return start + count * _UNIT[unit]


def _written(operand: Operand) -> str:
    if isinstance(operand, Value):
        return operand.text
    return f"{operand.name}()" if isinstance(operand, Function) else "EMPTY"


def _period(text: str) -> timedelta:
    length = sum((int(count) * _UNIT[unit] for count, unit in _PART.findall(text)), timedelta())
    return -length if text.startswith("-") else length


def _months(day: datetime, count: int) -> datetime:
    years, month = divmod(day.month - 1 + count, 12)
    first = day.replace(year=day.year + years, month=month + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


KNOWN_FUNCTIONS = (
    "currentuser",
    "now",
    "standardissuetypes",
    "subtaskissuetypes",
    "linkedissues",
    *(edge + period for edge in ("startof", "endof") for period in _OWN_STEP),
)

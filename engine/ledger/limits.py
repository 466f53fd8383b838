"""Limits as values: how much of what, of whom, in which window; and the decision whether a call fits.

Windows are fixed spans of UTC that begin at full minutes, hours, days and months (30-day windows are counted from the first day of
1970), so everybody can be told when a limit resets. Money is counted in nano-dollars, for one token may cost less than a millionth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import add, sub
from typing import NamedTuple

from engine.errors import ModelError

NANO = 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Window(StrEnum):
    """A span in which use is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    DAYS_30 = "30 days"

    def start(self, now: datetime) -> datetime:
        """Return when the window that ``now`` is in began."""
        match self:
            case Window.MINUTE:
                return now.replace(second=0, microsecond=0)
            case Window.HOUR:
                return now.replace(minute=0, second=0, microsecond=0)
            case Window.DAY:
                return now.replace(hour=0, minute=0, second=0, microsecond=0)
            case Window.MONTH:
                return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            case Window.DAYS_30:
                return EPOCH + (now - EPOCH) // timedelta(days=30) * timedelta(days=30)

    def end(self, now: datetime) -> datetime:
        """Return when that window ends, which is when its limits reset."""
        begun = self.start(now)
        match self:
            case Window.MINUTE:
                return begun + timedelta(minutes=1)
            case Window.HOUR:
                return begun + timedelta(hours=1)
            case Window.DAY:
                return begun + timedelta(days=1)
            case Window.MONTH:
                return (begun + timedelta(days=32)).replace(day=1)
            case Window.DAYS_30:
                return begun + timedelta(days=30)


class Unit(StrEnum):
    """What is counted."""

    CALLS = "calls"
    TOKENS = "tokens"
    EMBEDDINGS = "embeddings"
    MONEY = "nanos"


class Amounts(NamedTuple):
    """An amount of each unit, in the order of `Unit`; money in nano-dollars."""

    calls: int = 0
    tokens: int = 0
    embeddings: int = 0
    nanos: int = 0

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sum, unit by unit."""
        return Amounts(*map(add, self, other))

    def minus(self, other: "Amounts") -> "Amounts":
        """Return the difference, unit by unit."""
        return Amounts(*map(sub, self, other))

    def of(self, unit: Unit) -> int:
        """Return the amount of one unit."""
        return int(getattr(self, unit.value))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` of a unit in each window, of each ``person`` or of the workspace as a whole.

    A ``soft`` one refuses nothing, it only tells. Money is in nano-dollars. ``alert_at`` is the share at which the workspace is told.
    """

    unit: Unit
    window: Window
    most: int
    person: bool = False
    soft: bool = False
    alert_at: float = 0.8

    def words(self) -> str:
        """Name the limit as a person would."""
        whose = "your" if self.person else "the workspace's"
        span = (
            "30-day"
            if self.window is Window.DAYS_30
            else {"day": "daily"}.get(self.window, f"{self.window}ly")
        )
        match self.unit:
            case Unit.MONEY:
                return f"{whose} {span} budget of {dollars(self.most)}"
            case Unit.CALLS:
                return f"{whose} {span} limit of {self.most:,} AI requests"
            case _:
                return f"{whose} {span} limit of {self.most:,} {self.unit.value}"


class Meter(NamedTuple):
    """Which count a limit looks at: of a workspace, or of one person in it, in one window. ``start`` is ISO 8601 in UTC."""

    workspace: str
    person: str
    window: Window
    start: str


class Reading(NamedTuple):
    """What one meter shows: settled use, and what calls under way hold."""

    used: Amounts = Amounts()
    held: Amounts = Amounts()


class LimitReached(ModelError):
    """A limit does not allow the call; ``code`` and ``resets_at`` are for interfaces."""

    permanent = False
    code = "PROMPT_003"

    def __init__(self, limit: Limit, resets_at: datetime) -> None:
        self.limit, self.resets_at = limit, resets_at
        brief = limit.window in (Window.MINUTE, Window.HOUR)
        when = f"at {resets_at:%H:%M} UTC" if brief else f"on {resets_at:%-d %B at %H:%M} UTC"
        words = limit.words()
        super().__init__(f"{words[0].upper()}{words[1:]} is reached; it resets {when}.")


class Fits(StrEnum):
    """Whether a call fits: yes, only once calls under way took less than they hold, or no."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


def meter_of(limit: Limit, workspace: str, person: str, now: datetime) -> Meter:
    """Return the meter that counts for a limit now."""
    return Meter(workspace, person if limit.person else "", limit.window, limit.window.start(now).isoformat())


def fits(limit: Limit, reading: Reading, wanted: Amounts) -> Fits:
    """Decide whether an amount fits into what a limit leaves."""
    amount, used, held = wanted.of(limit.unit), reading.used.of(limit.unit), reading.held.of(limit.unit)
    if limit.soft or not amount or used + held + amount <= limit.most:
        return Fits.YES
    return Fits.PERHAPS if held and used + amount <= limit.most else Fits.NO


def decide(
    counted: Sequence[tuple[Limit, Meter]], readings: Mapping[Meter, Reading], wanted: Amounts
) -> tuple[Fits, Limit | None]:
    """Decide on a call: the worst of all limits, each with its meter, and which one it is."""
    worst: tuple[Fits, Limit | None] = (Fits.YES, None)
    for limit, meter in counted:
        verdict = fits(limit, readings[meter], wanted)
        if verdict is Fits.NO:
            return verdict, limit
        if verdict is Fits.PERHAPS and worst[0] is Fits.YES:
            worst = (verdict, limit)
    return worst


def alerting(limit: Limit, before: int, after: int) -> bool:
    """Say whether use of a limit passed the share at which the workspace is told."""
    mark = limit.most * limit.alert_at
    return limit.most > 0 and before < mark <= after


def dollars(nanos: int) -> str:
    """Return an amount of money as people write it; small ones with as many digits as they need."""
    amount = Decimal(nanos) / NANO
    return (
        f"{amount:,.2f} USD" if not nanos or abs(amount) >= Decimal("0.01") else f"{amount.normalize():f} USD"
    )

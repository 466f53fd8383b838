"""The values that travel through the engine: what was said, what was understood, what was found."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Sure = Callable[[], Awaitable[None]]
"""Makes sure, just before an effect that must not happen twice, that the work is still ours; raises where it is not."""


class Route(StrEnum):
    """What a message asks for."""

    COMPLETION = "completion"
    PRODUCTIVITY = "productivity"
    EMAIL = "email"
    REPHRASE = "rephrase"
    CLASSIFY = "classify"


class Severity(StrEnum):
    """How much a finding weighs: errors and warnings lower scores, notes inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Verdict(StrEnum):
    """What the guard decides about a text that comes in."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    REDACT = "redact"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days that a person named, not yet resolved to dates.

    ``unit`` is one of day, week, month, quarter, sprint, days; ``offset`` counts units back from the running one (0 this,
    1 last); ``days`` is the N of "last N days"; ``month`` is 1-12 for a month named by itself.
    """

    unit: str = "week"
    offset: int = 0
    days: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Entities:
    """What a message names: issue keys (upper case, in order, once each) and other facts, as written."""

    keys: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a message goes, how certainly (0-1), by which rule, and why in words."""

    route: Route
    confidence: float
    rule: str
    why: str
    entities: Entities = field(default_factory=Entities)

    @property
    def keys(self) -> tuple[str, ...]:
        """The issue keys named in the message."""
        return self.entities.keys


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say about ``text[start:end]``; ``message`` is a sentence fit for the person."""

    rule: str
    severity: Severity
    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say of one draft; scores are 0-1."""

    findings: tuple[Finding, ...]
    tone: float
    quality: float
    overall: float
    faithful: bool
    auto_post: bool


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guard says of a text that comes in: places are offsets in the original, ``redacted`` has placeholders.

    ``secrets`` maps each placeholder to the value it stands for; ``trusted`` is False where the text looks like an attempt
    to steer the model (approval is then forced).
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    redacted: str
    secrets: dict[str, str] = field(default_factory=dict)
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a workspace; ``tz`` is an IANA zone name."""

    workspace: str
    id: str
    name: str
    email: str
    tz: str = "UTC"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose when asked: the route to take, for which issues, by which transition, with which field values."""

    route: Route
    keys: tuple[str, ...] = ()
    transition: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blank:
    """A value that a person has to fill in: ``options`` are (id, label) pairs of a select, none for a text."""

    id: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    rich: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One button of a question; ``blanks`` are asked for in a form first."""

    label: str
    choice: Choice
    blanks: tuple[Blank, ...] = ()
    primary: bool = False

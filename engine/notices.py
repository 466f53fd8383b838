"""What happens in the engine, told where it happens to whoever keeps figures or watches for trouble.

The engine hands a :data:`Notice` to the one function it was given and knows nothing of who listens. A notice names no person and no words
of theirs: its texts are of few kinds, but for :attr:`Failed.said`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Component(StrEnum):
    """What may be in trouble."""

    SLACK = "slack"
    JIRA = "jira"
    MODEL = "model"
    DATABASE = "database"
    JOBS = "jobs"
    LISTENERS = "listeners"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message was taken; ``kind`` is how it came."""

    kind: str


@dataclass(frozen=True, slots=True)
class Routed:
    """It was decided where a message goes: by which rule, or because the person chose, how certainly (0-1)."""

    route: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer stands in Slack, ``seconds`` after the message was taken; None where a person's choice lay in between."""

    route: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a model has its outcome: answered, failed, refused; exact, nearby, stale are answers from what was kept.

    ``tries`` are the steps on the way, as the ledger records them; ``nanos`` is None where the price is unknown.
    """

    provider: str
    model: str
    outcome: str
    tokens_in: int
    tokens_out: int
    nanos: int | None
    seconds: float
    tries: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class LimitHit:
    """A call was refused by a limit of this unit in this window, of each person or of the workspace."""

    unit: str
    window: str
    person: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A draft was approved, edited, regenerated, rejected; or expired, or is posted."""

    decision: str


@dataclass(frozen=True, slots=True)
class Worked:
    """A job's try ended: completed, postponed, again, or failed, which makes it a dead letter.

    ``waited`` are the seconds from when it was due to its start, ``took`` those of the try.
    """

    kind: str
    outcome: str
    waited: float
    took: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Something a component should have done did not succeed; ``said`` is a sentence without anybody's words."""

    component: Component
    said: str


Notice = Taken | Routed | Answered | Asked | LimitHit | Decided | Worked | Failed


class Notify(Protocol):
    """Hears of what happens; it returns at once and raises nothing."""

    def __call__(self, notice: Notice, /) -> None: ...


def nobody(_: Notice) -> None:
    """Tell nobody."""

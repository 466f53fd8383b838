"""What the site remembers: issues with their comments, worklogs and history, links and counters; to JSON and back."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Adf = dict[str, Any]


@dataclass(slots=True)
class Change:
    """One field's change within a history entry; ``old``/``new`` are ids, the texts are what people read."""

    field: str
    field_id: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None
    custom: bool = False


@dataclass(slots=True)
class History:
    """What one person changed at one moment."""

    id: str
    author: str
    created: datetime
    items: list[Change]


@dataclass(slots=True)
class Comment:
    """A comment; ``properties`` are what apps attach to it."""

    id: str
    author: str
    body: Adf
    created: datetime
    updated: datetime
    update_author: str
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Worklog:
    """Time somebody logged."""

    id: str
    author: str
    started: datetime
    seconds: int
    created: datetime
    updated: datetime
    comment: Adf | None = None


@dataclass(slots=True)
class Issue:
    """One issue; everything configurable is kept by id, people by account id."""

    id: str
    key: str
    project: str
    type: str
    summary: str
    status: str
    priority: str
    reporter: str
    creator: str
    created: datetime
    updated: datetime
    status_category_changed: datetime
    description: Adf | None = None
    assignee: str | None = None
    resolution: str | None = None
    resolved: datetime | None = None
    due: date | None = None
    parent: str | None = None
    root_cause: str | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    worklogs: list[Worklog] = field(default_factory=list)
    history: list[History] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number within the project."""
        return int(self.key.rpartition("-")[2])


@dataclass(slots=True)
class Link:
    """A link between two issues by key: ``inward`` *outwardly relates to* ``outward`` (inward blocks outward)."""

    id: str
    type: str
    inward: str
    outward: str


@dataclass(slots=True)
class State:
    """Everything that survives a restart; ``counters`` hand out ids and issue numbers."""

    issues: dict[str, Issue] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    def next(self, counter: str, start: int = 10000) -> str:
        """Hand out the next id of a kind."""
        self.counters[counter] = self.counters.get(counter, start) + 1
        return str(self.counters[counter])

    def by_id(self, id: str) -> Issue | None:
        """Return an issue by its numeric id."""
        return next((issue for issue in self.issues.values() if issue.id == id), None)


def dump(state: State) -> dict[str, Any]:
    """Return the state as JSON values."""
    plain: dict[str, Any] = _plain(asdict(state))
    return plain


def load(saved: dict[str, Any]) -> State:
    """Rebuild the state from :func:`dump`'s values; ValueError when they are something else."""
    try:
        return State(
            {key: _issue(one) for key, one in saved["issues"].items()},
            [Link(**one) for one in saved["links"]],
            {name: int(count) for name, count in saved["counters"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the saved Jira state does not fit: {error!r}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


_TIMES = ("created", "updated", "started", "status_category_changed", "resolved")


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}


def _issue(row: dict[str, Any]) -> Issue:
    row = _timed(row)
    return Issue(
        **row
        | {
            "due": date.fromisoformat(row["due"]) if row["due"] else None,
            "comments": [Comment(**_timed(one)) for one in row["comments"]],
            "worklogs": [Worklog(**_timed(one)) for one in row["worklogs"]],
            "history": [
                History(**_timed(one) | {"items": [Change(**item) for item in one["items"]]})
                for one in row["history"]
            ],
        }
    )

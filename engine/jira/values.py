"""What Updraft knows of Jira: frozen values, parsed from its answers once."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

KEY = re.compile(r"[A-Z][A-Z0-9_]{1,9}-[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as a card shows it; ``category`` is Jira's status category key: new, indeterminate or done."""

    key: str
    id: int
    summary: str
    status: str
    category: str
    type: str
    updated: str
    assignee: str | None = None

    @property
    def done(self) -> bool:
        """Whether the status counts as done, whatever it is called."""
        return self.category == "done"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a transition requires: ``options`` are (id, name) pairs of a select, empty for a text."""

    id: str
    name: str
    options: tuple[tuple[str, str], ...] = ()
    rich: bool = False
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Transition:
    """One way out of an issue's present status."""

    id: str
    name: str
    to: str
    category: str
    required: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an issue's status, at an aware UTC time, between status ids."""

    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    """One issue's life as the figures need it."""

    id: int
    key: str
    summary: str
    type: str
    category: str
    created: datetime
    changes: tuple[Change, ...]


def issue_from(raw: dict[str, Any]) -> Issue:
    """Read an issue with the fields summary, status, issuetype, updated and assignee."""
    fields = raw["fields"]
    status = fields["status"]
    return Issue(
        key=raw["key"],
        id=int(raw["id"]),
        summary=fields.get("summary") or "",
        status=status["name"],
        category=status["statusCategory"]["key"],
        type=fields["issuetype"]["name"],
        updated=fields.get("updated") or "",
        assignee=(fields.get("assignee") or {}).get("accountId"),
    )


def transition_from(raw: dict[str, Any]) -> Transition:
    """Read a transition expanded with its fields; fields with a default value are not asked for."""
    required = [
        _field(id, field)
        for id, field in (raw.get("fields") or {}).items()
        if field.get("required") and not field.get("hasDefaultValue")
    ]
    target = raw["to"]
    return Transition(
        raw["id"], raw["name"], target["name"], target["statusCategory"]["key"], tuple(required)
    )


def _field(id: str, raw: dict[str, Any]) -> Field:
    schema = raw.get("schema") or {}
    options = tuple(
        (str(value["id"]), str(value.get("name") or value.get("value") or value["id"]))
        for value in raw.get("allowedValues") or []
    )
    kind = schema.get("type")
    rich = str(schema.get("custom", "")).endswith(":textarea") or schema.get("system") in (
        "description",
        "environment",
    )
    supported = (bool(options) and kind != "array") or kind == "string"
    return Field(id, raw.get("name") or id, options, rich, supported)


def when(text: str) -> datetime:
    """Read Jira's time (``2026-11-20T19:26:37.000+0000``) as an aware time."""
    return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text))


def web_link(base: str, key: str, comment: str | None = None) -> str:
    """Return the address of an issue or of one comment in Jira's pages."""
    address = f"{base.rstrip('/')}/browse/{quote(key)}"
    return f"{address}?focusedCommentId={quote(comment)}" if comment else address

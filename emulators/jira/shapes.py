"""Shapes of request bodies, checked before an operation looks at them; stricter than Jira where Jira only shrugs.

A kind is a type, a tuple of alternatives, a list of one kind, an :class:`Object`, or None for any JSON. A null member counts as
absent. Operations therefore meet no surprise inside a body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Kind: TypeAlias = "type | tuple[Kind, ...] | list[Kind] | Object | None"


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these members, all optional but ``required``; unknown ones are refused."""

    members: Mapping[str, Kind]
    required: tuple[str, ...] = ()


def fits(kind: Kind, value: Any) -> bool:
    """Tell whether a value is of a kind; booleans are no numbers."""
    if kind is None:
        return True
    if isinstance(kind, tuple):
        return any(fits(one, value) for one in kind)
    if isinstance(kind, list):
        return isinstance(value, list) and all(fits(kind[0], one) for one in value)
    if isinstance(kind, Object):
        return isinstance(value, dict) and _object_fits(kind, value)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _object_fits(kind: Object, value: dict[str, Any]) -> bool:
    present = {name: one for name, one in value.items() if one is not None}
    return set(kind.required) <= present.keys() <= kind.members.keys() and all(
        fits(kind.members[name], one) for name, one in present.items()
    )


_ENTITY = Object({"key": str, "value": None}, ("key",))
_END = Object({"id": str, "key": str})
_OPERATION = Object(dict.fromkeys(("add", "set", "remove", "edit", "copy")))
_WISH = Object({"permissions": [str], "issues": [int], "projects": [int]}, ("permissions",))

COMMENT = Object({"body": None, "properties": [_ENTITY]})
COMMENT_IDS = Object({"ids": [int]}, ("ids",))
WORKLOG = Object({"comment": None, "started": str, "timeSpent": str, "timeSpentSeconds": int})
ASSIGNEE = Object({"accountId": str})
# The jira library sends the transition's id as a number, which Jira takes.
TRANSITION = Object({"id": (str, int), "name": str})
CHANGELOG_IDS = Object({"changelogIds": [int]}, ("changelogIds",))
BULK_CHANGELOG = Object(
    {"issueIdsOrKeys": [str], "fieldIds": [str], "maxResults": int, "nextPageToken": str}, ("issueIdsOrKeys",)
)
LINK = Object(
    {
        "type": Object({"id": str, "name": str, "inward": str, "outward": str}),
        "inwardIssue": _END,
        "outwardIssue": _END,
        "comment": COMMENT,
    },
    ("type", "inwardIssue", "outwardIssue"),
)
SEARCH = Object(
    {
        "jql": str,
        "fields": [str],
        "expand": str,
        "maxResults": int,
        "nextPageToken": str,
        "reconcileIssues": [int],
        "properties": [str],
        "fieldsByKeys": bool,
    }
)
COUNT = Object({"jql": str})
JQL_QUERIES = Object({"queries": [str]}, ("queries",))
PERMISSIONS = Object({"accountId": str, "globalPermissions": [str], "projectPermissions": [_WISH]})
PERMISSION_KEYS = Object({"permissions": [str]}, ("permissions",))


def issue_fits(value: Any) -> bool:
    """Tell whether a value is the body of an issue operation: ``fields``, ``update`` and ``transition``."""
    if not fits(Object({"fields": dict, "update": dict, "transition": TRANSITION}), value):
        return False
    return all(fits([_OPERATION], one) for one in (value.get("update") or {}).values() if one is not None)

"""Values of issue fields as clients send them: read, checked against a screen, told to history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from emulators.jira import adf, adf_text, catalog, rights
from emulators.jira.rights import Account
from emulators.jira.site import Refusal, Site
from emulators.jira.state import Change, Issue

NOT_A_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
MAX_TEXT = 32_767

Edit = tuple[str, Any, Change]


class BadValue(ValueError):
    """A value the field refuses; the text is Jira's."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the reading of a value needs to know."""

    site: Site
    by: Account
    project: str
    type: catalog.IssueType
    version: str
    issue: Issue | None = None


def edits(
    setting: Setting, screen: dict[str, bool], values: dict[str, Any], updates: dict[str, Any]
) -> list[Edit]:
    """Read ``fields`` and ``update`` of a request for a screen; every refused field is named in one 400."""
    errors: dict[str, str] = {}
    found: list[Edit] = []
    for id in values.keys() & updates.keys():
        errors[id] = f"Field '{id}' cannot be updated twice: it is in both 'fields' and 'update'."
    wanted = {id: value for id, value in values.items() if id not in errors}
    for id, operations in updates.items():
        if id in errors or id in ("comment", "worklog"):
            continue
        if id in screen:
            try:
                wanted[id] = _operated(setting, id, operations)
            except BadValue as error:
                errors[id] = str(error)
        else:
            errors[id] = NOT_ON_SCREEN.format(id)
    for id, value in wanted.items():
        if id in ("project", "issuetype") and id in screen:
            continue
        try:
            if id not in screen or id not in _READERS:
                raise BadValue(NOT_ON_SCREEN.format(id))
            found += _edit(setting, id, value, required=screen[id])
        except BadValue as error:
            errors[id] = str(error)
    if errors:
        raise Refusal(400, errors=errors)
    return found


def missing(setting: Setting, screen: dict[str, bool], found: list[Edit]) -> dict[str, str]:
    """Return the screen's required fields that are neither given nor set."""
    given = {attribute for attribute, _, _ in found}
    return {
        id: f"{catalog.FIELD[id].name} is required."
        for id, required in screen.items()
        if required
        and id not in ("project", "issuetype")
        and _READERS[id].attribute not in given
        and not (setting.issue and getattr(setting.issue, _READERS[id].attribute))
    }


def _operated(setting: Setting, id: str, operations: Any) -> Any:
    """Apply ``update`` verbs to the present value."""
    if not isinstance(operations, list) or not all(
        isinstance(one, dict) and len(one) == 1 for one in operations
    ):
        raise BadValue("Field does not support update")
    value: Any = list(setting.issue.labels) if id == "labels" and setting.issue else []
    for operation in operations:
        verb, operand = next(iter(operation.items()))
        if verb == "set":
            value = operand
        elif id == "labels" and verb == "add":
            value = [*value, operand] if operand not in value else value
        elif id == "labels" and verb == "remove":
            value = [one for one in value if one != operand]
        else:
            raise BadValue(
                f"Field with id '{id}' and name '{catalog.FIELD[id].name}' does not support operation '{verb}'"
            )
    return value


def _edit(setting: Setting, id: str, value: Any, *, required: bool) -> list[Edit]:
    reader, name = _READERS[id], catalog.FIELD[id].name
    if value is None or value == "":
        if required:
            raise BadValue(
                "You must specify a summary of the issue." if id == "summary" else f"{name} is required."
            )
        new: Any = [] if id == "labels" else None
        if id == "priority":
            raise BadValue("Priority is required.")
    else:
        new = reader.read(setting, value)
    old = getattr(setting.issue, reader.attribute) if setting.issue else ([] if id == "labels" else None)
    if old == new:
        return (
            [(reader.attribute, new, Change(id, id, None, None, None, None))] if setting.issue is None else []
        )
    (old_id, old_text), (new_id, new_text) = reader.tell(setting, old), reader.tell(setting, new)
    told = "IssueParentAssociation" if id == "parent" else name if catalog.FIELD[id].custom else id
    change = Change(told, id, old_id, old_text, new_id, new_text, custom=catalog.FIELD[id].custom)
    return [(reader.attribute, new, change)]


# Readers: JSON to the kept value, or BadValue.


def _read_text(setting: Setting, value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue("Operation value must be a string")
    if len(value) > 255:
        raise BadValue("Summary can't exceed 255 characters.")
    if "\n" in value or "\r" in value:
        raise BadValue("The summary is invalid because it contains newline characters.")
    return value


def _read_document(setting: Setting, value: Any) -> Any:
    if setting.version == "2":
        if not isinstance(value, str):
            raise BadValue("Operation value must be a string")
        value = adf_text.document(value)
    elif not adf.valid(value):
        raise BadValue(NOT_A_DOCUMENT)
    if len(adf_text.text_of(value)) > MAX_TEXT:
        raise BadValue(
            f"The entered text is too long. It exceeds the allowed limit of {MAX_TEXT:,} characters."
        )
    return value


def _read_choice(options: tuple[catalog.Named, ...], word: str) -> Callable[[Setting, Any], str]:
    def read(_: Setting, value: Any) -> str:
        if not isinstance(value, dict) or not value.keys() & {"id", "name"}:
            raise BadValue(f"Could not find valid 'id' or 'name' in {word} object.")
        for option in options:
            if (
                str(value.get("id", "")) == option.id
                or str(value.get("name", "")).lower() == option.name.lower()
            ):
                return option.id
        given = value.get("id", value.get("name"))
        raise BadValue(f"{word.capitalize()} {'id' if 'id' in value else 'name'} '{given}' is not valid")

    return read


def _read_user(setting: Setting, value: Any) -> str | None:
    if not isinstance(value, dict):
        raise BadValue("data was not an object")
    id = value.get("accountId", value.get("id"))
    account = rights.BY_ID.get(str(id))
    if account is None:
        raise BadValue("Specify a valid user." if id is None else f"User '{id}' does not exist.")
    if not rights.may(account, "ASSIGNABLE_USER", setting.project):
        raise BadValue(f"User '{account.id}' cannot be assigned issues.")
    return account.id


def _read_labels(_: Setting, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadValue("data was not an array")
    for label in value:
        if " " in label:
            raise BadValue(f"The label '{label}' contains spaces which is invalid.")
    return sorted(set(value), key=str.lower)


def _read_date(_: Setting, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue("Error parsing date string: " + str(value)) from None


def _read_parent(setting: Setting, value: Any) -> str:
    wanted = value.get("key", value.get("id")) if isinstance(value, dict) else None
    if wanted is None:
        raise BadValue("data was not an object")
    try:
        parent = setting.site.issue(str(wanted), setting.by)
    except Refusal:
        raise BadValue("Could not find issue by id or key.") from None
    level = catalog.issue_type(parent.type).level
    if parent.project != setting.project or level != setting.type.level + 1:
        raise BadValue("Please select valid parent issue.")
    return parent.key


# Telling: the kept value to (id, words) for history.

Words = tuple[str | None, str | None]


def _plainly(_: Setting, value: Any) -> Words:
    return None, value


def _tell_document(_: Setting, value: Any) -> Words:
    return None, adf_text.text_of(value) if value else None


def _tell_named(options: tuple[catalog.Named, ...]) -> Callable[[Setting, Any], Words]:
    return lambda _, value: (value, next((one.name for one in options if one.id == value), None))


def _tell_user(_: Setting, value: Any) -> Words:
    return value, rights.BY_ID[value].name if value else None


def _tell_labels(_: Setting, value: Any) -> Words:
    return "", " ".join(value)


def _tell_date(_: Setting, value: Any) -> Words:
    return (value.isoformat(), f"{value.isoformat()} 00:00:00.0") if value else (None, None)


def _tell_parent(setting: Setting, value: Any) -> Words:
    parent = setting.site.state.issues.get(value) if value else None
    return (parent.id, parent.key) if parent else (None, None)


@dataclass(frozen=True, slots=True)
class Reader:
    """How one field is read and told, and which attribute keeps it."""

    attribute: str
    read: Callable[[Setting, Any], Any]
    tell: Callable[[Setting, Any], Words]


_READERS = {
    "summary": Reader("summary", _read_text, _plainly),
    "description": Reader("description", _read_document, _tell_document),
    "priority": Reader(
        "priority", _read_choice(catalog.PRIORITIES, "priority"), _tell_named(catalog.PRIORITIES)
    ),
    "resolution": Reader(
        "resolution", _read_choice(catalog.RESOLUTIONS, "resolution"), _tell_named(catalog.RESOLUTIONS)
    ),
    "assignee": Reader("assignee", _read_user, _tell_user),
    "reporter": Reader("reporter", _read_user, _tell_user),
    "labels": Reader("labels", _read_labels, _tell_labels),
    "duedate": Reader("due", _read_date, _tell_date),
    "parent": Reader("parent", _read_parent, _tell_parent),
    catalog.ROOT_CAUSE: Reader("root_cause", _read_text, _plainly),
}

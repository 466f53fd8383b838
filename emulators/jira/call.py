"""One request to the REST API: who calls, what they ask, and the refusals every operation shares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from multidict import MultiMapping

from emulators.jira.render import ALL_FIELDS, NAVIGABLE_FIELDS, Json, View
from emulators.jira.rights import Account
from emulators.jira.shapes import Object, fits, issue_fits
from emulators.jira.site import Refusal, Site
from emulators.jira.state import Issue

BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


@dataclass(frozen=True, slots=True)
class Answer:
    """A success other than 200 with JSON; ``data`` None sends no body."""

    status: int
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, authenticated; ``who`` is None for an anonymous caller."""

    site: Site
    who: Account | None
    version: str
    root: str
    path: Mapping[str, str]
    query: MultiMapping[str]
    raw: bytes

    @property
    def view(self) -> View:
        """The site as the caller sees it."""
        return View(self.site, self.who, self.root, self.version)

    @property
    def person(self) -> Account:
        """The caller, who must have logged in."""
        if self.who is None:
            raise Refusal(401, "Client must be authenticated to access this resource.")
        return self.who

    def json(self) -> Any:
        """Return the body as JSON of any kind."""
        try:
            return json.loads(self.raw)
        except ValueError:
            raise Refusal(400, BAD_PAYLOAD, bare=True) from None

    def body(self, shape: Object) -> Json:
        """Return the body, which must have the shape; nulls count as absent."""
        found = self.json()
        if not fits(shape, found):
            raise Refusal(400, BAD_PAYLOAD, bare=True)
        return {name: value for name, value in found.items() if value is not None}

    def issue_body(self) -> Json:
        """Return the body of an operation on an issue."""
        return checked_issue_body(self.json())

    def number(self, name: str, default: int) -> int:
        """Return a query parameter that is a number; below nothing is nothing."""
        try:
            return max(0, int(self.query.get(name, default)))
        except ValueError:
            raise Refusal(400, f"The value of '{name}' is not a number.") from None

    def listed(self, name: str) -> list[str]:
        """Return a query parameter that may repeat or hold commas."""
        return [
            word.strip() for value in self.query.getall(name, []) for word in value.split(",") if word.strip()
        ]

    @property
    def expand(self) -> set[str]:
        """The expansions asked for."""
        return set(self.listed("expand"))

    def issue(self) -> Issue:
        """Return the issue of the path, which the caller may see."""
        return self.site.issue(self.path["issue"], self.who)

    def visible(self, key_or_id: str) -> Issue:
        """Return another issue the caller may see."""
        return self.site.issue(key_or_id, self.who)


def checked_issue_body(found: Any) -> Json:
    """Return ``fields``, ``update`` and ``transition`` of a body, nulls left out; 400 when it is something else."""
    if not issue_fits(found):
        raise Refusal(400, BAD_PAYLOAD, bare=True)
    present: Json = {name: value for name, value in found.items() if value is not None}
    if "update" in present:
        present["update"] = {name: value for name, value in present["update"].items() if value is not None}
    return present


def wanted_fields(asked: list[str], default: tuple[str, ...], over_search: bool = False) -> tuple[str, ...]:
    """Return the field ids that a ``fields`` parameter names, unknown ones left out.

    ``-x`` takes away; alone it takes from everything (an issue) or the navigable fields (a search).
    """
    if not asked:
        return default
    chosen: list[str] = []
    if all(word.startswith("-") for word in asked):
        chosen += NAVIGABLE_FIELDS if over_search else ALL_FIELDS
    for word in asked:
        name = word.lstrip("-+")
        found = {"*all": ALL_FIELDS, "*navigable": NAVIGABLE_FIELDS}.get(
            name, tuple(id for id in ALL_FIELDS if id.lower() == name.lower())
        )
        if word.startswith("-"):
            chosen = [id for id in chosen if id not in found]
        else:
            chosen += [id for id in found if id not in chosen]
    return tuple(chosen)


def page(values: list[Json], start: int, size: int, self_url: str) -> Json:
    """Return one page in the shape of Jira's PageBean."""
    shown = values[start : start + size]
    last = start + size >= len(values)
    more = {} if last else {"nextPage": f"{self_url}?startAt={start + size}&maxResults={size}"}
    return {
        "self": f"{self_url}?startAt={start}&maxResults={size}",
        "maxResults": size,
        "startAt": start,
        "total": len(values),
        "isLast": last,
        "values": shown,
    } | more

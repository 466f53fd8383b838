"""Evaluate a JQL tree over issues, as one person sees them; unknown fields and values are refused in Jira's words."""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from emulators.jira import adf_text, catalog, rights
from emulators.jira.jql import (
    And,
    Clause,
    Empty,
    Function,
    Node,
    Not,
    Operand,
    Or,
    Order,
    Query,
    Several,
    Value,
)
from emulators.jira.jql_dates import KNOWN_FUNCTIONS, Calendar
from emulators.jira.jql_tokens import JqlError
from emulators.jira.rights import Account
from emulators.jira.site import NO_ISSUE, Site
from emulators.jira.state import Issue

UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
Test = Callable[[Issue], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ALIASES = {
    "issuekey": "key",
    "issue": "key",
    "id": "key",
    "type": "issuetype",
    "createddate": "created",
    "updateddate": "updated",
    "resolutiondate": "resolved",
    "duedate": "due",
    "statuscategorychangeddate": "statuscategorychangedate",
    "root cause": "cf[10050]",
    catalog.ROOT_CAUSE: "cf[10050]",
}
_TEXTS: dict[str, Callable[[Issue], str]] = {
    "summary": lambda issue: issue.summary,
    "description": lambda issue: adf_text.text_of(issue.description),
    "comment": lambda issue: "\n".join(adf_text.text_of(one.body) for one in issue.comments),
    "cf[10050]": lambda issue: issue.root_cause or "",
    "text": lambda issue: "\n".join(_TEXTS[name](issue) for name in ("summary", "description", "comment")),
}
_DATES: dict[str, Callable[[Issue], Any]] = {
    "created": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
    "resolved": lambda issue: issue.resolved,
    "statuscategorychangedate": lambda issue: issue.status_category_changed,
    "due": lambda issue: issue.due,
}
_CHOICES: dict[str, Callable[[Issue], Any]] = {
    "project": lambda issue: issue.project,
    "status": lambda issue: issue.status,
    "statuscategory": lambda issue: catalog.status(issue.status).category.key,
    "issuetype": lambda issue: issue.type,
    "priority": lambda issue: issue.priority,
    "resolution": lambda issue: issue.resolution,
    "assignee": lambda issue: issue.assignee,
    "reporter": lambda issue: issue.reporter,
    "creator": lambda issue: issue.creator,
    "parent": lambda issue: issue.parent,
    "key": lambda issue: issue.key,
}
_PEOPLE = ("assignee", "reporter", "creator")
_HISTORICAL = ("status", "assignee", "priority", "resolution", "reporter")
_RANKED: dict[str, Callable[[Any], Any]] = {
    "priority": lambda id: -int(id),
    "key": lambda key: (key.rpartition("-")[0], int(key.rpartition("-")[2])),
}


@dataclass(frozen=True, slots=True)
class Searcher:
    """One person's search at one moment over one site."""

    site: Site
    who: Account | None
    calendar: Calendar

    @classmethod
    def of(cls, site: Site, who: Account | None) -> "Searcher":
        """Return the search of a person now, in their time zone and week."""
        account = who or rights.SERVICE
        return cls(site, who, Calendar(site.now(), ZoneInfo(account.tz), account.week_start))

    def find(self, query: Query, live: frozenset[str] = frozenset()) -> list[Issue]:
        """Return the issues that match and the person may see, in order; ``live`` are ids read past the index."""
        test = self.test(query.where) if query.where else lambda _: True
        keys = [self._sort_key(order) for order in query.order]
        found = [
            issue
            for issue in self.site.indexed(live)
            if rights.may(self.who, rights.BROWSE, issue.project) and test(issue)
        ]
        found.sort(key=lambda issue: (issue.created, int(issue.id)), reverse=True)
        for key, descending in reversed(keys):
            found.sort(key=key, reverse=descending)
        return found

    def test(self, node: Node) -> Test:
        """Return the test of a node; JqlError for what the site does not have."""
        if isinstance(node, Not):
            inner = self.test(node.inner)
            return lambda issue: not inner(issue)
        if isinstance(node, And):
            parts = [self.test(part) for part in node.parts]
            return lambda issue: all(part(issue) for part in parts)
        if isinstance(node, Or):
            parts = [self.test(part) for part in node.parts]
            return lambda issue: any(part(issue) for part in parts)
        return self._clause(node)

    def _clause(self, clause: Clause) -> Test:
        name = field_named(clause.field)
        if clause.operator == "changed" or clause.operator.startswith("was"):
            return self._history(clause, name)
        if clause.operand is None:
            raise JqlError(f"The operator '{clause.operator}' needs a value.")
        if clause.operator in ("is", "is not") or isinstance(clause.operand, Empty):
            return self._empty(clause, name)
        if name in _TEXTS:
            return self._text(clause, name)
        if name in _DATES:
            return self._date(clause, name)
        return self._choice(clause, name)

    def _empty(self, clause: Clause, name: str) -> Test:
        if not isinstance(clause.operand, Empty) or clause.operator not in ("is", "is not", "=", "!="):
            raise JqlError(
                f"The operator '{clause.operator}' only supports the value EMPTY for the field '{clause.field}'."
            )
        read = _TEXTS.get(name) or _DATES.get(name) or _CHOICES.get(name) or _labels
        wanted = clause.operator in ("is", "=")
        return lambda issue: (not read(issue)) == wanted

    def _text(self, clause: Clause, name: str) -> Test:
        if clause.operator not in ("~", "!~"):
            raise unsupported(clause)
        if not isinstance(clause.operand, Value):
            raise JqlError(f"A value provided by the function is invalid for the field '{clause.field}'.")
        matches = text_matcher(clause.operand.text, clause.field)
        read, wanted = _TEXTS[name], clause.operator == "~"
        return lambda issue: matches(read(issue)) == wanted

    def _date(self, clause: Clause, name: str) -> Test:
        read = _DATES[name]
        if clause.operator in ("in", "not in"):
            wanted = [self._moment(one, clause, name) for one in _items(clause.operand)]
            return lambda issue: (
                (read(issue) in wanted) == (clause.operator == "in") and read(issue) is not None
            )
        moment = self._moment(clause.operand, clause, name)
        if clause.operator == "!=":
            return lambda issue: read(issue) is not None and read(issue) != moment
        if clause.operator not in _COMPARE:
            raise unsupported(clause)
        compare = _COMPARE[clause.operator]
        return lambda issue: read(issue) is not None and compare(read(issue), moment)

    def _moment(self, operand: Operand | None, clause: Clause, name: str) -> Any:
        moment = self.calendar.read(operand or Empty(), clause.field)
        return moment.astimezone(self.calendar.zone).date() if name == "due" else moment.astimezone(UTC)

    def _choice(self, clause: Clause, name: str) -> Test:
        read = _labels if name == "labels" else lambda issue: [_CHOICES[name](issue)]
        if clause.operator in ("=", "!=", "in", "not in"):
            listed = clause.operator.endswith("in")
            wanted = {
                value
                for one in _items(clause.operand)
                for value in ([None] if isinstance(one, Empty) else self.values(one, clause, name, listed))
            }
            if clause.operator in ("=", "in"):
                return lambda issue: bool(wanted & set(read(issue) or [None]))
            # As in Jira, a negative comparison leaves out what has no value at all.
            return lambda issue: any(read(issue)) and not wanted & set(read(issue))
        if clause.operator not in _COMPARE or name not in _RANKED:
            raise unsupported(clause)
        rank, compare = _RANKED[name], _COMPARE[clause.operator]
        bound = next(rank(value) for value in self.values(clause.operand or Empty(), clause, name))
        # Keys of different projects do not compare.
        return lambda issue: (
            compare(rank(_CHOICES[name](issue)), bound) and (name != "key" or rank(issue.key)[0] == bound[0])
        )

    # Values.

    def values(self, operand: Operand, clause: Clause, name: str, listed: bool = False) -> list[str | None]:
        """Return the kept values an operand names."""
        if isinstance(operand, Function):
            return list(self._function(operand, clause, name))
        if not isinstance(operand, Value):
            raise unsupported(clause)
        text = operand.text
        if name == "labels":
            return [text]
        if name == "resolution" and text.lower() == "unresolved":
            return [None]
        if name in ("key", "parent"):
            return self._keys(text, clause, name, listed)
        found = [kept for kept, names in _OPTIONS[name](self) if text.lower() in names]
        if not found:
            raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")
        return list(found)

    def _keys(self, text: str, clause: Clause, name: str, listed: bool) -> list[str | None]:
        issue = self.site.state.issues.get(text.upper()) or self.site.state.by_id(text)
        if issue is not None and rights.may(self.who, rights.BROWSE, issue.project):
            return [issue.key]
        if listed:
            return []
        if name == "key":
            raise JqlError(NO_ISSUE)
        raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")

    def _function(self, function: Function, clause: Clause, name: str) -> Iterator[str | None]:
        called = function.name.lower()
        if called == "currentuser" and name in _PEOPLE:
            if self.who is not None:
                yield self.who.id
        elif called in ("standardissuetypes", "subtaskissuetypes") and name == "issuetype":
            yield from (
                one.id for one in catalog.ISSUE_TYPES if one.subtask == (called == "subtaskissuetypes")
            )
        elif called == "linkedissues" and name == "key" and function.arguments:
            key = function.arguments[0].upper()
            ends = [(link.inward, link.outward) for link in self.site.state.links]
            yield from (b if a == key else a for a, b in ends if key in (a, b))
        elif called in KNOWN_FUNCTIONS:
            raise JqlError(
                f"A value provided by the function '{function.name}' is invalid for the field '{clause.field}'."
            )
        else:
            raise JqlError(f"Unable to find JQL function '{function.name}()'.")

    # History.

    def _history(self, clause: Clause, name: str) -> Test:
        if name not in _HISTORICAL:
            raise JqlError(f"History searches do not support the '{clause.field}' field.")
        start, end = self._window(clause)
        authors = self._named(clause, "by", "assignee")
        if clause.operator == "changed":
            before, after = self._named(clause, "from", name), self._named(clause, "to", name)
            return lambda issue: any(
                start <= when <= end
                and (authors is None or author in authors)
                and (before is None or old in before)
                and (after is None or new in after)
                for when, author, old, new in _changes(issue, name)
            )
        wanted = {
            value
            for one in _items(clause.operand)
            for value in ([None] if isinstance(one, Empty) else self.values(one, clause, name))
        }
        positive = "not" not in clause.operator
        return lambda issue: (
            positive
            == any(
                value in wanted and since <= end and until >= start and (authors is None or author in authors)
                for since, until, value, author in _spans(issue, name, self.calendar.now)
            )
        )

    def _named(self, clause: Clause, predicate: str, name: str) -> set[str | None] | None:
        found = [one.operand for one in clause.predicates if one.name == predicate]
        if not found:
            return None
        return {
            value
            for operand in found
            for one in _items(operand)
            for value in ([None] if isinstance(one, Empty) else self.values(one, clause, name))
        }

    def _window(self, clause: Clause) -> tuple[datetime, datetime]:
        start, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        for predicate in clause.predicates:
            moments = (
                [self.calendar.read(one, clause.field) for one in _items(predicate.operand)]
                if predicate.name in ("after", "before", "on", "during")
                else []
            )
            if predicate.name == "during":
                if len(moments) != 2:
                    raise JqlError("The 'DURING' predicate needs a list of exactly two dates.")
                start, end = max(start, moments[0]), min(end, moments[1])
            elif predicate.name == "after":
                start = max(start, moments[0])
            elif predicate.name == "before":
                end = min(end, moments[0])
            elif predicate.name == "on":
                day = (
                    moments[0]
                    .astimezone(self.calendar.zone)
                    .replace(hour=0, minute=0, second=0, microsecond=0)
                )
                start, end = max(start, day), min(end, day + timedelta(days=1, milliseconds=-1))
        return start, end

    def _sort_key(self, order: Order) -> tuple[Callable[[Issue], Any], bool]:
        name = field_named(order.field)
        read = _DATES.get(name) or _ORDER.get(name)
        if read is None:
            raise JqlError(f"Field '{order.field}' does not exist or you do not have permission to view it.")
        # Each field has an order of its own: what happened newest first, priorities highest first, the rest ascending.
        own = (name in _DATES and name != "due") or name == "priority"
        descending = own if order.descending is None else order.descending
        chosen = read
        return lambda issue: _sortable(chosen(issue)), descending


def field_named(text: str) -> str:
    """Return the field a query means; JqlError in Jira's words when there is none."""
    lower = text.lower()
    name = _ALIASES.get(lower, lower)
    if name in _TEXTS or name in _DATES or name in _CHOICES or name == "labels":
        return name
    raise JqlError(f"Field '{text}' does not exist or you do not have permission to view it.")


def unsupported(clause: Clause) -> JqlError:
    """Return the refusal of an operator."""
    return JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")


def _labels(issue: Issue) -> list[Any]:
    return list(issue.labels)


def _items(operand: Operand | None) -> tuple[Operand, ...]:
    if operand is None:
        return ()
    return operand.items if isinstance(operand, Several) else (operand,)


def _changes(issue: Issue, name: str) -> Iterator[tuple[datetime, str, str | None, str | None]]:
    for entry in issue.history:
        for item in entry.items:
            if item.field_id == name:
                yield entry.created, entry.author, item.old, item.new


def _spans(issue: Issue, name: str, now: datetime) -> Iterator[tuple[datetime, datetime, str | None, str]]:
    """Yield (since, until, value, who set it) over the issue's life."""
    changes = list(_changes(issue, name))
    since, author = issue.created, issue.creator
    value = changes[0][2] if changes else _CHOICES[name](issue)
    for when, by, _, new in changes:
        yield since, when, value, author
        since, author, value = when, by, new
    yield since, max(now, since), value, author


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


_ORDER: dict[str, Callable[[Issue], Any]] = {
    "key": lambda issue: (issue.project, issue.number),
    "summary": lambda issue: issue.summary.lower(),
    "project": lambda issue: catalog.project(issue.project).name,
    "status": lambda issue: issue.status,
    "statuscategory": lambda issue: catalog.status(issue.status).category.id,
    "issuetype": lambda issue: issue.type,
    "priority": lambda issue: -int(issue.priority),
    "resolution": lambda issue: issue.resolution,
    "assignee": lambda issue: rights.BY_ID[issue.assignee].name if issue.assignee else None,
    "reporter": lambda issue: rights.BY_ID[issue.reporter].name,
    "creator": lambda issue: rights.BY_ID[issue.creator].name,
    "parent": lambda issue: issue.parent,
}

Options = list[tuple[str, tuple[str, ...]]]


def _people(_: Searcher) -> Options:
    return [(one.id, (one.id.lower(), one.name.lower(), one.email)) for one in rights.ACCOUNTS]


def _configured(values: tuple[Any, ...]) -> Callable[[Searcher], Options]:
    return lambda _: [(one.id, (one.id, one.name.lower())) for one in values]


_OPTIONS: dict[str, Callable[[Searcher], Options]] = {
    "project": lambda search: [
        (one.key, (one.id, one.key.lower(), one.name.lower())) for one in rights.visible_projects(search.who)
    ],
    "status": _configured(catalog.STATUSES),
    "statuscategory": lambda _: [
        (one.key, (str(one.id), one.key, one.name.lower())) for one in catalog.CATEGORIES
    ],
    "issuetype": _configured(catalog.ISSUE_TYPES),
    "priority": _configured(catalog.PRIORITIES),
    "resolution": _configured(catalog.RESOLUTIONS),
    "assignee": _people,
    "reporter": _people,
    "creator": _people,
}


# Words.

_WORD = re.compile(r"[\w*?]+", re.UNICODE)


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def text_matcher(query: str, field: str) -> Callable[[str], bool]:
    """Return Jira's ``~``: every word (stemmed, ``*`` and ``?`` as wildcards), or a phrase in inner quotes in order."""
    phrase = len(query) > 2 and query[0] == query[-1] == '"'
    words = [word.lower() for word in _WORD.findall(query)]
    if any(query.count(a) != query.count(b) for a, b in ("()", "[]", "{}")) or query.count('"') % 2:
        raise JqlError(f"Unable to parse the text '{query}' for field '{field}'.")
    if not words or words[0][0] in "*?":
        raise JqlError(
            f"The text query '{query}' for field '{field}' is not allowed to start with a wildcard or be empty."
        )

    def matches(text: str) -> bool:
        present = [word.lower() for word in _WORD.findall(text)]
        if phrase:
            stems, wanted = [_stem(word) for word in present], [_stem(word) for word in words]
            return any(stems[at : at + len(wanted)] == wanted for at in range(len(stems)))
        return all(any(_alike(word, other) for other in present) for word in words)

    return matches


def _alike(wanted: str, word: str) -> bool:
    if "*" in wanted or "?" in wanted:
        pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(pattern, word) is not None
    return _stem(wanted) == _stem(word)

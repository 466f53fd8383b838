"""REST operations that search: search/jql with page tokens, approximate-count, jql/parse, and the removed search."""

import base64
import hashlib
import json
from typing import Any

from emulators.jira import catalog, jql, shapes
from emulators.jira.call import BAD_PAYLOAD, Answer, Call, wanted_fields
from emulators.jira.jql_search import UNBOUNDED, Searcher
from emulators.jira.jql_tokens import JqlError
from emulators.jira.render import Json
from emulators.jira.site import Refusal
from emulators.jira.state import Issue

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/{}/search/jql API. A full migration guideline is "
    "available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
MAX_RECONCILED = 50
# "API may return fewer items per page where a large number of fields are requested": Jira stops at a hundred.
MAX_WITH_FIELDS = 100
# These expansions describe the fields, so a search gives them once and not with each issue.
ABOUT_FIELDS = {"names", "schema"}


def search_get(call: Call) -> Json:
    """GET /search/jql."""
    asked: Json = {
        "jql": call.query.get("jql", ""),
        "fields": call.listed("fields"),
        "expand": ",".join(call.expand),
        "maxResults": call.number("maxResults", 50),
    }
    if "nextPageToken" in call.query:
        asked["nextPageToken"] = call.query["nextPageToken"]
    try:
        asked["reconcileIssues"] = [int(id) for id in call.listed("reconcileIssues")]
    except ValueError:
        raise Refusal(400, BAD_PAYLOAD, bare=True) from None
    return _search(call, asked)


def search_post(call: Call) -> Json:
    """POST /search/jql."""
    return _search(call, call.body(shapes.SEARCH))


def _search(call: Call, asked: Json) -> Json:
    size = asked.get("maxResults", 50)
    if not 1 <= size <= 5000:
        raise Refusal(400, "The value of 'maxResults' must be between 1 and 5000.")
    text = asked.get("jql", "")
    live = asked.get("reconcileIssues", [])
    if len(live) > MAX_RECONCILED:
        raise Refusal(400, "At most 50 issues can be reconciled.")
    found = matching(call, text, frozenset(map(str, live)))
    start = _place(asked["nextPageToken"], text) if "nextPageToken" in asked else 0
    wanted = wanted_fields(asked.get("fields", []), (), over_search=True)
    expand = {word.strip() for word in asked.get("expand", "").split(",") if word.strip()}
    if wanted or expand:
        size = min(size, MAX_WITH_FIELDS)
    ids_only = not expand and set(asked.get("fields", [])) <= {"id"}
    shown = [
        {"id": issue.id} if ids_only else call.view.issue(issue, wanted, expand - ABOUT_FIELDS)
        for issue in found[start : start + size]
    ]
    last = start + size >= len(found)
    more: Json = {} if last else {"nextPageToken": _token(start + size, text)}
    if "names" in expand:
        more["names"] = {id: catalog.FIELD[id].name for id in wanted}
    if "schema" in expand:
        more["schema"] = {id: catalog.FIELD[id].schema for id in wanted}
    return {"issues": shown, "isLast": last} | more


def matching(call: Call, text: str, live: frozenset[str] = frozenset()) -> list[Issue]:
    """Return the issues a query matches; an anonymous caller gets none, whatever the query names."""
    try:
        query = jql.parse(text)
        if query.where is None:
            raise JqlError(UNBOUNDED)
        return Searcher.of(call.site, call.who).find(query, live)
    except JqlError as error:
        if call.who is None and not str(error).startswith("Error in the JQL") and str(error) != UNBOUNDED:
            return []
        raise Refusal(400, str(error)) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _token(start: int, text: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, _digest(text)]).encode()).decode()


def _place(token: str, text: str) -> int:
    try:
        start, digest = json.loads(base64.urlsafe_b64decode(token))
        if digest == _digest(text):
            return int(start)
    except (ValueError, TypeError):
        pass
    raise Refusal(400, "The provided next page token is invalid or expired.")


def gone(call: Call) -> Any:
    """GET and POST /search: removed."""
    raise Refusal(410, GONE.format(call.version))


def count(call: Call) -> Json:
    """POST /search/approximate-count."""
    return {"count": len(matching(call, call.body(shapes.COUNT).get("jql", "")))}


def parse(call: Call) -> Answer:
    """POST /jql/parse: which of the queries would be refused, and why."""
    queries = call.body(shapes.JQL_QUERIES)["queries"]
    if not queries or not all(queries):
        raise Refusal(400, BAD_PAYLOAD, bare=True)
    parsed: list[Json] = []
    for text in queries:
        try:
            query = jql.parse(text)
            if call.query.get("validation", "strict") == "strict":
                Searcher.of(call.site, call.who).find(query)
            parsed.append({"query": text})
        except JqlError as error:
            parsed.append({"query": text, "errors": [str(error)]})
    return Answer(200, {"queries": parsed})

"""Everything the Jira stand-in accepts and answers fits Atlassian's OpenAPI document."""

import copy
import random
import re
from collections.abc import AsyncIterator
from typing import Any

import jsonschema_rs
import pytest
from jira import JIRA

from emulators.jira import api
from emulators.jira.rights import Account
from tests.contract import jira_traffic
from tests.emulators.jira_site import ANA_, CHEN_, DORA_, SERVICE, Jira, adf, running
from tests.official import official_json

MARK = [{"key": "updraft", "value": {"draft": "d1"}}]
EVERY_EXPANSION = "renderedFields,names,schema,transitions,editmeta,changelog"


@pytest.fixture
async def jira() -> AsyncIterator[Jira]:
    async with running() as site:
        yield site


def complaints(jira: Jira) -> list[str]:
    return [
        told
        for one in jira.emulator.requests
        for told in (*jira_traffic.request_complaints(one), *jira_traffic.answer_complaints(one))
    ]


READS = [
    "serverInfo",
    "myself",
    f"user?accountId={CHEN_.id}",
    "user?accountId=nobody",
    "user/search?query=ana",
    f"user/search?accountId={CHEN_.id}",
    "user/search",
    "users",
    "users/search?startAt=1&maxResults=2",
    f"user/bulk?accountId={CHEN_.id}&accountId=x",
    "user/assignable/search?project=DEMO",
    "user/assignable/search?issueKey=DEMO-1&query=ben",
    "project",
    "project/DEMO",
    "project/NOPE",
    "project/search?query=pay&maxResults=1",
    "project/search?orderBy=-key&maxResults=1",
    "project/DEMO/statuses",
    "field",
    "issuetype",
    "issuetype/project?projectId=10000",
    "status",
    "status/10000",
    "status/nope",
    "statuscategory",
    "priority",
    "resolution",
    "issueLinkType",
    "issue/createmeta/DEMO/issuetypes",
    "issue/createmeta/DEMO/issuetypes/10103",
    "issue/createmeta/DEMO/issuetypes/1",
    "mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER",
    "mypermissions?permissions=ADD_COMMENTS&issueKey=DEMO-1",
    "mypermissions?permissions=ADD_COMMENTS&projectKey=SECRET",
    "mypermissions?permissions=nonsense",
    "mypermissions",
    f"issue/DEMO-12?expand={EVERY_EXPANSION}",
    f"issue/OPS-3?expand={EVERY_EXPANSION}",
    f"issue/DEMO-18?expand={EVERY_EXPANSION}",
    "issue/DEMO-4?fields=summary,status",
    "issue/DEMO-4?fields=-comment",
    "issue/NOPE-1",
    "issue/SECRET-1",
    "issue/DEMO-4/comment?maxResults=1&expand=renderedBody,properties",
    "issue/DEMO-4/comment?orderBy=-created&startAt=1",
    "issue/DEMO-4/comment?orderBy=author",
    "issue/DEMO-4/comment/1",
    "issue/DEMO-12/transitions?expand=transitions.fields",
    "issue/OPS-3/transitions?expand=transitions.fields",
    "issue/DEMO-17/transitions?transitionId=61&expand=transitions.fields",
    "issue/DEMO-4/editmeta",
    "issue/DEMO-4/changelog?maxResults=2",
    "issue/DEMO-12/worklog",
    "issue/DEMO-12/worklog/1",
    "search/jql?jql=project=DEMO&maxResults=3&fields=*all&expand=names,schema,changelog,renderedFields",
    "search/jql?jql=project=DEMO",
    "search/jql?jql=project=DEMO&fields=*navigable&reconcileIssues=10001",
    "search/jql?jql=nonsense",
    "search/jql?jql=",
    "search/jql?jql=project=DEMO&maxResults=0",
    "search/jql?jql=project=DEMO&nextPageToken=forged",
    "issueLink/10001",
    "issueLink/1",
    "comment/10001/properties",
    "comment/10001/properties/nope",
    "comment/1/properties",
]


@pytest.mark.parametrize("who", [SERVICE, ANA_, DORA_, None], ids=["admin", "ana", "guest", "nobody"])
async def test_reading_fits(jira: Jira, who: Account | None) -> None:
    for path in READS:
        await jira.rest("GET", path, who)
    assert len(jira.emulator.requests) == len(READS)
    assert not complaints(jira)


def permissions(account: str | None) -> dict[str, Any]:
    wish = {"permissions": ["ADD_COMMENTS", "BROWSE_PROJECTS"], "issues": [10001], "projects": [10000, 10002]}
    asked: dict[str, Any] = {"globalPermissions": ["ADMINISTER"], "projectPermissions": [wish]}
    return asked | ({"accountId": account} if account else {})


BUG = {"project": {"key": "DEMO"}, "issuetype": {"name": "Bug"}, "summary": "Rounding of fees"}
# A working day's writes, in order.
SESSION: list[tuple[str, str, Any]] = [
    (
        "POST",
        "issue",
        {"fields": BUG | {"description": adf("Off by a cent."), "priority": {"name": "High"}}},
    ),
    (
        "POST",
        "issue",
        {"fields": BUG | {"assignee": {"accountId": ANA_.id}, "labels": ["fees"], "duedate": "2026-12-01"}},
    ),
    (
        "POST",
        "issue",
        {"fields": {"project": {"key": "DEMO"}, "issuetype": {"name": "Sub-task"}, "summary": "x"}},
    ),
    ("POST", "issue", {"fields": BUG | {"parent": {"key": "DEMO-1"}}}),
    ("POST", "issue", {"fields": BUG | {"summary": ""}}),
    ("POST", "issue", {"fields": BUG | {"resolution": {"name": "Done"}}}),
    ("POST", "issue", {}),
    ("POST", "issue/bulk", {"issueUpdates": [{"fields": BUG}, {"fields": {}}]}),
    ("PUT", "issue/DEMO-33", {"fields": {"summary": "Rounding of the fees", "duedate": None}}),
    ("PUT", "issue/DEMO-33", {"update": {"labels": [{"add": "fees"}, {"remove": "x"}]}}),
    ("PUT", "issue/DEMO-33", {"fields": {"description": "not a document"}}),
    ("PUT", "issue/DEMO-33?returnIssue=true", {"fields": {"priority": {"id": "1"}}}),
    ("PUT", "issue/DEMO-33/assignee", {"accountId": CHEN_.id}),
    ("PUT", "issue/DEMO-33/assignee", {"accountId": DORA_.id}),
    ("PUT", "issue/DEMO-33/assignee", {"accountId": None}),
    ("POST", "issue/DEMO-33/comment?expand=properties", {"body": adf("Seen twice."), "properties": MARK}),
    ("POST", "issue/DEMO-33/comment", {"body": {"type": "doc"}}),
    ("POST", "issue/DEMO-33/comment", {"body": {"type": "doc", "version": 1, "content": []}}),
    ("POST", "comment/list?expand=properties,renderedBody", {"ids": [10001, 10004]}),
    ("POST", "comment/list", {"ids": []}),
    ("PUT", "comment/10001/properties/seen", {"by": "us"}),
    ("PUT", "comment/10001/properties/seen", [1, 2]),
    ("GET", "comment/10001/properties", None),
    ("GET", "comment/10001/properties/seen", None),
    ("DELETE", "comment/10001/properties/seen", None),
    ("POST", "issue/DEMO-33/transitions", {"transition": {"id": "21"}}),
    ("POST", "issue/DEMO-33/transitions", {"transition": {"id": "61"}}),
    (
        "POST",
        "issue/DEMO-33/transitions",
        {"transition": {"id": "61"}, "fields": {"resolution": {"name": "Fixed"}}},
    ),
    (
        "POST",
        "issue/DEMO-33/transitions",
        {"transition": {"id": "61"}, "fields": {"resolution": {"name": "No"}}},
    ),
    ("POST", "issue/DEMO-33/transitions", {"transition": {"id": "99"}}),
    (
        "POST",
        "issue/DEMO-33/transitions",
        {"transition": {"id": "61"}, "update": {"comment": [{"add": {"body": adf("Done.")}}]}},
    ),
    ("POST", "issue/DEMO-33/transitions", {}),
    (
        "POST",
        "issue/DEMO-12/transitions",
        {"transition": {"id": "41"}, "fields": {"summary": "no screen"}},
    ),
    ("POST", "issue/DEMO-33/worklog", {"timeSpent": "2h", "comment": adf("Looked at the tables.")}),
    (
        "POST",
        "issue/DEMO-33/worklog",
        {"timeSpentSeconds": 60, "started": "2026-11-20T09:00:00.000+0100"},
    ),
    ("POST", "issue/DEMO-33/worklog", {}),
    ("GET", "issue/DEMO-33/worklog", None),
    (
        "POST",
        "issueLink",
        {
            "type": {"name": "Blocks"},
            "inwardIssue": {"key": "DEMO-33"},
            "outwardIssue": {"key": "DEMO-4"},
        },
    ),
    (
        "POST",
        "issueLink",
        {"type": {"name": "Eats"}, "inwardIssue": {"key": "DEMO-33"}, "outwardIssue": {"key": "DEMO-4"}},
    ),
    ("GET", f"issue/DEMO-33?expand={EVERY_EXPANSION}", None),
    ("POST", "issue/DEMO-4/changelog/list", {"changelogIds": [10001]}),
    ("POST", "changelog/bulkfetch", {"issueIdsOrKeys": ["DEMO-33", "DEMO-4"], "maxResults": 2}),
    ("POST", "changelog/bulkfetch", {"issueIdsOrKeys": ["DEMO-4"], "fieldIds": ["status"]}),
    ("POST", "search/jql", {"jql": "project = DEMO", "fields": ["*all"], "reconcileIssues": [10001]}),
    ("POST", "search/approximate-count", {"jql": "project = DEMO"}),
    ("POST", "search/approximate-count", {"jql": "x"}),
    ("POST", "jql/parse?validation=strict", {"queries": ["project = DEMO", "a b c"]}),
    ("POST", "permissions/check", permissions(None)),
    ("POST", "permissions/check", permissions(DORA_.id)),
    ("POST", "permissions/check", {"projectPermissions": [{"permissions": ["NOPE"]}]}),
    ("POST", "permissions/project", {"permissions": ["ADD_COMMENTS"]}),
    ("DELETE", "issueLink/10003", None),
    ("DELETE", "issue/DEMO-18", None),
    ("DELETE", "issue/DEMO-18?deleteSubtasks=true", None),
]


@pytest.mark.parametrize("who", [SERVICE, ANA_, DORA_, None], ids=["admin", "ana", "guest", "nobody"])
async def test_writing_fits(jira: Jira, who: Account | None) -> None:
    for method, path, body in SESSION:
        await jira.rest(method, path, who, body)
    accepted = [one for one in jira.emulator.requests if one.status < 400]
    assert not [told for one in accepted for told in jira_traffic.request_complaints(one)]
    assert not [told for one in jira.emulator.requests for told in jira_traffic.answer_complaints(one)]
    if who is SERVICE:
        assert len(accepted) > 30


async def test_every_stored_document_is_valid(jira: Jira) -> None:
    schema = jsonschema_rs.validator_for(official_json("jira/adf-full.v1.schema.json"))
    for issue in jira.emulator.site.state.issues.values():
        bodies = [one.body for one in issue.comments] + [issue.description or adf()]
        assert all(schema.is_valid(body) for body in bodies), issue.key


async def test_the_operations_are_all_documented() -> None:
    documented = official_json(jira_traffic.OPENAPI)["paths"]
    shapes = {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path))
        for path, methods in documented.items()
        for method in methods
    }
    for method, path, _ in api.OPEN + api.CLOSED:
        assert (method, "/rest/api/3" + re.sub(r"\{[^}]+\}", "{}", path)) in shapes


async def test_the_librarys_own_deviations_are_few_and_known(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        client.search_users(query="ben")
        client.transition_issue("DEMO-12", "41")
        client.assign_issue("DEMO-12", "ben@example.com")
        client.enhanced_search_issues("project = DEMO", use_post=True)
        client.create_issue_link("Relates", "DEMO-12", "DEMO-14")
        client.add_worklog("DEMO-12", timeSpent="30m")

    await jira.library(act)
    assert {t for one in jira.emulator.requests for t in jira_traffic.request_complaints(one)} == {
        "GET /rest/api/3/user/search: unknown parameter includeActive",
        "GET /rest/api/3/user/search: unknown parameter includeInactive",
        "POST /rest/api/3/issue/{issueIdOrKey}/transitions: ['transition', 'id']: 41 is not of type \"string\"",
    }
    assert not [t for one in jira.emulator.requests for t in jira_traffic.answer_complaints(one)]


def damaged(body: Any, chance: random.Random) -> Any:
    """Return the body with one thing changed anywhere."""
    broken = copy.deepcopy(body)
    places = [broken]
    for place in places:
        inner = place.values() if isinstance(place, dict) else place
        places += [child for child in inner if isinstance(child, dict | list)]
    place = chance.choice(places)
    junk = chance.choice([True, 0, -1, "", "x", [], {}, [3], {"id": 4}, 1.5])
    if isinstance(place, list):
        place.append(junk)
    elif place and chance.random() < 0.7:
        place[chance.choice(list(place))] = junk
    else:
        place["extra"] = junk
    return broken


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_accepted_fits_and_nothing_breaks(jira: Jira, seed: int) -> None:
    chance = random.Random(seed)
    for method, path, body in SESSION:
        for _ in range(12 if isinstance(body, dict) else 1):
            await jira.rest(method, path, SERVICE, damaged(body, chance) if isinstance(body, dict) else body)
    assert not [(one.method, one.path, one.body) for one in jira.emulator.requests if one.status >= 500]
    accepted = [one for one in jira.emulator.requests if one.status < 400]
    assert not [(told, one.body) for one in accepted for told in jira_traffic.request_complaints(one)]
    assert not [(t, one.body) for one in jira.emulator.requests for t in jira_traffic.answer_complaints(one)]
    assert len(accepted) > 30

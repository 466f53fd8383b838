"""What the Jira stand-in enforces and what it can be asked to do: logins, rights, workflows, markers, faults, lag, limits."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.jira import JiraEmulator
from emulators.jira.rights import Account
from tests.emulators.jira_site import ANA_, BEN_, CHEN_, DORA_, SERVICE, Answered, Clock, Jira, adf, running

MARK = [{"key": "updraft", "value": {"draft": "d1"}}]
NO_ISSUE = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}


@pytest.fixture
async def jira() -> AsyncIterator[Jira]:
    async with running() as site:
        yield site


async def comment(jira: Jira, key: str = "DEMO-12", who: Account | None = ANA_, **more: Any) -> Answered:
    return await jira.rest("POST", f"issue/{key}/comment", who, {"body": adf("Cache is live.")} | more)


async def transition(jira: Jira, key: str, id: str, who: Account = ANA_, **more: Any) -> Answered:
    return await jira.rest("POST", f"issue/{key}/transitions", who, {"transition": {"id": id}} | more)


def status(jira: Jira, key: str) -> str:
    return str(jira.emulator.issue(key)["fields"]["status"]["name"])


# Logins.


async def test_wrong_credentials_are_401_with_seraphs_reason(jira: Jira) -> None:
    answer = await jira.rest("GET", "myself", None, headers={"Authorization": "Basic eDp5"})
    assert (answer.status, answer.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATED_FAILED")
    assert answer.headers["WWW-Authenticate"].startswith("OAuth realm=")
    assert answer.text == "Client must be authenticated to access this resource."


async def test_a_client_that_wants_json_gets_json(jira: Jira) -> None:
    answer = await jira.rest("GET", "myself", None, headers={"Accept": "application/json"})
    assert (answer.status, answer.json["status-code"]) == (401, 401)


@pytest.mark.parametrize("header", ["Bearer abc", "Basic ???", "Basic", ""])
async def test_other_schemes_do_not_log_in(jira: Jira, header: str) -> None:
    answer = await jira.rest("GET", "issue/DEMO-1", None, headers={"Authorization": header})
    assert answer.status == 401


async def test_nobody_sees_nothing_but_no_error_either(jira: Jira) -> None:
    assert (await jira.rest("GET", "issue/DEMO-1", None)).json == NO_ISSUE
    found = await jira.rest("GET", "search/jql?jql=project=DEMO", None)
    assert (found.status, found.json) == (200, {"issues": [], "isLast": True})
    assert (await jira.rest("GET", "project", None)).json == []
    assert (await comment(jira, who=None)).status == 404


async def test_the_answer_names_the_account(jira: Jira) -> None:
    answer = await jira.rest("GET", "myself", BEN_)
    assert answer.headers["X-AACCOUNTID"].replace("%3A", ":") == BEN_.id == answer.json["accountId"]


# Rights.


async def test_a_secret_project_does_not_exist_for_others(jira: Jira) -> None:
    for who in (ANA_, BEN_, DORA_):
        answer = await jira.rest("GET", "issue/SECRET-1", who)
        assert (answer.status, answer.json) == (404, NO_ISSUE)
    for who in (CHEN_, SERVICE):
        assert (await jira.rest("GET", "issue/SECRET-1", who)).status == 200


async def test_a_guest_may_not_comment_transition_edit_or_log_work(jira: Jira) -> None:
    refused = await comment(jira, who=DORA_)
    assert (refused.status, refused.json["errorMessages"]) == (
        400,
        ["Dora, you do not have the permission to comment on this issue."],
    )
    moved = await transition(jira, "DEMO-12", "41", DORA_)
    assert (moved.status, moved.json["errorMessages"]) == (
        400,
        ["Transition id '41' is not valid for this issue."],
    )
    assert (await jira.rest("PUT", "issue/DEMO-12", DORA_, {"fields": {"summary": "x"}})).status == 400
    assert (await jira.rest("POST", "issue/DEMO-12/worklog", DORA_, {"timeSpent": "1h"})).status == 400
    assert (await jira.rest("DELETE", "issue/DEMO-12", DORA_)).status == 403
    assert len(jira.emulator.comments("DEMO-12")) == 2


async def test_only_an_administrator_asks_what_another_may_do(jira: Jira) -> None:
    id = int(jira.emulator.issue("DEMO-12")["id"])
    wish = {"permissions": ["ADD_COMMENTS", "BROWSE_PROJECTS"], "issues": [id], "projects": [10000]}
    asked = {"accountId": DORA_.id, "projectPermissions": [wish]}
    granted = await jira.rest("POST", "permissions/check", SERVICE, asked)
    assert {one["permission"]: one["issues"] for one in granted.json["projectPermissions"]} == {
        "ADD_COMMENTS": [],
        "BROWSE_PROJECTS": [id],
    }
    assert (await jira.rest("POST", "permissions/check", ANA_, asked)).status == 403
    assert (await jira.rest("POST", "permissions/check", DORA_, asked)).status == 200


async def test_mypermissions_tells_what_i_may_on_an_issue(jira: Jira) -> None:
    path = "mypermissions?permissions=ADD_COMMENTS,BROWSE_PROJECTS&issueKey=DEMO-12"
    held = (await jira.rest("GET", path, DORA_)).json["permissions"]
    assert [held[key]["havePermission"] for key in ("ADD_COMMENTS", "BROWSE_PROJECTS")] == [False, True]


async def test_a_comment_is_its_authors_or_an_administrators(jira: Jira) -> None:
    id = (await comment(jira)).json["id"]
    path = f"issue/DEMO-12/comment/{id}"
    assert (await jira.rest("PUT", path, BEN_, {"body": adf("mine now")})).status == 400
    assert (await jira.rest("DELETE", path, BEN_)).status == 400
    assert (await jira.rest("DELETE", path, SERVICE)).status == 204


async def test_a_private_profile_is_found_but_not_shown(jira: Jira) -> None:
    jira.emulator.private.add(CHEN_.id)
    found = (await jira.rest("GET", "user/search?query=chen@example.com", SERVICE)).json
    assert [(one["accountId"], one["emailAddress"], one["timeZone"]) for one in found] == [
        (CHEN_.id, None, "Etc/UTC")
    ]
    lead = (await jira.rest("GET", "issue/DEMO-1", ANA_)).json["fields"]["assignee"]
    assert (lead["emailAddress"], lead["timeZone"]) == (None, None)
    assert (await jira.rest("GET", "myself", CHEN_)).json["emailAddress"] == CHEN_.email


# Workflows.


async def test_a_task_goes_anywhere_and_two_ways_are_done(jira: Jira) -> None:
    offered = (await jira.rest("GET", "issue/DEMO-12/transitions")).json["transitions"]
    done = [one["name"] for one in offered if one["to"]["statusCategory"]["key"] == "done"]
    assert done == ["Done", "Won't do"]
    assert (await transition(jira, "DEMO-12", "51")).status == 204
    assert jira.emulator.issue("DEMO-12")["fields"]["resolution"]["name"] == "Won't Do"
    assert (await transition(jira, "DEMO-12", "21")).status == 204
    fields = jira.emulator.issue("DEMO-12")["fields"]
    assert (fields["resolution"], fields["resolutiondate"]) == (None, None)


async def test_a_story_has_no_way_to_done_from_to_do(jira: Jira) -> None:
    for id, after in (("111", "In Progress"), ("121", "In Review"), ("131", "Done"), ("141", "In Progress")):
        offered = (await jira.rest("GET", "issue/DEMO-21/transitions")).json["transitions"]
        assert [one["to"]["name"] == "Done" for one in offered].count(True) == (id == "131")
        assert (await transition(jira, "DEMO-21", id)).status == 204
        assert status(jira, "DEMO-21") == after
    assert (await transition(jira, "DEMO-21", "131")).status == 400


async def test_a_bug_needs_a_resolution(jira: Jira) -> None:
    shown = await jira.rest("GET", "issue/DEMO-17/transitions?transitionId=61&expand=transitions.fields")
    field = shown.json["transitions"][0]["fields"]["resolution"]
    assert (field["required"], field["allowedValues"][0]["name"]) == (True, "Done")
    refused = await transition(jira, "DEMO-17", "61")
    assert refused.json == {"errorMessages": [], "errors": {"resolution": "Resolution is required."}}
    unknown = await transition(jira, "DEMO-17", "61", fields={"resolution": {"name": "Magic"}})
    assert unknown.json["errors"] == {"resolution": "Resolution name 'Magic' is not valid"}
    assert status(jira, "DEMO-17") == "In Progress"
    assert (await transition(jira, "DEMO-17", "61", fields={"resolution": {"id": "10004"}})).status == 204
    assert jira.emulator.issue("DEMO-17")["fields"]["resolution"]["name"] == "Fixed"


async def test_a_bug_of_operations_asks_for_a_select_and_a_text(jira: Jira) -> None:
    refused = await transition(jira, "OPS-3", "61")
    assert refused.json["errors"] == {
        "resolution": "Resolution is required.",
        "customfield_10050": "Root cause is required.",
    }
    fields = {"resolution": {"name": "Fixed"}, "customfield_10050": "Log rotation was off"}
    assert (await transition(jira, "OPS-3", "61", fields=fields)).status == 204
    assert jira.emulator.issue("OPS-3")["fields"]["customfield_10050"] == "Log rotation was off"


async def test_a_field_off_the_screen_is_refused(jira: Jira) -> None:
    refused = await transition(jira, "DEMO-12", "41", fields={"summary": "x"})
    told = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."
    assert refused.json == {"errorMessages": [], "errors": {"summary": told}}
    assert (
        await jira.rest("PUT", "issue/DEMO-12", ANA_, {"fields": {"resolution": {"id": "10000"}}})
    ).status == 400


async def test_a_comment_inside_a_transition_needs_a_screen(jira: Jira) -> None:
    note = {"comment": [{"add": {"body": adf("Fixed by hand.")}}]}
    assert (await transition(jira, "DEMO-12", "41", update=note)).status == 204
    assert len(jira.emulator.comments("DEMO-12")) == 2
    fixed = {"resolution": {"name": "Fixed"}}
    assert (await transition(jira, "DEMO-17", "61", fields=fixed, update=note)).status == 204
    assert len(jira.emulator.comments("DEMO-17")) == 3


async def test_a_missing_transition_is_named(jira: Jira) -> None:
    answer = await jira.rest("POST", "issue/DEMO-12/transitions", ANA_, {"fields": {}})
    assert answer.json == {"errorMessages": ["Missing 'transition' identifier"], "errors": {}}


async def test_history_tells_who_moved_what(jira: Jira) -> None:
    await transition(jira, "DEMO-14", "41", BEN_)
    entry = (await jira.rest("GET", "issue/DEMO-14/changelog")).json["values"][-1]
    assert entry["author"]["displayName"] == "Ben"
    assert [(one["field"], one["fromString"], one["toString"]) for one in entry["items"]] == [
        ("resolution", None, "Done"),
        ("status", "In Review", "Done"),
    ]


async def test_history_comes_oldest_first_but_newest_first_when_expanded(jira: Jira) -> None:
    paged = (await jira.rest("GET", "issue/DEMO-4/changelog")).json["values"]
    expanded = (await jira.rest("GET", "issue/DEMO-4?expand=changelog")).json["changelog"]["histories"]
    assert [one["id"] for one in paged] == [one["id"] for one in reversed(expanded)]
    assert len(paged) == 5


async def test_histories_of_many_issues_come_in_pages(jira: Jira) -> None:
    asked = {
        "issueIdsOrKeys": ["DEMO-4", "DEMO-3", "SECRET-1", "NOPE-1"],
        "fieldIds": ["status"],
        "maxResults": 3,
    }
    seen: list[tuple[str, str]] = []
    while True:
        page = (await jira.rest("POST", "changelog/bulkfetch", ANA_, asked)).json
        seen += [
            (log["issueId"], one["id"]) for log in page["issueChangeLogs"] for one in log["changeHistories"]
        ]
        if "nextPageToken" not in page:
            break
        asked["nextPageToken"] = page["nextPageToken"]
    assert len(seen) == len(set(seen)) == 3 + 5
    assert {id for id, _ in seen} == {jira.emulator.issue(key)["id"] for key in ("DEMO-3", "DEMO-4")}


async def test_create_metadata_names_what_is_required(jira: Jira) -> None:
    types = (await jira.rest("GET", "issue/createmeta/DEMO/issuetypes")).json["issueTypes"]
    ids = {one["name"]: one["id"] for one in types}
    shown = (await jira.rest("GET", f"issue/createmeta/DEMO/issuetypes/{ids['Sub-task']}")).json["fields"]
    assert {one["fieldId"] for one in shown if one["required"]} == {
        "project",
        "issuetype",
        "summary",
        "parent",
    }
    assert (await jira.rest("GET", "issue/createmeta/DEMO/issuetypes", DORA_)).json["issueTypes"] == []


async def test_time_is_logged_and_summed(jira: Jira) -> None:
    for spent, seconds in (("1d 2h", 36_000), ("45m", 2_700)):
        made = await jira.rest("POST", "issue/DEMO-3/worklog", ANA_, {"timeSpent": spent})
        assert made.json["timeSpentSeconds"] == seconds
    assert jira.emulator.issue("DEMO-3")["fields"]["timespent"] == 38_700
    for wrong in ({"timeSpent": "soon"}, {"timeSpent": "1h", "timeSpentSeconds": 3600}, {}):
        assert (await jira.rest("POST", "issue/DEMO-3/worklog", ANA_, wrong)).status == 400


# Comments.


async def test_a_marker_is_found_on_the_comment(jira: Jira) -> None:
    made = await comment(jira, properties=MARK)
    assert (made.status, "properties" in made.json) == (201, False)
    listed = await jira.rest("POST", "comment/list?expand=properties", ANA_, {"ids": [int(made.json["id"])]})
    assert listed.json["values"][0]["properties"] == MARK
    all_of_them = await jira.rest("GET", "issue/DEMO-12/comment?expand=properties")
    assert [one["properties"] for one in all_of_them.json["comments"]] == [[], [], MARK]
    one = await jira.rest("GET", f"comment/{made.json['id']}/properties/updraft")
    assert one.json == MARK[0]


@pytest.mark.parametrize(
    "body",
    [
        "plain text",
        {"type": "doc", "version": 1},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": "bare"}]},
        {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
        },
        None,
    ],
)
async def test_a_body_that_is_no_document_is_refused(jira: Jira, body: Any) -> None:
    refused = await comment(jira, body=body)
    assert (refused.status, refused.json["errors"]) == (400, {"comment": "Comment body is not valid!"})


async def test_empty_and_endless_comments_are_refused(jira: Jira) -> None:
    empty = await comment(jira, body=adf(" "))
    assert empty.json["errors"] == {"comment": "Comment body can not be empty!"}
    endless = await comment(jira, body=adf("x" * 32_768))
    assert "32,767" in endless.json["errors"]["comment"]


async def test_a_property_the_schema_lacks_is_an_invalid_payload(jira: Jira) -> None:
    sentence = "Invalid request payload. Refer to the REST API documentation and try again."
    refused = await jira.rest("POST", "search/jql", ANA_, {"jql": "project = DEMO", "startAt": 0})
    assert (refused.status, refused.json) == (400, {"errorMessages": [sentence]})
    async with jira.session.post(
        f"{jira.url}/rest/api/3/issue/DEMO-12/comment",
        data=b"{",
        headers={"Authorization": aiohttp.encode_basic_auth(ANA_.email, ANA_.token)},
    ) as answer:
        assert answer.status == 400


async def test_dates_are_in_the_readers_time_zone(jira: Jira) -> None:
    for who, offset in ((ANA_, "+0100"), (BEN_, "-0400"), (CHEN_, "+0800")):
        shown = await jira.rest("GET", "issue/DEMO-12?fields=created", who)
        assert shown.json["fields"]["created"].endswith(offset)


# Faults.


async def test_the_answer_can_be_lost_after_the_effect(jira: Jira) -> None:
    jira.emulator.faults.add("drop_after", r"/issue/DEMO-12/comment$", method="POST")
    with pytest.raises(aiohttp.ClientError):
        await comment(jira, properties=MARK)
    assert jira.emulator.comments("DEMO-12")[-1]["properties"] == MARK
    assert (await comment(jira)).status == 201


async def test_a_request_can_be_lost_before_the_effect(jira: Jira) -> None:
    jira.emulator.faults.add("drop_before", "/comment", method="POST")
    with pytest.raises(aiohttp.ClientError):
        await comment(jira)
    assert len(jira.emulator.comments("DEMO-12")) == 2


async def test_it_fails_as_asked_and_recovers(jira: Jira) -> None:
    jira.emulator.faults.add("status", "/myself", status=503, headers={"Retry-After": "2"}, times=2)
    assert [(await jira.rest("GET", "myself")).status for _ in range(3)] == [503, 503, 200]
    assert [one.status for one in jira.emulator.requests] == [503, 503, 200]


async def test_control_neither_records_nor_fails(jira: Jira) -> None:
    async with jira.session.post(
        f"{jira.url}/_control/faults", json={"kind": "status", "times": -1}
    ) as answer:
        assert answer.status == 200
    async with jira.session.get(f"{jira.url}/_board?project=DEMO") as answer:
        assert answer.status == 200
    assert (await jira.rest("GET", "myself")).status == 500
    assert [one.path for one in jira.emulator.requests] == ["/rest/api/3/myself"]


async def test_an_unknown_path_is_a_problem_document(jira: Jira) -> None:
    answer = await jira.rest("GET", "nonsense")
    assert (answer.status, answer.json["title"]) == (404, "Not Found")
    assert (await jira.rest("PATCH", "myself")).status == 405
    assert [one.status for one in jira.emulator.requests] == [404, 405]


# The index and the limits.


async def test_search_lags_and_reconciling_sees_through(jira: Jira) -> None:
    jira.emulator.index_lag = 30
    await transition(jira, "DEMO-12", "41")
    made = (await jira.rest("POST", "issue", ANA_, new_task())).json
    jql = "project = DEMO AND statusCategory != Done AND assignee = currentUser()"

    async def keys(**more: Any) -> set[str]:
        asked = {"jql": jql, "fields": ["summary"]} | more
        found = await jira.rest("POST", "search/jql", ANA_, asked)
        return {one["key"] for one in found.json["issues"]}

    assert "DEMO-12" in await keys()
    assert made["key"] not in await keys()
    moved = int(jira.emulator.issue("DEMO-12")["id"])
    reconciled = await keys(reconcileIssues=[moved, int(made["id"])])
    assert ("DEMO-12" in reconciled, made["key"] in reconciled) == (False, True)
    jira.clock.pass_(seconds=31)
    assert await keys() == reconciled


def new_task() -> dict[str, Any]:
    return {
        "fields": {
            "project": {"key": "DEMO"},
            "issuetype": {"name": "Task"},
            "summary": "Measure the hit rate",
            "assignee": {"accountId": ANA_.id},
        }
    }


async def test_an_issue_takes_only_so_many_writes(jira: Jira) -> None:
    jira.emulator.write_limit = 20
    answers = [await comment(jira) for _ in range(21)]
    assert [one.status for one in answers] == [201] * 20 + [429]
    assert answers[-1].headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert answers[-1].headers["Retry-After"] == "2"
    assert (await comment(jira, "DEMO-14")).status == 201
    jira.clock.pass_(seconds=2)
    assert (await comment(jira)).status == 201


async def test_a_page_token_belongs_to_its_query(jira: Jira) -> None:
    first = await jira.rest("POST", "search/jql", ANA_, {"jql": "project = DEMO", "maxResults": 5})
    token = first.json["nextPageToken"]
    assert first.json["issues"][0].keys() == {"id"}
    other = await jira.rest("POST", "search/jql", ANA_, {"jql": "project = OPS", "nextPageToken": token})
    assert other.status == 400


async def test_a_page_with_fields_holds_a_hundred(jira: Jira) -> None:
    for number in range(80):
        jira.emulator.create("OPS", f"Alert {number}")
    asked = {"jql": "project = OPS", "maxResults": 1000}
    full = (
        await jira.rest("POST", "search/jql", ANA_, asked | {"fields": ["summary"], "expand": "names"})
    ).json
    assert (len(full["issues"]), full["isLast"], full["names"]) == (85, True, {"summary": "Summary"})
    for number in range(20):
        jira.emulator.create("OPS", f"Alarm {number}")
    full = (await jira.rest("POST", "search/jql", ANA_, asked | {"fields": ["summary"]})).json
    assert (len(full["issues"]), full["isLast"]) == (100, False)
    bare = (await jira.rest("POST", "search/jql", ANA_, asked | {"fields": ["key"]})).json
    assert (len(bare["issues"]), bare["issues"][0]["key"]) == (105, "OPS-105")


async def test_a_link_is_made_once_and_seen_from_both_ends(jira: Jira) -> None:
    ends = {"inwardIssue": {"key": "DEMO-14"}, "outwardIssue": {"key": "DEMO-12"}}
    link = {"type": {"name": "Blocks"}} | ends
    for note in (None, {"body": adf("Needs the codes.")}):
        assert (await jira.rest("POST", "issueLink", ANA_, link | {"comment": note})).status == 201
    assert len(jira.emulator.comments("DEMO-12")) == 3
    blocker = jira.emulator.issue("DEMO-14")["fields"]["issuelinks"]
    assert [(one["type"]["outward"], one["outwardIssue"]["key"]) for one in blocker] == [
        ("blocks", "DEMO-12")
    ]
    blocked = [one for one in jira.emulator.issue("DEMO-12")["fields"]["issuelinks"] if "inwardIssue" in one]
    assert [(one["type"]["inward"], one["inwardIssue"]["key"]) for one in blocked] == [
        ("is blocked by", "DEMO-14")
    ]
    assert (await jira.rest("DELETE", f"issueLink/{blocked[0]['id']}", BEN_)).status == 204
    assert jira.emulator.issue("DEMO-14")["fields"]["issuelinks"] == []
    told = [one["items"][0] for one in jira.emulator.issue("DEMO-14")["changelog"]["histories"]]
    assert [(one["to"], one["from"]) for one in told if one["field"] == "Link"] == [
        (None, "DEMO-12"),
        ("DEMO-12", None),
    ]


@pytest.mark.parametrize("jql", ["", "ORDER BY created DESC"])
async def test_an_unbounded_query_is_refused(jira: Jira, jql: str) -> None:
    refused = await jira.rest("POST", "search/jql", ANA_, {"jql": jql})
    assert refused.json["errorMessages"] == [
        "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
    ]


# New issues.


async def test_a_new_issue_must_be_complete(jira: Jira) -> None:
    fields = new_task()["fields"]
    for missing, told in (
        ("summary", "You must specify a summary of the issue."),
        ("project", "Specify a valid project ID or key"),
        ("issuetype", "Specify a valid issue type"),
    ):
        body = {"fields": {name: value for name, value in fields.items() if name != missing}}
        refused = await jira.rest("POST", "issue", ANA_, body)
        assert (refused.status, refused.json["errors"]) == (400, {missing: told})


async def test_a_subtask_needs_a_parent_of_its_project(jira: Jira) -> None:
    fields = new_task()["fields"] | {"issuetype": {"name": "Sub-task"}}
    assert (await jira.rest("POST", "issue", ANA_, {"fields": fields})).json["errors"] == {
        "parent": "Parent is required."
    }
    for parent, allowed in (("OPS-1", 400), ("DEMO-1", 400), ("DEMO-12", 201)):
        made = await jira.rest("POST", "issue", ANA_, {"fields": fields | {"parent": {"key": parent}}})
        assert made.status == allowed
    assert [one["key"] for one in jira.emulator.issue("DEMO-12")["fields"]["subtasks"]] == ["DEMO-33"]


async def test_an_issue_with_subtasks_goes_only_with_them(jira: Jira) -> None:
    assert (await jira.rest("DELETE", "issue/DEMO-18", CHEN_)).status == 400
    assert (await jira.rest("DELETE", "issue/DEMO-18?deleteSubtasks=true", CHEN_)).status == 204
    assert (await jira.rest("GET", "issue/DEMO-19")).status == 404


async def test_an_edit_is_all_or_nothing(jira: Jira) -> None:
    body = {"fields": {"summary": "Half", "duedate": "tomorrow"}}
    refused = await jira.rest("PUT", "issue/DEMO-12", ANA_, body)
    assert list(refused.json["errors"]) == ["duedate"]
    assert jira.emulator.issue("DEMO-12")["fields"]["summary"] != "Half"


# The rest of a stand-in.


async def test_listeners_hear_of_every_change(jira: Jira) -> None:
    heard: list[dict[str, Any]] = []
    jira.emulator.listeners.append(heard.append)
    await comment(jira)
    await transition(jira, "DEMO-14", "41")
    await jira.rest("PUT", "issue/DEMO-12", ANA_, {"fields": {"labels": ["x"]}})
    await jira.rest("POST", "issue", ANA_, new_task())
    assert heard == [
        {"service": "jira", "type": "issue_changed", "key": key, "what": what}
        for key, what in (
            ("DEMO-12", "comment"),
            ("DEMO-14", "transition"),
            ("DEMO-12", "edited"),
            ("DEMO-33", "created"),
        )
    ]


async def test_the_board_and_an_issue_are_there_for_a_page(jira: Jira) -> None:
    async with jira.session.get(f"{jira.url}/_board?project=DEMO") as answer:
        board = await answer.json()
    assert [one["status"] for one in board["columns"]] == [
        "To Do",
        "In Progress",
        "In Review",
        "Done",
        "Won't do",
    ]
    assert sum(len(one["issues"]) for one in board["columns"]) == 32
    async with jira.session.get(f"{jira.url}/_issue/demo-12") as answer:
        issue = await answer.json()
    assert (issue["assignee"], issue["commentList"][0]["author"]) == ("Ana", "Ben")
    assert issue["history"][0]["items"][0] == {"field": "status", "from": "To Do", "to": "In Progress"}
    for path in ("_board?project=NOPE", "_issue/NOPE-1", "browse/NOPE-1"):
        async with jira.session.get(f"{jira.url}/{path}") as answer:
            assert answer.status == 404
    async with jira.session.get(f"{jira.url}/browse/DEMO-12") as answer:
        assert "Cache exchange rates" in await answer.text()


async def test_python_acts_like_a_person(jira: Jira) -> None:
    key = jira.emulator.create("DEMO", "By hand", assignee=ANA_.id)
    jira.emulator.comment(key, "First look", by=BEN_.id)
    jira.emulator.transition(key, "Done", by=BEN_.id)
    issue = jira.emulator.issue(key)
    assert (issue["fields"]["status"]["name"], issue["changelog"]["total"]) == ("Done", 1)
    assert jira.emulator.comments(key)[0]["author"]["displayName"] == "Ben"


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    saved = tmp_path / "jira.json"
    async with running(state=saved) as jira:
        await comment(jira, properties=MARK)
        await transition(
            jira, "OPS-3", "61", fields={"resolution": {"id": "10004"}, "customfield_10050": "rotation"}
        )
        await jira.rest("POST", "issue", ANA_, new_task())
        before = jira.emulator.site.state
    again = JiraEmulator(saved, now=Clock())
    assert again.site.state == before
    assert again.comments("DEMO-12")[-1]["properties"] == MARK
    again.reset()
    assert len(JiraEmulator(saved).comments("DEMO-12")) == 2


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"issues": {"DEMO-1": {}}, "links": [], "counters": {}}', "7"]
)
def test_damaged_state_is_one_sentence(tmp_path: Path, content: str) -> None:
    saved = tmp_path / "jira.json"
    saved.write_text(content)
    with pytest.raises(ValueError, match=r"jira\.json is damaged .*--reset"):
        JiraEmulator(saved)

"""REST operations on issues: create, read, edit, delete, assign, transitions, history, worklogs, links."""

import re
from datetime import datetime
from typing import Any

from emulators.jira import adf, adf_text, catalog, fields, rights, shapes, workflow
from emulators.jira.call import BAD_PAYLOAD, Answer, Call, checked_issue_body, page, wanted_fields
from emulators.jira.render import ALL_FIELDS, Json
from emulators.jira.site import Refusal
from emulators.jira.state import History, Issue, Worklog

_SPENT = re.compile(r"(\d+)\s*([wdhm]?)")
_UNIT = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60, "": 60}


def get_issue(call: Call) -> Json:
    """GET /issue/{issue}."""
    return call.view.issue(call.issue(), wanted_fields(call.listed("fields"), ALL_FIELDS), call.expand)


def create_issue(call: Call) -> Answer:
    """POST /issue."""
    return Answer(201, _create(call, call.issue_body()))


def create_issues(call: Call) -> Answer:
    """POST /issue/bulk: each by itself, those refused are told beside the others."""
    made: list[Json] = []
    refused: list[Json] = []
    updates = call.body(shapes.Object({"issueUpdates": [dict]})).get("issueUpdates", [])
    for number, one in enumerate(updates):
        try:
            made.append(_create(call, checked_issue_body(one)))
        except Refusal as refusal:
            told = {"errorMessages": refusal.messages, "errors": refusal.errors or {}}
            refused.append({"status": refusal.status, "elementErrors": told, "failedElementNumber": number})
    return Answer(201 if made else 400, {"issues": made, "errors": refused})


def _create(call: Call, body: Json) -> Json:
    values = {name: value for name, value in body.get("fields", {}).items() if value is not None}
    project = _project(call, values.get("project"))
    if not rights.may(call.who, rights.CREATE, project.key):
        raise Refusal(400, errors={"project": "You cannot create issues in this project."})
    type = _type(values.get("issuetype"))
    screen = workflow.create_screen(type)
    setting = fields.Setting(call.site, call.person, project.key, type, call.version)
    found = fields.edits(setting, screen, values, body.get("update", {}))
    errors = fields.missing(setting, screen, found)
    if "summary" in errors:
        errors["summary"] = "You must specify a summary of the issue."
    if errors:
        raise Refusal(400, errors=errors)
    attributes = {attribute: value for attribute, value, _ in found}
    issue = call.site.create(project.key, type.id, attributes.pop("summary"), call.person, attributes)
    return {"id": issue.id, "key": issue.key, "self": f"{call.view.base}/issue/{issue.id}"}


def _project(call: Call, value: Any) -> catalog.Project:
    wanted = value if isinstance(value, dict) else {}
    for one in rights.visible_projects(call.who):
        if str(wanted.get("key", "")).upper() == one.key or str(wanted.get("id", "")) == one.id:
            return one
    raise Refusal(400, errors={"project": "Specify a valid project ID or key"})


def _type(value: Any) -> catalog.IssueType:
    wanted = value if isinstance(value, dict) else {}
    for one in catalog.ISSUE_TYPES:
        if str(wanted.get("name", "")).lower() == one.name.lower() or str(wanted.get("id", "")) == one.id:
            return one
    raise Refusal(400, errors={"issuetype": "Specify a valid issue type"})


def edit_issue(call: Call) -> Answer:
    """PUT /issue/{issue}: all fields or none."""
    issue = call.issue()
    body = call.issue_body()
    type = catalog.issue_type(issue.type)
    allowed = rights.may(call.who, rights.EDIT, issue.project)
    setting = fields.Setting(call.site, call.person, issue.project, type, call.version, issue)
    screen = workflow.edit_screen(type) if allowed else {}
    found = fields.edits(setting, screen, body.get("fields", {}), body.get("update", {}))
    notes = _notes(call, body)
    if found:
        call.site.edit(issue, call.person, found)
    for note in notes:
        call.site.comment(issue, call.person, note, {})
    if call.query.get("returnIssue") == "true":
        return Answer(200, call.view.issue(issue, ALL_FIELDS, call.expand))
    return Answer(204)


def delete_issue(call: Call) -> Answer:
    """DELETE /issue/{issue}."""
    issue = call.issue()
    if not rights.may(call.who, rights.DELETE, issue.project):
        raise Refusal(403, "You do not have permission to delete issues in this project.")
    below = [one for one in call.site.children(issue) if catalog.issue_type(one.type).subtask]
    if below and call.query.get("deleteSubtasks", "").lower() != "true":
        raise Refusal(
            400,
            f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete this issue "
            "and all its subtasks.",
        )
    call.site.delete(issue)
    return Answer(204)


def assign(call: Call) -> Answer:
    """PUT /issue/{issue}/assignee; null unassigns, "-1" gives the default, which is nobody."""
    issue = call.issue()
    body = call.body(shapes.ASSIGNEE)
    if "accountId" not in call.json():
        raise Refusal(400, "Specify an account ID.", errors={})
    if not rights.may(call.who, rights.ASSIGN, issue.project):
        raise Refusal(403, "You do not have permission to assign issues.")
    id = body.get("accountId")
    setting = fields.Setting(
        call.site, call.person, issue.project, catalog.issue_type(issue.type), call.version, issue
    )
    value = None if id in (None, "-1") else {"accountId": id}
    found = fields.edits(setting, {"assignee": False}, {"assignee": value}, {})
    if found:
        call.site.edit(issue, call.person, found)
    return Answer(204)


def edit_meta(call: Call) -> Json:
    """GET /issue/{issue}/editmeta."""
    return call.view.edit_meta(call.issue())


# Transitions.


def _open(call: Call, issue: Issue) -> tuple[workflow.Transition, ...]:
    if not rights.may(call.who, rights.TRANSITION, issue.project):
        return ()
    return workflow.transitions(issue.project, catalog.issue_type(issue.type), catalog.status(issue.status))


def get_transitions(call: Call) -> Json:
    """GET /issue/{issue}/transitions; nothing for who may not transition."""
    found = _open(call, call.issue())
    only = call.query.get("transitionId")
    shown = [
        call.view.transition(one, fields="transitions.fields" in call.expand)
        for one in found
        if only in (None, one.id)
    ]
    return {"expand": "transitions", "transitions": shown}


def do_transition(call: Call) -> Answer:
    """POST /issue/{issue}/transitions.

    A comment in ``update`` is kept only where the transition has a screen; elsewhere Jira drops it without a word.
    """
    issue = call.issue()
    body = call.issue_body()
    wanted = body.get("transition", {}).get("id")
    if wanted is None:
        raise Refusal(400, "Missing 'transition' identifier")
    transition = next((one for one in _open(call, issue) if one.id == str(wanted)), None)
    if transition is None:
        raise Refusal(400, f"Transition id '{wanted}' is not valid for this issue.")
    screen = transition.screen or {}
    setting = fields.Setting(
        call.site, call.person, issue.project, catalog.issue_type(issue.type), call.version, issue
    )
    found = fields.edits(setting, screen, body.get("fields", {}), body.get("update", {}))
    if errors := fields.missing(setting, screen, found):
        raise Refusal(400, errors=errors)
    notes = _notes(call, body) if transition.screen is not None else []
    call.site.move(issue, call.person, transition, found)
    for note in notes:
        call.site.comment(issue, call.person, note, {})
    return Answer(204)


def _notes(call: Call, body: Json) -> list[Json]:
    """Return the documents of ``update.comment`` operations."""
    operations = body.get("update", {}).get("comment") or []
    if operations and not rights.may(call.who, rights.COMMENT, call.issue().project):
        raise Refusal(400, f"{call.person.name}, you do not have the permission to comment on this issue.")
    found = [operation.get("add") for operation in operations]
    return [read_document(call, one.get("body") if isinstance(one, dict) else None) for one in found]


def read_document(call: Call, body: Any) -> Json:
    """Return a comment's body as a document, or refuse it as Jira does."""
    if call.version == "2" and isinstance(body, str):
        body = adf_text.document(body)
    if not adf.valid(body):
        raise Refusal(400, errors={"comment": "Comment body is not valid!"})
    text = adf_text.text_of(body)
    if not body["content"] or (not text.strip() and not _has_media(body)):
        raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
    if len(text) > fields.MAX_TEXT:
        long = (
            f"The entered text is too long. It exceeds the allowed limit of {fields.MAX_TEXT:,} characters."
        )
        raise Refusal(400, errors={"comment": long})
    document: Json = body
    return document


def _has_media(node: Json) -> bool:
    shown = ("media", "mediaInline", "rule", "date", "extension", "inlineExtension", "emoji")
    return node.get("type") in shown or any(_has_media(child) for child in node.get("content", []))


# History.


def changelog(call: Call) -> Json:
    """GET /issue/{issue}/changelog: oldest first."""
    issue = call.issue()
    values = [call.view.history(one) for one in issue.history]
    return page(
        values,
        call.number("startAt", 0),
        min(call.number("maxResults", 100), 100),
        f"{call.view.base}/issue/{issue.id}/changelog",
    )


def changelog_list(call: Call) -> Json:
    """POST /issue/{issue}/changelog/list."""
    wanted = call.body(shapes.CHANGELOG_IDS)["changelogIds"]
    issue = call.issue()
    found = [call.view.history(one) for one in issue.history if int(one.id) in wanted]
    return {"startAt": 0, "maxResults": len(found), "total": len(found), "histories": found}


def bulk_changelog(call: Call) -> Json:
    """POST /changelog/bulkfetch: issues in order of id, entries oldest first, cut into pages by entries."""
    body = call.body(shapes.BULK_CHANGELOG)
    names = body["issueIdsOrKeys"]
    size = body.get("maxResults", 1000)
    if not 1 <= len(names) <= 1000 or not 1 <= size <= 10_000 or len(body.get("fieldIds", [])) > 10:
        raise Refusal(400, BAD_PAYLOAD, bare=True)
    token = body.get("nextPageToken", "0")
    if not token.isdecimal():
        raise Refusal(400, "The provided next page token is invalid or expired.")
    rows = _bulk_rows(call, names, set(body.get("fieldIds", [])))
    start = int(token)
    shown: dict[str, list[Json]] = {}
    for id, history in rows[start : start + size]:
        shown.setdefault(id, []).append(call.view.history(history))
    logs = [{"issueId": id, "changeHistories": histories} for id, histories in shown.items()]
    more = {"nextPageToken": str(start + size)} if start + size < len(rows) else {}
    return {"issueChangeLogs": logs} | more


def _bulk_rows(call: Call, names: list[str], only: set[str]) -> list[tuple[str, History]]:
    issues: dict[str, Issue] = {}
    for name in names:
        try:
            issue = call.visible(name)
        except Refusal:
            continue
        issues[issue.id] = issue
    return [
        (id, history)
        for id, issue in sorted(issues.items(), key=lambda pair: int(pair[0]))
        for history in issue.history
        if not only or any(item.field_id in only for item in history.items)
    ]


# Worklogs.


def worklogs(call: Call) -> Json:
    """GET /issue/{issue}/worklog: oldest first."""
    issue = call.issue()
    after, before = call.number("startedAfter", 0), call.number("startedBefore", 2**62)
    found = [one for one in issue.worklogs if after <= one.started.timestamp() * 1000 < before]
    start, size = call.number("startAt", 0), min(call.number("maxResults", 5000), 5000)
    shown = [call.view.worklog(one, issue) for one in found[start : start + size]]
    return {"startAt": start, "maxResults": size, "total": len(found), "worklogs": shown}


def worklog(call: Call) -> Json:
    """GET /issue/{issue}/worklog/{id}."""
    issue = call.issue()
    return call.view.worklog(_worklog(issue, call.path["id"]), issue)


def _worklog(issue: Issue, id: str) -> Worklog:
    for one in issue.worklogs:
        if one.id == id:
            return one
    raise Refusal(404, f"Cannot find worklog with id: '{id}'.")


def add_worklog(call: Call) -> Answer:
    """POST /issue/{issue}/worklog."""
    issue = call.issue()
    if not rights.may(call.who, rights.WORK, issue.project):
        raise Refusal(400, "You do not have the permission to associate a worklog to this issue.")
    body = call.body(shapes.WORKLOG)
    if ("timeSpent" in body) == ("timeSpentSeconds" in body):
        raise Refusal(400, errors={"timeLogged": "You must indicate the time spent working."})
    seconds = body.get("timeSpentSeconds") or _seconds(body.get("timeSpent", ""))
    if seconds < 60:
        raise Refusal(400, errors={"timeLogged": "Worklog must not be null."})
    note = body.get("comment")
    document = read_document(call, note) if note else None
    one = call.site.log_work(issue, call.person, _started(body.get("started")), seconds, document)
    return Answer(201, call.view.worklog(one, issue))


def _seconds(text: str) -> int:
    if not text.strip() or _SPENT.sub("", text).strip():
        raise Refusal(400, errors={"timeLogged": f"Invalid time duration entered: {text}"})
    return sum(int(count) * _UNIT[unit] for count, unit in _SPENT.findall(text))


def _started(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        raise Refusal(400, BAD_PAYLOAD, bare=True) from None


# Links.


def add_link(call: Call) -> Answer:
    """POST /issueLink; a comment goes to the outward issue."""
    body = call.body(shapes.LINK)
    named = str(body["type"].get("id") or body["type"].get("name"))
    type = next((one for one in catalog.LINK_TYPES if named.lower() in (one.id, one.name.lower())), None)
    if type is None:
        raise Refusal(404, f"No issue link type with name '{named}' found.")
    inward, outward = (_linked(call, body[end]) for end in ("inwardIssue", "outwardIssue"))
    note = read_document(call, body["comment"].get("body")) if "comment" in body else None
    call.site.link(type, inward, outward, call.person)
    if note:
        call.site.comment(outward, call.person, note, {})
    return Answer(201)


def _linked(call: Call, named: Json) -> Issue:
    issue = call.visible(str(named.get("key") or named.get("id")))
    if not rights.may(call.who, rights.LINK, issue.project):
        raise Refusal(404, "No Link Issue Permission for issue '" + issue.key + "'")
    return issue


def get_link(call: Call) -> Json:
    """GET /issueLink/{id}."""
    for link in call.site.state.links:
        if link.id == call.path["id"]:
            call.visible(link.inward)
            call.visible(link.outward)
            return call.view.link(link)
    raise Refusal(404, f"No issue link with id '{call.path['id']}' exists.")


def delete_link(call: Call) -> Answer:
    """DELETE /issueLink/{id}."""
    shown = get_link(call)
    for end in ("inwardIssue", "outwardIssue"):
        _linked(call, shown[end])
    call.site.unlink(shown["id"], call.person)
    return Answer(204)


def link_types(call: Call) -> Json:
    """GET /issueLinkType."""
    return {"issueLinkTypes": [call.view.link_type(one) for one in catalog.LINK_TYPES]}

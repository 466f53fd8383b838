"""REST operations on the site itself: who am I, people, projects, configuration, permissions, what a new issue needs."""

from collections.abc import Iterable

from emulators.jira import catalog, rights, shapes, workflow
from emulators.jira.call import Call, page
from emulators.jira.render import Json
from emulators.jira.rights import Account
from emulators.jira.site import NO_ISSUE, Refusal

NO_ADMIN = "You are not authorized to perform this operation. Administrator privileges are required."


def server_info(call: Call) -> Json:
    """GET /serverInfo."""
    return {
        "baseUrl": call.root,
        "displayUrl": call.root,
        "displayUrlServicedeskHelpCenter": call.root,
        "displayUrlConfluence": call.root,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100287,
        "buildDate": "2026-11-02T08:00:00.000+0000",
        "serverTime": call.view.time(call.site.now()),
        "scmInfo": "7f0fd1b2a3c4",
        "serverTitle": "Jira",
        "serverTimeZone": rights.SERVICE.tz,
    }


# People.


def myself(call: Call) -> Json:
    """GET /myself."""
    shown = call.view.person(call.person)
    groups = {"size": 1, "items": []}
    return shown | {"groups": groups, "applicationRoles": groups, "expand": "groups,applicationRoles"}


def get_user(call: Call) -> Json:
    """GET /user."""
    id = call.query.get("accountId")
    if id is None:
        raise Refusal(400, "Either the 'accountId' or the 'key' query parameter has to be provided.")
    if id not in rights.BY_ID:
        raise Refusal(404, "Specified user does not exist or you do not have required permissions")
    return call.view.person(rights.BY_ID[id])


def find_users(call: Call) -> list[Json]:
    """GET /user/search."""
    query, id = call.query.get("query"), call.query.get("accountId")
    if query is None and id is None:
        raise Refusal(
            400, "One of the following query parameters must be provided: accountId, query, property."
        )
    if query is not None and id is not None:
        raise Refusal(400, "The query parameters 'accountId' and 'query' cannot be used together.")
    return _people(call, _like(rights.ACCOUNTS, query, id))


def _like(accounts: Iterable[Account], query: str | None, id: str | None) -> list[Account]:
    if id is not None:
        return [one for one in accounts if one.id == id]
    wanted = (query or "").lower()
    return [
        one
        for one in accounts
        if wanted in one.name.lower() or one.email.startswith(wanted) or wanted == one.id
    ]


def _people(call: Call, found: list[Account]) -> list[Json]:
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 1000)
    return [call.view.person(one) for one in found[start : start + size]]


def all_users(call: Call) -> list[Json]:
    """GET /users and /users/search."""
    return _people(call, list(rights.ACCOUNTS))


def bulk_users(call: Call) -> Json:
    """GET /user/bulk."""
    ids = call.query.getall("accountId", [])
    if not ids:
        raise Refusal(400, "The 'accountId' query parameter needs to be provided.")
    found = [call.view.person(rights.BY_ID[id]) for id in ids if id in rights.BY_ID]
    start, size = call.number("startAt", 0), call.number("maxResults", 10)
    return page(found, start, size, f"{call.view.base}/user/bulk")


def assignable(call: Call) -> list[Json]:
    """GET /user/assignable/search."""
    project, issue = call.query.get("project"), call.query.get("issueKey") or call.query.get("issueId")
    query, id = call.query.get("query"), call.query.get("accountId")
    if query is not None and id is not None:
        raise Refusal(400, "The query parameters 'accountId' and 'query' cannot be used together.")
    if issue:
        project = call.visible(issue).project
    if not project:
        raise Refusal(
            400, "At least one of the parameters 'project', 'issueKey' or 'issueId' has to be provided."
        )
    key = _project(call, project).key
    able = [one for one in rights.ACCOUNTS if rights.may(one, "ASSIGNABLE_USER", key)]
    return _people(call, _like(able, query, id))


# Projects and configuration.


def _project(call: Call, key_or_id: str) -> catalog.Project:
    for one in rights.visible_projects(call.who):
        if key_or_id.upper() == one.key or key_or_id == one.id:
            return one
    raise Refusal(404, f"No project could be found with key '{key_or_id}'.")


def projects(call: Call) -> list[Json]:
    """GET /project."""
    return [call.view.listed_project(one) for one in rights.visible_projects(call.who)]


def get_project(call: Call) -> Json:
    """GET /project/{project}."""
    return call.view.project(_project(call, call.path["project"]), whole=True)


def search_projects(call: Call) -> Json:
    """GET /project/search."""
    query = call.query.get("query", "").lower()
    keys, ids = call.listed("keys"), call.listed("id")
    order = call.query.get("orderBy", "key")
    if order.lstrip("+-") not in ("key", "name"):
        raise Refusal(400, f"The orderBy value '{order}' is not supported.")
    found = [
        one
        for one in rights.visible_projects(call.who)
        if (query in one.key.lower() or query in one.name.lower())
        and (not keys or one.key in keys)
        and (not ids or one.id in ids)
    ]
    found.sort(key=lambda one: one.name if order.endswith("name") else one.key, reverse=order.startswith("-"))
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 100)
    return page(
        [call.view.listed_project(one) for one in found], start, size, f"{call.view.base}/project/search"
    )


def project_statuses(call: Call) -> list[Json]:
    """GET /project/{project}/statuses."""
    _project(call, call.path["project"])
    return [
        {
            "self": f"{call.view.base}/issuetype/{type.id}",
            "id": type.id,
            "name": type.name,
            "subtask": type.subtask,
            "statuses": [call.view.status(one) for one in workflow.statuses(type)],
        }
        for type in catalog.ISSUE_TYPES
    ]


def fields(call: Call) -> list[Json]:
    """GET /field."""
    return [call.view.field(one) for one in catalog.FIELDS]


def issue_types(call: Call) -> list[Json]:
    """GET /issuetype."""
    return [call.view.issue_type(one) for one in catalog.ISSUE_TYPES]


def project_issue_types(call: Call) -> list[Json]:
    """GET /issuetype/project."""
    _project(call, call.query.get("projectId", ""))
    return issue_types(call)


def statuses(call: Call) -> list[Json]:
    """GET /status."""
    return [call.view.status(one) for one in catalog.STATUSES]


def get_status(call: Call) -> Json:
    """GET /status/{id}, by id or name."""
    wanted = call.path["id"]
    for one in catalog.STATUSES:
        if wanted in (one.id, one.name):
            return call.view.status(one)
    raise Refusal(404, f"The status with id or name '{wanted}' does not exist.")


def status_categories(call: Call) -> list[Json]:
    """GET /statuscategory."""
    return [call.view.category(one) for one in catalog.CATEGORIES]


def priorities(call: Call) -> list[Json]:
    """GET /priority."""
    return [call.view.priority(one, whole=True) for one in catalog.PRIORITIES]


def resolutions(call: Call) -> list[Json]:
    """GET /resolution."""
    return [call.view.resolution(one) for one in catalog.RESOLUTIONS]


def create_meta_types(call: Call) -> Json:
    """GET /issue/createmeta/{project}/issuetypes."""
    project = _project(call, call.path["project"])
    allowed = rights.may(call.who, rights.CREATE, project.key)
    found = [call.view.issue_type(one) for one in catalog.ISSUE_TYPES if allowed]
    return _meta_page(call, "issueTypes", found)


def create_meta_fields(call: Call) -> Json:
    """GET /issue/createmeta/{project}/issuetypes/{type}."""
    project = _project(call, call.path["project"])
    type = next((one for one in catalog.ISSUE_TYPES if one.id == call.path["type"]), None)
    if type is None or not rights.may(call.who, rights.CREATE, project.key):
        raise Refusal(400, "The issue type does not exist or you cannot create issues of it.")
    found = []
    for id, required in workflow.create_screen(type).items():
        meta = call.view.field_meta(id, required) | {"fieldId": id}
        if id == "project":
            meta["allowedValues"] = [call.view.project(project)]
        if id == "issuetype":
            meta["allowedValues"] = [call.view.issue_type(type)]
        found.append(meta)
    return _meta_page(call, "fields", found)


def _meta_page(call: Call, name: str, values: list[Json]) -> Json:
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 200)
    return {"startAt": start, "maxResults": size, "total": len(values), name: values[start : start + size]}


# Permissions.


def my_permissions(call: Call) -> Json:
    """GET /mypermissions: each asked key, for a project, an issue, or anywhere."""
    asked = call.listed("permissions")
    known = (*rights.PROJECT_PERMISSIONS, *rights.GLOBAL_PERMISSIONS)
    if not asked:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    if wrong := [key for key in asked if key not in known]:
        raise Refusal(400, errors=dict.fromkeys(wrong, "Unrecognized permission"))
    keys = _permission_scope(call)
    held = {
        key: rights.may_globally(call.who, key)
        if key in rights.GLOBAL_PERMISSIONS
        else any(rights.may(call.who, key, project) for project in keys)
        for key in asked
    }
    return {"permissions": {key: _permission(key, have) for key, have in held.items()}}


def _permission_scope(call: Call) -> list[str]:
    issue = call.query.get("issueKey") or call.query.get("issueId")
    if issue:
        return [call.visible(issue).project]
    project = call.query.get("projectKey") or call.query.get("projectId")
    if project:
        return [_project(call, project).key]
    if "commentId" in call.query:
        wanted = call.query["commentId"]
        for found in call.site.state.issues.values():
            if any(one.id == wanted for one in found.comments):
                return [found.project]
        raise Refusal(404, NO_ISSUE)
    return [one.key for one in catalog.PROJECTS]


def _permission(key: str, have: bool) -> Json:
    every = (*rights.PROJECT_PERMISSIONS, *rights.GLOBAL_PERMISSIONS)
    return {
        "id": str(every.index(key) + 1),
        "key": key,
        "name": key.replace("_", " ").capitalize(),
        "type": "GLOBAL" if key in rights.GLOBAL_PERMISSIONS else "PROJECT",
        "description": "",
        "havePermission": have,
    }


def check_permissions(call: Call) -> Json:
    """POST /permissions/check: what an account may do; another's only for administrators."""
    body = call.body(shapes.PERMISSIONS)
    account = rights.BY_ID.get(body["accountId"]) if "accountId" in body else call.who
    if account != call.who and not rights.may_globally(call.who, "ADMINISTER"):
        raise Refusal(403, NO_ADMIN)
    if account is None and "accountId" in body:
        raise Refusal(400, f"The user with account id '{body['accountId']}' does not exist.")
    for key in body.get("globalPermissions", []):
        if key not in rights.GLOBAL_PERMISSIONS:
            raise Refusal(400, f"Unrecognized permission: {key}")
    held = [key for key in body.get("globalPermissions", []) if rights.may_globally(account, key)]
    granted: dict[str, tuple[list[int], list[int]]] = {}
    for wish in body.get("projectPermissions", []):
        _grant(call, account, wish, granted)
    return {
        "globalPermissions": held,
        "projectPermissions": [
            {"permission": key, "issues": issues, "projects": projects}
            for key, (issues, projects) in granted.items()
        ],
    }


def _grant(
    call: Call, account: Account | None, wish: Json, granted: dict[str, tuple[list[int], list[int]]]
) -> None:
    if not wish["permissions"]:
        raise Refusal(400, "At least one project permission has to be provided.")
    for key in wish["permissions"]:
        if key not in rights.PROJECT_PERMISSIONS:
            raise Refusal(400, f"Unrecognized permission: {key}")
        issues, projects = granted.setdefault(key, ([], []))
        for id in wish.get("issues") or []:
            issue = call.site.state.by_id(str(id))
            if issue is not None and rights.may(account, key, issue.project):
                issues.append(int(issue.id))
        for one in catalog.PROJECTS:
            if int(one.id) in (wish.get("projects") or []) and rights.may(account, key, one.key):
                projects.append(int(one.id))


def permitted_projects(call: Call) -> Json:
    """POST /permissions/project: the projects where the caller holds all of the permissions."""
    keys = call.body(shapes.PERMISSION_KEYS)["permissions"]
    if any(key not in rights.PROJECT_PERMISSIONS for key in keys):
        raise Refusal(400, "Unrecognized permission")
    found = [one for one in catalog.PROJECTS if all(rights.may(call.who, key, one.key) for key in keys)]
    return {"projects": [{"id": int(one.id), "key": one.key} for one in found]}

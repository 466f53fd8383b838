"""The REST API as a table of operations, and the way from an HTTP request to one of them."""

import base64
import binascii
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from aiohttp import web

from emulators.jira import api_comments, api_issues, api_search, api_site, rights
from emulators.jira.call import Answer, Call
from emulators.jira.rights import Account
from emulators.jira.site import Refusal, Site

Operation = Callable[[Call], Any]
NOT_LOGGED_IN = "Client must be authenticated to access this resource."
_ISSUE = "/issue/{issue}"
_COMMENT = _ISSUE + "/comment/{id}"
_PROPERTY = "/comment/{id}/properties/{key}"

# Operations that anybody may ask; their answer may be empty for an anonymous caller. The others need a login.
OPEN: list[tuple[str, str, Operation]] = [
    ("GET", "/serverInfo", api_site.server_info),
    ("GET", "/project", api_site.projects),
    ("GET", "/project/search", api_site.search_projects),
    ("GET", "/project/{project}", api_site.get_project),
    ("GET", "/project/{project}/statuses", api_site.project_statuses),
    ("GET", "/field", api_site.fields),
    ("GET", "/issuetype", api_site.issue_types),
    ("GET", "/issuetype/project", api_site.project_issue_types),
    ("GET", "/status", api_site.statuses),
    ("GET", "/status/{id}", api_site.get_status),
    ("GET", "/statuscategory", api_site.status_categories),
    ("GET", "/mypermissions", api_site.my_permissions),
    ("POST", "/permissions/check", api_site.check_permissions),
    ("GET", _ISSUE, api_issues.get_issue),
    ("GET", _ISSUE + "/comment", api_comments.get_comments),
    ("GET", _COMMENT, api_comments.get_comment),
    ("POST", "/comment/list", api_comments.list_comments),
    ("GET", "/comment/{id}/properties", api_comments.property_keys),
    ("GET", _PROPERTY, api_comments.get_property),
    ("GET", _ISSUE + "/transitions", api_issues.get_transitions),
    ("GET", _ISSUE + "/changelog", api_issues.changelog),
    ("GET", _ISSUE + "/worklog", api_issues.worklogs),
    ("GET", "/search/jql", api_search.search_get),
    ("POST", "/search/jql", api_search.search_post),
    ("POST", "/search/approximate-count", api_search.count),
    ("GET", "/search", api_search.gone),
    ("POST", "/search", api_search.gone),
    ("POST", _ISSUE + "/comment", api_comments.add_comment),
]
CLOSED: list[tuple[str, str, Operation]] = [
    ("GET", "/myself", api_site.myself),
    ("GET", "/user", api_site.get_user),
    ("GET", "/user/search", api_site.find_users),
    ("GET", "/user/bulk", api_site.bulk_users),
    ("GET", "/user/assignable/search", api_site.assignable),
    ("GET", "/users", api_site.all_users),
    ("GET", "/users/search", api_site.all_users),
    ("GET", "/priority", api_site.priorities),
    ("GET", "/resolution", api_site.resolutions),
    ("POST", "/permissions/project", api_site.permitted_projects),
    ("GET", "/issue/createmeta/{project}/issuetypes", api_site.create_meta_types),
    ("GET", "/issue/createmeta/{project}/issuetypes/{type}", api_site.create_meta_fields),
    ("POST", "/issue", api_issues.create_issue),
    ("POST", "/issue/bulk", api_issues.create_issues),
    ("PUT", _ISSUE, api_issues.edit_issue),
    ("DELETE", _ISSUE, api_issues.delete_issue),
    ("PUT", _ISSUE + "/assignee", api_issues.assign),
    ("GET", _ISSUE + "/editmeta", api_issues.edit_meta),
    ("POST", _ISSUE + "/transitions", api_issues.do_transition),
    ("POST", _ISSUE + "/changelog/list", api_issues.changelog_list),
    ("POST", "/changelog/bulkfetch", api_issues.bulk_changelog),
    ("POST", _ISSUE + "/worklog", api_issues.add_worklog),
    ("GET", _ISSUE + "/worklog/{id}", api_issues.worklog),
    ("POST", "/issueLink", api_issues.add_link),
    ("GET", "/issueLink/{id}", api_issues.get_link),
    ("DELETE", "/issueLink/{id}", api_issues.delete_link),
    ("GET", "/issueLinkType", api_issues.link_types),
    ("PUT", _COMMENT, api_comments.update_comment),
    ("DELETE", _COMMENT, api_comments.delete_comment),
    ("PUT", _PROPERTY, api_comments.set_property),
    ("DELETE", _PROPERTY, api_comments.delete_property),
    ("POST", "/jql/parse", api_search.parse),
]


def application(site: Site, prefix: str, middlewares: list[Any]) -> web.Application:
    """Return the application below ``/rest``; ``prefix`` is where the whole site is mounted."""
    app = web.Application(middlewares=[*middlewares, _refusing], client_max_size=4 * 1024 * 1024)
    for table, login in ((OPEN, False), (CLOSED, True)):
        for method, path, operation in table:
            handler = partial(_serve, site, prefix, operation, login)
            app.router.add_route(method, "/api/{version:3|2|latest}" + path, handler)
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """Answer what no operation matches as Jira's gateway does."""
    try:
        answer: web.StreamResponse = await handler(request)
    except web.HTTPException as refusal:
        problem = {
            "type": "about:blank",
            "title": refusal.reason,
            "status": refusal.status,
            "detail": f"No endpoint {request.method} {request.path}.",
            "instance": request.path,
        }
        allow = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else {}
        return web.json_response(
            problem, status=refusal.status, content_type="application/problem+json", headers=allow
        )
    return answer


async def _serve(
    site: Site, prefix: str, operation: Operation, login: bool, request: web.Request
) -> web.Response:
    raw = await request.read()
    who = _caller(request)
    if isinstance(who, web.Response):
        return who
    if who is None and login:
        return _unauthorized(request, "")
    mounted = prefix if request.path.startswith(prefix + "/") else ""
    version = request.match_info["version"]
    call = Call(
        site=site,
        who=who,
        version="2" if version == "latest" else version,
        root=f"{request.scheme}://{request.host}{mounted}",
        path=request.match_info,
        query=request.query,
        raw=raw,
    )
    headers = {"X-AACCOUNTID": quote(who.id, safe=""), "X-Seraph-LoginReason": "OK"} if who else {}
    return _answered(call, operation, request, headers)


def _answered(
    call: Call, operation: Operation, request: web.Request, headers: dict[str, str]
) -> web.Response:
    try:
        found = operation(call)
    except Refusal as refusal:
        if refusal.status == 401:
            return _unauthorized(request, "")
        told: dict[str, Any] = {"errorMessages": refusal.messages}
        if refusal.errors is not None:
            told["errors"] = refusal.errors
        return web.json_response(told, status=refusal.status, headers=headers | refusal.headers)
    answer = found if isinstance(found, Answer) else Answer(200, found)
    headers |= answer.headers
    if answer.data is None:
        return web.Response(status=answer.status, headers=headers)
    return web.json_response(answer.data, status=answer.status, headers=headers)


def _caller(request: web.Request) -> Account | web.Response | None:
    """Return who calls; None for nobody, Jira's 401 for credentials that are wrong."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, sealed = header.partition(" ")
    if kind.lower() != "basic":
        return _unauthorized(request, "AUTHENTICATED_FAILED")
    try:
        email, _, token = base64.b64decode(sealed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return _unauthorized(request, "AUTHENTICATED_FAILED")
    return rights.authenticate(email, token) or _unauthorized(request, "AUTHENTICATED_FAILED")


def _unauthorized(request: web.Request, reason: str) -> web.Response:
    """Answer 401 the way Seraph does: the sentence alone, as a page or as JSON to a client that wants it."""
    host = quote(f"{request.scheme}://{request.host}", safe="")
    headers = {"WWW-Authenticate": f'OAuth realm="{host}"'}
    if reason:
        headers["X-Seraph-LoginReason"] = reason
    if "application/json" in request.headers.get("Accept", ""):
        told = {"message": NOT_LOGGED_IN, "status-code": 401}
        return web.json_response(told, status=401, headers=headers)
    return web.Response(text=NOT_LOGGED_IN, status=401, content_type="text/html", headers=headers)

"""REST operations on comments and what apps attach to them."""

from typing import Any

from emulators.jira import rights, shapes
from emulators.jira.api_issues import read_document
from emulators.jira.call import Answer, Call, page
from emulators.jira.render import Json
from emulators.jira.site import Refusal
from emulators.jira.state import Comment, Issue

MAX_LISTED = 1000


def get_comments(call: Call) -> Json:
    """GET /issue/{issue}/comment: 100 a page, oldest first unless -created."""
    issue = call.issue()
    order = call.query.get("orderBy", "created")
    if order.lstrip("+- ") != "created":
        raise Refusal(
            400, f"The provided orderBy field '{order}' is not supported. Only 'created' is supported."
        )
    found = issue.comments[::-1] if order.startswith("-") else issue.comments
    start, size = call.number("startAt", 0), min(call.number("maxResults", 100), 5000)
    return call.view.comments(issue, found, start, size, call.expand)


def add_comment(call: Call) -> Answer:
    """POST /issue/{issue}/comment, with properties."""
    issue = call.issue()
    body = call.body(shapes.COMMENT)
    if not rights.may(call.who, rights.COMMENT, issue.project):
        raise Refusal(400, f"{_called(call)}ou do not have the permission to comment on this issue.")
    document = read_document(call, body.get("body"))
    comment = call.site.comment(issue, call.person, document, _properties(body))
    return Answer(201, call.view.comment(comment, issue, call.expand))


def _called(call: Call) -> str:
    return f"{call.who.name}, y" if call.who else "Y"


def _properties(body: Json) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in body.get("properties", []):
        found[_key(one["key"])] = one.get("value")
    return found


def _key(key: str) -> str:
    if not 0 < len(key) <= 255:
        raise Refusal(400, "The property key must be at most 255 characters long.")
    return key


def get_comment(call: Call) -> Json:
    """GET /issue/{issue}/comment/{id}."""
    issue = call.issue()
    return call.view.comment(_of(issue, call.path["id"]), issue, call.expand)


def _of(issue: Issue, id: str) -> Comment:
    for comment in issue.comments:
        if comment.id == id:
            return comment
    raise Refusal(404, f"Can not find a comment for the id: {id}.")


def update_comment(call: Call) -> Json:
    """PUT /issue/{issue}/comment/{id}."""
    issue, comment = _mine(call, "EDIT", "edit")
    body = call.body(shapes.COMMENT)
    document = read_document(call, body.get("body"))
    call.site.recomment(issue, comment, call.person, document, _properties(body))
    return call.view.comment(comment, issue, call.expand)


def delete_comment(call: Call) -> Answer:
    """DELETE /issue/{issue}/comment/{id}."""
    issue, comment = _mine(call, "DELETE", "delete")
    call.site.uncomment(issue, comment, call.person)
    return Answer(204)


def _mine(call: Call, verb: str, word: str) -> tuple[Issue, Comment]:
    issue = call.issue()
    comment = _of(issue, call.path["id"])
    own = comment.author == call.person.id and rights.may(call.who, f"{verb}_OWN_COMMENTS", issue.project)
    if not own and not rights.may(call.who, f"{verb}_ALL_COMMENTS", issue.project):
        raise Refusal(400, f"You do not have permission to {word} comment with id: {comment.id}.")
    return issue, comment


def list_comments(call: Call) -> Json:
    """POST /comment/list: those of the ids that exist and the caller may see."""
    ids = call.body(shapes.COMMENT_IDS)["ids"]
    if not 1 <= len(ids) <= MAX_LISTED:
        raise Refusal(400, "The request must contain between 1 and 1000 comment ids.")
    found = []
    for issue in call.site.state.issues.values():
        if rights.may(call.who, rights.BROWSE, issue.project):
            found += [
                call.view.comment(one, issue, call.expand) for one in issue.comments if int(one.id) in ids
            ]
    shown = page(found, 0, 1048576, f"{call.view.base}/comment/list")
    return {name: value for name, value in shown.items() if name != "self"}


# Properties.


def _anywhere(call: Call) -> tuple[Issue, Comment]:
    for issue in call.site.state.issues.values():
        for comment in issue.comments:
            if comment.id == call.path["id"] and rights.may(call.who, rights.BROWSE, issue.project):
                return issue, comment
    raise Refusal(404, f"Can not find a comment for the id: {call.path['id']}.")


def property_keys(call: Call) -> Json:
    """GET /comment/{id}/properties."""
    _, comment = _anywhere(call)
    base = f"{call.view.base}/comment/{comment.id}/properties"
    return {"keys": [{"self": f"{base}/{key}", "key": key} for key in comment.properties]}


def get_property(call: Call) -> Json:
    """GET /comment/{id}/properties/{key}."""
    _, comment = _anywhere(call)
    key = call.path["key"]
    if key not in comment.properties:
        raise Refusal(404, f"The property with key '{key}' does not exist.")
    return {"key": key, "value": comment.properties[key]}


def set_property(call: Call) -> Answer:
    """PUT /comment/{id}/properties/{key}: any JSON value."""
    issue, comment = _writable(call)
    key, value = _key(call.path["key"]), call.json()
    known = key in comment.properties
    call.site.recomment(issue, comment, call.person, None, {key: value})
    return Answer(200 if known else 201)


def delete_property(call: Call) -> Answer:
    """DELETE /comment/{id}/properties/{key}."""
    get_property(call)
    issue, comment = _writable(call)
    with call.site.write(issue, "comment"):
        del comment.properties[call.path["key"]]
    return Answer(204)


def _writable(call: Call) -> tuple[Issue, Comment]:
    issue, comment = _anywhere(call)
    own = comment.author == call.person.id and rights.may(call.who, "EDIT_OWN_COMMENTS", issue.project)
    if not own and not rights.may(call.who, "EDIT_ALL_COMMENTS", issue.project):
        raise Refusal(403, "You do not have permission to edit the comment's properties.")
    return issue, comment

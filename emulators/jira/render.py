"""The site's things as its REST API shows them to one viewer: links, the viewer's time zone, v2 text or v3 documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulators.jira import adf_text, catalog, rights, workflow
from emulators.jira.rights import Account
from emulators.jira.site import Site
from emulators.jira.state import Adf, Change, Comment, History, Issue, Link, Worklog

Json = dict[str, Any]
_FIELD_TYPE = {True: "custom", False: "jira"}
ALL_FIELDS = tuple(field.id for field in catalog.FIELDS)
NAVIGABLE_FIELDS = tuple(field.id for field in catalog.FIELDS if field.navigable)


def spoken(seconds: int) -> str:
    """Return a duration as Jira writes it: days of eight hours, weeks of five days."""
    parts = []
    for unit, size in (("w", 5 * 8 * 3600), ("d", 8 * 3600), ("h", 3600), ("m", 60)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"


@dataclass(frozen=True, slots=True)
class View:
    """How one viewer sees the site; ``root`` is the site's address and ``version`` that of the API."""

    site: Site
    viewer: Account | None
    root: str
    version: str = "3"

    @property
    def base(self) -> str:
        """The address that ``self`` links start with."""
        return f"{self.root}/rest/api/{self.version}"

    def time(self, moment: datetime | None) -> str | None:
        """Return a time in the viewer's zone."""
        if moment is None:
            return None
        zone = ZoneInfo(self.viewer.tz if self.viewer else rights.SERVICE.tz)
        local = moment.astimezone(zone)
        return (
            local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}" + local.strftime("%z")
        )

    def text(self, body: Adf | None) -> Any:
        """Return a body as this version of the API has it."""
        return (adf_text.text_of(body) if body else None) if self.version == "2" else body

    # People and configuration.

    def user(self, id: str | None) -> Json | None:
        """Return a person as issues and comments show them."""
        if id is None:
            return None
        account = rights.BY_ID[id]
        hidden = id in self.site.private and (self.viewer is None or self.viewer.id != id)
        return {
            "self": f"{self.base}/user?accountId={account.id}",
            "accountId": account.id,
            "emailAddress": None if hidden else account.email,
            "avatarUrls": self._avatars(account.id.rpartition("-")[2]),
            "displayName": account.name,
            "active": True,
            "timeZone": None if hidden else account.tz,
            "accountType": "atlassian",
        }

    def person(self, account: Account) -> Json:
        """Return a person as the user resource shows them."""
        shown: Json = self.user(account.id) or {}
        return shown | {"locale": account.locale, "timeZone": shown["timeZone"] or rights.SERVICE.tz}

    def _avatars(self, of: str) -> Json:
        return {f"{size}x{size}": f"{self.root}/avatar/{of}?size={size}" for size in (16, 24, 32, 48)}

    def category(self, one: catalog.Category) -> Json:
        """Return a status category."""
        return {
            "self": f"{self.base}/statuscategory/{one.id}",
            "id": one.id,
            "key": one.key,
            "colorName": one.color,
            "name": one.name,
        }

    def status(self, one: catalog.Status) -> Json:
        """Return a status."""
        return {
            "self": f"{self.base}/status/{one.id}",
            "description": one.description,
            "iconUrl": f"{self.root}/images/icons/status_generic.gif",
            "name": one.name,
            "id": one.id,
            "statusCategory": self.category(one.category),
        }

    def issue_type(self, one: catalog.IssueType) -> Json:
        """Return an issue type."""
        return {
            "self": f"{self.base}/issuetype/{one.id}",
            "id": one.id,
            "description": one.description,
            "iconUrl": f"{self.root}/images/icons/issuetypes/{one.id}.svg",
            "name": one.name,
            "subtask": one.subtask,
            "avatarId": int(one.id),
            "hierarchyLevel": one.level,
        }

    def priority(self, one: catalog.Named, *, whole: bool = False) -> Json:
        """Return a priority, shortly or as the resource."""
        short = {
            "self": f"{self.base}/priority/{one.id}",
            "iconUrl": f"{self.root}/images/icons/priorities/{one.name.lower()}.svg",
            "name": one.name,
            "id": one.id,
        }
        more = {"statusColor": one.color, "description": one.description, "isDefault": one.id == "3"}
        return short | more if whole else short

    def resolution(self, one: catalog.Named) -> Json:
        """Return a resolution."""
        return {
            "self": f"{self.base}/resolution/{one.id}",
            "id": one.id,
            "description": one.description,
            "name": one.name,
        }

    def project(self, one: catalog.Project, *, whole: bool = False) -> Json:
        """Return a project, shortly or as the resource with lead, description and issue types."""
        short = {
            "self": f"{self.base}/project/{one.id}",
            "id": one.id,
            "key": one.key,
            "name": one.name,
            "projectTypeKey": "software",
            "simplified": False,
            "avatarUrls": self._avatars(one.key),
        }
        if not whole:
            return short
        more = {
            "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
            "description": one.description,
            "lead": self.user(one.lead),
            "issueTypes": [self.issue_type(kind) for kind in catalog.ISSUE_TYPES],
            "components": [],
            "versions": [],
            "assigneeType": "UNASSIGNED",
            "roles": {},
            "style": "classic",
            "isPrivate": one == catalog.SECRET,
            "properties": {},
        }
        return short | more

    def listed_project(self, one: catalog.Project) -> Json:
        """Return a project as lists show it."""
        return self.project(one) | {"style": "classic", "isPrivate": one == catalog.SECRET, "properties": {}}

    def field(self, one: catalog.Field) -> Json:
        """Return a field as /field lists it."""
        return {
            "id": one.id,
            "key": one.id,
            "name": one.name,
            "custom": one.custom,
            "orderable": one.orderable,
            "navigable": one.navigable,
            "searchable": bool(one.clauses),
            "clauseNames": list(one.clauses),
            "schema": one.schema,
        }

    def field_meta(self, id: str, required: bool) -> Json:
        """Return a field as screens describe it: what it wants and which values it allows."""
        field = catalog.FIELD[id]
        meta: Json = {
            "required": required,
            "schema": field.schema,
            "name": field.name,
            "key": id,
            "hasDefaultValue": id == "priority",
            "operations": ["add", "set", "remove"] if id == "labels" else ["set"],
        }
        allowed = {
            "resolution": [self.resolution(one) for one in catalog.RESOLUTIONS],
            "priority": [self.priority(one) for one in catalog.PRIORITIES],
        }
        if id in allowed:
            meta["allowedValues"] = allowed[id]
        if id == "priority":
            meta["defaultValue"] = self.priority(catalog.priority("3"))
        if field.schema["type"] == "user":
            meta["autoCompleteUrl"] = f"{self.base}/user/assignable/search?query="
        return meta

    def transition(self, one: workflow.Transition, *, fields: bool) -> Json:
        """Return a transition, with its screen's fields when asked."""
        shown: Json = {
            "id": one.id,
            "name": one.name,
            "to": self.status(one.to),
            "hasScreen": one.screen is not None,
            "isGlobal": one.is_global,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "isLooped": False,
        }
        if fields:
            screen = one.screen or {}
            shown["fields"] = {id: self.field_meta(id, required) for id, required in screen.items()}
        return shown

    # Issues.

    def issue(self, issue: Issue, wanted: tuple[str, ...], expand: set[str]) -> Json:
        """Return an issue with the wanted fields and expansions."""
        shown: Json = {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.id,
            "self": f"{self.base}/issue/{issue.id}",
            "key": issue.key,
        }
        if wanted:
            shown["fields"] = {id: self._field(issue, id) for id in wanted if self._has(issue, id)}
        if "renderedFields" in expand:
            shown["renderedFields"] = self._rendered(issue, wanted)
        if "names" in expand:
            shown["names"] = {id: catalog.FIELD[id].name for id in wanted}
        if "schema" in expand:
            shown["schema"] = {id: catalog.FIELD[id].schema for id in wanted}
        if "changelog" in expand:
            histories = [self.history(one) for one in reversed(issue.history[-100:])]
            shown["changelog"] = {
                "startAt": 0,
                "maxResults": len(histories),
                "total": len(issue.history),
                "histories": histories,
            }
        if "transitions" in expand:
            found = workflow.transitions(
                issue.project, catalog.issue_type(issue.type), catalog.status(issue.status)
            )
            allowed = rights.may(self.viewer, rights.TRANSITION, issue.project)
            shown["transitions"] = [self.transition(one, fields=False) for one in found if allowed]
        if "editmeta" in expand:
            shown["editmeta"] = self.edit_meta(issue)
        return shown

    def edit_meta(self, issue: Issue) -> Json:
        """Return the fields an edit may set."""
        screen = workflow.edit_screen(catalog.issue_type(issue.type))
        allowed = rights.may(self.viewer, rights.EDIT, issue.project)
        return {"fields": {id: self.field_meta(id, required) for id, required in screen.items() if allowed}}

    def _has(self, issue: Issue, id: str) -> bool:
        if id == "parent":
            return issue.parent in self.site.state.issues
        return id != catalog.ROOT_CAUSE or issue.type == catalog.BUG.id

    def _field(self, issue: Issue, id: str) -> Any:
        if id in _SIMPLE:
            return getattr(issue, _SIMPLE[id])
        if id in _PEOPLE:
            return self.user(getattr(issue, id))
        if id in _TIMES:
            return self.time(getattr(issue, _TIMES[id]))
        return _SHOWN[id](self, issue)

    def small(self, issue: Issue) -> Json:
        """Return an issue as parents, sub-tasks and links show it."""
        return {
            "id": issue.id,
            "key": issue.key,
            "self": f"{self.base}/issue/{issue.id}",
            "fields": {
                "summary": issue.summary,
                "status": self.status(catalog.status(issue.status)),
                "priority": self.priority(catalog.priority(issue.priority)),
                "issuetype": self.issue_type(catalog.issue_type(issue.type)),
            },
        }

    def link_type(self, one: catalog.LinkType) -> Json:
        """Return a link type."""
        return {
            "id": one.id,
            "name": one.name,
            "inward": one.inward,
            "outward": one.outward,
            "self": f"{self.base}/issueLinkType/{one.id}",
        }

    def link(self, link: Link, seen_from: Issue | None = None) -> Json:
        """Return a link whole, or its other end seen from an issue."""
        ends = {
            "inwardIssue": self.small(self.site.state.issues[link.inward]),
            "outwardIssue": self.small(self.site.state.issues[link.outward]),
        }
        if seen_from is not None:
            del ends["inwardIssue" if seen_from.key == link.inward else "outwardIssue"]
        shown = {"id": link.id, "self": f"{self.base}/issueLink/{link.id}"}
        return shown | {"type": self.link_type(catalog.link_type(link.type))} | ends

    def links(self, issue: Issue) -> list[Json]:
        """Return the links of an issue whose other end the viewer may see."""
        issues = self.site.state.issues
        return [
            self.link(link, issue)
            for link in self.site.links(issue)
            if rights.may(
                self.viewer,
                rights.BROWSE,
                issues[link.outward if link.inward == issue.key else link.inward].project,
            )
        ]

    def _rendered(self, issue: Issue, wanted: tuple[str, ...]) -> Json:
        rendered: Json = dict.fromkeys(wanted)
        for id in wanted:
            if id in _TIMES:
                moment = getattr(issue, _TIMES[id])
                rendered[id] = moment.strftime("%d/%b/%y %I:%M %p") if moment else None
        if "description" in rendered:
            rendered["description"] = adf_text.html_of(issue.description)
        if "comment" in rendered:
            found = [self.comment(one, issue, {"renderedBody"}) for one in issue.comments]
            rendered["comment"] = {"comments": [one | {"body": one.pop("renderedBody")} for one in found]}
        return rendered

    def comments(self, issue: Issue, found: list[Comment], start: int, size: int, expand: set[str]) -> Json:
        """Return a page of comments."""
        page = found[start : start + size]
        return {
            "startAt": start,
            "maxResults": size,
            "total": len(found),
            "comments": [self.comment(one, issue, expand) for one in page],
        }

    def comment(self, comment: Comment, issue: Issue, expand: set[str]) -> Json:
        """Return a comment, with HTML and properties when asked."""
        shown: Json = {
            "self": f"{self.base}/issue/{issue.id}/comment/{comment.id}",
            "id": comment.id,
            "author": self.user(comment.author),
            "body": self.text(comment.body),
            "updateAuthor": self.user(comment.update_author),
            "created": self.time(comment.created),
            "updated": self.time(comment.updated),
            "jsdPublic": True,
        }
        if "renderedBody" in expand:
            shown["renderedBody"] = adf_text.html_of(comment.body)
        if "properties" in expand:
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown

    def worklog(self, one: Worklog, issue: Issue) -> Json:
        """Return a worklog."""
        shown = {
            "self": f"{self.base}/issue/{issue.id}/worklog/{one.id}",
            "author": self.user(one.author),
            "updateAuthor": self.user(one.author),
            "created": self.time(one.created),
            "updated": self.time(one.updated),
            "started": self.time(one.started),
            "timeSpent": spoken(one.seconds),
            "timeSpentSeconds": one.seconds,
            "id": one.id,
            "issueId": issue.id,
        }
        return shown | ({"comment": self.text(one.comment)} if one.comment else {})

    def history(self, one: History) -> Json:
        """Return a history entry."""
        return {
            "id": one.id,
            "author": self.user(one.author),
            "created": self.time(one.created),
            "items": [_change(item) for item in one.items],
        }


def _change(item: Change) -> Json:
    return {
        "field": item.field,
        "fieldtype": _FIELD_TYPE[item.custom],
        "fieldId": item.field_id,
        "from": item.old,
        "fromString": item.old_text,
        "to": item.new,
        "toString": item.new_text,
    }


_SIMPLE = {"summary": "summary", "labels": "labels", catalog.ROOT_CAUSE: "root_cause"}
_PEOPLE = ("assignee", "reporter", "creator")
_TIMES = {
    "created": "created",
    "updated": "updated",
    "resolutiondate": "resolved",
    "statuscategorychangedate": "status_category_changed",
}


def _shown_worklogs(view: View, issue: Issue) -> Json:
    found = [view.worklog(one, issue) for one in issue.worklogs]
    return {"startAt": 0, "maxResults": 20, "total": len(found), "worklogs": found[:20]}


def _shown_comments(view: View, issue: Issue) -> Json:
    size = len(issue.comments)
    page = view.comments(issue, issue.comments, 0, size, set())
    return {"self": f"{view.base}/issue/{issue.id}/comment"} | page


_SHOWN: dict[str, Callable[[View, Issue], Any]] = {
    "issuetype": lambda view, issue: view.issue_type(catalog.issue_type(issue.type)),
    "project": lambda view, issue: view.project(catalog.project(issue.project)),
    "status": lambda view, issue: view.status(catalog.status(issue.status)),
    "statusCategory": lambda view, issue: view.category(catalog.status(issue.status).category),
    "priority": lambda view, issue: view.priority(catalog.priority(issue.priority)),
    "resolution": lambda view, issue: (
        view.resolution(catalog.resolution(issue.resolution)) if issue.resolution else None
    ),
    "duedate": lambda _, issue: issue.due.isoformat() if issue.due else None,
    "description": lambda view, issue: view.text(issue.description),
    "issuelinks": lambda view, issue: view.links(issue),
    "subtasks": lambda view, issue: [
        view.small(one) for one in view.site.children(issue) if catalog.issue_type(one.type).subtask
    ],
    "parent": lambda view, issue: view.small(view.site.state.issues[str(issue.parent)]),
    "timespent": lambda _, issue: sum(one.seconds for one in issue.worklogs) or None,
    "comment": _shown_comments,
    "worklog": _shown_worklogs,
}

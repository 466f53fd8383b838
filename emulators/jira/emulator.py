"""The Jira Cloud stand-in: one site with its REST API, a believable project, and what a page needs to show it."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators import kit
from emulators.jira import adf_text, api, catalog, fields, rights, seed, state, workflow
from emulators.jira.render import ALL_FIELDS, Json, View, spoken
from emulators.jira.rights import SERVICE, Account
from emulators.jira.site import Site
from emulators.jira.state import Comment, Issue

PREFIX = "/jira"
RECORDED = 20_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class JiraEmulator:
    """A Jira Cloud site to mount at ``/jira``.

    ``now`` is its clock (tests pass their own), ``state`` the file its issues survive in (None: memory). ``index_lag`` seconds
    pass until search sees a write; ``write_limit`` caps the writes of one issue in two seconds (Jira's is 20, None is none).
    Accounts in ``private`` hide their e-mail address and time zone from others, as people may in Jira Cloud.
    ``requests`` holds the REST requests, ``faults`` how it misbehaves, ``listeners`` hear of every change.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        now: Callable[[], datetime] = _utc_now,
        index_lag: float = 0.0,
        write_limit: int | None = None,
    ) -> None:
        self.now = now
        self.requests: deque[kit.Recorded] = deque(maxlen=RECORDED)
        self.faults = kit.Faults()
        self.listeners: list[Callable[[dict[str, Any]], None]] = []
        self.site = Site(lambda: self.now(), self._changed)
        self.index_lag, self.write_limit = index_lag, write_limit
        self._snapshot = kit.Snapshot(state, self._dump)
        self.app = self._application()
        saved = self._snapshot.load()
        if saved is None:
            self._seed()
        else:
            self._load(saved)

    @property
    def private(self) -> set[str]:
        """The ids of the accounts that keep their profile to themselves."""
        return self.site.private

    @property
    def index_lag(self) -> float:
        """Seconds until search sees a write."""
        return self.site.index_lag

    @index_lag.setter
    def index_lag(self, seconds: float) -> None:
        self.site.index_lag = seconds

    @property
    def write_limit(self) -> int | None:
        """How many writes of one issue two seconds take."""
        return self.site.write_limit

    @write_limit.setter
    def write_limit(self, writes: int | None) -> None:
        self.site.write_limit = writes

    def reset(self) -> None:
        """Go back to the seeded projects, told relative to now, and save them."""
        self._seed()
        self._snapshot.save()

    async def start(self) -> None:
        """Begin; there is nothing in the background."""

    async def stop(self) -> None:
        """Save the state."""
        self._snapshot.save()

    # What tests and the workbench ask.

    def issue(self, key: str) -> Json:
        """Return an issue as REST gives it to the administrator: all fields, comments, changelog; KeyError if there is none."""
        return self._view().issue(self._get(key), ALL_FIELDS, {"changelog", "renderedFields"})

    def comments(self, key: str) -> list[Json]:
        """Return an issue's comments with bodies, HTML and properties, oldest first."""
        issue = self._get(key)
        return [self._view().comment(one, issue, {"properties", "renderedBody"}) for one in issue.comments]

    def create(
        self, project: str, summary: str, *, type: str = "Task", by: str = SERVICE.id, **values: Any
    ) -> str:
        """Create an issue and return its key; ``values`` are attributes of :class:`state.Issue` such as ``assignee``."""
        kind = next(one for one in catalog.ISSUE_TYPES if one.name == type)
        return self.site.create(project, kind.id, summary, rights.BY_ID[by], values).key

    def comment(self, key: str, text: str, *, by: str = SERVICE.id) -> str:
        """Comment on an issue as somebody and return the comment's id."""
        body = adf_text.document(text)
        return self.site.comment(self._get(key), rights.BY_ID[by], body, {}).id

    def transition(self, key: str, name: str, *, by: str = SERVICE.id, **values: Any) -> None:
        """Take an issue through the transition of that name as somebody; ``values`` are fields of its screen as REST has them."""
        issue = self._get(key)
        type = catalog.issue_type(issue.type)
        offered = workflow.transitions(issue.project, type, catalog.status(issue.status))
        chosen = next(one for one in offered if one.name == name)
        setting = fields.Setting(self.site, rights.BY_ID[by], issue.project, type, "3", issue)
        self.site.move(
            issue, rights.BY_ID[by], chosen, fields.edits(setting, chosen.screen or {}, values, {})
        )

    def board(self, project: str) -> Json:
        """Return a project's issues as columns by status, for a page."""
        found = [one for one in self.site.state.issues.values() if one.project == project]
        found.sort(key=lambda one: one.updated, reverse=True)
        shown = catalog.project(project)
        return {
            "project": {"key": shown.key, "name": shown.name},
            "projects": [{"key": one.key, "name": one.name} for one in catalog.PROJECTS],
            "columns": [
                {
                    "status": status.name,
                    "category": status.category.key,
                    "issues": [_card(one) for one in found if one.status == status.id],
                }
                for status in catalog.STATUSES
            ],
        }

    def detail(self, key: str) -> Json:
        """Return an issue for a page: plain values, HTML bodies, history in words."""
        issue = self._get(key)
        parent = self.site.state.issues.get(issue.parent) if issue.parent else None
        type = catalog.issue_type(issue.type)
        offered = workflow.transitions(issue.project, type, catalog.status(issue.status))
        return _card(issue) | {
            "project": issue.project,
            "reporter": _name(issue.reporter),
            "resolution": catalog.resolution(issue.resolution).name if issue.resolution else None,
            "resolved": _stamp(issue.resolved),
            "created": _stamp(issue.created),
            "description": issue.description,
            "descriptionHtml": adf_text.html_of(issue.description),
            "parent": {"key": parent.key, "summary": parent.summary} if parent else None,
            "subtasks": [_card(one) for one in self.site.children(issue)],
            "links": self._view().links(issue),
            "transitions": [{"id": one.id, "name": one.name, "to": one.to.name} for one in offered],
            "rootCause": issue.root_cause,
            "commentList": [_said(one) for one in issue.comments],
            "worklogs": [
                {
                    "author": _name(one.author),
                    "started": _stamp(one.started),
                    "timeSpent": spoken(one.seconds),
                }
                for one in issue.worklogs
            ],
            "history": [
                {
                    "id": one.id,
                    "author": _name(one.author),
                    "created": _stamp(one.created),
                    "items": [
                        {"field": item.field, "from": item.old_text, "to": item.new_text}
                        for item in one.items
                    ],
                }
                for one in issue.history
            ],
        }

    # Inside.

    def _seed(self) -> None:
        self.site.replace(seed.build(self.site.now()))

    def _get(self, key: str) -> Issue:
        return self.site.state.issues[key.upper()]

    def _view(self, viewer: Account = SERVICE) -> View:
        return View(self.site, viewer, PREFIX)

    def _changed(self, event: dict[str, Any]) -> None:
        self._snapshot.changed()
        for listener in self.listeners:
            listener(event)

    def _dump(self) -> dict[str, Any]:
        return state.dump(self.site.state)

    def _load(self, saved: Any) -> None:
        try:
            self.site.replace(state.load(saved))
        except ValueError as error:
            raise ValueError(
                f"{self._snapshot.path} is damaged ({error}); delete it or start with --reset"
            ) from error

    def _application(self) -> web.Application:
        app = web.Application()
        app[kit.PREFIX] = PREFIX
        app.add_subapp(
            "/rest", api.application(self.site, PREFIX, kit.middlewares(self.requests, self.faults))
        )
        app.add_subapp("/_control", kit.control(self.requests, self.faults))
        app.add_routes(
            [
                web.get("/_board", self._board_page),
                web.get("/_issue/{key}", self._issue_page),
                web.get("/browse/{key}", self._browse),
            ]
        )
        return app

    async def _board_page(self, request: web.Request) -> web.Response:
        project = request.query.get("project", catalog.DEMO.key).upper()
        if all(project != one.key for one in catalog.PROJECTS):
            return web.json_response({"error": f"There is no project {project}."}, status=404)
        return web.json_response(self.board(project))

    async def _issue_page(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        if key.upper() not in self.site.state.issues:
            return web.json_response({"error": f"There is no issue {key}."}, status=404)
        return web.json_response(self.detail(key))

    async def _browse(self, request: web.Request) -> web.Response:
        """Show an issue as a plain page, so that links in messages lead somewhere."""
        key = request.match_info["key"].upper()
        if key not in self.site.state.issues:
            raise web.HTTPNotFound(text=f"There is no issue {key}.")
        return web.Response(text=_page(self.detail(key)), content_type="text/html")


def _name(id: str | None) -> str | None:
    return rights.BY_ID[id].name if id else None


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _said(comment: Comment) -> Json:
    return {
        "id": comment.id,
        "author": _name(comment.author),
        "accountId": comment.author,
        "created": _stamp(comment.created),
        "updated": _stamp(comment.updated),
        "body": comment.body,
        "html": adf_text.html_of(comment.body),
        "text": adf_text.text_of(comment.body),
        "properties": comment.properties,
    }


def _card(issue: Issue) -> Json:
    status = catalog.status(issue.status)
    return {
        "id": issue.id,
        "key": issue.key,
        "summary": issue.summary,
        "type": catalog.issue_type(issue.type).name,
        "status": status.name,
        "category": status.category.key,
        "priority": catalog.priority(issue.priority).name,
        "assignee": _name(issue.assignee),
        "assigneeId": issue.assignee,
        "labels": issue.labels,
        "due": issue.due.isoformat() if issue.due else None,
        "updated": _stamp(issue.updated),
        "comments": len(issue.comments),
    }


def _page(issue: Json) -> str:
    comments = "".join(
        f"<article><h3>{escape(one['author'])}, {one['created'][:16]}</h3>{one['html']}</article>"
        for one in issue["commentList"]
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{issue['key']} {escape(issue['summary'])}</title>"
        "<style>body{font:16px/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}</style>"
        f"<p>{issue['type']} {issue['key']}</p><h1>{escape(issue['summary'])}</h1>"
        f"<p><strong>{escape(issue['status'])}</strong>, {escape(issue['assignee'] or 'unassigned')}</p>"
        f"{issue['descriptionHtml']}<h2>Comments</h2>{comments or '<p>None yet.</p>'}</html>"
    )

"""The site's deeds: what happens to issues, who sees it, when the search index learns of it.

Every write goes through :meth:`Site.write`: it enforces the per-issue limit, keeps the earlier copy for a search index that lags,
stamps the issue and tells the listeners.
"""

import copy
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from emulators.jira import adf_text, catalog, rights, workflow
from emulators.jira.rights import Account
from emulators.jira.state import Adf, Change, Comment, History, Issue, Link, State, Worklog

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
WRITE_WINDOW = timedelta(seconds=2)


class Refusal(Exception):
    """An answer that is not a success, in Jira's error shape; with ``errors`` None only the messages are sent."""

    def __init__(
        self,
        status: int,
        *messages: str,
        errors: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        super().__init__(status, messages, errors)
        self.status, self.messages, self.headers = status, list(messages), headers or {}
        self.errors: dict[str, str] | None = None if bare else (errors or {})


class Site:
    """One Jira site: its state and clock.

    ``index_lag`` seconds pass until search sees a write; ``write_limit`` writes fit an issue's two seconds (None: no limit);
    ``private`` are accounts that hide their e-mail address and time zone from others.
    """

    def __init__(self, clock: Callable[[], datetime], changed: Callable[[dict[str, Any]], None]) -> None:
        self.state, self.clock, self.changed = State(), clock, changed
        self.index_lag = 0.0
        self.write_limit: int | None = None
        self.private: set[str] = set()
        self._earlier: dict[str, list[tuple[datetime, Issue | None]]] = {}
        self._writes: dict[str, deque[datetime]] = defaultdict(deque)

    def now(self) -> datetime:
        """Return the time, in whole milliseconds as Jira keeps it."""
        moment = self.clock().astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def replace(self, state: State) -> None:
        """Start over from another state, with nothing pending."""
        self.state = state
        self._earlier.clear()
        self._writes.clear()

    # Reading.

    def issue(self, key_or_id: str, viewer: Account | None) -> Issue:
        """Return an issue the viewer may see; the refusal does not tell which of the two was missing."""
        found = self.state.issues.get(key_or_id.upper()) or self.state.by_id(key_or_id)
        if found is None or not rights.may(viewer, rights.BROWSE, found.project):
            raise Refusal(404, NO_ISSUE)
        return found

    def indexed(self, live: frozenset[str] = frozenset()) -> list[Issue]:
        """Return the issues as the search index knows them; those whose id is in ``live`` as they are now."""
        now = self.now()
        known = {issue.id: issue for issue in self.state.issues.values()}
        for id, copies in self._earlier.items():
            old = next((copy for until, copy in copies if until > now), ...)
            if old is ... or id in live:
                continue
            if old is None:
                known.pop(id, None)
            else:
                known[id] = old
        return list(known.values())

    def children(self, issue: Issue) -> list[Issue]:
        """Return the issues whose parent this is."""
        return [one for one in self.state.issues.values() if one.parent == issue.key]

    def links(self, issue: Issue) -> list[Link]:
        """Return the links that touch an issue."""
        return [link for link in self.state.links if issue.key in (link.inward, link.outward)]

    # Writing.

    @contextmanager
    def write(self, issue: Issue, what: str) -> Iterator[datetime]:
        """Frame one write of an issue; yields its time."""
        now = self.now()
        self._limit(issue.id, now)
        self._remember(issue.id, copy.deepcopy(issue) if self.index_lag else None, now)
        yield now
        issue.updated = now
        self._tell(issue.key, what)

    def _tell(self, key: str, what: str) -> None:
        self.changed({"service": "jira", "type": "issue_changed", "key": key, "what": what})

    def _remember(self, id: str, earlier: Issue | None, now: datetime) -> None:
        kept = [entry for entry in self._earlier.get(id, []) if entry[0] > now]
        if self.index_lag > 0:
            kept.append((now + timedelta(seconds=self.index_lag), earlier))
        self._earlier[id] = kept

    def _limit(self, id: str, now: datetime) -> None:
        if self.write_limit is None:
            return
        recent = self._writes[id]
        while recent and recent[0] <= now - WRITE_WINDOW:
            recent.popleft()
        if len(recent) >= self.write_limit:
            wait = (recent[0] + WRITE_WINDOW - now).total_seconds()
            raise Refusal(
                429,
                "Rate limit exceeded.",
                headers={
                    "Retry-After": str(math.ceil(wait)),
                    "RateLimit-Reason": "jira-per-issue-on-write",
                    "X-RateLimit-Limit": str(self.write_limit),
                    "X-RateLimit-Remaining": "0",
                    "X-RateLimit-Reset": (now + timedelta(seconds=wait)).strftime("%Y-%m-%dT%H:%MZ"),
                },
            )
        recent.append(now)

    def create(
        self, project: str, type: str, summary: str, by: Account, values: dict[str, Any] | None = None
    ) -> Issue:
        """Create an issue in the first status of its workflow; ``values`` are further attributes."""
        now = self.now()
        number = self.state.next(f"issue {project}", 0)
        issue = Issue(
            id=self.state.next("issue"),
            key=f"{project}-{number}",
            project=project,
            type=type,
            summary=summary,
            status=catalog.TO_DO.id,
            priority="3",
            reporter=by.id,
            creator=by.id,
            created=now,
            updated=now,
            status_category_changed=now,
        )
        for name, value in (values or {}).items():
            setattr(issue, name, value)
        self.state.issues[issue.key] = issue
        self._remember(issue.id, None, now)
        self._tell(issue.key, "created")
        return issue

    def delete(self, issue: Issue) -> None:
        """Delete an issue, its sub-tasks and links."""
        for child in [one for one in self.children(issue) if catalog.issue_type(one.type).subtask]:
            self.delete(child)
        for child in self.children(issue):
            child.parent = None
        self._remember(issue.id, copy.deepcopy(issue), self.now())
        self.state.links = [one for one in self.state.links if issue.key not in (one.inward, one.outward)]
        del self.state.issues[issue.key]
        self._tell(issue.key, "deleted")

    def edit(self, issue: Issue, by: Account, changes: list[tuple[str, Any, Change]]) -> None:
        """Set attributes (name, value, how history tells it) in one history entry."""
        with self.write(issue, "edited") as now:
            for attribute, value, _ in changes:
                setattr(issue, attribute, value)
            self._record(issue, by, now, [change for _, _, change in changes])

    def move(
        self,
        issue: Issue,
        by: Account,
        transition: workflow.Transition,
        changes: list[tuple[str, Any, Change]],
    ) -> None:
        """Take an issue through a transition, with the fields of its screen, in one history entry."""
        with self.write(issue, "transition") as now:
            before = catalog.status(issue.status)
            items = [change for _, _, change in changes]
            for attribute, value, _ in changes:
                setattr(issue, attribute, value)
            if not changes or "resolution" not in {attribute for attribute, _, _ in changes}:
                items += self._resolve(issue, before, transition.to)
            if transition.to != before:
                items.append(
                    Change("status", "status", before.id, before.name, transition.to.id, transition.to.name)
                )
                issue.status = transition.to.id
            if transition.to.category != before.category:
                issue.status_category_changed = now
            issue.resolved = (issue.resolved or now) if issue.resolution else None
            self._record(issue, by, now, items)

    def _resolve(self, issue: Issue, before: catalog.Status, to: catalog.Status) -> list[Change]:
        """Set or clear the resolution as the workflow's post functions do."""
        done = to.category == catalog.DONE_CATEGORY
        if done and issue.resolution and to == before:
            return []
        chosen = catalog.RESOLVED_WONT_DO if to == catalog.WONT_DO else catalog.RESOLVED_DONE
        new = chosen if done else None
        old = catalog.resolution(issue.resolution) if issue.resolution else None
        if new == old:
            return []
        issue.resolution = new.id if new else None
        return [
            Change(
                "resolution",
                "resolution",
                old.id if old else None,
                old.name if old else None,
                new.id if new else None,
                new.name if new else None,
            )
        ]

    def _record(self, issue: Issue, by: Account, now: datetime, items: list[Change]) -> None:
        if items:
            issue.history.append(History(self.state.next("history"), by.id, now, items))

    def comment(self, issue: Issue, by: Account, body: Adf, properties: dict[str, Any]) -> Comment:
        """Add a comment."""
        with self.write(issue, "comment") as now:
            comment = Comment(self.state.next("comment"), by.id, body, now, now, by.id, properties)
            issue.comments.append(comment)
        return comment

    def recomment(
        self, issue: Issue, comment: Comment, by: Account, body: Adf | None, more: dict[str, Any]
    ) -> None:
        """Change a comment's body or properties."""
        with self.write(issue, "comment") as now:
            if body is not None:
                comment.body, comment.updated, comment.update_author = body, now, by.id
            comment.properties |= more

    def uncomment(self, issue: Issue, comment: Comment, by: Account) -> None:
        """Delete a comment; history keeps what it said."""
        with self.write(issue, "comment") as now:
            issue.comments.remove(comment)
            text = adf_text.text_of(comment.body)
            self._record(issue, by, now, [Change("Comment", "comment", comment.id, text, None, None)])

    def log_work(
        self, issue: Issue, by: Account, started: datetime | None, seconds: int, note: Adf | None
    ) -> Worklog:
        """Log time spent."""
        with self.write(issue, "worklog") as now:
            before = sum(one.seconds for one in issue.worklogs)
            worklog = Worklog(self.state.next("worklog"), by.id, started or now, seconds, now, now, note)
            issue.worklogs.append(worklog)
            spent, was = str(before + seconds), str(before) if before else None
            self._record(issue, by, now, [Change("timespent", "timespent", was, was, spent, spent)])
        return worklog

    def link(self, type: catalog.LinkType, inward: Issue, outward: Issue, by: Account) -> None:
        """Link two issues, unless they are linked so already; both histories tell it."""
        known = {(one.type, one.inward, one.outward) for one in self.state.links}
        if (type.id, inward.key, outward.key) in known:
            return
        with self.write(inward, "edited") as now, self.write(outward, "edited"):
            self.state.links.append(Link(self.state.next("link"), type.id, inward.key, outward.key))
            self._record(inward, by, now, [_linked(outward, f"This issue {type.outward} {outward.key}")])
            self._record(outward, by, now, [_linked(inward, f"This issue {type.inward} {inward.key}")])

    def unlink(self, id: str, by: Account) -> None:
        """Remove a link; both histories tell it."""
        link = next(one for one in self.state.links if one.id == id)
        type = catalog.link_type(link.type)
        inward, outward = self.state.issues[link.inward], self.state.issues[link.outward]
        with self.write(inward, "edited") as now, self.write(outward, "edited"):
            self.state.links.remove(link)
            gone = _linked(outward, f"This issue {type.outward} {outward.key}", gone=True)
            self._record(inward, by, now, [gone])
            gone = _linked(inward, f"This issue {type.inward} {inward.key}", gone=True)
            self._record(outward, by, now, [gone])


def _linked(other: Issue, words: str, *, gone: bool = False) -> Change:
    if gone:
        return Change("Link", "issuelinks", other.key, words, None, None)
    return Change("Link", "issuelinks", None, None, other.key, words)

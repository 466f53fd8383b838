"""Jira through one person's eyes.

Updraft reaches Jira with a service account that may see and do more than the person who asks. So every issue is read, and every
act is done, only after Jira itself said that this person holds the right.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from cachetools import TTLCache

from engine.errors import JiraError
from engine.jira import History, Issue, Jira, NoPermission, NoSuchIssue
from engine.types import Person

BROWSE = "BROWSE_PROJECTS"
COMMENT = "ADD_COMMENTS"
TRANSITION = "TRANSITION_ISSUES"

Directory = Callable[[str, str], Awaitable[Person]]
"""Finds a person by workspace and id."""

T = TypeVar("T", Issue, History)

WORD = re.compile(r"[^\W\d_]{3,}")
COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "from",
        "have",
        "has",
        "was",
        "are",
        "done",
        "finished",
        "finish",
        "complete",
        "completed",
        "closed",
        "close",
        "resolved",
        "mark",
        "move",
        "set",
        "please",
        "can",
        "you",
        "could",
        "task",
        "ticket",
        "issue",
        "story",
        "bug",
        "work",
        "just",
        "now",
        "all",
        "its",
        "been",
        "into",
        "also",
        "about",
    ]
)


class Access:
    """What people may see and do in one workspace's Jira; rights and accounts are remembered for minutes."""

    def __init__(self, jira: Jira) -> None:
        self.jira = jira
        self._accounts: TTLCache[str, str] = TTLCache(10_000, ttl=600)
        self._projects: TTLCache[str, dict[str, int]] = TTLCache(1, ttl=600)
        self._visible: TTLCache[str, frozenset[str]] = TTLCache(10_000, ttl=300)
        self._known: frozenset[str] | None = None
        self._refreshing: asyncio.Task[frozenset[str] | None] | None = None

    async def account(self, person: Person) -> str:
        """Return the person's Jira account id; raises NoPermission when Jira knows nobody with their e-mail address."""
        key = person.email.lower()
        if key not in self._accounts:
            found = await self.jira.account(person.email) if person.email else None
            if found is None:
                raise NoPermission(
                    f"I do not find you in Jira by your e-mail address ({person.email or 'none in your Slack profile'}). "
                    "Ask an administrator to use the same address in Slack and Jira."
                )
            self._accounts[key] = found
        return self._accounts[key]

    async def project_keys(self) -> frozenset[str] | None:
        """Return the keys of all projects; None when Jira never answered yet.

        Every message asks this, so what is known answers at once and is renewed behind it.
        """
        if "all" not in self._projects and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh(), name="projects")
        if self._known is None and self._refreshing is not None:
            return await asyncio.shield(self._refreshing)
        return self._known

    async def _refresh(self) -> frozenset[str] | None:
        with suppress(JiraError):
            self._known = frozenset(await self._all_projects())
        return self._known

    async def visible_projects(self, person: Person) -> frozenset[str]:
        """Return the keys of the projects that the person may browse."""
        account = await self.account(person)
        if account not in self._visible:
            projects = await self._all_projects()
            seen = (
                await self.jira.permitted(account, BROWSE, projects=projects.values()) if projects else set()
            )
            self._visible[account] = frozenset(key for key, id in projects.items() if id in seen)
        return self._visible[account]

    async def issue(self, person: Person, key: str) -> Issue:
        """Return an issue that the person may see; raises NoSuchIssue for any other, existing or not."""
        account = await self.account(person)
        issue = await self.jira.issue(key)
        if issue.id not in await self.jira.permitted(account, BROWSE, issues=[issue.id]):
            raise NoSuchIssue(key)
        return issue

    async def visible(self, person: Person, issues: Sequence[T]) -> list[T]:
        """Return those issues that the person may see: a project that one may browse can still hold restricted issues."""
        if not issues:
            return []
        account = await self.account(person)
        seen = await self.jira.permitted(account, BROWSE, issues=[issue.id for issue in issues])
        return [issue for issue in issues if issue.id in seen]

    async def require(self, person: Person, permission: str, issue: Issue) -> None:
        """Raise NoPermission unless the person holds the permission on the issue."""
        account = await self.account(person)
        if issue.id not in await self.jira.permitted(account, permission, issues=[issue.id]):
            act = {COMMENT: "comment on", TRANSITION: "move"}.get(permission, "change")
            raise NoPermission(f"You may see {issue.key} but Jira does not let you {act} it.")

    async def open_issues(self, person: Person, limit: int = 50) -> list[Issue]:
        """Return the person's own unfinished issues, the last touched first."""
        account = await self.account(person)
        jql = f'assignee = "{account}" AND statusCategory != Done ORDER BY updated DESC'
        return await self.visible(person, await self.jira.search(jql, limit=limit))

    async def _all_projects(self) -> dict[str, int]:
        if "all" not in self._projects:
            self._projects["all"] = await self.jira.projects()
        return self._projects["all"]


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that can tell one issue from another, as rough stems."""
    return frozenset(stem(word) for word in WORD.findall(text.lower()) if word not in COMMON)


def stem(word: str) -> str:
    """Cut the commonest English endings, so that "fixed" meets "fix" and "retries" meets "retry"."""
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word


def best_matches(text: str, issues: Sequence[Issue], limit: int = 5) -> list[Issue]:
    """Return the issues whose summaries share most with the text first; the order of equals stays."""
    said = content_words(text)

    def shared(issue: Issue) -> float:
        words = content_words(issue.summary)
        return len(said & words) / (len(words) ** 0.5) if words else 0.0

    return sorted(issues, key=shared, reverse=True)[:limit]

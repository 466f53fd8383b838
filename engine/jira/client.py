"""An asynchronous Jira Cloud (REST v3) over the `jira` library, on threads of its own.

The library's client is prepared so that nothing surprises: no start-up request, no retries of its own (it repeats POSTs), a
timeout on every call, no proxy or netrc from the environment, no cookies. Reads that fail on the way are tried once more; a
write never is: whoever writes looks for its marker first.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import structlog
from jira import JIRA
from requests.adapters import HTTPAdapter

from engine.errors import InvalidInput
from engine.jira.errors import JiraMisconfigured, JiraUnavailable, translated
from engine.jira.values import (
    KEY,
    Change,
    History,
    Issue,
    Transition,
    issue_from,
    transition_from,
    web_link,
    when,
)
from engine.notices import Component, Failed, Notify, nobody
from engine.types import Sure

log = structlog.get_logger(__name__)

T = TypeVar("T")

FIELDS = "summary,status,issuetype,updated,assignee"
TIMEOUT = (3.05, 10.0)
MARKER = "updraft"
"""The comment property that carries the draft's id: what a retry looks for before it posts again."""


class _Client(JIRA):
    """The library's client for Cloud, without its start-up requests."""

    def __init__(self, url: str, email: str, token: str, timeout: tuple[float, float]) -> None:
        super().__init__(
            server=url,
            options={"rest_api_version": "3"},
            basic_auth=(email, token),
            get_server_info=False,
            max_retries=0,
            timeout=timeout,
        )
        self.deploymentType = "Cloud"
        self._fields_cache_value = {"summary": "summary"}
        session = self._session
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=32, max_retries=0))

    def call(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """Send one request; return the parsed answer, None for an empty one."""
        data = None if body is None else json.dumps(body)
        answer = self._session.request(method, self._get_url(path), data=data, params=dict(params or {}))
        if not answer.content:
            return None
        if "json" not in answer.headers.get("Content-Type", ""):
            raise JiraMisconfigured(
                "JIRA_URL answers with a web page, not with Jira's API; check the address."
            )
        return answer.json()


class Jira:
    """One workspace's Jira, reached with one service account; ``url`` is the site's address.

    ``settle`` is how many seconds a write may take effect after it was sent, when its answer never came; ``timeout`` are the seconds to
    connect and to wait for an answer.
    """

    def __init__(
        self,
        url: str,
        email: str,
        token: str,
        *,
        at_once: int = 8,
        settle: float = 10.0,
        timeout: tuple[float, float] = TIMEOUT,
        notify: Notify = nobody,
    ) -> None:
        self.url, self.settle, self.notify = url.rstrip("/"), settle, notify
        self._client = _Client(self.url, email, token, timeout)
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="jira")
        self._room = asyncio.Semaphore(at_once)

    async def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()  # type: ignore[no-untyped-call] # the library leaves it unannotated

    # -- reading

    async def myself(self) -> dict[str, Any]:
        """Return the service account as Jira knows it; raises JiraMisconfigured when it does not."""
        return dict(await self._read("GET", "myself"))

    async def issue(self, key: str) -> Issue:
        """Return one issue; raises NoSuchIssue, JiraUnavailable."""
        return issue_from(
            await self._read("GET", f"issue/{_checked(key)}", params={"fields": FIELDS}, key=key)
        )

    async def projects(self) -> dict[str, int]:
        """Return the keys of all projects with their ids."""
        found: dict[str, int] = {}
        while True:
            page = await self._read("GET", "project/search", params={"startAt": len(found), "maxResults": 50})
            found |= {project["key"]: int(project["id"]) for project in page["values"]}
            if page.get("isLast", True) or not page["values"]:
                return found

    async def statuses(self) -> dict[str, str]:
        """Return each status id's category key."""
        return {status["id"]: status["statusCategory"]["key"] for status in await self._read("GET", "status")}

    async def account(self, email: str) -> str | None:
        """Return the account id of the person with this e-mail address, None when there is none."""
        users = await self._read("GET", "user/search", params={"query": email, "maxResults": 20})
        people = [
            user
            for user in users
            if user.get("accountType", "atlassian") == "atlassian" and user.get("active", True)
        ]
        exact = [user for user in people if (user.get("emailAddress") or "").lower() == email.lower()]
        # An address that its owner hides is left out of the answer, though it was searched by.
        hidden = [user for user in people if not user.get("emailAddress")]
        chosen = exact or (hidden if len(people) == 1 else [])
        return chosen[0]["accountId"] if len(chosen) == 1 else None

    async def account_named(self, name: str) -> str | None:
        """Return the account id of the one person who goes by this name, None when there is none or several."""
        users = await self._read("GET", "user/search", params={"query": name, "maxResults": 20})
        words = name.lower().split()
        people = [user for user in users if user.get("accountType", "atlassian") == "atlassian"]
        fitting = [
            user for user in people if set(words) <= set((user.get("displayName") or "").lower().split())
        ]
        return fitting[0]["accountId"] if len(fitting) == 1 else None

    async def permitted(
        self, account: str, permission: str, *, issues: Collection[int] = (), projects: Collection[int] = ()
    ) -> set[int]:
        """Return the ids of those issues or projects on which the account holds the permission."""
        wanted: dict[str, Any] = {"permissions": [permission]}
        wanted |= {"issues": sorted(issues)} if issues else {}
        wanted |= {"projects": sorted(projects)} if projects else {}
        body = {"accountId": account, "globalPermissions": [], "projectPermissions": [wanted]}
        answer = await self._read("POST", "permissions/check", body)
        grants = [grant for grant in answer["projectPermissions"] if grant["permission"] == permission]
        return {int(id) for grant in grants for id in (*grant.get("issues", ()), *grant.get("projects", ()))}

    async def own_rights(self, permissions: Iterable[str]) -> set[str]:
        """Return which of these permissions the service account itself holds."""
        answer = await self._read("GET", "mypermissions", params={"permissions": ",".join(permissions)})
        return {key for key, right in answer["permissions"].items() if right["havePermission"]}

    async def search(self, jql: str, *, limit: int = 50, reconcile: Iterable[int] = ()) -> list[Issue]:
        """Return the issues a bounded JQL finds, at most ``limit``."""
        raw = await self._search(jql, FIELDS.split(","), limit, reconcile)
        return [issue_from(one) for one in raw]

    async def histories(self, jql: str, *, limit: int = 1000) -> list[History]:
        """Return issues with all their status changes."""
        raw = await self._search(jql, ["summary", "status", "issuetype", "created"], limit)
        changes = await self._changes([one["id"] for one in raw]) if raw else {}
        return [
            History(
                id=int(one["id"]),
                key=one["key"],
                summary=one["fields"]["summary"],
                type=one["fields"]["issuetype"]["name"],
                category=one["fields"]["status"]["statusCategory"]["key"],
                created=when(one["fields"]["created"]),
                changes=tuple(sorted(changes.get(one["id"], []), key=lambda change: change.at)),
            )
            for one in raw
        ]

    async def transitions(self, key: str) -> list[Transition]:
        """Return what the workflow offers from the present status, with the fields each way requires."""
        params = {"expand": "transitions.fields"}
        answer = await self._read("GET", f"issue/{_checked(key)}/transitions", params=params, key=key)
        return [transition_from(one) for one in answer["transitions"]]

    async def find_comment(self, key: str, marker: str) -> str | None:
        """Return the id of the comment that carries the marker, looking at the newest 100."""
        params = {"orderBy": "-created", "maxResults": 100}
        page = await self._read("GET", f"issue/{_checked(key)}/comment", params=params, key=key)
        ids = [int(comment["id"]) for comment in page["comments"]]
        if not ids:
            return None
        listed = await self._read("POST", "comment/list", {"ids": ids}, params={"expand": "properties"})
        for comment in listed["values"]:
            for property in comment.get("properties") or []:
                if property.get("key") == MARKER and (property.get("value") or {}).get("draft") == marker:
                    return str(comment["id"])
        return None

    # -- writing: each is one request, never repeated here; ``sure`` is asked when nothing is left to wait for

    async def add_comment(
        self, key: str, document: Mapping[str, Any], marker: str, *, sure: Sure | None = None
    ) -> str:
        """Post a comment (an ADF document) that carries the marker; return its id."""
        body = {"body": document, "properties": [{"key": MARKER, "value": {"draft": marker}}]}
        answer = await self._send("POST", f"issue/{_checked(key)}/comment", body, key=key, sure=sure)
        log.info("comment added", issue=key, comment=str(answer["id"]))
        return str(answer["id"])

    async def transition(
        self, key: str, id: str, fields: Mapping[str, Any] | None = None, *, sure: Sure | None = None
    ) -> None:
        """Move an issue along one transition."""
        body: dict[str, Any] = {"transition": {"id": id}}
        if fields:
            body["fields"] = dict(fields)
        await self._send("POST", f"issue/{_checked(key)}/transitions", body, key=key, sure=sure)
        log.info("issue moved", issue=key)

    def link(self, key: str, comment: str | None = None) -> str:
        """Return the address of an issue or of one comment."""
        return web_link(self.url, key, comment)

    # -- the way there

    async def _search(
        self, jql: str, fields: list[str], limit: int, reconcile: Iterable[int] = ()
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token: str | None = None
        while len(found) < limit:
            page = await self._run(
                partial(
                    self._client.enhanced_search_issues,
                    jql,
                    nextPageToken=token,
                    maxResults=min(100, limit - len(found)),
                    fields=list(fields),
                    reconcileIssues=list(reconcile) or None,
                    json_result=True,
                    use_post=True,
                ),
                "search",
                again=True,
            )
            found += page["issues"]
            token = page.get("nextPageToken")
            if not token:
                break
        return found

    async def _changes(self, ids: list[str]) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = {}
        token: str | None = None
        while True:
            body: dict[str, Any] = {"issueIdsOrKeys": ids, "fieldIds": ["status"], "maxResults": 1000}
            if token:
                body["nextPageToken"] = token
            page = await self._read("POST", "changelog/bulkfetch", body)
            for log in page.get("issueChangeLogs") or []:
                changes = found.setdefault(str(log["issueId"]), [])
                for history in log["changeHistories"]:
                    changes += _status_changes(history)
            token = page.get("nextPageToken")
            if not token:
                return found

    async def _read(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Any:
        call = partial(self._client.call, method, path, body, params)
        return await self._run(call, f"{method} {path}", key, again=True)

    async def _send(self, method: str, path: str, body: Any, *, key: str, sure: Sure | None) -> Any:
        call = partial(self._client.call, method, path, body)
        return await self._run(call, f"{method} {path}", key, sure=sure)

    async def _run(
        self,
        call: Callable[[], T],
        what: str,
        key: str = "",
        *,
        again: bool = False,
        sure: Sure | None = None,
    ) -> T:
        """Make a call; a line of the log says which, with what outcome."""
        began = time.monotonic()
        outcome = "ok"
        try:
            return await self._tried(call, key, again, sure)
        except BaseException as error:
            outcome = "cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__
            if isinstance(error, JiraUnavailable | JiraMisconfigured):
                self.notify(Failed(Component.JIRA, str(error)))
            raise
        finally:
            spent = round((time.monotonic() - began) * 1000)
            log.debug("jira asked", call=what, outcome=outcome, milliseconds=spent)

    async def _tried(self, call: Callable[[], T], key: str, again: bool, sure: Sure | None) -> T:
        async with self._room:
            if sure is not None:
                await sure()
            try:
                return await self._threaded(call, key)
            except JiraUnavailable as error:
                if not again or (error.retry_after or 0) > 1:
                    raise
                await asyncio.sleep(error.retry_after or 0.1)
                return await self._threaded(call, key)

    def _threaded(self, call: Callable[[], T], key: str) -> Awaitable[T]:
        def translated_call() -> T:
            with translated(key):
                return call()

        return asyncio.get_running_loop().run_in_executor(self._threads, translated_call)


def _checked(key: str) -> str:
    """Let only a well-formed issue key into an address."""
    if not KEY.fullmatch(key):
        raise InvalidInput(f"“{key[:40]}” is not an issue key.")
    return key


def _status_changes(history: Mapping[str, Any]) -> list[Change]:
    created = history["created"]
    # The bulk answer gives milliseconds where the single one gives a text.
    at = when(created) if isinstance(created, str) else datetime.fromtimestamp(created / 1000, UTC)
    return [
        Change(at, str(item.get("from")), str(item.get("to")))
        for item in history["items"]
        if item.get("fieldId", item.get("field")) == "status"
    ]

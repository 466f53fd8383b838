"""The Jira client on the real protocol: what it reads, what it never repeats, and its errors in a person's words."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulators.people import ANA, DORA, JIRA_TOKEN, SERVICE_EMAIL
from emulators.site import Site
from engine.errors import InvalidInput
from engine.jira import (
    Jira,
    JiraMisconfigured,
    JiraRefused,
    JiraUnavailable,
    NoPermission,
    NoSuchIssue,
    to_adf,
)
from engine.jira.errors import seconds
from tests.lines import caught


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def jira(site: Site) -> AsyncIterator[Jira]:
    jira = Jira(f"{site.url}/jira", SERVICE_EMAIL, JIRA_TOKEN)
    yield jira
    await jira.close()


async def test_it_reads_issues_projects_people_and_rights(jira: Jira) -> None:
    issue = await jira.issue("DEMO-12")
    assert (issue.key, issue.status, issue.done, issue.assignee) == (
        "DEMO-12",
        "In Progress",
        False,
        ANA.account,
    )
    projects = await jira.projects()
    assert {"DEMO", "OPS", "SECRET"} <= set(projects)
    assert await jira.account("ANA@example.com") == ANA.account
    assert await jira.account("nobody@example.com") is None
    assert await jira.account_named("Ana") == ANA.account
    assert await jira.permitted(DORA.account, "ADD_COMMENTS", issues=[issue.id]) == set()
    assert await jira.permitted(ANA.account, "ADD_COMMENTS", issues=[issue.id]) == {issue.id}


async def test_a_person_who_hides_their_address_is_found_by_it(site: Site, jira: Jira) -> None:
    site.jira.private.add(ANA.account)
    assert await jira.account("ana@example.com") == ANA.account


async def test_a_comment_is_found_by_its_marker(jira: Jira) -> None:
    assert await jira.find_comment("DEMO-12", "draft-1") is None
    id = await jira.add_comment("DEMO-12", to_adf("Hello"), "draft-1")
    assert await jira.find_comment("DEMO-12", "draft-1") == id
    assert await jira.find_comment("DEMO-12", "draft-2") is None


async def test_required_fields_come_with_the_transition(jira: Jira) -> None:
    done = [way for way in await jira.transitions("DEMO-17") if way.category == "done"]
    assert done[0].required
    assert any(field.options for field in done[0].required)


async def test_histories_hold_every_change(jira: Jira) -> None:
    [history] = await jira.histories("key = DEMO-3")
    assert history.category == "done"
    assert history.changes
    assert all(a.at <= b.at for a, b in zip(history.changes, history.changes[1:], strict=False))


@pytest.mark.parametrize("key", ["demo-12", "DEMO-12/../../myself", "DEMO", "DEMO-0", "DEMO-12?x=1", ""])
async def test_only_a_well_formed_key_enters_an_address(site: Site, jira: Jira, key: str) -> None:
    with pytest.raises(InvalidInput):
        await jira.issue(key)
    assert not site.jira.requests


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, JiraRefused),
        (401, JiraMisconfigured),
        (403, NoPermission),
        (404, NoSuchIssue),
        (429, JiraUnavailable),
        (500, JiraUnavailable),
        (503, JiraUnavailable),
    ],
)
async def test_refusals_become_sentences(site: Site, jira: Jira, status: int, error: type[Exception]) -> None:
    site.jira.faults.add(
        "status", "issue", status=status, times=-1, body={"errorMessages": ["Because."], "errors": {}}
    )
    with pytest.raises(error) as caught:
        await jira.issue("DEMO-12")
    assert JIRA_TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_write_is_never_repeated_by_the_client(site: Site, jira: Jira, kind: str) -> None:
    site.jira.faults.add(kind, "comment", method="POST", times=-1)  # type: ignore[arg-type]
    with pytest.raises(JiraUnavailable):
        await jira.add_comment("DEMO-12", to_adf("Hello"), "draft-1")
    site.jira.faults.clear()
    found = await jira.find_comment("DEMO-12", "draft-1")
    assert (found is not None) == (kind == "drop_after")
    assert len([one for one in site.jira.comments("DEMO-12") if "Hello" in str(one["body"])]) == (
        kind == "drop_after"
    )


async def test_a_read_is_tried_once_more(site: Site, jira: Jira) -> None:
    site.jira.faults.add("drop_before", "issue/DEMO-12")
    assert (await jira.issue("DEMO-12")).key == "DEMO-12"


async def test_patience_that_jira_asks_for_is_passed_on(site: Site, jira: Jira) -> None:
    site.jira.faults.add("status", "issue", status=429, times=-1, headers={"Retry-After": "120"})
    with pytest.raises(JiraUnavailable) as caught:
        await jira.issue("DEMO-12")
    assert caught.value.retry_after == 120


async def test_a_call_that_is_cancelled_is_not_logged_as_well(site: Site, jira: Jira) -> None:
    site.jira.faults.add("slow", "myself", seconds=5)
    with caught() as lines, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await jira.myself()
    assert [(one["call"], one["outcome"]) for one in lines] == [("GET myself", "cancelled")]


async def test_a_web_page_is_no_jira(site: Site, jira: Jira) -> None:
    site.jira.faults.add("html", "issue", times=-1)
    with pytest.raises(JiraMisconfigured, match="JIRA_URL"):
        await jira.issue("DEMO-12")


async def test_wrong_credentials_and_nobody_there(site: Site) -> None:
    wrong = Jira(f"{site.url}/jira", SERVICE_EMAIL, "wrong")
    with pytest.raises(JiraMisconfigured, match="credentials"):
        await wrong.myself()
    await wrong.close()
    nobody = Jira("http://127.0.0.1:9", SERVICE_EMAIL, JIRA_TOKEN)
    with pytest.raises(JiraUnavailable):
        await nobody.myself()
    await nobody.close()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("nonsense", None),
        ("Fri, 20 Nov 1998 12:00:00 GMT", 0.0),
    ],
)
def test_retry_after_in_all_its_forms(header: str | None, value: float | None) -> None:
    assert seconds(header) == value

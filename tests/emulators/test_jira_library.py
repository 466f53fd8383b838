"""The unmodified jira library works with the stand-in as with Jira Cloud."""

from collections.abc import AsyncIterator

import pytest
from jira import JIRA, JIRAError

from tests.emulators.jira_site import ANA_, BEN_, DORA_, Jira, adf, running


@pytest.fixture
async def jira() -> AsyncIterator[Jira]:
    async with running() as site:
        yield site


async def test_it_recognises_a_cloud_site(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        assert client.server_info()["deploymentType"] == "Cloud"
        assert client.myself()["timeZone"] == "Europe/Berlin"
        assert {one.key for one in client.projects()} == {"DEMO", "OPS"}
        assert client.project("DEMO").raw["lead"]["displayName"] == "Chen"
        assert [one.name for one in client.statuses()][:2] == ["To Do", "In Progress"]
        assert "In Review" in {one.name for one in client.statuses()}
        assert {one.name for one in client.resolutions()} >= {"Done", "Fixed"}
        assert {one.name for one in client.priorities()} >= {"High"}
        assert {one.name for one in client.issue_types()} == {"Epic", "Story", "Task", "Bug", "Sub-task"}

    await jira.library(act)


async def test_it_reads_an_issue_with_comments_and_changelog(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        issue = client.issue("DEMO-12", expand="changelog,renderedFields")
        assert (issue.fields.status.name, str(issue.fields.assignee)) == ("In Progress", "Ana")
        assert issue.fields.parent.key == "DEMO-1"
        assert issue.changelog.histories[0].items[0].toString == "In Progress"
        assert "<p>" in issue.renderedFields.description
        assert [one.author.displayName for one in client.comments(issue)] == ["Ben", "Ana"]

    await jira.library(act)


async def test_it_comments_edits_and_deletes_the_comment(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        comment = client.add_comment("DEMO-12", adf("TTL is five minutes."))
        again = client.comment("DEMO-12", comment.id)
        assert again.body.content[0].content[0].text == "TTL is five minutes."
        again.update(body=adf("TTL is ten minutes."))
        assert "ten" in str(client.comment("DEMO-12", comment.id).raw["body"])
        again.delete()
        assert len(client.comments("DEMO-12")) == 2

    await jira.library(act)


async def test_it_transitions_by_name_and_with_fields(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        client.transition_issue("DEMO-14", "Done")
        assert str(client.issue("DEMO-14").fields.resolution) == "Done"
        with pytest.raises(JIRAError, match=r"Resolution is required\.") as refused:
            client.transition_issue("DEMO-17", "Done")
        assert refused.value.status_code == 400
        client.transition_issue("DEMO-17", "Done", fields={"resolution": {"name": "Fixed"}})
        assert client.issue("DEMO-17").fields.status.statusCategory.key == "done"

    await jira.library(act)


async def test_it_creates_edits_assigns_links_and_deletes(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        issue = client.create_issue(project="DEMO", summary="Check the fee table", issuetype="Task")
        issue.update(summary="Check the fee tables", labels=[{"add": "docs"}])
        assert client.assign_issue(issue, "ben@example.com")
        client.create_issue_link("Blocks", issue.key, "DEMO-12")
        fresh = client.issue(issue.key)
        assert (fresh.fields.summary, fresh.fields.labels) == ("Check the fee tables", ["docs"])
        assert fresh.raw["fields"]["assignee"]["accountId"] == BEN_.id
        assert fresh.fields.issuelinks[0].outwardIssue.key == "DEMO-12"
        assert client.add_worklog(issue.key, timeSpent="1h 30m").timeSpentSeconds == 5400

    await jira.library(act)


async def test_it_searches_page_by_page(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        mine = client.enhanced_search_issues(
            "assignee = currentUser() AND statusCategory != Done ORDER BY key"
        )
        assert [one.key for one in mine] == ["DEMO-12", "DEMO-14", "DEMO-17", "DEMO-21", "OPS-3"]
        first = client.enhanced_search_issues("project = DEMO ORDER BY key", maxResults=20, fields="summary")
        rest = client.enhanced_search_issues(
            "project = DEMO ORDER BY key", maxResults=20, nextPageToken=first.nextPageToken, use_post=True
        )
        assert [len(first), len(rest), rest.nextPageToken] == [20, 12, None]
        assert len(client.enhanced_search_issues("project = DEMO", maxResults=0)) == 32
        assert client.approximate_issue_count("project = DEMO") == 32

    await jira.library(act)


async def test_the_removed_search_is_gone(jira: Jira) -> None:
    answer = await jira.rest("GET", "search?jql=project=DEMO")
    assert (answer.status, "CHANGE-2046" in answer.text) == (410, True)


async def test_version_2_speaks_text(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        comment = client.add_comment("DEMO-12", "plain words")
        assert client.comment("DEMO-12", comment.id).body == "plain words"
        assert str(client.issue("DEMO-12").fields.description).startswith("Every page view")

    await jira.library(act, version="2")


async def test_a_guest_reads_but_does_not_write(jira: Jira) -> None:
    def act(client: JIRA) -> None:
        assert client.issue("DEMO-12").fields.summary
        assert client.transitions("DEMO-12") == []
        with pytest.raises(JIRAError, match="you do not have the permission to comment") as refused:
            client.add_comment("DEMO-12", adf("let me in"))
        assert refused.value.status_code == 400
        with pytest.raises(JIRAError, match="cannot be set"):
            client.issue("DEMO-12").update(summary="mine")

    await jira.library(act, DORA_)


async def test_a_wrong_token_is_told_apart(jira: Jira) -> None:
    def act() -> JIRA:
        return JIRA(jira.url, basic_auth=(ANA_.email, "wrong"), max_retries=0)

    with pytest.raises(JIRAError) as refused:
        await jira.library(lambda _: act())
    assert refused.value.status_code == 401

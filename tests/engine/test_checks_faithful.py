"""What a draft may make of an update, notion by notion, and what a finding tells the person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks import check_comment
from engine.checks.stems import stem
from engine.types import Severity


def errors(update: str, draft: str, context: str = "") -> set[str]:
    return {
        finding.rule.removeprefix("faithful.")
        for finding in check_comment(update, draft, context=context).findings
        if finding.rule.startswith("faithful.") and finding.severity is Severity.ERROR
    }


@pytest.mark.parametrize(
    ("update", "draft", "rule"),
    [
        ("fixed PAY-1", "Fixed PAY-2.", "issue-key-added"),
        ("fixed PAY-1 and PAY-2", "Fixed PAY-1.", "issue-key-lost"),
        ("now 3 errors left", "4 errors are left now.", "number-added"),
        ("half of the pages are done", "80% of the pages are done.", "number-added"),
        ("runs on v2.1.0", "Runs on v2.1.1.", "version-added"),
        ("back on friday", "Back on Monday.", "date-added"),
        ("call at 3pm", "The call is at 4 PM.", "time-added"),
        ("see https://a.example/x", "See https://a.example/y.", "link-added"),
        ("waiting for Maria", "Waiting for Marta.", "name-added"),
        ("moved to Kafka", "Moved to Redis.", "name-added"),
        ("changed user_id", "Changed account_id.", "identifier-added"),
        ("deployed to staging", "Deployed to production.", "environment-added"),
        ("will fix the login", "Fixed the login.", "future-made-past"),
        ("fixed the login", "Will fix the login.", "past-made-future"),
        ("working on the login page", "The login page is complete.", "completion"),
        ("did not merge it", "Merged it.", "negation-lost"),
        ("merged it", "It was not merged.", "negation-added"),
        ("the build is red", "The build is green.", "opposite"),
        ("usage went up", "Usage decreased.", "opposite"),
        ("almost done with the form", "The form is done.", "part-made-whole"),
        ("fixed the pages", "Fixed all pages.", "whole-added"),
        ("will release if QA agrees", "Will release it after all.", "condition-lost"),
        ("maybe the cache is stale", "The cache is stale.", "doubt-lost"),
        ("Sam says the cache is stale", "The cache is stale.", "hearsay"),
        ("moved it from A1 to B2", "Moved it from B2 to A1.", "order"),
        ("fixed the login", "Fixed the login and deployed it.", "work-added"),
        (
            "fixed the login",
            "Fixed the login. The dashboard, the billing and the firewall profit.",
            "topic-added",
        ),
    ],
)
def test_each_kind_of_fault_is_told_apart(update: str, draft: str, rule: str) -> None:
    assert rule in errors(update, draft)


@pytest.mark.parametrize(
    ("update", "draft"),
    [
        ("three of 5 done", "3 of five are done."),
        ("took 90s", "It took 1.5 minutes."),
        ("50% of it works", "Half of it works."),
        ("1.2k users", "1,200 users."),
        ("back at 3pm", "Back at 15:00."),
        ("due on 2026-03-04", "Due on March 4."),
        ("wont fix it", "It will not be fixed."),
        ("not deployed yet", "Deployment is still pending."),
        ("tests dont pass", "Tests are failing."),
        ("no longer fails", "It does not fail anymore."),
        ("prod is down", "Production is unavailable."),
        ("gonna do it after QA signs off", "This will be done once QA approves."),
        ("PR is up", "The pull request is up."),
    ],
)
def test_other_words_for_the_same_are_the_same(update: str, draft: str) -> None:
    assert errors(update, draft) == set()


def test_the_issues_own_words_may_be_used() -> None:
    context = "PAY-9: Nightly export to Oracle (In Progress)"
    assert errors("fixed it", "Fixed the nightly export to Oracle (PAY-9).", context) == set()
    assert errors("PAY-9 is fixed", "Fixed.", context) == set()
    assert errors("fixed it", "Fixed the nightly export to Oracle (PAY-9).") != set()


def test_a_claimed_benefit_is_a_warning() -> None:
    checked = check_comment("added an index", "Added an index to improve performance.")
    (finding,) = [one for one in checked.findings if one.rule == "faithful.claim"]
    assert checked.faithful
    assert finding.severity is Severity.WARNING
    assert not checked.auto_post


def test_a_finding_quotes_both_sides_at_its_place() -> None:
    draft = "Deployed it to production."
    findings = check_comment("deployed it to staging", draft).findings
    added = next(one for one in findings if one.rule == "faithful.environment-added")
    assert added.message == "The draft says “production”; you wrote “staging”."
    assert draft[added.start : added.end] == "production"
    lost = next(one for one in findings if one.rule == "faithful.environment-lost")
    assert (lost.start, lost.end) == (len(draft), len(draft))


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_faithful_to_itself(text: str) -> None:
    assert check_comment(text, text.upper() if text.isascii() and text.islower() else text).faithful


@given(st.text(max_size=120), st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_pair_is_judged_within_its_bounds(update: str, draft: str) -> None:
    checked = check_comment(update, draft)
    assert all(0 <= finding.start <= finding.end <= len(draft) for finding in checked.findings)
    assert 0 <= checked.overall <= 1


@pytest.mark.parametrize(
    "forms",
    [
        "deploy deployed deployment deploys",
        "migrate migration migrating",
        "add added adding",
        "verify verified",
        "test tests tested",
    ],
)
def test_forms_of_a_word_share_their_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1

"""Tone, length, quality and the overall score of a draft."""

import pytest

from engine.checks import added_words, check_comment, check_email
from engine.checks.tone import quality, tone
from engine.types import Checked, Severity


def rules(checked: Checked) -> set[str]:
    return {finding.rule for finding in checked.findings}


@pytest.mark.parametrize(
    ("draft", "score"),
    [
        ("The page is blue.", 0.7),
        ("Resolved the problem on the page.", 0.8),
        ("Investigated, resolved, verified, documented.", 1.0),
        ("gonna fix the page", 0.5),
        ("This shit is kinda broken", 0.3),
        ("The class assessment scrapped `lol` passwords", 0.7),
        ("lol wtf omg nah yep", 0.0),
    ],
)
def test_tone_counts_whole_words(draft: str, score: float) -> None:
    assert tone(draft)[0] == score


def test_a_rude_word_is_pointed_at() -> None:
    (finding,) = tone("That damn test")[1]
    assert (finding.rule, finding.severity, finding.start, finding.end) == (
        "tone.profane",
        Severity.WARNING,
        5,
        9,
    )


def test_length_limits_differ_by_kind() -> None:
    assert "length.short" in rules(check_comment("done", "Done."))
    assert "length.long" in rules(check_comment("x", "word " * 101))
    assert "email.short" in rules(check_email("mail bob", "Subject: hi"))
    assert "email.long" in rules(check_email("mail bob", "word " * 301))


def test_quality_adds_up() -> None:
    limits = (3, 100)
    assert quality("fixed the page", "The page is blue now", limits) == 1.0
    assert quality("x", "Two words", limits) == 0.6
    assert quality("x", "gonna do it now", limits) == 0.7
    assert quality("the api cache of redis", "The thing behaves", limits) == 0.8


def test_overall_falls_with_length_leaks_and_flags() -> None:
    assert check_comment("the page is blue", "The page is blue.").overall == 0.7
    assert check_comment("page", "Page blue").overall < 0.6
    leak = check_comment("mail a@gmail.com", "Please mail a@" + "gmail.com now")
    assert leak.overall <= 0.5
    assert any(rule.startswith("sensitive.") for rule in rules(leak))


SAID = "fixed and verified the login, updated the docs"
GOOD = "Fixed and verified the login. Updated the docs."


def test_auto_post_needs_everything_in_order() -> None:
    assert check_comment(SAID, GOOD).auto_post
    assert not check_comment(SAID, GOOD, fallback=True).auto_post
    assert not check_comment(SAID, GOOD, auto_post_allowed=False).auto_post
    assert not check_comment(SAID, GOOD + " Deployed to production.").auto_post
    assert not check_email(SAID, GOOD + " Kind regards and thanks for all of your help.").auto_post


def test_placeholders_belong_into_emails_only() -> None:
    assert "placeholder" in rules(check_comment("fixed it", "Fixed it in [component]."))
    assert "placeholder" not in rules(
        check_email("sick leave tomorrow", "Dear [manager], I am sick tomorrow.")
    )
    assert "placeholder" not in rules(check_comment("see notes", "See [notes](https://x.example)."))


def test_email_with_an_invented_date_is_flagged() -> None:
    checked = check_email(
        "email my boss I am off on monday",
        "Subject: Leave\n\nDear [name],\nI am off on Tuesday.\nBest regards",
    )
    assert not checked.faithful


def test_added_words_are_marked_where_they_stand() -> None:
    draft = "Fixed the login and improved the dashboard."
    assert [draft[start:end] for start, end in added_words("fixed the login", draft)] == [
        "improved",
        "dashboard",
    ]


def test_an_email_is_judged_by_its_form() -> None:
    form = {"email.no-subject", "email.no-greeting", "email.no-closing"}
    body = "The release moves to Thursday because the tests of the checkout still fail on two browsers."
    assert form <= rules(check_email(body, body))
    whole = check_email(body, f"Subject: Release\n\nHello team,\n\n{body}\n\nKind regards,\nAna")
    assert not {rule for rule in rules(whole) if rule.startswith(("email.", "length."))}


@pytest.mark.parametrize("word", ["sick", "super", "whatever", "basically", "FYI", "R"])
def test_words_of_ordinary_work_talk_are_not_slang(word: str) -> None:
    assert tone(f"The {word} thing is on the page.")[1] == []


def test_every_word_without_a_source_is_marked() -> None:
    draft = "Successfully resolved the timeout with `backoff()` to improve performance; all regression tests pass."
    marked = [draft[start:end] for start, end in added_words("fixed the timeout", draft)]
    assert marked == ["Successfully", "`backoff()`", "improve", "performance", "regression", "tests", "pass"]


@pytest.mark.parametrize(
    ("update", "draft"),
    [
        ("fixed the timeout", "Resolved the timeout."),
        ("added retries, 3 max", "Retries have been implemented, with a maximum of three."),
        ("pr is up, needs review", "The pull request is open and awaiting review."),
    ],
)
def test_mere_rewording_is_not_marked(update: str, draft: str) -> None:
    assert added_words(update, draft) == []

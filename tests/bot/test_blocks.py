"""Cards, answers, figures and forms fit Slack's published types and limits, whatever is in them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import blocks, forms
from emulators.slack.blocks import check_message, check_view
from engine import (
    Blank,
    Checked,
    Choice,
    Draft,
    DraftKind,
    Figures,
    Finding,
    Option,
    Reply,
    Report,
    Route,
    Severity,
    Status,
)
from engine.drafts import Target
from engine.figures import Span
from tests.contract.test_slack_blockkit import validator
from tests.official import ROOT as OFFICIAL
from tests.official import official_json

ALL_BLOCKS = 13_300
"""What Slack takes of blocks as JSON, measured (https://github.com/slackapi/bolt-js/issues/2509)."""
UPDATED_TEXT = 4000
CLEAN = Checked((), 0.8, 1.0, 0.8, True, False)
COMMENT = "Fixed the timeout:\n\n- retries **3** times\n- QA is `pending`"
EMAIL = "Subject: Sick leave\n\nDear Mr Chen,\n\nI am sick today and will be back on Monday.\n\nBest regards,\nAna"
DEMO_14 = Target("DEMO-14", "Login times out & shows <nothing>", "In Progress", False, "Bug")
DRAFTS = {
    DraftKind.COMMENT: Draft(
        "T1", "U1", "entry", DraftKind.COMMENT, "fixed it", COMMENT, "model", CLEAN, (DEMO_14,), id="d" * 32
    ),
    DraftKind.EMAIL: Draft("T1", "U1", "entry", DraftKind.EMAIL, "sick", EMAIL, "model", CLEAN, id="d" * 32),
}


def link(key: str, comment: str | None = None) -> str:
    return f"https://example.atlassian.net/browse/{key}" + (f"?focusedCommentId={comment}" if comment else "")


def draft(kind: DraftKind = DraftKind.COMMENT, **rest: Any) -> Draft:
    return replace(DRAFTS[kind], **rest)


def complaints(drawn: tuple[str, list[blocks.Block]]) -> list[Any]:
    """Return what Slack would refuse of a message: by its rules, by its published types, by its sizes."""
    text, made = drawn
    found: list[Any] = check_message(made)
    if not text.strip() or len(text) > UPDATED_TEXT:
        found.append(f"text of {len(text)}")
    if len(json.dumps(made)) > ALL_BLOCKS:
        found.append(f"blocks of {len(json.dumps(made))}")
    if OFFICIAL.exists():
        found += [error.message for one in made for error in validator(one["type"]).iter_errors(one)]
    return found


def shown(made: Any) -> str:
    return json.dumps(made, ensure_ascii=False)


def labels(made: list[blocks.Block]) -> list[str]:
    return [one["text"]["text"] for row in made if row["type"] == "actions" for one in row["elements"]]


@pytest.mark.parametrize("kind", DraftKind)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("reason", [None, "Jira says <no> & “never” — @channel"], ids=["", "reason"])
def test_every_card_is_fit_for_slack(kind: DraftKind, status: Status, reason: str | None) -> None:
    text, made = drawn = blocks.card(draft(kind, status=status, reason=reason), link)
    assert complaints(drawn) == []
    waits = status in (Status.PENDING, Status.FAILED, Status.CHANGED, Status.EXPIRED)
    assert bool(labels(made)) == waits
    assert "@channel" not in shown(made)
    assert text.split(":")[0].strip()


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (Status.PENDING, "Draft comment on DEMO-14"),
        (Status.REWRITING, "Draft comment on DEMO-14"),
        (Status.APPROVED, "Draft comment on DEMO-14"),
        (Status.POSTED, "✅ Posted comment on DEMO-14"),
        (Status.FAILED, "❗ Not posted: comment on DEMO-14"),
        (Status.REJECTED, "Rejected comment on DEMO-14"),
        (Status.CHANGED, "Draft comment on DEMO-14"),
        (Status.EXPIRED, "Expired comment on DEMO-14"),
    ],
)
def test_a_card_says_how_far_its_draft_is(status: Status, title: str) -> None:
    text, made = blocks.card(draft(status=status), link)
    assert text.startswith(f"{title}: Fixed the timeout")
    assert made[0]["text"]["text"].startswith(
        f"*{title}*\n<https://example.atlassian.net/browse/DEMO-14|DEMO-14>"
    )


def test_a_card_shows_what_is_needed_to_decide() -> None:
    findings = (
        Finding("a", Severity.ERROR, "You did not write <production>.", 0, 1),
        Finding("b", Severity.WARNING, "Only 2 words.", 0, 1),
        Finding("c", Severity.NOTE, "“QA” is new.", 0, 1),
    )
    given = draft(checked=replace(CLEAN, findings=findings), notes=("There is no PAY-1.",), trusted=False)
    words = shown(blocks.card(given, link)[1])
    for part in (
        "Login times out &amp; shows &lt;nothing&gt; · _In Progress_",
        "You wrote:\\n> fixed it",
        "❗ You did not write &lt;production&gt;.",
        "⚠️ Only 2 words.",
        "ℹ️ “QA” is new.",
        "ℹ️ There is no PAY-1.",
        blocks.UNTRUSTED,
    ):
        assert part in words


@pytest.mark.parametrize(
    ("given", "buttons"),
    [
        (draft(), ["Post", "Edit", "Regenerate", "Reject"]),
        (draft(completes=True), ["Post", "Post and move to Done", "Edit", "Regenerate", "Reject"]),
        (draft(status=Status.FAILED), ["Post again", "Edit", "Regenerate", "Reject"]),
        (draft(status=Status.CHANGED), ["Post", "Reject"]),
        (draft(status=Status.CHANGED, completes=True), ["Post", "Post and move to Done", "Reject"]),
        (
            draft(completes=True, issues=(replace(DEMO_14, done=True),)),
            ["Post", "Edit", "Regenerate", "Reject"],
        ),
        (draft(status=Status.EXPIRED), ["Draft it again"]),
        (draft(DraftKind.EMAIL), ["Approve", "Edit", "Regenerate", "Reject"]),
    ],
    ids=[
        "comment",
        "completes",
        "failed",
        "changed",
        "changed and completes",
        "done already",
        "expired",
        "email",
    ],
)
def test_the_buttons_of_a_card(given: Draft, buttons: list[str]) -> None:
    assert labels(blocks.card(given, link)[1]) == buttons


def test_buttons_carry_the_revision_they_were_drawn_for() -> None:
    [row] = [one for one in blocks.card(draft(revision=7), link)[1] if one["type"] == "actions"]
    assert {one["value"] for one in row["elements"]} == {f"{'d' * 32}.7"}


def test_a_receipt_links_to_the_comment() -> None:
    _, made = blocks.card(draft(status=Status.POSTED, posted={"DEMO-14": "10007"}), link)
    assert "browse/DEMO-14?focusedCommentId=10007|DEMO-14>" in shown(made)


def test_an_email_can_be_copied_and_opened() -> None:
    _, made = blocks.card(draft(DraftKind.EMAIL), link)
    assert made[1]["text"]["text"] == "*Subject:* Sick leave"
    assert made[2]["elements"][0]["elements"][0]["text"].startswith("Dear Mr Chen,\n\nI am sick today")
    assert "<mailto:?subject=Sick%20leave&body=Dear%20Mr%20Chen%2C%0D%0A%0D%0AI" in made[3]["text"]["text"]


FINDINGS = tuple(
    Finding(f"rule.{number}", Severity.WARNING, f"{number}: “<{'word ' * 40}>” is not yours & new.", 0, 1)
    for number in range(50)
)
MANY = tuple(replace(DEMO_14, key=f"DEMO-{number}", summary="&" * 255) for number in range(600))
LONG = {
    "letters": "word " * 1000,
    "chinese": "进" * 5000,
    "emoji": "🎉" * 5000,
    "controls": "<&>" * 1666,
    "lines": "- a\n" * 1250,
    "one word": "w" * 5000,
}


@pytest.mark.parametrize("kind", DraftKind)
@pytest.mark.parametrize("status", [Status.PENDING, Status.POSTED])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_the_longest_card_is_fit_for_slack(kind: DraftKind, status: Status, text: str) -> None:
    given = draft(
        kind,
        text=f"Subject: {text}\n\nHi,\n\n{text}" if kind is DraftKind.EMAIL else text,
        update=text,
        status=status,
        checked=replace(CLEAN, findings=FINDINGS),
        notes=("There is no PAY-1.",) * 10,
        issues=MANY if kind is DraftKind.COMMENT else (),
        reason="Jira says no.",
    )
    assert complaints(blocks.card(given, link)) == []


def test_a_long_ascii_draft_is_shown_whole() -> None:
    text = "word " * 1000
    _, made = blocks.card(draft(text=text, update=text), link)
    assert made[1]["text"] == text
    assert blocks.CUT not in shown(made)


def test_a_card_that_shows_a_part_says_so() -> None:
    _, made = blocks.card(draft(text="进" * 5000), link)
    assert blocks.CUT in shown(made)


def test_many_issues_are_counted_not_cut() -> None:
    text, made = blocks.card(draft(issues=MANY), link)
    head = made[0]["text"]["text"]
    assert "DEMO-0, DEMO-1, DEMO-2, DEMO-3 and 596 more" in text
    assert head.count("<") == head.count(">") == head.count("|")
    assert " more" in head.splitlines()[-1]


def test_fifty_findings_are_a_few_lines() -> None:
    _, made = blocks.card(draft(checked=replace(CLEAN, findings=FINDINGS)), link)
    [remarks] = [one for one in made if one["type"] == "context" and "not yours" in shown(one)]
    lines = remarks["elements"][0]["text"].splitlines()
    assert len(lines) <= 11
    assert lines[0].startswith("⚠️ 0: “")
    assert lines[-1] == f"… and {51 - len(lines)} more"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(Status), st.sampled_from(DraftKind))
def test_any_words_are_fit_for_slack(said: str, written: str, status: Status, kind: DraftKind) -> None:
    named = replace(DEMO_14, summary=said or "x", status=written or "x")
    issues = (named,) if kind is DraftKind.COMMENT else ()
    given = draft(kind, update=said, text=written or "x", status=status, reason=said or None, issues=issues)
    found = [one for one in complaints(blocks.card(given, link)) if "text of" not in str(one)]
    assert found == []


def report(days: int = 7, **rest: Any) -> Report:
    start = datetime(2026, 11, 9, tzinfo=UTC)
    span = Span(start, start + timedelta(days=days), "last week")
    before = Span(start - timedelta(days=days), start, "the week before")
    counted = tuple((date(2026, 11, 9) + timedelta(days=number), number % 3) for number in range(days))
    now, then = Figures(4, 6, 2, 1, 0.75, timedelta(hours=30)), Figures(5, 4, 2, 0, None, None)
    facts: dict[str, Any] = {
        "who": "you", "span": span, "before": before, "figures": now, "previous": then, "days": counted,
        "types": (("Bug", 4), ("Story", 2)), "completed": (("DEMO-1", "Fix <it> & run"),),
    }  # fmt: skip
    return Report(**(facts | rest))


@pytest.mark.parametrize(
    "given",
    [
        report(),
        report(1),
        report(366),
        report(who="Ana <@U1> " * 30),
        report(completed=tuple((f"DEMO-{number}", "&" * 255) for number in range(500)), truncated=True),
        report(completed=tuple((f"DEMO-{number}", "进" * 255) for number in range(500))),
        report(completed=(), types=(), figures=Figures(0, 0, 0, 0, None, None)),
    ],
    ids=["week", "day", "year", "name", "many", "chinese", "nothing"],
)
def test_figures_are_fit_for_slack(given: Report) -> None:
    assert complaints(blocks.figures(given, link)) == []


def test_figures_are_compared_and_drawn() -> None:
    text, made = blocks.figures(report(), link)
    words = shown(made)
    assert text == "Your figures, last week: 6 completed, 4 created, 2 in progress."
    for part in (
        "*Completed*\\n6  _▲ 2 (before: 4)_",
        "*Created*\\n4  _▼ 1 (before: 5)_",
        "*In progress*\\n2  _as before (2)_",
        "*Cycle time (median)*\\n30 h  _before: none_",
        "*Completion rate*\\n75%  _before: none_",
        "Mon 9 Nov   0\\nTue 10 Nov  ████ 1\\nWed 11 Nov  ████████ 2",
        "Bug 4   Story 2",
        "|DEMO-1> Fix &lt;it&gt; &amp; run",
        "9 Nov – 15 Nov, compared with 2 Nov – 8 Nov",
    ):
        assert part in words


def test_a_long_period_is_drawn_by_week() -> None:
    words = shown(blocks.figures(report(21), link)[1])
    assert "week of 9 Nov" in words
    assert "Tue 10 Nov" not in words


OPTIONS = tuple(
    Option(f"{'進' * 80} {number}", Choice(Route.COMPLETION), (Blank("x", "X"),) if number % 2 else ())
    for number in range(10)
)


@pytest.mark.parametrize(
    "given",
    [
        Reply("Moved **DEMO-12** to *Done*."),
        Reply("Which one?", OPTIONS),
        Reply(help=True),
        Reply("Hm.", help=True),
        Reply("进" * 1000, OPTIONS[:5], help=True),
        Reply("\n".join(["long " * 400] * 20)),
        Reply("- <!channel> & [x](https://x.example)\n" * 100),
        Reply(draft=draft()),
        Reply(report=report()),
    ],
    ids=["text", "options", "help", "both", "chinese", "long", "markup", "draft", "report"],
)
def test_every_answer_is_fit_for_slack(given: Reply) -> None:
    drawn = blocks.reply(given, "e" * 32, link)
    assert complaints(drawn) == []
    assert "<!channel>" not in shown(drawn)


def test_an_answer_that_shows_a_part_says_so() -> None:
    text = "\n".join(f"- DEMO-{number}: moved to *Done*." for number in range(600))
    drawn = blocks.reply(Reply(text), "entry", link)
    assert complaints(drawn) == []
    assert "for which Slack has no room" in shown(drawn[1][-1])
    assert "DEMO-100:" in shown(drawn)


def test_options_that_need_a_form_open_one() -> None:
    _, made = blocks.reply(Reply("Which?", OPTIONS[:2]), "entry", link)
    choose, fill = made[-1]["elements"]
    assert (choose["action_id"], choose["value"]) == ("choose_0", "entry.0")
    assert (fill["action_id"], fill["value"]) == ("fill_1", "entry.1")


BLANKS = (
    Blank("summary", "Label " * 500),
    Blank("text", "Why?", rich=True),
    Blank("resolution", "Resolution", tuple((str(number), "Option " * 20) for number in range(150))),
)
FORMS = {
    "edit": forms.edit(draft()),
    "edit several": forms.edit(draft(issues=MANY[:5])),
    "edit an e-mail": forms.edit(draft(DraftKind.EMAIL)),
    "regenerate": forms.regenerate(draft()),
    "reject": forms.reject(draft()),
    "fill": forms.fill("e" * 32, 3, BLANKS),
    "compose": forms.compose(),
}
HOMES = {"no draft": [], "ten drafts": [draft(text="<!here> & " * 500)] * 5 + [draft(DraftKind.EMAIL)] * 5}


@pytest.mark.parametrize("view", FORMS.values(), ids=FORMS)
def test_every_form_is_fit_for_slack(view: dict[str, Any]) -> None:
    assert check_view(view, home=False) == []
    check = jsonschema_rs.Draft7Validator(official_json("slack/blockkit/ModalView.schema.json"))
    assert [error.message for error in check.iter_errors(view)] == []


@pytest.mark.parametrize("drafts", HOMES.values(), ids=HOMES)
def test_the_home_is_fit_for_slack(drafts: list[Draft]) -> None:
    view = blocks.home(drafts)
    assert check_view(view, home=True) == []
    check = jsonschema_rs.Draft7Validator(official_json("slack/blockkit/HomeView.schema.json"))
    assert [error.message for error in check.iter_errors(view)] == []
    assert "<!here>" not in shown(view)


def test_a_form_is_read_as_it_was_filled_in() -> None:
    state = {
        "a": {"text": {"type": "plain_text_input", "value": "words"}},
        "b": {"reason": {"type": "plain_text_input", "value": None}},
        "c": {"blank_0": {"type": "static_select", "selected_option": {"value": "7"}}},
        "d": {"keys": {"type": "checkboxes", "selected_options": [{"value": "DEMO-1"}, {"value": "DEMO-2"}]}},
        "e": {"none": {"type": "checkboxes", "selected_options": []}},
    }
    assert forms.values({"state": {"values": state}}) == {
        "text": "words",
        "reason": "",
        "blank_0": "7",
        "keys": ["DEMO-1", "DEMO-2"],
        "none": [],
    }


def test_a_form_remembers_what_it_is_about() -> None:
    assert forms.about(forms.edit(draft(revision=3))) == {"draft": "d" * 32, "revision": 3}
    assert forms.about(forms.compose()) == {}

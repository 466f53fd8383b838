"""Engine values as Block Kit: pure functions, one for each thing a person is shown.

Limits are Slack's (https://docs.slack.dev/reference/block-kit/blocks): 50 blocks, 3 000 characters a section, 2 000 a field and a
button's value, 12 000 a markdown block, 75 a button's label; and 13 300 in all as JSON, where a letter beyond ASCII counts six
(not documented, measured: https://github.com/slackapi/bolt-js/issues/2509).
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.slack.text import escape, harmless, marked, mrkdwn, shortened, words
from engine import Draft, DraftKind, Figures, Option, Reply, Report, Severity, Status
from engine.email import Email, mailto
from engine.email import parse as parse_email
from engine.figures import Span

Block = dict[str, Any]

ICONS = {Severity.ERROR: "❗", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}
EXAMPLES = (
    ("done with PAY-12", "moves the issue to done, at once"),
    ("how productive was I last week?", "figures from Jira, compared with the week before"),
    ("fixed the timeout in PAY-14, QA still pending", "becomes a professional comment that you approve"),
    ("write an e-mail to my manager that I am sick today", "becomes an e-mail that you approve"),
)
MOST = 13_000
ROOMS = (12_000, 3000, 1500, 700, 300)
"""Characters of a draft that a card shows: the first that fits."""
CUT = "✂️ Too long for Slack to show. *Edit* opens the whole text."
ADDED = "Words in _italics_ are not from your message."
LATE = "Nobody decided on it for 7 days. Nothing was posted."
UNTRUSTED = "Parts of your words read like orders to a language model. Please check this draft word by word."


def reply(value: Reply, entry: str, link: Any) -> tuple[str, list[Block]]:
    """Return the fallback text and the blocks of an answer; ``entry`` is the message's id, ``link`` gives an issue's address."""
    if value.draft is not None:
        return card(value.draft, link)
    if value.report is not None:
        return figures(value.report, link)
    blocks: list[Block] = []
    if value.text:
        blocks += _sections(value.text)
    if value.options:
        blocks.append(
            {
                "type": "actions",
                "elements": [_choice(entry, index, one) for index, one in enumerate(value.options[:25])],
            }
        )
    if value.help:
        blocks += help_blocks()
    return _fallback(words(value.text) or "This is what I can do."), blocks


def card(draft: Draft, link: Any) -> tuple[str, list[Block]]:
    """Return a draft as it stands: to decide on, being posted, or as the receipt. A text too long for Slack is cut, and it says so."""
    drawn = (_card(draft, link, room) for room in ROOMS)
    blocks = next((one for one in drawn if len(json.dumps(one)) <= MOST), _card(draft, link, ROOMS[-1]))
    return _fallback(f"{_title(draft)}: {draft.text}"), blocks


def _card(draft: Draft, link: Any, room: int) -> list[Block]:
    blocks = [section(_heading(draft, link, room)), *_body(draft, room)]
    if draft.open:
        return [*blocks, _original(draft, room), *_remarks(draft, room), _buttons(draft)]
    if draft.status is Status.REWRITING:
        return [*blocks, context(["⏳ Writing another text …"])]
    if draft.status is Status.APPROVED:
        return [*blocks, context([f"⏳ {escape(draft.reason)}" if draft.reason else "⏳ Posting …"])]
    if draft.status is Status.EXPIRED:
        return [*blocks, context([LATE]), _again(draft)]
    return [*blocks, context([f"Reason: {escape(draft.reason)}"])] if draft.reason else blocks


def figures(report: Report, link: Any) -> tuple[str, list[Block]]:
    """Return a report as a heading, six figures beside those before, a chart and the list of what was completed."""
    now, before = report.figures, report.previous
    who = "Your figures" if report.who == "you" else f"Figures of {report.who}"
    rows = [
        ("Completed", str(now.completed), _change(now.completed, before.completed)),
        ("Created", str(now.created), _change(now.created, before.created)),
        ("In progress", str(now.in_progress), _change(now.in_progress, before.in_progress)),
        ("Reopened", str(now.reopened), _change(now.reopened, before.reopened)),
        ("Cycle time (median)", _span(now.cycle), f"before: {_span(before.cycle)}"),
        ("Completion rate", _percent(now), f"before: {_percent(before)}"),
    ]
    fields = [{"type": "mrkdwn", "text": f"*{name}*\n{value}  _{change}_"} for name, value, change in rows]
    blocks: list[Block] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": shortened(f"{who}, {report.span.label}", 150)},
        },
        {"type": "section", "fields": fields},
        preformatted(_chart(report)),
    ]
    if report.completed:
        lines = [
            f"• <{link(key)}|{key}> {escape(shortened(summary, 100))}"
            for key, summary in report.completed[:10]
        ]
        blocks.append(section(_listed("*Completed*", lines, len(report.completed))))
    compared = f"{_dates(report.span)}, compared with {_dates(report.before)}"
    limits = ["Only the 1 000 issues touched last were counted."] if report.truncated else []
    blocks.append(context([compared, *limits]))
    summary = f"{who}, {report.span.label}: {now.completed} completed, {now.created} created, {now.in_progress} in progress."
    return _fallback(summary), blocks


def help_blocks() -> list[Block]:
    """Return what Updraft can do, with things to try."""
    lines = "\n".join(f"• `{text}`: {what}" for text, what in EXAMPLES)
    return [
        section("*Tell me what happened, in your own words.*\n" + lines),
        context(
            [
                "Nothing is posted before you approve it. Also: `/updraft done PAY-12`, `/updraft stats last week`, `/updraft help`."
            ]
        ),
    ]


def home(drafts: list[Draft]) -> Block:
    """Return the App Home: what waits for a decision, and how to begin."""
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": "Waiting for you"}}]
    for draft in drafts:
        where = ", ".join(draft.keys) or "E-mail"
        blocks.append(section(f"*{where}*  {escape(shortened(draft.text, 200))}"))
    if not drafts:
        blocks.append(section("No draft waits for your decision."))
    return {"type": "home", "blocks": [*blocks, {"type": "divider"}, *help_blocks()]}


def section(text: str) -> Block:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": shortened(text, 3000)}}


def context(lines: list[str]) -> Block:
    """Small print: up to ten lines of mrkdwn."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": shortened(line, 2000)} for line in lines[:10]],
    }


def preformatted(text: str) -> Block:
    """Text in a fixed-width box."""
    inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inner]}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """A button."""
    made = {
        "type": "button",
        "text": {"type": "plain_text", "text": shortened(label, 75)},
        "action_id": action,
        "value": value,
    }
    return {**made, "style": style} if style else made


def _choice(entry: str, index: int, option: Option) -> Block:
    verb = "fill" if option.blanks else "choose"
    return button(option.label, f"{verb}_{index}", f"{entry}.{index}", "primary" if option.primary else None)


def _fallback(text: str) -> str:
    """Return what notifications show; Slack reads it as mrkdwn, so a mention in it would count."""
    return escape(shortened(text, 600))


def _listed(title: str, lines: Sequence[str], number: int, most: int = 2900) -> str:
    """Put whole lines below a title, as many as there is room for, and say how many of the number are left out."""
    shown: list[str] = []
    room = most - len(title)
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    more = number - len(shown)
    return "\n".join(filter(None, [title, *shown, f"… and {more} more" if more > 0 else ""]))


def _names(keys: Sequence[str], most: int = 5) -> str:
    if len(keys) <= most:
        return ", ".join(keys)
    return f"{', '.join(keys[: most - 1])} and {len(keys) - most + 1} more"


def _title(draft: Draft) -> str:
    what = "e-mail" if draft.kind is DraftKind.EMAIL else f"comment on {_names(draft.keys)}"
    match draft.status:
        case Status.POSTED:
            return "✅ E-mail approved" if draft.kind is DraftKind.EMAIL else f"✅ Posted {what}"
        case Status.REJECTED:
            return f"Rejected {what}"
        case Status.EXPIRED:
            return f"Expired {what}"
        case Status.FAILED:
            return f"❗ Not posted: {what}"
        case _:
            return f"Draft {what}"


def _heading(draft: Draft, link: Any, room: int) -> str:
    if draft.kind is DraftKind.EMAIL:
        return f"*{_title(draft)}*"
    posted = draft.posted or {}
    most = max(30, min(200, room // 10))
    lines = [
        f"<{link(issue.key, posted.get(issue.key))}|{issue.key}> {escape(shortened(issue.summary, most))} · _{escape(issue.status)}_"
        for issue in draft.issues[:10]
    ]
    return _listed(f"*{_title(draft)}*", lines, len(draft.issues))


def _body(draft: Draft, room: int) -> list[Block]:
    cut = [context([CUT])] if len(draft.text) > room else []
    if draft.kind is DraftKind.COMMENT:
        return [
            {"type": "markdown", "text": shortened(harmless(marked(draft.text, draft.added)), room)},
            *cut,
        ]
    parsed = parse_email(draft.text)
    opened = f"<{mailto(parsed)}|Open in your mail program>"
    blocks = [
        section(f"*Subject:* {escape(shortened(parsed.subject, min(500, room)))}"),
        preformatted(shortened(_letter(parsed) or "(no text)", min(6000, room))),
        *cut,
    ]
    # Slack cuts a section at 3 000 characters, which would break the link: a longer text is copied from the box instead.
    return [*blocks, section(opened)] if len(opened) <= 3000 else blocks


def _letter(parsed: Email) -> str:
    """Return everything below the subject."""
    return "\n\n".join(part for part in (parsed.greeting, parsed.body, parsed.closing) if part)


def _original(draft: Draft, room: int) -> Block:
    words = escape(shortened(draft.update, min(1900, room // 2))).replace("\n", "\n> ")
    return context([f"You wrote:\n> {words}"])


def _remarks(draft: Draft, room: int) -> list[Block]:
    most = max(80, min(500, room // 5))
    icon = ICONS[Severity.WARNING if draft.status is Status.CHANGED else Severity.ERROR]
    lines = [f"{icon} {escape(draft.reason)}"] if draft.reason else []
    lines += [f"ℹ️ {ADDED}"] if draft.added else []
    lines += [f"⚠️ {UNTRUSTED}"] if not draft.trusted else []
    lines += [f"ℹ️ {escape(shortened(note, most))}" for note in draft.notes]
    lines += [
        f"{ICONS[finding.severity]} {escape(shortened(finding.message, most))}"
        for finding in draft.checked.findings
    ]
    # One element with line breaks: Slack sets several elements side by side.
    return [context([_listed("", lines[:10], len(lines), 1900)])] if lines else []


def _buttons(draft: Draft) -> Block:
    value = f"{draft.id}.{draft.revision}"
    approve = (
        "Approve"
        if draft.kind is DraftKind.EMAIL
        else "Post again"
        if draft.status is Status.FAILED
        else "Post"
    )
    elements = [button(approve, "draft_approve", value, "primary")]
    if draft.completes and not all(issue.done for issue in draft.issues):
        elements.append(button("Post and move to Done", "draft_move", value))
    if draft.status is not Status.CHANGED:
        elements.append(button("Edit", "draft_edit", value))
        elements.append(button("Regenerate", "draft_regenerate", value))
    elements.append(button("Reject", "draft_reject", value, "danger"))
    return {"type": "actions", "elements": elements}


def _again(draft: Draft) -> Block:
    value = f"{draft.id}.{draft.revision}"
    return {"type": "actions", "elements": [button("Draft it again", "draft_again", value)]}


def _dates(span: Span) -> str:
    last = span.end - timedelta(microseconds=1)
    return f"{span.start:%-d %b}" + ("" if last.date() == span.start.date() else f" – {last:%-d %b}")


def _change(now: int, before: int) -> str:
    if now == before:
        return f"as before ({before})"
    return f"{'▲' if now > before else '▼'} {abs(now - before)} (before: {before})"


def _span(time: timedelta | None) -> str:
    if time is None:
        return "none"
    hours = time.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _percent(figure: Figures) -> str:
    return "none" if figure.rate is None else f"{figure.rate:.0%}"


def _chart(report: Report) -> str:
    """Draw completions by day as bars, by week where the days are many, and the types below."""
    days = report.days
    if len(days) > 14:
        weeks: dict[Any, int] = {}
        for day, number in days:
            monday = day - timedelta(days=day.weekday())
            weeks[monday] = weeks.get(monday, 0) + number
        rows = [(f"week of {monday:%-d %b}", number) for monday, number in weeks.items()]
    else:
        rows = [(f"{day:%a %-d %b}", number) for day, number in days]
    # A scale of at least five: one issue is not to look like a record.
    most = max([5, *(number for _, number in rows)])
    width = max(len(label) for label, _ in rows)
    lines = [
        f"{label:<{width}}  {'█' * round(number / most * 20)}{' ' if number else ''}{number}"
        for label, number in rows
    ]
    types = "   ".join(f"{name} {number}" for name, number in report.types)
    return "Completed\n" + "\n".join(lines) + (f"\n\n{types}" if types else "")


def _sections(text: str) -> list[Block]:
    """Return our Markdown as sections, as many as Slack takes beside buttons and help."""
    sections = [section(mrkdwn(part)) for part in _portions(text)]
    shown = sections
    while len(shown) > 1 and len(json.dumps(shown)) > MOST - 3000:
        shown = shown[:-1]
    return shown if shown == sections else [*shown, context(["… and more, for which Slack has no room."])]


def _portions(text: str, most: int = 1500) -> list[str]:
    """Split a long text at line ends into what a section holds."""
    portions = [""]
    for line in text.split("\n"):
        if len(portions[-1]) + len(line) > most and portions[-1]:
            portions.append("")
        portions[-1] += ("\n" if portions[-1] else "") + line[:most]
    return portions[:40]

"""The verdict on one draft: findings, scores, and whether it may be posted without a person looking."""

import re
from collections.abc import Collection

from engine import email
from engine.checks import sensitive, tone
from engine.checks.added import additions
from engine.checks.faithful import compare
from engine.checks.guard import PLACEHOLDER
from engine.checks.matching import Comparison
from engine.types import Checked, Finding, Severity

AUTO_POST = 0.8
_EMAIL_LENGTH = ("email.short", "email.long")
_LINK = re.compile(r"\[([^\]\n]{0,300})\]\(<?https?://([^/?#:\s)>]+)")
_ADDRESS = re.compile(
    r"(?i)(?:https?://|www\.)([^/?#:\s]+)|(?<![\w@/-])((?:[\w-]+\.)+(?:com|net|org|io|dev|app|ai|cloud|co|eu|gov|edu|info|de|uk))(?![\w.-])"
)
_GAP = re.compile(r"\[[A-Za-z][^\[\]\n]{0,60}\](?!\()")


def _placeholders(update: str, draft: str) -> list[Finding]:
    return [
        Finding("placeholder", Severity.WARNING, f"“{match[0]}” is still to be filled in.", *match.span())
        for match in _GAP.finditer(draft)
        if match[0] not in update and not PLACEHOLDER.fullmatch(match[0])
    ]


def _masked_links(draft: str) -> list[Finding]:
    """Tell links whose label reads like one address and which lead to another."""
    found = []
    for link in _LINK.finditer(draft):
        target = link[2].lower().removeprefix("www.")
        shown = [(one[1] or one[2]).lower().removeprefix("www.") for one in _ADDRESS.finditer(link[1])]
        if other := next((host for host in shown if host != target), None):
            message = f"A link reads like {other} but leads to {target}."
            found.append(Finding("link.label", Severity.ERROR, message, *link.span()))
    return found


def _flags(findings: Collection[Finding]) -> int:
    """Count what lowers the overall score beyond tone, length and sensitive data."""
    own = ("tone.", "length.", "sensitive.")
    return sum(
        finding.severity is not Severity.NOTE and not finding.rule.startswith(own) for finding in findings
    )


def _judge(
    update: str,
    draft: str,
    findings: list[Finding],
    limits: tuple[int, int],
    length_findings: list[Finding],
    may_post: bool,
    domains: Collection[str],
) -> Checked:
    tone_score, tone_findings = tone.tone(draft)
    leaks = sensitive.findings(draft, domains)
    findings = [*findings, *_masked_links(draft)]
    every = (*findings, *tone_findings, *length_findings, *leaks)
    overall = tone.clamp(
        tone_score - 0.2 * bool(length_findings) - 0.5 * bool(leaks) - 0.1 * _flags(findings)
    )
    faithful = not any(
        one.rule.startswith("faithful.") and one.severity is Severity.ERROR for one in findings
    )
    clean = all(one.severity is Severity.NOTE for one in every)
    return Checked(
        tuple(sorted(every, key=lambda one: (one.start, one.end, one.rule))),
        tone_score,
        tone.quality(update, draft, limits),
        overall,
        faithful,
        may_post and clean and overall >= AUTO_POST,
    )


def check_comment(
    update: str,
    draft: str,
    *,
    context: str = "",
    allowed_domains: Collection[str] = (),
    fallback: bool = False,
    auto_post_allowed: bool = True,
) -> Checked:
    """Judge the draft of a comment against the update it was made from.

    ``context`` is text of the issue (key, summary) whose words the draft may use. Offsets are in ``draft``; what was left
    out is told at its end. ``auto_post`` says that nothing in the draft stands against posting it unseen; whether workspace
    and person switched that on is ``auto_post_allowed``.
    """
    findings = [*compare(update, draft, context), *_placeholders(update, draft)]
    may_post = auto_post_allowed and not fallback
    length = tone.length(draft, tone.COMMENT_WORDS)
    return _judge(update, draft, findings, tone.COMMENT_WORDS, length, may_post, allowed_domains)


def check_email(
    request: str, draft: str, *, context: str = "", allowed_domains: Collection[str] = ()
) -> Checked:
    """Judge the draft of an e-mail against what was asked for; placeholders [like this] are welcome, it is never posted unseen.

    What its form lacks (subject, greeting, closing, length) is told by the rules of `engine.email`.
    """
    blank = _GAP.sub(lambda match: " " * len(match[0]), draft)
    kept = (
        "key",
        "number",
        "version",
        "date",
        "time",
        "link",
        "name",
        "identifier",
        "address",
        "environment",
    )
    findings = [
        finding
        for finding in compare(request, blank, context)
        if finding.rule.startswith(tuple(f"faithful.{kind}" for kind in ("issue-key", *kept[1:])))
    ]
    parts = email.parse(draft).findings
    findings += [one for one in parts if one.rule not in _EMAIL_LENGTH]
    length = [one for one in parts if one.rule in _EMAIL_LENGTH]
    return _judge(
        request, draft, findings, (email.LEAST_WORDS, email.MOST_WORDS), length, False, allowed_domains
    )


def added_words(update: str, draft: str, context: str = "") -> list[tuple[int, int]]:
    """Return the places of the draft whose content words have no source in the update or the context."""
    return additions(Comparison(update, draft, context))

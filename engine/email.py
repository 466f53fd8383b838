"""An e-mail as a model writes it, taken apart: subject, greeting, body, closing, and what is wrong with it."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from engine.types import Finding, Severity

LEAST_WORDS = 10
MOST_WORDS = 300

_SUBJECT = re.compile(
    r"^[ \t>*_#]{0,20}(?:subject(?: line)?|betreff|objet|asunto)[*_]*\s*:[*_]*[ \t]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(
    r"^[ \t>*_]{0,20}(?:from|to|cc|bcc|date|reply-to|von|an|body|message|e-?mail)[*_]*\s*:[*_]*.*$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)
_GREETING = re.compile(
    r"^(?:dear|hi|hello|hey|hallo|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern|sehr geehrte\w*|liebe[r]?|guten (?:tag|morgen)|bonjour|hola|team|all|everyone|\[\w[^\]]{0,40}\])\b[^.?]{0,80}$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:with )?(?:best|kind|kindest|warm|warmest|many)(?: regards| wishes| thanks)?|regards|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|respectfully(?: yours)?|cheers|thanks(?: again| so much| in advance)?|thank you(?: again| so much| very much| in advance)?|"
    r"all the best|take care|cordially|mit freundlichen gr\xfc\xdfen|viele gr\xfc\xdfe|beste gr\xfc\xdfe|freundliche gr\xfc\xdfe|lg|mfg|cordialement|saludos)\s*[,.!]?$",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^<>]{0,200}>|[`*~#<>{}\[\]|\\]|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True, slots=True)
class Email:
    """The parts of an e-mail; a part that is not there is empty. ``findings`` has offsets in the text that was parsed."""

    subject: str
    greeting: str
    body: str
    closing: str
    findings: tuple[Finding, ...] = ()

    @property
    def body_text(self) -> str:
        """Everything below the subject, as it is sent."""
        return "\n\n".join(part for part in (self.greeting, self.body, self.closing) if part)


def _below_subject(text: str) -> tuple[str, str]:
    match = _SUBJECT.search(text)
    if match is None:
        return "", text
    return match[1].strip().rstrip("*_").rstrip(), text[match.end() :]


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in _FENCE.sub("", text).strip().splitlines()]
    while lines and (not lines[0].strip() or _HEADER.match(lines[0])):
        lines.pop(0)
    return lines


def _closing_at(lines: list[str]) -> int:
    """Return the line at which the closing begins, or the number of lines."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 9), -1):
        if _CLOSING.match(lines[place].strip()):
            return place
    return len(lines)


def _findings(text: str, subject: str, greeting: str, closing: str, count: int) -> tuple[Finding, ...]:
    end = len(text)
    problems = (
        (not subject, "email.no-subject", Severity.ERROR, "The e-mail has no subject."),
        (
            count < LEAST_WORDS,
            "email.short",
            Severity.ERROR,
            f"The e-mail has only {count} words; at least {LEAST_WORDS} are needed.",
        ),
        (
            count > MOST_WORDS,
            "email.long",
            Severity.WARNING,
            f"The e-mail has {count} words; at most {MOST_WORDS} are wanted.",
        ),
        (not greeting, "email.no-greeting", Severity.WARNING, "The e-mail greets nobody."),
        (not closing, "email.no-closing", Severity.WARNING, "The e-mail has no closing."),
    )
    return tuple(
        Finding(rule, severity, message, 0, end) for wrong, rule, severity, message in problems if wrong
    )


def parse(text: str) -> Email:
    """Take the text of a model apart; never raises, what is missing is among the findings."""
    subject, rest = _below_subject(text)
    lines = _lines(rest)
    greeting = ""
    if lines and _GREETING.match(lines[0].strip()):
        greeting = lines.pop(0).strip()
    at = _closing_at(lines)
    closing = "\n".join(line.strip() for line in lines[at:] if line.strip())
    body = "\n".join(lines[:at]).strip()
    count = len(" ".join((greeting, body, closing)).split())
    return Email(subject, greeting, body, closing, _findings(text, subject, greeting, closing, count))


def mailto(email: Email, to: str = "") -> str:
    """Return the link that opens the e-mail in a mail program (RFC 6068: percent-encoded, CRLF line breaks)."""
    body = re.sub(r"\r\n|\r|\n", "\r\n", email.body_text)
    return f"mailto:{quote(to, safe='@')}?subject={quote(email.subject, safe='')}&body={quote(body, safe='')}"


def clean(value: str, most: int) -> str:
    """Return a value of the context fit for a prompt: one line, no control characters or markup, at most ``most`` characters."""
    visible = "".join(
        " " if char.isspace() else char
        for char in value
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    previous = ""
    while previous != visible:
        previous, visible = visible, _MARKUP.sub("", visible)
    return " ".join(visible.split())[:most].rstrip()

"""Tone, length and quality of a draft, as scores of 0 to 1 and findings."""

import re

from engine.checks.words import CASUAL, PROFANE, PROFESSIONAL, TECHNICAL
from engine.types import Finding, Severity

COMMENT_WORDS = (3, 100)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CODE = re.compile(r"```.*?(?:```|$)|`[^`\n]*`|https?://\S+", re.DOTALL)


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words outside code and links, lower case, with their places."""
    prose = _CODE.sub(lambda match: " " * len(match[0]), text)
    return [(match[0].lower().replace("’", "'"), *match.span()) for match in _WORD.finditer(prose)]


def clamp(score: float) -> float:
    """Keep a score within 0 to 1, free of binary dust."""
    return round(min(1.0, max(0.0, score)), 4)


def tone(draft: str) -> tuple[float, list[Finding]]:
    """Start at 0.7; up to 0.3 for professional words, 0.2 off for each casual or profane one."""
    score, findings = 0.7, []
    words = _words(draft)
    score += min(0.3, 0.1 * sum(word in PROFESSIONAL for word, _, _ in words))
    for word, start, end in words:
        if word in PROFANE:
            findings.append(
                Finding("tone.profane", Severity.WARNING, f"“{draft[start:end]}” is a rude word.", start, end)
            )
        elif word in CASUAL:
            findings.append(
                Finding("tone.casual", Severity.NOTE, f"“{draft[start:end]}” is casual.", start, end)
            )
    return clamp(score - 0.2 * len(findings)), findings


def length(draft: str, limits: tuple[int, int]) -> list[Finding]:
    """Tell when a draft has fewer or more words than its kind should."""
    count, (least, most) = len(draft.split()), limits
    if count < least:
        return [
            Finding(
                "length.short",
                Severity.WARNING,
                f"Only {count} words; at least {least} are usual.",
                0,
                len(draft),
            )
        ]
    if count > most:
        return [
            Finding(
                "length.long", Severity.WARNING, f"{count} words; at most {most} are wanted.", 0, len(draft)
            )
        ]
    return []


def quality(update: str, draft: str, limits: tuple[int, int]) -> float:
    """Score how good a draft is as writing: length, balance of words, technical terms kept."""
    score, count = 1.0, len(draft.split())
    score -= 0.4 * (count < limits[0]) + 0.2 * (count > limits[1])
    words = [word for word, _, _ in _words(draft)]
    balance = sum(word in PROFESSIONAL for word in words) - sum(
        word in CASUAL or word in PROFANE for word in words
    )
    score += 0.1 if balance > 0 else -0.3 if balance < 0 else 0.0
    terms = {word for word, _, _ in _words(update)} & TECHNICAL
    if terms and 2 * len(terms & set(words)) < len(terms):
        score -= 0.2
    return clamp(score)

"""What may go in: secrets taken out and put back, steering recognised, a workspace's own blocked phrases."""

import functools
import re
from collections.abc import Collection, Mapping

from engine.checks.injection import Steering, steering
from engine.checks.plain import folded, original_span
from engine.checks.sensitive import Sensitive, sensitive
from engine.types import Finding, Guarded, Severity, Verdict

_ORDER = (Verdict.PASS, Verdict.WARN, Verdict.REDACT, Verdict.BLOCK)
_ADVICE = {
    Verdict.BLOCK: "It is not sent anywhere; take it out, and replace it if others could read it.",
    Verdict.REDACT: "It is kept out of what the model reads.",
    Verdict.WARN: "Check that it should be there.",
}
_SAFE = re.compile(r"\[redacted-(?:phone|iban)-\d+\]")
PLACEHOLDER = re.compile(r"\[redacted-[a-z-]+-\d+\]")
"""Stands in a text for a value that was taken out."""


def _worst(verdicts: Collection[Verdict]) -> Verdict:
    return max(verdicts, key=_ORDER.index, default=Verdict.PASS)


def _redact(text: str, found: list[Sensitive]) -> tuple[str, dict[str, str]]:
    names: dict[tuple[str, str], str] = {}
    pieces, last, number = [], 0, 0
    for one in found:
        if one.action in (Verdict.REDACT, Verdict.BLOCK):
            value = text[one.start : one.end]
            if (one.name, value) not in names:
                number += 1
                while f"[redacted-{one.name}-{number}]" in text:
                    number += 1
                names[one.name, value] = f"[redacted-{one.name}-{number}]"
            pieces += [text[last : one.start], names[one.name, value]]
            last = one.end
    return "".join([*pieces, text[last:]]), {name: value for (_, value), name in names.items()}


@functools.lru_cache(maxsize=256)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    wanted = [r"\s+".join(map(re.escape, folded(phrase)[0].split())) for phrase in phrases if phrase.strip()]
    return re.compile(r"(?<!\w)(?:" + "|".join(wanted) + r")(?!\w)", re.IGNORECASE) if wanted else None


def _blocked(text: str, phrases: Collection[str]) -> list[Finding]:
    pattern = _phrases(tuple(phrases)) if phrases else None
    if pattern is None:
        return []
    plain, places = folded(text)
    spans = (original_span(*match.span(), places) for match in pattern.finditer(plain))
    return [
        Finding(
            "policy.phrase",
            Severity.ERROR,
            f"“{text[start:end]}” is not allowed in this workspace.",
            start,
            end,
        )
        for start, end in spans
    ]


def _sensitive_finding(one: Sensitive) -> Finding:
    severity = Severity.WARNING if one.action is Verdict.WARN else Severity.ERROR
    return Finding(
        f"sensitive.{one.name}",
        severity,
        f"This looks like {one.title}. {_ADVICE[one.action]}",
        one.start,
        one.end,
    )


def _steering_finding(one: Steering, severity: Severity) -> Finding:
    return Finding(
        f"injection.{one.signal}",
        severity,
        "This reads like an order to the assistant itself.",
        one.start,
        one.end,
    )


def guard(
    text: str, *, allowed_domains: Collection[str] = (), blocked_phrases: Collection[str] = ()
) -> Guarded:
    """Judge a text that comes in: keys block, passwords are taken out, e-mail addresses warn, steering lowers trust.

    Two signs of steering of different families block; one only makes approval necessary.
    """
    secrets_found = sensitive(text, allowed_domains)
    signs = steering(text)
    outright = len({sign.family for sign in signs}) >= 2
    phrases = _blocked(text, blocked_phrases)
    verdicts = [one.action for one in secrets_found]
    verdicts += [Verdict.BLOCK if outright else Verdict.WARN for _ in signs] + [
        Verdict.BLOCK for _ in phrases
    ]
    if not verdicts:
        return Guarded(Verdict.PASS, (), text)
    redacted, secrets = _redact(text, secrets_found)
    severity = Severity.ERROR if outright else Severity.WARNING
    findings = [
        *map(_sensitive_finding, secrets_found),
        *(_steering_finding(sign, severity) for sign in signs),
        *phrases,
    ]
    findings.sort(key=lambda finding: (finding.start, finding.end))
    return Guarded(_worst(verdicts), tuple(findings), redacted, secrets, trusted=not signs)


def restore(draft: str, secrets: Mapping[str, str]) -> str:
    """Put back the values that may be written down (phone and account numbers); passwords, keys and cards stay out."""
    return _SAFE.sub(lambda match: secrets.get(match[0], match[0]), draft)

"""What a message names: issues, states, technical terms, numbers, versions, links, a period."""

import re
from collections.abc import Collection

from engine.routing.keys import Named, named
from engine.routing.markup import plain
from engine.types import Entities, Period

_STATUSES = {
    "done": "done",
    "completed": "completed",
    "complete": "completed",
    "finished": "finished",
    "closed": "closed",
    "resolved": "resolved",
    "pending": "pending",
    "blocked": "blocked",
    "testing": "testing",
    "in progress": "in progress",
    "in review": "in review",
    "waiting": "waiting",
    "to do": "to do",
}
_FACT = re.compile(
    r"(?P<version>\bv\d+(?:\.\d+){0,3}(?:-[a-z]+\.?\d*)?\b|(?<![\w.])\d+\.\d+\.\d+(?:\.\d+)?(?:-[a-z]+\.?\d*)?(?![\w])|(?<![\w.])\d+\.\d+(?:-[a-z]+\.?\d*)(?!\w))"
    r"|(?P<number>(?<![\w.,-])[-+]?\d+(?:[.,]\d+)*(?:\s?%)?(?![\w]))"
    r"|(?P<status>\b(?:done|completed?|finished|closed|resolved|pending|blocked|testing|in progress|in review|waiting|to do)\b)"
    r"|(?P<term>\b(?:api|sql|css|html|json|yaml|xml|http|https|tls|ssl|sso|oauth|jwt|ci|cd|ci/cd|qa|uat|ui|ux|db|database|schema|index|cache|redis|kafka"
    r"|postgres(?:ql)?|mysql|mongodb|docker|kubernetes|k8s|helm|terraform|aws|gcp|azure|s3|lambda|nginx|linux|git|github|gitlab|jenkins|react|angular|vue"
    r"|typescript|javascript|python|java|golang|rust|node|graphql|rest|grpc|websockets?|webhooks?|endpoints?|backend|frontend|middleware|microservices?"
    r"|pipeline|deployment|staging|production|migration|refactoring|regression|timeout|latency|authentication|authorization|cron|queue|parser|sdk|cli|pr)\b"
    r"|`[^`\n]{1,80}`|\b\w+\(\)|\b[a-z]+(?:_[a-z0-9]+)+\b)",
    re.IGNORECASE,
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_UNITS = "day|week|month|quarter|sprint|iteration"
_PERIOD = re.compile(
    r"\b(?:(?P<now>today|tonight)|(?P<before>yesterday)"
    r"|(?:last|past|previous)\s+(?P<days>\d{1,4}|two|three|four|five|six|seven|ten|fourteen|thirty)\s+(?P<many>days?|weeks?|months?)"
    rf"|(?P<which>this|current|last|previous|past|the\s+week\s+before\s+last)\s+(?P<unit>{_UNITS})"
    r"|(?P<every>weekly|monthly|daily|quarterly)"
    rf"|(?:(?:in|for|of|during|since|last|this)\s+)(?P<month>{'|'.join(_MONTHS)})|(?P<sole>{'|'.join(m for m in _MONTHS if m not in ('may', 'march', 'august'))})"
    r")\b",
    re.IGNORECASE,
)
_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
    "fourteen": 14,
    "thirty": 30,
}
_EVERY = {"weekly": "week", "monthly": "month", "daily": "day", "quarterly": "quarter"}


def entities(text: str, projects: Collection[str] | None = None) -> Entities:
    """Return what ``text`` names; keys as in `engine.routing.keys.named`, the other facts as written."""
    said = plain(text)
    return gathered(said, named(said, projects))


def gathered(said: str, places: list[Named]) -> Entities:
    """Return the entities of a plain text whose issues and links are known already."""
    keys = tuple(dict.fromkeys(key for place in places for key in place.keys))
    urls: tuple[str, ...] = ()
    rest = said
    if places:
        urls = tuple(
            dict.fromkeys(
                said[place.start : place.end] for place in places if "://" in said[place.start : place.end]
            )
        )
        rest = _without(said, places)
    facts: dict[str, list[str]] = {"version": [], "number": [], "status": [], "term": []}
    for match in _FACT.finditer(rest):
        facts[match.lastgroup or "term"].append(match[0].strip("`"))
    return Entities(
        keys=keys,
        statuses=tuple(dict.fromkeys(_STATUSES[status.lower()] for status in facts["status"])),
        terms=tuple(dict.fromkeys(facts["term"])),
        numbers=tuple(dict.fromkeys(facts["number"])),
        versions=tuple(dict.fromkeys(facts["version"])),
        urls=urls,
        period=period(rest),
    )


def _without(said: str, places: list[Named]) -> str:
    pieces: list[str] = []
    at = 0
    for place in places:
        pieces.append(said[at : place.start])
        at = place.end
    return " ".join((*pieces, said[at:]))


def period(said: str) -> Period | None:
    """Return the first span of days that the text names."""
    match = _PERIOD.search(said)
    if not match:
        return None
    if match["now"]:
        return Period("day", 0)
    if match["before"]:
        return Period("day", 1)
    if match["days"]:
        count = _COUNTS.get(match["days"].lower()) or int(match["days"])
        scale = {"d": 1, "w": 7, "m": 30}[match["many"][0].lower()]
        return Period("days", 0, days=max(1, count * scale))
    if match["unit"]:
        unit = match["unit"].lower()
        return Period(
            "sprint" if unit == "iteration" else unit,
            0 if match["which"].lower() in ("this", "current") else 1,
        )
    if match["every"]:
        return Period(_EVERY[match["every"].lower()], 0)
    month = (match["month"] or match["sole"]).lower()
    return Period("month", 0, month=_MONTHS.index(month) + 1)

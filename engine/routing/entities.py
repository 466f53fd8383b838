"""What a message names: issues, states, technical terms, numbers, versions, links, a period."""

import re
from collections.abc import Collection

from engine.routing.keys import Named, named
from engine.routing.markup import plain
from engine.routing.words import words
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
    "waiting": "waiting",
}
_TWO_WORD_STATUSES = ("in progress", "in review", "to do")
_TERMS = frozenset(
    """api apis sql css html json yaml xml http https tls ssl sso oauth jwt ci cd qa uat ui ux db database schema index cache redis kafka
    postgres postgresql mysql mongodb docker kubernetes k8s helm terraform aws gcp azure s3 lambda nginx linux git github gitlab jenkins
    react angular vue typescript javascript python java golang rust node graphql rest grpc websocket websockets webhook webhooks endpoint
    endpoints backend frontend middleware microservice microservices pipeline deployment staging production migration refactoring
    regression timeout latency authentication authorization cron queue parser sdk cli pr""".split()  # noqa: SIM905 - reads as prose
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"`([^`\n]{1,80})`|\b(\w{1,80}\(\)|[a-z]{1,40}(?:_[a-z0-9]{1,40}){1,8}\b)")
_FIGURE = re.compile(
    r"(?P<version>\bv\d{1,6}(?:\.\d{1,6}){0,3}(?:-[a-z]{1,10}\.?\d{0,4})?\b|(?<![\w.])\d{1,6}\.\d{1,6}(?:(?:\.\d{1,6}){1,2}(?:-[a-z]{1,10}\.?\d{0,4})?|-[a-z]{1,10}\.?\d{0,4})(?!\w))"
    r"|(?P<number>(?<![\w.,-])[-+]?\d{1,15}(?:[.,]\d{1,15}){0,4}(?:\s?%)?(?!\w))",
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
_PERIOD_WORDS = frozenset(
    (
        "today",
        "tonight",
        "yesterday",
        "last",
        "past",
        "previous",
        "this",
        "current",
        "weekly",
        "monthly",
        "daily",
        "quarterly",
        *_MONTHS,
    )
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
    places = named(said, projects)
    return gathered(said, places, frozenset(words(said, places)))


def gathered(said: str, places: list[Named], present: frozenset[str]) -> Entities:
    """Return the entities of a plain text whose issues, links and words (`engine.routing.words`) are known already."""
    keys: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    rest = said
    if places:
        keys = places[0].keys if len(places) == 1 else tuple(key for place in places for key in place.keys)
        keys = tuple(dict.fromkeys(keys))
        if "://" in said:
            links = (said[place.start : place.end] for place in places)
            urls = tuple(dict.fromkeys(link for link in links if "://" in link))
        rest = _without(said, places)
    versions, numbers = _figures(rest)
    return Entities(
        keys=keys,
        statuses=_statuses(rest, present),
        terms=_terms(rest, present),
        numbers=numbers,
        versions=versions,
        urls=urls,
        period=None if present.isdisjoint(_PERIOD_WORDS) else period(rest),
    )


def _figures(rest: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not _DIGIT.search(rest):
        return (), ()
    found = [(match.lastgroup, match[0]) for match in _FIGURE.finditer(rest)]
    versions = dict.fromkeys(figure for kind, figure in found if kind == "version")
    return tuple(versions), tuple(dict.fromkeys(figure for kind, figure in found if kind == "number"))


def _statuses(rest: str, present: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    if not present.isdisjoint(_STATUSES):
        found = [_STATUSES[word] for word in _WORD.findall(rest.lower()) if word in _STATUSES]
    if "progress" in present or "review" in present or "do" in present:
        found += [status for status in _TWO_WORD_STATUSES if status in rest.lower()]
    return tuple(dict.fromkeys(found))


def _terms(rest: str, present: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    if not present.isdisjoint(_TERMS):
        found = [word for word in _WORD.findall(rest) if word.lower() in _TERMS]
    if "`" in rest or "_" in rest or "()" in rest:
        found += [quoted or code for quoted, code in _CODE.findall(rest)]
    return tuple(dict.fromkeys(found))


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

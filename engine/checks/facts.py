"""The hard facts of a text: keys, numbers, versions, dates, links, identifiers, environments, names."""

import itertools
import re
from dataclasses import dataclass, replace

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_NUMBER = re.compile(r"([$€£]?)\s?([\d,]+(?:\.\d+)?)\s?(%|[a-z]+)?$")
_ON = word_set("on to in onto from into at against via the")
_PLACE = word_set("environment environments env server servers cluster instance box system")
_NOT_NAMES = word_set(
    "i api apis ci cd ui ux qa pr prs id ids url urls http https json xml yaml html css sql csv pdf sdk "
    "cli db dbs ok eta asap eod eow faq jwt oauth sso ssl tls dns vpn ip tcp udp ssh ftp smtp aws gcp cpu "
    "gpu ram gb mb kb ms seo crm erp hr it qa uat rfc poc mvp okr kpi sla slo rest grpc crud orm iso utf "
    "gdpr pii e2e tdd european american god internet scrum agile kanban "
    "sprint january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday todo wip fyi done team"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A hard fact: ``value`` compares equal where two texts mean the same."""

    kind: str
    value: str
    start: int
    end: int
    number: float | None = None
    unit: str | None = None
    nouns: tuple[str, ...] = ()
    soft: bool = False


_FRACTIONS = {"onethird": "33", "twothirds": "67", "onequarter": "25", "threequarters": "75"}


_ENDS_NOUNS = word_set("and but or so by from with after before since until when while")
"""Words after which nothing more is said of what a number counts."""


def _figure(value: float) -> str:
    return f"{value:.6g}"


def _number(
    tokens: list[Token], place: int, text: str, suffix: str | None, value: float, unit_sign: str
) -> Fact:
    token = tokens[place]
    nouns: list[str] = []
    unit, end = None, token.end
    if suffix in named.SCALES:
        value, suffix = value * named.SCALES[suffix], None
    wanted = suffix or unit_sign
    if not wanted and place and tokens[place - 1].low in ("usd", "eur", "gbp", "chf"):
        wanted = tokens[place - 1].low
    ahead = place + 1
    if ahead < len(tokens) and tokens[ahead].low in named.SCALES:
        value *= named.SCALES[tokens[ahead].low]
        more, ahead = _hundreds(tokens, ahead + 1)
        value += more
    if (
        not wanted
        and ahead < len(tokens)
        and tokens[ahead].low in named.UNITS
        and (tokens[ahead].low not in ("m", "s", "d", "h") or _apart(tokens, ahead))
    ):
        wanted, end, ahead = tokens[ahead].low, tokens[ahead].end, ahead + 1
    if wanted in named.UNITS:
        unit, factor = named.UNITS[wanted]
        value *= factor
    for token in tokens[ahead : ahead + 5]:
        if (token.kind == "mark" and token.low not in ("->", "→")) or token.low in _ENDS_NOUNS:
            break
        if unit is None and token.low in ("in", "on", "at"):
            break
        if (
            token.kind == "word"
            and token.low not in lx.STOP
            and token.low not in named.NUMBER_WORDS
            and len(nouns) < 2
        ):
            nouns.append(token.canon)
    return Fact("number", _figure(value), tokens[place].start, end, value, unit, tuple(nouns))


def _apart(tokens: list[Token], place: int) -> bool:
    """Tell whether a single letter is a unit here: "900 s", but not "$5 m" of something."""
    before, token = tokens[place - 1], tokens[place]
    return before.kind == "number" and token.start == before.end + 1 and token.text == token.low


def _hundreds(tokens: list[Token], ahead: int) -> tuple[float, int]:
    """Read what follows the hundreds, "and six", and where it ends."""
    if ahead + 1 >= len(tokens) or tokens[ahead].low != "and":
        return 0.0, ahead
    value = named.NUMBER_WORDS.get(tokens[ahead + 1].low)
    if value is None:
        return 0.0, ahead
    ahead += 2
    if value >= 20 and ahead < len(tokens):
        ones = named.NUMBER_WORDS.get(tokens[ahead].low, 99)
        if 0 < ones < 10:
            return float(value + ones), ahead + 1
    return float(value), ahead


def _of_hundreds(tokens: list[Token], place: int) -> bool:
    """Tell whether a number ends another: the six of "two hundred and six"."""
    return place > 1 and tokens[place - 1].low == "and" and tokens[place - 2].low in named.SCALES


def _word_number(tokens: list[Token], place: int) -> Fact | None:
    token = tokens[place]
    if token.low in _FRACTIONS:
        return Fact(
            "number",
            _FRACTIONS[token.low],
            token.start,
            token.end,
            float(_FRACTIONS[token.low]),
            "percent",
            soft=True,
        )
    if token.low == "half":
        return Fact("number", "50", token.start, token.end, 50.0, "percent", soft=True)
    if token.low in ("hundred", "thousand", "million") and (
        place == 0 or tokens[place - 1].low in ("a", "one")
    ):
        whole = named.SCALES[token.low] + _hundreds(tokens, place + 1)[0]
        return Fact("number", _figure(whole), token.start, token.end, float(whole), None)
    value = named.NUMBER_WORDS.get(token.low)
    if value is None or value == 1 or _of_hundreds(tokens, place):
        return None
    if (
        place
        and tokens[place - 1].low in named.NUMBER_WORDS
        and named.NUMBER_WORDS[tokens[place - 1].low] >= 20
        and value < 10
    ):
        return None
    if value >= 20 and place + 1 < len(tokens):
        following = tokens[place + 1]
        if following.low == "-" and place + 2 < len(tokens):
            following = tokens[place + 2]
        value += (
            named.NUMBER_WORDS.get(following.low, 0) if named.NUMBER_WORDS.get(following.low, 99) < 10 else 0
        )
    return _number(tokens, place, token.text, None, float(value), "")


_IN_MONTH = word_set("in from since by until during last next of late early mid for")


def _month(tokens: list[Token], place: int) -> Fact | None:
    """Read a month with its day; "may" in small letters is a month only beside a day or after a preposition."""
    token = tokens[place]
    common = token.low == "may" and not token.text[0].isupper()
    before = tokens[max(0, place - 2) : place]
    after = tokens[place + 1].low if place + 1 < len(tokens) else ""
    if before and before[-1].kind == "number" and after not in named.VERBS_AFTER_MODAL:
        common = False
    if before and token.low == "may" and before[-1].low in _IN_MONTH:
        common = False
    for one in [*tokens[place + 1 : place + 2], *reversed(before)]:
        day = re.match(r"(\d{1,2})(st|nd|rd|th)?$", one.low)
        if day and 0 < int(day[1]) <= 31 and (not common or day[2] or (before and before[-1].low == "of")):
            return Fact(
                "date",
                f"{named.MONTHS[token.low]}/{int(day[1])}",
                min(one.start, token.start),
                max(one.end, token.end),
            )
    if common or (token.low == "may" and (not before or before[-1].low not in _IN_MONTH)):
        return None
    return Fact("date", f"month{named.MONTHS[token.low]}", token.start, token.end)


def _date(tokens: list[Token], place: int) -> Fact | None:
    token = tokens[place]
    low = token.low
    if low in named.DAYS:
        return Fact("date", named.DAYS[low], token.start, token.end, soft=named.DAYS[low] in named.SOFT_DAYS)
    if low in ("sat", "sun") and _weekend(tokens, place):
        return Fact("date", low, token.start, token.end)
    if low in named.WEEKDAYS:
        return Fact("date", named.WEEKDAYS[low], token.start, token.end)
    if low in named.MONTHS:
        return _month(tokens, place)
    if (
        low in ("week", "month", "sprint", "quarter", "year")
        and place
        and tokens[place - 1].low in ("next", "last", "this", "previous", "coming")
    ):
        which = {"previous": "last", "coming": "next"}.get(tokens[place - 1].low, tokens[place - 1].low)
        return Fact("date", f"{which} {low}", tokens[place - 1].start, token.end, soft=which == "this")
    return None


def _weekend(tokens: list[Token], place: int) -> bool:
    """Tell whether "sat" and "sun" are days here."""
    before = tokens[place - 1].low if place else ""
    after = tokens[place + 1].low if place + 1 < len(tokens) else ""
    return before in ("on", "by", "this", "next", "until") or after in (
        "night",
        "morning",
        "afternoon",
        "evening",
    )


def _environment(tokens: list[Token], place: int) -> Fact | None:
    token = tokens[place]
    low = token.low.removesuffix("'s")
    value = named.ENVIRONMENTS.get(low) or ("staging" if token.low == "staging" else None)
    if value is None:
        return None
    if token.text.lower().startswith(("go", "went")):
        return None
    if low in named.LOOSE_ENVIRONMENTS:
        before = tokens[place - 1].low if place else ""
        after = tokens[place + 1].low if place + 1 < len(tokens) else ""
        if not (
            after in _PLACE
            or (before in ("on", "onto", "in") and after not in ("team", "data", "mode", "engineer", "lead"))
            or (token.low == "live" and before == "deployed")
            or (
                after in ("and", ",", "/")
                and place + 2 < len(tokens)
                and tokens[place + 2].low in named.ENVIRONMENTS
            )
            or (before in ("and", ",", "/") and place > 1 and tokens[place - 2].low in named.ENVIRONMENTS)
        ):
            return None
    return Fact("environment", value, token.start, token.end)


def _side(tokens: list[Token], place: int) -> Fact | None:
    """Read left and right as places: "top left", "on the right"."""
    token = tokens[place]
    before = tokens[place - 1].low if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    beside = before in ("top", "bottom", "upper", "lower", "far", "hand") or (
        before == "the"
        and (after is None or after.kind != "word" or after.low in ("side", "and", "of", "hand", "corner"))
    )
    return (
        Fact("side", token.low, token.start, token.end) if token.low in ("left", "right") and beside else None
    )


def _name(tokens: list[Token], place: int, first: bool) -> Fact | None:
    token = tokens[place]
    base = token.low.removesuffix("'s")
    if base in named.PRODUCTS:
        return Fact("product", base, token.start, token.end)
    if base in named.PEOPLE:
        return Fact("name", base, token.start, token.end)
    if (
        token.text.isupper()
        and token.text.isalpha()
        and 2 <= len(base) <= 5
        and base not in _NOT_NAMES
        and not first
    ):
        return Fact("proper", base, token.start, token.end)
    if (
        not token.text[:1].isupper()
        or first
        or base in _NOT_NAMES
        or token.text.isupper()
        or base.endswith("ly")
        or len(base) < 3
        or " " in token.text
    ):
        return None
    if base in lx.STOP or token.stem in lx.WORK_VERBS or token.low != token.text.lower().replace("’", "'"):
        return None
    return Fact("proper", base, token.start, token.end)


def _clock(low: str) -> str:
    match = re.match(r"(\d{1,2})(?::(\d{2}))?\s?([ap])?", low)
    assert match is not None
    hour = int(match[1])
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return f"{hour}:{match[2] or '00'}"


def _simple(token: Token) -> Fact | None:
    kind, low = token.kind, token.low
    if kind == "key":
        return Fact("key", low.upper(), token.start, token.end)
    if kind == "url":
        return Fact(
            "url", re.sub(r"^(?:https?://)?(?:www\.)?", "", low).rstrip("./,;:!?"), token.start, token.end
        )
    if kind == "email":
        return Fact("email", low.rstrip("."), token.start, token.end)
    if kind == "version":
        return Fact("version", low.lstrip("v"), token.start, token.end)
    if kind == "iso":
        return Fact("date", f"{int(low[5:7])}/{int(low[8:10])}", token.start, token.end)
    if kind == "slashdate":
        parts = low.split("/")
        return Fact(
            "date" if len(parts) == 3 else "fraction",
            "/".join(str(int(part)) for part in parts[:2]),
            token.start,
            token.end,
        )
    if kind == "clock":
        return Fact("time", _clock(low), token.start, token.end)
    if kind == "word" and low not in named.PRODUCTS and any(char.isdigit() for char in low):
        return Fact("identifier", low, token.start, token.end)
    if kind in ("host", "hash", "ident", "code", "fence", "ref", "mention"):
        value = re.sub(r"\s+", " ", low.strip("`").strip()).removesuffix("()").strip("@")
        return Fact("identifier", value, token.start, token.end)
    return None


_LARGE = {
    "M": "million",
    "B": "billion",
    "bn": "billion",
    "mio": "million",
    "mil": "million",
    "K": "thousand",
}


def _digits(tokens: list[Token], place: int) -> Fact | None:
    token = tokens[place]
    match = _NUMBER.match(token.low)
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    large = _LARGE.get(token.text[-1] if suffix and len(suffix) == 1 else suffix or "")
    plain = large or (suffix if suffix in named.UNITS or suffix in named.SCALES else None)
    if suffix in ("st", "nd", "rd", "th"):
        month = place + 1 < len(tokens) and tokens[place + 1].low in named.MONTHS
        day = "day of month" if place and tokens[place - 1].low in ("the", "to") and not month else None
        return replace(
            _number(tokens, place, token.text, None, float(digits.replace(",", "")), sign), unit=day
        )
    if suffix is None or plain is not None:
        return _number(tokens, place, token.text, plain, float(digits.replace(",", "")), sign)
    return Fact("identifier", token.low, token.start, token.end)


def _year(tokens: list[Token], place: int) -> bool:
    """Tell whether a number is the year of a date that names its month."""
    low = tokens[place].low
    if not (len(low) == 4 and low.isdigit() and 1990 <= int(low) <= 2100):
        return False
    return any(token.low in named.MONTHS for token in tokens[max(0, place - 3) : place])


_FACT_WORDS = frozenset(
    {
        *named.DAYS,
        *named.WEEKDAYS,
        *named.MONTHS,
        *named.ENVIRONMENTS,
        *named.PRODUCTS,
        *named.PEOPLE,
        *named.NUMBER_WORDS,
        *_FRACTIONS,
    }
) | word_set("week month sprint quarter year left right half hundred thousand million sat sun staging")
"""The plain words that can be facts, or begin one."""


def facts_of(tokens: list[Token]) -> list[Fact]:
    """Return the facts of a text in order."""
    facts: list[Fact] = []
    first = True
    for place, token in enumerate(tokens):
        if token.kind == "span":
            facts += _span(token)
            continue
        plain = (
            token.kind == "word"
            and token.low not in _FACT_WORDS
            and token.text.islower()
            and token.low.isalpha()
        )
        if plain:
            first = False
            continue
        fact = _simple(token)
        if fact is None and token.kind == "number":
            fact = None if _list_number(tokens, place) or _year(tokens, place) else _digits(tokens, place)
        elif fact is None and token.kind == "word":
            fact = (
                _date(tokens, place)
                or _environment(tokens, place)
                or _side(tokens, place)
                or _word_number(tokens, place)
                or _name(tokens, place, first)
            )
        if fact is not None:
            facts.append(fact)
        ends = token.low in ".!?:;" or (token.kind == "url" and token.text[-1] in ".!?")
        first = token.kind == "newline" or ends or (first and token.kind != "word")
    return _days_of_months(_shared_units(facts, tokens))


def _span(token: Token) -> list[Fact]:
    """Read "3h10" as three hours and ten minutes."""
    hours, minutes = (int(part) for part in re.findall(r"\d+", token.low))
    return [
        Fact("number", _figure(value), token.start, token.end, float(value), "time")
        for value in (hours * 3600, minutes * 60)
    ]


_SPAN_JOINS = frozenset({"to", "->", "→", "insteadof", "not"})


def _factor(fact: Fact, tokens: dict[int, Token]) -> float | None:
    """Return what one of a figure's units is: a thousandth for "310 ms"."""
    shown = re.match(r"[\d,]*\.?\d+", tokens[fact.start].low) if fact.start in tokens else None
    bare = float(shown[0].replace(",", "")) if shown else 0.0
    return fact.number / bare if fact.number and bare else None


def _shared_units(facts: list[Fact], tokens: list[Token]) -> list[Fact]:
    """Give one of two figures the unit that is only told of the other: "from 480 to 310 ms", "9 minutes instead of 4"."""
    by_start = {token.start: token for token in tokens}
    for place, (one, other) in enumerate(itertools.pairwise(facts)):
        if one.kind != "number" or other.kind != "number" or (one.unit is None) == (other.unit is None):
            continue
        known, bare = (other, one) if one.unit is None else (one, other)
        if (
            known.unit not in ("time", "bytes", "percent")
            or bare.number is None
            or bare.nouns[:1] == ("time",)
        ):
            continue
        between = [token.low for token in tokens if one.end <= token.start < other.start]
        factor = _factor(known, by_start)
        if len(between) != 1 or between[0] not in _SPAN_JOINS or factor is None:
            continue
        value = bare.number * factor
        facts[place if bare is one else place + 1] = replace(
            bare, value=_figure(value), number=value, unit=known.unit
        )
    return facts


def _days_of_months(facts: list[Fact]) -> list[Fact]:
    """Read a day without its month as one of the month that stands before it: "from 12 March to the 19th"."""
    month = ""
    for place, fact in enumerate(facts):
        if fact.kind == "date" and "/" in fact.value:
            month = fact.value.split("/")[0]
        elif month and fact.kind == "number" and fact.unit == "day of month":
            facts[place] = Fact("date", f"{month}/{fact.value}", fact.start, fact.end)
    return facts


def _list_number(tokens: list[Token], place: int) -> bool:
    starts = place == 0 or tokens[place - 1].kind == "newline"
    return starts and place + 1 < len(tokens) and tokens[place + 1].low in (".", ")")

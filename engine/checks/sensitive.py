"""Personal and secret data in a text: found by shape, confirmed by arithmetic or context, told without repeating it."""

import functools
import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import re2

from engine.checks.credentials import CREDENTIALS
from engine.checks.plain import folded, original_span
from engine.checks.stems import word_set
from engine.types import Finding, Severity, Verdict

# The spaces of formatted numbers; a line break never belongs to one.
_CARD_CONTEXT = re.compile(
    r"(?i)\b(?:card|visa|master ?card|amex|credit|debit|cc|payment|pan|maestro|discover|cvv|cvc|exp)\b"
)
_ID_CONTEXT = re.compile(
    r"(?i)(?:\b(?:order|invoice|tracking|ticket|ref|reference|request|serial|imei|trace|account id|transaction|txn|build|run|job|id|uuid|isbn|ean|sku)\b(?: ?(?:no|nr|number|id|is))?\.?[ :#=]*|[#/=_])$"
)
_VERSION_CONTEXT = re.compile(
    r"(?i)(?:\b(?:version|ver|v|release|kernel|build|driver|firmware|upgrade[sd]? to|update[sd]? to|chrome|linux|image|package)\b[^0-9]{0,20}|[-_/~+=<>v:]|\d\.)$"
)

_CARD_SHAPES = (
    re.compile(r"4\d{12}(?:\d{3}){0,2}"),
    re.compile(r"(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"),
    re.compile(r"3[47]\d{13}"),
    re.compile(r"(?:6011|64[4-9]\d|65\d{2})\d{12,15}"),
    re.compile(r"3(?:0[0-5]|[689]\d)\d{11}"),
    re.compile(r"35(?:2[89]|[3-8]\d)\d{12}"),
    re.compile(r"62\d{14,17}"),
    re.compile(r"(?:50|5[6-8]|6[0-9])\d{10,17}"),
    re.compile(r"220[0-4]\d{12}"),
)
"""Issuer identification numbers: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir."""
_MAESTRO = _CARD_SHAPES[7]

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24,
    "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip

_NOT_A_PASSWORD = word_set(
    "a about again all also always an and any anymore are as ask asked asking at auth based be because been being better blank broken but by "
    "can cannot case changed check checking compromised confirmed correct correctly currently disabled displayed dialog done empty encrypted "
    "enabled entered entry exactly exposed expired expires expiry failed failing fails field fields fine for forgotten form from generated "
    "given going gone good hard hashed hashing hidden hint if ignored in incorrect input invalid irrelevant it its just known leaked leaking "
    "length less less likely link located long lost manager managers masked match matches matching mandatory minimum mismatch missing needed "
    "needs never new no none normal not nothing now null of off ok okay old on only optional or page passed policy policies probably prompt "
    "protected protection random really recovery removed required reset resets resetting right rotated rotation same saved secure secured "
    "sent set settings shared short should shown shows simple so something static still stored strength strong stronger supposed temporary "
    "that the their there they this to too typed undefined under unchanged unknown updated used useless user valid validated validation "
    "validator very visible wasn't weak what when where which with without working works wrong yes yet you your "
    "authentication login through fail pass test tests string flow rules screen box prompts wise less-login"
)
_PREDICATE_ENDING = re.compile(r"(?:ed|ing|ly|able|ible|ous|ful|less|ive)$", re.IGNORECASE)
_MASK = re.compile(
    r"^(?:[*x.•_?#-]+|<.*>?|\$\{?.*|\{\{?.*|%.*|\[.*|process\.env.*|os\.environ.*|env[.(\[].*|vault:.*|secretref.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of sensitive data: what it looks like, what confirms it, and what the guard does about it."""

    name: str
    title: str
    pattern: str
    action: Verdict
    confirm: Callable[[str, "re.Match[str]"], bool] | None = None


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A place that holds sensitive data; offsets are in the original text."""

    name: str
    title: str
    action: Verdict
    start: int
    end: int


def luhn(digits: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char)
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def iban(text: str) -> bool:
    """Check country, length and check digits of an account number (ISO 13616, mod 97)."""
    compact = text.replace(" ", "").upper()
    if _IBAN_LENGTHS.get(compact[:2]) != len(compact):
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def _card(text: str, match: "re.Match[str]") -> bool:
    digits = re.sub(r"\D", "", match[1])
    if len(set(digits)) < 2 or not luhn(digits):
        return False
    shape = next((shape for shape in _CARD_SHAPES if shape.fullmatch(digits)), None)
    if shape is None:
        return False
    before = text[max(0, match.start(1) - 60) : match.start(1)]
    told = (
        _CARD_CONTEXT.search(before) is not None
        or _CARD_CONTEXT.search(text[match.end(1) : match.end(1) + 30]) is not None
    )
    if told:
        return True
    return shape is not _MAESTRO and _ID_CONTEXT.search(before) is None


def _iban(text: str, match: "re.Match[str]") -> bool:
    return iban(match[1])


def _ssn(text: str, match: "re.Match[str]") -> bool:
    digits = re.sub(r"\D", "", match[1] or match[2])
    return not (
        digits[:3] in {"000", "666"} or digits[0] == "9" or digits[3:5] == "00" or digits[5:] == "0000"
    )


def _phone(text: str, match: "re.Match[str]") -> bool:
    digits = re.sub(r"\D", "", match[match.lastindex or 1])
    if not 7 <= len(digits) <= 15:
        return False
    if match[1] is None:
        return True
    before = text[max(0, match.start(1) - 40) : match.start(1)]
    if match[1].startswith("+"):
        return len(digits) >= 9
    return (
        re.fullmatch(r"(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}[2-9]\d{2}[ .-]\d{4}", match[1]) is not None
        and _ID_CONTEXT.search(before) is None
    )


def _address(text: str, match: "re.Match[str]") -> bool:
    octets = [int(octet) for octet in match[1].split(".")]
    if (
        any(octet > 255 for octet in octets)
        or octets[0] in {0, 10, 127, 255}
        or octets[0] >= 224
        or octets[3] == 0
    ):
        return False
    if (
        octets[:2] in ([192, 168], [169, 254])
        or (octets[0] == 172 and 16 <= octets[1] <= 31)
        or len(set(octets)) == 1
    ):
        return False
    if match[1] in {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"} or max(octets) < 20:
        return False
    return _VERSION_CONTEXT.search(text[max(0, match.start(1) - 30) : match.start(1)]) is None


_SOMEBODY = word_set(
    "youremail your.email your-email your_email email user username name you me someone foo bar xxx test"
)


_SOMEBODY = word_set(
    "youremail your.email your-email your_email email user username name you me someone foo bar xxx test"
)


def _email(text: str, match: "re.Match[str]") -> bool:
    local, domain = match[1].lower().rsplit("@", 1)
    before, after = text[: match.start(1)], text[match.end(1) : match.end(1) + 2]
    if local in {"git", "noreply", "no-reply", "donotreply"} or before.endswith(("//", "#")):
        return False
    if local in _SOMEBODY and domain.startswith(("test.", "example.")):
        return False
    return not (after[:1] in (":", "/") and after[1:].strip())


def _entropy(value: str) -> float:
    return -sum(n / len(value) * math.log2(n / len(value)) for n in map(value.count, set(value)))


def _assigned(text: str, match: "re.Match[str]") -> bool:
    value = match[1]
    if _MASK.match(value) or not re.search(r"\d", value) or not re.search(r"[A-Za-z]", value):
        return False
    if "/" in value and re.search(r"[a-z]{3,}/[a-z]{3,}", value):
        return False
    words = re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{5,}", value)
    return _entropy(value) > 3.2 and sum(map(len, words)) < len(value) * 0.8 and "://" not in value


def _password(text: str, match: "re.Match[str]") -> bool:
    separator, quoted, value = match[1].strip().lower(), match[2], match[3]
    value = value.rstrip(".,;:!?)") or value
    if len(value) < 4 or _MASK.match(value) or value.lower() in _NOT_A_PASSWORD:
        return False
    if quoted or (separator in {":", "="} and (len(value) > 5 or not value.isalpha())):
        return not (value.isalpha() and _PREDICATE_ENDING.search(value)) or bool(quoted)
    if not value.isalpha() and not re.fullmatch(r"[A-Za-z]+(?:['/-][A-Za-z]+)+", value):
        return not re.fullmatch(r"[\d.,]+(?:%|s|ms|h|d|th|chars?|characters|digits|days|hours)?", value) or (
            value.isdigit() and len(value) >= 6
        )
    rest = text[match.end(3) :].lstrip(" .,!;)\"'")
    return (
        separator in {"is", "was"}
        and not _PREDICATE_ENDING.search(value)
        and (not rest or rest[0] == "\n")
        and match.start() > 0
        and len(value) >= 6
    )


def _login(text: str, match: "re.Match[str]") -> bool:
    password = match[1]
    return not _MASK.match(password) and password.lower() not in {
        "password",
        "pass",
        "pw",
        "pwd",
        "secret",
        "xxx",
    }


_PASSWORD_WORD = (
    r"(?:pass ?word|passwd|pass ?phrase|pass ?code|pwd|pw|pass|passwort|kennwort|contrase\xf1a|mot de passe)"  # noqa: S105 - the word, not one
)

SHAPES: tuple[Shape, ...] = (
    *(
        Shape(one.name, one.title, one.pattern, Verdict.BLOCK, _assigned if one.name == "assigned-secret" else None)
        for one in CREDENTIALS
    ),
    Shape("login-url", "a password in an address", r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@<>\"'`]{0,64}:([^\s/@<>\"'`]{2,128})@[A-Za-z0-9\[]", Verdict.REDACT, _login),
    Shape("connection-string", "a password in a connection string", r"(?i)(?:server|data source|host|user id|uid|database|dsn)=[^;\n]{1,80};.{0,120}?\b(?:password|pwd)=([^;\s\"']{3,})", Verdict.REDACT, _login),
    Shape(
        "password",
        "a password",
        r"(?i)\b" + _PASSWORD_WORD + r"(?:(?: for| of| to| on)(?: the| my| our)? [\w.@/-]{1,40}(?: [\w.@/-]{1,30})?)?(?: again| now)?(\s{0,2}[:=]{1,2}|\s{1,2}(?:is|was|ist|to|es|est|->)\b)\s{0,3}(?:now |still |set to )?(['\"`]?)([^\s'\"`]{4,64})",
        Verdict.REDACT,
        _password,
    ),
    Shape("card", "a card number", r"(?:^|[^\w.,-])(\d(?:[ -]?\d){11,18})(?:$|[^\w-])", Verdict.REDACT, _card),
    Shape("iban", "a bank account number", r"(?i)\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b", Verdict.REDACT, _iban),
    Shape("ssn", "a social security number", r"(?:^|[^\w.-])(\d{3}-\d{2}-\d{4})(?:$|[^\w-])|(?i:\b(?:ssn|social security(?: number| no\.?)?)\b[^0-9\n]{0,12})(\d{3}[ -]?\d{2}[ -]?\d{4})\b", Verdict.REDACT, _ssn),
    Shape(
        "phone",
        "a phone number",
        r"(?:^|[^\w.+-])(\+\d{1,3}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?\d(?:[ ./-]?\d){6,12}|(?:1[ .-])?\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]\d{4}|(?:1[ .-])?[2-9]\d{2}[.-][2-9]\d{2}[.-]\d{4})(?:$|[^\w-])|(?i:\b(?:phone|call|tel|telephone|mobile|cell|whatsapp|hotline|text me)\b)(?: (?:me|him|her|us|number|no|at|on|is|under))*[ .:=]{0,3}(\(?\+?0?\d(?:[ ./()-]{0,2}\d){6,13})\b",
        Verdict.REDACT,
        _phone,
    ),
    Shape("email", "an e-mail address", r"\b([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24})\b", Verdict.WARN, _email),
    Shape("ip-address", "an IP address", r"(?:^|[^\w.:/-]|//)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^\w.-]|\.(?:\s|$))", Verdict.WARN, _address),
)  # fmt: skip


@functools.cache
def _matchers() -> "tuple[re2.Set, tuple[re.Pattern[str], ...]]":
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    every = re2.Set.SearchSet(options)
    for shape in SHAPES:
        every.Add(shape.pattern)
    every.Compile()
    return every, tuple(re.compile(shape.pattern) for shape in SHAPES)


def _matches(text: str) -> Iterator[tuple[Shape, int, int]]:
    every, patterns = _matchers()
    for index in sorted(every.Match(text) or ()):
        shape = SHAPES[index]
        for match in patterns[index].finditer(text):
            if shape.confirm is None or shape.confirm(text, match):
                group = match.lastindex or 0
                yield shape, match.start(group), match.end(group)


def _allowed(address: str, domains: Collection[str]) -> bool:
    domain = address.rsplit("@", 1)[1].lower()
    return any(
        domain == allowed or domain.endswith("." + allowed)
        for allowed in (one.lower().lstrip("@.") for one in domains)
    )


def sensitive(text: str, allowed_domains: Collection[str] = ()) -> list[Sensitive]:
    """Return the places that hold sensitive data, in order, none overlapping; the surest kind wins a place."""
    plain, places = folded(text)
    taken: list[Sensitive] = []
    for shape, start, end in _matches(plain):
        if shape.name == "email" and _allowed(plain[start:end], allowed_domains):
            continue
        start, end = original_span(start, end, places)
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Sensitive(shape.name, shape.title, shape.action, start, end))
    return sorted(taken, key=lambda one: one.start)


def findings(text: str, allowed_domains: Collection[str] = ()) -> list[Finding]:
    """Tell each sensitive place of a draft as a finding; IP addresses warn, everything else is an error."""
    return [
        Finding(
            f"sensitive.{one.name}",
            Severity.WARNING if one.name == "ip-address" else Severity.ERROR,
            f"This looks like {one.title}.",
            one.start,
            one.end,
        )
        for one in sensitive(text, allowed_domains)
    ]

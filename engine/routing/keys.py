"""Issue keys in what people write: which words with a hyphen and a number name an issue, and which do not."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

_STANDARDS = """
    ascii cp latin koi euc ucs utf iso iec ieee ecma es pep jsr rfc bcp http https http2 quic h2 h3 sha md aes des rsa ecdsa hmac crc
    pbkdf tls ssl usb hdmi pci ddr lpddr wifi lte cve cwe ghsa capec owasp wcag fips nist soc din ansi iso isbn ean utc gmt est cet
    cest pst covid sars mp mpeg gpt claude llama gemini gemma qwen phi mistral dall bert gpl lgpl agpl mit bsd apache oauth ipv arm
    amd ryzen intel xeon macos php java jdk jre python ruby perl html css fy cw kw rev ver version rc pr mr sev prio
    q1 q2 q3 q4 h1 log4j top step phase part level day week section page tier eur usd gbp
    """
_ORDINARY = """
    top step section part page pages phase level day days week weeks month months year years hour hours minute minutes chapter item
    items line lines row rows column version versions room unit type class grade tier tiers zone area option plan test tests port
    channel sprint sprints release releases rc beta alpha build builds cluster host server servers worker workers pod pods replica
    shard node nodes db box slot lane round stage wave batch group team floor gate seat table figure fig appendix
    article clause question answer example exercise lesson lecture module unit volume issue ticket task bug story epic point points
    number no nr id size age over under sub pre post mid early late plus minus non re co from to between about around up down at in
    on by for of and or the a an than max min first last one two three four five six seven eight nine ten twenty thirty forty fifty
    sixty seventy eighty ninety jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august
    september october november december mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
    ubuntu debian fedora centos rhel alpine kernel linux windows macos android iphone ipad pixel galaxy boeing airbus apollo formula
    catch vitamin omega carbon uranium route highway ps xbox cuda driver nvidia radeon geforce gtx rtx rx gcc clang llvm glibc
    openjdk openssl postgres postgresql mysql redis mongo kafka nginx django rails spring react angular vue typescript east west
    north south central northeast southeast northwest southwest eth wlan enp usb tty loop disk sda sdb vol lib x86 amd64 arm64
    v1 v2 v3 v4 v5 v6 commit hash patch pr mr pull rule case scenario attempt try retry run job queue thread process cpu gpu
    word char byte bytes bit bits digit digits inch star stars player user users priority prio sev severity p s m l xl tls ssl
    """
_NOT_PROJECTS = frozenset(_STANDARDS.upper().split())
_WORDS = _NOT_PROJECTS | frozenset(_ORDINARY.upper().split())

_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"|]+")
_IN_URL = re.compile(
    r"(?i)(?:/browse/|[?&](?:selectedIssue|issueKey|issue|currentIssue)=|/issues/|/portal/\d+/)([A-Z][A-Z0-9_]{1,19}-[1-9]\d{0,6})(?![\w-])"
)
_KEY = re.compile(
    r"(?<![^\W_])(?<![@%$-])(?<!(?<!\.)\.)([A-Za-z][A-Za-z0-9_]{1,19})-([1-9]\d{0,6})(?![^\W_]|[%°]|[.,:]\d|-\d)"
)
_MORE_SLASHED = re.compile(r"(?:/([1-9]\d{0,6}))+(?![\w./%-])")
_MORE_LISTED = re.compile(
    r"(?i)((?:\s*,\s*[1-9]\d{0,6}\b)*)\s*,?\s*(?:and|und|&|\+)\s*([1-9]\d{0,6})"
    r"(?=\s*(?:$|[\n.!?:;,)](?!\d)|(?:are|is|were|both|all|done|finished|completed?|closed|resolved|to|as|please|sind|fertig|erledigt)\b))"
)


class Named(NamedTuple):
    """One place of a text that names issues (several for a list such as PAY-1/2), or a link that names none."""

    start: int
    end: int
    keys: tuple[str, ...]


def named(text: str, projects: Collection[str] | None = None) -> list[Named]:
    """Find the issues and links of a plain text, in order.

    With ``projects`` a key counts only if its project is one of them; without, unless it is a standard, a version or an
    ordinary compound.
    """
    if "-" not in text and "://" not in text:
        return []
    known = None if projects is None else _upper(tuple(projects))
    if "://" not in text:
        return list(_keys(text, 0, len(text), known))
    found: list[Named] = []
    at = 0
    for link in _URL.finditer(text):
        found += _keys(text, at, link.start(), known)
        url = link[0].rstrip(".,;:!?)'*_")
        keys = tuple(dict.fromkeys(key.upper() for key in _IN_URL.findall(url) if _in_url(key, known)))
        found.append(Named(link.start(), link.start() + len(url), keys))
        at = link.start() + len(url)
    found += _keys(text, at, len(text), known)
    return found


@lru_cache(maxsize=256)
def _upper(projects: tuple[str, ...]) -> frozenset[str]:
    return frozenset(project.upper() for project in projects)


def _in_url(key: str, known: frozenset[str] | None) -> bool:
    return known is None or key.rpartition("-")[0].upper() in known


def _keys(text: str, start: int, end: int, known: frozenset[str] | None) -> Iterator[Named]:
    at = start
    last = -2
    while match := _KEY.search(text, at, end):
        at = match.end()
        if not _counts(match, known, listed=last == match.start() - 1):
            continue
        numbers = [match[2]]
        if text[at : at + 1] == "/" and (more := _MORE_SLASHED.match(text, at, end)):
            numbers += more[0][1:].split("/")
            at = more.end()
        elif more := _MORE_LISTED.match(text, at, end):
            numbers += re.findall(r"\d+", more[0])
            at = more.end()
        last = at
        yield Named(match.start(), at, tuple(f"{match[1].upper()}-{number}" for number in numbers))


def _counts(match: re.Match[str], known: frozenset[str] | None, *, listed: bool) -> bool:
    project = match[1]
    if known is not None:
        return project.upper() in known
    if project.isupper():
        return project not in _NOT_PROJECTS
    text = match.string
    # In small letters only a free-standing word is plausible: neither a path (or branch) nor a longer compound.
    if text[match.end() : match.end() + 1] == "-" or (
        match.start() and text[match.start() - 1] in "/#" and not listed
    ):
        return False
    return project.upper() not in _WORDS and len(project) <= 10 and "_" not in project

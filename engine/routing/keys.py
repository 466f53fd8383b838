"""Issue keys in what people write: which words with a hyphen and a number name an issue, and which do not."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

_STANDARDS = """
    ascii latin koi euc ucs utf iso iec ieee ecma pep jsr rfc bcp http https http2 quic h2 h3 sha aes rsa ecdsa hmac crc
    pbkdf tls ssl usb hdmi ddr lpddr wifi lte cve cwe ghsa capec owasp wcag fips nist din ansi isbn ean
    covid sars mpeg gpt claude llama gemini gemma qwen mistral dall gpl lgpl agpl bsd apache oauth ipv
    ryzen xeon macos jdk jre rev ver version rc pr mr
    q1 q2 q3 q4 h1 log4j top step section page eur usd gbp
    """
"""What nobody calls a project of theirs: whatever number follows, it is no issue."""
_NUMBERED = """
    es 3 5 6 7 8 2015-2039 | md 2 4 5 | mp 3 4 | cp 437 850 852 866 932 936 949 950 1250-1258 | soc 1 2 3 | pci 1-4
    | utc 1-14 | gmt 1-14 | est 1-14 | cet 1-14 | cest 1-14 | cst 1-14 | pst 1-14 | fy 1-99 2015-2039 | cw 1-53 | kw 1-53 | sev 1-5 | prio 1-5
    | html 4 5 | css 1-4 | php 4-8 | java 5-30 | python 2 3 | ruby 1-3 | perl 5 6 | arm 6-9 32 64 | amd 64 | phi 1-4 | intel 3-9 | des
    | phase 1-9 | part 1-9 | level 1-9 | day 1-31 | week 1-53 | tier 1-4
    """
"""What is a version or a size by its number, and else may well be a project (CSS-3, but CSS-77)."""
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


def _spans(said: str) -> tuple[str, tuple[range, ...]]:
    name, *numbers = said.split()
    bounds = [span.partition("-") for span in numbers]
    return name.upper(), tuple(range(int(low), int(high or low) + 1) for low, _, high in bounds)


_VERSIONS = dict(map(_spans, _NUMBERED.split("|")))
_CIPHER = re.compile(r"(?i)(?:[ -]bits?)?\s+(?:en|de)crypt|\s+cipher")
"""What makes a cipher of DES, which is a project of designers elsewhere."""
_RUNNING = re.compile(r"\b(?:on|under|for|with|running|to|from|in)\s$")
"""What stands before a platform with its version in small letters: "crashes on ios-17"."""

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
    name = project.upper()
    if known is not None:
        return name in known
    if name in _NOT_PROJECTS or (name in _VERSIONS and _is_version(match)):
        return False
    if project.isupper():
        return True
    text = match.string
    # In small letters only a free-standing word is plausible: neither a path (or branch) nor a longer compound.
    if text[match.end() : match.end() + 1] == "-" or (
        match.start()
        and text[match.start() - 1] in "/#"
        and not (listed or text.endswith(("w/", "W/"), 0, match.start()))
    ):
        return False
    # iOS-17 and macOS-14 are written as their makers do; what is typed in a hurry is small or has a capital first.
    if project[0].islower() and not project.islower():
        return False
    if name == "IOS" and _RUNNING.search(text, 0, match.start()):
        return False
    return name not in _WORDS and len(project) <= 10 and "_" not in project


def _is_version(match: re.Match[str]) -> bool:
    number = int(match[2])
    return any(number in span for span in _VERSIONS[match[1].upper()]) or (
        match[1].upper() == "DES" and _CIPHER.match(match.string, match.end()) is not None
    )

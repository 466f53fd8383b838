"""Things of one kind that exclude each other: a draft that names another than its update has changed what it is about."""

import itertools

from engine.checks.matching import Comparison
from engine.checks.stems import stem
from engine.checks.tokens import Token

_KINDS = """
tablet phone desktop laptop smartwatch kiosk
draft final
double triple quadruple halve
germany austria switzerland france spain italy portugal netherlands belgium poland sweden norway denmark finland ireland canada mexico brazil japan china india australia greece turkey hungary czechia romania
ipad iphone macbook
compliance legal finance marketing sales hr procurement engineering security operations design controlling logistics
folder wiki inbox
order arrive
pause cancel
postpone cancel
csv pdf xml json xlsx yaml docx
read write
input output
frontend backend
header footer
morning afternoon evening
import export
upload download
login logout signup
daily weekly monthly quarterly yearly hourly
unit integration e2e
request response
inbound outbound
incoming outgoing
north south east west
northern southern eastern western
encrypt decrypt
hire dismiss
buyer seller
sender recipient
landlord tenant
teacher student
doctor patient
employer employee
kitchen bathroom bedroom basement attic
breakfast lunch dinner
spring summer autumn winter
horizontal vertical
portrait landscape
row column
ascending descending
internal external
domestic international
wholesale retail
gross net
credit debit
cpu gpu
wifi ethernet bluetooth
invoice quote receipt
alpha beta gamma
red blue green yellow orange purple
front rear
inside outside
upstairs downstairs
plaintiff defendant
major minor
mandatory optional
synchronous asynchronous
verbal written
budget invoice
sms email fax
truck van car bike
cat dog
coffee tea
video audio
scanner printer
keyboard mouse
monday tuesday wednesday thursday friday saturday sunday
male female
adult child
winter summer
landing checkout
parent child
primary secondary
encoder decoder
publisher subscriber
producer consumer
buyer supplier
weekday weekend
"""


def _kinds() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _KINDS.strip().splitlines():
        members = frozenset(map(stem, line.split()))
        for member in members:
            found[member] = found.get(member, frozenset()) | (members - {member})
    return found


_OTHERS = _kinds()
"""Stem -> the stems of other things of the same kind."""


def _displaced(both: Comparison, token: Token) -> str:
    """Return what the update names instead of a thing that it does not name, and the draft no longer does."""
    others = _OTHERS.get(token.stem)
    if not others or token.stem in both.update.stems or token.stem in both.context.stems:
        return ""
    if token.canon in both.update.canons and token.low not in ("final", "draft"):
        return ""
    return next((other for other in sorted(others & both.update.stems) if other not in both.draft.stems), "")


def _of_another_kind(both: Comparison) -> None:
    for token in both.draft.tokens:
        if token.kind not in ("word", "ident") or not (other := _displaced(both, token)):
            continue
        source = next(one for one in both.update.tokens if one.stem == other)
        both.error(
            "kind",
            f"The draft says “{both.said(token)}”; you wrote “{both.wrote(source)}”.",
            token.start,
            token.end,
        )
        return


def _joined(tokens: list[Token]) -> list[tuple[Token, Token]]:
    return [
        (one, other) for one, other in itertools.pairwise(tokens) if one.joined and other.start == one.end + 1
    ]


def _other_half(both: Comparison) -> None:
    """Find a name of two joined words of which one has changed: "eu-central" for "eu-west"."""
    theirs = _joined(both.draft.tokens)
    mine = _joined(both.update.tokens) if theirs else []
    for one, other in theirs:
        for first, second in mine:
            if (
                one.low == first.low
                and other.stem != second.stem
                and other.stem not in both.update.stems
                and second.stem not in both.draft.stems
            ):
                both.error(
                    "identifier-added",
                    f"The draft says “{one.text}-{other.text}”; you wrote “{first.text}-{second.text}”.",
                    one.start,
                    other.end,
                )
                return


def check(both: Comparison) -> None:
    """Compare things that exclude each other."""
    _of_another_kind(both)
    _other_half(both)

"""What models were asked, what it cost, and how much more may be asked: reserve before, settle after, count all."""

from engine.ledger.ledger import Call, Ledger, Outcome, Reservation, Told
from engine.ledger.limits import NANO, Amounts, Limit, LimitReached, Unit, Window, dollars

__all__ = [
    "NANO",
    "Amounts",
    "Call",
    "Ledger",
    "Limit",
    "LimitReached",
    "Outcome",
    "Reservation",
    "Told",
    "Unit",
    "Window",
    "dollars",
]

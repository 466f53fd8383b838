"""What models were asked, what it cost, and how much more may be asked: reserve before, settle after, count all."""

from engine.ledger.ledger import Call, Ledger, Outcome, Reservation, Told
from engine.ledger.limits import NANO, Amounts, Limit, LimitReached, Unit, Window, dollars, meter_of
from engine.ledger.tables import meters
from engine.ledger.usage import By, Use, UsePeriod, records, suggestions, usage

__all__ = [
    "NANO",
    "Amounts",
    "By",
    "Call",
    "Ledger",
    "Limit",
    "LimitReached",
    "Outcome",
    "Reservation",
    "Told",
    "Unit",
    "Use",
    "UsePeriod",
    "Window",
    "dollars",
    "meter_of",
    "meters",
    "records",
    "suggestions",
    "usage",
]

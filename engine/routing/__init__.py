"""What a message asks for, decided by rules: no model, no I/O, microseconds."""

from engine.routing.claims import claims_completion
from engine.routing.entities import entities
from engine.routing.lexicon import Lexicon
from engine.routing.markup import plain
from engine.routing.router import LEXICONS, lexicons_with, prepare, route
from engine.routing.rules import Reservation, Rule

__all__ = [
    "LEXICONS",
    "Lexicon",
    "Reservation",
    "Rule",
    "claims_completion",
    "entities",
    "lexicons_with",
    "plain",
    "prepare",
    "route",
]

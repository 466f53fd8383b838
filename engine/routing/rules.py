"""Rules as named data, each with the messages that prove it."""

from dataclasses import dataclass

from engine.types import Route


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One way of saying something, with the messages that prove it.

    ``notion`` is what such a message means; ``why`` tells the person. ``keyed`` rules hold only in a message that names an issue;
    ``bare`` ones name no work at all, so an acknowledgement ("ok, done") makes them an answer to somebody else; ``leaning`` ones
    hold only beside another claim of the same message.
    """

    name: str
    route: Route
    notion: str
    patterns: tuple[str, ...]
    why: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    keyed: bool = False
    bare: bool = False
    leaning: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """A notion that takes back, limits or moves away what a message seems to claim; none may stand in a completion.

    Those ``of_a_report`` come with any story of work, and leave the claim in it as it is.
    """

    name: str
    notion: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    of_a_report: bool = False

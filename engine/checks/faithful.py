"""Whether a draft says what the update says: no more, no less, nothing turned around."""

from engine.checks import (
    accounted,
    asserted,
    brought,
    enumerated,
    factual,
    figures,
    kinds,
    opposites,
    qualified,
    quantities,
    roles,
    tense,
)
from engine.checks.balance import weighed
from engine.checks.matching import Comparison
from engine.types import Finding


def _alike(both: Comparison) -> bool:
    """Tell whether both texts have the same words in the same order, whatever their case, marks and shorthand."""
    mine, theirs = (
        [token.low for token in reading.tokens if token.kind not in ("mark", "newline")]
        for reading in (both.update, both.draft)
    )
    return mine == theirs


def compare(update: str, draft: str, context: str = "") -> list[Finding]:
    """Return where a draft says more, less or other than the update; words of the context may be used."""
    both = Comparison(update, draft, context)
    if _alike(both):
        return []
    for part in (
        factual,
        enumerated,
        figures,
        asserted,
        opposites,
        qualified,
        accounted,
        roles,
        tense,
        brought,
        kinds,
        quantities,
    ):
        part.check(both)
    unique = {(finding.rule, finding.start, finding.end): finding for finding in reversed(weighed(both))}
    return sorted(unique.values(), key=lambda finding: (finding.start, finding.end, finding.rule))

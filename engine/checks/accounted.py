"""What of each text the other accounts for: words without any counterpart, statements dropped, statements put in."""

from engine.checks import lexicon as lx
from engine.checks.matching import Comparison, best
from engine.checks.sources import loose, weighs
from engine.checks.statements import Clause
from engine.checks.stems import word_set
from engine.checks.tokens import Token

_MOST = 40
"""So many words of a clause are looked through."""


def unsourced(clause: Clause, both: Comparison) -> list[Token]:
    """Return the words of a clause of the draft that neither the update nor the issue has in any form."""
    return [
        token
        for token in both.alien(clause)
        if token.start not in both.spelled and not loose(token, both.context)
    ]


def reworded(clause: Clause, both: Comparison, new: int = 1) -> bool:
    """Tell whether what the update says of the same has as many words that this does not take up, which it may reword."""
    spare = {
        token.stem
        for mine in best(clause, both.update)
        for token in mine.tokens
        if weighs(token)
        and token.stem not in both.draft.stems
        and token.canon not in both.draft.canons
        and token.stem not in lx.TOPIC_STEMS
    }
    return len(spare) >= new


def _lost(both: Comparison) -> None:
    """Find a statement of which the draft has nothing, neither in the same words nor in others."""
    spare = sum(len(both.alien(clause)) for clause in both.draft.clauses)
    for clause in both.update.clauses:
        if any(token.low in ("sorry", "sry", "apologies", "thanks") for token in clause.tokens):
            continue
        alien, words = both.alien(clause), both.words(clause)
        own = [token for token in alien if token.stem not in lx.FRAME]
        if own and len(alien) >= 2 and len(alien) >= 0.6 * len(words) and 2 * spare < len(alien):
            both.error("statement-lost", f"The draft leaves out “{both.wrote(clause)}”.", both.end, both.end)
            return
    _shortened(both)


def _shortened(both: Comparison) -> None:
    """Find that the draft is shorter by what it has no words for, and has no words of its own instead."""
    new = [token for clause in both.draft.clauses for token in both.alien(clause)]
    if any(token.stem not in lx.FRAME and token.start not in both.spelled for token in new):
        return
    lost = [
        token for clause in both.update.clauses for token in both.alien(clause) if token.stem not in lx.FRAME
    ]
    mine, theirs = (
        sum(len(both.words(clause)) for clause in reading.clauses) for reading in (both.update, both.draft)
    )
    fewer = mine - theirs
    if fewer >= 3 or (fewer == 2 and len(lost) >= 2):
        said = f", such as “{both.wrote(lost[0])}”" if lost else ""
        both.error(
            "statement-lost", f"The draft leaves out a part of what you wrote{said}.", both.end, both.end
        )


_RESTRICTS = word_set(
    "on in for with which that who than at from under over without where except when if once unless provided aslongas whenever until only while"
)
"""Words after which a thing narrows what is said."""


def _widened(both: Comparison) -> None:
    """Find that the draft has no word for what narrows a statement, and too few of its own that could say it."""
    new = sum(
        token.start not in both.spelled for clause in both.draft.clauses for token in both.alien(clause)
    )
    for clause in both.update.clauses:
        lost = [token for token in both.alien(clause) if token.stem not in lx.FRAME][:_MOST]
        if new and len(lost) <= 2 * new:
            continue
        for token in lost:
            if token.stem not in lx.POLES and not _RESTRICTS.isdisjoint(_before(clause, token)):
                both.error(
                    "restriction-lost",
                    f"The draft leaves out “{both.wrote(token)}”: you wrote “{both.wrote(clause)}”.",
                    both.end,
                    both.end,
                )
                return


def _causes(both: Comparison) -> None:
    """Find a cause of which the update has no word, and none that could stand for it."""
    spare = [
        token for clause in both.update.clauses for token in both.alien(clause) if token.stem not in lx.FRAME
    ]
    for clause in both.draft.clauses:
        if not any(token.low in ("because", "since", "caused") for token in clause.tokens[:4]):
            continue
        new = [token for token in unsourced(clause, both) if token.stem not in lx.FRAME]
        if len(new) >= 2 and len(new) >= 0.6 * len(both.words(clause)) and len(spare) < len(new):
            both.error(
                "cause-added",
                f"The draft gives a cause, “{both.said(clause)}”; you did not.",
                clause.start,
                clause.end,
            )
            return


def _before(clause: Clause, token: Token) -> list[str]:
    at = next(place for place, other in enumerate(clause.tokens) if other is token)
    return [other.low for other in clause.tokens[max(0, at - 3) : at]]


def _added(both: Comparison) -> None:
    """Find a statement of which the update has nothing."""
    spare = sum(len(both.alien(clause)) for clause in both.update.clauses)
    for clause in both.draft.clauses:
        alien, words = unsourced(clause, both), both.words(clause)
        own = [token for token in alien if token.stem not in lx.FRAME]
        if len(own) >= 3 and len(alien) >= 0.75 * len(words) and spare < len(alien):
            both.error(
                "statement-put",
                f"The draft says “{both.said(clause)}”; you wrote nothing like it.",
                clause.start,
                clause.end,
            )


def check(both: Comparison) -> None:
    """Compare which statements either text has."""
    _lost(both)
    _widened(both)
    _added(both)
    _causes(both)

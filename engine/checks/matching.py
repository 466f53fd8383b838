"""A draft beside its update: which clauses speak of the same, which words have a source."""

import functools
import itertools
from collections.abc import Iterable

from engine.checks import lexicon as lx
from engine.checks import named
from engine.checks.facts import Fact
from engine.checks.reading import read
from engine.checks.sources import loose, near, spelled, weighs
from engine.checks.statements import Clause, Event, Reading
from engine.checks.tokens import Token
from engine.types import Finding, Severity


class Comparison:
    """One draft beside its source; `findings` collects what differs."""

    def __init__(self, update: str, draft: str, context: str) -> None:
        self.update, self.draft = read(update), read(draft)
        self.context = read(context)
        self.findings: list[Finding] = []
        self.end = len(draft)
        self._additions: list[Token] | None = None

    @functools.cached_property
    def spelled(self) -> frozenset[int]:
        """Where words of the draft begin that spell out an abbreviation of the update."""
        return spelled(self.draft, self.update)

    @functools.cached_property
    def spare(self) -> frozenset[str]:
        """The stems of the update that the draft has in no form: what another word may reword."""
        return frozenset(
            token.stem
            for token in self.update.tokens
            if token.kind == "word"
            and token.stem not in self.draft.stems
            and (token.canon not in self.draft.canons or token.canon == token.stem)
        )

    @functools.cached_property
    def spare_canons(self) -> frozenset[str]:
        """The synonyms of these."""
        return frozenset(lx.GROUPS.get(base, base) for base in self.spare)

    def words(self, clause: Clause) -> list[Token]:
        """Return the words of a clause of either text that say something of their own."""
        return self._words[id(clause)][0]

    def alien(self, clause: Clause) -> list[Token]:
        """Return those of them for which the other text has no word, not even another."""
        return self._words[id(clause)][1]

    @functools.cached_property
    def _words(self) -> dict[int, tuple[list[Token], list[Token]]]:
        found = {}
        for here, there in ((self.update, self.draft), (self.draft, self.update)):
            for clause in here.clauses:
                words = [token for token in clause.tokens if weighs(token)]
                found[id(clause)] = words, [token for token in words if not loose(token, there)]
        return found

    def error(self, rule: str, message: str, start: int, end: int) -> None:
        """Record a contradiction or an invention."""
        self.findings.append(Finding(f"faithful.{rule}", Severity.ERROR, message, start, end))

    def warn(self, rule: str, message: str, start: int, end: int) -> None:
        """Record what rules cannot know."""
        self.findings.append(Finding(f"faithful.{rule}", Severity.WARNING, message, start, end))

    @property
    def added(self) -> list[Token]:
        """The content words of the draft without a source."""
        if self._additions is None:
            self._additions = additions(self)
        return self._additions

    def said(self, token: Token | Fact | Clause) -> str:
        """Quote the words of the draft."""
        return self.draft.text[token.start : token.end].strip()

    def wrote(self, token: Token | Fact | Clause) -> str:
        """Quote the words of the update."""
        return self.update.text[token.start : token.end].strip()


def overlap(one: Clause, other: Clause, without: str = "") -> float:
    """Weigh what two clauses have in common; words of the frame count less."""
    return sum(
        1.0 if canon not in lx.FRAME else 0.6
        for canon in one.content.keys() & other.content.keys()
        if canon != without
    )


def own_content(clause: Clause) -> frozenset[str]:
    """Return what a clause is about: its content without the frame and without its verbs of work."""
    if clause.own is None:
        clause.own = _own_content(clause)
    return clause.own


def _own_content(clause: Clause) -> frozenset[str]:
    return frozenset(
        canon
        for canon, token in clause.content.items()
        if canon not in lx.FRAME
        and token.stem not in lx.FRAME
        and token.low not in named.WEEKDAYS
        and token.low not in named.DAYS
    )


_COMMON = 40
"""A word that more statements share than this tells nothing about which is meant; it also bounds the work."""


def sharing(canons: Iterable[str], reading: Reading) -> list[Clause]:
    """Return the clauses that have one of these words, in order."""
    places = {place for canon in canons for place in reading.places.get(canon, ())[:_COMMON]}
    return [reading.clauses[place] for place in sorted(places)]


def best(clause: Clause, reading: Reading, least: float = 0.6) -> list[Clause]:
    """Return the clauses that speak of the same, best first; ties keep their order."""
    scores: dict[int, float] = {}
    for canon in clause.content:
        weight = 1.0 if canon not in lx.FRAME else 0.6
        for place in reading.places.get(canon, ())[:_COMMON]:
            scores[place] = scores.get(place, 0.0) + weight
    top = max(scores.values(), default=0.0)
    if top < least:
        return []
    least = max(least, top - 0.25)
    return [reading.clauses[place] for place in sorted(scores) if scores[place] >= least]


def state(event: Event) -> str:
    """Return done, doing, todo, not, refused (will not be done) or state (unsaid)."""
    if event.negated:
        return "refused" if event.status == "todo" and event.later else "not"
    return event.status


FITS = {
    "done": {"done", "state"},
    "part": {"done", "doing", "todo", "state", "not"},
    "doing": {"doing", "state", "todo", "not"},
    "todo": {"todo", "state", "not", "doing"},
    "not": {"not", "refused", "state", "todo"},
    "refused": {"refused", "not", "state"},
    "state": {"done", "doing", "todo", "not", "refused", "state"},
}


def fits(mine: str, theirs: str) -> bool:
    """Tell whether a draft may make this of a state in the update."""
    return theirs in FITS[mine]


def events(reading: Reading) -> list[tuple[Event, Clause]]:
    """Return all work that a text speaks of, with its clause."""
    return [(event, clause) for clause in reading.clauses for event in clause.events]


def outlook(clause: Clause) -> str:
    """Return how a clause leaves its things: done, doing, todo, not, refused or state (unsaid)."""
    if not clause.view:
        clause.view = "todo" if _asks(clause) else _outlook(clause)
    return clause.view


def _asks(clause: Clause) -> bool:
    """Tell whether somebody is asked to do it: "can someone raise the quota"."""
    lead = [token.low for token in clause.tokens[:2]]
    return lead[0] in ("can", "could") and lead[-1] in ("someone", "somebody", "anyone", "anybody", "you")


def _outlook(clause: Clause) -> str:
    lows = {token.low for token in clause.tokens}
    states = [state(event) for event in clause.events if not event.nominal]
    if "done" not in states and "by" in lows and _due(clause):
        return "todo"
    if "done" in states:
        return "doing" if _only_begun(clause) else "done"
    if "refused" in states:
        return "refused"
    if (
        lows & lx.NOMINAL_DOING
        or any(token.low == "working" and " " in token.text for token in clause.tokens)
        or "doing" in states
    ):
        return "doing"
    if (
        clause.future
        or "todo" in states
        or (lows & lx.WANTS and not _priced(clause))
        or (lows - ({"left"} & {clause.tokens[0].low}))
        & (lx.NOMINAL_TODO - {"open", "in", "due", "follow", "later", "goingto"})
    ):
        return "todo"
    if "missing" in lows and not states and (clause.tokens[-1].low == "missing" or "still" in lows):
        return "todo"
    if "not" in states or clause.denied or lows & lx.FAILING or _standing_open(clause, lows, states):
        return "not"
    if clause.header:
        return clause.header
    if not states and lows & {"later", "soon", "tomorrow", "next", "afterwards", "tonight"}:
        return "todo"
    if lows & {"done", "complete", "finished", "fixed", "merged"} or "done" in [
        state(event) for event in clause.events
    ]:
        return "done"
    return "state"


def _due(clause: Clause) -> bool:
    """Tell whether a day is a deadline here: "by Friday", "by the end of Monday"."""
    return any(
        token.low == "by"
        and any(
            one.low in named.WEEKDAYS or one.low in named.DAYS for one in clause.tokens[place + 1 : place + 5]
        )
        for place, token in enumerate(clause.tokens)
    )


def _priced(clause: Clause) -> bool:
    """Tell whether what is wanted is a price: "he wants 180 for it"."""
    return any(
        one.low in ("wants", "want", "wanted") and other.kind == "number"
        for one, other in itertools.pairwise(clause.tokens)
    )


def _standing_open(clause: Clause, lows: set[str], states: list[str]) -> bool:
    """Tell whether things are open, late or missing here: "ticket 88213 open"."""
    if clause.tokens[-1].low in ("open", "late", "overdue", "delayed", "missing") and not states:
        return not any(token.low in lx.IRREGULAR_PAST for token in clause.tokens)
    return "open" in lows and bool(
        lows & {"issues", "bugs", "tickets", "items", "findings", "tasks", "still"}
    )


def _only_begun(clause: Clause) -> bool:
    """Tell whether all that is done is a beginning: "started on the docs"."""
    done = [event for event in clause.events if not event.nominal and state(event) == "done"]
    for event in done:
        after = next((token.low for token in clause.tokens if token.start > event.token.start), "")
        begun = event.token.low in ("started", "began", "begun") and (
            after in ("on", "with", "to", "work", "working") or after.endswith("ing")
        )
        if not begun:
            return False
    return bool(done)


def repaired(clauses: list[Clause]) -> bool:
    """Tell whether trouble is spoken of that was mended: both sides are then said."""
    return any(
        event.canon in ("fix", "handle", "remove", "change", "investigate", "determine")
        for one in clauses
        for event in one.events
    )


def any_done(reading: Reading) -> bool:
    """Tell whether a text says of anything that it is done."""
    if reading.lows & lx.PAST_RESULTS and "not" not in reading.lows:
        return True
    return any(state(event) == "done" for event, _ in events(reading)) or any(
        outlook(clause) == "done" for clause in reading.clauses
    )


def known(base: str, canon: str, low: str, both: Comparison) -> bool:
    for reading in (both.update, both.context):
        if base in reading.stems or canon in reading.canons or low in reading.lows:
            return True
        if len(base) >= 4 and any(
            other.startswith(base) or base.startswith(other)
            for other in reading.heads.get(base[:4], ())[:_COMMON]
        ):
            return True
        if near(low, reading):
            return True
    return False


def additions(both: Comparison) -> list[Token]:
    """Return the content words of the draft without a source."""
    out = []
    for token in both.draft.tokens:
        if token.kind != "word" or token.low in lx.STOP or len(token.low) < 3 or token.low in lx.NEGATORS:
            continue
        if (
            token.stem in lx.FRAME
            or token.canon in lx.FRAME
            or known(token.stem, token.canon, token.low, both)
        ):
            continue
        out.append(token)
    return out

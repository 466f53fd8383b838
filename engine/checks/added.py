"""The words of a draft that have no source: what the card marks."""

from engine.checks import lexicon as lx
from engine.checks.facts import Fact
from engine.checks.factual import has
from engine.checks.matching import Comparison, known
from engine.checks.stems import stem, word_set
from engine.checks.tokens import Token

_GLUE = frozenset(
    map(
        stem,
        word_set(
            "after before issue issues problem problems task ticket item items work working update updates status progress complete completed "
            "completion current remain remains remaining pending outstanding follow following followed require required requires need needed "
            "able unable attempt attempted due reason cause caused because result resulting regarding related following made make take taken "
            "provide provided place perform performed conduct conducted carry carried available expect expected plan planned schedule scheduled "
            "await awaiting investigation investigating implement implemented implementation change changes appear appears find found identify "
            "identified observe observed experience occur occurring occurs exist existing confirm confirmed approximately total additional "
            "further another different other affected prior subsequently respectively instance case cases point part portion rest remainder "
            "ongoing start started begin began receive received request requested ask asked inform informed indicate include including "
            "includes contain use used using utilize via continue continues continued down decrease decreased increase increased blocker blockers "
            "done next none today yesterday individual person people user users team functionality function functioning properly correctly "
            "avoid decision time open opened value number apply applied set source maximum minimum environment environments without seem intend intended support usage behavior behaviour version job detail details spend spent limited reduce reduced reducing raise raised expectedto readyfor waitingon estimate estimated believe suggest suggested rather instead longer exclusively unaffected otherwise provided whether although"
        ),
    )
)
"""Words by which any report is put together; they claim nothing by themselves."""


def _sourced(token: Token, both: Comparison) -> bool:
    if token.low in lx.STOP or token.low in lx.HEDGES or token.low in lx.NEGATORS or len(token.low) < 3:
        return True
    if (token.stem in _GLUE and token.low != "performance") or known(
        token.stem, token.canon, token.low, both
    ):
        return True
    return bool(lx.RELATED.get(token.canon, frozenset()) & both.update.canons)


def _told(fact: Fact, both: Comparison) -> bool:
    """Tell whether a fact of the draft is one of the update, or a name that is only a word with a capital."""
    return fact.soft or fact.kind == "proper" or has(both.update, fact) or has(both.context, fact)


def additions(both: Comparison) -> list[tuple[int, int]]:
    """Return the places of all content words, names, figures and code of the draft without a source."""
    facts = [fact for fact in both.draft.facts if fact.kind != "proper"]
    covered = {place for fact in facts for place in range(fact.start, fact.end)}
    places = {(fact.start, fact.end) for fact in facts if not _told(fact, both)}
    places |= {
        (token.start, token.end)
        for token in both.draft.tokens
        if token.kind == "word" and token.start not in covered and not _sourced(token, both)
    }
    return sorted(places)

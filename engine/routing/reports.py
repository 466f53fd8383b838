"""Telling a report of work from the rest by weighing its words, where no grammar decides."""

from engine.routing.asking import ASKED, asked
from engine.routing.lexicon import Lexicon
from engine.routing.rules import Rule
from engine.types import Entities, Route

SENTENCE = 5
"""Words above which one sign of work is enough."""
RESUMING = frozenset(("not", "be", "have"))
"""What follows "could" or "should" where a silent "I" goes before and nothing is asked."""
STATEMENT = 50
"""Characters of words from which a statement is worth a comment whatever its words."""

TWO_SIGNS = Rule(
    name="rephrase.two-signs",
    route=Route.REPHRASE,
    notion="several words are words of work",
    patterns=(),
    why="Several words of work report something.",
    examples=("fixed the export and tested it with two customers", "deployed 2.3.1 to production"),
    counterexamples=("the email server is slow", "hello"),
)
SIGN_AND_KEY = Rule(
    name="rephrase.sign-and-key",
    route=Route.REPHRASE,
    notion="a word of work stands beside an issue",
    patterns=(),
    why="A word of work beside an issue reports something.",
    examples=("DEV-12 blocked by DEV-9", "DEV-12 tested", "DEV-12: 70% there"),
    counterexamples=("DEV-12",),
)
VERB = Rule(
    name="rephrase.verb",
    route=Route.REPHRASE,
    notion="it begins with what was done, as a report does",
    patterns=(),
    why="It begins with what was done, as a report does.",
    examples=("implementing dark mode for tablets", "chased the supplier again"),
    counterexamples=("tired of this", "working", "I got your email :)"),
)
NEWS = Rule(
    name="rephrase.news",
    route=Route.REPHRASE,
    notion="it ends with what happened, as a headline does",
    patterns=(),
    why="It ends with what happened, as news do.",
    examples=("budget for Q4 approved",),
    counterexamples=("I'm so tired", "who is being interviewed?"),
)
SENTENCE_OF_WORK = Rule(
    name="rephrase.sentence-of-work",
    route=Route.REPHRASE,
    notion="a whole sentence has a word of work",
    patterns=(),
    why="It is a whole sentence with a word of work.",
    examples=("the import handles large CSV and XLSX files",),
    counterexamples=("who broke the build?",),
)
STATEMENT_ON_ISSUE = Rule(
    name="rephrase.statement-on-issue",
    route=Route.REPHRASE,
    notion="something is stated about an issue",
    patterns=(),
    why="It states something about an issue.",
    examples=("DEV-12 is more than we can chew",),
    counterexamples=("thoughts on DEV-12?",),
)
LONG_STATEMENT = Rule(
    name="rephrase.statement",
    route=Route.REPHRASE,
    notion="a statement is long enough to be a comment",
    patterns=(),
    why="It is a statement long enough to be a comment.",
    examples=("Lena and Tom want all prices to stay the way they are until spring",),
    counterexamples=("good morning everyone, hope you all had a great weekend!",),
)
QUESTION = Rule(
    name="classify.question",
    route=Route.CLASSIFY,
    notion="something is asked or ordered that no rule knows",
    patterns=(),
    why="It is a question or an order that no rule knows.",
    examples=("who is on call?", "what can you do", "create a ticket for the login bug"),
)
REST = Rule(
    name="classify.rest",
    route=Route.CLASSIFY,
    notion="nothing says certainly what is asked",
    patterns=(),
    why="Nothing in it says certainly what is asked.",
    examples=("hello", "thanks!", "DEV-12", "the email server is slow"),
)
REPORTS = (
    *ASKED,
    QUESTION,
    TWO_SIGNS,
    SIGN_AND_KEY,
    VERB,
    NEWS,
    SENTENCE_OF_WORK,
    STATEMENT_ON_ISSUE,
    LONG_STATEMENT,
    REST,
)
"""In the order in which they are asked."""


def weighed(lexicon: Lexicon, tokens: list[str], present: frozenset[str], entities: Entities) -> Rule:
    """Return the first of `REPORTS` that holds for a message that neither claims nor requests anything."""
    if not present.isdisjoint(lexicon.small_talk):
        # Courtesy around a report is no part of it.
        tokens = lexicon.without_courtesy(tokens)
        present = frozenset(tokens)
    plain_words = [word for word in tokens if not word.isupper()]
    opening = next(
        (word for word in tokens if word == "KEY" or not (word.isupper() or word in lexicon.addresses)), ""
    )
    verb = next((word for word in plain_words if word not in lexicon.lead_ins), "")
    if figure := asked(lexicon, tokens, present, opening):
        return figure
    figures = bool(entities.versions) or any("%" in number for number in entities.numbers)
    signs = len(present & lexicon.signs) + figures + _acted(lexicon, plain_words)
    if (
        _asks(lexicon, tokens, opening)
        or (verb in lexicon.ordering and opening != "KEY")
        or ("QM" in present and signs < 2)
    ):
        return QUESTION
    if signs >= 2:
        return TWO_SIGNS
    if signs and entities.keys:
        return SIGN_AND_KEY
    least = 3 if verb in lexicon.light or verb not in lexicon.doing else 2
    answering = verb in lexicon.light and not present.isdisjoint(lexicon.hearers)
    if (not answering and lexicon.does(verb) and (len(plain_words) >= least or entities.keys)) or (
        lexicon.is_doing(verb) and len(plain_words) > 2 and verb not in lexicon.light
    ):
        return VERB
    if len(plain_words) > 2 and lexicon.does(plain_words[-1]) and present.isdisjoint(lexicon.small_talk):
        return NEWS
    talk = not present.isdisjoint(lexicon.small_talk)
    if signs and len(plain_words) > SENTENCE and not talk:
        return SENTENCE_OF_WORK
    if entities.keys and len(plain_words) > (1 if opening == "KEY" else 2):
        return STATEMENT_ON_ISSUE
    length = sum(len(word) + 1 for word in plain_words)
    return LONG_STATEMENT if length > STATEMENT and not talk else REST


def _asks(lexicon: Lexicon, tokens: list[str], opening: str) -> bool:
    """Say whether a message begins as a question does; "have uploaded it" and "will do it tonight" do not."""
    if opening not in lexicon.asking:
        return False
    following = tokens[tokens.index(opening) + 1 :]
    if not following or "QM" in tokens:
        return True
    silent = (
        following[0] in RESUMING if opening not in lexicon.lead_ins else following[0] not in lexicon.subjects
    )
    return not silent


def _acted(lexicon: Lexicon, plain_words: list[str]) -> bool:
    """Say whether some word that is no sign by itself is a verb of the past."""
    ending = lexicon.past_ending
    return any(
        word not in lexicon.signs and lexicon.does(word)
        for word in plain_words
        if word.endswith(ending) or word in lexicon.doing
    )

"""Telling by its words a question for figures, or an order for a mail, where no grammar foresaw the wording."""

from engine.routing.lexicon import Lexicon
from engine.routing.rules import Rule
from engine.types import Route

LONGEST = 40
"""Tokens above which a message tells a story rather than asks for a figure."""
SHORT = 9
"""Tokens below which a question need not name a time."""

PHRASE = Rule(
    name="productivity.phrase",
    route=Route.PRODUCTIVITY,
    notion="names nothing but a measure, whose it is and a period",
    patterns=(),
    why="It names a measure of work and nothing else.",
    examples=("sprint burndown chart, last 3 sprints", "team cycle time Q3 vs Q2"),
    counterexamples=("our velocity dropped", "sprint planning"),
)
MEASURE = Rule(
    name="productivity.measure",
    route=Route.PRODUCTIVITY,
    notion="asks for a measure of somebody's work",
    patterns=(),
    why="It asks for a measure of work.",
    examples=("show me the team's numbers for Q3", "could you chart our lead times since May?"),
    counterexamples=(
        "what does the kafka cluster do in throughput?",
        "can you explain what velocity means for a rocket server?",
    ),
)
ACHIEVEMENT = Rule(
    name="productivity.achievement",
    route=Route.PRODUCTIVITY,
    notion="asks how much, or which work, somebody got done",
    patterns=(),
    why="It asks what work got done.",
    examples=("who closed the most tickets this week?", "list everything I finished yesterday"),
    counterexamples=("did you close the tickets?", "have we finished the migration?"),
)
COMPARISON = Rule(
    name="productivity.comparison",
    route=Route.PRODUCTIVITY,
    notion="asks how somebody's work compares with another time or another team",
    patterns=(),
    why="It asks how work compares.",
    examples=("am I slower than last month?", "did we do better this sprint than the one before?"),
    counterexamples=("is it faster than before?", "are we faster with caching than without?"),
)
MAIL = Rule(
    name="email.ordered",
    route=Route.EMAIL,
    notion="orders something to be written, and a mail is what it becomes",
    patterns=(),
    why="It orders a mail to be written.",
    examples=(
        "turn this into an email: the launch moves to May",
        "compose email requesting access to the data room",
    ),
    counterexamples=("send email job fails on staging", "the mail server is down"),
)
ASKED = (MAIL, PHRASE, MEASURE, ACHIEVEMENT, COMPARISON)
"""In the order in which they are asked."""


def asked(lexicon: Lexicon, tokens: list[str], present: frozenset[str], opening: str) -> Rule | None:
    """Return the first of `ASKED` that holds for the words of a message; ``opening`` is the word it really begins with."""
    if len(tokens) > LONGEST or present.isdisjoint(lexicon.figurative):
        return None
    said = {name: not present.isdisjoint(words) for name, words in lexicon.figures.items()}
    order = next((word for word in tokens if word not in lexicon.figures["courting"]), "")
    if said["mail"] and order in lexicon.figures["writing"] and not said["mailing_machines"]:
        return MAIL
    if "KEY" in present:
        return None
    about = said["workers"] or said["times"]
    if present <= lexicon.figure_words and (
        said["measures"]
        or (said["loose_measures"] and about)
        or (said["achieving"] and said["times"] and _headed(lexicon, said, present, opening))
    ):
        return PHRASE
    ordered = order in lexicon.figures["showing"]
    short = len(tokens) < SHORT
    if not (ordered or opening in lexicon.asking or (short and "QM" in present)):
        return None
    if not said["machines"] and (
        said["measures"]
        or (
            said["loose_measures"]
            and (said["workers"] or (said["items"] and opening not in lexicon.figures["yes_or_no"]))
            and (said["times"] or short)
        )
    ):
        return MEASURE
    if said["achieving"] and _achieved(lexicon, said, opening, ordered=ordered):
        return ACHIEVEMENT
    dated = not lexicon.figures["times"].isdisjoint(tokens[1:3])
    if said["comparing"] and not said["machines"] and not said["planning"]:
        if said["times"] and (said["workers"] or ordered or dated):
            return COMPARISON
        if said["items"] and said["workers"] and opening in lexicon.asking:
            return COMPARISON
    return None


def _achieved(lexicon: Lexicon, said: dict[str, bool], opening: str, *, ordered: bool) -> bool:
    """Say whether a question about work that got done is for its amount: of a time, or compared, and not of a plan."""
    if said["comparing"] and said["items"]:
        return True
    if opening in lexicon.figures["manner"] and not said["comparing"]:
        return False
    if said["planning"] or (opening in lexicon.figures["yes_or_no"] and not ordered):
        return False
    return (said["workers"] and (said["times"] or (ordered and said["items"]))) or (
        said["times"] and not said["machines"]
    )


def _headed(lexicon: Lexicon, said: dict[str, bool], present: frozenset[str], opening: str) -> bool:
    """Say whether a phrase is the heading of a list ("tickets closed last week") and not a sentence or a note."""
    if "COLON" in present or (opening in lexicon.lead_ins and "QM" not in present):
        return False
    return said["comparing"] or (said["items"] and opening not in lexicon.doing)

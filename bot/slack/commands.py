"""What follows ``/updraft``: a subcommand, or free text that is treated as a message."""

import re
from dataclasses import dataclass

from engine import Choice, Route

SUBCOMMANDS = {
    "update": Route.REPHRASE,
    "done": Route.COMPLETION,
    "stats": Route.PRODUCTIVITY,
    "email": Route.EMAIL,
}
KEYS_ONLY = re.compile(r"(?:[A-Za-z][A-Za-z0-9_]{1,9}-\d+|https?://\S+|<https?://[^>]+>|,|;|and|&amp;|\s)*")
NEEDS_TEXT = {
    "update": "What happened? For instance `/updraft update fixed the login timeout in PAY-12`.",
    "email": "What should the e-mail say? For instance `/updraft email tell my manager that I am sick today`.",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command: what to take as a message, or what to answer at once."""

    text: str = ""
    choice: Choice | None = None
    help: bool = False
    refusal: str | None = None


def parse(text: str) -> Command:
    """Read what was typed after ``/updraft``."""
    text = text.strip()
    word, rest = (*text.split(maxsplit=1), "", "")[:2]
    word = word.lower()
    if word in ("", "help", "?"):
        return Command(help=True)
    route = SUBCOMMANDS.get(word)
    if route is None:
        return Command(text)
    if not rest and word in NEEDS_TEXT:
        return Command(refusal=NEEDS_TEXT[word])
    if word == "done" and not KEYS_ONLY.fullmatch(rest):
        # "done PAY-1 except the tests" is no order to move it: let the router judge the whole sentence.
        return Command(text)
    return Command(rest or word, Choice(route))

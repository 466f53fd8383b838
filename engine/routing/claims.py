"""Whether an update, beside its substance, says that the work is done: the card then offers to move the issue as well."""

import re

from engine.routing.markup import plain
from engine.routing.router import route
from engine.types import Route

BREAK = re.compile(
    r"[.;,!:\n]+\s*|\s+(?:by|and|after|with|via|using|now|so|including|incl|indem|und|durch)\s+",
    re.IGNORECASE,
)
OPEN = re.compile(
    r"n['’]t\b|\d\s?%|\b(?:not|no longer|never|still|yet|pending|todo|to do|remaining|remains|left|needs?|need to|waiting|"
    r"blocked|blocking|except|but|almost|nearly|half|partly|partially|mostly|will|going to|should|would|might|may|maybe|"
    r"probably|if|once|when|until|unless|hopefully|next|tomorrow|later|nicht|noch|fast|halb|bald|wenn)\b",
    re.IGNORECASE,
)


def claims_completion(text: str) -> bool:
    """Tell whether some clause is a completion by the router's own grammar, and no word anywhere leaves work open."""
    said = plain(text)
    if OPEN.search(said):
        return False
    return any(route(part).route is Route.COMPLETION for part in BREAK.split(said) if part.strip())

"""Say what a message means, by keyword sense, in the form that Updraft's classification asks for."""

import re
from typing import Any

_KEY = re.compile(r"\b[A-Za-z][A-Za-z0-9_]{1,9}-\d{1,7}\b")
_NOT_KEY = re.compile(r"(?:utf|sha|covid|iso|rfc|top|step|phase|gpt)-", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(today|yesterday|(?:this|last) (?:week|month|quarter|sprint|year)|last \d+ days|january|february|march|april|june|"
    r"july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"n't\b|\bnot\b|\bno\b|almost|nearly|mostly|half|\d+ ?%|\bexcept\b|\bbut\b|\bwill\b|\bwould\b|\bshould\b|\bby \w+day\b|"
    r"\bneed|\bonce\b|\bif\b|\bwhen\b|\bhope|\bmaybe\b|\bguess\b|\bthink\b|\bthought\b|\bsays?\b|\btold\b|\bsure\b|\bhow\b|\bwell done\b|"
    r"\bunfinished\b|\bincomplete\b|\bhardly\b|\bsick of\b|\bthese\b",
    re.IGNORECASE,
)
_SENSES: tuple[tuple[str, str, float], ...] = (
    ("productivity_query", r"\bproductiv|\bstats?\b|how many (?:tasks|issues|tickets|bugs)|completion rate|weekly|monthly|velocity|what did i (?:finish|get done|do)|my numbers|throughput", 0.9),
    ("email_request", r"\be-?mails?\b|\bmail (?:to|my|the)\b|sick leave|\bpto\b|vacation|letter to|write to (?:my|the)", 0.9),
    ("task_update", r"\bfix|\btest|\bdeploy|\bmerg|\bblock|\bwaiting\b|\bpending\b|\breview|\bimplement|\bworking on|\bstaging\b|\bproduction\b|\bbugs?\b|\bQA\b|\brefactor|\brolled? back|\binvestigat|\badded\b|\bupdated\b|\bprogress|\bshipped\b|\bcache\b|\bleft\b|\bdocs?\b", 0.85),
)  # fmt: skip
_DONE = re.compile(
    r"\b(?:done|finished|complete[d]?|closed?|resolved?|wrapped(?: it)? up|sorted|shipped|all set|in the bag)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:what|who|how|why|where|when|can you|could you|help|hi|hello|hey|thanks|thank you)\b",
    re.IGNORECASE,
)
_FRIENDLY = {
    "task_completion": "It sounds as if {what} is done. Shall I move it to Done?",
    "task_update": "That sounds like an update on {what}. Shall I draft a comment for Jira?",
    "productivity_query": "You would like some figures; let me look them up in Jira.",
    "email_request": "I can draft that e-mail for you.",
    "general_question": "I turn what you tell me into Jira updates: say what is done, how it is going, or ask for your figures or an e-mail.",
    "unclear": "I am not sure what you would like me to do. Is it an update, something finished, or a question?",
}


def classify(message: str) -> dict[str, Any]:
    """Return intent, confidence, a friendly sentence and what was found in the message."""
    keys = list(dict.fromkeys(key.upper() for key in _KEY.findall(message) if not _NOT_KEY.match(key)))
    period = _PERIOD.search(message)
    intent, confidence = _intent(message, bool(keys))
    what = " and ".join(keys) or "your work"
    return {
        "intent": intent,
        "confidence": confidence,
        "message": _FRIENDLY[intent].format(what=what),
        "extracted": {"keys": keys, "period": period[1].lower() if period else None},
    }


def _intent(message: str, keyed: bool) -> tuple[str, float]:
    senses = {name: weight for name, pattern, weight in _SENSES if re.search(pattern, message, re.IGNORECASE)}
    done, doubt = bool(_DONE.search(message)), bool(_DOUBT.search(message))
    question = bool(_QUESTION.search(message))
    for name in ("productivity_query", "email_request"):
        if name in senses:
            return name, senses[name]
    if done and not doubt and not question and "task_update" not in senses:
        return "task_completion", 0.9 if keyed else 0.82
    if question and (keyed or done):
        return "general_question", 0.6
    if "task_update" in senses:
        return "task_update", senses["task_update"] if not question else 0.55
    if done:
        return "task_update", 0.6
    if question:
        return "general_question", 0.9
    if keyed:
        return "task_update", 0.6
    return "unclear", 0.35 if len(message.split()) < 4 else 0.5

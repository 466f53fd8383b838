"""Write an e-mail from a request: known facts stay, unknown ones become [placeholders]."""

import re
from dataclasses import dataclass

from emulators.models.comment import restate, revise
from emulators.models.prompt import Prompt

_WHEN = re.compile(
    r"\b(today|tomorrow|this week|next week|(?:on |from |until |since )?(?:monday|tuesday|wednesday|thursday|friday)|"
    r"(?:on|from|between)\s+[\w .,/-]*?\d[\w .,/-]*?)(?=$|[.,;!?]|\s+(?:because|as|since|about|that)\b)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\bto\s+(?:my |the |our )?(manager|boss|lead|team|vendor|supplier|customer|client|hr|colleagues?|[A-Z]\w+)\b"
    r"|\be?-?mail\s+(?:my |the |our )(manager|boss|lead|team|vendor|supplier|customer|client)\b"
)
_ABOUT = re.compile(r"\b(?:about|regarding|concerning)\s+(.+?)[.!?]*$", re.IGNORECASE | re.DOTALL)
_THAT = re.compile(
    r"\b(?:that|saying|telling (?:them|him|her)(?: that)?)\s+(.+?)[.!?]*$", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail in its parts."""

    subject: str
    greeting: str
    body: str
    closing: str

    def text(self) -> str:
        """Return the whole e-mail as a model writes it."""
        return f"Subject: {self.subject}\n\n{self.greeting}\n\n{self.body}\n\n{self.closing}"


def write(prompt: Prompt) -> Email:
    """Return the e-mail that the request asks for."""
    request = prompt.data
    when = _WHEN.search(request)
    subject, body = _content(request, when[1] if when else "")
    email = Email(
        subject,
        f"Hi {_recipient(request, prompt.facts)},",
        body,
        f"Best regards,\n{_sender(prompt.facts)}",
    )
    if "instruction" in prompt.parts:
        email = Email(subject, email.greeting, revise(body, prompt.parts["instruction"]), email.closing)
    return email


def _sender(facts: dict[str, str]) -> str:
    return next((facts[name] for name in ("name", "person", "author") if name in facts), "[Your name]")


def _recipient(request: str, facts: dict[str, str]) -> str:
    match = _TO.search(request)
    whom = next((found for found in match.groups() if found), "") if match else ""
    known = {
        "manager": facts.get("manager", "[Manager's name]"),
        "team": "team",
        "hr": "HR team",
        "colleagues": "all",
        "colleague": "[Colleague's name]",
    }
    known["boss"] = known["lead"] = known["manager"]
    if whom in known:
        return known[whom]
    if whom[:1].isupper():
        return whom
    if whom:
        return f"[{whom.capitalize()}'s name]"
    leave = re.search(r"sick|leave|vacation|pto|holiday|day off", request, re.IGNORECASE)
    return known["manager"] if leave else "[Recipient's name]"


def _content(request: str, when: str) -> tuple[str, str]:
    lowered = request.lower()
    day = when or "[date]"
    if re.search(r"\b(sick|ill|unwell|flu|fever)\b", lowered):
        body = (
            f"I am writing to let you know that I am sick and will not be able to work {day if when else 'on [date]'}. "
            "I expect to be back on [expected date of return]. "
            "Please contact [colleague's name] about anything urgent in the meantime."
        )
        return f"Sick leave {day}".strip(), body
    if re.search(r"\b(vacation|pto|holiday|leave|day off|time off)\b", lowered):
        body = (
            f"I would like to request leave {when or 'from [start date] to [end date]'}. "
            "[Colleague's name] can cover for me while I am away. Please let me know whether you approve."
        )
        return f"Leave request {when or '[dates]'}", body
    return _general(request)


def _general(request: str) -> tuple[str, str]:
    about = _ABOUT.search(request)
    that = _THAT.search(request)
    if that:
        said = restate(that[1])
        subject = " ".join(re.split(r" because |[,.](?: |$)", said)[0].split()[:10])
        return (
            subject,
            f"I would like to let you know the following. {said}\n\nPlease let me know if you have any questions.",
        )
    topic = restate(re.sub(r"^(?:the|our|a|an)\s+", "", about[1])).rstrip(".") if about else "[Subject]"
    article = match[0] if about and (match := re.match(r"(?:the|our|a|an)\s+", about[1])) else ""
    inner = topic[0].lower() + topic[1:] if re.match(r"[A-Z][a-z]", topic) else topic
    body = (
        f"I am writing to you about {article}{inner}. [Add the details that the recipient needs, such as dates or reference numbers.]"
        "\n\nPlease let me know how you would like to proceed."
    )
    return topic, body

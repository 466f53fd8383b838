"""What a conversation asks for: the task its first line names and the texts between its tags."""

import re
from dataclasses import dataclass, field
from typing import Any

from emulators.models.shapes import text_of

KEY = re.compile(r"\b[A-Z][A-Z0-9_]{1,9}-\d{1,7}\b")
_TAG = re.compile(r"<(update|request|message|draft|instruction)>(.*?)</\1>", re.DOTALL)
_FACT = re.compile(
    r"^\W*(name|person|author|manager|department|role)\W*[:=]\s*(\S.{0,98}?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)

_ORDERING = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One conversation understood: ``parts`` are the texts by tag, ``facts`` what it says of the person, ``projects`` the
    prefixes of the issue keys it names."""

    task: str
    parts: dict[str, str]
    facts: dict[str, str] = field(default_factory=dict)
    projects: frozenset[str] = frozenset()
    asked: str = ""

    @property
    def data(self) -> str:
        """The person's own text."""
        given = (self.parts.get(tag) for tag in ("update", "request", "message"))
        return next((text for text in given if text is not None), self.asked)


def read(messages: list[dict[str, Any]]) -> Prompt:
    """Understand a conversation; later texts win over earlier ones."""
    first = next((text_of(one) for one in messages if one["role"] in _ORDERING), "")
    named = re.match(r"\s*Task:\s*(\w+)", first)
    # Instructions may speak of the tags; material stands in what the user sends.
    said = "\n".join(text_of(message) for message in messages if message["role"] not in _ORDERING)
    outside = f"{_TAG.sub('', said)}\n{first}"
    return Prompt(
        task=named[1].lower() if named else "",
        parts={tag: text.strip() for tag, text in _TAG.findall(said)},
        facts={name.lower(): value for name, value in _FACT.findall(outside)},
        projects=frozenset(key.rpartition("-")[0] for key in KEY.findall(said)),
        asked=next((text_of(one) for one in reversed(messages) if one["role"] == "user"), ""),
    )

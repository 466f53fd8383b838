"""The prompts that Updraft ships: our instructions as files, the person's words always as marked data.

The first line of each file names the task and its version. What a person wrote goes between tags that it cannot close: a tag
of ours inside the text is defused.
"""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from engine.models import Prompt

FOLDER = Path(__file__).parent
TAGS = re.compile(r"<(/?)(update|request|message|draft|instruction|issue|person)\b", re.IGNORECASE)


class Intent(StrEnum):
    """What an ambiguous message may be meant as."""

    COMPLETION = "task_completion"
    UPDATE = "task_update"
    PRODUCTIVITY = "productivity_query"
    EMAIL = "email_request"
    QUESTION = "general_question"
    UNCLEAR = "unclear"


class Extracted(BaseModel):
    """What a message names, as the model read it."""

    keys: list[str]
    period: str | None


class Classification(BaseModel):
    """What a model takes a message for, how surely (0-1), and a friendly sentence for the person."""

    intent: Intent
    confidence: float = Field(ge=0, le=1)
    message: str
    extracted: Extracted


def comment(update: str, *, issues: str, person: str, draft: str = "", instruction: str = "") -> Prompt:
    """Ask for a Jira comment out of a casual update; ``draft`` and ``instruction`` ask for another wording."""
    parts = [
        ("person", person),
        ("issue", issues),
        ("update", update),
        ("draft", draft),
        ("instruction", instruction),
    ]
    return _prompt("comment", parts, temperature=0.2)


def email(request: str, *, person: str, today: str, draft: str = "", instruction: str = "") -> Prompt:
    """Ask for an e-mail; ``person`` holds cleaned lines of who writes."""
    parts = [
        ("person", f"{person}\nToday: {today}"),
        ("request", request),
        ("draft", draft),
        ("instruction", instruction),
    ]
    return _prompt("email", parts, temperature=0.3)


def classify(message: str) -> Prompt:
    """Ask for the intent of an ambiguous message, to be answered as a Classification."""
    return _prompt("classify", [("message", message)], temperature=0.1, max_tokens=1000)


def _prompt(task: str, parts: list[tuple[str, str]], **rest: Any) -> Prompt:
    version, system = _template(task)
    user = "\n".join(f"<{tag}>\n{_defused(text)}\n</{tag}>" for tag, text in parts if text)
    return Prompt(task=task, version=version, system=system, user=user, **rest)


@cache
def _template(task: str) -> tuple[str, str]:
    text = (FOLDER / f"{task}.md").read_text()
    first, _, body = text.partition("\n")
    named = re.fullmatch(r"<!-- (\w+) (\d+\.\d+\.\d+) -->", first)
    if named is None or named[1] != task:
        raise ValueError(f"{task}.md must begin with its name and version")
    return named[2], body.strip()


def _defused(text: str) -> str:
    return TAGS.sub(r"<\1 \2", text)

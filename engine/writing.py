"""From a person's words to a checked draft: the model where there is one, the rules where there is not.

What must not leave the workspace is replaced before the model sees it and put back afterwards where that is safe. The same
question, asked again, is answered from the cache; a draft of low quality is never kept.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from engine import email, prompts
from engine.checks import added_words, check_comment, check_email, guard, restore
from engine.drafts import BY_RULES, DraftKind, Target
from engine.errors import ModelError
from engine.models import Cache, Model, Prompt
from engine.rephrase import rephrase
from engine.types import Checked, Guarded, Person

log = structlog.get_logger(__name__)

SEAM = "\n\x1e\n"
"""Joins texts; its middle is a control character that no text keeps on its way here."""
KEEP_DRAFTS = 24 * 3600.0
KEEP_INTENTS = 60 * 60.0
GOOD = 0.7
RULES_QUALITY = 0.6
KEPT_OUT = "What looks like a secret was kept out: “[redacted-…]” stands in its place."
BY_THE_RULES = "No language model answered, so plain rules tidied up your words. Please read them with care."
WITHHELD = "The summary of {key} reads like orders to a language model, so the model did not get it."
NOT_CONFIGURED = "No language model is configured, so plain rules tidied up your words."


@dataclass(frozen=True, slots=True)
class Written:
    """A draft's text, where it came from, and what the checks and the writer have to say of it.

    ``added`` are the places of words that have no source in the update or the issue. ``trusted`` is False where something that the
    model read looks like an attempt to steer it.
    """

    text: str
    source: str
    checked: Checked
    notes: tuple[str, ...] = ()
    added: tuple[tuple[int, int], ...] = ()
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """What a model takes an ambiguous message for; ``intent`` is one of prompts.INTENTS."""

    intent: str
    confidence: float
    sentence: str
    keys: tuple[str, ...]


class Writer:
    """Writes drafts and understands messages with one model, or with none."""

    def __init__(
        self, model: Model | None, *, allowed_domains: tuple[str, ...] = (), cache_size: int = 1000
    ) -> None:
        self.model, self.allowed_domains = model, allowed_domains
        self.cache: Cache[str] = Cache(cache_size)

    async def comment(
        self,
        person: Person,
        update: str,
        issues: tuple[Target, ...],
        *,
        draft: str = "",
        instruction: str = "",
    ) -> Written:
        """Write a Jira comment out of an update, by the rules where no model answers.

        ``draft`` and ``instruction`` ask for another wording of it; that only a model can find, so then ModelError is raised.
        """
        issues, notes = _without_orders(issues)
        context = _context(issues)
        (said, told, before, wish), guarded = self._redacted(update, _described(issues), draft, instruction)
        kept, withheld = _kept(update, said, guarded)

        def check(text: str, fallback: bool = False) -> Checked:
            return check_comment(
                kept, text, context=context, allowed_domains=self.allowed_domains, fallback=fallback
            )

        prompt = prompts.comment(said, issues=told, person=_about(person), draft=before, instruction=wish)
        try:
            text, source = await self._ask(
                person, prompt, check, guarded.secrets, fresh=bool(instruction or draft)
            )
        except ModelError as error:
            if draft:
                raise
            log.warning("rules answer", task="comment", error=str(error))
            text = rephrase(kept)
            note = NOT_CONFIGURED if self.model is None else BY_THE_RULES
            by_rules = replace(check(text, True), quality=RULES_QUALITY)
            return Written(text, BY_RULES, by_rules, (note, *withheld))
        added = tuple(added_words(kept, text, context))
        return Written(text, source, check(text), (*notes, *withheld), added, guarded.trusted)

    async def email(
        self,
        person: Person,
        request: str,
        now: datetime,
        *,
        draft: str = "",
        instruction: str = "",
    ) -> Written:
        """Write an e-mail; raises ModelError, for no rules can write one."""

        (said, before, wish), guarded = self._redacted(request, draft, instruction)
        kept, withheld = _kept(request, said, guarded)

        def check(text: str) -> Checked:
            return check_email(kept, text, context=_about(person), allowed_domains=self.allowed_domains)

        today = f"{now:%A, %-d %B %Y}"
        prompt = prompts.email(said, person=_about(person), today=today, draft=before, instruction=wish)
        text, source = await self._ask(
            person, prompt, check, guarded.secrets, fresh=bool(instruction or draft)
        )
        if not email.parse(text).subject:
            raise ModelError("The model did not write an e-mail with a subject. Please try again.")
        return Written(text, source, check(text), withheld, trusted=guarded.trusted)

    async def understand(self, person: Person, message: str) -> Understood:
        """Name the intent of an ambiguous message; raises ModelError."""
        (said,), _ = self._redacted(message)
        prompt = prompts.classify(said)
        text, _ = await self._ask(person, prompt, None, {}, keep=KEEP_INTENTS)
        try:
            return _understood(json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError("The model's answer does not have the shape that was asked for.") from error

    def check(self, kind: DraftKind, update: str, text: str, issues: tuple[Target, ...]) -> Checked:
        """Check a text that a person wrote over a draft."""
        (said,), guarded = self._redacted(update)
        kept, _ = _kept(update, said, guarded)
        if kind is DraftKind.EMAIL:
            return check_email(kept, text, allowed_domains=self.allowed_domains)
        context = _context(_without_orders(issues)[0])
        return check_comment(kept, text, context=context, allowed_domains=self.allowed_domains)

    def _redacted(self, *texts: str) -> tuple[list[str], Guarded]:
        """Take what must not leave out of all that a model will read, with one placeholder for one value everywhere."""
        whole = guard(
            SEAM.join(text.replace(SEAM, " ") for text in texts), allowed_domains=self.allowed_domains
        )
        return whole.redacted.split(SEAM), whole

    async def _ask(
        self,
        person: Person,
        prompt: Prompt,
        check: Callable[[str], Checked] | None,
        secrets: Mapping[str, str],
        *,
        fresh: bool = False,
        keep: float = KEEP_DRAFTS,
    ) -> tuple[str, str]:
        """Return the model's text, secrets put back, and the model's name; ask the cache first unless ``fresh``."""
        model = self.model
        if model is None:
            raise ModelError("No language model is configured.")
        parts = {
            "model": model.name,
            "task": prompt.task,
            "version": prompt.version,
            "temperature": prompt.temperature,
        }
        key = self.cache.key(person.workspace, {**parts, "user": prompt.user, "schema": prompt.schema})

        async def ask() -> str:
            return (await model.complete(prompt)).text

        def worth(text: str) -> float:
            return keep if check is None or check(restore(text, secrets)).quality >= GOOD else 0.0

        make: Callable[[], Awaitable[str]] = ask
        text, _ = await self.cache.get(key, make, worth, fresh=fresh)
        return restore(text, secrets), model.name


def _without_orders(issues: tuple[Target, ...]) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Return the issues without the summaries that try to steer the model, and what the person is told of those.

    Many may write a summary; it must neither reach the model as an order nor excuse what the draft adds.
    """
    orders = {issue.key for issue in issues if not guard(issue.summary).trusted}
    harmless = tuple(replace(issue, summary="") if issue.key in orders else issue for issue in issues)
    return harmless, tuple(WITHHELD.format(key=key) for key in sorted(orders))


def _kept(text: str, redacted: str, guarded: Guarded) -> tuple[str, tuple[str, ...]]:
    """Return what of a text may stand in a draft, and a note where that is not all of it."""
    kept = restore(redacted, guarded.secrets)
    return kept, () if kept == text else (KEPT_OUT,)


def _described(issues: tuple[Target, ...]) -> str:
    """Return what the model may know of the issues."""
    return "\n".join(
        f"{issue.key} ({issue.type} in project {issue.key.rpartition('-')[0]}, {issue.status}): {issue.summary}"
        for issue in issues
    )


def _context(issues: tuple[Target, ...]) -> str:
    """Return the words that a draft may borrow from the issues; not the status, which would excuse a claim of completion."""
    return "\n".join(f"{issue.key}: {issue.summary}" for issue in issues)


def _about(person: Person) -> str:
    parts = {"Name": (person.name, 100), "Role": (person.title, 50)}
    return "\n".join(
        f"{label}: {email.clean(value, most)}" for label, (value, most) in parts.items() if value
    )


def _understood(raw: Mapping[str, Any]) -> Understood:
    intent, confidence = raw["intent"], float(raw["confidence"])
    if intent not in prompts.INTENTS or not 0 <= confidence <= 1:
        raise ValueError(f"intent {intent!r} with confidence {confidence}")
    keys = tuple(str(key).upper() for key in raw["extracted"]["keys"])
    return Understood(intent, confidence, str(raw["message"])[:500], keys)

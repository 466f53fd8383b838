"""From a person's words to a checked draft: the model where there is one, the rules where there is not.

What must not leave the workspace is replaced before the model sees it and put back afterwards where that is safe. The same
question, asked again, is answered from the cache; a draft of low quality is never kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from engine import email, prompts
from engine.checks import added_words, check_comment, check_email, essentials, guard, restore
from engine.drafts import BY_RULES, DraftKind, Target
from engine.errors import ModelError
from engine.gateway import Answer, Gateway, Near, NotConfigured, Question, SwitchedOff
from engine.ledger import LimitReached
from engine.prompts import Classification
from engine.rephrase import rephrase
from engine.types import Checked, Guarded, Person

log = structlog.get_logger(__name__)

SEAM = "\n\x1e\n"
"""Joins texts; its middle is a control character that no text keeps on its way here."""
RULES_QUALITY = 0.6
KEPT_OUT = "What looks like a secret was kept out: “[redacted-…]” stands in its place."
BY_THE_RULES = "No language model answered, so plain rules tidied up your words. Please read them with care."
WITHHELD = "The summary of {key} reads like orders to a language model, so the model did not get it."
NOT_CONFIGURED = "No language model is configured, so plain rules tidied up your words."
INSTEAD = "{reason} Plain rules tidied up your words instead; please read them with care."


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


class Writer:
    """Writes drafts and understands messages through the gateway."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        allowed_domains: tuple[str, ...] = (),
        good: float = 0.7,
        keep_drafts: float = 24 * 3600.0,
        keep_intents: float = 3600.0,
    ) -> None:
        """``good`` is the quality (0-1) that a draft needs to be kept; it is, as intents are, for so many seconds."""
        self.gateway, self.allowed_domains, self.good = gateway, allowed_domains, good
        self.keep_drafts, self.keep_intents = keep_drafts, keep_intents

    async def comment(
        self,
        person: Person,
        update: str,
        issues: tuple[Target, ...],
        *,
        draft: str = "",
        instruction: str = "",
        subject: str = "",
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

        question = Question(
            person,
            prompts.comment(said, issues=told, person=_about(person), draft=before, instruction=wish),
            keys=tuple(issue.key for issue in issues),
            subject=subject,
            worth=lambda text: check(restore(text, guarded.secrets)).quality >= self.good,
            keep=self.keep_drafts,
            fresh=bool(instruction or draft),
            near=self._near(said, f"{told}\n{_about(person)}", check) if not guarded.secrets else None,
        )
        try:
            answer = await self.gateway.ask(question)
        except ModelError as error:
            if draft:
                raise
            log.warning("rules answer", task="comment", error=str(error))
            text = rephrase(kept)
            by_rules = replace(check(text, True), quality=RULES_QUALITY)
            return Written(text, BY_RULES, by_rules, (_why_rules(error), *withheld))
        text = restore(answer.text, guarded.secrets)
        added = tuple(added_words(kept, text, context))
        return Written(
            text, answer.model, check(text), (*_way(answer), *notes, *withheld), added, guarded.trusted
        )

    async def email(
        self,
        person: Person,
        request: str,
        now: datetime,
        *,
        draft: str = "",
        instruction: str = "",
        subject: str = "",
    ) -> Written:
        """Write an e-mail; raises ModelError, for no rules can write one."""

        (said, before, wish), guarded = self._redacted(request, draft, instruction)
        kept, withheld = _kept(request, said, guarded)

        def check(text: str) -> Checked:
            return check_email(kept, text, context=_about(person), allowed_domains=self.allowed_domains)

        today = f"{now:%A, %-d %B %Y}"
        question = Question(
            person,
            prompts.email(said, person=_about(person), today=today, draft=before, instruction=wish),
            subject=subject,
            worth=lambda text: check(restore(text, guarded.secrets)).quality >= self.good,
            keep=self.keep_drafts,
            fresh=bool(instruction or draft),
        )
        answer = await self.gateway.ask(question)
        text = restore(answer.text, guarded.secrets)
        if not email.parse(text).subject:
            raise ModelError("The model did not write an e-mail with a subject. Please try again.")
        return Written(text, answer.model, check(text), (*_way(answer), *withheld), trusted=guarded.trusted)

    async def understand(
        self, person: Person, message: str, keys: tuple[str, ...] = (), *, subject: str = ""
    ) -> Classification:
        """Name the intent of an ambiguous message about these issues; raises ModelError."""
        (said,), _ = self._redacted(message)
        question = Question(
            person, prompts.classify(said), keys=keys, subject=subject, keep=self.keep_intents
        )
        return (await self.gateway.ask_for(Classification, question)).value

    def _near(self, said: str, context: str, check: Callable[[str], Checked]) -> Near | None:
        """Say what would make a kept comment an answer to this update, too; None where nothing is found by nearness."""
        if self.gateway.embedder is None:
            return None

        def suits(text: str) -> bool:
            checked = check(text)
            return checked.faithful and not checked.findings and checked.quality >= self.good

        return Near(said, context, essentials(said), suits)

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


def _why_rules(error: ModelError) -> str:
    """Say why the rules wrote a draft, where there is something that a person can do about it."""
    match error:
        case NotConfigured():
            return NOT_CONFIGURED
        case LimitReached() | SwitchedOff():
            return INSTEAD.format(reason=error)
        case _:
            return BY_THE_RULES


def _way(answer: Answer[str]) -> tuple[str, ...]:
    return () if answer.note is None else (answer.note,)


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

"""What became of every message, approval and move, as Slack's and Jira's stand-ins have it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.delivery import FAILED, PATIENCE
from emulators.site import Site
from tests.crash.traffic import RECEIPT, Talk, answers
from tests.journeys.desk import text_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of a run; ``lost`` and ``doubled`` are sentences, one for each that was."""

    messages: int
    refused: int
    approvals: int
    answered: int
    posted: int
    moved: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not self.lost and not self.doubled


def judge(site: Site, said: Sequence[Talk]) -> Verdict:
    """Count what was accepted and what came of it."""
    taken = {one.payload["event"]["ts"] for one in _events(site) if one.status == "acked"}
    accepted = [talk for talk in said if talk.ts in taken]
    approved = [talk for talk in accepted if talk.approved]
    moving = [talk for talk in approved if talk.kind == "post and move"]
    moving += [talk for talk in accepted if talk.kind == "completion"]
    comments, moves = {talk.issue: _comments(site, talk.issue) for talk in said}, _moves(site, said)
    lost = [f"{talk.text}: {why}" for talk in accepted if (why := _missing(site, talk, comments, moves))]
    doubled = [f"{talk.text}: {why}" for talk in said for why in _twice(site, talk, comments, moves)]
    return Verdict(
        messages=len(accepted),
        refused=len(said) - len(accepted),
        approvals=len(approved),
        answered=sum(bool(answers(site, talk)) for talk in accepted),
        posted=sum(len(comments[talk.issue]) for talk in approved),
        moved=sum(moves[talk.issue] for talk in moving),
        lost=tuple(lost),
        doubled=tuple(doubled),
    )


def _events(site: Site) -> Iterable[Any]:
    every = site.slack.delivery.deliveries
    return (one for one in every if one.kind == "events_api" and "ts" in one.payload["event"])


def _comments(site: Site, key: str) -> Counter[str]:
    """Count the comments of each draft on an issue, by the marker."""
    properties = [one for comment in site.jira.comments(key) for one in comment.get("properties", [])]
    return Counter(one["value"]["draft"] for one in properties if one["key"] == "updraft")


def _moves(site: Site, said: Sequence[Talk]) -> Counter[str]:
    """Count how often each issue was moved to done."""
    found: Counter[str] = Counter()
    for talk in said:
        histories = site.jira.issue(talk.issue)["changelog"]["histories"]
        items = [item for history in histories for item in history["items"] if item["field"] == "status"]
        found[talk.issue] = sum(item["toString"] == "Done" for item in items)
    return found


def _missing(site: Site, talk: Talk, comments: dict[str, Counter[str]], moves: Counter[str]) -> str | None:
    """Say what a person still waits for, None when nothing."""
    said = answers(site, talk)
    if not said:
        return "no answer"
    if any(PATIENCE in text_of(one) or FAILED in text_of(one) for one in said):
        return f"answered {text_of(said[-1])[:80]!r}"
    if talk.kind == "completion":
        return None if moves[talk.issue] else f"not moved: {text_of(said[0])[:200]!r}"
    if not talk.approved:
        return "its card could not be pressed"
    if not comments[talk.issue]:
        return f"no comment: {text_of(said[0])[:200]!r}"
    if not any(RECEIPT in text_of(one) for one in said):
        return f"no receipt: {text_of(said[0])[:200]!r}"
    if talk.kind == "post and move" and not (moves[talk.issue] and len(said) > 1):
        return f"not moved, or not told so: {[text_of(one)[:100] for one in said]}"
    return None


def _twice(site: Site, talk: Talk, comments: dict[str, Counter[str]], moves: Counter[str]) -> Iterable[str]:
    """Say what happened more than once for one message."""
    said = Counter(one["metadata"]["event_payload"]["entry"] for one in answers(site, talk))
    expected = 2 if talk.kind == "post and move" else 1
    if len(said) > expected or any(number > 1 for number in said.values()):
        yield f"{sum(said.values())} answers"
    if len(comments[talk.issue]) > 1 or any(number > 1 for number in comments[talk.issue].values()):
        yield f"{sum(comments[talk.issue].values())} comments"
    if moves[talk.issue] > 1:
        yield f"moved {moves[talk.issue]} times"

"""The workflows: which transitions leave a status, and what their screens ask for.

Tasks and sub-tasks may go from any status to any other, and two of their transitions end in the category *done*. A bug's Done has a
screen that requires a resolution; in OPS it requires the root cause as well. Stories and epics go strictly step by step.
"""

from dataclasses import dataclass

from emulators.jira import catalog
from emulators.jira.catalog import DONE, IN_PROGRESS, IN_REVIEW, ROOT_CAUSE, TO_DO, WONT_DO, IssueType, Status


@dataclass(frozen=True, slots=True)
class Transition:
    """One way out of a status; ``screen`` maps field ids to whether they are required; None: no screen."""

    id: str
    name: str
    to: Status
    is_global: bool = False
    screen: dict[str, bool] | None = None


_FREE = tuple(
    Transition(str(number), one.name, one, is_global=True)
    for number, one in zip((11, 21, 31, 41, 51), (TO_DO, IN_PROGRESS, IN_REVIEW, DONE, WONT_DO), strict=True)
)
_STRICT = {
    TO_DO.id: (Transition("111", "Start progress", IN_PROGRESS),),
    IN_PROGRESS.id: (
        Transition("121", "Send to review", IN_REVIEW),
        Transition("122", "Stop progress", TO_DO),
    ),
    IN_REVIEW.id: (Transition("131", "Done", DONE), Transition("132", "Back to work", IN_PROGRESS)),
    DONE.id: (Transition("141", "Reopen", IN_PROGRESS),),
    WONT_DO.id: (Transition("151", "Reopen", IN_PROGRESS),),
}


def _bug(screen: dict[str, bool]) -> tuple[Transition, ...]:
    return (*_FREE[:3], Transition("61", "Done", DONE, is_global=True, screen=screen))


_BUG = _bug({"resolution": True})
_OPS_BUG = _bug({"resolution": True, ROOT_CAUSE: True})


def transitions(project: str, type: IssueType, status: Status) -> tuple[Transition, ...]:
    """Return the transitions that leave a status, in the order the workflow lists them."""
    if type == catalog.BUG:
        return _OPS_BUG if project == catalog.OPS.key else _BUG
    if type in (catalog.STORY, catalog.EPIC):
        return _STRICT[status.id]
    return _FREE


def edit_screen(type: IssueType) -> dict[str, bool]:
    """Return the fields an edit may set, and whether they may not be empty."""
    fields = {"summary": True} | dict.fromkeys(
        ("description", "priority", "labels", "assignee", "reporter", "duedate", "parent"), False
    )
    if type == catalog.BUG:
        fields[ROOT_CAUSE] = False
    if type == catalog.SUBTASK:
        fields["parent"] = True
    return fields


def create_screen(type: IssueType) -> dict[str, bool]:
    """Return the fields a new issue may carry, and whether they are required."""
    return {"project": True, "issuetype": True} | edit_screen(type)


def statuses(type: IssueType) -> tuple[Status, ...]:
    """Return the statuses an issue of the type can be in."""
    return catalog.STATUSES if type in (catalog.TASK, catalog.SUBTASK) else catalog.STATUSES[:4]


__all__ = ["Transition", "create_screen", "edit_screen", "statuses", "transitions"]

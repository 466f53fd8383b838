"""Jira Cloud as Updraft needs it: read, comment with a marker, transition, figures' raw material."""

from engine.jira.adf import to_adf
from engine.jira.client import Jira
from engine.jira.errors import (
    JiraMisconfigured,
    JiraRefused,
    JiraUnavailable,
    NoPermission,
    NoSuchIssue,
    TransitionRefused,
)
from engine.jira.values import Change, Field, History, Issue, Transition

__all__ = [
    "Change",
    "Field",
    "History",
    "Issue",
    "Jira",
    "JiraMisconfigured",
    "JiraRefused",
    "JiraUnavailable",
    "NoPermission",
    "NoSuchIssue",
    "Transition",
    "TransitionRefused",
    "to_adf",
]

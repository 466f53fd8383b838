"""What Updraft does; knows neither Slack nor an HTTP server. These are its public names."""

from engine.core import Engine
from engine.drafts import Draft, DraftKind, Drafts, Status
from engine.errors import Gone, InvalidInput, JiraError, ModelError, NotYours, Postpone, UpdraftError
from engine.figures import Figures, Report
from engine.inbox import Entry, Inbox, Incoming, Kind
from engine.jira import Jira
from engine.jobs import Job, Jobs, Priority, RetryPolicy
from engine.models import Endpoint, HttpClient, OpenAIModel, http_client
from engine.reply import Reply
from engine.routing import lexicons_with, prepare
from engine.store import Store, StoreError
from engine.types import (
    Blank,
    Checked,
    Choice,
    Finding,
    Guarded,
    Option,
    Person,
    Route,
    Routing,
    Severity,
    Verdict,
)
from engine.writing import Writer

__all__ = [
    "Blank",
    "Checked",
    "Choice",
    "Draft",
    "DraftKind",
    "Drafts",
    "Endpoint",
    "Engine",
    "Entry",
    "Figures",
    "Finding",
    "Gone",
    "Guarded",
    "HttpClient",
    "Inbox",
    "Incoming",
    "InvalidInput",
    "Jira",
    "JiraError",
    "Job",
    "Jobs",
    "Kind",
    "ModelError",
    "NotYours",
    "OpenAIModel",
    "Option",
    "Person",
    "Postpone",
    "Priority",
    "Reply",
    "Report",
    "RetryPolicy",
    "Route",
    "Routing",
    "Severity",
    "Status",
    "Store",
    "StoreError",
    "UpdraftError",
    "Verdict",
    "Writer",
    "http_client",
    "lexicons_with",
    "prepare",
]

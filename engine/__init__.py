"""What Updraft does; knows neither Slack nor an HTTP server. These are its public names."""

from engine.accounts import Account, Accounts
from engine.audit import records as audit_records
from engine.breaker import Breakers
from engine.census import Census, DraftCount, JobCount, LimitUse, limits_used, take_census
from engine.conditions import Condition, Conditions
from engine.core import Engine
from engine.credentials import Credential, Credentials, Level
from engine.credentials import Fields as CredentialFields
from engine.drafts import Draft, DraftKind, Drafts, Status
from engine.errors import Gone, InvalidInput, JiraError, ModelError, NotYours, Postpone, UpdraftError
from engine.figures import Figures, Report
from engine.flags import Flags, Switched
from engine.gateway import Gateway, Policy
from engine.inbox import Entry, Inbox, Incoming, Kind
from engine.jira import Jira
from engine.jobs import Job, JobRow, Jobs, KindStats, Priority, RetryPolicy, jobs_on
from engine.jobs import listed as listed_jobs
from engine.jobs import stats as job_stats
from engine.ledger import (
    By,
    Ledger,
    Limit,
    Told,
    Unit,
    Use,
    UsePeriod,
    Window,
    dollars,
    records,
    suggestions,
    usage,
)
from engine.lineup import Lineup, ModelChoice
from engine.models import (
    Embedder,
    Endpoint,
    HttpClient,
    Prices,
    Provider,
    connect,
    embedder,
    http_client,
    imported,
    without_stray_settings,
)
from engine.notices import (
    Answered,
    Asked,
    Component,
    Decided,
    Failed,
    LimitHit,
    Notice,
    Notify,
    Routed,
    Taken,
    Worked,
    nobody,
)
from engine.reply import Reply
from engine.retention import Periods, Retention
from engine.revival import revive
from engine.routing import lexicons_with, prepare
from engine.sealing import Seal, SealingError
from engine.sealing import load as load_seal
from engine.store import Store, StoreError, Transaction
from engine.troubles import AlertPolicy, Troubles
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
    "Account",
    "Accounts",
    "AlertPolicy",
    "Answered",
    "Asked",
    "Blank",
    "Breakers",
    "By",
    "Census",
    "Checked",
    "Choice",
    "Component",
    "Condition",
    "Conditions",
    "Credential",
    "CredentialFields",
    "Credentials",
    "Decided",
    "Draft",
    "DraftCount",
    "DraftKind",
    "Drafts",
    "Embedder",
    "Endpoint",
    "Engine",
    "Entry",
    "Failed",
    "Figures",
    "Finding",
    "Flags",
    "Gateway",
    "Gone",
    "Guarded",
    "HttpClient",
    "Inbox",
    "Incoming",
    "InvalidInput",
    "Jira",
    "JiraError",
    "Job",
    "JobCount",
    "JobRow",
    "Jobs",
    "Kind",
    "KindStats",
    "Ledger",
    "Level",
    "Limit",
    "LimitHit",
    "LimitUse",
    "Lineup",
    "ModelChoice",
    "ModelError",
    "NotYours",
    "Notice",
    "Notify",
    "Option",
    "Periods",
    "Person",
    "Policy",
    "Postpone",
    "Prices",
    "Priority",
    "Provider",
    "Reply",
    "Report",
    "Retention",
    "RetryPolicy",
    "Route",
    "Routed",
    "Routing",
    "Seal",
    "SealingError",
    "Severity",
    "Status",
    "Store",
    "StoreError",
    "Switched",
    "Taken",
    "Told",
    "Transaction",
    "Troubles",
    "Unit",
    "UpdraftError",
    "Use",
    "UsePeriod",
    "Verdict",
    "Window",
    "Worked",
    "Writer",
    "audit_records",
    "connect",
    "dollars",
    "embedder",
    "http_client",
    "imported",
    "job_stats",
    "jobs_on",
    "lexicons_with",
    "limits_used",
    "listed_jobs",
    "load_seal",
    "nobody",
    "prepare",
    "records",
    "revive",
    "suggestions",
    "take_census",
    "usage",
    "without_stray_settings",
]

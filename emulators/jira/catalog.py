"""What the site is configured with: statuses, issue types, priorities, resolutions, link types, projects and fields."""

from dataclasses import dataclass
from typing import Any

from emulators.people import ANA, CHEN


@dataclass(frozen=True, slots=True)
class Category:
    """A status category; ``key`` is what clients should compare, names are translated."""

    id: int
    key: str
    name: str
    color: str


UNDEFINED = Category(1, "undefined", "No Category", "medium-gray")
NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE_CATEGORY = Category(3, "done", "Done", "green")
CATEGORIES = (UNDEFINED, NEW, INDETERMINATE, DONE_CATEGORY)


@dataclass(frozen=True, slots=True)
class Status:
    """A workflow status."""

    id: str
    name: str
    category: Category
    description: str = ""


TO_DO = Status("10000", "To Do", NEW, "Nobody has started yet.")
IN_PROGRESS = Status("10001", "In Progress", INDETERMINATE, "Somebody is working on it.")
IN_REVIEW = Status("10002", "In Review", INDETERMINATE, "Waits for another pair of eyes.")
DONE = Status("10003", "Done", DONE_CATEGORY, "Finished and accepted.")
WONT_DO = Status("10004", "Won't do", DONE_CATEGORY, "Decided against.")
STATUSES = (TO_DO, IN_PROGRESS, IN_REVIEW, DONE, WONT_DO)


@dataclass(frozen=True, slots=True)
class IssueType:
    """An issue type; ``level`` is 1 for epics, 0 for ordinary issues, -1 for sub-tasks."""

    id: str
    name: str
    level: int
    description: str

    @property
    def subtask(self) -> bool:
        """Whether issues of this type live below another issue."""
        return self.level < 0


EPIC = IssueType("10100", "Epic", 1, "A body of work that holds other issues.")
STORY = IssueType("10101", "Story", 0, "Something a user can do afterwards.")
TASK = IssueType("10102", "Task", 0, "A piece of work.")
BUG = IssueType("10103", "Bug", 0, "Something is broken.")
SUBTASK = IssueType("10104", "Sub-task", -1, "A part of another issue.")
ISSUE_TYPES = (EPIC, STORY, TASK, BUG, SUBTASK)


@dataclass(frozen=True, slots=True)
class Named:
    """A priority or a resolution."""

    id: str
    name: str
    description: str = ""
    color: str = ""


PRIORITIES = (
    Named("1", "Highest", "Blocks everything.", "#d04437"),
    Named("2", "High", "Serious.", "#f15C75"),
    Named("3", "Medium", "Could become a problem.", "#f79232"),
    Named("4", "Low", "Small or easy to work around.", "#707070"),
    Named("5", "Lowest", "Trivial.", "#999999"),
)
RESOLUTIONS = (
    Named("10000", "Done", "Work has been completed."),
    Named("10001", "Won't Do", "This will not be actioned."),
    Named("10002", "Duplicate", "The problem is a duplicate of another issue."),
    Named("10003", "Cannot Reproduce", "Attempts at reproducing failed."),
    Named("10004", "Fixed", "A fix has been deployed."),
)
RESOLVED_DONE, RESOLVED_WONT_DO = RESOLUTIONS[0], RESOLUTIONS[1]


@dataclass(frozen=True, slots=True)
class LinkType:
    """A kind of issue link, read in both directions."""

    id: str
    name: str
    inward: str
    outward: str


LINK_TYPES = (
    LinkType("10000", "Blocks", "is blocked by", "blocks"),
    LinkType("10001", "Cloners", "is cloned by", "clones"),
    LinkType("10002", "Duplicate", "is duplicated by", "duplicates"),
    LinkType("10003", "Relates", "relates to", "relates to"),
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project; who may do what in it is decided by rights."""

    id: str
    key: str
    name: str
    lead: str
    description: str


DEMO = Project(
    "10000", "DEMO", "Payments", CHEN.account, "Checkout, payouts and everything that moves money."
)
OPS = Project("10001", "OPS", "Operations", ANA.account, "Machines, alerts, incidents.")
SECRET = Project("10002", "SECRET", "Acquisition", CHEN.account, "Not to be talked about.")
PROJECTS = (DEMO, OPS, SECRET)

ROOT_CAUSE = "customfield_10050"


@dataclass(frozen=True, slots=True)
class Field:
    """An issue field as /field lists it; ``clauses`` are the names JQL knows it by."""

    id: str
    name: str
    schema: dict[str, Any]
    clauses: tuple[str, ...] = ()
    navigable: bool = True
    orderable: bool = False

    @property
    def custom(self) -> bool:
        """Whether an administrator made the field."""
        return self.id.startswith("customfield_")


def _system(id: str, name: str, type: str, *clauses: str, items: str = "", **rest: bool) -> Field:
    schema = {"type": type, "system": id} | ({"items": items} if items else {})
    return Field(id, name, schema, clauses, **rest)


FIELDS = (
    _system("summary", "Summary", "string", "summary", orderable=True),
    _system("issuetype", "Issue Type", "issuetype", "issuetype", "type", orderable=True),
    _system("project", "Project", "project", "project"),
    _system("status", "Status", "status", "status"),
    Field("statusCategory", "Status Category", {"type": "statusCategory"}, ("statusCategory",)),
    _system("priority", "Priority", "priority", "priority", orderable=True),
    _system("resolution", "Resolution", "resolution", "resolution", orderable=True),
    _system("assignee", "Assignee", "user", "assignee", orderable=True),
    _system("reporter", "Reporter", "user", "reporter", orderable=True),
    _system("creator", "Creator", "user", "creator"),
    _system("labels", "Labels", "array", "labels", items="string", orderable=True),
    _system("created", "Created", "datetime", "created", "createdDate"),
    _system("updated", "Updated", "datetime", "updated", "updatedDate"),
    _system("resolutiondate", "Resolved", "datetime", "resolutiondate", "resolved"),
    _system("duedate", "Due date", "date", "due", "duedate", orderable=True),
    _system(
        "statuscategorychangedate",
        "Status Category Changed",
        "datetime",
        "statusCategoryChangedDate",
        navigable=False,
    ),
    _system("description", "Description", "string", "description", orderable=True),
    _system("issuelinks", "Linked Issues", "array", items="issuelinks", orderable=True),
    _system("subtasks", "Sub-tasks", "array", items="issuelinks"),
    Field("parent", "Parent", {"type": "issuelink", "system": "parent"}, ("parent",)),
    _system("timespent", "Time Spent", "number", "timespent", navigable=False),
    _system("comment", "Comment", "comments-page", "comment", navigable=False, orderable=True),
    _system("worklog", "Log Work", "array", items="worklog", navigable=False, orderable=True),
    Field(
        ROOT_CAUSE,
        "Root cause",
        {
            "type": "string",
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
            "customId": 10050,
        },
        ("cf[10050]", "Root cause"),
        orderable=True,
    ),
)
FIELD = {field.id: field for field in FIELDS}


def status(id: str) -> Status:
    """Return a status by id."""
    return next(one for one in STATUSES if one.id == id)


def issue_type(id: str) -> IssueType:
    """Return an issue type by id."""
    return next(one for one in ISSUE_TYPES if one.id == id)


def project(key: str) -> Project:
    """Return a project by key."""
    return next(one for one in PROJECTS if one.key == key)


def priority(id: str) -> Named:
    """Return a priority by id."""
    return next(one for one in PRIORITIES if one.id == id)


def resolution(id: str) -> Named:
    """Return a resolution by id."""
    return next(one for one in RESOLUTIONS if one.id == id)


def link_type(name: str) -> LinkType:
    """Return a link type by id or name."""
    return next(one for one in LINK_TYPES if name in (one.id, one.name))

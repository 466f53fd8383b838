"""Accounts of the site and what each may do: roles by project, permissions by role."""

from dataclasses import dataclass
from typing import Literal

from emulators.jira import catalog
from emulators.people import ANA, BEN, CHEN, DORA, JIRA_TOKEN, PEOPLE, SERVICE_ACCOUNT, SERVICE_EMAIL

Role = Literal["administrator", "developer", "viewer"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account; ``week_start`` is 0 for Monday and 6 for Sunday, as its locale has it."""

    id: str
    name: str
    email: str
    token: str
    tz: str
    locale: str
    site_admin: bool = False

    @property
    def week_start(self) -> int:
        """The first day of the account's week."""
        return 6 if self.locale in ("en_US", "zh_CN") else 0


_LOCALES = {ANA.account: "de_DE", BEN.account: "en_US", CHEN.account: "zh_CN", DORA.account: "en_GB"}
SERVICE = Account(SERVICE_ACCOUNT, "Updraft", SERVICE_EMAIL, JIRA_TOKEN, "Etc/UTC", "en_US", site_admin=True)
ACCOUNTS = (
    SERVICE,
    *(
        Account(one.account, one.name, one.email, f"{one.name.lower()}-token", one.tz, _LOCALES[one.account])
        for one in PEOPLE
    ),
)
BY_ID = {account.id: account for account in ACCOUNTS}

_DEVELOPERS: dict[str, Role] = {
    SERVICE_ACCOUNT: "administrator",
    ANA.account: "developer",
    BEN.account: "developer",
    CHEN.account: "administrator",
}
_ROLES: dict[str, dict[str, Role]] = {
    catalog.DEMO.key: _DEVELOPERS | {DORA.account: "viewer"},
    catalog.OPS.key: _DEVELOPERS,
    catalog.SECRET.key: {SERVICE_ACCOUNT: "administrator", CHEN.account: "administrator"},
}

BROWSE, COMMENT, TRANSITION, EDIT = "BROWSE_PROJECTS", "ADD_COMMENTS", "TRANSITION_ISSUES", "EDIT_ISSUES"
CREATE, ASSIGN, DELETE, LINK, WORK = (
    "CREATE_ISSUES",
    "ASSIGN_ISSUES",
    "DELETE_ISSUES",
    "LINK_ISSUES",
    "WORK_ON_ISSUES",
)
_VIEWING = (BROWSE, "VIEW_VOTERS_AND_WATCHERS", "VIEW_READONLY_WORKFLOW")
_DEVELOPING = (
    *_VIEWING,
    COMMENT,
    TRANSITION,
    EDIT,
    CREATE,
    ASSIGN,
    LINK,
    WORK,
    "ASSIGNABLE_USER",
    "CLOSE_ISSUES",
    "RESOLVE_ISSUES",
    "SCHEDULE_ISSUES",
    "CREATE_ATTACHMENTS",
    "EDIT_OWN_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "EDIT_OWN_WORKLOGS",
    "DELETE_OWN_WORKLOGS",
)
_ADMINISTERING = (
    *_DEVELOPING,
    DELETE,
    "ADMINISTER_PROJECTS",
    "MODIFY_REPORTER",
    "MOVE_ISSUES",
    "EDIT_ALL_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "EDIT_ALL_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
)
_BY_ROLE: dict[Role, frozenset[str]] = {
    "viewer": frozenset(_VIEWING),
    "developer": frozenset(_DEVELOPING),
    "administrator": frozenset(_ADMINISTERING),
}
PROJECT_PERMISSIONS = _ADMINISTERING
GLOBAL_PERMISSIONS = ("ADMINISTER", "SYSTEM_ADMIN", "USER_PICKER", "CREATE_SHARED_OBJECTS", "BULK_CHANGE")
_FOR_ADMINS = frozenset(("ADMINISTER", "SYSTEM_ADMIN"))


def authenticate(email: str, token: str) -> Account | None:
    """Return the account whose e-mail and API token these are."""
    return next((one for one in ACCOUNTS if one.email == email.lower() and one.token == token), None)


def may(account: Account | None, permission: str, project: str) -> bool:
    """Tell whether the account holds a project permission; anonymous callers hold none."""
    role = _ROLES[project].get(account.id) if account else None
    return role is not None and permission in _BY_ROLE[role]


def may_globally(account: Account | None, permission: str) -> bool:
    """Tell whether the account holds a global permission."""
    return account is not None and (account.site_admin or permission not in _FOR_ADMINS)


def visible_projects(account: Account | None) -> list[catalog.Project]:
    """Return the projects the account may browse."""
    return [one for one in catalog.PROJECTS if may(account, BROWSE, one.key)]

"""JQL: what it finds in the seeded project, whose calendar it uses, and which sentences refuse it."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.jira import JiraEmulator, jql
from emulators.jira.jql import Function, Value
from emulators.jira.jql_dates import Calendar
from emulators.jira.jql_search import Searcher, text_matcher
from emulators.jira.jql_tokens import JqlError
from emulators.jira.rights import Account
from tests.emulators.jira_site import ANA_, BEN_, CHEN_, DORA_, FRIDAY, SERVICE, Clock

SHARED = JiraEmulator(now=Clock())


@pytest.fixture
def emulator() -> JiraEmulator:
    return SHARED


def found(emulator: JiraEmulator, text: str, who: Account | None = ANA_) -> list[str]:
    return [issue.key for issue in Searcher.of(emulator.site, who).find(jql.parse(text))]


MINE = ["DEMO-12", "DEMO-14", "DEMO-17", "DEMO-21", "OPS-3"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("assignee = currentUser() AND statusCategory != Done ORDER BY key", MINE),
        ("assignee=currentuser() and statuscategory in ('To Do', 4) order by key asc", MINE),
        ("assignee = 'ana@example.com' && statusCategory in (new, indeterminate) ORDER BY key", MINE),
        (f'assignee = "{ANA_.id}" and resolution = Unresolved order by key', MINE),
        ("assignee = Ana and resolution is EMPTY order by issuekey", MINE),
        ("assignee = Ana and not (resolution is not EMPTY) order by key", MINE),
        ("assignee is EMPTY order by key", ["DEMO-31", "DEMO-32", "OPS-4"]),
        ("assignee in (EMPTY) and project = OPS", ["OPS-4"]),
        ("assignee not in (Ana, Ben, Chen) order by key", []),
        ("key = demo-12", ["DEMO-12"]),
        ("id in (DEMO-12, DEMO-3, NOPE-1) ORDER BY key DESC", ["DEMO-12", "DEMO-3"]),
        ("issue >= DEMO-31 order by key", ["DEMO-31", "DEMO-32"]),
        ("project = Payments AND type = Epic", ["DEMO-1"]),
        ("project in (10001) and issuetype = Bug", ["OPS-3"]),
        ("issuetype in subTaskIssueTypes() order by key", ["DEMO-19", "DEMO-20"]),
        ("parent = DEMO-18 ORDER BY created ASC", ["DEMO-19", "DEMO-20"]),
        ("parent in (DEMO-1) and statusCategory != done", ["DEMO-12"]),
        ("labels = incident order by key", ["DEMO-4", "DEMO-17", "OPS-3"]),
        ("labels in (incident, performance) and labels != incident order by key", ["DEMO-12", "DEMO-24"]),
        ("priority = Highest and labels is not empty order by key", ["DEMO-4", "DEMO-17", "OPS-3"]),
        ("priority > High order by key", ["DEMO-4", "DEMO-17", "OPS-3"]),
        ("summary ~ 'apple pay' order by key", ["DEMO-18", "DEMO-20"]),
        ("summary ~ payout and summary !~ CSV and type = story", ["DEMO-11"]),
        ('text ~ "\\"exchange rates\\""', ["DEMO-12"]),
        ("text ~ 'redis'", ["DEMO-12"]),
        ("comment ~ 'firefox OR frame*'", []),
        ("comment ~ 'frame'", ["DEMO-17"]),
        ("description ~ 'basket*'", ["DEMO-4"]),
        ("due <= endOfWeek() and due is not EMPTY order by key", ["DEMO-17", "OPS-2"]),
        (
            r"assignee = ana\u0040example.com and type = bug and status = 'In\u0020Progress' order by key",
            ["DEMO-17", "OPS-3"],
        ),
        ("due = 2026-11-23", ["DEMO-12"]),
        (r"status = 'Won\'t do' OR status = 10004", ["DEMO-10"]),
        ("status in ('In Review', 'In Progress') and reporter = Ben", ["OPS-3", "DEMO-17", "DEMO-14"]),
        ("resolution = Fixed and created > -3w", ["DEMO-23"]),
        ("key in linkedIssues(DEMO-12)", ["DEMO-1"]),
        ("creator = Chen and type = Epic", ["DEMO-1"]),
        ("status was 'In Review' and statusCategory != Done order by key", ["DEMO-14", "DEMO-18"]),
        ("status was in ('Won\\'t do')", ["DEMO-10"]),
        (
            "status was not in ('In Progress') and project = DEMO order by key",
            ["DEMO-10", "DEMO-21", "DEMO-31", "DEMO-32"],
        ),
        ("status changed from 'In Review' to 'In Progress' order by key", ["DEMO-4", "DEMO-11"]),
        ("status changed to done by Ben after -7d", ["DEMO-28"]),
        (
            "status changed to done during ('2026-11-09', '2026-11-16') by Ana order by key",
            ["DEMO-23", "DEMO-26"],
        ),
        ("status changed to Done on '2026-11-13' order by key", ["DEMO-25", "DEMO-26"]),
        ("status was 'In Progress' before '2026-10-13' order by key", ["DEMO-1", "DEMO-2"]),
        ("status changed before '2026-10-13 11:30' order by key", ["DEMO-1", "DEMO-2", "DEMO-3", "DEMO-4"]),
        ("assignee was Ben and assignee != Ben", ["DEMO-17"]),
        ("assignee changed from EMPTY to Ana", ["DEMO-14"]),
        ("assignee changed by Ben after startOfMonth(-1) order by key", ["DEMO-8", "DEMO-14", "DEMO-17"]),
        ("assignee was EMPTY before -14d and project = DEMO", ["DEMO-14"]),
        ("'Root cause' is EMPTY and type = Epic", ["DEMO-1"]),
        ("cf[10050] is EMPTY and type = Epic", ["DEMO-1"]),
        (
            "created >= '2026-11-17' and created < '2026-11-20 23:59' order by created asc",
            ["DEMO-31", "DEMO-32"],
        ),
        ("resolved >= startOfWeek() order by resolved asc", ["DEMO-28", "DEMO-29", "DEMO-30"]),
    ],
)
def test_it_finds(emulator: JiraEmulator, text: str, keys: list[str]) -> None:
    assert found(emulator, text) == keys


def test_it_shows_each_person_their_projects_alone(emulator: JiraEmulator) -> None:
    everything = "created > -1000d"
    assert {key.partition("-")[0] for key in found(emulator, everything, DORA_)} == {"DEMO"}
    assert {key.partition("-")[0] for key in found(emulator, everything, BEN_)} == {"DEMO", "OPS"}
    assert {key.partition("-")[0] for key in found(emulator, everything, CHEN_)} == {"DEMO", "OPS", "SECRET"}
    assert found(emulator, everything, None) == []


def test_order_defaults_to_the_newest(emulator: JiraEmulator) -> None:
    assert found(emulator, "project = OPS") == ["OPS-5", "OPS-4", "OPS-3", "OPS-2", "OPS-1"]
    assert found(emulator, "project = OPS ORDER BY priority, created ASC")[0] == "OPS-3"
    assert found(emulator, "project = OPS ORDER BY assignee ASC, key DESC")[0] == "OPS-4"


REFUSED = [
    ("foo = 1", "Field 'foo' does not exist or you do not have permission to view it."),
    (
        "type = Epic ORDER BY rankless",
        "Field 'rankless' does not exist or you do not have permission to view it.",
    ),
    (
        "key = DEMO-1 ORDER BY key, key, key, key, key, key, key, key",
        "The 'ORDER BY' clause can contain a maximum of 7 fields.",
    ),
    (
        "assignee = ana@example.com",
        (
            "Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string or use the "
            "escape '\\u0040' instead. (line 1, character 15)"
        ),
    ),
    (
        "labels = update",
        (
            "Error in the JQL Query: 'update' is a reserved JQL word. You must surround it in quotation marks to use it in a "
            "query. (line 1, character 10)"
        ),
    ),
    (
        r"summary ~ '\d+'",
        (
            r"Error in the JQL Query: '\d' is an illegal JQL escape sequence. The valid escape sequences are \', \", \t, \n, "
            r"\r, \\, '\ ' and \uXXXX. (line 1, character 11)"
        ),
    ),
    ("summary ~ 'cache (rates'", "Unable to parse the text 'cache (rates' for field 'summary'."),
    ("sprint = 4", "Field 'sprint' does not exist or you do not have permission to view it."),
    ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
    ("project = SECRET", "The value 'SECRET' does not exist for the field 'project'."),
    ("status = Doing", "The value 'Doing' does not exist for the field 'status'."),
    ("Assignee = zoe", "The value 'zoe' does not exist for the field 'Assignee'."),
    ("key = SECRET-1", "Issue does not exist or you do not have permission to see it."),
    ("assignee = me()", "Unable to find JQL function 'me()'."),
    ("status = now()", "A value provided by the function 'now' is invalid for the field 'status'."),
    ("status ~ Done", "The operator '~' is not supported by the 'status' field."),
    ("summary = x", "The operator '=' is not supported by the 'summary' field."),
    ("statusCategory changed", "History searches do not support the 'statusCategory' field."),
    (
        "created > yesterday",
        (
            "Date value 'yesterday' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        ),
    ),
    (
        "status",
        (
            "Error in the JQL Query: Expecting operator before the end of the query. The valid operators are '=', '!=', "
            "'<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
        ),
    ),
    (
        "status =",
        "Error in the JQL Query: Expecting either a value, list or function before the end of the query.",
    ),
    (
        "status = and x = 1",
        (
            "Error in the JQL Query: Expecting either a value, list or function but got 'and'. You must surround 'and' in "
            "quotation marks to use it as a value. (line 1, character 10)"
        ),
    ),
    ("(status = Done", "Error in the JQL Query: Expecting ')' before the end of the query."),
    (
        "status = Done assignee = Ana",
        "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'assignee'. (line 1, character 15)",
    ),
    (
        'summary ~ "open',
        "Error in the JQL Query: The quoted string 'open' has not been completed. (line 1, character 11)",
    ),
    ("status = Done AND", "Error in the JQL Query: Expecting a field name before the end of the query."),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_it_refuses_in_jiras_words(text: str, sentence: str) -> None:
    with pytest.raises(JqlError) as refused:
        Searcher.of(SHARED.site, ANA_).find(jql.parse(text))
    assert str(refused.value) == sentence


BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "week_start", "text", "moment"),
    [
        (BERLIN, 0, "startOfDay()", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        (NEW_YORK, 6, "startOfDay()", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        (BERLIN, 0, "startOfWeek()", datetime(2026, 11, 15, 23, tzinfo=UTC)),
        (NEW_YORK, 6, "startOfWeek()", datetime(2026, 11, 15, 5, tzinfo=UTC)),
        (BERLIN, 0, "startOfWeek(-1)", datetime(2026, 11, 8, 23, tzinfo=UTC)),
        (BERLIN, 0, 'startOfWeek("+1d")', datetime(2026, 11, 16, 23, tzinfo=UTC)),
        (BERLIN, 0, "endOfWeek(-1w)", datetime(2026, 11, 15, 22, 59, 59, 999000, tzinfo=UTC)),
        (BERLIN, 0, "startOfMonth(-1)", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (BERLIN, 0, "endOfMonth(-1M)", datetime(2026, 10, 31, 22, 59, 59, 999000, tzinfo=UTC)),
        (BERLIN, 0, "startOfYear()", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        (BERLIN, 0, "endOfYear()", datetime(2026, 12, 31, 22, 59, 59, 999000, tzinfo=UTC)),
        (BERLIN, 0, "now()", FRIDAY),
        (BERLIN, 0, "-7d", datetime(2026, 11, 13, 15, tzinfo=UTC)),
        (BERLIN, 0, "'-1w 2d'", datetime(2026, 11, 11, 15, tzinfo=UTC)),
        (BERLIN, 0, "'2026/07/01'", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        (NEW_YORK, 6, "'2026-07-01 10:30'", datetime(2026, 7, 1, 14, 30, tzinfo=UTC)),
    ],
)
def test_dates_are_the_searching_persons(
    zone: ZoneInfo, week_start: int, text: str, moment: datetime
) -> None:
    clause = jql.parse(f"created > {text}").where
    assert isinstance(clause, jql.Clause)
    assert isinstance(clause.operand, Value | Function)
    assert Calendar(FRIDAY, zone, week_start).read(clause.operand, "created") == moment


def test_a_day_is_longer_when_the_clocks_go_back() -> None:
    sunday = datetime(2026, 10, 25, 12, tzinfo=UTC)
    calendar = Calendar(sunday, BERLIN, 0)
    start, end = (calendar.read(Function(name), "created") for name in ("startOfDay", "endOfDay"))
    assert round((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600) == 25


def test_a_negative_comparison_leaves_out_what_is_empty(emulator: JiraEmulator) -> None:
    assert "DEMO-31" not in found(emulator, "assignee != Ana")
    assert "DEMO-31" in found(emulator, "assignee != Ana OR assignee is EMPTY")


def test_and_binds_more_than_or(emulator: JiraEmulator) -> None:
    assert found(emulator, "key = DEMO-1 or key = DEMO-2 and key = DEMO-3") == ["DEMO-1"]
    assert found(emulator, "(key = DEMO-1 or key = DEMO-2) and not key = DEMO-1") == ["DEMO-2"]


@pytest.mark.parametrize(
    ("query", "text", "matches"),
    [
        ("refund", "Refunds are late", True),
        ("refund email", "E-mail: refunds; email", True),
        ("pay*", "payments", True),
        ("te?t", "the test", True),
        ('"wrong order"', "order wrong", False),
        ("missing", "all there", False),
    ],
)
def test_text_matches_words(query: str, text: str, matches: bool) -> None:
    assert text_matcher(query, "text")(text) == matches


@given(st.text(alphabet="()'\"=!<>~, \n\\u0abORDERBYnotINis-7d[]&|@+{", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(JqlError):
        jql.parse(text)


FIELDS = [
    "key",
    "status",
    "Assignee",
    "created",
    "due",
    "labels",
    "summary",
    "text",
    "parent",
    "resolution",
    "zzz",
]
OPERATORS = [
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "~",
    "!~",
    "is",
    "is not",
    "in",
    "not in",
    "was",
    "was not in",
    "changed",
]
OPERANDS = [
    "DEMO-12",
    "Done",
    "EMPTY",
    "-7d",
    "-999999999999w",
    "99999999999999999999999",
    "'0001-01-01'",
    "'2026-02-30'",
    "'9999-12-31'",
    "now()",
    "startOfYear(-99999)",
    "endOfMonth(-999999999999d)",
    "startOfWeek(x)",
    "currentUser()",
    "linkedIssues()",
    "membersOf(devs)",
    "'*'",
    "'?'",
    "(Done, EMPTY)",
    "((Done))",
    "(DEMO-1, now(), currentUser())",
    "",
]
PREDICATES = [
    "",
    "during (-7d, now())",
    "during (now())",
    "on '0001-01-01'",
    "by Ana",
    "by zoe",
    "from Done to (EMPTY)",
]


@given(
    st.sampled_from(FIELDS),
    st.sampled_from(OPERATORS),
    st.sampled_from(OPERANDS),
    st.sampled_from(PREDICATES),
    st.sampled_from(["", " order by due", " order by text", " order by key desc, status"]),
)
@settings(max_examples=200, deadline=None)
def test_any_clause_is_searched_or_refused(
    field: str, op: str, operand: str, predicate: str, order: str
) -> None:
    text = f"{field} {op} {operand if op != 'changed' else ''} {predicate}{order}"
    with suppress(JqlError):
        Searcher.of(SHARED.site, ANA_).find(jql.parse(text))


def test_deep_nesting_is_refused(emulator: JiraEmulator) -> None:
    with pytest.raises(JqlError, match="nested"):
        found(emulator, "(" * 5000 + "key = DEMO-1" + ")" * 5000)


def test_the_administrator_sees_everything(emulator: JiraEmulator) -> None:
    assert len(found(emulator, "created > -1000d", SERVICE)) == 39

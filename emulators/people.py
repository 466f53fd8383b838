"""The people and ids that the Slack and Jira stand-ins share; an e-mail address ties one service's person to the other's."""

from dataclasses import dataclass

TEAM = "T0EXAMPLE1"
TEAM_DOMAIN = "example"
CHANNEL = "C0PAYMENTS"
OTHER_CHANNEL = "C0GENERAL1"

BOT_USER = "U0UPDRAFT1"
BOT_ID = "B0UPDRAFT1"
APP_ID = "A0UPDRAFT1"
BOT_TOKEN = "xoxb-example-bot"  # noqa: S105 - opens only the stand-in
APP_TOKEN = "xapp-1-A0UPDRAFT1-example"  # noqa: S105 - opens only the stand-in
SIGNING_SECRET = "example-signing-secret"  # noqa: S105 - opens only the stand-in

SERVICE_ACCOUNT = "712020:00000000-0000-4000-8000-000000000000"
SERVICE_EMAIL = "updraft@example.com"
JIRA_TOKEN = "example-jira-token"  # noqa: S105 - opens only the stand-in
MODEL_KEY = "sk-example-model-key"
ANTHROPIC_KEY = "sk-ant-example-model-key"


@dataclass(frozen=True, slots=True)
class Person:
    """One person in both services; ``tz`` is an IANA name."""

    slack: str
    account: str
    name: str
    email: str
    title: str
    tz: str

    @property
    def dm(self) -> str:
        """The id of the person's direct-message channel with the app."""
        return "D" + self.slack[1:]


ANA = Person(
    "U0ANA00001",
    "712020:00000000-0000-4000-8000-00000000000a",
    "Ana",
    "ana@example.com",
    "Developer",
    "Europe/Berlin",
)
BEN = Person(
    "U0BEN00001",
    "712020:00000000-0000-4000-8000-00000000000b",
    "Ben",
    "ben@example.com",
    "Developer",
    "America/New_York",
)
CHEN = Person(
    "U0CHEN0001",
    "712020:00000000-0000-4000-8000-00000000000c",
    "Chen",
    "chen@example.com",
    "Team lead",
    "Asia/Shanghai",
)
DORA = Person(
    "U0DORA0001",
    "712020:00000000-0000-4000-8000-00000000000d",
    "Dora",
    "dora@example.com",
    "Guest, reads only",
    "Europe/London",
)
PEOPLE = (ANA, BEN, CHEN, DORA)
"""Dora may see the DEMO project but neither comment nor transition there; everybody else is a developer of it."""

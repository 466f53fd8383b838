"""What may follow ``/updraft``."""

import pytest

from bot.slack.commands import NEEDS_TEXT, Command, parse
from engine import Choice, Route

HELP = Command(help=True)
DONE = Choice(Route.COMPLETION)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", HELP),
        ("   ", HELP),
        ("help", HELP),
        ("HELP", HELP),
        (" help me please", HELP),
        ("?", HELP),
        ("done", Command("done", DONE)),
        ("Done PAY-12", Command("PAY-12", DONE)),
        ("done pay-1, PAY-2 and PAY-3", Command("pay-1, PAY-2 and PAY-3", DONE)),
        ("done pay-1 &amp; pay-2", Command("pay-1 &amp; pay-2", DONE)),
        (
            "done <https://jira.example.com/browse/PAY-1>",
            Command("<https://jira.example.com/browse/PAY-1>", DONE),
        ),
        ("done PAY-1 except the tests", Command("done PAY-1 except the tests")),
        ("done with meetings", Command("done with meetings")),
        ("done not", Command("done not")),
        ("stats", Command("stats", Choice(Route.PRODUCTIVITY))),
        ("stats team last week", Command("team last week", Choice(Route.PRODUCTIVITY))),
        ("update", Command(refusal=NEEDS_TEXT["update"])),
        ("update   ", Command(refusal=NEEDS_TEXT["update"])),
        ("UPDATE fixed PAY-1", Command("fixed PAY-1", Choice(Route.REPHRASE))),
        ("update  done PAY-1", Command("done PAY-1", Choice(Route.REPHRASE))),
        ("email", Command(refusal=NEEDS_TEXT["email"])),
        ("email that I am sick", Command("that I am sick", Choice(Route.EMAIL))),
        ("fixed the login in PAY-1", Command("fixed the login in PAY-1")),
        ("updates are pending", Command("updates are pending")),
        ("statistics", Command("statistics")),
        ("done\nPAY-1", Command("PAY-1", DONE)),
        ("update\nfixed PAY-1\nand PAY-2", Command("fixed PAY-1\nand PAY-2", Choice(Route.REPHRASE))),
    ],
)
def test_what_is_typed_becomes(text: str, command: Command) -> None:
    assert parse(text) == command

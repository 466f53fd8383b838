"""A working day at one desk, so varied that the product sends every kind of request it knows; and what it sent."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bot.doctor import examine
from emulators.kit import Recorded
from emulators.people import ANA, BEN, CHANNEL, DORA, Person
from emulators.site import Site
from emulators.slack.api import JSON_ARGUMENTS, METHODS
from tests.journeys.desk import Desk, Message, buttons, served, settings, text_of

Json = dict[str, Any]

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"
LONG = (
    "worked on DEMO-14 with <@{ben}>:\n- moved the *retry* to `queue.py`\n- _added_ 3 tests, see <https://ci.example/run/7|the run>\n"
    "1. first\n2. second\n> quoted by QA\n```\nraise TimeoutError\n```\nstill need a review &amp; QA"
)
ODD = (
    "😀",
    "*_~`> <",
    "\u202eright to left, tested DEMO-14",
    "x" * 39_000,
    "my key is AKIAIOSFODNN7EXAMPLE, DEMO-14 is deployed",
    "deployed DEMO-14 with the password: hunter22xyz, tests pending",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call: its method, its arguments decoded, the scopes of which one suffices, the answer."""

    method: str
    arguments: Json
    scopes: tuple[str, ...]
    answer: Json


@dataclass(frozen=True, slots=True)
class Traffic:
    """Everything that the product sent in one day."""

    slack: tuple[Call, ...]
    jira: tuple[Recorded, ...]
    models: tuple[Recorded, ...]


@cache
def traffic(scopes: frozenset[str] | None = None, events: frozenset[str] | None = None) -> Traffic:
    """Live the day once, with an app of these scopes and event subscriptions, and return what was sent."""
    rights = {"scopes": scopes, "subscriptions": events}
    return asyncio.run(_day({name: one for name, one in rights.items() if one is not None}))


async def _day(rights: Json) -> Traffic:
    with tempfile.TemporaryDirectory() as folder:
        async with Site(port=0, slack=rights) as site, served(site, Path(folder)):
            desk = Desk(site, Path(folder))
            for part in (_completions, _figures, _drafts, _emails, _doors, _channel, _odd, _weather):
                await part(desk)
            found = await examine(settings(site, Path(folder)))
            assert all(one.well is not False for one in found), found
            calls = [_call(one, site) for one in site.slack.requests if one.path.startswith("/api/")]
            return Traffic(tuple(calls), tuple(site.jira.requests), tuple(site.models.requests))


def _call(one: Recorded, site: Site) -> Call:
    name = one.path.removeprefix("/api/")
    arguments = dict(arguments_of(one))
    arguments.pop("token", None)
    scopes = METHODS[name].scopes
    needed = scopes if isinstance(scopes, tuple) else scopes(site.slack, arguments)
    return Call(name, arguments, needed, json.loads(one.answer or b"{}"))


def arguments_of(one: Recorded) -> Iterator[tuple[str, Any]]:
    """Yield the arguments of a call, from its address and its body, structured ones decoded."""
    yield from parse_qsl(one.query, keep_blank_values=True)
    if one.headers.get("Content-Type", "").startswith("application/json"):
        yield from json.loads(one.body or b"{}").items()
        return
    for name, value in parse_qsl(one.body.decode(), keep_blank_values=True):
        yield name, json.loads(value) if name in JSON_ARGUMENTS else value


async def _completions(desk: Desk) -> None:
    await _said(desk, ANA, "done with DEMO-12", r"→ \*Done\*")
    await _said(desk, ANA, "done with DEMO-999", "cannot find")
    await _said(desk, DORA, "done with DEMO-14", "does not let you")
    asked = await _said(desk, ANA, "done", "Which issue")
    await desk.press(ANA, asked, buttons(asked)[0]["text"]["text"])
    await desk.becomes(asked, "Done|Jira needs|which way", ANA.dm)
    missing = await _said(desk, ANA, "DEMO-17 is done", "Jira needs")
    await desk.press(ANA, missing, "Fill in")
    form = await desk.form(ANA)
    elements = [block["element"] for block in form["blocks"]]
    values = {
        one["action_id"]: one["options"][0]["value"] if one.get("options") else "A race in the retry"
        for one in elements
    }
    await _sent(desk, values)
    await desk.becomes(missing, r"→ \*Done\*", ANA.dm)


async def _figures(desk: Desk) -> None:
    await _said(desk, ANA, "how productive was I last week?", "Your figures")
    await _said(desk, ANA, "team productivity report for this month", "Figures of")
    await _said(desk, ANA, f"how productive was <@{BEN.slack}> last month?", "Figures of")


async def _drafts(desk: Desk) -> None:
    card = await desk.say(ANA, UPDATE)
    await desk.press(ANA, card, "Edit")
    await _sent(desk, {"text": "Fixed the timeout. QA remains to be done."})
    card = await desk.becomes(card, "QA remains", ANA.dm)
    await desk.press(ANA, card, "Regenerate")
    await _sent(desk, {"instruction": "as a list"})
    card = await desk.becomes(card, r"\n- ", ANA.dm)
    await desk.press(ANA, card, "Post")
    await desk.becomes(card, "Posted comment", ANA.dm)
    long = await desk.say(ANA, LONG.format(ben=BEN.slack))
    await desk.press(ANA, long, "Post")
    await desk.becomes(long, "Posted comment", ANA.dm)
    moved = await desk.say(BEN, "finished DEMO-27 by moving the cache to Redis, added a TTL of 5 minutes")
    await desk.press(BEN, moved, "Post and move to Done")
    await desk.becomes(moved, "Posted comment", BEN.dm)
    several = await desk.say(ANA, "tested the login for DEMO-14 and DEMO-18 on staging, both pending review")
    await desk.press(ANA, several, "Edit")
    await desk.form(ANA)
    await desk.press(ANA, several, "Reject")
    await _sent(desk, {"reason": "not needed"})
    await desk.becomes(several, "Rejected comment", ANA.dm)


async def _emails(desk: Desk) -> None:
    card = await desk.say(ANA, "write an e-mail to my manager that I am sick today")
    await desk.press(ANA, card, "Approve")
    await desk.becomes(card, "approved", ANA.dm)
    unsure = await desk.say(ANA, "what's up?")
    if buttons(unsure):
        await desk.press(ANA, unsure, "Show figures")
        await desk.becomes(unsure, "Cycle time", ANA.dm)


async def _doors(desk: Desk) -> None:
    """Every way in but a plain message: the command, the shortcuts, the home."""
    slack = desk.site.slack
    before = len(slack.world.channels[ANA.dm].messages)
    for text in (
        "help",
        "update",
        "stats last week",
        "done DEMO-18",
        "fixed the build of DEMO-27, QA pending",
    ):
        assert (await slack.command(ANA.slack, CHANNEL, text))["ok"], text
    await slack.command(ANA.slack, ANA.dm, "email tell my team that the release moved to Friday")
    ts = await slack.say(BEN.slack, CHANNEL, "we rolled DEMO-27 back on production, needs a review")
    await slack.shortcut(ANA.slack, "draft_comment", CHANNEL, ts)
    await slack.shortcut(ANA.slack, "new_update")
    await _sent(desk, {"text": "tested DEMO-27 on staging, review pending"})
    await slack.open_home(ANA.slack)
    await slack.open_home(ANA.slack, "messages")
    await slack.wait_for(lambda: slack.home(ANA.slack))
    # stats, done, free text, email, the message shortcut and the form: six answers.
    await slack.wait_for(lambda: len(slack.world.channels[ANA.dm].messages) >= before + 6)


async def _channel(desk: Desk) -> None:
    """A mention in a channel, answered in its thread, with a card that somebody else presses."""
    slack = desk.site.slack
    await slack.invite(BEN.slack, CHANNEL)
    ts = await slack.mention(BEN.slack, CHANNEL, "fixed the flaky test of DEMO-27, review pending")
    card = await desk.answer(CHANNEL, ts)
    await desk.press(ANA, card, "Post", CHANNEL)
    await slack.wait_for(lambda: slack.ephemerals(ANA.slack))
    gone = await slack.say(BEN.slack, BEN.dm, "fixed DEMO-27 on staging, QA pending")
    await desk.answer(BEN.dm, gone)
    await slack.delete(BEN.slack, BEN.dm, gone)


async def _odd(desk: Desk) -> None:
    for text in ODD:
        await desk.say(ANA, text)
    card = await desk.say(ANA, "refunded DEMO-14 to IBAN DE89370400440532013000, tested, QA pending")
    await desk.press(ANA, card, "Regenerate")
    await _sent(desk, {"instruction": "as a list"})
    await desk.becomes(card, r"\n- ", ANA.dm)


async def _weather(desk: Desk) -> None:
    """Whatever is called fails once, or is slow."""
    site = desk.site
    site.slack.faults.add("drop_after", "chat.postMessage")
    await _said(desk, ANA, "done with DEMO-3", "already")
    site.jira.faults.add("status", "transitions", method="POST", status=503)
    await _said(desk, BEN, "done with DEMO-31", "Done|already|needs|offers")
    site.models.behave(seconds=0.7)
    await _said(desk, ANA, "reviewed DEMO-14 on staging, deployment pending", "Draft comment")
    site.models.behave()
    site.models.faults.add("status", "chat", status=503, times=-1)
    await _said(desk, ANA, "merged the branch of DEMO-14, rollout pending", "No language model")
    site.models.faults.clear()


async def _said(desk: Desk, who: Person, text: str, words: str) -> Message:
    """Say something, wait until the answer has these words (a regular expression), and return it."""
    answer = await desk.say(who, text)
    try:
        return await desk.becomes(answer, words, who.dm)
    except TimeoutError:
        raise AssertionError(
            f"“{text}” was answered: {text_of(desk.message(who.dm, answer['ts']))}"
        ) from None


async def _sent(desk: Desk, values: Json) -> None:
    """Send Ana's open form."""
    answer = await desk.submit(ANA, values)
    if answer != {"ok": True}:
        raise AssertionError(f"the form was refused: {answer}")

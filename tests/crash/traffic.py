"""People at work: they send updates and completions, press what their cards offer, some of them twice, and press again where Slack
says that the press was not taken."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from emulators.people import ANA, BEN, CHEN, Person
from emulators.site import Site
from emulators.slack.state import Refused
from tests.journeys.desk import buttons, text_of

Kind = Literal["post", "post and move", "completion"]

WORDS = {
    "post": "fixed the login timeout in {}, still need QA",
    "post and move": "finished {} by moving the cache to Redis, added a TTL of 5 minutes",
    "completion": "done with {}",
}
LABELS = {"post": "Post", "post and move": "Post and move to Done"}
RECEIPT = "Posted comment"
PATIENCE = 300.0
"""Seconds after which a person gives up; the product may still do its part until everything has settled."""


@dataclass(slots=True)
class Talk:
    """One message and what its author did about it; ``approved`` once Slack said that a press was taken."""

    number: int
    person: Person
    kind: Kind
    issue: str
    twice: bool = False
    redelivered: tuple[tuple[float, bool], ...] = ()
    ts: str = ""
    presses: int = 0
    approved: bool = False

    @property
    def text(self) -> str:
        """What is said."""
        return WORDS[self.kind].format(self.issue)


@dataclass(slots=True)
class Traffic:
    """All talks of a run, ``at_once`` side by side; ``begun`` tells how far it is."""

    site: Site
    talks: Sequence[Talk]
    at_once: int
    begun: int = 0
    over: bool = False
    redelivered: int = 0
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, seconds: float) -> None:
        """Have every talk, or as many as can be begun in so many seconds."""
        waiting = iter(self.talks)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds

        async def one_after_the_other() -> None:
            for talk in waiting:
                if loop.time() > deadline:
                    return
                self.begun += 1
                await self._have(talk)

        async with asyncio.TaskGroup() as group:
            for _ in range(self.at_once):
                group.create_task(one_after_the_other())
        self.over = True
        await asyncio.gather(*self._later)

    async def _have(self, talk: Talk) -> None:
        talk.ts = await self.site.slack.say(talk.person.slack, talk.person.dm, talk.text)
        for delay, new_id in talk.redelivered:
            self._soon(self._redeliver(talk, delay, new_id))
        with suppress(TimeoutError):
            if talk.kind == "completion":
                await self._until(lambda: answers(self.site, talk))
            else:
                await self._until(lambda: card(self.site, talk))
                while not talk.approved:
                    await self._press(talk)
                await self._until(lambda: RECEIPT in text_of(answers(self.site, talk)[0]))

    async def _press(self, talk: Talk) -> None:
        """Press the button, in two windows where the person does so; another time after a while where neither was taken."""
        shown = card(self.site, talk)
        if shown is None:
            # An earlier press was taken though Slack heard nothing of it: the card shows that it was.
            talk.approved = True
            return
        [element] = [one for one in buttons(shown) if one["text"]["text"] == LABELS[talk.kind]]
        press = (talk.person.slack, talk.person.dm, shown["ts"], element["action_id"], element["value"])
        windows = 2 if talk.twice else 1
        talk.presses += windows
        pressed = await asyncio.gather(
            *(self.site.slack.press(*press) for _ in range(windows)), return_exceptions=True
        )
        odd = [one for one in pressed if isinstance(one, BaseException) and not isinstance(one, Refused)]
        if odd:
            raise odd[0]
        talk.approved = any(isinstance(one, dict) and one["ok"] for one in pressed)
        if not talk.approved:
            await asyncio.sleep(1.0)

    async def _redeliver(self, talk: Talk, delay: float, new_id: bool) -> None:
        await asyncio.sleep(delay)
        self.redelivered += 1
        await self.site.slack.redeliver(talk.ts, new_event_id=new_id)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _until(self, condition: Any) -> None:
        await self.site.slack.wait_for(condition, timeout=PATIENCE)


def talks(site: Site, approvals: int, chance: random.Random) -> list[Talk]:
    """Make up as many talks as lead to so many approvals: of five messages four are updates, and one of these moves its issue, too."""
    made: list[Talk] = []
    kinds: tuple[Kind, ...] = ("post", "post", "post", "post and move", "completion")
    left = approvals
    while left:
        kind = chance.choice(kinds)
        left -= kind != "completion"
        person = chance.choice((ANA, BEN, CHEN))
        issue = site.jira.create("DEMO", "A task of this run", assignee=person.account)
        again = [(chance.uniform(0, 8), chance.random() < 0.5) for _ in range(2) if chance.random() < 0.15]
        made.append(Talk(len(made), person, kind, issue, chance.random() < 0.3, tuple(again)))
    return made


def answers(site: Site, talk: Talk) -> list[dict[str, Any]]:
    """Return what the app has said in the thread of a message."""
    replies = site.slack.replies(talk.person.dm, talk.ts)
    return [dict(one) for one in replies if one.get("bot_id")]


def card(site: Site, talk: Talk) -> dict[str, Any] | None:
    """Return the card of an update's draft while it can be decided on."""
    return next((one for one in answers(site, talk) if buttons(one)), None)

"""The stand-ins in a process of their own, with the people who write to the app under test.

One JSON command a line on standard input, one JSON answer a line on standard output. Times are ``time.perf_counter`` in seconds,
one clock for all processes of a machine.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any

from aiohttp import web

from emulators.people import ANA, BEN, CHEN, Person
from emulators.site import Site
from emulators.slack.delivery import Delivery

Answer = dict[str, Any]

WORDS = {
    "completion": "done with {key}",
    "update": "fixed the timeout in {key}, the client retries {number} times now, still need QA on staging",
}
WRITERS = (ANA, BEN, CHEN)
PATIENCE = 60.0
"""Seconds after which an acknowledgement or an answer is counted as missing."""
KEY = re.compile(rb"DEMO-\d+")


class InTurns:
    """Addresses of which each use gets the next: what a balancer in front of several processes does."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = cycle(urls)

    def __str__(self) -> str:
        return next(self._urls)


class Crowd:
    """People who write direct messages, and what they see of the answers."""

    def __init__(self, site: Site) -> None:
        self.site, self.slack = site, site.slack
        self.answered: dict[str, float] = {}
        self.model: dict[str, float] = defaultdict(float)
        self._number = 0
        self.slack.listeners.append(self._heard)
        site.app.middlewares.append(self._timing)

    def _heard(self, notice: dict[str, Any]) -> None:
        """Note when a thread got its first message; nobody but the app writes in threads here."""
        if notice["type"] == "message" and notice.get("thread_ts"):
            self.answered.setdefault(notice["thread_ts"], time.perf_counter())

    @property
    def _timing(self) -> Any:
        """Add up the model's own time for each issue named in its prompt."""

        @web.middleware
        async def timing(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            if not request.path.startswith("/openai/"):
                return await handler(request)
            named = KEY.search(await request.read())
            began = time.perf_counter()
            try:
                return await handler(request)
            finally:
                if named is not None:
                    self.model[named[0].decode()] += time.perf_counter() - began

        return timing

    def texts(self, kind: str, count: int) -> list[tuple[str, str]]:
        """Make an open issue for each message to come; returns issue keys and texts."""
        made = []
        for _ in range(count):
            self._number += 1
            key = self.site.jira.create("DEMO", f"Measured issue {self._number}", assignee=ANA.account)
            made.append((key, WORDS[kind].format(key=key, number=self._number)))
        return made

    async def connected(self, sockets: int) -> Answer:
        """Wait until exactly so many Socket Mode connections are open; answer when that was."""
        await self.slack.wait_for(lambda: len(self.slack.delivery.sockets) == sockets, PATIENCE)
        return {"at": time.perf_counter()}

    async def model_takes(self, seconds: float) -> Answer:
        """Let the model think so long before each answer."""
        self.site.models.behave(seconds=seconds)
        return {}

    async def burst(self, kind: str, count: int, at_once: int, expect: str) -> Answer:
        """Write as fast as acknowledgements come, ``at_once`` messages on the way; then wait for every answer."""
        texts = self.texts(kind, count)
        waiting: list[Delivery] = []
        sent: list[tuple[Person, str, Delivery]] = []

        def room() -> bool:
            waiting[:] = [one for one in waiting if not one.done]
            return len(waiting) < at_once

        began = time.perf_counter()
        for number, (_, text) in enumerate(texts):
            await self.slack.wait_for(room, PATIENCE)
            who = WRITERS[number % len(WRITERS)]
            ts = await self.slack.say(who.slack, who.dm, text)
            sent.append((who, ts, self._delivery(ts)))
            waiting.append(sent[-1][2])
        await self.slack.wait_for(lambda: all(one.done for one in waiting), PATIENCE)
        acked = [one for _, _, one in sent if one.acked is not None]
        await self._wait_answered([ts for _, ts, _ in sent])
        answered = [self.answered[ts] for _, ts, _ in sent if ts in self.answered]
        if not acked or not answered:
            return {"error": "no message was acknowledged and answered"}
        return {
            "acks": [one.acked - one.attempts[0].at for one in acked if one.acked is not None],
            "seconds": max(one.acked for one in acked if one.acked is not None) - began,
            "answered_seconds": max(answered) - began,
            "again": sum(len(one.attempts) - 1 for _, _, one in sent),
            "wrong": self._wrong([(who, ts) for who, ts, _ in sent], expect),
        }

    async def paced(self, kind: str, count: int, every: float, expect: str) -> Answer:
        """Write a message every so many seconds; answer how long each took to its answer, and what the model had of that."""
        sent: list[tuple[Person, str, str, float]] = []
        texts = self.texts(kind, count)
        start = time.perf_counter()
        for number, (key, text) in enumerate(texts):
            await asyncio.sleep(max(0.0, start + number * every - time.perf_counter()))
            who = WRITERS[number % len(WRITERS)]
            began = time.perf_counter()
            sent.append((who, await self.slack.say(who.slack, who.dm, text), key, began))
        await self._wait_answered([ts for _, ts, _, _ in sent])
        arrived = [one for one in sent if one[1] in self.answered]
        return {
            "seconds": [self.answered[ts] - began for _, ts, _, began in arrived],
            "model": [self.model.get(key, 0.0) for _, _, key, _ in arrived],
            "wrong": self._wrong([(who, ts) for who, ts, _, _ in sent], expect),
        }

    async def steady(
        self, rate: float, seconds: float, urls: Sequence[str] = (), drain: float = 0.0
    ) -> Answer:
        """Write at a fixed rate whatever comes back: every other message completes an issue, the rest ask for help.

        Everything is timed from the moment a message was due, so that a queue before the app counts too. Acks of a second try count as
        missing. ``urls`` share the events of an app that runs as several processes. Answers are waited for at most ``drain`` seconds.
        """
        if urls:
            self.slack.delivery.events_url = InTurns(urls)  # type: ignore[assignment] # only its text is used
        count = max(1, round(rate * seconds))
        done = [text for _, text in self.texts("completion", (count + 1) // 2)]
        sent: list[tuple[float, str, Delivery]] = []
        start = time.perf_counter()
        for number in range(count):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            who = WRITERS[number % len(WRITERS)]
            ts = await self.slack.say(who.slack, who.dm, "help" if number % 2 else done[number // 2])
            sent.append((due, ts, self._delivery(ts)))
        wrote = time.perf_counter()
        await self._wait_tried([one for _, _, one in sent])
        await self._answers_to_come(drain)
        good = [(due, one) for due, _, one in sent if one.acked is not None and len(one.attempts) == 1]
        answered = [(due, self.answered[ts]) for due, ts, _ in sent if ts in self.answered]
        return {
            "events": count,
            "seconds": wrote - start,
            "acks": [one.acked - due for due, one in good if one.acked is not None],
            "missing": count - len(good),
            "answered": sum(at <= wrote for _, at in answered),
            "answers": [at - due for due, at in answered],
        }

    async def threads(self, count: int) -> Answer:
        """Say “done” below so many completed issues' messages, one after the other; answer how long each took."""
        seconds = []
        for number, (_, text) in enumerate(self.texts("completion", count)):
            who = WRITERS[number % len(WRITERS)]
            root = await self.slack.say(who.slack, who.dm, text)
            await self._replied(who, root, 1)
            began = time.perf_counter()
            await self.slack.say(who.slack, who.dm, "done", thread_ts=root)
            await self._replied(who, root, 3)
            seconds.append(time.perf_counter() - began)
        return {"seconds": seconds}

    async def _replied(self, who: Person, root: str, count: int) -> None:
        await self.slack.wait_for(lambda: len(self.slack.replies(who.dm, root)) > count, PATIENCE)

    async def forget(self) -> Answer:
        """Give up everything that is to be delivered again."""
        self.slack.delivery.reset()
        return {}

    async def _answers_to_come(self, seconds: float) -> None:
        """Wait until nothing has been answered for a moment, at most so many seconds."""
        until, before = time.perf_counter() + seconds, -1
        while before != len(self.answered) and time.perf_counter() < until:
            before = len(self.answered)
            await asyncio.sleep(1.0)

    async def _wait_tried(self, left: list[Delivery]) -> None:
        def tried() -> bool:
            left[:] = [
                one for one in left if not one.done and len(one.attempts) < 2 and not _failed_once(one)
            ]
            return not left

        with suppress(TimeoutError):  # what stays is missing
            await self.slack.wait_for(tried, 5.0)

    def _delivery(self, ts: str) -> Delivery:
        # The newest deliveries are at the end; the app's own messages are delivered as events too.
        return next(one for one in reversed(self.slack.deliveries) if one.payload["event"]["ts"] == ts)

    async def _wait_answered(self, sent: list[str]) -> None:
        left = set(sent)

        def done() -> bool:
            left.difference_update([ts for ts in left if ts in self.answered])
            return not left and not self.slack.delivery.open

        with suppress(TimeoutError):  # what never comes is counted as wrong by the caller
            await self.slack.wait_for(done, PATIENCE)

    def _wrong(self, sent: list[tuple[Person, str]], expect: str) -> int:
        """Count the messages whose thread does not hold exactly one answer with these words."""
        threads = [self.slack.replies(who.dm, ts)[1:] for who, ts in sent]
        return sum(len(one) != 1 or expect not in json.dumps(one[0], ensure_ascii=False) for one in threads)


def _failed_once(delivery: Delivery) -> bool:
    return any(attempt.error for attempt in delivery.attempts)


async def main() -> None:
    """Serve the stand-ins and obey until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events-url", help="send Slack's events here over HTTP instead of Socket Mode")
    site = Site(port=0, events_url=parser.parse_args().events_url)
    crowd = Crowd(site)
    lines = asyncio.StreamReader()
    async with site:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
        )
        _print({"url": site.url})
        while line := await lines.readline():
            command = json.loads(line)
            act = getattr(crowd, command.pop("do"))
            try:
                _print(await act(**command))
            except TimeoutError:
                _print({"error": f"{act.__name__}: nothing happened for {PATIENCE:.0f} s"})


def _print(answer: Answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())

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
from collections.abc import Awaitable, Callable
from contextlib import suppress
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

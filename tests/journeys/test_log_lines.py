"""The lines of the log: one message can be followed from Slack's event to the comment in Jira, and nobody's words are in them."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from bot.demo import product_environment
from emulators.people import ANA, BEN, CHEN
from emulators.site import Site
from tests.journeys.desk import Desk

ROOT = Path(__file__).parents[2]
Line = dict[str, Any]


async def logged(folder: Path) -> tuple[Desk, list[Line], dict[str, str]]:
    """Have three people use the product at the same time, each on an issue of their own.

    Returns its log at debug, and what Slack calls the events by the texts of the messages.
    """
    async with Site(port=0) as site:
        environment = product_environment(site.url, folder, 0)
        environment |= {
            "UPDRAFT_LOG_LEVEL": "debug",
            "UPDRAFT_RETRY_BASE": "0.02",
            "UPDRAFT_HEALTH_EVERY": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=environment, stderr=PIPE
        )
        await site.slack.wait_connected()
        desk = Desk(site, folder)

        async def comment(who: Any, text: str, key: str) -> None:
            card = await desk.say(who, text)
            await desk.press(who, card, "Post")
            await desk.becomes(card, f"Posted comment on {key}", who.dm)

        site.jira.faults.add("status", "/comment", method="POST", status=503, times=2)
        await asyncio.gather(
            comment(ANA, "fixed the zebrafish in DEMO-14, QA pending", "DEMO-14"),
            comment(BEN, "the walrus in DEMO-17 is blocked by the bank, rollout pending", "DEMO-17"),
            desk.say(CHEN, "done with DEMO-12"),
        )
        await site.slack.wait_settled()
        payloads = [
            one.payload for one in site.slack.deliveries if "text" in (one.payload.get("event") or {})
        ]
        events = {one["event"]["text"]: one["event_id"] for one in payloads}
        process.send_signal(signal.SIGTERM)
        _, told = await process.communicate()
    return desk, [json.loads(line) for line in told.decode().splitlines()], events


async def test_a_message_can_be_followed_from_its_event_to_its_comment(tmp_path: Path) -> None:
    desk, lines, events = await logged(tmp_path)
    [comment] = desk.ours("DEMO-14")
    [added] = [one for one in lines if one["event"] == "comment added" and one["issue"] == "DEMO-14"]
    assert added["comment"] == comment["id"]
    mine = [one for one in lines if one.get("message") == added["message"]]
    assert mine[0]["event"] == "message taken"
    assert mine[0]["slack"] == events["fixed the zebrafish in DEMO-14, QA pending"]
    told = [one["event"] for one in mine if one["event"] not in ("slack asked", "jira asked", "job failed")]
    assert told == [
        "message taken",
        "routed",
        "model answered",
        "answered",
        "draft approved",
        "comment added",
    ]
    calls = {one["call"] for one in mine if "call" in one}
    assert {"chat.postMessage", "chat.update", "GET issue/DEMO-14", "POST issue/DEMO-14/comment"} <= calls
    kinds = [one["kind"] for one in mine if "kind" in one]
    assert set(kinds) == {"answer", "post_draft", "show_draft"}
    assert not [one for one in mine if "DEMO-17" in json.dumps(one) or "DEMO-12" in json.dumps(one)]


async def test_every_line_of_a_messages_work_says_which_message(tmp_path: Path) -> None:
    _, lines, _ = await logged(tmp_path)
    assert len({one["message"] for one in lines if "message" in one}) == 3
    about_nobody = [
        one for one in lines if "message" not in one and one.get("kind") not in ("tidy", "test_credentials")
    ]
    starting = {"auth.test", "apps.connections.open"}
    assert [
        one
        for one in about_nobody
        if one["event"] not in ("ready", "stopping") and one.get("call") not in starting
    ] == []
    for key in ("DEMO-14", "DEMO-17", "DEMO-12"):
        assert len({one["message"] for one in lines if key in json.dumps(one)}) == 1, key
    log = json.dumps(lines).lower()
    assert [
        word
        for word in ("zebrafish", "walrus", "bank", ANA.email, BEN.email, ANA.slack.lower())
        if word in log
    ] == []

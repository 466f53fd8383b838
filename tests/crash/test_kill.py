"""The process is killed at every step between receipt and receipt-card: nothing is lost, nothing is done twice.

A fault freezes the product inside one request, before or after that request's effect; then it is killed and started again.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulators.kit import Fault, Faults
from emulators.people import ANA
from emulators.site import Site
from tests.crash.product import Product, answers, fresh_issue, until
from tests.journeys.desk import Desk, buttons, text_of

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

LATE = 6.0

ON_THE_WAY_TO_A_CARD = [
    ("slack", "", "users.info", False),
    ("jira", "GET", r"/project/search", False),
    ("jira", "GET", r"/user/search", False),
    ("jira", "GET", r"/issue/[A-Z]+-\d+$", False),
    ("jira", "POST", r"/permissions/check", False),
    ("models", "POST", r"/chat/completions", False),
    ("models", "POST", r"/chat/completions", True),
    ("slack", "", r"chat\.postMessage", False),
    ("slack", "", r"chat\.postMessage", True),
]
AFTER_THE_CLICK = [
    ("slack", "", r"chat\.update", False),
    ("slack", "", r"chat\.update", True),
    ("jira", "GET", r"/issue/[A-Z]+-\d+/comment$", False),
    ("jira", "POST", r"/permissions/check", False),
    ("jira", "POST", r"/issue/[A-Z]+-\d+/comment$", False),
    ("jira", "POST", r"/issue/[A-Z]+-\d+/comment$", True),
]
ON_THE_WAY_TO_DONE = [
    ("jira", "GET", r"/issue/[A-Z]+-\d+/transitions$", False),
    ("jira", "POST", r"/issue/[A-Z]+-\d+/transitions$", False),
    ("jira", "POST", r"/issue/[A-Z]+-\d+/transitions$", True),
    ("slack", "", r"chat\.postMessage", False),
    ("slack", "", r"chat\.postMessage", True),
]


def faults_of(site: Site, service: str) -> Faults:
    return {"slack": site.slack.faults, "jira": site.jira.faults, "models": site.models.faults}[service]


async def freeze_and_kill(site: Site, product: Product, step: tuple[str, str, str, bool]) -> None:
    """Wait until the product is inside the request, kill it there, and start it again."""
    service, method, path, after = step
    faults = faults_of(site, service)
    fault: Fault = faults.add("hang", path, method=method, after=after)
    await until(lambda: fault.times == 0)
    if after:
        # The effect precedes the freeze by one turn of the stand-in's loop at most.
        await asyncio.sleep(0.05)
    await product.kill()
    faults.clear()
    await product.start()


@pytest.mark.parametrize("step", ON_THE_WAY_TO_A_CARD, ids=str)
async def test_killed_before_the_card(site: Site, product: Product, tmp_path: Path, step: Any) -> None:
    desk = Desk(site, tmp_path)
    key = fresh_issue(site)
    killing = asyncio.create_task(freeze_and_kill(site, product, step))
    ts = await site.slack.say(ANA.slack, ANA.dm, f"fixed the login timeout in {key}, still need QA")
    await killing
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    [card] = answers(desk, ts)
    await until(lambda: site.slack.delivery.sockets)
    await desk.press(ANA, card, "Post")
    await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    assert len(desk.ours(key)) == 1
    assert len(answers(desk, ts)) == 1


@pytest.mark.parametrize("step", AFTER_THE_CLICK, ids=str)
async def test_killed_after_the_click(site: Site, product: Product, tmp_path: Path, step: Any) -> None:
    desk = Desk(site, tmp_path)
    key = fresh_issue(site)
    ts = await site.slack.say(ANA.slack, ANA.dm, f"fixed the login timeout in {key}, still need QA")
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    killing = asyncio.create_task(freeze_and_kill(site, product, step))
    await desk.press(ANA, answers(desk, ts)[0], "Post")
    await killing
    await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    assert len(desk.ours(key)) == 1


@pytest.mark.parametrize("step", ON_THE_WAY_TO_DONE, ids=str)
async def test_killed_on_the_way_to_done(site: Site, product: Product, tmp_path: Path, step: Any) -> None:
    desk = Desk(site, tmp_path)
    key = fresh_issue(site)
    killing = asyncio.create_task(freeze_and_kill(site, product, step))
    ts = await site.slack.say(ANA.slack, ANA.dm, f"done with {key}")
    await killing
    await until(lambda: answers(desk, ts))
    [answer] = answers(desk, ts)
    assert re.search(r"→ \*Done\*", text_of(answer)), text_of(answer)
    moves = [item for history in site.jira.issue(key)["changelog"]["histories"] for item in history["items"]]
    assert [item["toString"] for item in moves if item["field"] == "status"].count("Done") == 1


@pytest.fixture
async def patient(site: Site, tmp_path: Path) -> AsyncIterator[Product]:
    product = Product(site, tmp_path, more={"UPDRAFT_JIRA_SETTLE": str(LATE + 2)})
    await product.start()
    yield product
    await product.stop()


async def test_killed_while_jira_is_still_at_it(site: Site, patient: Product, tmp_path: Path) -> None:
    """Jira takes the comment only when the process is long up again: it waits before it believes that there is none."""
    desk, product = Desk(site, tmp_path), patient
    key = fresh_issue(site)
    ts = await site.slack.say(ANA.slack, ANA.dm, f"fixed the login timeout in {key}, still need QA")
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    fault = site.jira.faults.add("slow", r"/comment$", method="POST", seconds=LATE)
    await desk.press(ANA, answers(desk, ts)[0], "Post")
    await until(lambda: fault.times == 0)
    taken = time.monotonic() + LATE
    await product.kill()
    await product.start()
    await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    await until(lambda: time.monotonic() > taken + 0.5)
    assert len(desk.ours(key)) == 1

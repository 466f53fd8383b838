"""The process is killed at moments of chance, from before the receipt to after the post: nothing is lost or done twice."""

import asyncio
import random
from pathlib import Path

import pytest

from emulators.people import ANA
from emulators.site import Site
from tests.crash.product import Product, answers, fresh_issue, until
from tests.journeys.desk import Desk, buttons, text_of

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]


async def one_round(desk: Desk, product: Product, chance: random.Random) -> tuple[str, str]:
    """Send a message and approve its draft, with a kill at a moment of chance after each; return issue and message."""
    site, key = desk.site, fresh_issue(desk.site)
    ts = await site.slack.say(ANA.slack, ANA.dm, f"fixed the login timeout in {key}, still need QA")
    await asyncio.sleep(chance.uniform(0, 1.2))
    await product.kill()
    await product.start()
    await until(lambda: [one for one in answers(desk, ts) if buttons(one)])
    await until(lambda: site.slack.delivery.sockets)
    pressed = asyncio.create_task(desk.press(ANA, answers(desk, ts)[0], "Post"))
    await asyncio.sleep(chance.uniform(0, 0.15))
    await product.kill()
    await product.start()
    if not (await pressed).get("ok"):
        # Slack showed that the press was not taken: the person presses again, if the card still asks for it.
        await until(lambda: site.slack.delivery.sockets)
        if buttons(answers(desk, ts)[0]):
            await desk.press(ANA, answers(desk, ts)[0], "Post")
    await until(lambda: "Posted comment" in text_of(answers(desk, ts)[0]))
    return key, ts


async def test_killed_at_any_moment(site: Site, product: Product, tmp_path: Path) -> None:
    """Kills from before the receipt to after the post: 40 in 20 rounds."""
    desk, chance = Desk(site, tmp_path), random.Random(7)
    rounds = [await one_round(desk, product, chance) for _ in range(20)]
    assert [len(desk.ours(key)) for key, _ in rounds] == [1] * 20
    assert [len(answers(desk, ts)) for _, ts in rounds] == [1] * 20
    assert product.kills == 40

"""Reserve, settle where that is wished, and die at once: ``python killed.py DATABASE_URL True``."""

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.ledger import Amounts, Call, Ledger, Limit, Outcome, Unit, Window
from engine.store import Store


async def main(url: str, settles: bool) -> None:
    ledger = Ledger(await Store.open(url))
    limit = Limit(Unit.CALLS, Window.MONTH, 5)
    held = await ledger.reserve(Call("T1", "U1", "comment", "1.0.0"), Amounts(1), [limit])
    if settles:
        await ledger.settle(held, Outcome("answered", Amounts(1), 0, "openai", "gpt-4.1"))
    os.kill(os.getpid(), signal.SIGKILL)


asyncio.run(main(sys.argv[1], sys.argv[2] == "True"))

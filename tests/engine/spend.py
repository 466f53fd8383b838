"""Spend ten cents many times at once, as one of several processes: ``python spend.py DATABASE_URL TIMES`` prints how often it could."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.ledger import NANO, Amounts, Call, Ledger, Limit, LimitReached, Outcome, Unit, Window
from engine.store import Store

BUDGET = Limit(Unit.MONEY, Window.MONTH, 5 * NANO)
DIME = NANO // 10


async def spend(ledger: Ledger) -> bool:
    call = Call("T1", "U1", "comment", "1.0.0")
    try:
        held = await ledger.reserve(call, Amounts(1, nanos=DIME), [BUDGET], patience=30)
    except LimitReached:
        return False
    await ledger.settle(held, Outcome("answered", Amounts(1, nanos=DIME), DIME, "openai", "gpt-4.1"))
    return True


async def main(url: str, times: int) -> None:
    store = await Store.open(url)
    ledger = Ledger(store)
    went = await asyncio.gather(*(spend(ledger) for _ in range(times)))
    await store.close()
    sys.stdout.write(f"{sum(went)}\n")


asyncio.run(main(sys.argv[1], int(sys.argv[2])))

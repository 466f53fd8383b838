"""One way to a language model, as a process of its own: the bare SDK, Updraft's gateway, or LiteLLM.

    python -m bench.caller {bare,updraft,litellm} URL FOLDER

Commands come in and measurements go out as lines of JSON. What a way needs is imported by that way alone, so that it pays for its own
imports only, and so that LiteLLM can run where nothing of ours is installed.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

MODEL = "gpt-4.1"
KEY = "sk-bench-000000000000"
SYSTEM = "You write short progress updates for Jira. Keep every fact, add none, name no person. " * 12
USER = "Number {number}: fixed the timeout in the payment form, the retry now waits for the gateway (PAY-{number})."
MOST, WARMTH = 500, 0.2
WORKSPACES, PEOPLE = 4, 100
Ask = Callable[[int], Awaitable[str]]


def messages(number: int) -> list[dict[str, str]]:
    """Return the texts that every way sends."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER.format(number=number)}]


async def bare(url: str, _: Path) -> Ask:
    """Return OpenAI's SDK as it comes: one client, no second try."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0)

    async def ask(number: int) -> str:
        answer = await client.chat.completions.create(
            model=MODEL,
            messages=messages(number),  # type: ignore[arg-type]
            temperature=WARMTH,
            max_tokens=MOST,
        )
        return answer.choices[0].message.content or ""

    return ask


async def litellm(url: str, _: Path) -> Ask:
    """Return LiteLLM's SDK without second tries."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices at its import
    import litellm  # type: ignore[import-not-found]

    litellm.telemetry = False

    async def ask(number: int) -> str:
        answer = await litellm.acompletion(
            model=f"openai/{MODEL}",
            messages=messages(number),
            temperature=WARMTH,
            max_tokens=MOST,
            api_key=KEY,
            api_base=url,
            max_retries=0,
        )
        return str(answer.choices[0].message.content)

    return ask


async def updraft(url: str, folder: Path) -> Ask:
    """Return the gateway as the product builds it, on a store of its own; the limits are the product's, but far away."""
    from dataclasses import replace

    from bot.models import gateway
    from bot.settings import Settings
    from engine import Person, Store, http_client, jobs_on
    from engine.gateway import Question
    from engine.models import Prompt

    os.environ |= {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_APP_TOKEN": "xapp-bench",
        "SLACK_SIGNING_SECRET": "",
        "JIRA_URL": "http://127.0.0.1:9",
        "JIRA_EMAIL": "bench@example.com",
        "JIRA_API_TOKEN": "bench",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": url,
    }
    store = await Store.open(f"sqlite+aiosqlite:///{folder / 'updraft.db'}")
    made = await gateway(Settings(), store, jobs_on(store), http_client())
    made.policy = replace(
        made.policy, limits=tuple(replace(one, most=one.most * 10**6) for one in made.policy.limits)
    )

    async def ask(number: int) -> str:
        person = Person(f"T{number % WORKSPACES}", f"U{number % PEOPLE}", "Ana", "ana@example.com")
        prompt = Prompt("comment", "1.0.0", SYSTEM, USER.format(number=number), WARMTH, MOST)
        return (await made.ask(Question(person, prompt, (f"PAY-{number}",), f"M{number}"))).text

    return ask


WAYS = {"bare": bare, "updraft": updraft, "litellm": litellm}


async def calls(ask: Ask, first: int, count: int, at_once: int, *, same: bool) -> dict[str, Any]:
    """Make calls, so many at a time, and return what they took; each has a text of its own, unless they are all the ``same``."""
    numbers, latencies, wrong = iter(range(first, first + count)), [], 0

    async def worker() -> None:
        nonlocal wrong
        for number in numbers:
            began = time.perf_counter()
            text = await ask(first if same else number)
            latencies.append(time.perf_counter() - began)
            wrong += "Fixed the timeout" not in text

    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return {
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - began,
        "latencies": latencies,
        "wrong": wrong,
    }


async def _obey(way: str, url: str, folder: Path) -> None:
    cpu, began = time.process_time(), time.perf_counter()
    ask = await WAYS[way](url, folder)
    await ask(1)
    _say({"ready": time.perf_counter() - began, "ready_cpu": time.process_time() - cpu})
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        asked = json.loads(line)
        del asked["do"]  # there is one thing to do
        _say(await calls(ask, **asked))


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_obey(sys.argv[1], sys.argv[2], Path(sys.argv[3])))

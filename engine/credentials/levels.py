"""Tests of a credential in three levels: the server answers, it has the model and takes the key, it completes a prompt."""

import time
from collections.abc import Awaitable, Callable, Collection

from engine.credentials.values import Credential, Level, State, Trial
from engine.errors import UpdraftError
from engine.models import (
    Endpoint,
    KeyRefused,
    Model,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    ProviderError,
)
from engine.store import Clock

MakeModel = Callable[[Endpoint], Model]

LEVELS = tuple(Level)
PATIENCE = 20.0
"""Seconds that one level may take."""
ROOM = 1000
"""Tokens that the answer may have; one word is asked for, but a reasoning model thinks before it."""
ASK = "Answer with the single word: ready"
NOT_TRIED = "not tried, for the level before it failed"


def prompt_for(credential: Credential) -> Prompt:
    """Return the smallest whole prompt, with what the credential says of prompts."""
    system = "\n\n".join(part for part in (credential.system_prompt, ASK) if part)
    temperature = 0.0 if credential.temperature is None else credential.temperature
    room = min(credential.max_tokens or ROOM, ROOM)
    return Prompt("test", "1.0.0", system, "Are you ready?", temperature, room)


async def examine(
    endpoint: Endpoint, prompt: Prompt, make_model: MakeModel, levels: Collection[Level], clock: Clock
) -> tuple[tuple[Trial, ...], ProviderError | None]:
    """Try the levels asked for, from the lowest; return what each found, and the failure that ended it.

    Reaching and finding the model share one ping, which spends no tokens; any answer of the server reaches it.
    """
    found: list[Trial] = []
    failure: ProviderError | None = None
    model = make_model(endpoint)
    try:
        for level in (one for one in LEVELS if one in levels):
            if failure is not None:
                found.append(Trial(level, None, NOT_TRIED, 0.0, clock()))
                continue
            tested, failure = await _level(level, model, prompt, clock)
            found.append(tested)
    finally:
        await model.close()
    return tuple(found), failure


def unreached(levels: Collection[Level], error: UpdraftError, clock: Clock) -> tuple[Trial, ...]:
    """Return what the levels find where the address itself may not be connected to."""
    tried = [one for one in LEVELS if one in levels]
    first = [Trial(one, False, str(error), 0.0, clock()) for one in tried[:1]]
    return (*first, *(Trial(one, None, NOT_TRIED, 0.0, clock()) for one in tried[1:]))


async def _level(
    level: Level, model: Model, prompt: Prompt, clock: Clock
) -> tuple[Trial, ProviderError | None]:
    async def complete() -> str:
        return (await model.complete(prompt)).model + " answers"

    async def ping() -> str:
        await model.ping()
        return f"{model.name} is there"

    call: Callable[[], Awaitable[str]] = complete if level is Level.PROMPT else ping
    failure: ProviderError | None = None
    began = time.monotonic()
    try:
        words = await call()
    except ProviderError as error:
        words, failure = str(error), error
    seconds = round(time.monotonic() - began, 3)
    if level is Level.REACH and not isinstance(failure, ModelUnavailable):
        # A refusal is an answer; what it means is the next level's affair.
        return Trial(level, True, "the server answers", seconds, clock()), None
    return Trial(level, failure is None, words, seconds, clock()), failure


def state_after(
    before: State, tested: tuple[Trial, ...], failure: UpdraftError | None
) -> tuple[State, str | None] | None:
    """Return the state that a test leads to and why, None where it stays: a server that asks for patience says nothing."""
    match failure:
        case None if {one.level for one in tested} == {Level.REACH}:
            # Whether the key is good nobody asked.
            return (State.UNTESTED, None) if before is State.UNREACHABLE else None
        case None:
            return (State.OK, None) if tested else None
        case ModelOverloaded():
            return None
        case KeyRefused() | ModelRefused():
            return State.REFUSED, str(failure)
        case _:
            return State.UNREACHABLE, str(failure)

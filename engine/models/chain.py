"""From one question to one answer over models that may fail: again, another model, another provider, and every step on record.

What to do after a failure is a pure decision (:func:`after`): a model that was overloaded is asked again when it says soon enough, else
the fast model of its provider is; one that failed is asked again after a growing pause, then the next provider is; one that refused the
key is asked with the next key; one that refused the request leaves it to the next model. The whole takes no longer than its deadline.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from engine.errors import ModelError
from engine.models.model import (
    Completion,
    KeyRefused,
    Model,
    ModelOverloaded,
    ModelUnavailable,
    Prompt,
    ProviderError,
    Usage,
)
from engine.models.structured import Unreadable, repaired
from engine.notices import Component, Failed, Notify, nobody

T = TypeVar("T")
A = TypeVar("A")

TRIES = 3
"""Tries of one model at the most: the first and two more."""
PAUSE = 0.5
"""Seconds before the second try; the third waits twice as long."""
SOON = 4.0
"""Seconds of Retry-After that are waited for; who has to wait longer is better served elsewhere."""
LEAST = 1.0
"""Seconds that must be left for another try to make sense."""


class Then(StrEnum):
    """What to do after a failure."""

    AGAIN = "again"
    FASTER = "faster model"
    NEXT_KEY = "next key"
    NEXT_MODEL = "next model"
    NEXT_PROVIDER = "next provider"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be asked: with which credential, where its breaker is, whether it is its provider's fast one.

    ``adapt`` is what the credential's owner wants changed of prompts.
    """

    model: Model
    provider: str
    place: str
    credential: str = ""
    fast: bool = False
    adapt: Callable[[Prompt], Prompt] | None = None

    def adapted(self, prompt: Prompt) -> Prompt:
        """Return a prompt as this candidate is to get it."""
        return prompt if self.adapt is None else self.adapt(prompt)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened on the way: which model, what came of it, in how many milliseconds, at what use of tokens."""

    model: str
    outcome: str
    milliseconds: int = 0
    credential: str = ""
    usage: Usage | None = None

    def record(self) -> Mapping[str, Any]:
        """Return the step as JSON."""
        counted = {} if self.usage is None else {"in": self.usage.tokens_in, "out": self.usage.tokens_out}
        named = {"credential": self.credential} if self.credential else {}
        return {"model": self.model, "outcome": self.outcome, "ms": self.milliseconds, **named, **counted}


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """An answer: its value, the completion it was read from, who gave it, and the steps that led to it."""

    value: T
    completion: Completion
    candidate: Candidate
    steps: tuple[Step, ...]


class NoModel(ModelError):
    """No model gave a usable answer; ``steps`` say what was tried."""

    permanent = False

    def __init__(self, sentence: str, steps: Sequence[Step] = ()) -> None:
        super().__init__(sentence)
        self.steps = tuple(steps)


class Health(Protocol):
    """What the chain asks of breakers (`engine.breaker`)."""

    async def admits(self, place: str) -> bool:
        """Say whether a call may go there now."""

    async def answered(self, place: str) -> None:
        """Note that it is alive."""

    async def failed(self, place: str) -> None:
        """Note that it failed."""


KeyNews = Callable[[Candidate, KeyRefused | None], Awaitable[None]]
"""Told whenever a credential was refused (or, None, used), for its state."""
Again = Callable[[Usage], Awaitable[None]]
"""Asked before one more try that costs money, because the last may have; raises ModelError where a limit forbids it."""


def after(error: ProviderError | Unreadable, tries: int, left: float) -> tuple[Then, float]:
    """Decide what follows the ``tries``-th failure of a model with ``left`` seconds to go: what, and after which pause."""
    if isinstance(error, Unreadable):
        return Then.NEXT_MODEL, 0.0
    if isinstance(error, KeyRefused):
        return Then.NEXT_KEY, 0.0
    if error.permanent:
        return Then.NEXT_MODEL, 0.0
    elsewhere = Then.FASTER if isinstance(error, ModelOverloaded) else Then.NEXT_PROVIDER
    pause = PAUSE * 2 ** (tries - 1)
    if error.retry_after is not None:
        pause = error.retry_after
    if tries >= TRIES or pause > SOON or pause + LEAST > left:
        return elsewhere, 0.0
    return Then.AGAIN, pause


def following(candidates: Sequence[Candidate], at: int, then: Then) -> int | None:
    """Return the place of the candidate that follows the one ``at`` a place; None when there is none."""
    here = candidates[at]
    for place, one in enumerate(candidates[at + 1 :], at + 1):
        same = one.provider == here.provider
        match then:
            case Then.NEXT_KEY if not (same and one.credential == here.credential):
                return place
            case Then.FASTER if not same or (one.fast and one.model.name != here.model.name):
                return place
            case Then.NEXT_PROVIDER if one.place != here.place:
                return place
            case Then.NEXT_MODEL if one.model.name != here.model.name:
                return place
            case _:
                continue
    return None


@dataclass
class _Way:
    """Where one question is: which candidate, how many tries of it, what happened."""

    candidates: Sequence[Candidate]
    until: float
    steps: list[Step] = field(default_factory=list)
    at: int = 0
    tries: int = 0

    @property
    def candidate(self) -> Candidate:
        return self.candidates[self.at]

    @property
    def left(self) -> float:
        return self.until - time.monotonic()

    def note(self, outcome: str, began: float, usage: Usage | None = None) -> None:
        spent = round((time.monotonic() - began) * 1000)
        one = self.candidate
        self.steps.append(Step(one.model.name, outcome, spent, one.credential, usage))

    def go_on(self, then: Then) -> None:
        """Move to the next candidate; raises NoModel when there is none."""
        place = following(self.candidates, self.at, then)
        if place is None:
            raise NoModel(_summary(self.steps), self.steps)
        self.at, self.tries = place, 0


class Chain:
    """Asks one model after the other; ``jitter`` spreads the pauses of many askers."""

    def __init__(
        self,
        health: Health,
        *,
        key_news: KeyNews | None = None,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1.5),
        notify: Notify = nobody,
    ) -> None:
        self.health, self.key_news, self.jitter, self.notify = health, key_news, jitter, notify

    async def ask(
        self,
        candidates: Sequence[Candidate],
        prompt: Prompt,
        accept: Callable[[str], T],
        *,
        deadline: float,
        again: Again | None = None,
    ) -> Answered[T]:
        """Return the first answer that ``accept`` can read, within ``deadline`` seconds; there is at least one candidate.

        ``accept`` raises Unreadable, which the model may mend once. Raises NoModel, and what ``again`` raises.
        """

        async def attempt(way: _Way) -> Answered[T]:
            began = time.monotonic()
            completion, value = await self._read(way, prompt, accept, again)
            way.note("answered", began, completion.usage)
            return Answered(value, completion, way.candidate, tuple(way.steps))

        return await self._first(_Way(candidates, time.monotonic() + deadline), attempt, again)

    async def stream(
        self, candidates: Sequence[Candidate], prompt: Prompt, *, deadline: float, again: Again | None = None
    ) -> AsyncIterator[str | Answered[str]]:
        """Yield an answer piece by piece, then as a whole, within ``deadline`` seconds up to its first piece.

        Once a piece was shown nobody else takes over: an answer that breaks off raises NoModel. Raises what `ask` raises before.
        """
        way = _Way(candidates, time.monotonic() + deadline)
        began = time.monotonic()

        async def attempt(way: _Way) -> tuple[str | Completion, AsyncIterator[str | Completion]]:
            pieces = way.candidate.model.stream(way.candidate.adapted(prompt))
            async with self._in_time(way):
                return await anext(pieces), pieces

        piece, pieces = await self._first(way, attempt, again)
        try:
            while isinstance(piece, str):
                yield piece
                piece = await anext(pieces)
        except (ProviderError, StopAsyncIteration) as error:
            spent = error.spent if isinstance(error, ProviderError) else Usage()
            way.note(str(error) or "broke off", began, spent)
            await self.health.failed(way.candidate.place)
            self._given_up(way.candidate, type(error).__name__)
            raise NoModel(_summary(way.steps), way.steps) from error
        way.note("answered", began, piece.usage)
        yield Answered(piece.text, piece, way.candidate, tuple(way.steps))

    async def _first(self, way: _Way, attempt: Callable[[_Way], Awaitable[A]], again: Again | None) -> A:
        """Attempt with one candidate after the other until one succeeds; raises NoModel."""
        while True:
            if not await self.health.admits(way.candidate.place):
                way.note("left alone: it failed too often", time.monotonic())
                self._given_up(way.candidate, "left alone, since it failed too often")
                way.go_on(Then.NEXT_PROVIDER)
                continue
            way.tries += 1
            began = time.monotonic()
            try:
                done = await attempt(way)
            except (ProviderError, Unreadable) as error:
                await self._failed(way, error, began, again)
            else:
                await self.health.answered(way.candidate.place)
                return done

    async def _read(
        self, way: _Way, prompt: Prompt, accept: Callable[[str], T], again: Again | None
    ) -> tuple[Completion, T]:
        """Ask once; an answer that cannot be read is sent back once with what is wrong with it."""
        prompt = way.candidate.adapted(prompt)
        began = time.monotonic()
        async with self._in_time(way):
            completion = await way.candidate.model.complete(prompt)
        try:
            return completion, accept(completion.text)
        except Unreadable as error:
            way.note("unreadable", began, completion.usage)
            mend = repaired(prompt, completion.text, error)
        await self._again(way, again, completion.usage)
        began = time.monotonic()
        async with self._in_time(way):
            mended = await way.candidate.model.complete(mend)
        try:
            return mended, accept(mended.text)
        except Unreadable:
            way.note("unreadable again", began, mended.usage)
            raise

    async def _again(self, way: _Way, again: Again | None, spent: Usage) -> None:
        try:
            if again is not None:
                await again(spent)
        except ModelError as error:
            raise NoModel(f"{_summary(way.steps)} {error}", way.steps) from error

    @asynccontextmanager
    async def _in_time(self, way: _Way) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(max(way.left, 0.0)):
                yield
        except TimeoutError:
            name = way.candidate.model.name
            raise ModelUnavailable(f"{name} did not answer in the time left.", spent=Usage()) from None

    async def _failed(
        self, way: _Way, error: ProviderError | Unreadable, began: float, again: Again | None
    ) -> None:
        """Record a failure and go where it leads; raises NoModel at the end of the way."""
        candidate = way.candidate
        if isinstance(error, ProviderError):
            way.note(str(error), began, error.spent)
            if error.trips:
                await self.health.failed(candidate.place)
            else:
                await self.health.answered(candidate.place)
            if isinstance(error, KeyRefused) and self.key_news is not None:
                await self.key_news(candidate, error)
        then, pause = after(error, way.tries, way.left)
        if then is not Then.AGAIN:
            self._given_up(candidate, type(error).__name__)
            way.go_on(then)
        if way.left < LEAST:
            raise NoModel(f"No language model answered in time. {_summary(way.steps)}", way.steps)
        spent = Usage() if isinstance(error, Unreadable) else error.spent
        if spent is not None:
            await self._again(way, again, spent)
        if pause:
            # A moment that the provider named is kept; our own is spread.
            named = isinstance(error, ProviderError) and error.retry_after is not None
            await asyncio.sleep(pause if named else pause * self.jitter())

    def _given_up(self, candidate: Candidate, why: str) -> None:
        """Tell that a model did not answer a question, however often it was tried for that."""
        self.notify(Failed(Component.MODEL, f"{candidate.model.name}: {why}."))


def _summary(steps: Sequence[Step]) -> str:
    """Say in a sentence what became of each model."""
    last = {step.model: step.outcome for step in steps}
    told = "; ".join(
        outcome.rstrip(".") if model in outcome else f"{model}: {outcome}".rstrip(".")
        for model, outcome in last.items()
    )
    return f"{told}."

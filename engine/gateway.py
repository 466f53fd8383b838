"""The one door to language models: allowed? kept already? reserve, ask along the chain, settle, record.

Whatever a feature asks of a model passes here, so that nothing is spent, leaked or guessed silently. An answer says who gave it where
that is not the model of first choice, and a failure says what was tried and what a person can do.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog
from pydantic import BaseModel

from engine.breaker import Breakers
from engine.errors import ModelError
from engine.flags import Flags
from engine.ledger import Amounts, Call, Ledger, Limit, LimitReached, Outcome, Reservation
from engine.lineup import Lineup
from engine.models import (
    Answered,
    Cache,
    Candidate,
    Chain,
    Embedder,
    Nearby,
    NoModel,
    Prices,
    Prompt,
    Provider,
    Step,
    Usage,
    read,
    schema_of,
)
from engine.notices import Notify, nobody
from engine.store import Clock, Store, utcnow
from engine.types import Person

if TYPE_CHECKING:
    from engine.models.embedding import Vectors
    from engine.models.nearby import Vector

log = structlog.get_logger(__name__)

T = TypeVar("T")
Output = TypeVar("Output", bound=BaseModel)

BYTES_PER_TOKEN = 3
"""UTF-8 bytes a token stands for at the least in ordinary text; fewer bytes to a token estimate more tokens."""
KEEP = 24 * 3600.0
BACKUP = "Answered by the backup model {model}."
EARLIER = "No language model answers at the moment; this is an earlier answer to the same words."
AI_IS_OFF = "AI is switched off for {where}."


class NotConfigured(NoModel):
    """There is no model to ask."""


class SwitchedOff(ModelError):
    """A workspace, a project or an issue does without models."""


@dataclass(frozen=True, slots=True)
class Near:
    """What lets a question be answered by what was kept for the same question in other words.

    ``text`` is what the person said and ``context`` what else the prompt holds; ``essentials`` are what may not differ, and ``suits``
    judges whether a kept answer is one to this text.
    """

    text: str
    context: str
    essentials: frozenset[str]
    suits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model, for whom, about which issues.

    ``subject`` is the message or draft it is for. ``keep`` is for how many seconds the answer may be given again to the same question;
    ``worth`` tells whether it is good enough for that. ``fresh`` wants another answer than the kept one.
    """

    person: Person
    prompt: Prompt
    keys: tuple[str, ...] = ()
    subject: str = ""
    keep: float = KEEP
    worth: Callable[[str], bool] = lambda _: True
    fresh: bool = False
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a model answered: the value and the text it was read from, which model, and what a person should know of the way."""

    value: T
    text: str
    model: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How the gateway works: its limits, and the seconds one answer may take in all.

    ``seal`` keeps what a model was asked: it takes the text, the workspace and the record's id, and returns what may be stored.
    """

    limits: tuple[Limit, ...] = ()
    deadline: float = 60.0
    seal: Callable[[str, str, str], str] | None = None


@dataclass(frozen=True, slots=True)
class _Given:
    """What is kept of an answer."""

    text: str
    model: str
    note: str | None


@dataclass
class _Spent:
    """What one call used so far, of tokens counted and tokens only estimated."""

    used: Amounts = field(default_factory=Amounts)
    nanos: int | None = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    steps: list[Step] = field(default_factory=list)


class Gateway:
    """Asks models for everything that Updraft does."""

    def __init__(
        self,
        store: Store,
        lineup: Lineup,
        *,
        ledger: Ledger,
        flags: Flags,
        policy: Policy = Policy(),
        prices: Prices = Prices(),  # noqa: B008 - a frozen value
        cache_size: int = 1000,
        breakers: Breakers | None = None,
        embedder: Embedder | None = None,
        similarity: float = 0.85,
        clock: Clock = utcnow,
        notify: Notify = nobody,
    ) -> None:
        self.store, self.lineup, self.ledger, self.flags = store, lineup, ledger, flags
        self.policy, self.prices, self.clock = policy, prices, clock
        self.breakers = breakers or Breakers(store, clock)
        self.cache: Cache[_Given] = Cache(cache_size)
        self.embedder, self.nearby = embedder, Nearby[_Given](cache_size, similarity)
        self._chain = Chain(self.breakers, key_news=lineup.accounts.key_news, notify=notify)

    async def ask(self, question: Question) -> Answer[str]:
        """Return a model's text. Raises SwitchedOff, LimitReached and NoModel, which are ModelErrors."""
        return await self._answer(self._bounded(question), str)

    async def ask_for(self, output: type[Output], question: Question) -> Answer[Output]:
        """Return a model's answer as a value of a pydantic model; raises what `ask` raises."""
        shaped = replace(question, prompt=replace(question.prompt, schema=schema_of(output)))
        return await self._answer(self._bounded(shaped), lambda text: read(output, text))

    async def stream(self, question: Question) -> AsyncIterator[str | Answer[str]]:
        """Yield a model's text piece by piece and, at the end, the answer; raises what `ask` raises, NoModel also midway."""
        question = self._bounded(question)
        candidates, limits = await self._allowed(question)
        meter = await self._meter(question, candidates, limits)
        whole: Answered[str] | None = None
        try:
            pieces = self._chain.stream(
                candidates, question.prompt, deadline=self.policy.deadline, again=meter.again
            )
            async for piece in pieces:
                if isinstance(piece, str):
                    yield piece
                else:
                    whole = piece
        except NoModel as error:
            await meter.failed(error)
            raise
        except BaseException:
            await meter.failed(_left("The reader went away.", candidates))
            raise
        assert whole is not None, "a stream ends with the whole or raises"
        # From here on a reader who goes away changes nothing: the call is settled, once.
        await meter.answered(whole)
        yield Answer(whole.value, whole.value, whole.completion.model, _note(whole, candidates))

    async def _answer(self, question: Question, accept: Callable[[str], T]) -> Answer[T]:
        candidates, limits = await self._allowed(question)
        key = self.cache.key(question.person.workspace, _parts(question.prompt, candidates))
        may_keep = await self._on(question, "ai.cache")

        async def make() -> _Given:
            place = await self._place(question, candidates) if may_keep else None
            if place is not None and (near := self._near(question, place)) is not None:
                provider, _, model = near.model.partition(":")
                await self._note(question, Outcome("answered", Amounts(), 0, provider, model, cache="nearby"))
                return near
            given = await self._made(question, candidates, limits, accept)
            if place is not None and question.near is not None and question.worth(given.text):
                bucket, vector = place
                self.nearby.keep(bucket, question.near.essentials, vector, given, question.keep)
            return given

        def keep(given: _Given) -> float:
            return question.keep if may_keep and question.worth(given.text) else 0.0

        try:
            given, kept = await self.cache.get(key, make, keep, fresh=question.fresh or not may_keep)
        except NoModel as error:
            earlier = self.cache.earlier(key) if may_keep and not question.fresh else None
            if earlier is None:
                raise
            await self._note(
                question, Outcome("answered", Amounts(), 0, cache="stale", path=_path(error.steps))
            )
            return Answer(accept(earlier.text), earlier.text, earlier.model, EARLIER)
        if kept:
            log.info("model not asked: the answer was kept", model=given.model)
            provider, _, model = given.model.partition(":")
            await self._note(question, Outcome("answered", Amounts(), 0, provider, model, cache="exact"))
        return Answer(accept(given.text), given.text, given.model, given.note)

    async def embed(self, person: Person, texts: Sequence[str], *, subject: str = "") -> "Vectors":
        """Return a vector for each text, counted and recorded as any call. Raises NotConfigured, LimitReached, ProviderError."""
        if self.embedder is None:
            raise NotConfigured("No embedder is configured.")
        call = Call(person.workspace, person.id, "embed", self.embedder.name, subject)
        most = Usage(sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN + 1, 0)
        cost = self.prices.nanos(self.embedder.name, most) or 0
        wanted = Amounts(0, most.tokens_in or 0, len(texts), cost)
        reservation = await self._reserved(call, wanted, self.policy.limits)
        provider, _, model = self.embedder.name.partition(":")
        outcome = Outcome("failed", Amounts(), None, provider, model)
        try:
            made = await self.embedder.embed(texts)
            nanos = self.prices.nanos(self.embedder.name, made.usage)
            used = Amounts(0, made.usage.tokens_in or 0, len(texts), nanos or 0)
            outcome = replace(
                outcome, status="answered", used=used, nanos=nanos, tokens_in=made.usage.tokens_in
            )
        except ModelError as error:
            outcome = replace(outcome, error=str(error)[:1000])
            raise
        finally:
            await self.ledger.settle(reservation, outcome)
        return made.vectors

    async def _place(
        self, question: Question, candidates: Sequence[Candidate]
    ) -> "tuple[str, Vector] | None":
        """Return where a question lies among those kept by nearness; None where that is off, or fails."""
        if self.embedder is None or question.near is None or question.fresh:
            return None
        parts = {**_parts(question.prompt, candidates), "user": None, "embedder": self.embedder.name}
        bucket = self.cache.key(question.person.workspace, {**parts, "context": question.near.context})
        try:
            [vector] = await self.embed(question.person, [question.near.text], subject=question.subject)
        except ModelError as error:
            log.warning("no vector", error=str(error))
            return None
        return bucket, vector

    def _near(self, question: Question, place: "tuple[str, Vector]") -> _Given | None:
        """Return what was kept for the same question in other words, where it is an answer to these, too."""
        assert question.near is not None
        found = self.nearby.find(place[0], question.near.essentials, place[1])
        return found if found is not None and question.near.suits(found.text) else None

    async def _made(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        limits: Sequence[Limit],
        accept: Callable[[str], T],
    ) -> _Given:
        """Ask along the chain between reservation and settlement."""
        meter = await self._meter(question, candidates, limits)
        try:
            answered = await self._chain.ask(
                candidates, question.prompt, accept, deadline=self.policy.deadline, again=meter.again
            )
        except NoModel as error:
            await meter.failed(error)
            raise
        except BaseException as error:
            await meter.failed(_left(str(error) or type(error).__name__, candidates))
            raise
        await meter.answered(answered)
        return _Given(answered.completion.text, answered.completion.model, _note(answered, candidates))

    async def _allowed(self, question: Question) -> tuple[list[Candidate], tuple[Limit, ...]]:
        """Return who may be asked under which limits; raises SwitchedOff, NoModel."""
        if not await self._on(question, "ai.enabled"):
            where = " and ".join(question.keys) or "this workspace"
            raise SwitchedOff(AI_IS_OFF.format(where=where))
        barred = {name for name in Provider if not await self._on(question, f"ai.provider.{name}")}
        candidates = await self.lineup.candidates(
            question.person.workspace, question.prompt, barred=barred.__contains__
        )
        if not candidates:
            raise NotConfigured("No language model is configured.")
        limited = await self._on(question, "ai.rate_limits")
        return candidates, tuple(one for one in self.policy.limits if limited or one.unit == "nanos")

    def _bounded(self, question: Question) -> Question:
        return replace(question, prompt=self.lineup.choice.bounded(question.prompt))

    async def _on(self, question: Question, flag: str) -> bool:
        return await self.flags.on(question.person.workspace, flag, question.keys)

    async def _meter(
        self, question: Question, candidates: Sequence[Candidate], limits: Sequence[Limit]
    ) -> "_Meter":
        """Reserve what a question may use at the most, with the dearest of those that may be asked; raises LimitReached."""
        call, usage = self._call(question), _estimate(question.prompt)
        costs = (self.prices.nanos(one.model.name, usage) for one in candidates)
        tokens = (usage.tokens_in or 0) + (usage.tokens_out or 0)
        wanted = Amounts(1, tokens, 0, max((cost for cost in costs if cost is not None), default=0))
        return _Meter(self, await self._reserved(call, wanted, limits), usage)

    async def _reserved(self, call: Call, wanted: Amounts, limits: Sequence[Limit]) -> Reservation:
        """Reserve; a refusal is recorded."""
        try:
            return await self.ledger.reserve(call, wanted, limits)
        except LimitReached as error:
            log.info("limit reached", limit=error.limit.words(), task=call.task)
            await self.ledger.note(call, Outcome("refused", Amounts(), 0, error=str(error)))
            raise

    async def _note(self, question: Question, outcome: Outcome) -> None:
        await self.ledger.note(self._call(question), outcome)

    def _call(self, question: Question) -> Call:
        person, prompt = question.person, question.prompt
        call = Call(person.workspace, person.id, prompt.task, prompt.version, question.subject)
        if self.policy.seal is None:
            return call
        return replace(call, prompt=self.policy.seal(prompt.user, person.workspace, call.id))


class _Meter:
    """Counts one call from its reservation to its settlement."""

    def __init__(self, gateway: Gateway, reservation: Reservation, estimate: Usage) -> None:
        self.gateway, self.reservation, self.estimate = gateway, reservation, estimate
        self.once = reservation.held

    async def again(self, _: Usage) -> None:
        """Reserve for one more try, since the last one may be billed; raises LimitReached."""
        self.reservation = await self.gateway.ledger.more(self.reservation, self.once)

    async def answered(self, answered: Answered[Any]) -> None:
        """Settle a call that was answered."""
        provider, _, model = answered.completion.model.partition(":")
        spent = self._spent(answered.steps)
        outcome = Outcome(
            "answered",
            spent.used,
            spent.nanos,
            provider,
            model,
            answered.candidate.credential,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            estimated=spent.estimated,
            finish=answered.completion.finish,
            path=_path(answered.steps),
        )
        await self.gateway.ledger.settle(self.reservation, outcome)
        log.info("model answered", model=answered.completion.model, tries=len(answered.steps))
        await self.gateway.lineup.accounts.key_news(answered.candidate, None)

    async def failed(self, error: NoModel) -> None:
        """Settle a call that nobody answered; what failed tries used counts."""
        spent = self._spent(error.steps)
        outcome = Outcome(
            "failed",
            spent.used,
            spent.nanos,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            estimated=spent.estimated,
            path=_path(error.steps),
            error=str(error)[:1000],
        )
        await self.gateway.ledger.settle(self.reservation, outcome)

    def _spent(self, steps: Sequence[Step]) -> _Spent:
        """Add up all tries that a provider may bill; where one did not count, the estimate stands."""
        spent = _Spent()
        for step in steps:
            if step.usage is None:
                continue
            counted = step.usage
            if counted.tokens_in is None or counted.tokens_out is None:
                spent.estimated = True
                counted = self.estimate
            spent.tokens_in += counted.tokens_in or 0
            spent.tokens_out += counted.tokens_out or 0
            cost = self.gateway.prices.nanos(step.model, counted)
            spent.nanos = None if cost is None or spent.nanos is None else spent.nanos + cost
        asked = any(step.milliseconds or step.usage for step in steps)
        spent.used = Amounts(int(asked), spent.tokens_in + spent.tokens_out, 0, spent.nanos or 0)
        return spent


def _left(sentence: str, candidates: Sequence[Candidate]) -> NoModel:
    """Return what a call was that was left before its end: it may be on the bill, so the estimate counts."""
    return NoModel(sentence, [Step(candidates[0].model.name, "left before its end", usage=Usage())])


def _estimate(prompt: Prompt) -> Usage:
    texts = (prompt.system, prompt.user, *(text for turn in prompt.turns for text in turn))
    told = sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN + 16
    return Usage(told, prompt.max_tokens)


def _parts(prompt: Prompt, candidates: Sequence[Candidate]) -> Mapping[str, Any]:
    """Return everything that shapes an answer."""
    return {
        "task": prompt.task,
        "version": prompt.version,
        "model": candidates[0].model.name,
        "temperature": prompt.temperature,
        "system": prompt.system,
        "user": prompt.user,
        "turns": prompt.turns,
        "schema": prompt.schema,
    }


def _note(answered: Answered[Any], candidates: Sequence[Candidate]) -> str | None:
    """Say in a word when another model than the first choice answered."""
    chosen, gave = candidates[0].model.name, answered.candidate.model.name
    return None if chosen == gave else BACKUP.format(model=gave)


def _path(steps: Sequence[Step]) -> tuple[Mapping[str, Any], ...]:
    return tuple(step.record() for step in steps)

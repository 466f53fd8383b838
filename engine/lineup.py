"""Which models may answer a question, in which order: by the task's tier, by complexity where that is wished, by the keys there are.

The first choice comes first, with each key there is for its provider; then the fast model of the provider, for when the first one asks
for patience; then the other providers, in the order of `PROVIDERS`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from engine.accounts import Account, Accounts
from engine.models import Candidate, Endpoint, HttpClient, Model, Prompt, connect, imported
from engine.store import AWAY, StoreError

CHEAP_WORDS, CAPABLE_WORDS = 50, 200
_CODE = re.compile(r"```|`[^`\n]+`|\b\w+\(\)|[{};]\s*$|^\s{4}\S", re.MULTILINE)
_STEPS = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+\S", re.MULTILINE)
_FEW_STEPS = 2


class Tier(StrEnum):
    """What a task needs of a model."""

    PRIMARY = "primary"
    FAST = "fast"
    CLASSIFICATION = "classification"
    CAPABLE = "capable"


TIERS: Mapping[str, Tier] = {"classify": Tier.CLASSIFICATION}
"""The tier of each task; the others are for the primary model."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The models of an installation, as ``provider:model``; ``auto`` chooses by complexity, ``others`` stand in when all else fails.

    ``timeout`` is for one try, in seconds; ``output`` and ``output_fast`` are the tokens of an answer at the most.
    """

    primary: str
    fast: str
    classification: str | None = None
    capable: str | None = None
    auto: bool = False
    others: tuple[str, ...] = ()
    timeout: float = 30.0
    output: int = 2000
    output_fast: int = 1000

    def bounded(self, prompt: Prompt) -> Prompt:
        """Return a prompt whose answer is no longer than its tier allows."""
        fast = TIERS.get(prompt.task, Tier.PRIMARY) is not Tier.PRIMARY
        return replace(prompt, max_tokens=min(prompt.max_tokens, self.output_fast if fast else self.output))

    def by_provider(self) -> dict[str, str]:
        """Return the model that each provider is asked for, without the provider's name."""
        named = [name for name in (*self.others, self.fast, self.primary) if name]
        return {name.partition(":")[0]: name.partition(":")[2] for name in named}

    def first(self, prompt: Prompt) -> str:
        """Return the model that a prompt is for."""
        match TIERS.get(prompt.task, Tier.PRIMARY):
            case Tier.CLASSIFICATION:
                return self.classification or self.fast
            case Tier.FAST:
                return self.fast
            case _ if not self.auto:
                return self.primary
        match complexity(prompt.user):
            case Tier.FAST:
                return self.fast
            case Tier.CAPABLE:
                return self.capable or self.primary
            case _:
                return self.primary


class Lineup:
    """Finds the candidates for a prompt; one connection object for each endpoint."""

    def __init__(self, choice: ModelChoice, accounts: Accounts, http: HttpClient) -> None:
        self.choice, self.accounts, self.http = choice, accounts, http
        self._models: dict[str, tuple[Endpoint, Model]] = {}

    async def candidates(
        self, workspace: str, prompt: Prompt, *, barred: Callable[[str], bool] = lambda _: False
    ) -> list[Candidate]:
        """Return who may be asked, in order; ``barred`` providers are left out."""
        accounts = [one for one in await self.accounts.of(workspace) if not barred(one.provider)]
        choice = self.choice
        return await self._found(accounts, (choice.first(prompt), choice.fast, *choice.others))

    async def everyone(self, workspace: str | None) -> list[Candidate]:
        """Return every model that may ever be asked, for who looks whether all is well; None: those that the settings alone know.

        Raises StoreError when the database, which knows the workspace's credentials, is away.
        """
        choice = self.choice
        named = (choice.primary, choice.fast, choice.classification, choice.capable, *choice.others)
        try:
            accounts = self.accounts.own if workspace is None else await self.accounts.of(workspace)
        except AWAY as error:
            raise StoreError(f"The database does not answer ({type(error).__name__}).") from error
        return await self._found(accounts, [name for name in named if name])

    async def _found(self, accounts: Sequence[Account], names: Sequence[str]) -> list[Candidate]:
        found: dict[tuple[str, str], Candidate] = {}
        for name in dict.fromkeys(names):
            provider, _, model = name.partition(":")
            for account in accounts:
                if account.provider == provider:
                    await imported(provider)
                    one = self._candidate(
                        account, model, first=name == names[0], fast=name == self.choice.fast
                    )
                    found.setdefault((one.model.name, one.credential), one)
        return list(found.values())

    def _candidate(self, account: Account, model: str, *, first: bool, fast: bool) -> Candidate:
        wanted = account.model if first and account.model else model
        endpoint = Endpoint(
            account.provider,
            wanted,
            account.base_url,
            account.key,
            self.choice.timeout,
            dict(account.headers),
            dict(account.options),
        )
        place = f"{account.provider} at {urlsplit(account.base_url).netloc}"
        return Candidate(
            self._model(account.id, endpoint),
            account.provider,
            place,
            account.id,
            fast,
            _preference(account),
        )

    def _model(self, name: str, endpoint: Endpoint) -> Model:
        """Return the model of an endpoint; one whose key or address changed is connected anew."""
        known = self._models.get(f"{name} {endpoint.name}")
        if known is None or known[0] != endpoint:
            known = (endpoint, connect(endpoint, self.http))
            self._models[f"{name} {endpoint.name}"] = known
        return known[1]


def complexity(text: str) -> Tier:
    """Judge a text: FAST under fifty words without code or steps, CAPABLE over two hundred or with steps, else PRIMARY."""
    words = len(text.split())
    steps = len(_STEPS.findall(text)) >= _FEW_STEPS
    if words > CAPABLE_WORDS or steps:
        return Tier.CAPABLE
    return Tier.FAST if words < CHEAP_WORDS and not _CODE.search(text) else Tier.PRIMARY


def _preference(account: Account) -> Callable[[Prompt], Prompt] | None:
    """Return what an account's owner wants changed of prompts, if anything."""
    if account.temperature is None and account.max_tokens is None and not account.system_prompt:
        return None

    def adapted(prompt: Prompt) -> Prompt:
        system = "\n\n".join(part for part in (account.system_prompt, prompt.system) if part)
        most = prompt.max_tokens if account.max_tokens is None else min(account.max_tokens, prompt.max_tokens)
        warmth = prompt.temperature if account.temperature is None else account.temperature
        return replace(prompt, system=system, max_tokens=most, temperature=warmth)

    return adapted

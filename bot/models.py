"""The gateway as the settings want it: which models, by which accounts, under which limits, at what prices."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from pydantic import HttpUrl, SecretStr

from bot.settings import Settings
from engine import (
    Account,
    Accounts,
    Breakers,
    Credentials,
    Embedder,
    Endpoint,
    Flags,
    Gateway,
    HttpClient,
    Job,
    Jobs,
    Ledger,
    Limit,
    Lineup,
    ModelChoice,
    Notify,
    Policy,
    Prices,
    Priority,
    Store,
    Told,
    Transaction,
    Unit,
    Window,
    connect,
    embedder,
    imported,
    load_seal,
    nobody,
    without_stray_settings,
)

NANO = 10**9
TESTS = timedelta(days=1)
"""How often every credential is tested."""
PROMPT = "prompt {}"
"""What the prompt of a record is sealed for."""
TIERS = {"free": (100, 1_000), "pro": (5_000, 50_000)}
"""Calls and embeddings in 30 days of the tiers that have a limit."""


async def gateway(
    settings: Settings, store: Store, jobs: Jobs, http: HttpClient, notify: Notify = nobody
) -> Gateway:
    """Open the gateway; the SDKs of the providers that are set are imported now, and no others."""
    without_stray_settings()
    for account in accounts(settings):
        await imported(account.provider)

    kept, chosen = credentials(settings, store), choice(settings)

    async def test(_: Job) -> None:
        await kept.test_all(partial(connect, http=http), chosen.by_provider())

    def seal(text: str, workspace: str, id: str) -> str:
        return kept.seal.seal(text, workspace, PROMPT.format(id))

    jobs.handle("test_credentials", test)
    jobs.every("test_credentials", TESTS)

    async def tell(tx: Transaction, told: Told) -> None:
        await jobs.enqueue(tx, "alert", {"text": told.words()}, priority=Priority.HIGH)

    return Gateway(
        store,
        lineup(settings, http, kept),
        ledger=Ledger(store, tell=tell, notify=notify),
        flags=Flags(store),
        policy=Policy(limits(settings), settings.model_deadline, seal if settings.keep_prompts else None),
        breakers=breakers(settings, store),
        prices=prices(settings),
        cache_size=settings.cache_size,
        embedder=_embedder(settings, http),
        similarity=settings.similarity,
        notify=notify,
    )


def credentials(settings: Settings, store: Store) -> Credentials:
    """Return the workspaces' own credentials, sealed by the settings' master key or that of the file beside the database.

    Raises SealingError.
    """
    seal = load_seal(_key(settings.master_key) or None, key_file(store))
    return Credentials(store, seal, allow_private=settings.allow_private_urls)


def key_file(store: Store) -> Path | None:
    """Return where a master key is kept that no setting holds; None where the database has no folder for it."""
    return None if store.shared else Path(f"{store.url.database}.key")


def breakers(settings: Settings, store: Store) -> Breakers:
    """Return the providers' breakers."""
    pause = timedelta(seconds=settings.breaker_pause)
    return Breakers(store, failures=settings.breaker_failures, pause=pause)


def lineup(settings: Settings, http: HttpClient, kept: Credentials | None = None) -> Lineup:
    """Return who may be asked: by a workspace's own credentials, where they are given, and by the installation's accounts."""
    return Lineup(choice(settings), Accounts(accounts(settings), kept), http)


def accounts(settings: Settings) -> tuple[Account, ...]:
    """Return the installation's own accounts, one for each provider that is set."""
    openai = _key(settings.openai_api_key)
    anthropic = _key(settings.anthropic_api_key)
    found = []
    if openai:
        found.append(Account("openai", _address(settings.openai_base_url), openai))
    if anthropic:
        found.append(Account("anthropic", _address(settings.anthropic_base_url), anthropic))
    if settings.ollama_base_url is not None:
        found.append(Account("ollama", _address(settings.ollama_base_url)))
    if settings.compatible_base_url is not None:
        address = _address(settings.compatible_base_url)
        headers = {name: value.get_secret_value() for name, value in settings.compatible_headers.items()}
        key = _key(settings.compatible_api_key)
        found.append(Account("compatible", address, key, headers=headers))
    return tuple(found)


def choice(settings: Settings) -> ModelChoice:
    """Return which models answer what."""
    return ModelChoice(
        settings.model,
        settings.model_fast,
        settings.model_classify,
        settings.model_capable,
        settings.model_choice == "auto",
        settings.backup_models,
        settings.model_timeout,
        settings.output_tokens,
        settings.output_tokens_fast,
    )


def limits(settings: Settings) -> tuple[Limit, ...]:
    """Return every limit that is set."""
    made: list[Limit] = []

    def limit(unit: Unit, window: Window, most: int, *, person: bool = False, soft: bool = False) -> None:
        made.append(Limit(unit, window, most, person, soft, settings.alert_at))

    budgets: Sequence[tuple[Decimal | None, Window, bool]] = (
        (settings.daily_budget, Window.DAY, False),
        (settings.monthly_budget, Window.MONTH, False),
        (settings.person_daily_budget, Window.DAY, True),
        (settings.person_monthly_budget, Window.MONTH, True),
    )
    for dollars, window, person in budgets:
        if dollars is not None:
            limit(Unit.MONEY, window, int(dollars * NANO), person=person, soft=settings.budget_soft)
    limit(Unit.CALLS, Window.HOUR, settings.person_calls_an_hour, person=True)
    limit(Unit.TOKENS, Window.HOUR, settings.person_tokens_an_hour, person=True)
    limit(Unit.CALLS, Window.HOUR, settings.calls_an_hour)
    limit(Unit.TOKENS, Window.HOUR, settings.tokens_an_hour)
    if settings.tier in TIERS:
        calls, embeddings = TIERS[settings.tier]
        limit(Unit.CALLS, Window.DAYS_30, calls)
        limit(Unit.EMBEDDINGS, Window.DAYS_30, embeddings)
    return tuple(made)


def prices(settings: Settings) -> Prices:
    """Return the price table under the administrator's own prices."""
    return Prices(settings.prices)


def _embedder(settings: Settings, http: HttpClient) -> Embedder | None:
    """Return what turns texts into vectors, None where nothing does. Raises ModelError where it cannot."""
    spec = settings.embedder
    if not spec:
        return None
    provider, _, model = spec.partition(":")
    account = next((one for one in accounts(settings) if one.provider == provider), None)
    endpoint = None
    if account is not None:
        endpoint = Endpoint(provider, model, account.base_url, account.key, headers=account.headers)
    return embedder(spec, endpoint, http, settings.embedder_dimension)


def _key(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


def _address(url: HttpUrl) -> str:
    return str(url).rstrip("/")

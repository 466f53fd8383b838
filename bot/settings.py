"""Every setting of Updraft, read once from the environment or a ``.env`` file. What each means is in ``.env.example``."""

import os
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from engine import Provider, UpdraftError
from engine.sealing import SETTING, SealingError, ring

FILE = ".env"
MODEL = re.compile(rf"({'|'.join(Provider)}):(\S+)")
FINE_TUNED = "ft:"
"""How OpenAI's names of fine-tuned models begin; no other name of its has a colon."""
EMBEDDER = re.compile(r"hashing|minilm|(openai|compatible):\S+")
CHANNEL = re.compile(r"[CG][A-Z0-9]{5,}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
OTHERS = re.compile(r"UPDRAFT_(SERVICE_|PORT$|PORT_\d)")
"""What Kubernetes puts into the environment for a service of the name updraft."""
REACHED = "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"
PHRASE = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+){0,4}")


def _model(name: object) -> object:
    """Read a model's name; one without a provider is OpenAI's."""
    if not isinstance(name, str):
        return name
    whole = f"openai:{name}" if ":" not in name or name.startswith(FINE_TUNED) else name
    if not MODEL.fullmatch(whole):
        raise ValueError(f"must be provider:model with a provider of {', '.join(Provider)}")
    return whole


def _optional_model(name: object) -> object:
    return _model(name) if name != "" else None


ModelName = Annotated[str, BeforeValidator(_model)]
OptionalModel = Annotated[str | None, BeforeValidator(_optional_model)]
Money = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """The settings; a wrong one is a start-up error that names it."""

    model_config = SettingsConfigDict(env_file=FILE, extra="ignore", populate_by_name=True, frozen=True)

    environment: Literal["development", "staging", "production"] = Field(
        "development", alias="UPDRAFT_ENVIRONMENT"
    )
    debug: bool = Field(False, alias="UPDRAFT_DEBUG")

    slack_bot_token: SecretStr = Field(alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET", validate_default=True)
    slack_api_url: HttpUrl = Field(HttpUrl("https://slack.com/api/"), alias="SLACK_API_URL")

    jira_url: HttpUrl = Field(alias="JIRA_URL")
    jira_email: str = Field(alias="JIRA_EMAIL")
    jira_api_token: SecretStr = Field(alias="JIRA_API_TOKEN")

    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    openai_base_url: HttpUrl = Field(HttpUrl("https://api.openai.com/v1"), alias="OPENAI_BASE_URL")
    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY")
    anthropic_base_url: HttpUrl = Field(HttpUrl("https://api.anthropic.com"), alias="ANTHROPIC_BASE_URL")
    ollama_base_url: HttpUrl | None = Field(None, alias="OLLAMA_BASE_URL")
    compatible_base_url: HttpUrl | None = Field(None, alias="COMPATIBLE_BASE_URL")
    compatible_api_key: SecretStr | None = Field(None, alias="COMPATIBLE_API_KEY")
    compatible_headers: Annotated[Mapping[str, SecretStr], NoDecode] = Field({}, alias="COMPATIBLE_HEADERS")

    model: ModelName = Field("openai:gpt-4.1", alias="UPDRAFT_MODEL")
    model_fast: ModelName = Field("openai:gpt-4.1-mini", alias="UPDRAFT_MODEL_FAST")
    model_classify: OptionalModel = Field(None, alias="UPDRAFT_MODEL_CLASSIFY")
    model_capable: OptionalModel = Field(None, alias="UPDRAFT_MODEL_CAPABLE")
    model_choice: Literal["fixed", "auto"] = Field("fixed", alias="UPDRAFT_MODEL_CHOICE")
    backup_models: Annotated[tuple[ModelName, ...], NoDecode] = Field(
        ("anthropic:claude-sonnet-5-5", "ollama:llama3.2"), alias="UPDRAFT_BACKUP_MODELS"
    )
    model_timeout: float = Field(30.0, alias="UPDRAFT_MODEL_TIMEOUT", gt=0, le=300)
    model_deadline: float = Field(60.0, alias="UPDRAFT_MODEL_DEADLINE", gt=0, le=300)
    embedder: str = Field("", alias="UPDRAFT_EMBEDDER")
    embedder_dimension: int = Field(1536, alias="UPDRAFT_EMBEDDER_DIMENSION", ge=1, le=8192)
    similarity: float = Field(0.85, alias="UPDRAFT_SIMILARITY", gt=0, le=1)
    output_tokens: int = Field(2000, alias="UPDRAFT_OUTPUT_TOKENS", ge=100, le=100_000)
    output_tokens_fast: int = Field(1000, alias="UPDRAFT_OUTPUT_TOKENS_FAST", ge=100, le=100_000)
    breaker_failures: int = Field(5, alias="UPDRAFT_BREAKER_FAILURES", ge=1)
    breaker_pause: float = Field(300.0, alias="UPDRAFT_BREAKER_PAUSE", gt=0)
    keep_prompts: bool = Field(False, alias="UPDRAFT_KEEP_PROMPTS")
    prices: Annotated[Mapping[str, tuple[Decimal, Decimal]], NoDecode] = Field({}, alias="UPDRAFT_PRICES")

    daily_budget: Money = Field(Decimal(100), alias="UPDRAFT_DAILY_BUDGET")
    monthly_budget: Money | None = Field(None, alias="UPDRAFT_MONTHLY_BUDGET")
    person_daily_budget: Money | None = Field(None, alias="UPDRAFT_PERSON_DAILY_BUDGET")
    person_monthly_budget: Money | None = Field(None, alias="UPDRAFT_PERSON_MONTHLY_BUDGET")
    budget_soft: bool = Field(False, alias="UPDRAFT_BUDGET_SOFT")
    calls_an_hour: int = Field(100, alias="UPDRAFT_CALLS_AN_HOUR", ge=1)
    tokens_an_hour: int = Field(500_000, alias="UPDRAFT_TOKENS_AN_HOUR", ge=1)
    person_calls_an_hour: int = Field(50, alias="UPDRAFT_PERSON_CALLS_AN_HOUR", ge=1)
    person_tokens_an_hour: int = Field(250_000, alias="UPDRAFT_PERSON_TOKENS_AN_HOUR", ge=1)
    tier: Literal["free", "pro", "enterprise"] = Field("enterprise", alias="UPDRAFT_TIER")
    alert_at: float = Field(0.8, alias="UPDRAFT_ALERT_AT", gt=0, le=1)
    alert_channel: str | None = Field(None, alias="UPDRAFT_ALERT_CHANNEL")

    alert_errors: int = Field(3, alias="UPDRAFT_ALERT_ERRORS", ge=1)
    alert_window: float = Field(5.0, alias="UPDRAFT_ALERT_WINDOW", gt=0, le=1440)
    alert_quiet: float = Field(10.0, alias="UPDRAFT_ALERT_QUIET", gt=0, le=1440)
    alert_error_rate: float = Field(0.1, alias="UPDRAFT_ALERT_ERROR_RATE", ge=0, le=1)
    health_every: int = Field(60, alias="UPDRAFT_HEALTH_EVERY", ge=0, le=3600)
    metrics_token: SecretStr | None = Field(None, alias="UPDRAFT_METRICS_TOKEN")

    master_key: SecretStr | None = Field(None, alias="UPDRAFT_MASTER_KEY")
    allow_private_urls: bool = Field(False, alias="UPDRAFT_ALLOW_PRIVATE_URLS")

    database_url: str = Field("sqlite+aiosqlite:///data/updraft.db", alias="DATABASE_URL")
    host: str = Field("127.0.0.1", alias="UPDRAFT_HOST")
    port: int = Field(3000, alias="PORT", ge=0, le=65535)
    work_port: int | None = Field(None, alias="UPDRAFT_WORK_PORT", ge=0, le=65535)

    input_limit: int = Field(5000, alias="UPDRAFT_INPUT_LIMIT", ge=100, le=40_000)
    allowed_domains: Annotated[tuple[str, ...], NoDecode] = Field((), alias="UPDRAFT_ALLOWED_DOMAINS")
    done_phrases: Annotated[tuple[str, ...], NoDecode] = Field((), alias="UPDRAFT_DONE_PHRASES")
    jira_settle: float = Field(10.0, alias="UPDRAFT_JIRA_SETTLE", gt=0, le=60)
    messages_a_minute: int = Field(100, alias="UPDRAFT_MESSAGES_A_MINUTE", ge=1)
    confidence: float = Field(0.8, alias="UPDRAFT_CONFIDENCE", ge=0, le=1)
    quality: float = Field(0.7, alias="UPDRAFT_QUALITY", ge=0, le=1)
    cache_drafts: int = Field(1440, alias="UPDRAFT_CACHE_DRAFTS", ge=0)
    cache_intents: int = Field(60, alias="UPDRAFT_CACHE_INTENTS", ge=0)
    cache_size: int = Field(1000, alias="UPDRAFT_CACHE_SIZE", ge=1)
    serve_jobs: bool = Field(True, alias="UPDRAFT_SERVE_JOBS")
    jobs_at_once: int = Field(16, alias="UPDRAFT_JOBS_AT_ONCE", ge=1, le=256)
    retry_base: float = Field(5.0, alias="UPDRAFT_RETRY_BASE", gt=0, le=300)
    keep_messages: int = Field(365, alias="UPDRAFT_KEEP_MESSAGES", ge=0)
    keep_drafts: int = Field(365, alias="UPDRAFT_KEEP_DRAFTS", ge=0)
    keep_records: int = Field(400, alias="UPDRAFT_KEEP_RECORDS", ge=0)
    keep_audit: int = Field(1095, alias="UPDRAFT_KEEP_AUDIT", ge=0)
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", alias="UPDRAFT_LOG_LEVEL")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        """Read an empty needed setting as not given, as in a copy of .env.example that nobody filled in."""
        needed = {str(field.alias) for field in cls.model_fields.values() if field.is_required()}
        return {name: value for name, value in values.items() if name not in needed or value != ""}

    @field_validator(
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "jira_api_token",
        "openai_api_key",
        "anthropic_api_key",
        "compatible_api_key",
        "metrics_token",
    )
    @classmethod
    def _whole(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse a key that was pasted with blanks or left empty."""
        if secret is not None and (
            not secret.get_secret_value() or secret.get_secret_value().split() != [secret.get_secret_value()]
        ):
            raise ValueError("is empty or contains blanks")
        return secret

    @field_validator("master_key")
    @classmethod
    def _ring(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            try:
                ring(secret.get_secret_value())
            except SealingError as error:
                raise ValueError(str(error).removeprefix(f"{SETTING} ")) from None
        return secret

    @field_validator(
        "slack_app_token",
        "slack_signing_secret",
        "openai_api_key",
        "anthropic_api_key",
        "compatible_api_key",
        "ollama_base_url",
        "compatible_base_url",
        "monthly_budget",
        "person_daily_budget",
        "person_monthly_budget",
        "alert_channel",
        "master_key",
        "metrics_token",
        "work_port",
        mode="before",
    )
    @classmethod
    def _absent(cls, value: object) -> object:
        """Read an empty optional setting as not given."""
        return None if value == "" else value

    @field_validator("openai_api_key")
    @classmethod
    def _openai_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and secret.get_secret_value().startswith("sk-ant-"):
            raise ValueError("is a key of Anthropic's; it belongs into ANTHROPIC_API_KEY")
        return secret

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith("xoxb-"):
            raise ValueError("must be a bot token, which starts with xoxb-")
        return secret

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().startswith("xapp-"):
            raise ValueError("must be an app-level token, which starts with xapp-")
        return secret

    @field_validator("allowed_domains", mode="before")
    @classmethod
    def _domains(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower().lstrip("@") for part in value.split(",") if part.strip())
        return value

    @field_validator("done_phrases", mode="before")
    @classmethod
    def _phrases(cls, value: object) -> object:
        """Read phrases separated by commas; each is up to five plain words."""
        if not isinstance(value, str):
            return value
        phrases = tuple(" ".join(part.lower().split()) for part in value.split(",") if part.strip())
        if odd := [phrase for phrase in phrases if not PHRASE.fullmatch(phrase)]:
            raise ValueError(f"“{odd[0][:40]}” is not a phrase of up to five plain words")
        return phrases

    @field_validator("backup_models", mode="before")
    @classmethod
    def _models(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("compatible_headers", mode="before")
    @classmethod
    def _headers(cls, value: object) -> object:
        """Read ``Name: value`` pairs separated by commas."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition(":") for part in value.split(",") if part.strip()]
        if any(not name.strip() or not colon or not content.strip() for name, colon, content in pairs):
            raise ValueError("must be “Name: value” pairs separated by commas")
        return {name.strip(): content.strip() for name, _, content in pairs}

    @field_validator("prices", mode="before")
    @classmethod
    def _prices(cls, value: object) -> object:
        """Read ``provider:model=in/out`` separated by commas, in US dollars for a million tokens."""
        if not isinstance(value, str):
            return value
        read: dict[str, tuple[Decimal, Decimal]] = {}
        for part in filter(None, map(str.strip, value.split(","))):
            name, _, prices = part.partition("=")
            told, _, made = prices.partition("/")
            try:
                read[str(_model(name.strip()))] = (Decimal(told.strip()), Decimal(made.strip()))
            except InvalidOperation as error:
                raise ValueError(
                    "must be provider:model=in/out pairs separated by commas, in dollars for a million tokens"
                ) from error
        return read

    @field_validator("slack_signing_secret")
    @classmethod
    def _reachable(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # An app-level token that is wrong is not among the data: of that is told by itself.
        if secret is None and info.data.get("slack_app_token", "") is None:
            raise PydanticCustomError("unreachable", "is not set; without one Slack cannot reach Updraft")
        return secret

    @field_validator("jira_email")
    @classmethod
    def _email(cls, value: str) -> str:
        if not EMAIL.fullmatch(value):
            raise ValueError("must be an e-mail address")
        return value

    @field_validator("alert_channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and not CHANNEL.fullmatch(value):
            raise ValueError(
                "must be the channel's id, such as C0123456789: in Slack it stands at the end of the channel's details"
            )
        return value

    @field_validator("embedder")
    @classmethod
    def _embedder(cls, value: str) -> str:
        if value and not EMBEDDER.fullmatch(value):
            raise ValueError(
                "must be hashing, minilm or a model of openai or compatible, such as openai:text-embedding-3-small"
            )
        return value

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached over Socket Mode."""
        return self.slack_app_token is not None


class SettingsError(UpdraftError):
    """The settings are wrong; ``str(error)`` names each and what is wrong, never its value."""


def load() -> Settings:
    """Read the settings; raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(explained(error)) from None


def explained(error: ValidationError) -> str:
    """Say of each wrong setting which it is and what is wrong with it."""
    lines = [
        f"{REACHED if one['type'] == 'unreachable' else one['loc'][0] if one['loc'] else 'Settings'}: {_words(one)}"
        for one in error.errors(include_input=False, include_url=False)
    ]
    return "\n".join(dict.fromkeys(lines)) + "\nSee .env.example for what each setting means."


def _words(error: ErrorDetails) -> str:
    """Say what is wrong with a setting, in words for whoever wrote it rather than for a programmer."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is not set"
    if kind == "url_scheme" or context.get("error") == "relative URL without a base":
        return "must begin with https:// (or http://)"
    if kind.startswith("url_"):
        return f"is no address: {context.get('error', 'it is too long')}"
    words = error["msg"].removeprefix("Value error, ").partition(", unable to")[0]
    return re.sub(r"^\w+ should ", "must ", words)


def strangers() -> dict[str, str | None]:
    """Return the names in the environment and the file that look like settings and are none, each with the nearest that is one."""
    known = [str(field.alias) for field in Settings.model_fields.values()]
    given = {name.upper() for name in os.environ}
    if (file := Path(FILE)).is_file():
        given |= {name.upper() for name in re.findall(r"^\s*(?:export\s+)?(\w+)\s*=", file.read_text(), re.M)}
    odd = sorted(
        name for name in given - set(known) if name.startswith("UPDRAFT_") and not OTHERS.match(name)
    )
    return {name: next(iter(get_close_matches(name, known, 1, 0.8)), None) for name in odd}

"""Settings: a wrong one is named with what is wrong, and never shown."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load, strangers
from tests.bot.conftest import NAMES

EXAMPLE = Path(__file__).parents[2] / ".env.example"
UNREACHABLE = "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): is not set; without one Slack cannot reach Updraft"
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "JIRA_URL": "https://example.atlassian.net",
    "JIRA_EMAIL": "updraft@example.com",
    "JIRA_API_TOKEN": "token",
}


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that is fit to start with; the patch to spoil it."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def complaint() -> str:
    with pytest.raises(SettingsError) as caught:
        load()
    return str(caught.value)


def test_the_needed_settings_are_enough(good: pytest.MonkeyPatch) -> None:
    settings = load()
    assert settings.socket_mode
    assert settings.openai_api_key is None
    assert settings.input_limit == 5000
    assert settings.database_url == "sqlite+aiosqlite:///data/updraft.db"


def test_nothing_set_names_everything_needed() -> None:
    lines = complaint().splitlines()
    assert lines == [
        "SLACK_BOT_TOKEN: is not set",
        UNREACHABLE,
        *(f"{name}: is not set" for name in ("JIRA_URL", "JIRA_EMAIL", "JIRA_API_TOKEN")),
        "See .env.example for what each setting means.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "", "is not set"),
        ("SLACK_BOT_TOKEN", "xoxb-hush hush", "is empty or contains blanks"),
        ("SLACK_BOT_TOKEN", "xoxb-hush\n", "is empty or contains blanks"),
        ("SLACK_BOT_TOKEN", "xoxp-hush", "must be a bot token, which starts with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-hush", "must be an app-level token, which starts with xapp-"),
        ("SLACK_APP_TOKEN", "xapp-hush ", "is empty or contains blanks"),
        ("SLACK_SIGNING_SECRET", "hush hush", "is empty or contains blanks"),
        ("SLACK_API_URL", "hush", "must begin with https://"),
        ("JIRA_URL", "", "is not set"),
        ("JIRA_URL", "hush.atlassian.net", "must begin with https://"),
        ("JIRA_URL", "hush.atlassian.net:443", "must begin with https://"),
        ("JIRA_URL", "https://", "is no address: empty host"),
        ("JIRA_URL", "ftp://hush", "must begin with https://"),
        ("JIRA_EMAIL", "", "is not set"),
        ("JIRA_EMAIL", "hush", "must be an e-mail address"),
        ("JIRA_EMAIL", "hush hush@example.com", "must be an e-mail address"),
        ("JIRA_API_TOKEN", "", "is not set"),
        ("JIRA_API_TOKEN", "\thush", "is empty or contains blanks"),
        ("OPENAI_API_KEY", "sk hush", "is empty or contains blanks"),
        ("OPENAI_BASE_URL", "hush", "must begin with https://"),
        ("OPENAI_API_KEY", "sk-ant-hush", "belongs into ANTHROPIC_API_KEY"),
        ("ANTHROPIC_API_KEY", "hush hush", "is empty or contains blanks"),
        ("OLLAMA_BASE_URL", "hush:11434", "must begin with https://"),
        ("COMPATIBLE_HEADERS", "hush", "“Name: value” pairs"),
        ("UPDRAFT_MODEL", "", "must be provider:model"),
        ("UPDRAFT_MODEL", "gemini:hush", "with a provider of openai, anthropic, ollama, compatible"),
        ("UPDRAFT_BACKUP_MODELS", "openai:x,hush:3b,hush:7b", "must be provider:model"),
        ("UPDRAFT_MODEL", "openai:", "must be provider:model"),
        ("UPDRAFT_BACKUP_MODELS", "openai:a b", "must be provider:model"),
        ("UPDRAFT_MODEL_CHOICE", "hush", "must be 'fixed' or 'auto'"),
        ("UPDRAFT_MODEL_DEADLINE", "301", "less than or equal to 300"),
        ("UPDRAFT_PRICES", "openai:x=hush", "must be provider:model=in/out pairs"),
        ("UPDRAFT_DAILY_BUDGET", "-1", "greater than or equal to 0"),
        ("UPDRAFT_MONTHLY_BUDGET", "NaN", "finite"),
        ("UPDRAFT_CALLS_AN_HOUR", "0", "greater than or equal to 1"),
        ("UPDRAFT_TIER", "hush", "'free', 'pro' or 'enterprise'"),
        ("UPDRAFT_ALERT_AT", "1.2", "less than or equal to 1"),
        ("UPDRAFT_ALERT_CHANNEL", "#hush", "must be the channel's id, such as C0123456789"),
        ("UPDRAFT_EMBEDDER", "hush", "such as openai:text-embedding-3-small"),
        ("UPDRAFT_MASTER_KEY", "hush", "must hold 32 random bytes in base64. Make one with:"),
        (
            "UPDRAFT_MASTER_KEY",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=,hush",
            "must hold 32 random bytes",
        ),
        (
            "UPDRAFT_MASTER_KEY",
            "aHVzaGh1c2hodXNoaHVzaGh1c2hodXNoaHVzaGh1c2g=",
            "holds a key that is not random",
        ),
        ("UPDRAFT_ALLOW_PRIVATE_URLS", "hush", "valid boolean"),
        ("UPDRAFT_MODEL_TIMEOUT", "0", "greater than 0"),
        ("UPDRAFT_MODEL_TIMEOUT", "301", "less than or equal to 300"),
        ("UPDRAFT_MODEL_TIMEOUT", "nan", "less than or equal to 300"),
        ("PORT", "hush", "valid integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("UPDRAFT_INPUT_LIMIT", "99", "greater than or equal to 100"),
        ("UPDRAFT_INPUT_LIMIT", "40001", "less than or equal to 40000"),
        ("UPDRAFT_CACHE_SIZE", "0", "greater than or equal to 1"),
        ("UPDRAFT_JOBS_AT_ONCE", "257", "less than or equal to 256"),
        ("UPDRAFT_RETRY_BASE", "-1", "greater than 0"),
        ("UPDRAFT_LOG_LEVEL", "hush", "'debug', 'info', 'warning' or 'error'"),
        ("UPDRAFT_ENVIRONMENT", "hush", "'development', 'staging' or 'production'"),
        ("UPDRAFT_DEBUG", "hush", "valid boolean"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(
    good: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    good.setenv(name, value)
    said = complaint()
    first, *rest = said.splitlines()
    assert first.startswith(f"{name}: ")
    assert words in first
    assert rest == ["See .env.example for what each setting means."]
    assert "hush" not in said


def test_all_that_is_wrong_is_said_at_once(good: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "JIRA_URL", "PORT"):
        good.setenv(name, "hush")
    assert re.findall(r"^(\w+):", complaint(), re.MULTILINE) == ["SLACK_BOT_TOKEN", "JIRA_URL", "PORT"]


@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "OPENAI_API_KEY"])
def test_an_empty_optional_setting_is_absent(good: pytest.MonkeyPatch, name: str) -> None:
    good.setenv(name, "")
    settings = load()
    assert settings.slack_signing_secret is None
    assert settings.openai_api_key is None


def test_one_way_to_be_reached_is_needed(good: pytest.MonkeyPatch) -> None:
    good.setenv("SLACK_APP_TOKEN", "")
    assert complaint().splitlines()[0] == UNREACHABLE
    good.setenv("SLACK_SIGNING_SECRET", "secret")
    assert not load().socket_mode


@pytest.mark.parametrize(
    ("value", "domains"),
    [
        ("", ()),
        (" , ", ()),
        ("example.com", ("example.com",)),
        ("@Example.com, partner.example ,", ("example.com", "partner.example")),
    ],
)
def test_domains_are_a_list_with_commas(
    good: pytest.MonkeyPatch, value: str, domains: tuple[str, ...]
) -> None:
    good.setenv("UPDRAFT_ALLOWED_DOMAINS", value)
    assert load().allowed_domains == domains


def test_secrets_do_not_show(good: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        good.setenv(name, f"{GOOD[name]}-hush")
    for name in ("SLACK_SIGNING_SECRET", "JIRA_API_TOKEN", "OPENAI_API_KEY"):
        good.setenv(name, "hush")
    settings = load()
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_file_gives_settings_and_the_environment_wins(good: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=4000\nUPDRAFT_MODEL=small\nSOMETHING_ELSE=1\n")
    good.setenv("PORT", "5000")
    assert (load().port, load().model) == (5000, "openai:small")


def test_the_example_explains_every_setting_and_shows_the_defaults(good: pytest.MonkeyPatch) -> None:
    shown: dict[str, str] = dict(
        re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    )
    assert shown.keys() == set(NAMES)
    plain = load()
    for name, value in shown.items():
        good.setenv(name, GOOD.get(name) or value)
    assert load() == plain


def test_the_example_copied_says_what_to_fill_in(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = complaint()
    Path(".env").write_text(EXAMPLE.read_text())
    assert complaint() == unset


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("gpt-4.1", "openai:gpt-4.1"),
        ("ollama:llama3.2:3b", "ollama:llama3.2:3b"),
        ("compatible:house:7b", "compatible:house:7b"),
        ("ft:gpt-4.1:org::id", "openai:ft:gpt-4.1:org::id"),
        ("openai:ft:gpt-4.1:org::id", "openai:ft:gpt-4.1:org::id"),
    ],
)
def test_names_of_models_may_have_colons(good: pytest.MonkeyPatch, name: str, read: str) -> None:
    good.setenv("UPDRAFT_MODEL", name)
    good.setenv("UPDRAFT_BACKUP_MODELS", name)
    settings = load()
    assert (settings.model, settings.backup_models) == (read, (read,))


def test_what_looks_like_a_setting_and_is_none_is_found(good: pytest.MonkeyPatch) -> None:
    assert strangers() == {}
    Path(".env").write_text("UPDRAFT_INPUT_LIMIT=100\n# UPDRAFT_OLD=1\nexport UPDRAFT_MODLE=small\nOTHER=1\n")
    good.setenv("UPDRAFT_WHATEVER_THIS_IS", "hush")
    good.setenv("UPDRAFT_PORT", "tcp://10.0.0.1:3000")  # as Kubernetes has it for a service of our name
    assert strangers() == {"UPDRAFT_MODLE": "UPDRAFT_MODEL", "UPDRAFT_WHATEVER_THIS_IS": None}


def test_settings_cannot_be_changed(good: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().port = 1  # type: ignore[misc]
    assert isinstance(load(), Settings)


@pytest.mark.parametrize("phrases", ["in the can!", "a b c d e f", "done (really)", "100 %"])
def test_a_phrase_for_done_is_a_few_plain_words(good: pytest.MonkeyPatch, phrases: str) -> None:
    good.setenv("UPDRAFT_DONE_PHRASES", phrases)
    assert "UPDRAFT_DONE_PHRASES" in complaint()


def test_phrases_for_done_are_a_list_with_commas(good: pytest.MonkeyPatch) -> None:
    good.setenv("UPDRAFT_DONE_PHRASES", "In the  can, sorted,")
    assert load().done_phrases == ("in the can", "sorted")

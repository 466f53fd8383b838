"""What the settings say about models, as the engine's values; and what a gateway in between gets."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot import models
from bot.settings import Settings
from emulators.people import MODEL_KEY
from emulators.site import Site
from engine import Limit, Lineup, Unit, Window, http_client
from engine.models import Endpoint, Prompt
from engine.models.openai import OpenAIModel
from tests.journeys.desk import settings

PROMPT = Prompt("comment", "1.0.0", "system", "user", 0.2)


@pytest.fixture
def site() -> Site:
    """A site that nobody starts: only its address is needed."""
    return Site(port=0)


def given(site: Site, folder: Path, **more: Any) -> Settings:
    site.port = 1
    return settings(site, folder, **more)


def test_every_provider_that_is_set_is_an_account(site: Site, tmp_path: Path) -> None:
    own = given(
        site,
        tmp_path,
        ANTHROPIC_API_KEY="sk-ant-x",
        OLLAMA_BASE_URL="http://localhost:11434/",
        COMPATIBLE_BASE_URL="https://gateway.example/v1/",
        COMPATIBLE_HEADERS="cf-aig-authorization: Bearer t, X-Team: payments",
    )
    found = {one.provider: one for one in models.accounts(own)}
    assert list(found) == ["openai", "anthropic", "ollama", "compatible"]
    assert found["anthropic"].base_url == "https://api.anthropic.com"
    assert found["ollama"].base_url == "http://localhost:11434"
    assert found["compatible"].headers == {"cf-aig-authorization": "Bearer t", "X-Team": "payments"}
    assert "Bearer t" not in repr(found)


async def test_headers_for_a_gateway_in_between_arrive() -> None:
    async with Site(port=0) as site, http_client() as http:
        endpoint = Endpoint(
            "compatible",
            "gpt-4.1",
            f"{site.url}/openai/v1",
            MODEL_KEY,
            headers={"cf-aig-authorization": "Bearer t"},
        )
        await OpenAIModel(endpoint, http).complete(PROMPT)
        assert site.models.requests[-1].headers["cf-aig-authorization"] == "Bearer t"


def test_only_limits_that_are_set_hold(site: Site, tmp_path: Path) -> None:
    plain = models.limits(given(site, tmp_path))
    assert {(one.unit, one.window, one.person) for one in plain} == {
        (Unit.MONEY, Window.DAY, False),
        (Unit.CALLS, Window.HOUR, True),
        (Unit.TOKENS, Window.HOUR, True),
        (Unit.CALLS, Window.HOUR, False),
        (Unit.TOKENS, Window.HOUR, False),
    }
    more = models.limits(
        given(
            site, tmp_path, UPDRAFT_TIER="free", UPDRAFT_PERSON_MONTHLY_BUDGET="2.5", UPDRAFT_ALERT_AT="0.5"
        )
    )
    assert Limit(Unit.CALLS, Window.DAYS_30, 100, alert_at=0.5) in more
    assert Limit(Unit.EMBEDDINGS, Window.DAYS_30, 1000, alert_at=0.5) in more
    assert Limit(Unit.MONEY, Window.MONTH, 2_500_000_000, person=True, alert_at=0.5) in more


@pytest.mark.parametrize(
    ("task", "text", "auto", "model"),
    [
        ("comment", "fixed the menu", "fixed", "openai:gpt-4.1"),
        ("comment", "fixed the menu", "auto", "openai:gpt-4.1-mini"),
        ("comment", "word " * 300, "auto", "anthropic:big"),
        ("classify", "hm", "fixed", "openai:gpt-4.1-mini"),
    ],
)
def test_which_model_is_asked_first(
    site: Site, tmp_path: Path, task: str, text: str, auto: str, model: str
) -> None:
    choice = models.choice(
        given(site, tmp_path, UPDRAFT_MODEL_CHOICE=auto, UPDRAFT_MODEL_CAPABLE="anthropic:big")
    )
    assert choice.first(Prompt(task, "1", "s", text, 0.2)) == model


def test_an_answer_is_no_longer_than_its_tier_allows(site: Site, tmp_path: Path) -> None:
    choice = models.choice(
        given(site, tmp_path, UPDRAFT_OUTPUT_TOKENS="500", UPDRAFT_OUTPUT_TOKENS_FAST="200")
    )
    assert choice.bounded(PROMPT).max_tokens == 500
    assert choice.bounded(Prompt("classify", "1", "s", "u", 0.1, 1000)).max_tokens == 200


async def test_own_prices_and_backups(site: Site, tmp_path: Path) -> None:
    own = given(
        site,
        tmp_path,
        UPDRAFT_PRICES="compatible:house=0.5/1.5, gpt-4.1=1/2",
        UPDRAFT_BACKUP_MODELS="compatible:house",
        COMPATIBLE_BASE_URL="https://house.example/v1",
    )
    assert models.prices(own).own == {
        "compatible:house": (Decimal("0.5"), Decimal("1.5")),
        "openai:gpt-4.1": (Decimal(1), Decimal(2)),
    }
    async with http_client() as http:
        lineup: Lineup = models.lineup(own, http)
        names = [one.model.name for one in await lineup.candidates("T1", PROMPT)]
    assert names == ["openai:gpt-4.1", "openai:gpt-4.1-mini", "compatible:house"]

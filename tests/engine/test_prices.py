"""What tokens cost: as the table says, however many there are, and as an administrator says before that."""

from decimal import ROUND_UP, Decimal

import pytest
from genai_prices import Usage as Counted
from genai_prices import calc_price

from engine.models import Prices, Usage

MODELS = [
    "openai:gpt-4.1",
    "openai:gpt-4.1-mini",
    "openai:gpt-5.4",
    "anthropic:claude-sonnet-4-5",
    "anthropic:claude-haiku-4-5",
]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    ("told", "made", "cached"), [(1, 0, 0), (412, 17, 400), (199_999, 3, 0), (600_001, 7, 77)]
)
def test_rates_give_what_the_table_gives(name: str, told: int, made: int, cached: int) -> None:
    provider, _, model = name.partition(":")
    counted = Counted(input_tokens=told, output_tokens=made, cache_read_tokens=cached)
    price = calc_price(counted, model_ref=model, provider_id=provider).total_price
    nanos = int((price * 10**9).to_integral_value(ROUND_UP))
    assert Prices().nanos(name, Usage(told, made, cached)) == nanos > 0


def test_ones_own_prices_go_first_and_unknown_ones_are_no_price() -> None:
    prices = Prices({"openai:gpt-4.1": (Decimal(1), Decimal(3))})
    assert prices.nanos("openai:gpt-4.1", Usage(10, 10)) == 40_000
    assert prices.nanos("compatible:house-model", Usage(10, 10)) is None
    assert prices.nanos("openai:gpt-4.1", Usage(None, 10)) is None
    assert prices.nanos("ollama:llama3", Usage(10, 10)) == 0

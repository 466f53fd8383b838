"""What tokens cost, in nano-dollars: a maintained table (genai-prices, offline) under an administrator's own prices.

A model that neither knows has no price: its cost is unknown, and never nothing. Models on a machine of one's own (Ollama) cost nothing
that a provider would bill.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.models.model import Usage

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

NANO = 10**9
MANY = 10**6
FREE = frozenset(["ollama"])


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by ``provider:model``; ``own`` ones are US dollars for a million tokens in and out."""

    own: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def nanos(self, name: str, usage: Usage) -> int | None:
        """Return what a use of tokens costs; None where the price or the use is unknown."""
        if usage.tokens_in is None or usage.tokens_out is None:
            return None
        provider, _, model = name.partition(":")
        if (own := self.own.get(name)) is not None:
            dollars = (usage.tokens_in * own[0] + usage.tokens_out * own[1]) / 10**6
            return _rounded(dollars)
        if provider in FREE:
            return 0
        return _listed(provider, model, usage)

    def known(self, name: str) -> bool:
        """Say whether a model has a price."""
        return self.nanos(name, Usage(1, 1)) is not None


def _listed(provider: str, model: str, usage: Usage) -> int | None:
    assert usage.tokens_in is not None
    assert usage.tokens_out is not None
    rates = _rates(provider, model)
    if rates is None:
        return _looked_up(provider, model, usage.tokens_in, usage.tokens_out, usage.cached)
    told, made, cached = rates
    return _rounded(told * (usage.tokens_in - usage.cached) + made * usage.tokens_out + cached * usage.cached)


@lru_cache(256)
def _rates(provider: str, model: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return the price of a token in, out and cached, where it is the same for every token at any time; looking up is slow."""
    from genai_prices.types import ModelPrice

    table = _calculated(provider, model, 1, 1, 0)
    if table is None or not isinstance(table.model.prices, ModelPrice):
        return None

    def price(tokens_in: int, tokens_out: int, cached: int) -> Decimal:
        found = _calculated(provider, model, tokens_in, tokens_out, cached)
        assert found is not None
        return found.total_price

    told, made, cached = price(MANY, 0, 0) / MANY, price(0, MANY, 0) / MANY, price(MANY, 0, MANY) / MANY
    # Prices by steps, or for the call as such, are no multiple of these.
    few = price(7, 5, 3) == told * 4 + made * 5 + cached * 3
    many = price(9 * MANY, 5 * MANY, 4 * MANY) == (told + made + cached * Decimal("0.8")) * 5 * MANY
    return (told, made, cached) if few and many else None


@lru_cache(4096)
def _looked_up(provider: str, model: str, tokens_in: int, tokens_out: int, cached: int) -> int | None:
    found = _calculated(provider, model, tokens_in, tokens_out, cached)
    return None if found is None else _rounded(found.total_price)


def _calculated(
    provider: str, model: str, tokens_in: int, tokens_out: int, cached: int
) -> "PriceCalculation | None":
    # Imported with the first price, not at start: the table is large.
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    counted = Counted(input_tokens=tokens_in, output_tokens=tokens_out, cache_read_tokens=cached)
    try:
        return calc_price(counted, model_ref=model, provider_id=provider)
    except LookupError:
        return None


def _rounded(dollars: Decimal) -> int:
    return int((dollars * NANO).to_integral_value(ROUND_UP))

"""What tokens cost, in nano-dollars: a maintained table (genai-prices, offline) under an administrator's own prices.

A model that neither knows has no price: its cost is unknown, and never nothing. Models on a machine of one's own (Ollama) cost nothing
that a provider would bill.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from functools import lru_cache

from engine.models.model import Usage

NANO = 10**9
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
        return _listed(provider, model, usage.tokens_in, usage.tokens_out, usage.cached)

    def known(self, name: str) -> bool:
        """Say whether a model has a price."""
        return self.nanos(name, Usage(1, 1)) is not None


@lru_cache(4096)
def _listed(provider: str, model: str, tokens_in: int, tokens_out: int, cached: int) -> int | None:
    # Imported with the first price, not at start: the table is large.
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    counted = Counted(input_tokens=tokens_in, output_tokens=tokens_out, cache_read_tokens=cached)
    try:
        price = calc_price(counted, model_ref=model, provider_id=provider)
    except LookupError:
        return None
    return _rounded(price.total_price)


def _rounded(dollars: Decimal) -> int:
    return int((dollars * NANO).to_integral_value(ROUND_UP))

"""The chain's decisions as a table, and the way from one model to the next on real HTTP."""

import pytest

from engine.models import (
    Candidate,
    Completion,
    KeyRefused,
    ModelOverloaded,
    ModelRefused,
    ModelUnavailable,
    Prompt,
    ProviderError,
    Unreadable,
)
from engine.models.chain import Then, after, following

WAIT_LONG = ModelOverloaded("x", retry_after=3600)
WAIT_SHORT = ModelOverloaded("x", retry_after=2)


@pytest.mark.parametrize(
    ("error", "tries", "left", "then", "pause"),
    [
        (ModelUnavailable("x"), 1, 60, Then.AGAIN, 0.5),
        (ModelUnavailable("x"), 2, 60, Then.AGAIN, 1.0),
        (ModelUnavailable("x"), 3, 60, Then.NEXT_PROVIDER, 0),
        (ModelUnavailable("x"), 1, 1, Then.NEXT_PROVIDER, 0),
        (ModelUnavailable("x", retry_after=3), 1, 60, Then.AGAIN, 3),
        (ModelOverloaded("x"), 1, 60, Then.AGAIN, 0.5),
        (WAIT_SHORT, 1, 60, Then.AGAIN, 2),
        (WAIT_SHORT, 3, 60, Then.FASTER, 0),
        (WAIT_SHORT, 1, 2, Then.FASTER, 0),
        (WAIT_LONG, 1, 10_000, Then.FASTER, 0),
        (KeyRefused("x"), 1, 60, Then.NEXT_KEY, 0),
        (ModelRefused("x"), 1, 60, Then.NEXT_MODEL, 0),
        (Unreadable("x"), 1, 60, Then.NEXT_MODEL, 0),
    ],
)
def test_what_follows_a_failure(
    error: ProviderError | Unreadable, tries: int, left: float, then: Then, pause: float
) -> None:
    assert after(error, tries, left) == (then, pause)


class Silent:
    """A model that is never asked."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def complete(self, prompt: Prompt) -> Completion:
        raise AssertionError

    def stream(self, prompt: Prompt) -> object:
        raise AssertionError

    async def ping(self) -> None:
        raise AssertionError

    async def close(self) -> None:
        raise AssertionError


def candidate(name: str, credential: str = "one", *, fast: bool = False) -> Candidate:
    provider = name.partition(":")[0]
    return Candidate(Silent(name), provider, f"{provider} at x", credential, fast)  # type: ignore[arg-type]


LINE = (
    candidate("openai:big"),
    candidate("openai:big", "two"),
    candidate("openai:small", fast=True),
    candidate("openai:small", "two", fast=True),
    candidate("anthropic:other"),
    candidate("ollama:own"),
)


@pytest.mark.parametrize(
    ("at", "then", "place"),
    [
        (0, Then.NEXT_KEY, 1),
        (1, Then.NEXT_KEY, 2),
        (0, Then.FASTER, 2),
        (2, Then.FASTER, 4),
        (0, Then.NEXT_MODEL, 2),
        (0, Then.NEXT_PROVIDER, 4),
        (4, Then.NEXT_PROVIDER, 5),
        (4, Then.NEXT_KEY, 5),
        (4, Then.FASTER, 5),
        (5, Then.NEXT_PROVIDER, None),
        (5, Then.NEXT_MODEL, None),
    ],
)
def test_who_is_asked_next(at: int, then: Then, place: int | None) -> None:
    assert following(LINE, at, then) == place

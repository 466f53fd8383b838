"""The router on labelled messages: what a careful colleague would accept (``|`` between alternatives), and the keys."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.routing import route
from engine.types import Route
from tests.official import official

SETS = sorted((Path(__file__).parent / "routing").glob("*.jsonl"))
ROUTES = {"update": Route.REPHRASE, "ambiguous": Route.CLASSIFY} | {str(r): r for r in Route}


class Labelled(NamedTuple):
    text: str
    routes: frozenset[Route]
    keys: tuple[str, ...]


def labelled(path: Path) -> list[Labelled]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [
        Labelled(row["text"], frozenset(ROUTES[name] for name in row["label"].split("|")), tuple(row["keys"]))
        for row in rows
    ]


def judged(messages: list[Labelled]) -> None:
    """Hold the router to its promises: nothing falsely completed, nearly all on an acceptable route, keys right."""
    routed = [(message, route(message.text)) for message in messages]
    false = [
        m.text
        for m, routing in routed
        if routing.route is Route.COMPLETION and Route.COMPLETION not in m.routes
    ]
    missed = [
        m.text
        for m, routing in routed
        if m.routes == {Route.COMPLETION} and routing.route is not Route.COMPLETION
    ]
    astray = [(m.text, routing.rule) for m, routing in routed if routing.route not in m.routes]
    wrong_keys = [(m.text, routing.keys) for m, routing in routed if routing.keys != m.keys]
    plain = sum(m.routes == {Route.COMPLETION} for m in messages)
    assert not false
    assert len(missed) <= 0.03 * plain, missed
    assert len(astray) <= 0.05 * len(messages), astray
    assert len(wrong_keys) <= 0.01 * len(messages), wrong_keys


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_our_own_messages(path: Path) -> None:
    judged(labelled(path))


def test_the_development_set() -> None:
    judged(labelled(official("routing/routing-dev.jsonl")))

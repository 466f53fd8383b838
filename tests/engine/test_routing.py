"""The router: every rule's examples, and what holds for any message."""

import pytest

from engine.routing import LEXICONS, Rule, route

RULES = [rule for lexicon in LEXICONS for rule in (*lexicon.completions, *lexicon.requests)]


@pytest.mark.parametrize(
    ("rule", "text"), [(r, text) for r in RULES for text in r.examples], ids=lambda v: getattr(v, "name", v)
)
def test_an_example_goes_where_its_rule_says(rule: Rule, text: str) -> None:
    assert route(text).route is rule.route


@pytest.mark.parametrize(
    ("rule", "text"),
    [(r, text) for r in RULES for text in r.counterexamples],
    ids=lambda v: getattr(v, "name", v),
)
def test_a_counterexample_goes_elsewhere(rule: Rule, text: str) -> None:
    assert route(text).route is not rule.route

"""The language of patterns, and that looking up which rules can match hides none that does."""

import json
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from engine.routing import LEXICONS, Lexicon, plain
from engine.routing.grammar import Grammar, Index
from engine.routing.keys import named
from engine.routing.rules import Rule
from engine.routing.words import words

CLASSES = {"colour": "red | dark blue", "much": "{colour} {colour}?", "ack": "ok | all right"}
WORDS = ("a", "b", "c", "red", "dark", "blue", "who", "QM", "7", "zzz")
PATTERNS = (
    "a b",
    "a? b",
    "(a|b)+ c",
    "{colour} a",
    "a {much}* QM",
    "(!b) {WORD} c",
    "{ANY} b",
    "{FEW} c {END}",
    "(a|b c|)  c",
    "c (a|b)? (c|a b)",
)
SETS = sorted((Path(__file__).parents[1] / "evals/routing").glob("*.jsonl"))
MESSAGES = [json.loads(line)["text"] for path in SETS for line in path.read_text().splitlines()[::9]]


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar("Test", CLASSES, PATTERNS, frozenset(("who",)))


@pytest.mark.parametrize(
    ("pattern", "said", "matches"),
    [
        ("a b", "a b", True),
        ("a b", "a", False),
        ("a? b", "b", True),
        ("(a|b)* c", "a b a c", True),
        ("(a|b)+ c", "c", False),
        ("{colour} a", "dark blue a", True),
        ("{colour} a", "blue a", False),
        ("(!b) {ANY} c", "b c", False),
        ("(!b) {ANY} c", "a c", True),
        ("{WORD}", "unheard-of", True),
        ("{WORD}", "red", True),
        ("{WORD}", "who", False),
        ("{WORD}", "QM", False),
        ("{WORD}", "7", False),
        ("{FIGURE}", "404", True),
        ("a {FEW} c", "a b b b c", True),
        ("{ANY}", "who", True),
    ],
)
def test_a_pattern_means_what_its_language_says(
    grammar: Grammar, pattern: str, said: str, matches: bool
) -> None:
    compiled = grammar.compile(grammar.choice((pattern,)).source)
    assert (compiled.fullmatch(grammar.alphabet.spell(said.split())) is not None) is matches


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7))
def test_every_match_begins_and_has_what_its_piece_says(said: list[str]) -> None:
    grammar = Grammar("Test", CLASSES, PATTERNS, frozenset(("who",)))
    spelt = grammar.alphabet.spell(said)
    for pattern in PATTERNS:
        piece = grammar.choice((pattern,))
        if grammar.compile(piece.source).match(spelt):
            assert piece.empty or piece.firsts is None or spelt[0] in piece.firsts
            assert all(need & set(spelt) for need in piece.needs)


def test_a_class_that_is_defined_by_itself_is_refused() -> None:
    grammar = Grammar("Test", {"one": "{two} a", "two": "b {one}"}, (), frozenset())
    with pytest.raises(ValueError, match="'one' of the Test lexicon is defined by itself"):
        grammar.of_class("one")


def test_an_open_bracket_is_refused(grammar: Grammar) -> None:
    with pytest.raises(ValueError, match="open bracket"):
        grammar.choice(("(a b",))


def test_patterns_are_tried_in_the_order_given(grammar: Grammar) -> None:
    index = Index(grammar, [("first", "a b?"), ("second", "a b"), ("third", "b")])
    spelt = grammar.alphabet.spell(["a", "b"])
    assert [label for label, _ in index.matches(spelt, 0, index.has(spelt))] == ["first", "second"]


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_no_rule_that_matches_a_message_is_left_out(lexicon: Lexicon) -> None:
    tried: list[tuple[Rule, regex.Pattern[str]]] = [
        (rule, lexicon.grammar.compile(lexicon.grammar.choice((pattern,)).source))
        for rule in lexicon.requests
        for pattern in rule.patterns
    ]
    index = lexicon.requested
    for text in MESSAGES:
        said = plain(text)
        spelt = lexicon.spell(words(said, named(said)))
        if not spelt:
            continue
        every = list(dict.fromkeys(rule.name for rule, pattern in tried if pattern.match(spelt)))
        found = list(dict.fromkeys(rule.name for rule, _ in index.matches(spelt, 0, index.has(spelt))))
        assert found == every, text

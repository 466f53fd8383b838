"""The checks on labelled cases: how much is found, how much is flagged in vain, how long it takes."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from engine.checks import check_comment, guard
from engine.rephrase import rephrase
from engine.types import Verdict
from tests.official import official

PAIRS = sorted((Path(__file__).parent / "checks").glob("pairs-*.jsonl"))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_faithfulness() -> None:
    pairs = [pair for path in PAIRS for pair in rows(path)]
    judged = [(pair, check_comment(pair["update"], pair["draft"])) for pair in pairs]
    flagged = [pair["draft"] for pair, checked in judged if pair["faithful"] and not checked.faithful]
    missed = [
        pair["draft"]
        for pair, checked in judged
        if not pair["faithful"]
        and not any(finding.rule.startswith("faithful.") for finding in checked.findings)
    ]
    faithful = sum(pair["faithful"] for pair in pairs)
    assert len(flagged) <= 0.05 * faithful, flagged
    assert len(missed) <= 0.10 * (len(pairs) - faithful), missed


def test_a_pair_takes_about_a_millisecond() -> None:
    pairs = [pair for path in PAIRS for pair in rows(path)]
    start = time.process_time()
    for pair in pairs:
        check_comment(pair["update"], pair["draft"])
    assert (time.process_time() - start) / len(
        pairs
    ) < 0.003  # the bench states the figure; this catches a blunder


def test_ordinary_chat_passes() -> None:
    messages = [row["text"] for row in rows(official("guard/chat-dev.jsonl"))]
    start = time.process_time()
    judged = [guard(message) for message in messages]
    assert (time.process_time() - start) / len(messages) < 0.0003
    rules = [finding.rule for one in judged for finding in one.findings]
    assert sum(rule.startswith("sensitive.") for rule in rules) <= len(messages) / 1000
    assert sum(not one.trusted for one in judged) <= 0.002 * len(messages)


def test_work_talk_is_not_blocked() -> None:
    lines = official("guard/worktalk-dev.txt").read_text().splitlines()
    assert [line for line in lines if guard(line).verdict is Verdict.BLOCK] == []


def test_half_of_the_published_attacks_lower_trust() -> None:
    texts = rows(official("guard/injection-dev.jsonl"))
    attacks = [guard(row["text"]).trusted for row in texts if row["attack"]]
    questions = [guard(row["text"]).trusted for row in texts if not row["attack"]]
    assert attacks.count(False) >= 0.5 * len(attacks)
    assert questions.count(False) <= 0.01 * len(questions)


@pytest.mark.parametrize(
    "piece", ["is, and ", "not ", "1-", "T00-", "a/", "x", "[", "://:", "\n", "password is "]
)
def test_no_text_keeps_the_checks_busy(piece: str) -> None:
    text = (piece * 5000)[:5000]
    start = time.process_time()
    guard(text)
    check_comment(text, f"{text[:2500]} x")
    rephrase(text)
    assert time.process_time() - start < 3  # a second on a slow machine; what it guards against took minutes


def test_risky_words_of_work_are_trusted() -> None:
    sentences = (Path(__file__).parent / "checks/work.txt").read_text().splitlines()
    assert [one for one in sentences if not guard(one).trusted] == []


def test_most_attempts_to_steer_lower_trust() -> None:
    attempts = (Path(__file__).parent / "checks/attacks.txt").read_text().splitlines()
    assert sum(guard(one).trusted for one in attempts) <= 0.1 * len(attempts)

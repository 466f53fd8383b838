"""``route``, ``check`` and ``guard`` as commands: one text, or JSON lines in and out in the same order."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.judge import lines

ROOT = Path(__file__).parents[2]
FINDING = {"rule", "severity", "message", "start", "end"}
HUGE = 400_000


def jsonl(command: str, source: bytes) -> tuple[list[Any], int]:
    """Run a command on lines as a process, as a script would; return the answers and the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", command, "--jsonl"],
        input=source,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode().splitlines()], done.returncode


def written(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_routes_come_in_order_with_these_fields() -> None:
    texts = [
        "done with DEMO-12",
        "how productive was I last week?",
        "fixed the login in PAY-3 and PAY-4",
        "?",
    ]
    answers, code = jsonl("route", written(*({"text": text, "more": 1} for text in texts)))
    assert code == 0
    assert all(answer.keys() == {"route", "confidence", "rule", "keys"} for answer in answers)
    assert [answer["route"] for answer in answers] == ["completion", "productivity", "rephrase", "classify"]
    assert [answer["keys"] for answer in answers] == [["DEMO-12"], [], ["PAY-3", "PAY-4"], []]
    assert answers[0]["confidence"] == 0.95
    assert answers[0]["rule"].startswith("completion.")


def test_a_wrong_line_of_a_command_is_a_line() -> None:
    rows: list[Any] = [{"text": 7}, {"text": None}, {"TEXT": "x"}, {"text": "\ud800"}]
    long = {"text": "working on it " * (HUGE // 14)}
    answers, code = jsonl("route", written(*rows, long).rstrip(b"\n"))
    assert code == 1
    assert answers[:-1] == [
        {"error": "“text” must be a text"},
        {"error": "“text” must be a text"},
        {"error": "“text” is missing"},
        {"error": "“text” is not UTF-8"},
    ]
    assert answers[-1]["route"] == "rephrase"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"[1]", "must be a JSON object"),
        (b'"done"', "must be a JSON object"),
        (b"{", "not JSON: "),
        (b'{"text": "x"} {}', "not JSON: "),
        (b"\0", "not JSON: "),
        (b"[" * HUGE, "recursion"),
    ],
    ids=["latin", "array", "string", "open", "two", "null byte", "deep"],
)
def test_a_line_that_cannot_be_read_stops_nothing(line: bytes, words: str) -> None:
    answers: list[str] = []
    source = [b'{"text": "a"}\n', b"\n", line + b"\n", b" \r\n", b'{"text": "b"}']
    assert lines(source, answers.append, dict) == 1
    first, wrong, last = (json.loads(answer) for answer in answers)
    assert (first, last) == ({"text": "a"}, {"text": "b"})
    assert wrong.keys() == {"error"}
    assert words in wrong["error"]


def test_no_lines_are_no_answers() -> None:
    answers: list[str] = []
    assert lines([b"\n", b"\n"], answers.append, dict) == 0
    assert answers == []


def test_checks_have_these_fields() -> None:
    answers, code = jsonl(
        "check",
        written(
            {"kind": "comment", "update": "fixed PAY-1", "draft": "Fixed PAY-1. Deployed to production."},
            {"update": "fixed it in PAY-1", "draft": "Fixed it in PAY-1."},
            {
                "kind": "email",
                "update": "I am sick",
                "draft": "Subject: Sick\n\nHi,\n\nI am sick.\n\nBest,\nAna",
            },
            {"kind": "poem", "update": "a", "draft": "b"},
            {"kind": "comment", "update": "a"},
        ),
    )
    assert code == 1
    *judged, poem, lacking = answers
    fields = {"findings", "tone", "quality", "overall", "faithful", "auto_post"}
    assert all(answer.keys() == fields for answer in judged)
    assert all(finding.keys() == FINDING for answer in judged for finding in answer["findings"])
    assert [answer["faithful"] for answer in judged[:2]] == [False, True]
    assert all(isinstance(answer["auto_post"], bool) for answer in judged)
    assert "comment or email" in poem["error"]
    assert "“draft” is missing" in lacking["error"]


def test_guards_have_these_fields() -> None:
    key = "AKIA" + "IOSFODNN7" + "QWERTYU"
    answers, code = jsonl("guard", written({"text": "hello ☃"}, {"text": f"the key is {key}"}))
    assert code == 0
    assert all(answer.keys() == {"verdict", "findings", "redacted"} for answer in answers)
    assert answers[0] == {"verdict": "pass", "findings": [], "redacted": "hello ☃"}
    assert answers[1]["verdict"] == "block"
    assert all(finding.keys() == FINDING for finding in answers[1]["findings"])
    assert key not in json.dumps(answers[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["route", "done with DEMO-12"],
            ["completion  (confidence 0.95", "keys: DEMO-12", "why:  The person"],
        ),
        (["route", ""], ["classify  (confidence 0.00, rule empty)", "keys: none"]),
        (["check", "fixed it", "Fixed it, deployed to production."], ["faithful: False", "- error: "]),
        (
            ["check", "--kind", "email", "sick", "I am sick"],
            ["faithful: True", "- error: The e-mail has no subject"],
        ),
        (["guard", "hello"], ["verdict: pass", "no findings"]),
    ],
    ids=["route", "empty", "check", "email", "guard"],
)
def test_one_text_is_told_in_words(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize(
    "arguments", [["route"], ["guard"], ["check", "an update alone"]], ids=["route", "guard", "check"]
)
def test_without_a_text_the_use_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert "give the text as an argument, or --jsonl" in capsys.readouterr().err


def test_an_argument_that_is_not_utf8_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guard", b"a\xff".decode(errors="surrogateescape")]) == 2
    assert capsys.readouterr().err == "updraft guard: “text” is not UTF-8\n"


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "route", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, said = process.communicate(written(*[{"text": "done with DEMO-12"}] * 3000), timeout=60)
    assert said == b""
    assert process.returncode == 0


def test_a_terminal_without_utf8_is_served() -> None:
    """Text shows "?" where a sign is lacking; JSON lines are UTF-8 whatever the terminal."""
    command = "{ %s check 'fixed it' 'Fixed it ☃ in production.'; echo '{}' | %s check --jsonl; }"
    latin = {"PYTHONIOENCODING": "latin-1", "PATH": "/usr/bin:/bin"}
    shell = command.replace("%s", f"{sys.executable} -m bot")
    done = subprocess.run(shell, shell=True, capture_output=True, cwd=ROOT, env=latin, timeout=60)
    assert done.stderr == b""
    *told, line = done.stdout.splitlines()
    assert any(b"?in production?" in one for one in told)
    assert json.loads(line.decode()) == {"error": "“update” is missing"}

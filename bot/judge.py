"""The judgements as commands: ``route``, ``check`` and ``guard``, on one text or on JSON lines from standard input."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from engine import Checked, Guarded, Routing, Verdict
from engine.checks import check_comment, check_email, guard
from engine.routing import route

Judge = Callable[[dict[str, Any]], dict[str, Any]]


def add_commands(commands: Any) -> None:
    """Add the three commands to the parser."""
    for name, judge, text, takes in (
        ("route", _route, "where a message goes, and why", '{"text": …}'),
        (
            "check",
            _check,
            "what a draft says that its update does not",
            '{"kind": "comment|email", "update": …, "draft": …}',
        ),
        ("guard", _guard, "what must not leave the workspace", '{"text": …}'),
    ):
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        command.add_argument(
            "--jsonl", action="store_true", help=f"read lines of {takes} and write one JSON line each"
        )
        if name == "check":
            command.add_argument("update", nargs="?", help="what the person wrote")
            command.add_argument("draft", nargs="?", help="the draft made of it")
            command.add_argument("--kind", choices=("comment", "email"), default="comment")
        else:
            command.add_argument("text", nargs="?", help="the message")
        command.set_defaults(run=_runner(name, judge))


def _runner(name: str, judge: Judge) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        if arguments.jsonl:
            return lines(sys.stdin.buffer, sys.stdout.write, judge)
        given = {key: value for key, value in vars(arguments).items() if key not in ("run", "jsonl")}
        if any(value is None for value in given.values()):
            sys.stderr.write(
                f"updraft {name}: give the text as an argument, or --jsonl and lines on standard input\n"
            )
            return 2
        sys.stdout.write(_readable(name, judge(given)))
        return 0

    return run


def lines(source: Iterable[bytes], write: Callable[[str], object], judge: Judge) -> int:
    """Judge each line in order; a wrong line becomes ``{"error": …}``. Returns 1 when there was one, else 0."""
    failed = 0
    for raw in source:
        if not raw.strip():
            continue
        try:
            given = json.loads(raw)
            if not isinstance(given, dict):
                raise TypeError("a line must be a JSON object")
            answer = judge(given)
        except UnicodeDecodeError:
            answer, failed = {"error": "the line is not UTF-8"}, 1
        except json.JSONDecodeError as error:
            answer, failed = {"error": f"not JSON: {error.msg} at column {error.colno}"}, 1
        except (TypeError, ValueError, RecursionError) as error:
            answer, failed = {"error": str(error)}, 1
        write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
    return failed


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise TypeError(f"“{name}” must be a text" if name in given else f"“{name}” is missing")
    return value


def _route(given: dict[str, Any]) -> dict[str, Any]:
    routing: Routing = route(_text(given, "text"))
    return {
        "route": routing.route.value,
        "confidence": routing.confidence,
        "rule": routing.rule,
        "keys": list(routing.keys),
        "why": routing.why,
    }


def _check(given: dict[str, Any]) -> dict[str, Any]:
    kind, update, draft = given.get("kind", "comment"), _text(given, "update"), _text(given, "draft")
    if kind not in ("comment", "email"):
        raise ValueError("“kind” must be comment or email")
    checked: Checked = (check_email if kind == "email" else check_comment)(update, draft)
    return asdict(checked)


def _guard(given: dict[str, Any]) -> dict[str, Any]:
    guarded: Guarded = guard(_text(given, "text"))
    redacted = None if guarded.verdict is Verdict.BLOCK else guarded.redacted
    return {
        "verdict": guarded.verdict.value,
        "findings": [asdict(one) for one in guarded.findings],
        "redacted": redacted,
    }


def _readable(name: str, answer: dict[str, Any]) -> str:
    if name == "route":
        keys = ", ".join(answer["keys"]) or "none"
        return (
            f"{answer['route']}  (confidence {answer['confidence']:.2f}, rule {answer['rule']})\n"
            f"keys: {keys}\nwhy:  {answer['why']}\n"
        )
    findings = [f"- {one['severity']}: {one['message']}  [{one['rule']}]" for one in answer.pop("findings")]
    facts = [f"{key}: {value}" for key, value in answer.items() if value is not None]
    return "\n".join([*facts, *(findings or ["no findings"])]) + "\n"

"""The judgements as commands: ``route``, ``check`` and ``guard``, on one text or on JSON lines from standard input."""

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from engine.checks import check_comment, check_email, guard
from engine.routing import route

Judge = Callable[[dict[str, Any]], dict[str, Any]]
Tell = Callable[[dict[str, Any]], str]


def add_commands(commands: Any) -> None:
    """Add the three commands to the parser."""
    for name, judge, tell, text, takes in (
        ("route", _route, _tell_route, "where a message goes, and why", '{"text": …}'),
        (
            "check",
            _check,
            _tell_check,
            "what a draft says that its update does not",
            '{"kind": "comment|email", "update": …, "draft": …}',
        ),
        ("guard", _guard, _tell_guard, "what must not leave the workspace", '{"text": …}'),
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
        command.set_defaults(run=_runner(name, judge, tell))


def _runner(name: str, judge: Judge, tell: Tell) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        if arguments.jsonl:
            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")
            return lines(sys.stdin.buffer, sys.stdout.write, judge)
        given = {key: value for key, value in vars(arguments).items() if key not in ("run", "jsonl")}
        if any(value is None for value in given.values()):
            sys.stderr.write(
                f"updraft {name}: give the text as an argument, or --jsonl and lines on standard input\n"
            )
            return 2
        try:
            sys.stdout.write(tell(given))
        except ValueError as error:
            sys.stderr.write(f"updraft {name}: {error}\n")
            return 2
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
    # Python reads half a pair of surrogates, and an argument that is not UTF-8, as a text that nothing can encode.
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError(f"“{name}” is not UTF-8")
    return value


def _route(given: dict[str, Any]) -> dict[str, Any]:
    routing = route(_text(given, "text"))
    return {
        "route": routing.route.value,
        "confidence": routing.confidence,
        "rule": routing.rule,
        "keys": list(routing.keys),
    }


def _tell_route(given: dict[str, Any]) -> str:
    routing = route(_text(given, "text"))
    return (
        f"{routing.route}  (confidence {routing.confidence:.2f}, rule {routing.rule})\n"
        f"keys: {', '.join(routing.keys) or 'none'}\nwhy:  {routing.why}\n"
    )


def _check(given: dict[str, Any]) -> dict[str, Any]:
    kind, update, draft = given.get("kind", "comment"), _text(given, "update"), _text(given, "draft")
    if kind not in ("comment", "email"):
        raise ValueError("“kind” must be comment or email")
    return asdict((check_email if kind == "email" else check_comment)(update, draft))


def _tell_check(given: dict[str, Any]) -> str:
    checked = _check(given)
    return _facts(checked) + _findings(checked)


def _guard(given: dict[str, Any]) -> dict[str, Any]:
    guarded = guard(_text(given, "text"))
    findings = [asdict(finding) for finding in guarded.findings]
    return {"verdict": guarded.verdict.value, "findings": findings, "redacted": guarded.redacted}


def _tell_guard(given: dict[str, Any]) -> str:
    guarded = _guard(given)
    return _facts(guarded) + _findings(guarded)


def _facts(answer: dict[str, Any]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in answer.items() if name != "findings")


def _findings(answer: dict[str, Any]) -> str:
    lines = [f"- {one['severity']}: {one['message']}  [{one['rule']}]\n" for one in answer["findings"]]
    return "".join(lines) or "no findings\n"

"""Small checks that compose into a description of Block Kit, and the report they write in Slack's words."""

import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any, str, "Report"], None]


class Report:
    """What is wrong with one set of blocks, in the form of Slack's ``response_metadata.messages``."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def error(self, text: str, path: str) -> None:
        """Note one fault at a JSON pointer."""
        self.messages.append(f"[ERROR] {text} [json-pointer:{path}]")


def string(most: int | None = None, least: int = 0, pattern: str | None = None) -> Check:
    """Accept a string of ``least`` to ``most`` characters that matches the pattern from start to end."""
    compiled = re.compile(pattern, re.DOTALL) if pattern else None

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str):
            report.error("must be a string", path)
        elif len(value) < least:
            report.error(f"must be more than {least - 1} characters", path)
        elif most is not None and len(value) > most:
            report.error(f"must be less than {most + 1} characters", path)
        elif compiled is not None and not compiled.fullmatch(value):
            report.error("failed to match the required format", path)

    return check


def boolean(value: Any, path: str, report: Report) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        report.error("must be a boolean", path)


def number(least: float | None = None, most: float | None = None, *, whole: bool = True) -> Check:
    """Accept a number within the bounds."""

    def check(value: Any, path: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            report.error("must be an integer" if whole else "must be a number", path)
        elif least is not None and value < least:
            report.error(f"must be greater than or equal to {least}", path)
        elif most is not None and value > most:
            report.error(f"must be less than or equal to {most}", path)

    return check


def one_of(*values: Any) -> Check:
    """Accept exactly these values."""

    def check(value: Any, path: str, report: Report) -> None:
        if value not in values:
            report.error("must be one of: " + ", ".join(map(str, values)), path)

    return check


def array(item: Check, most: int | None = None, least: int = 0) -> Check:
    """Accept a list of ``least`` to ``most`` items, each accepted by ``item``."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            report.error("must be an array", path)
            return
        if len(value) < least:
            report.error(f"no less than {least} items allowed", path)
        if most is not None and len(value) > most:
            report.error(f"no more than {most} items allowed", path)
            return
        for at, one in enumerate(value):
            item(one, f"{path}/{at}", report)

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """Accept an object with these fields and no others; ``type`` belongs to :func:`typed`."""
    fields = required | (optional or {})

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.error("must provide an object", path)
            return
        for name in required:
            if name not in value:
                report.error(f"missing required field: {name}", path)
        for name, one in value.items():
            if name in fields:
                fields[name](one, f"{path}/{name}", report)
            else:
                report.error(f"invalid additional property: {name}", path)

    return check


def typed(kinds: dict[str, Check]) -> Check:
    """Accept an object whose ``type`` is one of ``kinds`` and which that kind's check accepts."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.error("must provide an object", path)
            return
        kind = value.get("type")
        if kind is None:
            report.error("missing required field: type", path)
        elif not isinstance(kind, str) or kind not in kinds:
            report.error(f"unsupported type: {kind}", f"{path}/type")
        else:
            kinds[kind]({name: one for name, one in value.items() if name != "type"}, path, report)

    return check


def both(*checks: Check) -> Check:
    """Accept what all the checks accept; later ones see only objects that the first found well formed."""

    def check(value: Any, path: str, report: Report) -> None:
        for one in checks:
            before = len(report.messages)
            one(value, path, report)
            if len(report.messages) > before:
                return

    return check


def exactly_one(*names: str) -> Check:
    """Accept an object that has one of these fields, not none and not two."""

    def check(value: Any, path: str, report: Report) -> None:
        present = [name for name in names if name in value]
        if not present:
            report.error("missing required field: " + " or ".join(names), path)
        elif len(present) > 1:
            report.error("only one allowed of: " + ", ".join(names), path)

    return check


def at_least_one(*names: str) -> Check:
    """Accept an object that has any of these fields."""

    def check(value: Any, path: str, report: Report) -> None:
        if not any(name in value for name in names):
            report.error("missing required field: " + " or ".join(names), path)

    return check

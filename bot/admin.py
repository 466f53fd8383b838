"""``updraft credentials`` and ``updraft flags``: what an administrator keeps for a workspace, from the command line.

A key is asked for without echo, or read from standard input; never taken as an argument, which other users of the machine can see.
"""

import argparse
import asyncio
import getpass
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from bot.settings import Settings, load
from engine import (
    Credential,
    CredentialFields,
    Credentials,
    Flags,
    InvalidInput,
    Level,
    Provider,
    Store,
    Switched,
    connect,
    http_client,
    imported,
)

_WORKSPACE = re.compile(r"[A-Z0-9]{2,32}")
SIGNS = {True: "✓", False: "✗", None: "•"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with: the open store, and for which workspace and in whose name."""

    settings: Settings
    store: Store
    workspace: str
    by: str

    @property
    def credentials(self) -> Credentials:
        """The credentials; reads the master key, which is made where there is none."""
        from bot.models import credentials

        return credentials(self.settings, self.store)


Act = Callable[[Desk, argparse.Namespace], Awaitable[int]]


def add_commands(commands: Any) -> None:
    """Add ``credentials`` and ``flags`` to the parser."""
    credentials = commands.add_parser("credentials", help="a workspace's own keys of model providers")
    acts = credentials.add_subparsers(title="acts", required=True, metavar="ACT")
    _command(acts, "list", _list, "the credentials in the order they are tried; never a key")
    add = _command(acts, "add", _add, "add one; its key is asked for, or is the first line of standard input")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--provider", required=True, choices=[one.value for one in Provider])
    add.add_argument("--no-key", action="store_true", help="the server needs none")
    _fields(add)
    change = _command(acts, "change", _change, "change what is given; an empty value clears a field")
    change.add_argument("name", metavar="NAME")
    change.add_argument("--rename", metavar="NAME", help="another name")
    keys = change.add_mutually_exclusive_group()
    keys.add_argument("--new-key", action="store_true", help="ask for another key, which holds at once")
    keys.add_argument("--no-key", action="store_true", help="the server needs none")
    _fields(change)
    remove = _command(acts, "remove", _remove, "forget one with its key")
    remove.add_argument("name", metavar="NAME")
    test = _command(acts, "test", _test, "try some, or all, for real; the whole prompt spends a few tokens")
    test.add_argument("names", nargs="*", metavar="NAME")
    test.add_argument("--level", choices=[one.value for one in Level], default=Level.PROMPT.value, help="how far to go (default: %(default)s)")  # fmt: skip
    test.add_argument("--model", help="the model to ask for, where the credential prefers none or another")
    reseal = acts.add_parser("reseal", help="seal the keys of all workspaces with the newest master key")
    reseal.set_defaults(run=_run, act=_reseal, workspace="")
    flags = commands.add_parser("flags", help="what of the AI is on, by workspace, project and issue")
    acts = flags.add_subparsers(title="acts", required=True, metavar="ACT")
    _command(acts, "list", _flags, "every flag, its value and who set it")
    switch = _command(acts, "set", _set, "switch a flag")
    switch.add_argument("flag", metavar="FLAG")
    switch.add_argument("value", choices=("on", "off"))
    unset = _command(acts, "unset", _unset, "let a flag be what the wider scope or the default says")
    unset.add_argument("flag", metavar="FLAG")
    for one in (switch, unset):
        one.add_argument("--scope", default="", metavar="KEY", help="only for this project or issue")


def _command(acts: Any, name: str, act: Act, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=text, description=text.capitalize() + ".")
    parser.add_argument("--workspace", metavar="ID", help="the Slack team id (default: the bot token's)")
    parser.set_defaults(run=_run, act=act)
    return parser


def _fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--base-url", metavar="URL", help="where the server is, if not where the provider's is"
    )
    parser.add_argument("--header", action="append", metavar="NAME", help="send a header; its value is asked for, or a further line of standard input")  # fmt: skip
    parser.add_argument("--model", help="the model to prefer")
    parser.add_argument("--temperature", metavar="NUMBER", help="from 0 to 2")
    parser.add_argument("--max-tokens", metavar="NUMBER", help="the longest answer")
    parser.add_argument("--system-prompt", metavar="TEXT", help="instructions before Updraft's own")
    parser.add_argument(
        "--options", metavar="JSON", help='further fields of each request, such as {"top_p": 0.9}'
    )
    parser.add_argument("--priority", metavar="NUMBER", help="0 to 1000, a lower one is tried earlier")
    parser.add_argument("--default", action=argparse.BooleanOptionalAction, help="try it before the provider's others")  # fmt: skip


# -- credentials


async def _list(desk: Desk, _: argparse.Namespace) -> int:
    found = await desk.credentials.all_of(desk.workspace)
    if not found:
        sys.stdout.write("There are none. Add one with: updraft credentials add NAME --provider openai\n")
    rows = [_row(one) for one in found]
    sys.stdout.write(table(("provider", "name", "key", "model", "tried", "state", "tested", "used"), rows))
    for one in found:
        if one.state_reason:
            sys.stdout.write(f"{one.name}: {one.state_reason}\n")
    return 0


async def _add(desk: Desk, arguments: argparse.Namespace) -> int:
    fields: CredentialFields = {"name": arguments.name, "key": None, **_given(arguments)}
    made = await desk.credentials.add(desk.workspace, arguments.provider, fields, desk.by)
    sys.stdout.write(f"Added {made.name}. Try it with: updraft credentials test {made.name!r}\n")
    return 0


async def _change(desk: Desk, arguments: argparse.Namespace) -> int:
    credentials = desk.credentials
    before = await credentials.named(desk.workspace, arguments.name)
    fields = _given(arguments)
    if not fields:
        raise InvalidInput("Nothing to change was given; see updraft credentials change --help.")
    made = await credentials.change(desk.workspace, before.id, fields, desk.by)
    sys.stdout.write(f"Changed {made.name}.\n")
    return 0


async def _remove(desk: Desk, arguments: argparse.Namespace) -> int:
    credentials = desk.credentials
    gone = await credentials.named(desk.workspace, arguments.name)
    await credentials.remove(desk.workspace, gone.id, desk.by)
    sys.stdout.write(f"Removed {gone.name}. Its key still works until you revoke it at the provider.\n")
    return 0


async def _test(desk: Desk, arguments: argparse.Namespace) -> int:
    credentials = desk.credentials
    wanted = [await credentials.named(desk.workspace, name) for name in arguments.names]
    wanted = wanted or await credentials.all_of(desk.workspace)
    every = tuple(Level)
    levels = every[: every.index(Level(arguments.level)) + 1]
    well = True
    async with http_client() as http:
        for one in wanted:
            await imported(one.provider)
            make = partial(connect, http=http)
            well &= await _tested(credentials, one, levels, arguments.model, desk.by, make)
    return 0 if well else 1


async def _tested(
    credentials: Credentials,
    one: Credential,
    levels: Collection[Level],
    model: str | None,
    by: str,
    make: Any,
) -> bool:
    """Test one credential and print a line for each level; a credential that cannot be tested stops no other."""
    try:
        trials = await credentials.test(one, make, levels, model=model, by=by)
    except InvalidInput as error:
        sys.stdout.write(f"{SIGNS[False]} {one.name}  {error}\n")
        return False
    for trial in trials:
        took = "" if trial.passed is None else f" ({trial.seconds:.2f} s)"
        sys.stdout.write(f"{SIGNS[trial.passed]} {one.name}  {trial.level:<6}  {trial.words}{took}\n")
    return all(trial.passed for trial in trials)


async def _reseal(desk: Desk, _: argparse.Namespace) -> int:
    done = await desk.credentials.reseal_all(desk.by)
    what = "1 secret is" if done.count == 1 else f"{done.count} secrets are"
    sys.stdout.write(f"{what} sealed anew; all others were sealed with the newest master key.\n")
    for workspace, name in done.closed:
        sys.stderr.write(
            f"{workspace} {name}: does not open with any master key at hand; enter its key anew.\n"
        )
    return 1 if done.closed else 0


def _given(arguments: argparse.Namespace) -> CredentialFields:
    """Return the fields that the command names; secrets were put among the arguments by :func:`_run`."""
    fields: dict[str, Any] = dict(arguments.secrets)
    for name, value in (
        ("name", getattr(arguments, "rename", None)),
        ("base_url", arguments.base_url),
        ("model", arguments.model),
        ("system_prompt", arguments.system_prompt),
    ):
        if value is not None:
            fields[name] = value or None
    for name, kind in (
        ("temperature", float),
        ("max_tokens", int),
        ("priority", int),
        ("options", json.loads),
    ):
        if (text := getattr(arguments, name)) is not None:
            fields[name] = _read(name, text, kind)
    if arguments.default is not None:
        fields["is_default"] = arguments.default
    return cast("CredentialFields", fields)


def _read(name: str, text: str, kind: Callable[[str], Any]) -> Any:
    if not text and name != "priority":
        return None
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or (kind is json.loads and not isinstance(value, dict)):
        what = 'a JSON object, such as {"top_p": 0.9}' if kind is json.loads else "a number"
        raise InvalidInput(f"{name}: must be {what}.")
    return value


def _secrets(arguments: argparse.Namespace) -> dict[str, Any]:
    """Ask for the key and the values of headers, or read a line of standard input for each, in this order."""
    if not hasattr(arguments, "header"):
        return {}
    wanted = ["key"] if getattr(arguments, "new_key", not arguments.no_key) else []
    headers = [name for name in arguments.header or () if name]
    given = _asked(["Key: " for _ in wanted] + [f"Value of {name}: " for name in headers])
    secrets: dict[str, Any] = {"key": given[0]} if wanted else {"key": None} if arguments.no_key else {}
    if arguments.header is not None:
        secrets["headers"] = dict(zip(headers, given[len(wanted) :], strict=True)) or None
    return secrets


def _asked(prompts: Sequence[str]) -> list[str]:
    if not prompts:
        return []
    if sys.stdin.isatty():
        return [getpass.getpass(prompt) for prompt in prompts]
    lines = sys.stdin.read().splitlines()
    if len(lines) != len(prompts):
        wanted = ", ".join(prompt.rstrip(": ") for prompt in prompts)
        raise InvalidInput(
            f"Standard input has {len(lines)} lines instead of {len(prompts)} ({wanted}); a secret is one line."
        )
    return lines


def _row(one: Credential) -> tuple[str, ...]:
    key = "none" if one.sealed_key is None else f"…{one.key_hint}" if one.key_hint else "kept"
    order = "first" if one.is_default else str(one.priority)
    when = [_when(one.tested_at), _when(one.last_used_at)]
    return (one.provider.value, one.name, key, one.model or "-", order, one.state.value, *when)


def _when(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows under their headings, each column as wide as it has to be; nothing where there are none."""
    if not rows:
        return ""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows))
    return "".join(f"{line}\n" for line in lines)


# -- flags


async def _flags(desk: Desk, _: argparse.Namespace) -> int:
    switched = await Flags(desk.store).all_of(desk.workspace)
    for name, flag in Flags.known.items():
        mine = {one.scope: one for one in switched if one.name == name}
        whole = mine.pop("", None)
        value, who = (flag.default, "default") if whole is None else (whole.value, _who(whole))
        sys.stdout.write(f"{name:<24}{_word(value):<5}{who:<34}{flag.description}\n")
        for scope, one in mine.items():
            sys.stdout.write(f"  {scope:<22}{_word(one.value):<5}{_who(one)}\n")
    return 0


async def _set(desk: Desk, arguments: argparse.Namespace) -> int:
    await Flags(desk.store).set(
        desk.workspace, arguments.flag, arguments.value == "on", desk.by, arguments.scope
    )
    where = f" for {arguments.scope.upper()}" if arguments.scope else ""
    sys.stdout.write(f"{arguments.flag} is {arguments.value}{where}.\n")
    return 0


async def _unset(desk: Desk, arguments: argparse.Namespace) -> int:
    changed = await Flags(desk.store).unset(desk.workspace, arguments.flag, desk.by, arguments.scope)
    sys.stdout.write("Unset.\n" if changed else "It was not set.\n")
    return 0


def _word(value: bool) -> str:
    return "on" if value else "off"


def _who(one: Switched) -> str:
    return f"{one.changed_by}, {_when(one.changed_at)}"


# -- how they run


def _run(arguments: argparse.Namespace) -> int:
    """Run an act: settings first, then the secrets, which a person may take long to type, then the database."""
    settings = load()
    arguments.secrets = _secrets(arguments)
    return asyncio.run(_acted(settings, arguments))


async def _acted(settings: Settings, arguments: argparse.Namespace) -> int:
    act: Act = arguments.act
    async with _desk(settings, arguments.workspace) as desk:
        return await act(desk, arguments)


@asynccontextmanager
async def _desk(settings: Settings, workspace: str | None) -> AsyncIterator[Desk]:
    """Open the store beside whoever works on it; without a workspace Slack is asked whose the bot token is."""
    if workspace is None:
        workspace = await _own_workspace(settings)
    elif workspace and not _WORKSPACE.fullmatch(workspace):
        raise InvalidInput("--workspace must be a Slack team id, such as T0123456789.")
    store = await Store.open(settings.database_url)
    try:
        yield Desk(settings, store, workspace, me())
    finally:
        await store.close()


async def _own_workspace(settings: Settings) -> str:
    from bot.app import StartError, workspace_of

    try:
        return await workspace_of(settings)
    except StartError as error:
        raise InvalidInput(f"{error} Or name the workspace with --workspace ID.") from error


def me() -> str:
    """Return who runs the command, for the audit."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = str(os.getuid())
    return f"cli:{name}"[:32]

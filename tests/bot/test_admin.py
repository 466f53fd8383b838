"""``updraft credentials`` and ``updraft flags``: what they say, and that no key is an argument or an answer."""

import asyncio
import contextlib
import io
import os
import pty
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.demo import product_environment
from emulators.people import MODEL_KEY, TEAM
from emulators.site import Site
from engine.checks.credentials import sample

ROOT = Path(__file__).parents[2]
KEY = sample("sk-proj-{w74}T3BlbkFJ{w74}")
NAMED = ("--workspace", "T1")


class Terminal:
    """The command line of one installation: its settings, and a keyboard that types what it is given."""

    def __init__(
        self, patch: pytest.MonkeyPatch, folder: Path, url: str = "http://127.0.0.1:1", **more: str
    ) -> None:
        self.patch, self.environment = patch, product_environment(url, folder, 0) | {"LOGNAME": "ops"} | more

    async def run(self, *words: str, given: str = "") -> tuple[int, str, str]:
        """Run one command; return its exit code, output and errors."""
        self.patch.delenv("UPDRAFT_MASTER_KEY", raising=False)
        for name, value in self.environment.items():
            self.patch.setenv(name, value)
        out, err = io.StringIO(), io.StringIO()
        keyboard, sys.stdin = sys.stdin, io.StringIO(given)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = await asyncio.to_thread(main, words)
        finally:
            sys.stdin = keyboard
        return code, out.getvalue(), err.getvalue()

    async def well(self, *words: str, given: str = "") -> str:
        """Run one command that must succeed; return its output."""
        code, out, err = await self.run(*words, given=given)
        assert (code, err) == (0, ""), (out, err)
        return out


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


async def test_a_credential_from_its_first_day_to_its_last(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(monkeypatch, tmp_path, site.url, UPDRAFT_ALLOW_PRIVATE_URLS="true")
    server = ("--base-url", f"{site.url}/openai/v1", "--model", "gpt-4.1")
    added = await terminal.well("credentials", "add", "main", "--provider", "openai", *server, "--default", given="sk-old-key-of-nobody\n")  # fmt: skip
    assert added == "Added main. Try it with: updraft credentials test 'main'\n"
    code, out, _ = await terminal.run("credentials", "test", "main")
    assert code == 1
    assert out.splitlines()[0].startswith("✓ main  reach   the server answers (")
    assert "✗ main  model   openai:gpt-4.1 does not accept the key (401" in out
    assert "• main  prompt  not tried" in out
    assert (
        await terminal.well("credentials", "change", "main", "--new-key", given=MODEL_KEY)
        == "Changed main.\n"
    )
    assert (await terminal.well("credentials", "test")).count("✓ main") == 3
    head, row = (await terminal.well("credentials", "list")).splitlines()
    assert head.split() == ["provider", "name", "key", "model", "tried", "state", "tested", "used"]
    assert row.split()[:6] == ["openai", "main", f"…{MODEL_KEY[-4:]}", "gpt-4.1", "first", "ok"]
    assert "revoke it at the provider" in await terminal.well("credentials", "remove", "main")
    assert "There are none." in await terminal.well("credentials", "list", "--workspace", TEAM)


async def test_headers_are_further_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, tmp_path, UPDRAFT_ALLOW_PRIVATE_URLS="true")
    command = (
        "credentials",
        "add",
        "gate",
        "--provider",
        "compatible",
        "--base-url",
        "http://127.0.0.1:1/v1",
        *NAMED,
    )
    headers = ("--header", "X-Gateway-Token", "--header", "X-Team")
    await terminal.well(*command, *headers, given=f"{KEY}\nt0ken\nblue\n")
    code, _, err = await terminal.run(*command, *headers, given=f"{KEY}\nt0ken\n")
    assert (code, err) == (
        1,
        "Standard input has 2 lines instead of 3 (Key, Value of X-Gateway-Token, Value of X-Team); a secret is one line.\n",
    )
    # Key and headers would go to another server.
    code, _, err = await terminal.run(
        "credentials", "change", "gate", "--base-url", "http://127.0.0.1:2/v1", *NAMED
    )
    assert (code, err.partition(":")[0]) == (1, "key")
    await terminal.well("credentials", "change", "gate", "--base-url", "http://127.0.0.1:2/v1", "--new-key", "--header", "", *NAMED, given=KEY)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "given", "told"),
    [
        (("add", "a", "--provider", "openai"), "", "Standard input has 0 lines instead of 1 (Key)"),
        (("add", "a", "--provider", "openai"), "\n", "key: is empty"),
        (("add", "a", "--provider", "openai"), f"{KEY}\n{KEY}\n", "a secret is one line"),
        (("add", "a", "--provider", "anthropic"), KEY, "key: this looks like an OpenAI API key"),
        (("add", "a", "--provider", "openai", "--temperature", "hot"), KEY, "temperature: must be a number."),
        (("add", "a", "--provider", "openai", "--priority", ""), KEY, "priority: must be a number."),
        (("add", "a", "--provider", "openai", "--options", "[1]"), KEY, "options: must be a JSON object"),
        (("add", "a", "--provider", "ollama", "--no-key"), "", "UPDRAFT_ALLOW_PRIVATE_URLS"),
        (("change", "nobody", "--model", "m"), "", "There is no such credential."),
        (("remove", "nobody"), "", "There is no such credential."),
        (("test", "nobody"), "", "There is no such credential."),
    ],
)
async def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], given: str, told: str
) -> None:
    code, out, err = await Terminal(monkeypatch, tmp_path).run("credentials", *words, *NAMED, given=given)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert told in err
    assert KEY not in err


async def test_a_key_is_typed_without_being_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, tmp_path)
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "credentials", "add", "main", "--provider", "openai", *NAMED),
        cwd=tmp_path,
        env=terminal.environment | {"PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )
    os.close(theirs)
    shown = await asyncio.to_thread(_read_until, ours, b"Key: ")
    os.write(ours, f"{KEY}\n".encode())
    shown += await asyncio.to_thread(_read_until, ours, b"credentials test")
    assert await process.wait() == 0
    os.close(ours)
    assert b"Added main." in shown
    assert KEY.encode() not in shown
    assert f"…{KEY[-4:]}" in await terminal.well("credentials", "list", *NAMED)


def _read_until(terminal: int, words: bytes) -> bytes:
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 1024)
    return shown


async def test_the_master_key_is_rotated_while_credentials_are_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(monkeypatch, tmp_path)
    await terminal.well("credentials", "add", "main", "--provider", "openai", *NAMED, given=KEY)
    old = (tmp_path / "updraft.db.key").read_text().strip()
    new = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
    both, alone = (Terminal(monkeypatch, tmp_path, UPDRAFT_MASTER_KEY=keys) for keys in (f"{new},{old}", new))
    code, _, err = await alone.run("credentials", "reseal")
    assert (code, err) == (1, "T1 main: does not open with any master key at hand; enter its key anew.\n")
    assert (await both.well("credentials", "reseal")).startswith("1 secret is sealed anew")
    assert (await alone.well("credentials", "reseal")).startswith("0 secrets are sealed anew")
    code, _, err = await terminal.run("credentials", "test", "main", "--model", "m", *NAMED)
    assert code == 1
    assert "which is not at hand" in err


async def test_without_slack_the_workspace_has_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = await Terminal(monkeypatch, tmp_path).run("flags", "list")
    assert code == 1
    assert err.endswith("Or name the workspace with --workspace ID.\n")
    code, _, err = await Terminal(monkeypatch, tmp_path).run("flags", "list", "--workspace", "my team")
    assert (code, err) == (1, "--workspace must be a Slack team id, such as T0123456789.\n")


async def test_flags_are_listed_set_and_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, tmp_path)
    assert (
        await terminal.well("flags", "set", "ai.enabled", "off", "--scope", "pay", *NAMED)
        == "ai.enabled is off for PAY.\n"
    )
    await terminal.well("flags", "set", "ai.cache", "off", *NAMED)
    lines = (await terminal.well("flags", "list", *NAMED)).splitlines()
    assert [line.split()[:3] for line in lines[:2]] == [
        ["ai.enabled", "on", "default"],
        ["PAY", "off", "cli:ops,"],
    ]
    assert [line.split()[1:3] for line in lines if line.startswith("ai.cache")] == [["off", "cli:ops,"]]
    assert await terminal.well("flags", "unset", "ai.enabled", "--scope", "PAY", *NAMED) == "Unset.\n"
    assert (
        await terminal.well("flags", "unset", "ai.enabled", "--scope", "PAY", *NAMED) == "It was not set.\n"
    )
    code, _, err = await terminal.run("flags", "set", "ai.magic", "on", *NAMED)
    assert (code, err.partition(".")[0]) == (1, "There is no flag “ai")


@pytest.mark.parametrize(
    "words", [["credentials"], ["flags"], ["credentials", "add", "a"], ["flags", "set", "ai.cache", "maybe"]]
)
def test_wrong_use_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: updraft" in capsys.readouterr().err


@pytest.mark.parametrize("stray", [["--key", KEY], [f"--key={KEY}"], [KEY]])
def test_a_key_given_as_an_argument_is_not_repeated(
    stray: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["credentials", "add", "main", "--provider", "openai", *stray])
    told = capsys.readouterr().err
    assert "unrecognized arguments: " in told
    assert KEY not in told

"""``updraft demo`` as people start it: one address, data that stays, and nothing left behind."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot import demo
from emulators.people import ANA

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def started(folder: Path, port: int, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", str(folder), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextmanager
def running(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the demo until it prints its address; afterwards nothing of it may be left."""
    process = started(folder, free_port(), *more)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        shown = ""
        while "Ctrl-C" not in shown:
            line = process.stdout.readline().decode()
            assert line, process.stderr.read().decode()
            shown += line
        [address] = re.findall(r"http://\S+", shown)
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) == 2
        yield process, address
        process.wait(PATIENCE)
        assert psutil.wait_procs(children, timeout=5)[1] == []
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()


def call(address: str, path: str, **arguments: Any) -> Any:
    body = json.dumps(arguments).encode() if arguments else None
    asked = urllib.request.Request(f"{address}{path}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        text = answer.read().decode()
    return json.loads(text) if answer.headers["Content-Type"].startswith("application/json") else text


def said(address: str) -> list[str]:
    return [one["text"] for one in call(address, "/slack/client/history", channel=ANA.dm)]


def test_data_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    folder = tmp_path / "demo data ü"
    folder.mkdir()
    (folder / "slack.json").write_text("damaged by an earlier version")
    with running(folder, "--reset", "--http") as (process, address):
        assert "<title>Updraft workbench</title>" in call(address, "/")
        assert said(address) == []
        call(address, "/slack/client/say", user=ANA.slack, channel=ANA.dm, text="done with DEMO-12")
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    with running(folder) as (process, address):
        assert "done with DEMO-12" in said(address)
        [product] = [
            one for one in psutil.Process(process.pid).children() if one.cmdline()[-2:] == ["bot", "serve"]
        ]
        product.kill()
        assert process.stderr is not None
        told = process.stderr.read().decode().splitlines()
    assert process.returncode == 1
    assert told[-1] == "A part of the demo stopped by itself; the reason is printed above."


def test_damaged_data_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "slack.json").write_text('{"half": ')
    process = started(tmp_path, free_port())
    out, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert out == b""
    first, second = told.decode().splitlines()
    assert "slack.json is damaged" in first
    assert "delete it or start with --reset" in first
    assert second == "The stand-ins did not start; the reason is printed above."
    assert (tmp_path / "slack.json").read_text() == '{"half": '


def refusal(folder: Path, port: int, *, reset: bool = False, host: str = "127.0.0.1") -> str:
    """Return why the demo does not run; it is refused before any process is started."""
    with pytest.raises(demo.DemoError) as caught:
        demo.run(host, port, str(folder), reset=reset, http=False)
    return str(caught.value)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = refusal(tmp_path, port)
    assert words.startswith(f"Port {port} on 127.0.0.1 cannot be used (")
    assert words.endswith("Choose another with --port.")


@pytest.mark.parametrize("port", [-1, 0, 70_000])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: int) -> None:
    words = f"Port {port} cannot be used: choose one from 1 to 65535 with --port."
    assert refusal(tmp_path, port) == words


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/updraft"])
def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file")
    words = refusal(tmp_path / place, free_port())
    assert words.startswith(f"The data folder {tmp_path / place} cannot be used (")
    assert words.endswith("Name another with --data.")


def test_a_foreign_folder_is_not_reset(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    assert "holds no demo data, so --reset leaves it alone" in refusal(tmp_path, free_port(), reset=True)
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def test_a_reset_deletes_the_demos_own_files_alone(tmp_path: Path) -> None:
    for name in ("updraft.db", "slack.json", "thesis.txt"):
        (tmp_path / name).write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refusal(tmp_path, taken.getsockname()[1], reset=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

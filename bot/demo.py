"""``updraft demo``: the unmodified product beside its stand-ins, two processes and one address.

The product is started as ``updraft serve`` with the environment it would have in production; only addresses and tokens differ.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from emulators import people
from engine import UpdraftError

WAIT = 30.0
"""Seconds that each process has to become ready."""

FILES = ("updraft.db", "updraft.db-wal", "updraft.db-shm", "updraft.db.key", "slack.json", "jira.json")
"""What the demo keeps in its folder; --reset deletes these and nothing else."""

WELCOME = """
Updraft is running on its stand-ins. Open

    {url}

Say in your own words what you did; the Jira project beside the chat changes as you go.
Ctrl-C stops everything; what you did is kept in {data} (start with --reset to begin afresh).
"""


class DemoError(UpdraftError):
    """The demo cannot run; ``str(error)`` says what to do."""


def run(host: str, port: int, data: str, *, reset: bool, http: bool) -> int:
    """Run until Ctrl-C; returns the exit code. Raises DemoError."""
    folder = Path(data)
    _prepare(folder, reset)
    _require_free(host, port)
    events_port = _free_port(host)
    url = f"http://{host}:{port}"
    events = ["--events-url", f"http://{host}:{events_port}/slack/events"] if http else []
    stand_ins = [
        sys.executable,
        "-m",
        "emulators",
        "--host",
        host,
        "--port",
        str(port),
        "--data",
        str(folder),
        *events,
    ]
    environment = {**os.environ, **product_environment(url, folder, events_port, http=http), **_backup(url)}
    children: list[subprocess.Popen[bytes]] = []
    stopping = threading.Event()
    # SIGHUP too: the children would outlive a terminal that is closed.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stopping.set())
    try:
        children.append(_start(stand_ins, dict(os.environ)))
        _await_ready(children[0], f"{url}/", "The stand-ins", stopping)
        children.append(_start([sys.executable, "-m", "bot", "serve"], environment))
        _await_ready(children[1], f"http://{host}:{events_port}/health/ready", "Updraft", stopping)
        if not stopping.is_set():
            sys.stdout.write(WELCOME.format(url=url, data=folder))
            sys.stdout.flush()
        return _watch(children, stopping)
    finally:
        _stop(children)


def product_environment(url: str, folder: Path, port: int, *, http: bool = False) -> dict[str, str]:
    """Return the product's settings for stand-ins at ``url``; the tokens open nothing else."""
    return {
        "SLACK_BOT_TOKEN": people.BOT_TOKEN,
        "SLACK_APP_TOKEN": "" if http else people.APP_TOKEN,
        "SLACK_SIGNING_SECRET": people.SIGNING_SECRET if http else "",
        "SLACK_API_URL": f"{url}/slack/api/",
        "JIRA_URL": f"{url}/jira",
        "JIRA_EMAIL": people.SERVICE_EMAIL,
        "JIRA_API_TOKEN": people.JIRA_TOKEN,
        "OPENAI_API_KEY": people.MODEL_KEY,
        "OPENAI_BASE_URL": f"{url}/openai/v1",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'updraft.db'}",
        "PORT": str(port),
        "UPDRAFT_LOG_LEVEL": "warning",
    }


def _backup(url: str) -> dict[str, str]:
    """Return the settings of a second provider, so that the demo shows how one stands in for the other."""
    return {"ANTHROPIC_API_KEY": people.ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": f"{url}/anthropic"}


def _prepare(folder: Path, reset: bool) -> None:
    try:
        if reset and folder.exists():
            ours = [path for path in map(folder.joinpath, FILES) if path.exists()]
            if not ours and any(folder.iterdir()):
                raise DemoError(
                    f"{folder} holds no demo data, so --reset leaves it alone. Name another folder with --data."
                )
            for path in ours:
                path.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DemoError(
            f"The data folder {folder} cannot be used ({error.strerror}). Name another with --data."
        ) from error


def _require_free(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise DemoError(f"Port {port} cannot be used: choose one from 1 to 65535 with --port.")
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise DemoError(
            f"Port {port} on {host} cannot be used ({error}). Choose another with --port."
        ) from error


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only us, and we stop the children in order.
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def _await_ready(child: subprocess.Popen[bytes], url: str, who: str, stopping: threading.Event) -> None:
    deadline = time.monotonic() + WAIT
    while not stopping.is_set():
        if child.poll() is not None:
            raise DemoError(f"{who} did not start; the reason is printed above.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an address of ours
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise DemoError(f"{who} did not become ready within {WAIT:.0f} s.") from None
            stopping.wait(0.1)


def _watch(children: list[subprocess.Popen[bytes]], stopping: threading.Event) -> int:
    while not stopping.wait(0.3):
        if any(child.poll() is not None for child in children):
            raise DemoError("A part of the demo stopped by itself; the reason is printed above.")
    return 0


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Stop the product before the services it uses; a child that does not stop in 10 s is killed."""
    for child in reversed(children):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

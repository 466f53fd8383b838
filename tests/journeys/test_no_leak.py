"""A key's whole life leaves it in no log, no output, no error and no byte of the database."""

import asyncio
import base64
import contextlib
import io
import json
import logging
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from bot import logs, models
from bot.__main__ import main
from bot.demo import product_environment
from bot.settings import Settings
from emulators.people import ANA, MODEL_KEY, TEAM
from emulators.site import Site
from engine import Credentials, HttpClient, Provider, Store, UpdraftError, audit, connect, http_client
from engine.checks.credentials import sample
from tests.journeys.desk import Desk, served

MASTER = base64.b64encode(bytes(range(7, 39))).decode()
NEWER = base64.b64encode(bytes(range(60, 92))).decode()
WRONG = sample("sk-proj-{w74}T3BlbkFJ{w74}")
ROTATED = sample("sk-svcacct-{w60}")
FOREIGN = sample("sk-ant-{d0}api03-{w93}AA")
TOKEN = sample("gateway-{w40}")
SECRETS = {
    "the key": MODEL_KEY,
    "a refused key": WRONG,
    "a rotated key": ROTATED,
    "another provider's key": FOREIGN,
    "a header": TOKEN,
    "the master key": MASTER,
    "the newer master key": NEWER,
}


def forms(secret: str) -> Iterator[bytes]:
    """Yield how a secret may be written; a long enough part of it counts as well."""
    for text in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
        yield text.encode()
    yield secret.encode().hex().encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")[:-1]
    yield base64.urlsafe_b64encode(secret.encode()).rstrip(b"=")[:-1]
    yield secret[: len(secret) * 2 // 3].encode()


def leaks(where: str, content: bytes) -> list[str]:
    return [
        f"{name} in {where}"
        for name, secret in SECRETS.items()
        if any(one in content for one in forms(secret))
    ]


class Ears:
    """Hears whatever the product says, as it is set up in production but from debug up: logs, output, errors with their causes."""

    def __init__(self, patch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
        self.patch, self.environment, self.heard = patch, environment, io.StringIO()

    def __enter__(self) -> "Ears":
        with contextlib.redirect_stderr(self.heard):
            logs.configure("debug", readable=False)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().handlers[:] = []
        structlog.reset_defaults()

    async def command(self, *words: str, given: str = "", **more: str) -> int:
        """Run a command of an administrator, who types or pipes in what is given."""
        for name, value in (self.environment | more).items():
            self.patch.setenv(name, value)
        keyboard, sys.stdin = sys.stdin, io.StringIO(given)
        try:
            with contextlib.redirect_stdout(self.heard), contextlib.redirect_stderr(self.heard):
                return await asyncio.to_thread(main, words)
        finally:
            sys.stdin = keyboard

    async def raised(self, call: Awaitable[object]) -> None:
        """Keep an error as a log and as a crash would show it."""
        with pytest.raises(UpdraftError) as caught:
            await call
        structlog.get_logger("test").error("it failed", exc_info=caught.value)
        self.heard.write(
            f"{caught.value}\n{caught.value!r}\n{''.join(traceback.format_exception(caught.value))}"
        )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with http_client() as http:
        yield http


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch, site: Site, tmp_path: Path) -> Iterator[Ears]:
    more = {"UPDRAFT_ALLOW_PRIVATE_URLS": "true", "UPDRAFT_MASTER_KEY": MASTER}
    with Ears(monkeypatch, product_environment(site.url, tmp_path, 0) | more) as ears:
        yield ears


async def administered(ears: Ears, site: Site) -> None:
    """Live through what happens to keys: wrong ones, a rotation, one of another provider, one in the wrong place."""
    where = ("--base-url", f"{site.url}/openai/v1", "--model", "gpt-4.1", "--header", "X-Gateway-Token")
    add = ("credentials", "add", "main", "--provider", "openai", *where)
    change = ("credentials", "change", "main", "--new-key")
    assert await ears.command(*add, given=f"{WRONG}\n{TOKEN}\n") == 0
    assert await ears.command("credentials", "test") == 1
    assert await ears.command(*change, given=f"{FOREIGN}\n") == 1
    assert await ears.command(*change, given=f"{ROTATED} {ROTATED}\n") == 1
    assert await ears.command(*change, given=f"{ROTATED}\n{ROTATED}\n") == 1
    for option in ("--system-prompt", "--options", "--rename", "--model"):
        value = json.dumps({"key": FOREIGN}) if option == "--options" else FOREIGN
        assert await ears.command("credentials", "change", "main", option, value) == 1
    assert (
        await ears.command("credentials", "change", "main", "--base-url", f"https://{TOKEN}@x.example") == 1
    )
    assert await ears.command(*change, given=f"{ROTATED}\n") == 0
    assert await ears.command(*change, given=f"{MODEL_KEY}\n") == 0
    assert await ears.command("credentials", "test") == 0
    assert await ears.command("credentials", "list") == 0
    assert await ears.command("credentials", "reseal", UPDRAFT_MASTER_KEY=NEWER) == 1
    assert await ears.command("credentials", "reseal", UPDRAFT_MASTER_KEY=f"{NEWER},{MASTER},hush") == 2
    assert await ears.command("credentials", "reseal", UPDRAFT_MASTER_KEY=f"{NEWER},{MASTER}") == 0


async def used(ears: Ears, site: Site, credentials: Credentials, http: HttpClient) -> None:
    """Ask models with these credentials, well and badly."""
    (found,) = await credentials.best(TEAM, Provider.OPENAI)
    endpoint = await credentials.endpoint(found)
    assert (endpoint.key, endpoint.headers) == (MODEL_KEY, {"X-Gateway-Token": TOKEN})
    structlog.get_logger("test").info(
        "about to ask", credential=found, endpoint=endpoint, seal=credentials.seal
    )
    model = connect(endpoint, http)
    await model.ping()
    for fault in ("html", "drop_before", "drop_after"):
        site.models.faults.add(fault, "models")
        await ears.raised(model.ping())
    for status in (400, 401, 403, 404, 429, 500):
        site.models.faults.add("status", "models", status=status)
        await ears.raised(model.ping())
    await ears.raised(connect(replace(endpoint, key=WRONG), http).ping())
    elsewhere = replace(found, workspace="T0ELSEWHERE")
    await ears.raised(credentials.endpoint(elsewhere))
    await ears.raised(credentials.endpoint(replace(found, sealed_key=f"{found.sealed_key}x")))


async def test_a_key_is_nowhere_to_be_found(ears: Ears, site: Site, tmp_path: Path, http: HttpClient) -> None:
    settings = Settings.model_validate(ears.environment | {"UPDRAFT_MASTER_KEY": NEWER})
    async with served(site, tmp_path, UPDRAFT_MASTER_KEY=MASTER):
        await administered(ears, site)
        await Desk(site, tmp_path).say(ANA, "fixed the timeout in DEMO-14, need QA on staging")
        store = await Store.open(settings.database_url)
        await used(ears, site, models.credentials(settings, store), http)
        found = [one for path in kept(tmp_path) for one in leaks(path.name, path.read_bytes())]
        assert (tmp_path / "updraft.db-wal").stat().st_size > 0
        await store.close()
    assert await ears.command("credentials", "remove", "main", UPDRAFT_MASTER_KEY=NEWER) == 0
    found += [one for path in kept(tmp_path) for one in leaks(path.name, path.read_bytes())]
    assert found + leaks("what was heard", ears.heard.getvalue().encode()) == []


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_would_be_found(ears: Ears, site: Site, tmp_path: Path) -> None:
    """The search itself: it finds each form, in the log and on the disk, and the scenario is really heard."""
    for name, secret in SECRETS.items():
        for form in forms(secret):
            assert f"{name} in x" in leaks("x", b"around " + form + b" it")
    await administered(ears, site)
    structlog.get_logger("test").info("oops", key=WRONG)
    logging.getLogger("some.library").warning("oops %s", TOKEN)
    heard = ears.heard.getvalue()
    assert leaks("x", heard.encode()) == ["a refused key in x", "a header in x"]
    for words in ("does not accept the key (401", "✓ main  prompt", "2 secrets are sealed anew"):
        assert words in heard
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'updraft.db'}")
    async with store.write() as tx:
        await audit.note(tx, TEAM, "U1", "oops", "x", key=ROTATED)
    assert leaks("x", b"".join(path.read_bytes() for path in kept(tmp_path))) == ["a rotated key in x"]
    await store.close()

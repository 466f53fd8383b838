"""Credentials: kept sealed, in the order people want, replaced while in use, never shown."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from engine.addresses import AddressRefused, Resolve
from engine.audit import audit_table
from engine.checks.credentials import sample
from engine.credentials import (
    Credential,
    Credentials,
    FieldRefused,
    Fields,
    State,
    credentials_table,
    ordered,
)
from engine.errors import Gone
from engine.models import Provider
from engine.sealing import Seal, SealingError
from engine.store import Store
from tests.engine.conftest import TestClock

KEY = sample("sk-proj-{w74}T3BlbkFJ{w74}")
OTHER = sample("sk-svcacct-{w40}")
ANTHROPIC = sample("sk-ant-{d0}api03-{w93}AA")
TOKEN = sample("gateway-token-{w30}")
NEW, OLD = (bytes((start + step) % 256 for step in range(0, 96, 3)) for start in (1, 100))
HOSTS = {
    "models.example": ["93.184.215.14"],
    "other.example": ["93.184.215.15"],
    "inside.example": ["10.0.0.7"],
    "metadata.example": ["169.254.169.254"],
}


def names(hosts: dict[str, list[str]]) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        if host not in hosts:
            raise OSError("Name or service not known")
        return hosts[host]

    return resolve


@pytest.fixture
def credentials(store: Store, clock: TestClock) -> Credentials:
    return Credentials(store, Seal((NEW,)), clock, resolve=names(HOSTS))


async def added(
    credentials: Credentials, name: str = "main", *, workspace: str = "T1", **rest: Any
) -> Credential:
    provider = rest.pop("provider", "openai")
    fields: Any = {"name": name, "key": KEY} | rest
    return await credentials.add(workspace, provider, fields, "U1")


async def key_of(credentials: Credentials, credential: Credential) -> str:
    return (await credentials.endpoint(credential, model="m")).key


async def audited(store: Store) -> list[tuple[str, str, str]]:
    async with store.read() as tx:
        rows = (await tx.execute(select(audit_table).order_by(audit_table.c.at))).all()
        return [(row.person, row.act, str(row.detail)) for row in rows]


# -- what is kept


async def test_a_key_is_kept_sealed_and_only_its_end_is_shown(credentials: Credentials, store: Store) -> None:
    made = await added(
        credentials, headers={"X-Gateway-Token": TOKEN}, model="gpt-4.1", options={"top_p": 0.9}
    )
    assert (made.key_hint, made.state, made.base_url) == (
        KEY[-4:],
        State.UNTESTED,
        "https://api.openai.com/v1",
    )
    endpoint = await credentials.endpoint(made)
    assert (endpoint.key, endpoint.headers, endpoint.name) == (
        KEY,
        {"X-Gateway-Token": TOKEN},
        "openai:gpt-4.1",
    )
    assert endpoint.options == {"top_p": 0.9}
    async with store.read() as tx:
        row = str((await tx.execute(select(credentials_table))).one())
    for shown in (row, repr(made), str(made), repr(endpoint), str(await credentials.all_of("T1"))):
        assert KEY not in shown
        assert TOKEN not in shown
    assert made.sealed_key is not None
    assert made.sealed_key not in repr(made)


async def test_the_end_of_a_short_key_would_be_too_much(credentials: Credentials) -> None:
    made = await added(
        credentials, provider="compatible", key="hunter2hunter2", base_url="https://models.example/v1"
    )
    assert made.key_hint == ""


async def test_a_server_may_need_no_key(credentials: Credentials) -> None:
    made = await added(credentials, provider="compatible", key=None, base_url="https://models.example/v1")
    assert (made.sealed_key, await key_of(credentials, made)) == (None, "")


async def test_a_model_has_to_be_named_somewhere(credentials: Credentials) -> None:
    made = await added(credentials)
    with pytest.raises(FieldRefused, match="model: the credential main prefers none"):
        await credentials.endpoint(made)
    assert (await credentials.endpoint(made, model="gpt-5")).model == "gpt-5"


async def test_workspaces_see_their_own_alone(credentials: Credentials) -> None:
    mine, theirs = await added(credentials), await added(credentials, workspace="T2")
    assert [one.id for one in await credentials.all_of("T1")] == [mine.id]
    assert [one.id for one in await credentials.best("T2", Provider.OPENAI)] == [theirs.id]
    for act in (
        lambda: credentials.get("T1", theirs.id),
        lambda: credentials.named("T3", "main"),
        lambda: credentials.change("T1", theirs.id, {"priority": 1}, "U1"),
        lambda: credentials.remove("T1", theirs.id, "U1"),
    ):
        with pytest.raises(Gone):
            await act()
    assert await key_of(credentials, await credentials.get("T2", theirs.id)) == KEY


@pytest.mark.parametrize("copied", [{"workspace": "T2"}, {"id": "f" * 32}])
async def test_a_row_copied_to_another_place_does_not_open(
    credentials: Credentials, store: Store, copied: dict[str, str]
) -> None:
    made = await added(credentials)
    async with store.write() as tx:
        row = dict((await tx.execute(select(credentials_table))).one()._mapping)
        await tx.execute(insert(credentials_table).values(row | {"id": "e" * 32, "name": "copy"} | copied))
    copy = await credentials.named(copied.get("workspace", "T1"), "copy")
    with pytest.raises(SealingError, match="belongs to another place"):
        await key_of(credentials, copy)
    with pytest.raises(SealingError):
        await key_of(credentials, replace(made, sealed_key=None, sealed_headers=made.sealed_key))


# -- the order


async def test_the_default_goes_first_then_the_priority_and_refused_ones_last(
    credentials: Credentials, clock: TestClock
) -> None:
    wishes: dict[str, dict[str, Any]] = {
        "refused": {"is_default": True},
        "late": {"priority": 500},
        "early": {"priority": 1},
        "older": {},
        "newer": {},
    }
    for name, rest in wishes.items():
        clock.pass_by(minutes=1)
        await added(credentials, name, **rest)
    await credentials.note_state(await credentials.named("T1", "refused"), State.REFUSED, "no")
    order = [one.name for one in await credentials.best("T1", Provider.OPENAI)]
    assert order == ["early", "older", "newer", "late", "refused"]
    await credentials.change("T1", (await credentials.named("T1", "late")).id, {"is_default": True}, "U1")
    assert (await credentials.best("T1", Provider.OPENAI))[0].name == "late"
    assert [one.name for one in await credentials.all_of("T1") if one.is_default] == ["late"]
    assert await credentials.best("T1", Provider.ANTHROPIC) == []


async def test_each_provider_has_a_default_of_its_own(credentials: Credentials) -> None:
    await added(credentials, is_default=True)
    await added(credentials, "claude", provider="anthropic", key=ANTHROPIC, is_default=True)
    assert [one.is_default for one in await credentials.all_of("T1")] == [True, True]


async def test_an_unreachable_one_keeps_its_place(credentials: Credentials) -> None:
    first, second = await added(credentials, "a", priority=1), await added(credentials, "b", priority=2)
    assert ordered([replace(second, state=State.OK), replace(first, state=State.UNREACHABLE)])[0].name == "a"


# -- changing


async def test_a_new_key_replaces_the_old_at_once(credentials: Credentials, store: Store) -> None:
    made = await added(credentials)
    await credentials.note_state(made, State.OK)
    changed = await credentials.change("T1", made.id, {"key": OTHER}, "U2")
    assert await key_of(credentials, changed) == OTHER
    # Whoever read the row before goes on with the old key until its call is done.
    assert await key_of(credentials, made) == KEY
    assert (changed.key_hint, changed.state, changed.tests) == (OTHER[-4:], State.UNTESTED, ())
    assert (await audited(store))[-1][:2] == ("U2", "credential changed")


async def test_what_does_not_touch_the_way_keeps_what_was_found(credentials: Credentials) -> None:
    made = await added(credentials, model="gpt-4.1", temperature=0.3, system_prompt="Be brief.")
    await credentials.note_state(made, State.OK)
    changed = await credentials.change(
        "T1", made.id, {"name": "renamed", "temperature": None, "priority": 7}, "U1"
    )
    assert (changed.name, changed.temperature, changed.priority, changed.state) == (
        "renamed",
        None,
        7,
        State.OK,
    )
    assert (changed.model, changed.system_prompt) == ("gpt-4.1", "Be brief.")
    assert await key_of(credentials, changed) == KEY


async def test_a_key_never_follows_to_another_server(credentials: Credentials) -> None:
    made = await added(credentials, headers={"X-Gateway-Token": TOKEN}, base_url="https://models.example/v1")
    elsewhere: Fields = {"base_url": "https://other.example/v1"}
    with pytest.raises(FieldRefused, match="key: enter it again"):
        await credentials.change("T1", made.id, elsewhere, "U1")
    with pytest.raises(FieldRefused, match="headers: enter it again"):
        await credentials.change("T1", made.id, {**elsewhere, "key": OTHER}, "U1")
    moved = await credentials.change("T1", made.id, {**elsewhere, "key": OTHER, "headers": None}, "U1")
    endpoint = await credentials.endpoint(moved, model="m")
    assert (endpoint.key, endpoint.headers, endpoint.base_url) == (OTHER, {}, "https://other.example/v1")
    same = await credentials.change("T1", made.id, {"base_url": "https://other.example/v2/"}, "U1")
    assert (await key_of(credentials, same), same.base_url) == (OTHER, "https://other.example/v2")


async def test_of_two_changes_at_once_one_is_told_to_look_again(credentials: Credentials) -> None:
    made = await added(credentials)
    wishes: list[Fields] = [{"model": "a", "system_prompt": "a"}, {"model": "b", "system_prompt": "b"}]
    done = await asyncio.gather(
        *(credentials.change("T1", made.id, wish, "U1") for wish in wishes), return_exceptions=True
    )
    # Where they met, one is told; where they happened to come one after the other, the later one stands. Never a mixture.
    assert {type(one) for one in done} <= {Credential, Gone}
    assert Credential in {type(one) for one in done}
    kept = await credentials.get("T1", made.id)
    assert kept.model == kept.system_prompt


async def test_names_are_unique_in_a_workspace(credentials: Credentials) -> None:
    await added(credentials)
    second = await added(credentials, "second")
    with pytest.raises(FieldRefused, match="name: there is a credential main already"):
        await added(credentials)
    with pytest.raises(FieldRefused, match="already"):
        await credentials.change("T1", second.id, {"name": "main"}, "U1")
    await credentials.change("T1", second.id, {"name": "second"}, "U1")


async def test_removed_is_gone(credentials: Credentials, store: Store) -> None:
    made = await added(credentials)
    await credentials.remove("T1", made.id, "U1")
    assert await credentials.all_of("T1") == []
    with pytest.raises(Gone):
        await credentials.remove("T1", made.id, "U1")
    assert [act for _, act, _ in await audited(store)] == ["credential added", "credential removed"]


async def test_the_audit_tells_what_was_changed_and_no_secret(credentials: Credentials, store: Store) -> None:
    made = await added(credentials)
    await credentials.change("T1", made.id, {"key": OTHER, "headers": {"X-Token": TOKEN}, "model": "m"}, "U1")
    told = await audited(store)
    assert told[1][2] == "{'name': 'main', 'fields': ['headers', 'key', 'model']}"
    assert not [one for one in (KEY, OTHER, TOKEN, KEY[-4:]) if one in str(told)]


# -- what was found


async def test_what_was_found_of_an_old_key_says_nothing_of_the_new(
    credentials: Credentials, store: Store
) -> None:
    old = await added(credentials)
    await credentials.change("T1", old.id, {"key": OTHER}, "U1")
    assert not await credentials.note_state(old, State.REFUSED, "openai:m does not accept the key.")
    assert (await credentials.get("T1", old.id)).state is State.UNTESTED


async def test_a_state_is_news_once(credentials: Credentials, store: Store) -> None:
    made = await added(credentials)
    found = await asyncio.gather(*(credentials.note_state(made, State.REFUSED, "no quota") for _ in range(5)))
    assert found.count(True) == 1
    now = await credentials.get("T1", made.id)
    assert (now.state, now.state_reason) == (State.REFUSED, "no quota")
    assert [act for _, act, _ in await audited(store)] == ["credential added", "credential state"]
    assert await credentials.note_state(made, State.OK)
    assert (await credentials.get("T1", made.id)).state_reason is None


async def test_the_last_use_is_kept_to_the_minute(
    credentials: Credentials, store: Store, clock: TestClock
) -> None:
    made = await added(credentials)
    first = clock.now
    for seconds, expected in ((0, first), (59, first), (2, clock.now)):
        clock.pass_by(seconds=seconds)
        async with store.write() as tx:
            await credentials.note_used(tx, made.id)
        expected = clock.now if seconds == 2 else expected
        assert (await credentials.get("T1", made.id)).last_used_at == expected


# -- another master key


async def test_all_secrets_are_sealed_anew(store: Store, clock: TestClock) -> None:
    old = Credentials(store, Seal((OLD,)), clock, resolve=names(HOSTS))
    for name in ("a", "b"):
        await added(old, name, headers={"X-Token": TOKEN})
    both, new = (Credentials(store, Seal(keys), clock) for keys in ((NEW, OLD), (NEW,)))
    made = await added(both, "new")
    seen = await both.all_of("T1")
    assert (await both.reseal_all("U1")).count == 4
    assert (await both.reseal_all("U1")).count == 0
    for one in await new.all_of("T1"):
        assert await key_of(new, one) == KEY
    assert await new.get("T1", made.id) == made
    # Rows that were read before still open while both keys are at hand.
    assert [await key_of(both, one) for one in seen] == [KEY] * 3
    assert [act for _, act, _ in await audited(store)].count("credential resealed") == 4


async def test_a_change_at_the_same_time_is_not_undone(store: Store, clock: TestClock) -> None:
    old, both = (Credentials(store, Seal(keys), clock) for keys in ((OLD,), (NEW, OLD)))
    made = [await added(old, f"c{number}") for number in range(10)]
    await asyncio.gather(
        both.reseal_all(),
        both.reseal_all(),
        *(both.change("T1", one.id, {"key": OTHER}, "U1") for one in made),
    )
    new = Credentials(store, Seal((NEW,)), clock)
    assert [await key_of(new, one) for one in await new.all_of("T1")] == [OTHER] * 10


async def test_what_does_not_open_is_told_and_the_rest_goes_on(
    store: Store, clock: TestClock, credentials: Credentials
) -> None:
    lost = Credentials(store, Seal((bytes(range(32)),)), clock)
    await added(lost, "a")
    await added(Credentials(store, Seal((OLD,)), clock), "b")
    done = await Credentials(store, Seal((NEW, OLD)), clock).reseal_all()
    assert (done.count, done.closed) == (1, (("T1", "a"),))
    with pytest.raises(SealingError, match="not at hand"):
        await key_of(credentials, await credentials.named("T1", "a"))


# -- addresses


async def test_addresses_inside_are_refused_unless_allowed(
    store: Store, clock: TestClock, credentials: Credentials
) -> None:
    for url in (
        "http://127.0.0.1:11434",
        "https://inside.example/v1",
        "http://localhost:11434",
        "https://169.254.169.254",
    ):
        with pytest.raises(FieldRefused, match="base_url: "):
            await added(credentials, provider="ollama", key=None, base_url=url)
    with pytest.raises(FieldRefused, match=r"base_url: .* UPDRAFT_ALLOW_PRIVATE_URLS"):
        await added(credentials, provider="ollama", key=None)
    allowed = Credentials(store, Seal((NEW,)), clock, allow_private=True, resolve=names(HOSTS))
    made = await added(allowed, provider="ollama", key=None)
    assert made.base_url == "http://127.0.0.1:11434"
    with pytest.raises(FieldRefused, match="no server's of models"):
        await added(allowed, "b", base_url="https://metadata.example")


async def test_an_address_is_looked_at_again_before_it_is_used(store: Store, clock: TestClock) -> None:
    hosts = {"models.example": ["93.184.215.14"]}
    credentials = Credentials(store, Seal((NEW,)), clock, resolve=names(hosts))
    made = await added(credentials, base_url="https://models.example/v1")
    assert await key_of(credentials, made) == KEY
    hosts["models.example"] = ["127.0.0.1"]
    with pytest.raises(AddressRefused, match="inside this network"):
        await key_of(credentials, made)


async def test_the_providers_own_addresses_are_known(credentials: Credentials, store: Store) -> None:
    # The name server of this test knows neither.
    await added(credentials, base_url="https://api.openai.com/v1/")
    made = await added(credentials, "claude", provider="anthropic", key=ANTHROPIC)
    assert (await credentials.endpoint(made, model="m")).base_url == "https://api.anthropic.com"
    async with store.write() as tx:
        await tx.execute(update(credentials_table).values(base_url="https://127.0.0.1"))
    with pytest.raises(AddressRefused):
        await credentials.endpoint(await credentials.named("T1", "claude"), model="m")


# -- what is refused


@pytest.mark.parametrize(
    ("provider", "field", "value", "words"),
    [
        ("openia", "key", KEY, "provider: must be one of openai, anthropic, ollama, compatible"),
        ("openai", "name", "", "name: must be"),
        ("openai", "name", " a", "name: must be"),
        ("openai", "name", "a\nb", "name: must be"),
        ("openai", "name", "n" * 65, "name: must be"),
        ("openai", "key", None, "key: is empty"),
        ("openai", "key", "", "key: is empty"),
        ("ollama", "key", "", "key: is empty"),
        ("openai", "key", f" {KEY}", "key: contains blanks"),
        ("openai", "key", f"{KEY}\n", "key: contains blanks"),
        ("openai", "key", KEY[:20] + "\n" + KEY[20:], "key: contains blanks"),
        ("openai", "key", f"{KEY}\x00", "key: contains blanks"),
        ("openai", "key", f"{KEY}é", "key: contains blanks"),
        ("openai", "key", "   ", "key: contains blanks"),
        ("openai", "key", "k" * 5000, "key: is longer"),
        ("openai", "key", ANTHROPIC, "key: this looks like an Anthropic API key; add it with the provider anthropic"),
        ("anthropic", "key", KEY, "key: this looks like an OpenAI API key; add it with the provider openai"),
        ("ollama", "key", ANTHROPIC, "provider anthropic"),
        ("openai", "key", sample("sk-or-v1-{x64}"), "OpenRouter's key; add it as compatible"),
        ("openai", "key", sample("AIza{w35}"), "provider compatible"),
        ("openai", "key", sample("gsk_{w52}"), "provider compatible"),
        ("compatible", "key", "xoxb-" + sample("{d12}-{d12}-{w24}"), "which no model takes"),
        ("compatible", "base_url", None, "base_url: a compatible server has no usual address"),
        ("openai", "base_url", "http://models.example/v1", "base_url: The address must start with https://"),
        ("openai", "base_url", "https://nobody.example/v1", "base_url: The host nobody.example cannot be found"),
        ("openai", "base_url", "https://models.example/" + "v" * 500, "base_url: is longer"),
        ("openai", "headers", {"X Y": "1"}, "headers: a name must be"),
        ("openai", "headers", {"Host": "x"}, "headers: Host is set"),
        ("openai", "headers", {"X-A": TOKEN + "\r\nX-B: 1"}, "headers: the value of X-A"),
        ("openai", "headers", {"X-A": ""}, "headers: the value of X-A"),
        ("openai", "headers", {"X-A": "1", "x-a": "2"}, "headers: at most 20"),
        ("openai", "headers", {f"X-{n}": "1" for n in range(21)}, "headers: at most 20"),
        ("openai", "model", "", "model: must be"),
        ("openai", "model", "gpt 4", "model: must be"),
        ("openai", "model", "m" * 101, "model: must be"),
        ("openai", "temperature", 2.1, "temperature: must be from 0 to 2"),
        ("openai", "temperature", -0.1, "temperature: must be"),
        ("openai", "temperature", float("nan"), "temperature: must be"),
        ("openai", "max_tokens", 0, "max_tokens: must be"),
        ("openai", "priority", -1, "priority: must be from 0 to 1000"),
        ("openai", "system_prompt", "  ", "system_prompt: must have"),
        ("openai", "system_prompt", "p" * 8001, "system_prompt: must have"),
        ("openai", "options", {"a": object()}, "options: must be a JSON object"),
        ("openai", "options", {"a": float("inf")}, "options: must be a JSON object"),
        ("openai", "options", {"a": "b" * 4000}, "options: are longer"),
        ("openai", "options", {"messages": []}, "options: messages is set for each request"),
        ("openai", "options", {"x": ANTHROPIC}, "options: holds what looks like an Anthropic API key"),
        ("openai", "system_prompt", f"use {KEY}", "system_prompt: holds what looks like an OpenAI API key"),
        ("openai", "name", sample("sk-{w40}"), "name: holds what looks like an OpenAI API key"),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named_with_what_to_do(
    credentials: Credentials, provider: str, field: str, value: Any, words: str
) -> None:
    with pytest.raises(FieldRefused) as caught:
        await added(
            credentials,
            provider=provider,
            **{field: value} if field != "name" else {},
            name=value if field == "name" else "main",
        )
    assert words in str(caught.value)
    assert caught.value.field == ("provider" if provider == "openia" else field)
    secrets = [KEY, OTHER, ANTHROPIC, TOKEN, *([value] if field == "key" and value and value.strip() else [])]
    assert not [one for one in secrets if one in str(caught.value)]
    assert await credentials.all_of("T1") == []


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("openai", sample("sk-{w20}T3BlbkFJ{w20}")),
        ("openai", "sk-example-model-key"),
        ("openai", sample("{x32}")),
        ("anthropic", ANTHROPIC),
        ("anthropic", sample("sk-{w22}")),
        ("compatible", KEY),
        ("compatible", sample("AIza{w35}")),
        ("compatible", sample("ghp_{w36}")),
        ("compatible", sample("sk-or-v1-{x64}")),
    ],
)
async def test_keys_that_may_be_right_are_taken(credentials: Credentials, provider: str, key: str) -> None:
    made = await added(credentials, provider=provider, key=key, base_url="https://models.example/v1")
    assert await key_of(credentials, made) == key


# -- nothing in clear


async def test_no_byte_of_the_database_is_a_key(on_file: Store, clock: TestClock) -> None:
    credentials = Credentials(on_file, Seal((NEW,)), clock, resolve=names(HOSTS))
    made = await added(credentials, headers={"X-Gateway-Token": TOKEN}, name="findable")
    await credentials.change("T1", made.id, {"key": OTHER}, "U1")
    for secret in (KEY, OTHER, TOKEN, base64.b64encode(NEW).decode()):
        assert secret.encode() not in everything(on_file)
        assert base64.b64encode(secret.encode())[:-4] not in everything(on_file)
    assert b"findable" in everything(on_file)  # so the bytes looked at are those written
    async with on_file.read() as tx:
        assert (await tx.execute(text("PRAGMA journal_mode"))).scalar() == "wal"


def everything(store: Store) -> bytes:
    files = list(Path(store.url.database or "").parent.glob("file.db*"))
    assert [one.name for one in files if one.name.endswith("-wal")]
    return b"".join(one.read_bytes() for one in files)

"""Sealing: what was sealed comes back, to the place it was sealed for and to no other."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sealing import HOW, NONCE, Seal, SealingError, key_id, load, ring

NEW, OLD = (bytes((start + step) % 256 for step in range(0, 96, 3)) for start in (1, 100))
SEAL = Seal((NEW,))

values = st.text(alphabet=st.characters(codec="utf-8"))
workspaces = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="|"), min_size=1)
purposes = st.text(alphabet=st.characters(codec="utf-8"), min_size=1)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


# -- tokens


@given(values, workspaces, purposes)
def test_what_was_sealed_comes_back(value: str, workspace: str, purpose: str) -> None:
    assert SEAL.open(SEAL.seal(value, workspace, purpose), workspace, purpose) == value


@given(values, st.lists(st.tuples(workspaces, purposes), min_size=2, max_size=2, unique=True))
def test_it_opens_nowhere_else(value: str, places: list[tuple[str, str]]) -> None:
    token = SEAL.seal(value, *places[0])
    with pytest.raises(SealingError, match="belongs to another place"):
        SEAL.open(token, *places[1])


@pytest.mark.parametrize(
    "place", [("T", "1|key|x"), ("T1", "key|x|"), ("T1", "key"), ("T1", "x"), ("T1key", "x")]
)
def test_marks_between_the_parts_cannot_be_moved(place: tuple[str, str]) -> None:
    with pytest.raises(SealingError):
        SEAL.open(SEAL.seal("v", "T1", "key|x"), *place)


@given(st.data())
def test_no_changed_token_opens(data: st.DataObject) -> None:
    token = SEAL.seal("sk-secret", "T1", "key|x")
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != token[place]))
    with pytest.raises(SealingError):
        SEAL.open(token[:place] + other + token[place + 1 :], "T1", "key|x")


@given(st.data())
def test_no_token_with_a_flipped_bit_opens(data: st.DataObject) -> None:
    head, _, body = SEAL.seal("sk-secret", "T1", "key|x").rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(body))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealingError, match="was changed"):
        SEAL.open(f"{head}.{base64.urlsafe_b64encode(bytes(raw)).decode()}", "T1", "key|x")


@given(st.text())
def test_nothing_else_opens(token: str) -> None:
    for text in (token, f"1.{token}", f"1.{key_id(NEW)}.{token}"):
        with pytest.raises(SealingError):
            SEAL.open(text, "T1", "key|x")


def test_a_token_has_one_spelling() -> None:
    token = SEAL.seal("sk-secret", "T1", "key|x")
    assert token.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-3] + alphabet[alphabet.index(token[-3]) ^ 1] + "=="  # the same bytes: the bit is padding
    with pytest.raises(SealingError, match="damaged"):
        SEAL.open(other, "T1", "key|x")


def test_what_was_sealed_long_ago_opens() -> None:
    token = "1.670c2a3ff726.HHP9SMOwZkWI3ZGGSACafDN_OYbN5A-N_CKChq68UaZHU9xt6w=="
    assert SEAL.open(token, "T1", "key|x") == "sk-secret"


def test_equal_values_look_different() -> None:
    assert len({SEAL.seal("same", "T1", "key|x") for _ in range(100)}) == 100


def test_a_token_shows_neither_value_nor_key() -> None:
    token = SEAL.seal("sk-secret", "T1", "key|x")
    raw = base64.urlsafe_b64decode(token.rpartition(".")[2])
    assert len(raw) == NONCE + len("sk-secret") + 16
    for hidden in (b"sk-secret", NEW, NEW[:6]):
        assert hidden not in raw
        assert hidden.hex() not in token
    assert encoded(NEW) not in repr(SEAL)


@pytest.mark.parametrize("place", [("", "key"), ("T|1", "key"), ("T1", "")])
def test_a_place_has_to_be_named(place: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="needed to seal"):
        SEAL.seal("v", *place)


# -- rotation


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealingError, match=f"master key {key_id(OLD)}, which is not at hand"):
        SEAL.open(Seal((OLD,)).seal("v", "T1", "key|x"), "T1", "key|x")


def test_a_key_under_anothers_name_opens_nothing() -> None:
    token = Seal((OLD,)).seal("v", "T1", "key|x").replace(key_id(OLD), key_id(NEW))
    with pytest.raises(SealingError, match="was changed"):
        SEAL.open(token, "T1", "key|x")


def test_the_first_key_seals_and_all_open() -> None:
    both, old = Seal((NEW, OLD)), Seal((OLD,)).seal("v", "T1", "key|x")
    assert both.open(old, "T1", "key|x") == "v"
    assert SEAL.open(both.seal("w", "T1", "key|x"), "T1", "key|x") == "w"


def test_a_secret_of_an_older_key_is_sealed_anew_once() -> None:
    both, old = Seal((NEW, OLD)), Seal((OLD,)).seal("v", "T1", "key|x")
    new = both.resealed(old, "T1", "key|x")
    assert new is not None
    assert SEAL.open(new, "T1", "key|x") == "v"
    assert both.resealed(new, "T1", "key|x") is None
    with pytest.raises(SealingError):
        both.resealed(old, "T2", "key|x")


# -- the ring


def test_a_ring_is_read_in_its_order() -> None:
    for text in (f"{encoded(NEW)},{encoded(OLD)}", f"{encoded(NEW)}\n{encoded(OLD)}\n", f" {encoded(NEW)} , {encoded(OLD)},"):  # fmt: skip
        assert ring(text) == Seal((NEW, OLD))
    assert ring(base64.urlsafe_b64encode(bytes(range(224, 256))).decode()).keys == (bytes(range(224, 256)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no key"),
        (" , ", "holds no key"),
        ("hunter2", "32 random bytes in base64"),
        (encoded(NEW)[:-4], "32 random bytes in base64"),
        (encoded(NEW + b"x"), "32 random bytes in base64"),
        (encoded(NEW) + ",ü", "32 random bytes in base64"),
        (encoded(bytes(32)), "not random"),
        (encoded(b"passwordpasswordpasswordpassword"), "not random"),
        (f"{encoded(NEW)},{encoded(NEW)}", "the same key twice"),
    ],
)
def test_a_wrong_key_is_refused_and_not_shown(text: str, words: str) -> None:
    with pytest.raises(SealingError, match=words) as caught:
        ring(text)
    assert "UPDRAFT_MASTER_KEY" in str(caught.value)
    assert not [part for part in text.split(",") if part.strip() and part in str(caught.value)]


# -- the file


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    assert load(encoded(NEW), tmp_path / "a.key") == SEAL
    assert not (tmp_path / "a.key").exists()


def test_a_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    made = load(None, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load("", file) == made
    assert load(None, tmp_path / "b.key") != made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.key", "b.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: load(None, tmp_path / "a.key"), range(32)))
    assert len(set(rings)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o610])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.key"
    load(None, file)
    file.chmod(mode)
    with pytest.raises(SealingError, match=rf"mode {mode:04o}\)\. Run: chmod 600 "):
        load(None, file)


def test_a_file_may_hold_a_ring(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    old = load(None, file)
    file.write_text(encoded(NEW) + "\n" + file.read_text())
    assert load(None, file) == Seal((NEW, *old.keys))


@pytest.mark.parametrize("content", [b"", b"hunter2\n", b"\xff\xfe"])
def test_a_file_without_a_key_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.key"
    file.touch(0o600)
    file.write_bytes(content)
    with pytest.raises(SealingError, match=r"a\.key") as caught:
        load(None, file)
    assert "hunter2" not in str(caught.value)


def test_no_place_for_a_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match="UPDRAFT_MASTER_KEY is not set") as caught:
        load(None, None)
    assert HOW in str(caught.value)
    with pytest.raises(SealingError, match="cannot be read"):
        load(None, tmp_path / "none" / "a.key")


def test_the_advice_makes_a_key() -> None:
    command = HOW.partition("python3 -c '")[2].removesuffix("'")
    told: list[str] = []
    exec(command, {"print": told.append})  # the very command that people are told to run
    assert len(ring(told[0]).keys[0]) == 32

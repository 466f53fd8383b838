"""Secrets at rest: sealed with AES-GCM under a key of their workspace, bound to the row and the purpose they are for.

A token is ``1.<key id>.<base64 of nonce and ciphertext>``. The key of a workspace follows from the master key by HKDF (RFC 5869), and
``version|key id|workspace|purpose`` is authenticated with every value: one that was changed, or copied to another workspace,
row or purpose, does not open. Several master keys make a ring: the first seals, all open.
"""

import base64
import binascii
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import UpdraftError

VERSION = "1"
SIZE = 32
"""Bytes of a master key."""
NONCE = 12
"""Bytes of a nonce: random, so one workspace's key is good for 2^32 values (NIST SP 800-38D, 8.3)."""
SETTING = "UPDRAFT_MASTER_KEY"
HOW = "Make one with: python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
_VARIETY = 16
"""Different bytes that a key has at least; 32 random ones have fewer once in 10^16 keys."""


class SealingError(UpdraftError):
    """A secret or a master key is of no use; ``str(error)`` says what to do and never holds either."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The ring of master keys, newest first. Make one with :func:`ring`, or :func:`load` it."""

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, value: str, workspace: str, purpose: str) -> str:
        """Return the value sealed for one workspace and purpose; the purpose names the row as well."""
        id = key_id(self.keys[0])
        nonce = secrets.token_bytes(NONCE)
        cipher, bound = _cipher(self.keys[0], workspace), _bound(id, workspace, purpose)
        body = nonce + cipher.encrypt(nonce, value.encode(), bound)
        return f"{VERSION}.{id}.{base64.urlsafe_b64encode(body).decode()}"

    def open(self, token: str, workspace: str, purpose: str) -> str:
        """Return the value that was sealed for this workspace and purpose; raises SealingError."""
        id, body = _parts(token)
        master = next((key for key in self.keys if key_id(key) == id), None)
        if master is None:
            raise SealingError(
                f"A secret was sealed with the master key {id}, which is not at hand. Add that key to {SETTING}, "
                "after the others and a comma, or enter the secret anew."
            )
        try:
            value = _cipher(master, workspace).decrypt(
                body[:NONCE], body[NONCE:], _bound(id, workspace, purpose)
            )
        except InvalidTag:
            # The cause is dropped: it would say nothing, and a traceback may show what surrounded it.
            raise SealingError("A secret was changed, or belongs to another place; enter it anew.") from None
        return value.decode()

    def resealed(self, token: str, workspace: str, purpose: str) -> str | None:
        """Return the secret of an older key sealed with the first one, None when it is already; raises SealingError."""
        if _parts(token)[0] == key_id(self.keys[0]):
            return None
        return self.seal(self.open(token, workspace, purpose), workspace, purpose)


def key_id(master: bytes) -> str:
    """Return the name of a master key, from which nobody can tell the key."""
    return _derived(master, b"updraft key id", 6).hex()


def ring(text: str, source: str = SETTING) -> Seal:
    """Read master keys in base64, separated by commas or line ends, newest first; raises SealingError that names the source."""
    keys = [_read(part, source) for part in text.replace("\n", ",").split(",") if part.strip()]
    if not keys:
        raise SealingError(f"{source} holds no key. {HOW}")
    if len(set(keys)) < len(keys):
        raise SealingError(f"{source} holds the same key twice.")
    return Seal(tuple(keys))


def load(text: str | None, file: Path | None) -> Seal:
    """Read the ring from the setting, else from the file, which is made with a new key where there is none.

    Raises SealingError when neither is at hand, or others than its owner may read the file.
    """
    if text:
        return ring(text)
    if file is None:
        raise SealingError(f"{SETTING} is not set, and this database has no folder to keep a key in. {HOW}")
    try:
        if not file.exists():
            _make(file)
        with file.open() as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise SealingError(
                    f"The master key in {file} can be read by others (mode {mode:04o}). Run: chmod 600 {file}"
                )
            return ring(opened.read(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SealingError(
            f"The master key in {file} cannot be read ({reason}). Check its permissions, or set {SETTING}."
        ) from error


def _make(file: Path) -> None:
    """Write a new key: whole or not at all, and only once where several processes start together."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as opened:
            opened.write(base64.b64encode(secrets.token_bytes(SIZE)).decode() + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()


def _read(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SIZE:
        raise SealingError(f"{source} must hold {SIZE} random bytes in base64. {HOW}")
    if len(set(key)) < _VARIETY:
        raise SealingError(f"{source} holds a key that is not random. {HOW}")
    return key


def _parts(token: str) -> tuple[str, bytes]:
    version, _, rest = token.partition(".")
    id, _, body = rest.partition(".")
    if version != VERSION:
        raise SealingError("A secret was sealed by another version of Updraft; enter it anew.")
    try:
        sealed = base64.b64decode(body, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    # The bits that pad base64 are authenticated by nobody, so the one right spelling is asked for.
    if len(sealed) <= NONCE or base64.urlsafe_b64encode(sealed).decode() != body:
        raise SealingError("A secret is damaged; enter it anew.")
    return id, sealed


def _cipher(master: bytes, workspace: str) -> AESGCM:
    return AESGCM(_derived(master, f"updraft sealing|{VERSION}|{workspace}".encode(), SIZE))


def _derived(master: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(master)


def _bound(id: str, workspace: str, purpose: str) -> bytes:
    """Return what is authenticated with a value; no two pairs of workspace and purpose give the same."""
    if "|" in workspace or not workspace or not purpose:
        raise ValueError("a workspace without | and a purpose are needed to seal")
    return f"{VERSION}|{id}|{workspace}|{purpose}".encode()

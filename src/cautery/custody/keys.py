"""The key that signs the log's checkpoints, and the public keys its signatures are checked with.

custody.key    Ed25519, PEM, mode 0600, made on first use; a unit that has a safer place names it in CAUTERY_CUSTODY_KEY
custody.pub    one verifier key a line, the one in use last: what a second party keeps. Earlier lines are earlier keys.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from cautery.core.errors import SettingInvalid
from cautery.core.notes import Head, VerifierKey, read_key, sign
from cautery.custody.mirror import ORIGINS


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the name of the log it signs."""

    name: str
    key: Ed25519PrivateKey
    marking: bytes

    def note(self, size: int, root: bytes) -> str:
        """A signed checkpoint."""
        return sign(str(Head(self.name, size, root)), self.name, self.key)


def mark(body: bytes) -> str:
    """What shows, before it is sealed, that an entry was written by somebody who has the key: nonce and HMAC-SHA-256, in hex."""
    return _marked(secrets.token_bytes(8), body)


def is_marked(body: str, told: str) -> bool:
    """Whether a mark is that of an entry with this body."""
    try:
        nonce = bytes.fromhex(told[:16])
    except ValueError:
        return False
    return hmac.compare_digest(_marked(nonce, body.encode()), told)


def _marked(nonce: bytes, body: bytes) -> str:
    return nonce.hex() + hmac.digest(signer().marking, nonce + body, "sha256")[:16].hex()


def signer() -> Signer:
    """The log's signer; key and public key are made where there are none yet."""
    return _signer(settings.CUSTODY_KEY)


@lru_cache(maxsize=4)
def _signer(file: Path) -> Signer:
    if not file.exists():
        _make(file)
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError, OSError) as error:
        raise _invalid(file, "unreadable") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _invalid(file, "not_ed25519")
    public = key.public_key().public_bytes_raw()
    marking = sha256(b"the marks of entries" + key.private_bytes_raw()).digest()
    found = Signer(f"{ORIGINS}{sha256(public).hexdigest()[:16]}", key, marking)
    _publish(VerifierKey(found.name, public))
    return found


def pseudonym_key() -> bytes:
    """The key of the pseudonyms in what leaves the unit: 32 bytes of its own, so that no other change of keys alters them."""
    file = Path(settings.DATA) / "pseudonyms.key"
    if not file.exists():
        _keep(file, secrets.token_bytes(32))
    return file.read_bytes()


def _make(file: Path) -> None:
    """A new signing key."""
    _keep(file, Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _keep(file: Path, secret: bytes) -> None:
    """A secret in a file (0600), whole before it has its name; where another process was first, its secret stays."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(secret)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process of the same start was first
    finally:
        draft.unlink()


def public_file() -> Path:
    """Where the public keys stand: beside the register, wherever the private key is."""
    return Path(settings.DATA) / "custody.pub"


def verifier_keys() -> list[VerifierKey]:
    """Every key the log was ever signed with, as far as known; none where nothing was signed yet."""
    file = public_file()
    return [read_key(line) for line in file.read_text().splitlines() if line.strip()] if file.exists() else []


def _publish(key: VerifierKey) -> None:
    if key not in verifier_keys():
        with public_file().open("a") as handle:
            handle.write(f"{key}\n")


def _invalid(file: Path, reason: str) -> SettingInvalid:
    return SettingInvalid(
        f"{file} holds no Ed25519 key in PEM.",
        setting="CAUTERY_CUSTODY_KEY",
        reason=reason,
        hint="Put the log's key back, or name the file that holds it.",
    )

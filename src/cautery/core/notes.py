"""Signed notes and checkpoints as C2SP specifies them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519.

cautery.invalid/3f2a90c1d4e5b677        the log's name
20852163                                how many entries it held
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    the root of the tree over them

- name key-id-and-signature             (the hyphen is an em dash)
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cautery.core.errors import Refused, TamperFound

ED25519 = b"\x01"
SIGNED = re.compile(r"^— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})$")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
NAME = re.compile(r"[^\s+]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
MAX_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by the name it signs under; its text form is what a second party keeps."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, type, key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: the log's name, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_key(text: str) -> VerifierKey:
    """A verifier key from its text form, `name+id+key`."""
    name, _, rest = text.strip().partition("+")
    _, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if not NAME.fullmatch(name) or len(raw) != 33 or raw[:1] != ED25519:
        raise Refused("This is not an Ed25519 verifier key.", reason="not_a_key")
    key = VerifierKey(name, raw[1:])
    if str(key) != text.strip():
        raise Refused("The verifier key's number is not its own.", reason="not_a_key")
    return key


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note over `text`, which ends in a newline."""
    if not text.endswith("\n") or CONTROL.search(text) or not NAME.fullmatch(name):
        raise ValueError("A note ends in a newline and holds no other control character.")
    verifier = VerifierKey(name, key.public_key().public_bytes_raw())
    signature = b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def open_note(note: str, keys: Iterable[VerifierKey]) -> str:
    """The text of a note that one of `keys` signed; `TamperFound` where none did or a known key's signature is wrong."""
    text, signatures = _parts(note)
    known = {(key.name, key.id): key for key in keys}
    verified = False
    for name, raw in signatures:
        key = known.get((name, raw[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise TamperFound(f"The signature of {name} does not hold.", reason="signature") from error
        verified = True
    if not verified:
        raise TamperFound("No known key signed this checkpoint.", reason="unknown_key")
    return text


def head_of(note: str) -> Head:
    """What a checkpoint says, its signature not looked at."""
    origin, size, root, *_ = [*_parts(note)[0].split("\n"), "", "", ""]
    raw = _decoded(root)
    if not origin or not SIZE.fullmatch(size) or len(raw) != 32:
        raise _not_a_note()
    return Head(origin, int(size), raw)


def split_notes(text: str) -> list[str]:
    """The notes of a file that holds one behind the other; a last one broken off (a full disk) is left out."""
    notes, lines, signed = list[str](), list[str](), False
    for line in text.split("\n")[:-1]:
        signing = line.startswith("— ")
        if signed and not signing:
            notes.append("".join(lines))
            lines = []
        signed = signing
        lines.append(line + "\n")
    return [*notes, "".join(lines)] if signed else notes


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Text and signatures (name, key number and signature) of a note."""
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or not text or CONTROL.search(note) or lines.pop() or not 0 < len(lines) <= MAX_SIGNATURES:
        raise _not_a_note()
    signatures = []
    for line in lines:
        found = SIGNED.match(line)
        raw = _decoded(found["signature"]) if found else b""
        if found is None or len(raw) < 5:
            raise _not_a_note()
        signatures.append((found["name"], raw))
    return text + "\n", signatures


def _not_a_note() -> Refused:
    return Refused("This is not a signed checkpoint.", reason="not_a_checkpoint")


def _decoded(text: str) -> bytes:
    """Base 64 as RFC 4648 wants it; empty where it is not."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""

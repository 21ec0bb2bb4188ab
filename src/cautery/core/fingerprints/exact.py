"""Cryptographic digests of a file as it is."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Protocol

from cautery.core.errors import FileRefused

CHUNK = 1 << 20


class Readable(Protocol):
    """Anything with a binary `read(size)`: an open file, a response body, a BytesIO."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ExactDigests:
    """Lower-case hexadecimal digests and the length in bytes."""

    md5: str
    sha1: str
    sha256: str
    size: int


def exact(source: bytes | bytearray | memoryview | Readable) -> ExactDigests:
    """Read `source` once, in chunks of 1 MiB, and return its digests.

    MD5 and SHA-1 are there because shared lists still use them; only SHA-256 is evidence.
    Refuses zero bytes (`empty`): every empty file has the same digests, which would match each other.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes | bytearray | memoryview) else source
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    while chunk := stream.read(CHUNK):
        md5.update(chunk)
        sha1.update(chunk)
        sha256.update(chunk)
        size += len(chunk)
    if size == 0:
        raise FileRefused("The file holds no bytes.", reason="empty")
    return ExactDigests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest(), size)

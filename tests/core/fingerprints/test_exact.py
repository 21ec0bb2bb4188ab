from __future__ import annotations

import io

import pytest

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import ExactDigests, exact

from .contract import FingerprintContract


class TestExact(FingerprintContract):
    good = {"text": b"abc", "longer text": b"abc" * 1000, "one zero byte": b"\0"}

    def make(self, data: bytes) -> ExactDigests:
        return exact(data)


def test_it_gives_the_digests_of_the_standards() -> None:
    # RFC 1321, RFC 3174 and FIPS 180-2 all give the digest of "abc".
    assert exact(b"abc") == ExactDigests(
        md5="900150983cd24fb0d6963f7d28e17f72",
        sha1="a9993e364706816aba3e25717850c26c9cd0d89d",
        sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        size=3,
    )


def test_it_reads_a_stream_to_its_end_in_pieces() -> None:
    data = bytes(range(256)) * 10_000
    assert exact(io.BytesIO(data)) == exact(data)
    assert exact(data).size == len(data)


def test_it_refuses_an_exhausted_stream() -> None:
    with pytest.raises(FileRefused):
        exact(io.BytesIO())

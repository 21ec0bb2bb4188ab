"""Where a response ends, however its bytes arrive."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.errors import FileRefused
from cautery.core.evidence.decoding import content, dechunked
from cautery.core.evidence.framing import Framing, Head, read_head

WHOLE = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.0 200 OK\nContent-Length: 0\n\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
    b"HTTP/1.1 304 Not\r\nContent-Length: 99\r\n\r\n",
    b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
]


@pytest.mark.parametrize("said", WHOLE)
@given(cuts=st.lists(st.integers(1, 40), max_size=12))
def test_it_ends_where_it_says_however_it_is_cut_up(said: bytes, cuts: list[int]) -> None:
    framing, rest, taken = Framing(), said + b"AFTER", 0
    for cut in [*cuts, len(rest)]:
        taken += framing.feed(rest[:cut])
        rest = rest[cut:]
        if framing.done:
            break
    assert (framing.done, framing.problem, taken) == (True, "", len(said))


@given(st.binary(max_size=400))
def test_no_bytes_stop_it(data: bytes) -> None:
    framing = Framing()
    framing.feed(b"HTTP/1.1 " + data)
    framing.close()
    assert framing.done


def test_a_head_is_read_as_it_was_sent() -> None:
    head = read_head(b"HTTP/1.1 404 Not there\r\nA: 1\r\n  and more\r\na: 2\r\n\r\n")
    assert head is not None
    assert (head.status, head.reason, head.all("a"), head.get("none")) == (404, "Not there", ["1 and more", "2"], "")


def head(*headers: tuple[str, str]) -> Head:
    return Head("1.1", 200, "OK", headers, 0)


def test_content_comes_out_of_its_transfer_and_compression() -> None:
    body = gzip.compress(b"hello ") + gzip.compress(b"world")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:7], body[7:])) + b"0\r\n\r\n"
    found = content(head(("Transfer-Encoding", "chunked"), ("Content-Encoding", "GZIP")), chunks, 100)
    assert found == b"hello world"
    raw = zlib.compressobj(wbits=-15)
    bare = raw.compress(b"bare") + raw.flush()
    for deflated in (zlib.compress(b"bare"), bare, gzip.compress(b"bare")):
        assert content(head(("Content-Encoding", "deflate")), deflated, 100) == b"bare"
    brotli = pytest.importorskip("brotli")
    assert content(head(("Content-Encoding", "br")), brotli.compress(b"hello"), 100) == b"hello"


@pytest.mark.parametrize(
    ("coding", "body", "reason"),
    [
        ("gzip", gzip.compress(b"\0" * 1_000_000), "bomb"),
        ("gzip", b"no gzip", "damaged"),
        ("zstd", b"\x28\xb5\x2f\xfd", "coding"),
        ("gzip, rot13", b"x", "coding"),
        ("identity", b"x" * 1_001, "bomb"),
    ],
)
def test_what_cannot_be_unpacked_within_bounds_is_refused(coding: str, body: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as caught:
        content(head(("Content-Encoding", coding)), body, 1_000)
    assert caught.value.reason == reason


def test_a_brotli_bomb_is_refused() -> None:
    brotli = pytest.importorskip("brotli")
    with pytest.raises(FileRefused, match="More than"):
        content(head(("Content-Encoding", "br")), brotli.compress(b"\0" * 5_000_000), 1_000_000)


@given(st.binary(max_size=200))
def test_dechunking_never_raises(body: bytes) -> None:
    assert isinstance(dechunked(body), bytes)

"""The content of a response: without the framing of its transfer, and without its compression, within a bound."""

from __future__ import annotations

import zlib
from importlib import import_module
from importlib.util import find_spec

from cautery.core.errors import FileRefused
from cautery.core.evidence.framing import CHUNK_SIZE, Head

STEP = 65_536
GZIP_MARK, DEFLATED = b"\x1f\x8b", 8
WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
"""zlib's window bits; 47 takes deflate with either header."""


def content(head: Head, body: bytes, max_bytes: int) -> bytes:
    """What `body`, as it was sent, stands for; what of it can be read where it is cut off.

    Refuses more than `max_bytes` (`bomb`), a compression that is not known here (`coding`) and one that is none (`damaged`).
    """
    data = dechunked(body) if "chunked" in head.get("transfer-encoding").lower() else body
    for coding in reversed([word.strip().lower() for word in ",".join(head.all("content-encoding")).split(",")]):
        if coding in {"", "identity"}:
            continue
        data = _decompressed(coding, data, max_bytes)
    if len(data) > max_bytes:
        raise FileRefused(f"More than {max_bytes} bytes.", reason="bomb")
    return data


def dechunked(body: bytes) -> bytes:
    """The chunks of a chunked body, as far as they are whole."""
    parts: list[bytes] = []
    place = 0
    while (end := body.find(b"\n", place)) >= 0:
        size = CHUNK_SIZE.fullmatch(body[place:end].strip(b"\r"))
        if size is None or not (length := int(size[1], 16)):
            break
        parts.append(body[end + 1 : end + 1 + length])
        place = end + 1 + length
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    return b"".join(parts)


def _decompressed(coding: str, data: bytes, max_bytes: int) -> bytes:
    if coding in WINDOWS:
        return _inflated(coding, data, max_bytes)
    if coding == "br" and find_spec("brotli") is not None:
        return _brotli(data, max_bytes)
    raise FileRefused(f"The compression {coding[:20]!r} is not known here.", reason="coding")


def _inflated(coding: str, data: bytes, max_bytes: int) -> bytes:
    """Members one after the other, as gzip allows; raw deflate, where a server sends that for deflate."""
    bare = coding == "deflate" and data[:2] != GZIP_MARK and data[:1] and data[0] & 0x0F != DEFLATED
    windows = -15 if bare else WINDOWS[coding]
    out = bytearray()
    while data:
        stream = zlib.decompressobj(windows)
        try:
            while data and not stream.eof:
                out += stream.decompress(data, STEP)
                data = stream.unconsumed_tail
                if len(out) > max_bytes:
                    raise FileRefused(f"More than {max_bytes} bytes.", reason="bomb")
        except zlib.error as error:
            if out:
                break  # what follows the last whole member is padding to every browser
            raise FileRefused(f"Not {coding}: {error}.", reason="damaged") from error
        data = stream.unused_data
    return bytes(out)


def _brotli(data: bytes, max_bytes: int) -> bytes:
    brotli = import_module("brotli")
    stream = brotli.Decompressor()
    out = bytearray()
    try:
        piece = stream.process(data, output_buffer_limit=STEP)
        while piece or not stream.can_accept_more_data():
            out += piece
            if len(out) > max_bytes:
                raise FileRefused(f"More than {max_bytes} bytes.", reason="bomb")
            piece = stream.process(b"", output_buffer_limit=STEP)
    except brotli.error as error:
        raise FileRefused("Not br.", reason="damaged") from error
    return bytes(out)

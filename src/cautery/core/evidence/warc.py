"""WARC/1.1 records (ISO 28500:2017), each a gzip member of its own, with the block exactly as it was given.

Written here because writers at hand read the HTTP head and write it anew, which is no longer what was received
(docs/decisions/0040); they read these records, and check their digests.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import BinaryIO
from uuid import uuid4

STEP = 1 << 18
GZIP = 31
TYPES = {
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "warcinfo": "application/warc-fields",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `payload_at` is where the payload begins in the block (after an HTTP head); None: it has none of its own."""

    kind: str
    url: str
    at: datetime
    block: bytes | BinaryIO
    content_type: str = ""
    payload_at: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f"<urn:uuid:{uuid4()}>")


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record lies in the file, and the SHA-256 of block and payload (hex; payload empty without one)."""

    offset: int
    length: int
    block: str
    payload: str


class WarcWriter:
    """Appends records to a file, and keeps the SHA-256 of what was written since `mark`."""

    def __init__(self, out: BinaryIO, *, level: int = 6) -> None:
        self._out = out
        self._level = level
        self.offset = out.tell()
        self.mark()

    def mark(self) -> int:
        """Begin a range; where it begins."""
        self._range = sha256()
        return self.offset

    @property
    def digest(self) -> str:
        """SHA-256 of the range since `mark`."""
        return self._range.hexdigest()

    def write(self, record: Record) -> Written:
        """Append one record."""
        block, payload, size = _digests(record)
        start = self.offset
        stream = zlib.compressobj(self._level, zlib.DEFLATED, GZIP)
        self._put(stream.compress(_head(record, block, payload, size)))
        for piece in _pieces(record.block):
            self._put(stream.compress(piece))
        self._put(stream.compress(b"\r\n\r\n") + stream.flush())
        return Written(start, self.offset - start, block, payload)

    def _put(self, data: bytes) -> None:
        if data:
            self._out.write(data)
            self._range.update(data)
            self.offset += len(data)


def warc_date(moment: datetime) -> str:
    """W3C date and time in UTC, to the microsecond, as WARC/1.1 allows."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def warcinfo(fields: Mapping[str, str], at: datetime, filename: str) -> Record:
    """The first record of a file: what made it, and for whom."""
    lines = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields.items() if value)
    return Record("warcinfo", "", at, lines.encode(), headers={"WARC-Filename": filename})


def _head(record: Record, block: str, payload: str, size: int) -> bytes:
    lines = ["WARC/1.1", f"WARC-Type: {record.kind}", f"WARC-Record-ID: {record.id}"]
    lines.append(f"WARC-Date: {warc_date(record.at)}")
    if record.url:
        lines.append(f"WARC-Target-URI: {_line(record.url)}")
    lines += [f"{name}: {_line(value)}" for name, value in record.headers.items()]
    lines.append(f"WARC-Block-Digest: sha256:{block}")
    if payload:
        lines.append(f"WARC-Payload-Digest: sha256:{payload}")
    lines.append(f"Content-Type: {_line(record.content_type or TYPES.get(record.kind, 'application/octet-stream'))}")
    lines.append(f"Content-Length: {size}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _line(value: str) -> str:
    """A value that stays on its line."""
    return " ".join(value.split())


def _digests(record: Record) -> tuple[str, str, int]:
    """SHA-256 of block and payload, and the block's length."""
    if isinstance(record.block, bytes):
        whole = sha256(record.block).hexdigest()
        at = record.payload_at
        return whole, "" if at is None else sha256(record.block[at:]).hexdigest(), len(record.block)
    block, payload, size = sha256(), sha256(), 0
    for piece in _pieces(record.block):
        block.update(piece)
        if record.payload_at is not None and size + len(piece) > record.payload_at:
            payload.update(piece[max(0, record.payload_at - size) :])
        size += len(piece)
    return block.hexdigest(), payload.hexdigest() if record.payload_at is not None else "", size


def _pieces(block: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(block, bytes):
        yield block
        return
    block.seek(0, io.SEEK_SET)
    while piece := block.read(STEP):
        yield piece

"""What was added and removed since, in a file that only grows: one frame a change, each with its CRC-32.

    frame:  crc uint32 | kind uint32 (1 added, 2 removed) | count uint64 | first id int64 | payload

An addition carries count hashes of 32 bytes, with ids from the first on; a removal count ids of 8 bytes. The checksum is
of all that follows it. A frame that is cut short, or whose checksum does not hold, ends the log: it is what a crash leaves.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .bits import BYTES, WORDS, Words

ADDED, REMOVED = 1, 2

_FRAME = struct.Struct("<IIQq")
_WIDTH = {ADDED: BYTES, REMOVED: 8}


@dataclass(frozen=True, slots=True)
class Change:
    """Hashes added (uint64[N, 4], ids from `first` on) or ids removed (int64[N]); `end` is where the next frame begins."""

    end: int
    first: int
    added: Words | None = None
    removed: NDArray[np.int64] | None = None


def frame(kind: int, payload: bytes, first: int = 0) -> bytes:
    """The bytes of one change."""
    body = _FRAME.pack(0, kind, len(payload) // _WIDTH[kind], first)[4:] + payload
    return struct.pack("<I", zlib.crc32(body)) + body


def changes(file: Path, start: int) -> Iterator[Change]:
    """The whole frames from byte `start` on."""
    with file.open("rb") as stream:
        stream.seek(start)
        at = start
        size = os.fstat(stream.fileno()).st_size
        while head := stream.read(_FRAME.size):
            if len(head) < _FRAME.size:
                return
            crc, kind, count, first = _FRAME.unpack(head)
            length = count * _WIDTH.get(kind, 0)
            if kind not in _WIDTH or at + _FRAME.size + length > size:
                return
            payload = stream.read(length)
            if zlib.crc32(payload, zlib.crc32(head[4:])) != crc:
                return
            at += _FRAME.size + length
            if kind == ADDED:
                yield Change(at, first, added=np.frombuffer(payload, np.uint64).reshape(-1, WORDS))
            else:
                yield Change(at, first, removed=np.frombuffer(payload, np.int64))


class Log:
    """A log open for appending: its one writer's. Cut first after its last whole frame; what is cut off is kept, as .torn."""

    def __init__(self, file: Path) -> None:
        end = max((change.end for change in changes(file, 0)), default=0)
        self._file = os.open(file, os.O_RDWR | os.O_APPEND)
        if rest := os.pread(self._file, os.fstat(self._file).st_size - end, end):
            file.with_suffix(".torn").write_bytes(rest)
            os.ftruncate(self._file, end)
        self.waiting = False

    def append(self, data: bytes) -> None:
        """Add whole frames; other processes see them at once. A write that did not fit is taken back."""
        end = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, data)
        except OSError:
            os.ftruncate(self._file, end)
            raise
        if written < len(data):
            os.ftruncate(self._file, end)
            raise OSError(f"only {written} of {len(data)} bytes could be written")
        self.waiting = True

    def sync(self) -> None:
        """Wait until what was appended is on the disk."""
        self.waiting = False
        os.fdatasync(self._file)

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._file)

"""An immutable part of an index: up to 16 million hashes in their tables, in memory or mapped from a file.

A file is a head of 4,096 bytes (a line with the format and the CRC-32 of what follows, then JSON: how many, the ids'
base, and each array's place, size and CRC-32) and the arrays, each at a multiple of 64 bytes. It is written under
another name, synced and then given its own, and never changed again.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.core.errors import FileRefused

from .bits import CHUNKS, Words
from .intrinsics import LANES
from .kernels import BUCKETS, fill_table, order_by_chunk

LARGEST = 1 << 24
"""Hashes in one segment: places fit 24 bits, and a billion hashes are sixty segments."""
HEAD = 4096
FORMAT = "CAUTERY-HAMMING 1"

_ALIGN = 64
_NONE = (np.empty(0, np.uint16), np.empty(0, np.uint64))

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Segment:
    """codes uint64[N, 4] in the order of table 0, whose ids are base + ids; tables as `kernels` describes them."""

    base: int
    arrays: Arrays
    file: Path | None = None

    def __len__(self) -> int:
        return int(self.arrays["codes"].shape[0])

    @property
    def tables(self) -> tuple[NDArray[Any], ...]:
        """What `kernels.look_up` takes."""
        return tuple(self.arrays[name] for name in ("codes", "starts", "tags", "low", "high"))

    @property
    def bytes(self) -> int:
        """How many bytes its arrays take."""
        return sum(array.nbytes for array in self.arrays.values())

    @cached_property
    def last(self) -> int:
        """The highest id."""
        return self.base + int(self.arrays["ids"].max())

    def holds(self, id_: int) -> bool:
        """Whether there is a hash of this id; a look through all ids only where some are missing between."""
        if not self.base <= id_ <= self.last:
            return False
        return self.last - self.base + 1 == len(self) or bool(np.any(self.arrays["ids"] == np.uint32(id_ - self.base)))


def make(codes: Words, ids: NDArray[np.int64], file: Path | None = None) -> Segment:
    """Lay out uint64[N, 4] with their ids, 1 <= N <= LARGEST; into `file` where one is named."""
    order = np.arange(codes.shape[0], dtype=np.uint32)
    for chunk in (1, 0):
        order = order_by_chunk(_chunk(codes, chunk), order)
    base = int(ids.min())
    if file is None:
        arrays: Arrays = {name: np.zeros(shape, kind) for name, (shape, kind) in _shapes(len(codes)).items()}
        _fill(arrays, codes, ids, base, order)
        return Segment(base, arrays)
    draft = file.with_suffix(".new")
    places, size = _places(len(codes))
    with draft.open("w+b") as stream:
        stream.truncate(size)
        with mmap.mmap(stream.fileno(), size) as mapped:
            arrays = _views(mapped, places, len(codes))
            _fill(arrays, codes, ids, base, order)
            mapped[:HEAD] = _head(arrays, places, base)
            arrays.clear()
        os.fsync(stream.fileno())
    draft.replace(file)
    return load(file)


def load(file: Path) -> Segment:
    """Map a segment's file; FileRefused when it is cut short or its head does not hold. The arrays are not read: see `check`."""
    with file.open("rb") as stream:
        head = _read_head(file, stream.read(HEAD))
        places, size = _places(head["count"])
        if os.fstat(stream.fileno()).st_size != size:
            raise FileRefused(f"{file.name} has not the size its head says.", reason="truncated", file=file.name)
        # A private mapping: the arrays count as writable, which spares compiling everything once more for those that are not.
        mapped = mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_COPY)
    return Segment(head["base"], _views(mapped, places, head["count"]), file)


def check(segment: Segment) -> None:
    """Read a mapped segment whole and compare its checksums; FileRefused names the array that does not hold."""
    if segment.file is None:
        return
    with segment.file.open("rb") as stream:
        head = _read_head(segment.file, stream.read(HEAD))
    for name, array in segment.arrays.items():
        if zlib.crc32(array.view(np.uint8).data) != head["sums"][name]:
            raise FileRefused(
                f"{segment.file.name}: {name} is not what was written.", reason="checksum", file=segment.file.name
            )


def _fill(arrays: Arrays, codes: Words, ids: NDArray[np.int64], base: int, order: NDArray[np.uint32]) -> None:
    np.take(codes, order, axis=0, out=arrays["codes"])
    arrays["ids"][:] = ids[order] - base
    chunks = [_chunk(arrays["codes"], 0)]
    for i in range(CHUNKS):
        following = chunks[0] if i == CHUNKS - 1 else _chunk(arrays["codes"], i + 1)
        low, high = _NONE if i == 0 else (arrays["low"][i - 1], arrays["high"][i - 1])
        fill_table(chunks[-1], following, arrays["starts"][i], arrays["tags"][i], low, high)
        chunks[1:] = [following]


def _chunk(codes: Words, number: int) -> NDArray[np.uint16]:
    return np.ascontiguousarray(codes.view(np.uint16)[:, number])


def _shapes(n: int) -> dict[str, tuple[tuple[int, ...], Any]]:
    blocks = ((n - 1) >> 16) + 1
    return {
        "codes": ((n, 4), np.uint64),
        "ids": ((n,), np.uint32),
        "starts": ((CHUNKS, BUCKETS + 1), np.uint32),
        "tags": ((CHUNKS, n + LANES), np.uint16),
        "low": ((CHUNKS - 1, n), np.uint16),
        "high": ((CHUNKS - 1, (n + BUCKETS * blocks) // 64 + 1), np.uint64),
    }


def _places(n: int) -> tuple[dict[str, int], int]:
    """Where each array of a file of `n` hashes begins, and the size of the file, in bytes."""
    places, at = {}, HEAD
    for name, (shape, kind) in _shapes(n).items():
        places[name] = at
        at += -(-int(np.prod(shape)) * np.dtype(kind).itemsize // _ALIGN) * _ALIGN
    return places, at


def _views(mapped: mmap.mmap, places: dict[str, int], n: int) -> Arrays:
    view: Callable[..., NDArray[Any]] = np.frombuffer
    return {
        name: view(mapped, kind, int(np.prod(shape)), places[name]).reshape(shape)
        for name, (shape, kind) in _shapes(n).items()
    }


def _head(arrays: Arrays, places: dict[str, int], base: int) -> bytes:
    sums = {name: zlib.crc32(array.view(np.uint8).data) for name, array in arrays.items()}
    body = json.dumps({"count": len(arrays["codes"]), "base": base, "sums": sums, "places": places}).encode()
    line = f"{FORMAT} {zlib.crc32(body):08x}\n".encode()
    return (line + body + b"\n").ljust(HEAD, b" ")


def _read_head(file: Path, head: bytes) -> dict[str, Any]:
    line, _, body = head.partition(b"\n")
    body = body.partition(b"\n")[0]
    if not line.startswith(FORMAT.encode() + b" "):
        raise FileRefused(f"{file.name} is no segment of an index.", reason="format", file=file.name)
    if line != f"{FORMAT} {zlib.crc32(body):08x}".encode():
        raise FileRefused(f"{file.name}: its head is not what was written.", reason="checksum", file=file.name)
    found: dict[str, Any] = json.loads(body)
    return found

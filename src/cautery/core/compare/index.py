"""An index of 256-bit hashes for search by Hamming distance: exact for every radius, changed in place."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from cautery.core.errors import NotFound

from .scan import BITS, WORDS, Words, scan, words

RADIUS = 31  # bits; what hash-sharing programmes count as a copy under PDQ

_FIRST_ROOM = 1024

Hashes = NDArray[np.uint8]


class Hits(NamedTuple):
    """What a search found, in compressed rows: query q owns the places limits[q] to limits[q + 1].

    limits int64[Q + 1], ids int64[], distances int32[]; within a query the nearest come first, then the lower id.
    """

    limits: NDArray[np.int64]
    ids: NDArray[np.int64]
    distances: NDArray[np.int32]


class HammingIndex:
    """Hashes in memory, about 33 bytes each. An id is given once: removed ids are never used again.

    Searches may run side by side in threads; a change must not run beside anything else.
    The inside is one function, `scan.scan`; a faster one takes its place by finding the same pairs.
    """

    def __init__(self) -> None:
        self._words: Words = np.empty((WORDS, _FIRST_ROOM), np.uint64)
        self._there = np.zeros(_FIRST_ROOM, np.bool_)
        self._next = 0

    @classmethod
    def build(cls, hashes: Hashes) -> Self:
        """An index of uint8[N, 32]; their ids are 0 to N - 1."""
        index = cls()
        index.add_many(hashes)
        return index

    def __len__(self) -> int:
        return int(np.count_nonzero(self._there))

    def add(self, hash_: Hashes | bytes) -> int:
        """Add one hash, uint8[32] or 32 bytes; its id. Searchable at once."""
        row = np.frombuffer(hash_, np.uint8) if isinstance(hash_, bytes) else hash_
        return int(self.add_many(row[None, :])[0])

    def add_many(self, hashes: Hashes) -> NDArray[np.int64]:
        """Add uint8[N, 32]; their ids, int64[N]. All are added or, on a wrong shape, none."""
        new = words(hashes)
        first, stop = self._next, self._next + new.shape[1]
        self._make_room(stop)
        self._words[:, first:stop] = new
        self._there[first:stop] = True
        self._next = stop
        return np.arange(first, stop, dtype=np.int64)

    def remove(self, id_: int) -> None:
        """Take a hash out; NotFound if there is none of that id."""
        if not 0 <= id_ < self._next or not self._there[id_]:
            raise NotFound("The index holds no hash of this id.", id=id_)
        self._there[id_] = False

    def search(self, queries: Hashes, radius: int = RADIUS) -> Hits:
        """Every stored hash within `radius` bits of each query, uint8[Q, 32]."""
        if not 0 <= radius <= BITS:
            raise ValueError(f"a radius lies between 0 and {BITS} bits, not {radius}")
        wanted = words(queries)
        asked, ids, distances = scan(self._words[:, : self._next], wanted, radius)
        there = self._there[ids]
        return _in_rows(asked[there], ids[there], distances[there], wanted.shape[1])

    def _make_room(self, size: int) -> None:
        room = self._there.size
        if size <= room:
            return
        grown = max(size, 2 * room)
        larger, there = np.empty((WORDS, grown), np.uint64), np.zeros(grown, np.bool_)
        larger[:, : self._next] = self._words[:, : self._next]
        there[: self._next] = self._there[: self._next]
        self._words, self._there = larger, there


def _in_rows(asked: NDArray[np.int64], ids: NDArray[np.int64], distances: NDArray[np.int32], queries: int) -> Hits:
    order = np.lexsort((ids, distances, asked))
    limits = np.zeros(queries + 1, np.int64)
    np.cumsum(np.bincount(asked, minlength=queries), out=limits[1:])
    return Hits(limits, ids[order], distances[order])

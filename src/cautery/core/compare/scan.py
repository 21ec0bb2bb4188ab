"""Every stored hash against every query, in blocks: exact, and the measure of anything faster.

A hash is four 64-bit words, kept word by word (uint64[4, N]) so that each step reads memory in a line. Two words are
compared first: their distance alone already exceeds a small radius for almost every pair, and it never exceeds the
whole distance, so that leaving those pairs out loses nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 256
BYTES = BITS // 8
WORDS = BITS // 64

_CELLS = 1 << 17  # pairs compared at a time: about 2.5 MB of intermediate arrays
_ROWS = 1 << 16

Words = NDArray[np.uint64]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]


def words(hashes: NDArray[np.uint8]) -> Words:
    """uint8[N, 32] -> uint64[4, N], contiguous by word."""
    if hashes.ndim != 2 or hashes.shape[1] != BYTES or hashes.dtype != np.uint8:
        raise ValueError(f"hashes are uint8[N, {BYTES}], not {hashes.dtype}{list(hashes.shape)}")
    return np.ascontiguousarray(np.ascontiguousarray(hashes).view(np.uint64).T)


def scan(stored: Words, queries: Words, radius: int) -> Pairs:
    """All pairs within `radius`: (query row, stored row, distance), in no particular order.

    stored uint64[4, N], queries uint64[4, Q]; takes Q x N steps and memory that depends on neither.
    """
    rows = max(1, min(stored.shape[1], _ROWS))
    step = max(1, _CELLS // rows)
    found: list[Pairs] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))]
    for first_query in range(0, queries.shape[1], step):
        some = queries[:, first_query : first_query + step]
        for first_row in range(0, stored.shape[1], rows):
            asked, row, distance = _block(stored[:, first_row : first_row + rows], some, radius)
            found.append((asked + first_query, row + first_row, distance))
    asked, row, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    return asked, row, distance


def _block(stored: Words, queries: Words, radius: int) -> Pairs:
    half = np.bitwise_count(stored[0][None, :] ^ queries[0][:, None])
    half += np.bitwise_count(stored[1][None, :] ^ queries[1][:, None])
    asked, row = np.nonzero(half <= radius)
    rest = np.bitwise_count(stored[2:, row] ^ queries[2:, asked]).sum(axis=0, dtype=np.int32)
    distance = half[asked, row] + rest
    near = distance <= radius
    return asked[near], row[near], distance[near]

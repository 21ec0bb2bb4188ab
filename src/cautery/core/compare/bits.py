"""The shape of a hash: 256 bits as bytes, as four words of 64 and as sixteen chunks of 16."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 256
BYTES = BITS // 8
WORDS = BITS // 64
CHUNKS = BITS // 16
RADIUS = 31  # bits; what hash-sharing programmes count as a copy under PDQ

Hashes = NDArray[np.uint8]
Words = NDArray[np.uint64]


def words(hashes: Hashes) -> Words:
    """uint8[N, 32] -> uint64[N, 4], contiguous; ValueError for any other shape or type."""
    if hashes.ndim != 2 or hashes.shape[1] != BYTES or hashes.dtype != np.uint8:
        raise ValueError(f"hashes are uint8[N, {BYTES}], not {hashes.dtype}{list(hashes.shape)}")
    return np.ascontiguousarray(hashes).view(np.uint64)

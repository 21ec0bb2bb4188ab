"""Two Chromaprint fingerprints -> which seconds of the one sound like seconds of the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment
from .chromaprint import ITEM_SECONDS

ALIKE = 11.0
"""Bits of 32 in which two items may differ and still speak for a copy; unrelated ones differ in 16."""
CORRELATED = 8
"""Neighbouring items share most of their sound: so many count as one."""
NEEDED = 24.0
"""Score an alignment needs: about four seconds of a good copy, eight of a poor one."""
ROUGH_BITS = 20
"""Highest bits of an item by which offsets worth trying are found."""
OFFSETS = 40
MOST_ALIGNMENTS = 20

Items = NDArray[np.uint32]


def align_sound(a: Items, b: Items) -> list[Alignment]:
    """Where `a` and `b`, uint32[items] each, sound the same, best first; distances are bits of 32, frames are items.

    A clip inside a longer recording, a re-cut, and sound under another picture are found; another speed is not.
    """
    gains = [(offset, _gains(a, b, offset)) for offset in _offsets(a, b)]
    found: list[Alignment] = []
    while gains and len(found) < MOST_ALIGNMENTS:
        (total, first, last), offset = max((_run(gain), offset) for offset, gain in gains)
        score = total / CORRELATED
        if score < NEEDED:
            break
        start, shift, length = first * ITEM_SECONDS, offset * ITEM_SECONDS, (last + 1 - first) * ITEM_SECONDS
        pair = a[first : last + 1] ^ b[first + offset : last + 1 + offset]
        mean = float(np.bitwise_count(pair).mean())
        one = Alignment(
            round(start, 3),
            round(start + length, 3),
            round(start + shift, 3),
            round(start + shift + length, 3),
            score=round(score, 1),
            frames=last + 1 - first,
            distance=round(mean, 2),
        )
        found.append(one)
        for _, gain in gains:
            gain[first : last + 1] = -ALIKE
    return found


def _offsets(a: Items, b: Items) -> list[int]:
    """Offsets at which most items agree in their highest bits; one step to either side is tried too."""
    order = np.argsort(b >> (32 - ROUGH_BITS), kind="stable")
    rough = (b >> (32 - ROUGH_BITS))[order]
    asked = a >> (32 - ROUGH_BITS)
    low, high = np.searchsorted(rough, asked, "left"), np.searchsorted(rough, asked, "right")
    counts = np.minimum(high - low, OFFSETS)  # a sound that comes again and again says little about where
    places = np.repeat(low, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    offsets, votes = np.unique(order[places] - np.repeat(np.arange(a.size), counts), return_counts=True)
    best = offsets[np.argsort(-votes, kind="stable")[:OFFSETS]].tolist()
    return sorted({offset + step for offset in best for step in (-1, 0, 1)})


def _gains(a: Items, b: Items, offset: int) -> NDArray[np.float64]:
    """float64[items of a]: what each item speaks for (above zero) or against the offset."""
    gains = np.full(a.size, -ALIKE)
    first, last = max(0, -offset), min(a.size, b.size - offset)
    if last > first:
        gains[first:last] = ALIKE - np.bitwise_count(a[first:last] ^ b[first + offset : last + offset])
    return gains


def _run(gains: NDArray[np.float64]) -> tuple[float, int, int]:
    """The run of items with the greatest sum: (sum, first, last)."""
    total = np.cumsum(gains)
    before = np.concatenate(([0.0], total[:-1]))
    lowest = np.minimum.accumulate(before)
    last = int(np.argmax(total - lowest))
    first = int(np.argmin(before[: last + 1]))
    return float(total[last] - before[first]), first, last

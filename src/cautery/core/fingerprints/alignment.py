"""Two moving pictures as lists of (time, hash) -> which seconds of the one are seconds of the other.

A copy is an alignment in time: many frames, each a little more alike than chance allows, at one and the same offset. So
a clip inside a longer video is found, a re-cut (several alignments), another frame rate, a mirrored copy, and one under a
logo whose single frames are too far apart to match.

How (decided by `align` alone, a pure function of the two lists):
    1. Key frames of `a`: those that differ from the key frame before. A still scene counts once, however long it is shown.
    2. For every key frame and every moment of `b` on a grid, the distance of the nearest frame.
    3. What a distance is worth, in bits of surprise: -log2 of the chance that frames of unrelated videos come as near,
       less what the best of a few neighbours is worth by chance. Chance is taken from these two lists themselves, so two
       videos under one and the same frame or logo are not taken for copies.
    4. Along each offset the run of key frames worth most (a local alignment); the best run, then the best of what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .pdq_kernel import BITS, PdqHash

CELL = 0.2
"""Seconds of the grid on which offsets are tried."""
KEY_CHANGE = 32
"""Bits by which a key frame differs from the one before, at least a cell earlier: no longer a match by the usual radius."""
MIN_QUALITY = 20
"""Frames below it (black, white, a fade) say nothing."""
HOLDS = 6.0
"""Seconds for which a frame stands when nothing comes after it."""
SURE = 31
"""Bits: the radius at which one picture counts as a copy of another."""
SURE_WORTH = 10.0
"""Bits of surprise that a frame within `SURE` is worth at least, also where everything in both videos looks alike."""
CHANCE_MEAN, CHANCE_SPREAD = 122.0, 8.0
"""Distance of the nearest of a few unrelated frames; the mean is lowered where these two lists are nearer throughout."""
EXPECTED = 3.5
"""Bits of surprise that chance alone gives a key frame at the best of many offsets."""
MOST_WORTH = 24.0
NEEDED = 64.0
"""Bits of surprise an alignment needs, where it rests on frames that do not match one by one."""
NEEDED_WHEN_SURE = 40.0
"""Bits of surprise an alignment needs where at least `FEWEST` frames are within `SURE`."""
NEW = 112
"""Bits of change that make a frame wholly new: unrelated frames differ in 128."""
FEWEST = 2
"""Key frames an alignment needs, unless one of the videos has fewer."""
MOST_ALIGNMENTS = 20
OFFSETS_AT_ONCE = 4_000
ROWS_AT_ONCE = 64

Hashes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Frame(NamedTuple):
    """A moment of a video: seconds, PDQ, and the PDQ's quality."""

    at: float
    bits: bytes
    quality: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Seconds `start` to `end` of `a` are seconds `other_start` to `other_end` of `b`.

    score: bits of surprise (40 and more where frames match one by one, else 64 and more; hundreds for a plain copy)
    frames: key frames that agree
    distance: their mean distance in bits
    """

    start: float
    end: float
    other_start: float
    other_end: float
    score: float
    frames: int
    distance: float
    mirrored: bool = False

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def align(a: Sequence[Frame], b: Sequence[Frame]) -> list[Alignment]:
    """Where `a` and `b` show the same, best first; empty where they do not.

    Both are in order of time. Frames may be as dense or as sparse as they like, and differently so: a frame stands until
    the next. Cost: key frames of `a` times frames of `b`, 40 ms for two videos of five minutes.
    """
    a, b = _telling(a), _telling(b)
    if not a or not b:
        return []
    keys = _keys(a)
    hashes, times = _hashes(keys), np.array([frame.at for frame in keys])
    found = []
    for mirrored in (False, True):
        grid = _grid(hashes ^ MIRROR if mirrored else hashes, b)
        found += _alignments(times, a, b, grid, _novelty(hashes), mirrored=mirrored)
    return _apart(found)


def covered(alignments: Sequence[Alignment], *, other: bool = False) -> float:
    """Seconds of `a` (or of `b`, the other) that lie in some alignment."""
    spans = sorted((one.other_start, one.other_end) if other else (one.start, one.end) for one in alignments)
    total, reached = 0.0, -np.inf
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total)


def frames(hashes: Sequence[tuple[float, PdqHash]]) -> list[Frame]:
    """Frames of (seconds, hash)."""
    return [Frame(at, made.bits, made.quality) for at, made in hashes]


def _mirror_mask() -> Hashes:
    """Bits that turn over when a picture is mirrored: those of odd horizontal frequency; the last is printed first."""
    frequency = np.arange(1, 17)
    odd = np.broadcast_to(frequency % 2 == 1, (16, 16)).ravel()
    return np.packbits(odd[::-1])


MIRROR = _mirror_mask()


def _telling(track: Sequence[Frame]) -> list[Frame]:
    return sorted(frame for frame in track if frame.quality >= MIN_QUALITY)


def _keys(track: Sequence[Frame]) -> list[Frame]:
    """Frames that differ from the key frame before; of a scene that comes back, each return counts."""
    keys: list[Frame] = []
    last = 0
    for frame in track:
        bits = int.from_bytes(frame.bits)
        if not keys or (frame.at - keys[-1].at >= CELL - 1e-6 and (bits ^ last).bit_count() >= KEY_CHANGE):
            keys.append(frame)
            last = bits
    return keys


def _hashes(track: Sequence[Frame]) -> Hashes:
    return np.frombuffer(b"".join(frame.bits for frame in track), np.uint8).reshape(len(track), BITS // 8)


def _grid(keys: Hashes, b: Sequence[Frame]) -> Floats:
    """float32[keys, cells]: distance of each key frame to the nearest frame that `b` shows in a cell or beside it."""
    times = np.array([frame.at for frame in b])
    ends = np.minimum(np.append(times[1:], times[-1] + CELL), times + HOLDS)
    first, last = (times / CELL).astype(int), np.maximum((ends / CELL - 1e-6).astype(int), (times / CELL).astype(int))
    cells = np.full((len(keys), int(last.max()) + 2), float(BITS), np.float32)
    starts, places = np.unique(first, return_index=True)
    longer = np.flatnonzero(last > first)
    for rows in range(0, len(keys), ROWS_AT_ONCE):
        distances = _distances(keys[rows : rows + ROWS_AT_ONCE], _hashes(b))
        part = cells[rows : rows + ROWS_AT_ONCE]
        part[:, starts] = np.minimum.reduceat(distances, places, axis=1)
        for frame in longer:
            span = part[:, first[frame] : last[frame] + 1]
            np.minimum(span, distances[:, frame, None], out=span)
    near = cells.copy()
    np.minimum(near[:, 1:], cells[:, :-1], out=near[:, 1:])
    np.minimum(near[:, :-1], cells[:, 1:], out=near[:, :-1])
    return near


def _distances(keys: Hashes, others: Hashes) -> Floats:
    """float32[keys, others]: bits in which they differ."""
    mine, theirs = (np.ascontiguousarray(hashes).view(np.uint64) for hashes in (keys, others))
    differing: Floats = np.bitwise_count(mine[:, None] ^ theirs[None]).sum(axis=2, dtype=np.uint16).astype(np.float32)
    return differing


def _worth(grid: Floats, novelty: Floats) -> Floats:
    """Bits of surprise of each distance, less what chance gives; what `b` does not show (256) costs like a stranger.

    A key frame little different from the one before counts for little, unless it is within `SURE`: two pans over two
    pictures that happen to be a bit alike stay a bit alike all along.
    """
    shown = grid[grid < BITS]
    middle, high = np.quantile(shown, (0.5, 0.84)) if shown.size else (CHANCE_MEAN, CHANCE_MEAN)
    mean, spread = min(CHANCE_MEAN, float(middle)), max(CHANCE_SPREAD, float(high - middle))
    z = np.maximum((mean - grid) / spread, -2.0)
    # -log2 of the normal tail, by its leading terms: exact to a few per cent beyond z = 1, and enough below.
    tail = np.maximum(z, 0)
    surprise = np.where(z > 0, (tail * tail / 2 + np.log(2 + 2.5 * tail)) / np.log(2), 0.5)
    worth = np.minimum(surprise, MOST_WORTH) - EXPECTED
    return np.where(grid <= SURE, np.maximum(worth, SURE_WORTH), worth * novelty[:, None]).astype(np.float32)


def _novelty(keys: Hashes) -> Floats:
    """float32[keys]: how new a key frame is after the one before, 0 to 1."""
    changed = np.bitwise_count(keys[1:] ^ keys[:-1]).sum(axis=1) / NEW
    return np.append(1.0, np.minimum(changed, 1.0)).astype(np.float32)


def _alignments(
    times: NDArray[np.float64],
    a: Sequence[Frame],
    b: Sequence[Frame],
    grid: Floats,
    novelty: Floats,
    *,
    mirrored: bool,
) -> list[Alignment]:
    """Best runs, one after the other; key frames that are in one are not in another.

    Most pairs show nothing in common: where the best cells of all key frames together are worth too little, so is any run.
    """
    worth = _worth(grid, novelty)
    found: list[Alignment] = []
    fewest = min(FEWEST, len(times))
    least = SURE_WORTH if len(times) == 1 else NEEDED_WHEN_SURE
    while len(found) < MOST_ALIGNMENTS and np.maximum(worth.max(axis=1), 0).sum() >= least:
        score, offset, first, last = _best(worth, times)
        keys = np.arange(first, last + 1)
        cells = np.clip(_cells(times[keys], offset), 0, grid.shape[1] - 1)
        agreeing, sure = worth[keys, cells] > 0, grid[keys, cells] <= SURE
        if score < (NEEDED_WHEN_SURE if sure.sum() >= fewest else NEEDED) and not _plain(score, len(times)):
            break
        if agreeing.sum() >= fewest:
            spans = _spans(float(times[first]), float(times[last]), offset * CELL, a, b)
            mean = float(grid[keys, cells].mean())
            found.append(Alignment(*spans, round(score, 1), int(agreeing.sum()), round(mean, 1), mirrored))
        worth[first : last + 1] = -EXPECTED
    return found


def _spans(
    first: float, last: float, shift: float, a: Sequence[Frame], b: Sequence[Frame]
) -> tuple[float, float, float, float]:
    """Seconds of `a`, then of `b`, from the first key frame to the end of the last one's scene in both."""
    end = max(min(_until(last, a), b[-1].at + CELL - shift), first + CELL)
    other = max(0.0, first + shift)
    return round(first, 3), round(end, 3), round(other, 3), round(other + end - first, 3)


def _plain(score: float, keys: int) -> bool:
    """A video of one key frame is a picture; it is found as pictures are."""
    return keys == 1 and score >= SURE_WORTH


def _until(at: float, track: Sequence[Frame]) -> float:
    """When the scene of the key frame at `at` ends: where the next frame differs from it."""
    scene: bytes | None = None
    for frame in track:
        if scene is None:
            scene = frame.bits if frame.at >= at else None
        elif (int.from_bytes(frame.bits) ^ int.from_bytes(scene)).bit_count() >= KEY_CHANGE:
            return frame.at
    return track[-1].at + CELL


def _cells(times: NDArray[np.float64], offset: int) -> NDArray[np.int64]:
    return (times / CELL).astype(np.int64) + offset


def _best(worth: Floats, times: NDArray[np.float64]) -> tuple[float, int, int, int]:
    """The run of key frames worth most over all offsets: (worth, offset in cells, first key, last key)."""
    keys, cells = worth.shape
    at = _cells(times, 0)
    best = (0.0, 0, 0, 0)
    lowest, highest = -int(at[-1]), cells - 1 - int(at[0])
    for start in range(lowest, highest + 1, OFFSETS_AT_ONCE):
        offsets = np.arange(start, min(start + OFFSETS_AT_ONCE, highest + 1))
        run = np.zeros(offsets.size, np.float32)
        began = np.zeros(offsets.size, np.int64)
        for key in range(keys):
            place = at[key] + offsets
            inside = (place >= 0) & (place < cells)
            gain = np.where(inside, worth[key, np.clip(place, 0, cells - 1)], -EXPECTED)
            began = np.where(run <= 0, key, began)
            run = np.maximum(run, 0) + gain
            top = int(np.argmax(run))
            if run[top] > best[0]:
                best = (float(run[top]), int(offsets[top]), int(began[top]), key)
    return best


def _apart(found: list[Alignment]) -> list[Alignment]:
    """Best first; the same seconds are not told again as mirrored, or the other way about."""
    told: list[Alignment] = []
    for one in sorted(found, key=lambda one: -one.score):
        if all(one.mirrored == other.mirrored or one.start >= other.end or one.end <= other.start for other in told):
            told.append(one)
    return told

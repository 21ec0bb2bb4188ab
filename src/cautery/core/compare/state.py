"""What an index holds at one moment, and how it is tidied: pure data, no files but the segments' own.

A search takes one `State` and is not disturbed by what comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .bits import WORDS, Words
from .segment import LARGEST, Segment, make

TAIL = 1 << 14
"""Hashes that are scanned (some 10 microseconds) before they become a segment."""
REMOVED_SHARE = 4  # everything is laid out anew once a quarter of it was removed

_FIRST_ROOM = 256

Ids = NDArray[np.int64]


class Tail:
    """The newest hashes, in the order they came. Grows at its end only; what was once there stays as it is."""

    def __init__(self) -> None:
        self._words: Words = np.empty((_FIRST_ROOM, WORDS), np.uint64)
        self._ids: Ids = np.empty(_FIRST_ROOM, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, new: Words, ids: Ids) -> None:
        """Take uint64[N, 4] with their ids."""
        stop = self._count + len(new)
        if stop > len(self._ids):
            room = max(stop, 2 * len(self._ids))
            words, numbers = np.empty((room, WORDS), np.uint64), np.empty(room, np.int64)
            words[: self._count], numbers[: self._count] = self._words[: self._count], self._ids[: self._count]
            self._words, self._ids = words, numbers
        self._words[self._count : stop], self._ids[self._count : stop] = new, ids
        self._count = stop

    def view(self, first: int = 0) -> tuple[Words, Ids]:
        """What is there now, from `first` on."""
        stop = self._count  # before the arrays: larger ones hold the same
        return self._words[first:stop], self._ids[first:stop]


@dataclass(frozen=True, slots=True)
class State:
    """Segments, the tail, and the ids (ascending) that are in one of them and were removed. `next_id` was never given."""

    segments: tuple[Segment, ...]
    tail: Tail
    removed: Ids
    next_id: int

    def __len__(self) -> int:
        return sum(map(len, self.segments)) + len(self.tail) - self.removed.size

    def holds(self, id_: int) -> bool:
        """Whether there is a hash of this id that was not removed."""
        spot = int(np.searchsorted(self.removed, id_))
        if spot < self.removed.size and self.removed[spot] == id_:
            return False
        return any(segment.holds(id_) for segment in self.segments) or bool(np.any(self.tail.view()[1] == id_))

    def less(self, ids: Ids) -> State:
        """With these ids removed."""
        return replace(self, removed=np.union1d(self.removed, ids))


def empty() -> State:
    """Nothing yet."""
    return State((), Tail(), np.empty(0, np.int64), 0)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What is to take the place of some segments and of the first hashes of the tail; `dropped` ids are gone for good."""

    old: tuple[Segment, ...]
    tail: int
    new: tuple[Segment, ...]
    dropped: Ids


def to_join(state: State) -> tuple[Segment, ...]:
    """Which segments the tail is laid out together with: those no larger than all before them, so that each hash moves
    about log2(N / TAIL) times; all that fit, once much was removed."""
    much = state.removed.size * REMOVED_SHARE > len(state) + state.removed.size
    chosen, weight = [], len(state.tail)
    for segment in sorted(state.segments, key=len):
        if weight + len(segment) > LARGEST or (len(segment) > weight and not much):
            break
        chosen.append(segment)
        weight += len(segment)
    return tuple(chosen)


def tidied(state: State, name: Callable[[], Path | None]) -> Tidied:
    """Lay the tail out with what it joins; `name` gives the file of each segment made. Runs beside searches and additions."""
    old = to_join(state)
    fresh, numbers = state.tail.view()
    codes = np.concatenate([fresh, *(segment.arrays["codes"] for segment in old)])
    ids = np.concatenate([numbers, *(segment.base + segment.arrays["ids"].astype(np.int64) for segment in old)])
    gone = np.isin(ids, state.removed)
    new = laid_out(codes[~gone], ids[~gone], name) if gone.any() else laid_out(codes, ids, name)
    return Tidied(old, len(numbers), new, ids[gone])


def laid_out(codes: Words, ids: Ids, name: Callable[[], Path | None]) -> tuple[Segment, ...]:
    """As many segments as it takes."""
    pieces: Sequence[int] = range(0, len(ids), LARGEST)
    return tuple(make(codes[at : at + LARGEST], ids[at : at + LARGEST], name()) for at in pieces)


def published(state: State, change: Tidied) -> State:
    """`state`, which may have moved on meanwhile, with a tidying in it."""
    tail = Tail()
    tail.append(*state.tail.view(change.tail))
    kept = tuple(segment for segment in state.segments if segment not in change.old)
    return State(kept + change.new, tail, np.setdiff1d(state.removed, change.dropped), state.next_id)

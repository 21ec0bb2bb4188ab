"""One search over a state: each segment by its tables, or scanned where that is cheaper, and the tail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import kernels
from .bits import CHUNKS, Words
from .state import State

_ENTRIES = 4096
_LEAST = 64  # queries a thread; fewer are not worth one

Answer = tuple[NDArray[np.int64], NDArray[np.uint64]]


class Searcher:
    """Runs searches, any number at a time; keeps the kernels' working memory between them."""

    def __init__(self) -> None:
        self._free: list[tuple[Any, ...]] = []
        self._ball = kernels.masks()

    def search(self, state: State, queries: Words, radius: int, threads: int) -> tuple[NDArray[Any], ...]:
        """(limits, ids, distances) of uint64[Q, 4]."""
        pieces = max(1, min(threads, len(queries) // _LEAST))
        if pieces == 1:
            counts, hits = self._all(state, queries, radius)
        else:
            with ThreadPoolExecutor(pieces) as pool:
                asked = np.array_split(queries, pieces)
                answers = list(pool.map(lambda some: self._all(state, some, radius), asked))
            counts, hits = (np.concatenate(column) for column in zip(*answers, strict=True))
        found: tuple[NDArray[Any], ...] = kernels.in_rows(counts, hits)
        return found

    def _all(self, state: State, queries: Words, radius: int) -> Answer:
        fresh, ids = state.tail.view()
        counts, hits = kernels.scan(queries, fresh, radius)
        kernels.named(hits, ids, 0)
        for segment in state.segments:
            more, others = self._tables(segment.tables, queries, radius)
            kernels.named(others, segment.arrays["ids"], segment.base)
            counts, hits = _joined((counts, hits), (more, others))
        if state.removed.size:
            counts, hits = _without(counts, hits, state.removed)
        return counts, hits

    def _tables(self, tables: Any, queries: Words, radius: int) -> Answer:
        work = self._borrow(len(tables[0]))
        counts, hits, back = kernels.look_up(queries, queries.view(np.uint16), tables, radius, self._ball, work)
        self._free.append(work)
        if not back.any():
            return counts, hits
        some, others = kernels.scan(queries[back], tables[0], radius)
        more = np.zeros_like(counts)
        more[back] = some
        return _joined((counts, hits), (more, others))

    def _borrow(self, n: int) -> tuple[Any, ...]:
        """Working memory for one call of `kernels.look_up` on up to `n` hashes."""
        while self._free:
            work = self._free.pop()
            if len(work[0]) * 64 >= n:
                return work
        widest = int(self._ball[1][kernels.DEEPEST])
        bounds = [np.empty((CHUNKS, widest), np.uint32) for _ in range(2)]
        room = (np.empty(_ENTRIES, np.uint32), np.empty(_ENTRIES, np.uint32))
        shares, sizes = np.zeros(CHUNKS, np.int64), np.zeros((CHUNKS, kernels.DEEPEST), np.int64)
        return (np.zeros(n // 64 + 1, np.uint64), *bounds, room, shares, sizes)


def _joined(one: Answer, other: Answer) -> Answer:
    """Two answers to the same queries in one, again query by query."""
    if not one[1].size or not other[1].size:
        return one if one[1].size else other
    asked = np.concatenate([np.repeat(np.arange(len(counts)), counts) for counts, _ in (one, other)])
    return one[0] + other[0], np.concatenate([one[1], other[1]])[np.argsort(asked, kind="stable")]


def _without(counts: NDArray[np.int64], hits: NDArray[np.uint64], removed: NDArray[np.int64]) -> Answer:
    """An answer less what was removed."""
    kept = ~np.isin((hits & kernels.PLACE).astype(np.int64), removed)
    asked = np.repeat(np.arange(len(counts)), counts)
    return np.bincount(asked[kept], minlength=len(counts)), hits[kept]

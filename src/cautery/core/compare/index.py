"""An index of 256-bit hashes for search by Hamming distance: exact for every radius, changed in place.

    HammingIndex()            in memory
    HammingIndex.open(path)   a folder: mapped, not read; any number of readers beside one writer
    .add .add_many .remove    searchable at once here and at the next search elsewhere; on the disk within a second
    .search                   what is near, in compressed rows

New hashes go into a tail, which is scanned, and with a path into a log. Sixteen thousand of them become a segment with
tables, and segments of a size one of the next: in the background, while searches and changes go on (`state`).
"""

from __future__ import annotations

import threading
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from cautery.core.errors import NotFound, Refused

from . import state as states
from .bits import BITS, RADIUS, Hashes, Words, words
from .folder import Folder
from .search import Searcher
from .segment import check
from .state import TAIL, State
from .storage import Storage

_SCANNED = 1 << 10  # an index of so few gets no tables
_SYNC_S = 0.25


class Hits(NamedTuple):
    """What a search found, in compressed rows: query q owns the places limits[q] to limits[q + 1].

    limits int64[Q + 1], ids int64[], distances int32[]; within a query the nearest come first, then the lower id.
    """

    limits: NDArray[np.int64]
    ids: NDArray[np.int64]
    distances: NDArray[np.int32]


class HammingIndex:
    """Hashes, about 102 bytes each. An id is given once: removed ids are never used again.

    Searches and changes may come from any thread. With a path, the first change makes this the one writer (Refused with
    reason `in_use` while there is another); until then it is a reader and follows what the writer does.
    """

    def __init__(self) -> None:
        self._state = states.empty()
        self._storage: Storage | None = None
        self._searcher = Searcher()
        self._changing = threading.RLock()
        self._turn = (
            threading.Lock()
        )  # held while the background waits: a thread that adds without end leaves it no gap else
        self._tidying = threading.Lock()
        self._closed = threading.Event()
        self._keeper: threading.Thread | None = None
        self._failure: OSError | None = None

    @classmethod
    def build(cls, hashes: Hashes, path: str | PathLike[str] | None = None) -> Self:
        """An index of uint8[N, 32], their ids 0 to N - 1; in a new folder at `path` where one is named.

        Refused with reason `exists` where there is an index already.
        """
        new, index = words(hashes), cls()
        if path is not None:
            index._storage = Storage.create(Path(path))
        index._take(new, _SCANNED)
        if index._storage is not None:
            index._storage.close()
        return index

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """The index in a folder, mapped; NotFound where there is none, FileRefused when a file does not hold."""
        index = cls()
        index._storage = Storage(Folder(Path(path)))
        index._state = index._storage.load()
        return index

    def save(self, path: str | PathLike[str]) -> None:
        """Write all there is now into a new folder, ids and all."""
        now = self._current()
        storage = Storage.create(Path(path))
        storage.publish(replace(now, segments=tuple(map(storage.copy, now.segments))))
        storage.close()

    def __len__(self) -> int:
        return len(self._current())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def nbytes(self) -> int:
        """How many bytes the segments' arrays take, in memory or mapped."""
        return sum(segment.bytes for segment in self._state.segments)

    def add(self, hash_: Hashes | bytes) -> int:
        """Add one hash, uint8[32] or 32 bytes; its id. Searchable at once."""
        row = np.frombuffer(hash_, np.uint8) if isinstance(hash_, bytes) else hash_
        return int(self.add_many(row[None, :])[0])

    def add_many(self, hashes: Hashes) -> NDArray[np.int64]:
        """Add uint8[N, 32]; their ids, int64[N]. All are added or, on a wrong shape, none."""
        return self._take(words(hashes), TAIL)

    def remove(self, id_: int) -> None:
        """Take a hash out; NotFound if there is none of that id."""
        with self._changing:
            self._begin()
            if not self._state.holds(id_):
                raise NotFound("The index holds no hash of this id.", id=id_)
            ids = np.array([id_], np.int64)
            if self._storage is not None:
                self._storage.removed(ids)
            self._state = self._state.less(ids)
            self._keep()

    def search(self, queries: Hashes, radius: int = RADIUS, *, threads: int = 1) -> Hits:
        """Every stored hash within `radius` bits of each query, uint8[Q, 32]; large batches on so many threads."""
        if not 0 <= radius <= BITS:
            raise ValueError(f"a radius lies between 0 and {BITS} bits, not {radius}")
        return Hits(*self._searcher.search(self._current(), words(queries), radius, threads))

    def flush(self) -> None:
        """Wait until every change is on the disk."""
        with self._turn, self._changing:
            self._complain()
            if self._storage is not None:
                self._storage.sync()

    def tidy(self) -> None:
        """Give the tail its tables now, joining segments where that pays; the background does so by itself."""
        with self._tidying:
            with self._turn, self._changing:
                self._begin()
                before = self._state
            if not len(before.tail) and not before.removed.size:
                return
            name = (lambda: None) if self._storage is None else self._storage.segment_file
            change = states.tidied(before, name)
            with self._turn, self._changing:
                after = states.published(self._state, change)
                if self._storage is not None:
                    self._storage.publish(after)
                self._state = after

    def check(self) -> None:
        """Read every segment whole and compare checksums; FileRefused names what does not hold."""
        for segment in self._current().segments:
            check(segment)

    def close(self) -> None:
        """Finish what is under way and let another one write."""
        self._closed.set()
        keeper = self._keeper
        if keeper is not None:
            keeper.join()
        if self._storage is not None:
            with self._changing:
                self._storage.close()

    def _current(self) -> State:
        """The newest state; a reader looks first whether the writer has gone on."""
        if self._storage is not None and not self._storage.writing:
            with self._changing:
                if not self._storage.writing:
                    self._state = self._storage.follow(self._state)
        return self._state

    def _begin(self) -> None:
        """Be the writer from here on."""
        self._complain()
        if self._closed.is_set():
            raise Refused("This index was closed.", reason="closed")
        if self._storage is not None and not self._storage.writing:
            self._state = self._storage.begin(self._state)

    def _take(self, new: Words, most: int) -> NDArray[np.int64]:
        """Up to `most` go into the tail, more at once into segments of their own."""
        with self._turn:
            pass
        with self._changing:
            self._begin()
            now = self._state
            ids = np.arange(now.next_id, now.next_id + len(new), dtype=np.int64)
            after = replace(now, next_id=now.next_id + len(new))
            if len(new) > most:
                name = (lambda: None) if self._storage is None else self._storage.segment_file
                after = replace(after, segments=now.segments + states.laid_out(new, ids, name))
                if self._storage is not None:
                    self._storage.publish(after)
            elif len(new):
                if self._storage is not None:
                    self._storage.added(new, now.next_id)
                now.tail.append(new, ids)
            self._state = after
            self._keep()
        return ids

    def _keep(self) -> None:
        """See that a thread syncs and tidies while there is reason to; it ends by itself."""
        waiting = self._storage is not None and self._storage.waiting
        if self._keeper is None and (waiting or self._untidy()):
            self._keeper = threading.Thread(target=self._keep_house, name="hamming-index", daemon=True)
            self._keeper.start()

    def _untidy(self) -> bool:
        now = self._state
        return len(now.tail) > TAIL or now.removed.size * states.REMOVED_SHARE > max(TAIL, len(now) + now.removed.size)

    def _keep_house(self) -> None:
        while True:
            self._closed.wait(_SYNC_S)
            try:
                self.flush()
                if self._untidy() and not self._closed.is_set():
                    self.tidy()
            except OSError as error:
                self._failure = error
            with self._changing:
                waiting = self._storage is not None and self._storage.waiting
                if self._failure or self._closed.is_set() or not (waiting or self._untidy()):
                    self._keeper = None
                    return

    def _complain(self) -> None:
        """Raise what went wrong in the background, once, where somebody can do something about it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

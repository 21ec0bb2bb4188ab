"""An index's state on disk: what the writer appends and publishes, what a reader follows."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from cautery.core.errors import FileRefused, Refused

from .bits import Words
from .folder import MANIFEST, Folder, Manifest
from .log import ADDED, REMOVED, Log, changes, frame
from .segment import Segment, load, make
from .state import Ids, State, Tail

_TRIES = 20


class Storage:
    """One folder, and how far it was read or written."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._manifest = Manifest(0, 0, (), "")
        self._stamp = (0, 0)
        self._read_to = 0
        self._log: Log | None = None

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new folder with an empty index, held for writing."""
        if (path / MANIFEST).exists():
            raise Refused(f"There is an index at {path} already.", reason="exists", path=str(path))
        path.mkdir(parents=True, exist_ok=True)
        storage = cls(Folder(path))
        storage._folder.acquire()
        storage.publish(State((), Tail(), np.empty(0, np.int64), 0))
        return storage

    @property
    def writing(self) -> bool:
        """Whether this is the writer."""
        return self._log is not None

    @property
    def waiting(self) -> bool:
        """Whether something appended may not be on the disk yet."""
        return self._log is not None and self._log.waiting

    def load(self, known: tuple[Segment, ...] = ()) -> State:
        """Everything, from the manifest on; segments already mapped are used again.

        A file that is gone was replaced between reading its name and opening it: then there is a newer manifest.
        """
        for left in range(_TRIES - 1, -1, -1):
            stamp, manifest = self._folder.stamp(), self._folder.read()
            mapped = {segment.file.name: segment for segment in known if segment.file is not None}
            try:
                segments = tuple(
                    mapped[name] if name in mapped else load(self._folder.path / name) for name in manifest.segments
                )
                self._manifest, self._stamp, self._read_to = manifest, stamp, 0
                return self._replay(State(segments, Tail(), np.empty(0, np.int64), manifest.next_id))
            except FileNotFoundError as error:
                if not left or self._folder.stamp() == stamp:
                    name = Path(error.filename).name
                    raise FileRefused(f"{name} of the index is not there.", reason="missing", file=name) from error
        raise AssertionError("the last try returns or raises")

    def follow(self, state: State) -> State:
        """`state`, and what the writer did since."""
        if self._folder.stamp() != self._stamp:
            return self.load(state.segments)
        if (self._folder.path / self._manifest.log).stat().st_size == self._read_to:
            return state
        return self._replay(state)

    def begin(self, state: State) -> State:
        """Become the writer; the newest state."""
        self._folder.acquire()
        state = self.follow(state)
        self._folder.sweep(self._manifest)
        self._log = Log(self._folder.path / self._manifest.log)
        return state

    def added(self, new: Words, first: int) -> None:
        """Append hashes with ids from `first` on."""
        self._append(frame(ADDED, new.tobytes(), first))

    def removed(self, ids: Ids) -> None:
        """Append that these ids were removed."""
        self._append(frame(REMOVED, ids.tobytes()))

    def sync(self) -> None:
        """Wait until what was appended is on the disk."""
        if self.waiting and self._log is not None:
            self._log.sync()

    def segment_file(self) -> Path:
        """A name for the next segment."""
        return self._folder.path / f"{self._next():06d}.segment"

    def copy(self, segment: Segment) -> Segment:
        """A segment of another index as one of this."""
        file = self.segment_file()
        if segment.file is None:
            return make(segment.arrays["codes"], segment.base + segment.arrays["ids"].astype(np.int64), file)
        with segment.file.open("rb") as source, file.open("wb") as stream:
            shutil.copyfileobj(source, stream)
            stream.flush()
            os.fsync(stream.fileno())
        return load(file)

    def publish(self, state: State) -> None:
        """Make `state` what the folder holds: a new log of its tail and its removed ids, then the manifest."""
        name = f"{self._next():06d}.log"
        fresh, ids = state.tail.view()
        data = frame(REMOVED, state.removed.tobytes()) if state.removed.size else b""
        runs = np.flatnonzero(np.diff(ids) != 1) + 1
        for first, some in zip(np.split(ids, runs), np.split(fresh, runs), strict=True):
            data += frame(ADDED, some.tobytes(), int(first[0])) if first.size else b""
        (self._folder.path / name).write_bytes(data)
        log = Log(self._folder.path / name)
        log.sync()
        files = tuple(s.file.name for s in state.segments if s.file is not None)
        self._manifest = replace(self._manifest, next_id=state.next_id, segments=files, log=name)
        self._folder.write(self._manifest)
        self._folder.sweep(self._manifest)
        if self._log is not None:
            self._log.close()
        self._log = log

    def close(self) -> None:
        """Sync, and let another one write."""
        if self._log is not None:
            self._log.close()
            self._log = None
        self._folder.release()

    def _append(self, data: bytes) -> None:
        assert self._log is not None, "only the writer appends"  # noqa: S101 (begin comes first)
        self._log.append(data)

    def _next(self) -> int:
        self._manifest = replace(self._manifest, number=self._manifest.number + 1)
        return self._manifest.number

    def _replay(self, state: State) -> State:
        gone = [state.removed]
        next_id = state.next_id
        for change in changes(self._folder.path / self._manifest.log, self._read_to):
            if change.added is not None:
                ids = np.arange(change.first, change.first + len(change.added), dtype=np.int64)
                state.tail.append(change.added, ids)
                next_id = max(next_id, change.first + len(change.added))
            elif change.removed is not None:
                gone.append(change.removed)
            self._read_to = change.end
        removed = np.unique(np.concatenate(gone)) if len(gone) > 1 else state.removed
        return State(state.segments, state.tail, removed, next_id)

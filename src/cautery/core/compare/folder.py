"""The folder of an index: which segments and logs make it up, and who may write.

    manifest.json    next id, segments, the log; replaced as a whole by a rename, so that a reader sees one or the other
    000007.segment   as `segment` describes it
    000008.log       as `log` describes it; grows until a tidying writes a new one
    lock             held by the one writer

What the manifest does not name is left over from a writer that died, and swept by the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cautery.core.errors import FileRefused, NotFound, Refused

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index consists of. `number` is the highest file number given out; ids in the log may lie beyond `next_id`."""

    number: int
    next_id: int
    segments: Sequence[str]
    log: str


class Folder:
    """Reads and replaces the manifest of one index, names its files, holds its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    @property
    def writing(self) -> bool:
        """Whether this process holds the lock."""
        return self._lock >= 0

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the manifest does."""
        try:
            found = (self.path / MANIFEST).stat()
        except FileNotFoundError as error:
            raise NotFound(f"There is no index at {self.path}.", path=str(self.path)) from error
        return found.st_ino, found.st_mtime_ns

    def read(self) -> Manifest:
        """The manifest; NotFound where there is no index, FileRefused when it does not hold."""
        try:
            text = (self.path / MANIFEST).read_text()
        except FileNotFoundError as error:
            raise NotFound(f"There is no index at {self.path}.", path=str(self.path)) from error
        try:
            document = json.loads(text)
            if document.pop("crc") != _crc(document):
                raise FileRefused("The manifest is not what was written.", reason="checksum", file=MANIFEST)
            return Manifest(**document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileRefused(f"The manifest cannot be read: {error}.", reason="format", file=MANIFEST) from error

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest, durably."""
        document = asdict(manifest)
        draft = self.path / f"{MANIFEST}.new"
        with draft.open("w") as stream:
            json.dump(document | {"crc": _crc(document)}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.path / MANIFEST)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def acquire(self) -> None:
        """Become the one writer; Refused while there is another, here or in another process."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise Refused(
                f"Something else is writing the index at {self.path}.", reason="in_use", path=str(self.path)
            ) from error
        self._lock = lock

    def release(self) -> None:
        """Let another one write."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __del__(self) -> None:
        self.release()

    def sweep(self, manifest: Manifest) -> None:
        """Remove files of ours that the manifest does not name."""
        named = {*manifest.segments, manifest.log}
        for file in self.path.iterdir():
            if file.suffix in {".segment", ".log", ".new"} and file.name not in named:
                file.unlink()


def _crc(document: dict[str, object]) -> int:
    return zlib.crc32(json.dumps(document, sort_keys=True, default=list).encode())

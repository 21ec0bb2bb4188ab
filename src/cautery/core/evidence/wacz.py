"""A WACZ package (specification 1.1.1): a WARC file, its index, its pages, and what lists them with their digests.

The list is written last and the file gets its name only when it is whole: what was cut off in the middle has another
name, and does not open.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO

from cautery.core.evidence.capture import ARCHIVE, Kept, Taken, compose
from cautery.core.evidence.cdxj import index
from cautery.core.evidence.warc import WarcWriter, warcinfo

VERSION = "1.1.1"
PROFILE = "data-package"
ARCHIVE_PATH = f"archive/{ARCHIVE}"
INDEX_PATH = "indexes/index.cdxj"
PAGES_PATH = "pages/pages.jsonl"
PACKAGE_PATH = "datapackage.json"
DIGEST_PATH = "datapackage-digest.json"
STEP = 1 << 20
OLDEST = 1980
"""No earlier time fits a ZIP file."""


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package: the file, its SHA-256, its size in bytes, and the captures in it."""

    path: Path
    sha256: str
    size: int
    captures: Sequence[Kept]


@dataclass
class Draft:
    """A package being put together in `folder`: add captures, then `finish`."""

    folder: Path
    at: datetime
    software: str
    level: int = 6
    info: Mapping[str, str] = field(default_factory=dict)
    captures: list[Kept] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._archive = self.folder / ARCHIVE
        self._out: BinaryIO = self._archive.open("w+b")
        self._writer = WarcWriter(self._out, level=self.level)
        head = {"software": self.software, "format": "WARC File Format 1.1", **self.info}
        self._writer.write(warcinfo(head, self.at, ARCHIVE))

    def add(self, taken: Taken) -> Kept:
        """Write one capture's records."""
        kept = compose(taken, self._writer)
        self.captures.append(kept)
        return kept

    def add_written(self, kept: Kept, records: bytes) -> None:
        """Take over the records of a capture as they lie in another package, byte for byte."""
        self._out.write(records)
        self.captures.append(kept)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._out.tell()

    def finish(self, target: Path, *, title: str, extra: Mapping[str, bytes] | None = None) -> Package:
        """Close the archive and make the package at `target`, whole or not at all."""
        self._out.flush()
        pages = _pages(self.captures)
        lines = index(line for kept in self.captures for line in kept.lines)
        files = {INDEX_PATH: lines, PAGES_PATH: pages, **(extra or {})}
        with whole(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as out:
            resources = [_put_file(out, self._archive, ARCHIVE_PATH, self.at)]
            resources += [_put(out, path, data, self.at) for path, data in files.items()]
            described = _json(self._description(title, resources))
            _put(out, PACKAGE_PATH, described, self.at)
            digest = {"path": PACKAGE_PATH, "hash": f"sha256:{sha256(described).hexdigest()}"}
            _put(out, DIGEST_PATH, _json(digest), self.at)
        with target.open("rb") as made:
            found = file_digest(made, "sha256").hexdigest()
        return Package(target, found, target.stat().st_size, tuple(self.captures))

    def close(self) -> None:
        """Let go of the archive; what was not finished is left to whoever owns the folder."""
        self._out.close()

    def _description(self, title: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
        stamp = self.at.astimezone(UTC).isoformat()
        return {
            "profile": PROFILE,
            "wacz_version": VERSION,
            "title": title,
            "created": stamp,
            "modified": stamp,
            "software": self.software,
            "resources": resources,
            "captures": [kept.row() for kept in self.captures],
        }


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """A file that gets the name `target` only when everything was written and is on the disk; else nothing is left."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with draft.open("w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _put(out: zipfile.ZipFile, path: str, data: bytes, at: datetime) -> dict[str, Any]:
    out.writestr(_entry(path, at), data)
    return _resource(path, sha256(data).hexdigest(), len(data))


def _put_file(out: zipfile.ZipFile, source: Path, path: str, at: datetime) -> dict[str, Any]:
    digest, size = sha256(), source.stat().st_size
    entry = _entry(path, at)
    entry.file_size = size
    with source.open("rb") as stream, out.open(entry, "w") as sink:
        while piece := stream.read(STEP):
            sink.write(piece)
            digest.update(piece)
    return _resource(path, digest.hexdigest(), size)


def _resource(path: str, digest: str, size: int) -> dict[str, Any]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    moment = at.astimezone(UTC)
    entry = zipfile.ZipInfo(path, (max(moment.year, OLDEST), *moment.timetuple()[1:6]))
    entry.compress_type = zipfile.ZIP_STORED
    entry.external_attr = 0o444 << 16
    return entry


def _pages(captures: Sequence[Kept]) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Captured pages"}
    rows = [
        {
            "id": kept.id,
            "url": kept.url,
            "title": kept.title or kept.url,
            "ts": kept.at.astimezone(UTC).isoformat(),
            "state": str(kept.state),
            "reason": kept.reason or None,
        }
        for kept in captures
    ]
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in (head, *rows))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()

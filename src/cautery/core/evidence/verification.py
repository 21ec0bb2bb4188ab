"""Is a package what it says? Every digest recomputed, every index line followed; each thing that does not hold is named.

The records are read by warcio, a reader that is not ours.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from cautery.core.evidence.wacz import ARCHIVE_PATH, DIGEST_PATH, INDEX_PATH, PACKAGE_PATH, PAGES_PATH

STEP = 1 << 20
MAX_LIST = 256 << 20
"""Bytes of an index or a description that are read at once."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: where, and what in a stable word."""

    place: str
    reason: str
    message: str


@dataclass(slots=True)
class Verification:
    """What was checked, and what does not hold."""

    digests: int = 0
    records: int = 0
    captures: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    def say(self, place: str, reason: str, message: str) -> None:
        """Note what does not hold."""
        self.problems.append(Problem(place, reason, message))


def verify_package(file: Path) -> Verification:
    """Check the package at `file`; never raises for what is in it."""
    found = Verification()
    try:
        with zipfile.ZipFile(file) as package:
            _check(package, found)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        found.say(file.name, "not_a_package", f"It is no whole ZIP file: {error}.")
    return found


def _check(package: zipfile.ZipFile, found: Verification) -> None:
    """1. The description and its digest 2. files and theirs 3. records 4. index 5. captures 6. pages."""
    names = package.namelist()
    for name in {name for name in names if names.count(name) > 1}:
        found.say(name, "twice", "The package holds two files of this name.")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in package.infolist()):
        found.say(ARCHIVE_PATH, "compressed", "Files in a package are stored as they are.")
        return
    description = _description(package, found)
    if description is None:
        return
    _check_files(package, description, found)
    if ARCHIVE_PATH in names:
        records = _check_records(package, found)
        _check_index(package, records, found)
        _check_captures(package, description, found)
    _check_pages(package, description, found)


def _description(package: zipfile.ZipFile, found: Verification) -> dict[str, Any] | None:
    raw, digest = _read(package, PACKAGE_PATH, found), _read(package, DIGEST_PATH, found)
    if raw is None or digest is None:
        return None
    try:
        said, description = json.loads(digest), json.loads(raw)
        expected, resources = said["hash"], description["resources"]
        well = isinstance(resources, list) and all(isinstance(r["path"], str) and r["hash"] for r in resources)
    except (ValueError, KeyError, TypeError, RecursionError):
        well = False
    if not well:
        found.say(PACKAGE_PATH, "not_readable", "It is not the description of a package.")
        return None
    found.digests += 1
    if expected != f"sha256:{sha256(raw).hexdigest()}":
        found.say(PACKAGE_PATH, "other_digest", "The description was altered.")
    return description if isinstance(description, dict) else None


def _read(package: zipfile.ZipFile, name: str, found: Verification) -> bytes | None:
    try:
        if package.getinfo(name).file_size > MAX_LIST:
            found.say(name, "too_large", "It is too large to be what its name says.")
            return None
        return package.read(name)
    except KeyError:
        found.say(name, "missing", "The package does not hold it.")
    except zipfile.BadZipFile as error:
        found.say(name, "damaged", f"{error}.")
    return None


def _check_files(package: zipfile.ZipFile, description: dict[str, Any], found: Verification) -> None:
    listed = {resource["path"]: resource for resource in description["resources"]}
    for name in package.namelist():
        if name not in listed and name not in {PACKAGE_PATH, DIGEST_PATH}:
            found.say(name, "not_listed", "The description does not list it.")
    for name, resource in listed.items():
        found.digests += 1
        try:
            digest, size = _digest(package, name)
        except KeyError:
            found.say(name, "missing", "The package does not hold it.")
        except zipfile.BadZipFile as error:
            found.say(name, "damaged", f"{error}.")
        else:
            if (f"sha256:{digest}", size) != (resource["hash"], resource.get("bytes")):
                found.say(name, "other_digest", "It was altered.")


def _digest(package: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = sha256(), 0
    with package.open(name) as stream:
        while piece := stream.read(STEP):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _check_records(package: zipfile.ZipFile, found: Verification) -> dict[int, tuple[int, str, str]]:
    """By offset: length, address and payload digest of each record."""
    records: dict[int, tuple[int, str, str]] = {}
    try:
        with package.open(ARCHIVE_PATH) as stream:
            archive = ArchiveIterator(stream, check_digests=True)
            for record in archive:
                block = record.rec_headers.get_header("WARC-Block-Digest") or ""
                payload = record.rec_headers.get_header("WARC-Payload-Digest") or ""
                offset = archive.get_record_offset()
                while record.raw_stream.read(STEP):
                    pass
                found.records += 1
                found.digests += bool(block) + bool(payload)
                if not block:
                    found.say(f"{ARCHIVE_PATH}:{offset}", "no_digest", "The record has no digest.")
                elif record.digest_checker.passed is not True and record.digest_checker.problems:
                    found.say(f"{ARCHIVE_PATH}:{offset}", "other_digest", "; ".join(record.digest_checker.problems))
                length = archive.get_record_length()
                records[offset] = (length, record.rec_headers.get_header("WARC-Target-URI") or "", payload)
    except (ArchiveLoadFailed, OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        found.say(ARCHIVE_PATH, "not_readable", f"Its records cannot be read on: {type(error).__name__}: {error}"[:300])
    return records


def _check_index(package: zipfile.ZipFile, records: dict[int, tuple[int, str, str]], found: Verification) -> None:
    raw = _read(package, INDEX_PATH, found)
    if raw is None:
        return
    before = b""
    for number, line in enumerate(raw.splitlines(), 1):
        place = f"{INDEX_PATH}:{number}"
        if line < before:
            found.say(place, "order", "The lines are not in order.")
        before = line
        try:
            fields = json.loads(line.split(b" ", 2)[2])
            said = (int(fields["length"]), fields["url"], fields["digest"])
            there = records.get(int(fields["offset"]))
        except (ValueError, KeyError, IndexError, TypeError):
            found.say(place, "not_readable", "It is no line of an index.")
            continue
        if said != there:
            found.say(place, "other_record", "It leads to another record, or to none.")


def _check_captures(package: zipfile.ZipFile, description: dict[str, Any], found: Verification) -> None:
    captures = description.get("captures", [])
    for capture in captures if isinstance(captures, list) else ():
        try:
            place, offset, length = f"capture {capture['id']}", int(capture["offset"]), int(capture["length"])
            expected = capture["sha256"]
        except (KeyError, TypeError, ValueError):
            found.say(PACKAGE_PATH, "not_readable", "It lists a capture that is none.")
            continue
        found.digests += 1
        found.captures.append(capture)
        if _range_digest(package, offset, length) != expected:
            found.say(place, "other_digest", "Its records were altered.")


def _range_digest(package: zipfile.ZipFile, offset: int, length: int) -> str:
    return sha256(b"".join(read_range(package, offset, length))).hexdigest()


def read_range(package: zipfile.ZipFile, offset: int, length: int) -> Iterator[bytes]:
    """Bytes of the archive, from `offset`."""
    try:
        with package.open(ARCHIVE_PATH) as stream:
            stream.seek(max(0, offset), io.SEEK_SET)
            while length > 0 and (piece := stream.read(min(length, STEP))):
                length -= len(piece)
                yield piece
    except zipfile.BadZipFile:
        return  # said before, where the file's own digest was checked


def _check_pages(package: zipfile.ZipFile, description: dict[str, Any], found: Verification) -> None:
    raw = _read(package, PAGES_PATH, found)
    if raw is None:
        return
    try:
        pages = [json.loads(line) for line in raw.splitlines() if line]
        shown = {page["id"]: page["url"] for page in pages[1:]}
        listed = {capture["id"]: capture["url"] for capture in description.get("captures", [])}
    except (ValueError, KeyError, TypeError):
        found.say(PAGES_PATH, "not_readable", "It is no list of pages.")
        return
    if shown != listed:
        found.say(PAGES_PATH, "other_pages", "Its pages are not those the description lists.")

"""One capture out of a package of many: its records byte for byte, in a package of its own, without the others."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator

from cautery.core.errors import NotFound, TamperFound
from cautery.core.evidence.capture import CaptureState, Kept
from cautery.core.evidence.cdxj import Line
from cautery.core.evidence.verification import read_range
from cautery.core.evidence.wacz import INDEX_PATH, PACKAGE_PATH, PAGES_PATH, Draft, Package

FULL_PAGE, TEXT, MHTML = "urn:fullPage:", "urn:text:", "urn:mhtml:"


def listed(package: zipfile.ZipFile, capture: str) -> dict[str, Any]:
    """A capture as the package's description lists it; `NotFound` when it does not."""
    for row in json.loads(package.read(PACKAGE_PATH))["captures"]:
        if row["id"] == capture:
            return dict(row)
    raise NotFound(f"The package does not hold capture {capture}.", capture=capture)


def records_of(package: zipfile.ZipFile, row: dict[str, Any]) -> bytes:
    """The records of a capture, checked against their digest."""
    records = b"".join(read_range(package, int(row["offset"]), int(row["length"])))
    if sha256(records).hexdigest() != row["sha256"]:
        raise TamperFound(
            f"The records of capture {row['id']} were altered.", capture=row["id"], reason="altered_records"
        )
    return records


def excerpt(source: Path, capture: str, target: Path, scratch: Path, *, at: datetime, software: str) -> Package:
    """A package of this capture alone; its records have the same digest as in `source`."""
    with zipfile.ZipFile(source) as package:
        row = listed(package, capture)
        records = records_of(package, row)
        title = _title(package, capture)
        lines = list(_lines(package, int(row["offset"]), int(row["length"])))
    draft = Draft(scratch, at, software, info={"description": f"Excerpt of one capture; package of {source.name}"})
    try:
        offset = draft.size
        moved = [_moved(line, offset - int(row["offset"])) for line in lines]
        kept = Kept(
            id=capture,
            url=row["url"],
            at=datetime.fromisoformat(row["at"]),
            state=CaptureState(row["state"]),
            reason=row["reason"] or "",
            title=title,
            offset=offset,
            length=len(records),
            digest=row["sha256"],
            page_digest=row["page_sha256"] or "",
            lines=moved,
            said={},
        )
        draft.add_written(kept, records)
        return draft.finish(target, title=f"Capture of {row['url']}")
    finally:
        draft.close()


def _lines(package: zipfile.ZipFile, offset: int, length: int) -> Iterator[Line]:
    for raw in package.read(INDEX_PATH).splitlines():
        said = json.loads(raw.split(b" ", 2)[2])
        place = int(said["offset"])
        if offset <= place < offset + length:
            stamp = datetime.strptime(f"{raw.split(b' ', 2)[1].decode()}+0000", "%Y%m%d%H%M%S%z")
            yield Line(
                said["url"], stamp, said["mime"], int(said["status"]), said["digest"], place, int(said["length"]), said["filename"]
            )  # fmt: skip


def _moved(line: Line, by: int) -> Line:
    return Line(line.url, line.at, line.mime, line.status, line.digest, line.offset + by, line.length, line.filename)


def _title(package: zipfile.ZipFile, capture: str) -> str:
    for raw in package.read(PAGES_PATH).splitlines()[1:]:
        page = json.loads(raw)
        if page["id"] == capture:
            return str(page["title"])
    return ""


def parts(records: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    """Each record of a capture: its kind, its address, its content (HTTP framing and compression taken off)."""
    for record in ArchiveIterator(records):
        headers = record.rec_headers
        yield (
            headers.get_header("WARC-Type"),
            headers.get_header("WARC-Target-URI") or "",
            record.content_stream().read(),
        )

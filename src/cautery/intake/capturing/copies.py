"""Work with what was kept, never on it: working copies, single parts to look at, and what is handed over. Each is logged first."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from cautery.core.actors import Actor
from cautery.core.errors import NotFound
from cautery.core.evidence.excerpt import FULL_PAGE, MHTML, TEXT, excerpt, listed, parts, records_of
from cautery.core.evidence.wacz import Package as PackageFile
from cautery.core.evidence.wacz import whole
from cautery.custody.actions import Sealer
from cautery.custody.events import Access
from cautery.custody.proofs import prove_entry
from cautery.intake.capturing.actions import note_access
from cautery.intake.capturing.collect import software
from cautery.intake.capturing.store import evidence_store
from cautery.intake.models import Capture, Package

PARTS = {"text": TEXT, "picture": FULL_PAGE, "mhtml": MHTML}
README = """Evidence handed over by {unit}
Prepared for: {to}
On: {at}
Why: {why}

What is in this folder
{files}

How to check it, without us
1. `cautery capture verify FILE.wacz` recomputes every digest in a package. Any reader of WACZ opens it (ReplayWeb.page, for
   one). Each package holds one capture: its records are the very bytes that were kept, of SHA-256 `records` below.
2. Each proof (`*.proof.json`) shows that the custody log committed to these records when they were kept: the row names
   the capture and the SHA-256 of its records, the entry holds the Merkle root of its rows, and the signed checkpoint
   holds the root of the log. `python verify.py FILE.proof.json` (docs/verify.py, Python's standard library alone)
   checks it; docs/evidence.md says what each digest covers.

Captures
{captures}

A capture that is `partial` is not all there; its metadata record says what is missing and why.
Records were made by an automatic system and are handed over unaltered. Nobody signed in anywhere to collect them.
"""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over: the folder, and the files in it with their SHA-256."""

    folder: Path
    files: dict[str, str]
    captures: Sequence[dict[str, Any]]


def view(capture: Capture, part: str, *, why: str, by: Actor, at: datetime) -> bytes:
    """`text`, `picture` or `mhtml` of a capture, to look at. `NotFound` when it has none."""
    note_access([capture.name], Access.VIEW, why=why, by=by, at=at)
    with tempfile.TemporaryDirectory(dir=_working()) as scratch, zipfile.ZipFile(_fetched(capture, scratch)) as package:
        records = records_of(package, listed(package, str(capture.name)))
    for _, url, content in parts(io.BytesIO(records)):
        if url.startswith(PARTS[part]):
            return content
    raise NotFound(f"Capture {capture.name} has no {part}.", capture=str(capture.name), part=part)


def medium(capture: Capture, digest: str, *, why: str, by: Actor, at: datetime) -> bytes:
    """The bytes of an embedded medium of a capture, by its SHA-256, to look at. `NotFound` when it is not in it."""
    note_access([capture.name], Access.VIEW, why=why, by=by, at=at)
    with tempfile.TemporaryDirectory(dir=_working()) as scratch, zipfile.ZipFile(_fetched(capture, scratch)) as package:
        records = records_of(package, listed(package, str(capture.name)))
    for _, _, content in parts(io.BytesIO(records)):
        if sha256(content).hexdigest() == digest:
            return content
    raise NotFound(f"Capture {capture.name} has no such medium.", capture=str(capture.name), sha256=digest)


def copy_out(capture: Capture, target: Path, *, why: str, by: Actor, at: datetime) -> PackageFile:
    """A working copy of one capture, as a package of its own."""
    note_access([capture.name], Access.COPY, why=why, by=by, at=at)
    return _excerpt(capture, target, at)


def copy_package(
    captures: Sequence[Capture], package: PackageFile, target: Path, *, why: str, by: Actor, at: datetime
) -> str:
    """A working copy of a package that was just taken; why it is not in the store yet, where it is not."""
    note_access([capture.name for capture in captures], Access.COPY, why=why, by=by, at=at)
    if package.path.exists():
        with whole(target) as out, package.path.open("rb") as source:
            shutil.copyfileobj(source, out)
        return Package.objects.get(sha256=package.sha256).problem or "not in the store yet"
    evidence_store().fetch(package.sha256, target)
    return ""


def hand_over(captures: Sequence[Capture], folder: Path, *, to: str, why: str, by: Actor, at: datetime) -> HandedOver:
    """Packages, custody proofs and a readme for a court, an authority or an archive. The log says to whom, and why."""
    if not captures:
        raise NotFound("There is nothing to hand over: no capture was kept.")
    note_access([capture.name for capture in captures], Access.SEND, to=to, why=why, by=by, at=at)
    Sealer().seal(at)
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    rows = []
    for capture in captures:
        made = _excerpt(capture, folder / f"{capture.name}.wacz", at)
        files[made.path.name] = made.sha256
        proof = json.dumps(prove_entry(capture.entry_id or 0, capture.row), indent=1).encode()
        with whole(folder / f"{capture.name}.proof.json") as out:
            out.write(proof)
        files[f"{capture.name}.proof.json"] = sha256(proof).hexdigest()
        rows.append({"id": str(capture.name), "url": capture.url, "state": capture.state, "records": capture.digest})
    said = [f"{r['id']}  {r['state']}\n    {r['url']}\n    records SHA-256 {r['records']}" for r in rows]
    text = README.format(
        unit=by.unit or "this unit",
        to=to,
        at=at.isoformat(),
        why=why,
        files="\n".join(f"{name}\n    SHA-256 {digest}" for name, digest in files.items()),
        captures="\n".join(said),
    )
    with whole(folder / "README.txt") as out:
        out.write(text.encode())
    return HandedOver(folder, files, rows)


def _excerpt(capture: Capture, target: Path, at: datetime) -> PackageFile:
    with tempfile.TemporaryDirectory(dir=_working()) as scratch:
        source = _fetched(capture, scratch)
        return excerpt(source, str(capture.name), target, Path(scratch), at=at, software=software())


def _fetched(capture: Capture, scratch: str) -> Path:
    if capture.package is None or capture.package.kept_at is None:
        raise NotFound(f"Nothing was kept of capture {capture.name}.", capture=str(capture.name), state=capture.state)
    return evidence_store().fetch(capture.package.sha256, Path(scratch) / f"{capture.package.sha256}.wacz")


def _working() -> Path:
    folder = Path(settings.DATA) / "working"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

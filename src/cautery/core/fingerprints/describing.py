"""A file -> one row that says everything about it, for lists and for programs. A file that cannot be read has a row too."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from cautery.core.errors import FileRefused

from .decoders import Decoders
from .exact import exact
from .model import Fingerprint, Stopwatch

DIGESTS = ("md5", "sha1", "sha256")


def describe(path: Path, decoders: Decoders) -> dict[str, Any]:
    """`file`, `size`, `type`, `kind`, `fingerprints`, `facts`, `problems`, `seconds`, and `error` where it was refused.

    A file that cannot be decoded keeps its digests: the same bytes elsewhere are still found.
    """
    started = time.perf_counter()
    row: dict[str, Any] = {"file": str(path), "fingerprints": []}
    try:
        row |= _digested(path)
        reading = decoders.read(path)
        row |= {"kind": reading.type.kind.value, "type": reading.type.mime}
        made = reading.found.as_dict()
        row["fingerprints"] += made["prints"]
        row |= {name: made[name] for name in ("facts", "problems") if made[name]}
    except FileRefused as refused:
        row["error"] = {"reason": refused.reason, "message": refused.message}
    row["seconds"] = round(time.perf_counter() - started, 4)
    return row


def _digested(path: Path) -> dict[str, Any]:
    watch = Stopwatch()
    try:
        with path.open("rb") as stream:
            digests = exact(stream)
    except OSError as error:
        raise FileRefused(f"The file cannot be read: {error.strerror}.", reason="unreadable") from error
    spent = watch.lap()
    prints = [Fingerprint(kind, getattr(digests, kind), "file", ms=spent).as_dict() for kind in DIGESTS]
    return {"size": digests.size, "fingerprints": prints}

"""The mirror: a file outside the register to which every signed checkpoint is appended.

Whoever cuts the tail of the register, or puts an old copy in its place, leaves a mirror that knows more. It lies in the data
folder unless CAUTERY_CHECKPOINTS says where a second party keeps it.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from cautery.core.notes import head_of, split_notes

ORIGINS = "cautery.invalid/"
"""How the name of every log begins."""
TAIL = 4_096
"""Bytes from the end in which the last whole checkpoint is found; one is about 250."""


def last() -> str:
    """The newest checkpoint in the mirror; empty where there is none."""
    file = Path(settings.CHECKPOINTS)
    if not file.exists():
        return ""
    notes = split_notes(_from_the_end(file)[1])
    return notes[-1] if notes else ""


def append(note: str) -> None:
    """Add a checkpoint, on the disk when this returns. What a full disk broke off before is cut away first."""
    file = Path(settings.CHECKPOINTS)
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        start, text = _from_the_end(file)
        whole = "".join(split_notes(text))
        if whole != text and (whole or text.startswith(ORIGINS)):
            os.truncate(file, start + len(whole.encode()))
    with file.open("a", encoding="utf-8") as handle:
        handle.write(note)
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> list[str]:
    """Every checkpoint of a mirror."""
    return split_notes(file.read_text(encoding="utf-8", errors="replace"))


def size_of(note: str) -> int:
    """How many entries a checkpoint covers; 0 for none."""
    return head_of(note).size if note else 0


def _from_the_end(file: Path) -> tuple[int, str]:
    """The end of the file from where a checkpoint begins: its offset, and the text from there."""
    with file.open("rb") as handle:
        length = handle.seek(0, os.SEEK_END)
        start = max(0, length - TAIL)
        handle.seek(start)
        raw = handle.read()
    if start:
        cut = raw.find(f"\n{ORIGINS}".encode()) + 1
        start, raw = start + cut, raw[cut:]
    return start, raw.decode("utf-8", errors="replace")

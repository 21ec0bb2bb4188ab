"""Bytes to lines, whatever the bytes are: one bad line costs one line."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cautery.core.errors import FileRefused, RowRefused

MAX_LINE = 1 << 20
"""Bytes of the longest line that is read; of a longer one only the beginning is kept, and it is refused."""
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with its number from 1; `refused` when it is not text."""

    number: int
    text: str
    refused: RowRefused | None = None


def open_list(path: Path) -> BinaryIO:
    """Open a regular, non-empty file; `FileRefused` says what else it is (a directory, a FIFO, not there, empty)."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise FileRefused(f"{path}: {os.strerror(error.errno or 2)}.", reason="unreadable", file=str(path)) from error
    if not stat.S_ISREG(mode):
        what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
        raise FileRefused(f"{path} is {what}.", reason="not_a_file", file=str(path))
    if path.stat().st_size == 0:
        raise FileRefused(f"{path} is empty.", reason="empty", file=str(path))
    try:
        return path.open("rb")
    except OSError as error:
        raise FileRefused(f"{path}: {os.strerror(error.errno or 13)}.", reason="unreadable", file=str(path)) from error


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of `stream` in UTF-8 (or UTF-16 when it begins with its mark), without their ends."""
    start = stream.read(3)
    encoding, skip = next(((name, len(bom)) for bom, name in BOMS if start.startswith(bom)), ("utf-8", 0))
    stream.seek(skip)
    end = "\n".encode(encoding)
    number = 0
    while raw := _line(stream, end):
        number += 1
        yield _decode(number, raw, encoding)


def _line(stream: BinaryIO, end: bytes) -> bytes:
    """One line with its end; of one longer than MAX_LINE only the beginning (the rest is read past, never held)."""
    raw = stream.readline(MAX_LINE + 1)
    if len(end) == 2 and raw.endswith(b"\n"):
        raw += _rest_of_wide_line(stream, raw, end)
    if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
        while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass
    return raw


def _rest_of_wide_line(stream: BinaryIO, raw: bytes, end: bytes) -> bytes:
    """In UTF-16 the byte 0x0A also ends half of other characters: read on to a whole line end."""
    rest = b""
    whole = raw
    while len(whole) <= MAX_LINE and not (len(whole) % 2 == 0 and whole.endswith(end)):
        more = stream.read(1) if len(whole) % 2 else stream.readline(MAX_LINE)
        if not more:
            break
        rest += more
        whole = raw + rest
    return rest


def _decode(number: int, raw: bytes, encoding: str) -> Line:
    if len(raw) > MAX_LINE:
        message = f"Line {number} is longer than {MAX_LINE} bytes."
        return Line(
            number, raw[:200].decode("utf-8", "replace"), RowRefused(message, reason="line_too_long", line=number)
        )
    try:
        text = raw.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError as error:
        message = f"Line {number} is not {encoding} (byte {error.start + 1})."
        return Line(number, raw[:200].decode("utf-8", "replace"), RowRefused(message, reason="not_utf8", line=number))
    if "\0" in text:
        return Line(number, text[:200], RowRefused(f"Line {number} holds a NUL byte.", reason="nul_byte", line=number))
    return Line(number, text)

"""A file of any kind -> everything found in it. The type is decided by content; each kind has a module with `read`."""

from __future__ import annotations

import io
from importlib import import_module
from typing import BinaryIO

from cautery.core.errors import FileRefused

from .kinds import HEAD, TAIL, FileType, Kind, file_type, hidden_types
from .model import Found, Limits

READERS = {
    Kind.ARCHIVE: f"{__package__}.archive",
    Kind.AUDIO: f"{__package__}.audio",
    Kind.IMAGE: f"{__package__}.image",
    Kind.PDF: f"{__package__}.pdf",
    Kind.TEXT: f"{__package__}.text",
    Kind.VIDEO: f"{__package__}.video",
}
"""Modules read only when such a file comes: the libraries under them are large."""


def read_file(stream: BinaryIO, limits: Limits) -> tuple[FileType, Found]:
    """The type and everything found in a seekable stream; decodes in this process (see `Decoders` for hostile files).

    Refuses with `empty`, `too_large`, `unknown_type`, and as the kind's reader does.
    """
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise FileRefused("The file holds no bytes.", reason="empty")
    if size > limits.file_bytes:
        raise FileRefused(f"The file has more than {limits.file_bytes} bytes.", reason="too_large", size=size)
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(max(0, size - TAIL))
    tail = stream.read(TAIL)
    stream.seek(0)
    kind = file_type(head)
    if kind.kind not in READERS:
        raise FileRefused(f"Nothing here reads files of type {kind.mime}.", reason="unknown_type", mime=kind.mime)
    found: Found = import_module(READERS[kind.kind]).read(stream, limits)
    hidden = hidden_types(head, tail)
    if hidden:
        found.facts["also"] = hidden
    return kind, found.checked()

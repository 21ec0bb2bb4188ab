"""Reads a printed notice back: the machine form attached to a PDF."""

from __future__ import annotations

import zlib
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from cautery.core.errors import FileRefused
from cautery.core.instruments.document import LARGEST

ATTACHED = "notice.json"
LARGEST_PDF = 64 << 20
"""Bytes of a PDF that are read."""

_BROKEN = (
    PdfReadError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError, OverflowError,
    NotImplementedError, zlib.error,
)  # fmt: skip


def machine_form(pdf: bytes) -> bytes:
    """The attached machine form. FileRefused: `too_large`, `not_a_pdf`, `unreadable`, `no_machine_form`."""
    if len(pdf) > LARGEST_PDF:
        raise FileRefused("The file is too large for a notice.", reason="too_large", bytes=len(pdf))
    if b"%PDF-" not in pdf[:1024]:
        raise FileRefused("The file is not a PDF.", reason="not_a_pdf")
    try:
        found = _attached(PdfFileReader(BytesIO(pdf)))
    except _BROKEN as wrong:
        raise FileRefused("The PDF cannot be read.", reason="unreadable") from wrong
    if found is None:
        raise FileRefused("The PDF carries no machine form: it was not made here.", reason="no_machine_form")
    return found


def _attached(reader: PdfFileReader) -> bytes | None:
    for reference in reader.root.get("/AF", ()):
        specification = reference.get_object()
        if str(specification.get("/UF", specification.get("/F", ""))) == ATTACHED:
            stream = specification["/EF"]["/F"]
            if isinstance(stream, generic.StreamObject):
                return _content(stream)
    return None


def _content(stream: generic.StreamObject) -> bytes:
    """What a stream holds, read no further than a notice can be large."""
    encoded = bytes(stream.encoded_data)
    if "/Filter" in stream:
        if str(stream["/Filter"]) != "/FlateDecode":
            raise FileRefused("The attached notice is packed in an unknown way.", reason="unreadable")
        reader = zlib.decompressobj()
        encoded = reader.decompress(encoded, LARGEST)
        if reader.unconsumed_tail:
            raise FileRefused("The attached notice is too large.", reason="too_large")
    return encoded

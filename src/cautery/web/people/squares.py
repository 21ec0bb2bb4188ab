"""A square code (QR) as the path of an SVG, drawn here: a picture service would learn the key."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

BORDER = 4
"""Modules of quiet around the code, as the standard (ISO/IEC 18004) asks."""


@dataclass(frozen=True, slots=True)
class Square:
    """A square code: `size` modules a side with its border, and the path that fills the dark ones."""

    size: int
    path: str


def square(text: str) -> Square:
    """The square code of `text`."""
    code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    code.add_data(text)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    return Square(len(rows), "".join(dark))

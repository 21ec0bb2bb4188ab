"""Keeps to letters that the fonts shipped with Typst hold: PDF/A refuses a document with any other.

What is left out is written as its code point, `[U+6F14]`, so that nothing vanishes and no name stops a report. The page
in HTML shows every script.
"""

from __future__ import annotations

import unicodedata
from typing import Any

_HELD = (
    (0x0020, 0x007E),  # Latin
    (0x00A1, 0x00AC),
    (0x00AE, 0x017F),
    (0x0391, 0x03A1),  # Greek
    (0x03A3, 0x03CE),
    (0x0400, 0x045F),  # Cyrillic
    (0x0490, 0x0491),
    (0x0621, 0x063A),  # Arabic
    (0x0641, 0x064A),
    (0x0660, 0x0669),
    (0x2010, 0x2015),  # dashes and quotation marks
    (0x2018, 0x201E),
    (0x2020, 0x2022),
)
_ALSO = "\n\u00a0\u0386\u0388\u0389\u038a\u038c\u060c\u061b\u061f\u2026\u2030\u2039\u203a\u20ac\u2122\u2212\u2264\u2265"

HELD = frozenset(_ALSO) | {chr(point) for first, last in _HELD for point in range(first, last + 1)}
"""The characters a report in PDF can show."""


def showable(content: Any) -> Any:
    """JSON-like content with every other character in its texts written as its code point."""
    if isinstance(content, str):
        composed = unicodedata.normalize("NFC", content)
        return "".join(letter if letter in HELD else f"[U+{ord(letter):04X}]" for letter in composed)
    if isinstance(content, dict):
        return {key: showable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [showable(value) for value in content]
    return content

"""What the shipped fonts can show: every other letter is written as its code point, so that nothing vanishes.

PDF/A refuses a document with a letter no font has. Letters that steer direction or hide (bidirectional controls, zero-width
marks outside their scripts) are written out too: an address must not look like another.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
_JOINERS = "\u200c\u200d"
_PRIVATE = range(0xE000, 0xF900)


@cache
def held() -> frozenset[str]:
    """The letters that can be shown."""
    ranges = json.loads((FONTS / "coverage.json").read_text())
    points = {point for first, last in ranges for point in range(first, last + 1) if point not in _PRIVATE}
    return frozenset(chr(point) for point in points if unicodedata.category(chr(point)) not in ("Cf", "Cc", "Zl", "Zp"))


def showable(text: str) -> str:
    """A text with what cannot be shown, or would mislead, as `[U+202E]`."""
    letters = held()
    if text.isascii() and text.isprintable():
        return text
    joined = any(letter in _JOINERS for letter in text) and any(_joins(letter) for letter in text)
    allowed = _JOINERS if joined else ""
    return "".join(
        letter if letter in letters or letter == "\n" or letter in allowed else f"[U+{ord(letter):04X}]"
        for letter in text
    )


def _joins(letter: str) -> bool:
    """Whether it is of a script that needs joiners (Arabic, Syriac, the scripts of India, Sinhala)."""
    return "\u0600" <= letter <= "\u07ff" or "\u0900" <= letter <= "\u0dff"


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False

"""The frames of a video as bytes to keep, and as text in lists.

Kept: 37 bytes a frame. In lists: `frame,quality,hash,seconds` as vPDQ prints its hashes, one after the other with white
space or semicolons between them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

from .alignment import Frame

MOST_FRAMES = 3_000
MOST_SECONDS = 1_200.0
"""What of a video is kept and compared: two such tracks cost 75 MB and a second or two to align, whoever made them."""
_KEPT = struct.Struct(">IB32s")
_FIELDS = 4


def pack(track: Sequence[Frame]) -> bytes:
    """A track as bytes, in order of time; what lies beyond `MOST_FRAMES` or `MOST_SECONDS` is left out."""
    inside = sorted(frame for frame in track if 0 <= frame.at <= MOST_SECONDS)[:MOST_FRAMES]
    return b"".join(_KEPT.pack(round(frame.at * 1000), frame.quality, frame.bits) for frame in inside)


def unpack(data: bytes) -> list[Frame]:
    """The reverse of `pack`."""
    return [Frame(at / 1000, bits, quality) for at, quality, bits in _KEPT.iter_unpack(data)]


def listed(text: str) -> list[Frame]:
    """The frames of a list's text; ValueError where one is not `frame,quality,hash,seconds`."""
    frames = []
    for piece in re.split(r"[\s;]+", text.strip(" \t\r\n;")):
        fields = piece.split(",")
        if len(fields) != _FIELDS:
            raise ValueError(f"not frame,quality,hash,seconds: {piece[:40]!r}")
        _, quality, bits, at = fields
        frame = Frame(float(at), bytes.fromhex(bits), int(quality))
        if len(frame.bits) != _KEPT.size - 5 or not 0 <= frame.quality <= 100 or not 0 <= frame.at < float("inf"):
            raise ValueError(f"no frame: {piece[:40]!r}")
        frames.append(frame)
    return frames

"""Whether a PNG holds as many lines as its header says: decoders fill the rest with black and say nothing."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_STEP = 1 << 20


def png_is_short(data: bytes) -> bool:
    """Count the bytes of the packed lines, without keeping them; an interlaced picture is believed."""
    head = data[16:29]
    if len(head) < 13:
        return True
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if interlaced or colour not in _CHANNELS:
        return False
    wanted = height * (1 + (width * depth * _CHANNELS[colour] + 7) // 8)
    unpacker, found = zlib.decompressobj(), 0
    for packed in _packed(data):
        while packed and found < wanted and not unpacker.eof:
            try:
                found += len(unpacker.decompress(packed, _STEP))
            except zlib.error:
                return True
            packed = unpacker.unconsumed_tail
    return bool(found < wanted)


def _packed(data: bytes) -> Iterator[bytes]:
    """The bodies of the IDAT chunks."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            yield data[at + 8 : at + 8 + length]
        at += 12 + length

"""Files made to break decoders, harmless otherwise: bombs, lying headers, truncations, endless nesting."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from .pictures import encoded, picture


def png_claiming(width: int, height: int, rows: int = 1) -> bytes:
    """A PNG whose header promises `height` lines and whose data holds `rows` of them, all zero."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(width + 1)) for _ in range(rows)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _lying_zip() -> bytes:
    """A member that says it holds ten bytes and holds twenty million."""
    data = bytearray(zipped({"a.txt": bytes(20_000_000)}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(data)


def nested_zip() -> bytes:
    data = zipped({"a.txt": b"words " * 200})
    for _ in range(6):
        data = zipped({"inner.zip": data})
    return data


def _jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(picture(1), "JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _gif_claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(picture(1).convert("P"), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    place = data.index(b"\x2c")
    data[place + 5 : place + 9] = struct.pack("<HH", width, height)
    return bytes(data)


def _mp4_claiming() -> bytes:
    """Boxes that say they reach far beyond the end."""
    return struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + struct.pack(">I4s", 0x7FFFFFFF, b"moov") + bytes(200)


_PAGES = b"\n".join(b"%d 0 obj<</Type/Pages/Kids[%d 0 R]/Count 1>>endobj" % (n, n + 1) for n in range(2, 400))
_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + _PAGES + b"\ntrailer<</Root 1 0 R>>\n%%EOF"

HOSTILE: dict[str, tuple[bytes, set[str]]] = {
    "40,000 pixels a side": (png_claiming(40_000, 40_000), {"too_large"}),
    "a long thin picture": (png_claiming(60_000_000, 1), {"too_small", "truncated", "damaged", "memory"}),
    "a PNG with too few lines": (png_claiming(3_000, 3_000), {"truncated", "damaged"}),
    "a JPEG of 65,000 pixels": (_jpeg_claiming(65_000, 65_000), {"too_large"}),
    "a GIF of 60,000 pixels": (_gif_claiming(60_000, 60_000), {"too_large"}),
    "half a JPEG": (encoded(picture(1), "JPEG")[:3000], {"truncated"}),
    "a ZIP bomb": (zipped({"zeros": bytes(60 << 20)}), {"bomb"}),
    "a ZIP that lies about sizes": (_lying_zip(), {"damaged", "bomb"}),
    "an archive of one hostile member": (zipped({"a.png": b""}), {"nothing_found"}),
    "half a ZIP": (zipped({"a.txt": b"words " * 9000})[:-60], {"damaged"}),
    "an MP4 that lies about boxes": (_mp4_claiming(), {"damaged", "truncated", "nothing_found"}),
    "a video of noise": (b"\x1aE\xdf\xa3" + bytes(range(256)) * 8, {"damaged", "truncated", "nothing_found"}),
    "a playlist that names a file": (
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n\0", {"unknown_type"},
    ),
    "a PDF of pages in pages": (_PDF, {"damaged", "nothing_found", "crashed"}),
    "half a PDF": (b"%PDF-1.7\n1 0 obj<</Type/Catalog", {"damaged"}),
    "a program": (b"\x7fELF" + bytes(4000), {"unknown_type"}),
    "PostScript": (b"%!PS-Adobe-3.0\nwhile {} loop\n" + b"\0", {"unknown_type"}),
    "zeros": (bytes(5000), {"unknown_type"}),
    "a text of signs": (b"?!... ---\n" * 50, {"nothing_found"}),
}  # fmt: skip

"""What a file is, by its first bytes; names and headers of servers are not asked."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import StrEnum

HEAD = 4096
"""Bytes from the start that are looked at."""
TAIL = 1 << 16
"""Bytes from the end in which a second format is looked for."""


class Kind(StrEnum):
    """What reads it. OTHER is known by name but nothing here reads it."""

    ARCHIVE = "archive"
    AUDIO = "audio"
    IMAGE = "image"
    OTHER = "other"
    PDF = "pdf"
    TEXT = "text"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind, its media type, and for moving pictures and sound the name of the container FFmpeg is held to."""

    kind: Kind
    mime: str
    container: str = ""


def _image(name: str) -> FileType:
    return FileType(Kind.IMAGE, f"image/{name}")


def _video(name: str, container: str) -> FileType:
    return FileType(Kind.VIDEO, f"video/{name}", container)


def _audio(name: str, container: str) -> FileType:
    return FileType(Kind.AUDIO, f"audio/{name}", container)


def _other(name: str) -> FileType:
    return FileType(Kind.OTHER, f"application/{name}")


UNKNOWN = _other("octet-stream")
PDF = FileType(Kind.PDF, "application/pdf")
ZIP = FileType(Kind.ARCHIVE, "application/zip")

# (offset, bytes there) -> type; the first that holds. From the formats' own specifications.
_SIGNATURES: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"\xff\xd8\xff", _image("jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", _image("png")),
    (0, b"GIF87a", _image("gif")),
    (0, b"GIF89a", _image("gif")),
    (0, b"II*\0", _image("tiff")),
    (0, b"MM\0*", _image("tiff")),
    (0, b"\0\0\x01\0", _image("x-icon")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", _image("jp2")),
    (0, b"\xff\x4f\xff\x51", _image("jp2")),
    (0, b"qoif", _image("qoi")),
    (0, b"8BPS", _image("vnd.adobe.photoshop")),
    (0, b"%PDF-", PDF),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"FLV\x01", _video("x-flv", "flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _video("x-ms-asf", "asf")),
    (0, b"\0\0\x01\xba", _video("mpeg", "mpeg")),
    (0, b"\0\0\x01\xb3", _video("mpeg", "mpegvideo")),
    (0, b"fLaC", _audio("flac", "flac")),
    (0, b"ID3", _audio("mpeg", "mp3")),
    (0, b"#!AMR", _audio("amr", "amr")),
    (0, b"\x1f\x8b", _other("gzip")),
    (0, b"7z\xbc\xaf\x27\x1c", _other("x-7z-compressed")),
    (0, b"Rar!\x1a\x07", _other("vnd.rar")),
    (0, b"BZh", _other("x-bzip2")),
    (0, b"\xfd7zXZ\0", _other("x-xz")),
    (0, b"\x28\xb5\x2f\xfd", _other("zstd")),
    (0, b"\x7fELF", _other("x-executable")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _other("x-ole-storage")),
    (0, b"%!PS", _other("postscript")),
    (257, b"ustar", _other("x-tar")),
)
_RIFF = {
    b"WEBP": _image("webp"),
    b"AVI ": _video("x-msvideo", "avi"),
    b"WAVE": _audio("wav", "wav"),
}
_STILL_BRANDS = {b"avif": "avif", b"avis": "avif", b"mif1": "avif", b"heic": "heic", b"heix": "heic", b"hevc": "heic"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"F4A "}
_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_NETPBM = {b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"}
_BITMAP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
_TS_PACKET = 188
READABLE = 0.9
"""Share of a text in UTF-16 that must be letters, signs and spaces: MPEG sound begins with the same two bytes."""


def file_type(head: bytes) -> FileType:
    """The type of a file whose first bytes (`HEAD` of them) are `head`; UNKNOWN where nothing fits."""
    for offset, mark, kind in _SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return kind
    return _by_structure(head) or (PDF if b"%PDF-" in head[:1024] else None) or _text(head) or UNKNOWN


def hidden_types(head: bytes, tail: bytes) -> list[str]:
    """Media types of other files this one also is (a polyglot): a ZIP behind it, a PDF within its first bytes."""
    first = file_type(head)
    found = []
    if first.kind is not Kind.ARCHIVE and b"PK\x05\x06" in tail:
        found.append(ZIP.mime)
    if first.kind is not Kind.PDF and first.kind is not Kind.TEXT and b"%PDF-" in head[:1024]:
        found.append(PDF.mime)
    return found


def _by_structure(head: bytes) -> FileType | None:
    """Formats whose mark is more than a few bytes at a fixed place."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _base_media(head)
    if head[4:8] in _ATOMS:
        return _video("quicktime", "mov")
    if head[:4] == b"\x1aE\xdf\xa3":
        return _video("webm" if b"webm" in head[:64] else "x-matroska", "matroska")
    if head[:4] == b"OggS":
        return _video("ogg", "ogg") if b"theora" in head[:512] else _audio("ogg", "ogg")
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return _image("bmp")
    if head[:2] in _NETPBM and head[2:3].isspace():
        return _image("x-portable-anymap")
    if head[:1] == b"G" and head[_TS_PACKET : _TS_PACKET + 1] == b"G" == head[2 * _TS_PACKET : 2 * _TS_PACKET + 1]:
        return _video("mp2t", "mpegts")
    return _marked_text(head) or _bare_audio(head) or _program(head)


def _base_media(head: bytes) -> FileType:
    """ISO base media (MP4 and its kin) by major brand, and by compatible brands for still pictures."""
    length = min(int.from_bytes(head[:4]), len(head), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    if brands[0] in _STILL_BRANDS:
        name = next((_STILL_BRANDS[b] for b in brands if _STILL_BRANDS.get(b) == "heic"), _STILL_BRANDS[brands[0]])
        return _image("avif" if b"avif" in brands else name)
    if brands[0] in _AUDIO_BRANDS:
        return _audio("mp4", "mov")
    return _video("mp4", "mov")


def _bare_audio(head: bytes) -> FileType | None:
    """MPEG audio and AAC frames without a container: eleven or twelve set bits, then fields that must not hold."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return _audio("aac", "aac")
    sane = head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06 and head[2] & 0xF0 != 0xF0
    return _audio("mpeg", "mp3") if sane and head[2] & 0x0C != 0x0C else None


def _program(head: bytes) -> FileType | None:
    if head[:2] == b"MZ" and len(head) > 64:
        return _other("vnd.microsoft.portable-executable")
    return None


_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")


def _marked_text(head: bytes) -> FileType | None:
    """UTF-16 with its byte order mark, whose letters can be read."""
    if head[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return None
    letters = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    read = sum(letter.isprintable() or letter.isspace() for letter in letters)
    return FileType(Kind.TEXT, "text/plain") if read >= READABLE * len(letters) else None


def _text(head: bytes) -> FileType | None:
    """UTF-8 without control characters."""
    if not head or _CONTROLS & set(head):
        return None
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else only the last character is cut by the end of `head`
            return None
    start = head.lstrip()[:15].lower()
    return FileType(Kind.TEXT, "text/html" if start.startswith((b"<!doctype html", b"<html")) else "text/plain")

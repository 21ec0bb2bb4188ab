"""What reading a file gives, and what reading it may cost."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, BinaryIO

from cautery.core.errors import FileRefused


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One fingerprint of a file or of a part of it.

    kind: `pdq`, `chromaprint`, `minhash`, `text` or a digest's name; lists are compared kind by kind
    value: lower-case hexadecimal
    form: how it was made: `original`, `mirrored` ..., `inner` (without uniform borders), `frame`, `page`
    quality: 0 to 100 where the kind has one
    at: seconds into a moving picture or a recording
    part: which page or member, where the file holds several things
    ms: milliseconds its making took, decoding included in the first of a batch
    """

    kind: str
    value: str
    form: str = "original"
    quality: int | None = None
    at: float | None = None
    part: str = ""
    ms: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON: fields that say nothing are left out."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) not in (None, "")}


@dataclass(frozen=True, slots=True)
class Problem:
    """A part that could not be read while the rest could; `reason` as in FileRefused."""

    part: str
    reason: str
    message: str


@dataclass(slots=True)
class Found:
    """What a reader made of a file: fingerprints, facts (words and numbers for people), and parts it had to leave out."""

    prints: list[Fingerprint] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def checked(self) -> Found:
        """Itself; refuses (`nothing_found`) where there is no fingerprint at all: never an empty answer."""
        if not self.prints:
            if self.problems:
                first = self.problems[0]
                raise FileRefused(f"Nothing in the file could be read: {first.message}", reason=first.reason)
            raise FileRefused("Nothing in the file can be fingerprinted.", reason="nothing_found")
        return self

    def absorb(self, other: Found, part: str) -> None:
        """Add what was found in a part."""
        self.prints += [replace(one, part=_below(part, one.part)) for one in other.prints]
        self.problems += [replace(one, part=_below(part, one.part)) for one in other.problems]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        problems = [{"part": one.part, "reason": one.reason, "message": one.message} for one in self.problems]
        return {"prints": [one.as_dict() for one in self.prints], "facts": self.facts, "problems": problems}

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Found:
        """The reverse of `as_dict`."""
        return cls(
            [Fingerprint(**one) for one in made["prints"]],
            dict(made["facts"]),
            [Problem(**one) for one in made["problems"]],
        )


def _below(part: str, inner: str) -> str:
    return f"{part}/{inner}" if inner else part


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Reasons given when it costs more: `too_large`, `bomb`, `too_slow`, `memory`."""

    file_bytes: int = 2 << 30
    picture_bytes: int = 128 << 20
    """Pictures, PDFs and texts: what is decoded in one piece."""
    memory_bytes: int = 1 << 30
    """Address space a child may take beyond what it has once its libraries are loaded."""
    cpu_seconds: int = 120
    wall_seconds: float = 180.0
    pixels: int = 64_000_000
    """About 200 MB while an RGB picture is being decoded."""
    frames: int = 20_000
    """Moving pictures: frames kept; what lies behind is named in the facts as not looked at."""
    pages: int = 60
    members: int = 500
    """Files looked at in an archive."""
    member_bytes: int = 64 << 20
    unpacked_bytes: int = 512 << 20
    """All members of an archive together."""
    depth: int = 2
    """Archives in archives."""
    text_chars: int = 2_000_000


def whole(stream: BinaryIO, most: int) -> bytes:
    """All bytes of a seekable stream, for a kind that is decoded in one piece; refuses (`too_large`) more than `most`."""
    size = stream.seek(0, io.SEEK_END)
    if size > most:
        raise FileRefused(f"A file of this kind may have {most} bytes.", reason="too_large", size=size)
    stream.seek(0)
    return stream.read(size)


class Stopwatch:
    """Milliseconds since the last look."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Milliseconds since it was started or last asked, to the microsecond."""
        now = time.perf_counter()
        spent, self._last = now - self._last, now
        return round(spent * 1000, 3)

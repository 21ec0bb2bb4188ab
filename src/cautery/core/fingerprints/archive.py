"""A ZIP (so also an APK, an e-book, an office document) -> digests and fingerprints of its members, names as facts.

Nothing is unpacked to disk. What a member claims about its size is not believed: reading stops at the limit.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import BinaryIO

from cautery.core.errors import FileRefused

from .exact import exact
from .kinds import HEAD, Kind, file_type
from .model import Fingerprint, Found, Limits, Problem, Stopwatch
from .reading import READERS, read_file

NAMES = 200
"""Names of members that are told."""
RATIO = 1_000
"""A member that is this many times larger unpacked is a bomb: what people pack is at most a hundred times."""
BOMB_BYTES = 16 << 20
"""Below this, a high ratio is a file of zeros."""
MORE_MEMBERS = 100_000

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
)
_APK = {"AndroidManifest.xml", "classes.dex"}


def read(stream: BinaryIO, limits: Limits) -> Found:
    """Digests and fingerprints of the first `limits.members`; refuses with `damaged`, `bomb`, `too_many`, `too_deep`."""
    if limits.depth < 1:
        raise FileRefused("Archives lie in each other too deeply.", reason="too_deep")
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGE as error:
        raise FileRefused(f"The archive cannot be read: {error}", reason="damaged") from error
    with archive:
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        _check(members, limits)
        found = Found(facts=_facts(members))
        left = limits.unpacked_bytes
        for member in members[: limits.members]:
            left -= _read_member(archive, member, found, replace(limits, unpacked_bytes=left, depth=limits.depth - 1))
            if left <= 0:
                raise FileRefused("The archive's members are too large together.", reason="bomb")
        if len(members) > limits.members:
            found.facts["members_left_out"] = len(members) - limits.members
    return found.checked()


def _check(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > MORE_MEMBERS:
        raise FileRefused(f"The archive has {len(members)} members.", reason="too_many")
    for member in members:
        if member.file_size > BOMB_BYTES and member.file_size > RATIO * max(1, member.compress_size):
            raise FileRefused(
                f"The archive is a bomb: {member.file_size} bytes in {member.compress_size}.", reason="bomb"
            )
    claimed = sum(member.file_size for member in members[: limits.members])
    if claimed > limits.unpacked_bytes:
        raise FileRefused(f"The archive's members claim {claimed} bytes.", reason="bomb")


def _facts(members: list[zipfile.ZipInfo]) -> dict[str, object]:
    names = [_name(member) for member in members]
    facts: dict[str, object] = {"members": len(members), "names": names[:NAMES]}
    if set(names) >= _APK:
        facts["format"] = "apk"
    return facts


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name as text; one without a name is told by its place."""
    return member.filename.encode("utf-8", "replace").decode() or f"(nameless, at {member.header_offset})"


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, found: Found, limits: Limits) -> int:
    """Add what one member holds; how many bytes it had. One that cannot be read is named and costs only itself."""
    name = _name(member)
    watch = Stopwatch()
    if member.flag_bits & 1:
        found.problems.append(Problem(name, "encrypted", "The member asks for a password."))
        return 0
    most = min(limits.member_bytes, limits.unpacked_bytes)
    try:
        with archive.open(member) as packed:
            data = packed.read(most + 1)
    except _DAMAGE as error:
        found.problems.append(Problem(name, "damaged", f"The member cannot be unpacked: {error}"))
        return 0
    if len(data) > most:
        found.problems.append(Problem(name, "too_large", f"The member has more than {most} bytes."))
        return len(data)
    if data:
        digests = exact(data)
        for kind in ("md5", "sha1", "sha256"):
            found.prints.append(Fingerprint(kind, getattr(digests, kind), "member", part=name, ms=watch.lap()))
        _read_inside(data, name, found, limits)
    return len(data)


def _read_inside(data: bytes, name: str, found: Found, limits: Limits) -> None:
    if file_type(data[:HEAD]).kind not in READERS.keys() - {Kind.TEXT} and not _worth_reading(data):
        return
    try:
        found.absorb(read_file(io.BytesIO(data), limits)[1], name)
    except FileRefused as refused:
        found.problems.append(Problem(name, refused.reason, refused.message))


def _worth_reading(data: bytes) -> bool:
    """A text with more than a few words: manifests and settings are not what anybody looks for."""
    return file_type(data[:HEAD]).kind is Kind.TEXT and len(data) >= HEAD // 8

"""Two files' fingerprints -> which seconds of the one are seconds of the other, by picture and by sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .alignment import Alignment, Frame, align, covered
from .chromaprint import ITEM_SECONDS, numbers
from .model import Fingerprint
from .sound import align_sound

MOVING = ("frame", "inner_frame")


@dataclass(frozen=True, slots=True)
class Copy:
    """Alignments best first. `share`: how much of the first file's moving picture (or sound) lies in them, 0 to 1."""

    picture: tuple[Alignment, ...]
    sound: tuple[Alignment, ...]
    share: float
    sound_share: float

    def __bool__(self) -> bool:
        return bool(self.picture or self.sound)


def compare(a: Sequence[Fingerprint], b: Sequence[Fingerprint]) -> Copy:
    """What of `a` is in `b`: every track (whole frames, frames without borders) with every other, mirrored too, and the sound."""
    ours, theirs = tracks(a), tracks(b)
    found = [one for mine in ours.values() for other in theirs.values() for one in align(mine, other)]
    picture = _told_once(found)
    length = max((track[-1].at - track[0].at for track in ours.values()), default=0.0)
    sounds = [numbers(one.value) for one in a if one.kind == "chromaprint"]
    others = [numbers(one.value) for one in b if one.kind == "chromaprint"]
    heard = _told_once(one for mine in sounds for other in others for one in align_sound(mine, other))
    sound_length = max((mine.size for mine in sounds), default=0) * ITEM_SECONDS
    return Copy(tuple(picture), tuple(heard), _share(picture, length), _share(heard, sound_length))


def tracks(prints: Iterable[Fingerprint]) -> dict[str, list[Frame]]:
    """The lists of frames among fingerprints, by part and form."""
    found: dict[str, list[Frame]] = {}
    for one in prints:
        if one.kind == "pdq" and one.form in MOVING and one.at is not None:
            name = f"{one.part} {one.form}".strip()
            found.setdefault(name, []).append(Frame(one.at, bytes.fromhex(one.value), one.quality or 0))
    return {name: sorted(track) for name, track in found.items()}


def _told_once(found: Iterable[Alignment]) -> list[Alignment]:
    """Best first; what lies mostly in a better one is left out."""
    told: list[Alignment] = []
    for one in sorted(found, key=lambda one: -one.score):
        together = sum(max(0.0, min(one.end, other.end) - max(one.start, other.start)) for other in told)
        if together <= one.seconds / 2:
            told.append(one)
    return told


def _share(found: Sequence[Alignment], length: float) -> float:
    return round(min(1.0, covered(found) / length), 3) if length > 0 else float(bool(found))

"""Fingerprints by the key of what they are of: pictures by their PDQ, moving pictures by their frames and then in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cautery.core import compare
from cautery.core.fingerprints import Alignment, Frame, align
from cautery.core.fingerprints.alignment import MIRROR
from cautery.core.fingerprints.tracks import unpack
from cautery.core.hashlist import MIN_QUALITY
from cautery.match.asked import Picture

CANDIDATES = 12
"""Moving pictures compared in time with one: those that share the most frames with it."""
FRAME_RADIUS = 39
"""Bits within which a frame proposes a candidate; whether it is a copy is decided by the alignment."""
KEPT = 256
"""Tracks kept unpacked."""


class Near(NamedTuple):
    """Something a picture looks like: its key, the distance in bits, and the form of the picture that came nearest."""

    key: int
    distance: int
    form: str


class Filmed(NamedTuple):
    """A moving picture of which parts are parts of the one asked for; the best alignment first."""

    key: int
    parts: tuple[Alignment, ...]


@dataclass(slots=True)
class Pictures:
    """Hashes of 32 bytes by key; a key may have several."""

    _keys: list[int] = field(default_factory=list)
    _known: int = 0
    _index: compare.HammingIndex | None = None

    def __len__(self) -> int:
        """How many keys there are."""
        return self._known

    def add(self, rows: Iterable[tuple[int, Sequence[bytes]]]) -> None:
        """Take in keys that are new; one without hashes is passed over."""
        hashed = [(key, hashes) for key, hashes in rows if hashes]
        if hashed:
            if self._index is None:
                self._index = compare.HammingIndex()
            self._index.add_many(bits([one for _, hashes in hashed for one in hashes]))
            self._keys += [key for key, hashes in hashed for _ in hashes]
            self._known += len(hashed)

    def near(self, pictures: Sequence[Sequence[Picture]], radius: int = compare.RADIUS) -> list[list[Near]]:
        """For each picture, in all its forms, what is within the radius: each key once, the nearest first."""
        forms = [(at, form, pdq) for at, one in enumerate(pictures) for form, pdq in one]
        found: list[dict[int, Near]] = [{} for _ in pictures]
        if self._index is None or not forms:
            return [[] for _ in pictures]
        hits = self._index.search(bits([pdq for _, _, pdq in forms]), radius)
        for (at, form, _), start, stop in zip(forms, hits.limits[:-1], hits.limits[1:], strict=True):
            best = found[at]
            for id_, distance in zip(hits.ids[start:stop].tolist(), hits.distances[start:stop].tolist(), strict=True):
                key = self._keys[id_]
                if key not in best or distance < best[key].distance:
                    best[key] = Near(key, distance, form)
        return [sorted(best.values(), key=lambda near: (near.distance, near.key)) for best in found]


class Films:
    """Tracks by key. Candidates share a frame within `FRAME_RADIUS`, mirrored or not; those nearest are aligned in time."""

    def __init__(self) -> None:
        self._tracks: dict[int, tuple[bytes, ...]] = {}
        self._owners: list[NDArray[np.int64]] = []
        self._index: compare.HammingIndex | None = None
        self._unpacked = lru_cache(maxsize=KEPT)(unpack)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._tracks)

    def add(self, rows: Iterable[tuple[int, Sequence[bytes]]]) -> None:
        """Take in keys that are new, with their packed tracks."""
        for key, tracks in rows:
            held = tuple(bytes(track) for track in tracks if track)
            frames = [frame.bits for track in held for frame in unpack(track) if frame.quality >= MIN_QUALITY]
            if frames:
                if self._index is None:
                    self._index = compare.HammingIndex()
                self._index.add_many(bits(frames))
                self._tracks[key] = held
                self._owners.append(np.full(len(frames), key, np.int64))

    def like(self, tracks: Sequence[Sequence[Frame]], *, but: int | None = None) -> list[Filmed]:
        """Keys, `but` left out, whose tracks show in part what one of `tracks` shows, the surest first."""
        found = []
        for key in self._candidates(tracks, but):
            theirs = [self._unpacked(track) for track in self._tracks[key]]
            parts = max((align(mine, other) for mine in tracks for other in theirs), key=_score, default=[])
            if parts:
                found.append(Filmed(key, tuple(parts)))
        return sorted(found, key=lambda filmed: (-_score(filmed.parts), filmed.key))

    def _candidates(self, tracks: Sequence[Sequence[Frame]], but: int | None) -> list[int]:
        frames = [frame.bits for track in tracks for frame in track if frame.quality >= MIN_QUALITY]
        if self._index is None or not frames:
            return []
        straight = bits(frames)
        hits = self._index.search(np.concatenate([straight, straight ^ MIRROR]), FRAME_RADIUS)
        if len(self._owners) > 1:
            self._owners = [np.concatenate(self._owners)]
        asking = np.repeat(np.arange(len(hits.limits) - 1), np.diff(hits.limits)) % len(frames)
        shared = np.unique(np.stack([self._owners[0][hits.ids], asking]), axis=1)[0]
        keys, counts = np.unique(shared[shared != but] if but is not None else shared, return_counts=True)
        return [int(key) for key in keys[np.lexsort((keys, -counts))][:CANDIDATES]]


def bits(hashes: Sequence[bytes]) -> NDArray[np.uint8]:
    """Hashes of 32 bytes as uint8[N, 32]."""
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), 32)


def _score(parts: Sequence[Alignment]) -> float:
    return sum(part.score for part in parts)

"""The bank and all that was captured, in memory: what is like a medium, and which media are like each other.

Fingerprints are in a HammingIndex each; what has the same bytes is asked of the register, which has an index for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.db.models import Count, Max, Q, QuerySet
from numpy.typing import NDArray

from cautery.core import compare
from cautery.core.hashlist import MIN_QUALITY
from cautery.ground.rows import chunks
from cautery.identify.models import Media
from cautery.match.models import BankEntry

SOME = 500


class Found(NamedTuple):
    """A bank entry a medium is like: by the same bytes (`exact`), or `perceptual` at so many bits."""

    entry: int
    kind: str
    distance: int


@dataclass(slots=True)
class Fingerprints:
    """Rows with a PDQ, by their keys; grows as rows are added, never reads one twice."""

    rows: QuerySet[BankEntry] | QuerySet[Media]
    _keys: list[int] = field(default_factory=list)
    _index: compare.HammingIndex | None = None
    _last: int = 0

    def __len__(self) -> int:
        return len(self._keys)

    def refresh(self) -> None:
        """Take in the rows that are new."""
        fresh = list(self.rows.filter(pk__gt=self._last).order_by("pk").values_list("pk", "pdq"))
        hashed = [(pk, bytes(pdq)) for pk, pdq in fresh if pdq]
        if fresh:
            self._last = fresh[-1][0]
        if hashed:
            if self._index is None:
                self._index = compare.HammingIndex()
            self._index.add_many(bits([pdq for _, pdq in hashed]))
            self._keys += [pk for pk, _ in hashed]

    def near(self, hashes: Sequence[bytes]) -> list[list[tuple[int, int]]]:
        """For each hash the rows within the radius, as (key, distance), the nearest first."""
        if self._index is None or not hashes:
            return [[] for _ in hashes]
        hits = self._index.search(bits(hashes), compare.RADIUS)
        keys = [self._keys[id_] for id_ in hits.ids.tolist()]
        pairs = list(zip(keys, hits.distances.tolist(), strict=True))
        return [pairs[start:stop] for start, stop in zip(hits.limits[:-1], hits.limits[1:], strict=True)]


class Bank:
    """What is known, and what was captured; brought up to date by `refresh`."""

    def __init__(self) -> None:
        self._entries = Fingerprints(BankEntry.objects.all())
        self._media = Fingerprints(Media.objects.filter(quality__gte=MIN_QUALITY))
        self._stamp: tuple[int, ...] = ()
        self._silent: set[int] = set()
        self._negative: set[int] = set()
        self._valid: dict[int, tuple[datetime | None, datetime | None]] = {}

    def refresh(self) -> None:
        """Take in what was added, quarantined or released since."""
        quarantined = Count("pk", filter=Q(quarantined_at__isnull=False))
        told = BankEntry.objects.aggregate(n=Count("pk"), last=Max("pk"), held=quarantined, freed=Max("released_at"))
        stamp = tuple(told.values())
        if stamp != self._stamp:
            self._entries.refresh()
            self._silent = set(BankEntry.objects.filter(quarantined_at__isnull=False).values_list("pk", flat=True))
            self._negative = set(BankEntry.objects.filter(negative=True).values_list("pk", flat=True))
            timed = BankEntry.objects.filter(Q(valid_from__isnull=False) | Q(valid_until__isnull=False))
            self._valid = {pk: (a, b) for pk, a, b in timed.values_list("pk", "valid_from", "valid_until")}
            self._stamp = stamp
        self._media.refresh()

    @property
    def captured(self) -> int:
        """How many media with a fingerprint there are."""
        return len(self._media)

    def find(self, media: Sequence[Media], now: datetime, *, together: bool = False) -> dict[int, list[Found]]:
        """By medium what may be proposed for it, the same bytes first, then the nearest.

        With `together` they are forms of one thing: a negative entry that one is like silences them all.
        """
        exact: dict[str, list[int]] = defaultdict(list)
        for some in chunks(sorted({m.sha256 for m in media}), SOME):
            for pk, sha in BankEntry.objects.filter(sha256__in=some).order_by("pk").values_list("pk", "sha256"):
                exact[sha].append(pk)
        hashed = hashable(media)
        alike = dict(zip([m.pk for m in hashed], self._entries.near([bytes(m.pdq) for m in hashed]), strict=True))
        if together:
            like_negative = [hit for near in alike.values() for hit in near if hit[0] in self._negative]
            alike = {pk: near + like_negative for pk, near in alike.items()}
        return {m.pk: self._proposed(exact[m.sha256], alike.get(m.pk, []), now) for m in media}

    def captured_like(self, entries: Sequence[BankEntry]) -> set[int]:
        """Media captured so far that have the bytes of one of the entries, or look like one."""
        found: set[int] = set()
        for some in chunks([entry.sha256 for entry in entries if entry.sha256], SOME):
            found.update(Media.objects.filter(sha256__in=some).values_list("pk", flat=True))
        for near in self._media.near([bytes(entry.pdq) for entry in entries if entry.pdq]):
            found.update(medium for medium, _ in near)
        return found

    def alike(self, media: Sequence[Media]) -> list[tuple[int, int]]:
        """Pairs of media that look alike, one of them among `media`."""
        hashed = hashable(media)
        near = self._media.near([bytes(m.pdq) for m in hashed])
        return [(m.pk, other) for m, found in zip(hashed, near, strict=True) for other, _ in found if other != m.pk]

    def _proposed(self, exact: Iterable[int], near: Iterable[tuple[int, int]], now: datetime) -> list[Found]:
        """Nothing where a negative entry has the same bytes; only the same bytes where one looks alike."""
        same = [entry for entry in exact if self._speaks(entry, now)]
        alike = [(entry, distance) for entry, distance in near if self._speaks(entry, now)]
        if self._negative.intersection(same):
            return []
        found = [Found(entry, "exact", 0) for entry in same]
        if self._negative.intersection(entry for entry, _ in alike):
            return found
        return found + [Found(entry, "perceptual", distance) for entry, distance in alike if entry not in same]

    def _speaks(self, entry: int, now: datetime) -> bool:
        """Whether an entry counts now: not in quarantine, and valid."""
        start, end = self._valid.get(entry, (None, None))
        return entry not in self._silent and (start is None or start <= now) and (end is None or now < end)


def hashable(media: Sequence[Media]) -> list[Media]:
    """Those that can be told from others by how they look."""
    return [m for m in media if m.pdq and m.quality >= MIN_QUALITY]


def bits(hashes: Sequence[bytes]) -> NDArray[np.uint8]:
    """Hashes of 32 bytes as uint8[N, 32]."""
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), 32)

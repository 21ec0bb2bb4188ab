"""The bank and all that was captured, in memory: what is like a medium, and which media are like each other.

Fingerprints are in indexes (`indexes.py`); what has the same bytes is asked of the register, which has an index for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from cautery.core.fingerprints import Alignment
from cautery.ground.rows import chunks
from cautery.identify.models import Media
from cautery.match.asked import Asked, asked, pictures_of, turned
from cautery.match.indexes import Filmed, Films, Near, Pictures
from cautery.match.models import BankEntry

SOME = 500
INDEXED = frozenset({"original", "inner"})
"""Forms of captured pictures that are in the index; what is asked for comes in all of them."""

LOOSE = 39
"""Bits within which a turned form that is only guessed proposes a candidate."""


class Found(NamedTuple):
    """A bank entry a medium is like: by the same bytes (`exact`), by its looks (`perceptual`, at so many bits, in which form), or
    as a moving picture (`video`: the seconds that are shared, and their mean distance)."""

    entry: int
    kind: str
    distance: int
    form: str = ""
    parts: tuple[Alignment, ...] = ()


class Bank:
    """What is known, and what was captured; brought up to date by `refresh`."""

    def __init__(self) -> None:
        self._entries, self._known_films = Pictures(), Films()
        self._media, self._films = Pictures(), Films()
        self._last = {"entries": 0, "media": 0}
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
            fresh = self._fresh("entries", BankEntry.objects.only("pk", "pdq", "track"))
            self._entries.add((entry.pk, [bytes(entry.pdq)] if entry.pdq else []) for entry in fresh)
            self._known_films.add((entry.pk, [entry.track]) for entry in fresh)
            self._silent = set(BankEntry.objects.filter(quarantined_at__isnull=False).values_list("pk", flat=True))
            self._negative = set(BankEntry.objects.filter(negative=True).values_list("pk", flat=True))
            timed = BankEntry.objects.filter(Q(valid_from__isnull=False) | Q(valid_until__isnull=False))
            self._valid = {pk: (a, b) for pk, a, b in timed.values_list("pk", "valid_from", "valid_until")}
            self._stamp = stamp
        captured = self._fresh("media", Media.objects.only("pk", "pdq", "quality", "forms", "track", "inner_track"))
        self._media.add((m.pk, [pdq for form, pdq in pictures_of(m) if form in INDEXED]) for m in captured)
        self._films.add((m.pk, [m.track, m.inner_track]) for m in captured)

    @property
    def captured(self) -> int:
        """How many media with a fingerprint there are."""
        return len(self._media) + len(self._films)

    def find(self, things: Sequence[Asked], now: datetime) -> dict[int, list[Found]]:
        """By key what may be proposed for it, the same bytes first, then looks, the nearest first, then moving pictures.

        A negative entry that one form of a thing is like silences the looks of all its forms.
        """
        same = _same_bytes(things)
        near = self._entries.near([one.pictures for one in things])
        return {
            one.key: self._proposed(same[one.key], alike, self._known_films.like(one.tracks), now)
            for one, alike in zip(things, near, strict=True)
        }

    def captured_like(self, entries: Sequence[BankEntry]) -> set[int]:
        """Media captured so far that have the bytes of one of the entries, or may look like one, as it is or turned: for `find`."""
        found: set[int] = set()
        for some in chunks(entries, SOME):
            digests = [{getattr(entry, name) for entry in some} - {""} for name in ("sha256", "sha1", "md5")]
            wanted = Q(sha256__in=digests[0]) | Q(sha1__in=digests[1]) | Q(md5__in=digests[2])
            found.update(Media.objects.filter(wanted).values_list("pk", flat=True))
        pictures = [[("", form) for form in turned(bytes(entry.pdq))] for entry in entries if entry.pdq]
        found.update(near.key for all_ in self._media.near(pictures, LOOSE) for near in all_)
        films = [self._films.like([entry.frames()]) for entry in entries if entry.track]
        return found | {filmed.key for all_ in films for filmed in all_}

    def alike(self, things: Sequence[Asked]) -> list[tuple[int, int]]:
        """Pairs of media that look alike, as pictures or in time; one of them is among `things`."""
        near = self._media.near([one.pictures for one in things])
        pairs = [(one.key, hit.key) for one, hits in zip(things, near, strict=True) for hit in hits]
        pairs += [(one.key, film.key) for one in things for film in self._films.like(one.tracks, but=one.key)]
        return [(one, other) for one, other in pairs if one != other]

    def _fresh(self, what: str, rows: QuerySet[Any]) -> list[Any]:
        """Rows that were not there the last time."""
        fresh = list(rows.filter(pk__gt=self._last[what]).order_by("pk"))
        if fresh:
            self._last[what] = fresh[-1].pk
        return fresh

    def _proposed(
        self, same: Iterable[int], near: Iterable[Near], films: Iterable[Filmed], now: datetime
    ) -> list[Found]:
        """Nothing where a negative entry has the same bytes; only the same bytes where one looks alike."""
        found = [Found(entry, "exact", 0) for entry in same if self._speaks(entry, now)]
        if self._negative.intersection(one.entry for one in found):
            return []
        looks = [Found(hit.key, "perceptual", hit.distance, hit.form) for hit in near]
        looks += [Found(film.key, "video", round(film.parts[0].distance), "", film.parts) for film in films]
        looks = [one for one in looks if self._speaks(one.entry, now)]
        if self._negative.intersection(one.entry for one in looks):
            return found
        taken = {one.entry for one in found}
        return found + [one for one in looks if one.entry not in taken]

    def _speaks(self, entry: int, now: datetime) -> bool:
        """Whether an entry counts now: not in quarantine, and valid."""
        start, end = self._valid.get(entry, (None, None))
        return entry not in self._silent and (start is None or start <= now) and (end is None or now < end)


def media_asked(keys: Iterable[int]) -> list[Asked]:
    """Media by their keys, as the bank is asked for them."""
    return [asked(medium) for some in chunks(sorted(set(keys)), SOME) for medium in Media.objects.filter(pk__in=some)]


def _same_bytes(things: Sequence[Asked]) -> dict[int, list[int]]:
    """By key the entries with the same SHA-256, and those known by SHA-1 or MD5 alone."""
    entries: dict[str, list[int]] = defaultdict(list)
    for some in chunks(things, SOME):
        digests = [{getattr(one, name) for one in some} - {""} for name in ("sha256", "sha1", "md5")]
        wanted = Q(sha256__in=digests[0]) | Q(sha256="", sha1__in=digests[1]) | Q(sha256="", md5__in=digests[2])
        for pk, *known in BankEntry.objects.filter(wanted).order_by("pk").values_list("pk", "sha256", "sha1", "md5"):
            for digest in filter(None, known):
                entries[digest].append(pk)
    return {
        one.key: sorted({pk for digest in (one.sha256, one.sha1, one.md5) for pk in entries.get(digest, ())})
        for one in things
    }

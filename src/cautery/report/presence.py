"""Presence: how many of the items the operation decided to refer were up at each moment, with what could not be told as a band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from cautery.core.availability import DOWN, Verdict
from cautery.identify.models import Capture
from cautery.intake.models import Operation
from cautery.track.models import Probe, Tracking

STEP = timedelta(hours=1)
BEFORE = timedelta(hours=1)
MOST_MOMENTS = 120
"""Moments of the curves of a part; the curve of the whole is hourly."""
MOST_PARTS = 20

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Looks:
    """Decisive looks at items: of item `items[i]` those from `firsts[i]` to before `ends[i]`, in the order of `times` (seconds)."""

    items: Ints
    firsts: Ints
    ends: Ints
    times: Ints
    up: Bools

    def at(self, moment: datetime) -> tuple[Bools, Bools]:
        """Which items were surely up at a moment, and which surely down: the looks on both sides of it say so."""
        seconds = int(moment.timestamp())
        if not self.times.size:
            nothing = np.zeros(self.items.size, np.bool_)
            return nothing, nothing
        reached = np.concatenate(([0], np.cumsum(self.times <= seconds)))
        not_after = reached[self.ends] - reached[self.firsts]
        before = self.firsts + not_after - 1
        last = np.clip(before, 0, self.times.size - 1)
        after = np.where((not_after > 0) & (self.times[last] == seconds), before, before + 1)
        seen = (not_after > 0) & (after < self.ends)
        was, will = self.up[last], self.up[np.clip(after, 0, self.times.size - 1)]
        return seen & was & will, seen & ~was & ~will

    def first_at(self) -> NDArray[np.float64]:
        """When each item was first looked at with a result, in seconds; infinite where it never was."""
        found = np.full(self.items.size, np.inf)
        some = self.ends > self.firsts
        found[some] = self.times[self.firsts[some]]
        return found


def looks_of(followed: QuerySet[Tracking]) -> Looks:
    """The decisive looks of these, by object; objects nobody could look at are there too."""
    decisive = [Verdict.UP, *DOWN]
    rows = list(
        Capture.objects.filter(episode__tracking__in=followed, verdict__in=decisive).values_list(
            object_of("episode__item"), "at", "verdict"
        )
    )
    rows += Probe.objects.filter(tracking__in=followed, verdict__in=decisive).values_list(
        object_of("tracking__item"), "at", "verdict"
    )
    owners = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    times = np.fromiter((int(row[1].timestamp()) for row in rows), np.int64, len(rows))
    up = np.fromiter((row[2] == Verdict.UP for row in rows), np.bool_, len(rows))
    order = np.lexsort((times, owners))
    every = followed.values_list(object_of("item"), flat=True).distinct()
    items = np.unique(np.fromiter(every.iterator(), np.int64))
    firsts = np.searchsorted(owners[order], items, side="left")
    ends = np.searchsorted(owners[order], items, side="right")
    return Looks(items, firsts.astype(np.int64), ends.astype(np.int64), times[order], up[order])


def followed_of(operation: Operation) -> QuerySet[Tracking]:
    """What the operation follows."""
    return Tracking.objects.filter(episode__operation=operation)


def presence(operation: Operation, now: datetime) -> dict[str, Any]:
    """Before (at T0), after (now) and an hourly series between; each {at, up, unknown}.

    An item is up at a moment when the looks on both sides of it saw it up, down likewise; at every other moment -
    between an up and a down, before the first look, after the last - it is unknown.
    """
    return curve(looks_of(followed_of(operation)), operation.t0 or operation.starts_at, now)


def curve(looks: Looks, start: datetime, now: datetime) -> dict[str, Any]:
    """The band from an hour before `start` to `now`."""
    series = [_counted(looks, moment) for moment in moments(start, now)]
    return {"before": _counted(looks, start), "after": series[-1], "series": series}


def moments(start: datetime, now: datetime, most: int | None = None) -> list[datetime]:
    """Every hour from an hour before `start`, and `now`; at wider steps where there would be more than `most`."""
    hours = max(int((now - start + BEFORE) / STEP), 0)
    wide = max(1, -(-hours // most)) if most else 1
    found = [start - BEFORE + STEP * n for n in range(0, hours + 1, wide) if start - BEFORE + STEP * n <= now]
    return found if found and found[-1] == now else [*found, now]


def by_part(
    looks: Looks, parts: Mapping[str, Mapping[int, Sequence[str]]], start: datetime, now: datetime
) -> dict[str, Any]:
    """The band of each part: `parts` maps a division (`by_kind`) to the words of each object; one object may have several.

    {at: [...], by_kind: {word: {items, up: [...], unknown: [...]}}}, the largest `MOST_PARTS` of each division.
    """
    when = moments(start, now, MOST_MOMENTS)
    states = [looks.at(moment) for moment in when]
    found: dict[str, Any] = {"at": [moment.isoformat() for moment in when]}
    for name, words in parts.items():
        found[name] = {word: _band(mask, states) for word, mask in _masks(looks.items, words)}
    return found


def _masks(items: Ints, words: Mapping[int, Sequence[str]]) -> list[tuple[str, Bools]]:
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items.tolist()):
        for word in words.get(item, ()):
            places.setdefault(word, []).append(place)
    largest = sorted(places, key=lambda word: (-len(places[word]), word))[:MOST_PARTS]
    return [(word, _mask(items.size, places[word])) for word in largest]


def _mask(size: int, places: Iterable[int]) -> Bools:
    mask = np.zeros(size, np.bool_)
    mask[list(places)] = True
    return mask


def _band(mask: Bools, states: Sequence[tuple[Bools, Bools]]) -> dict[str, Any]:
    return {
        "items": int(mask.sum()),
        "up": [int((up & mask).sum()) for up, _ in states],
        "unknown": [int((~up & ~down & mask).sum()) for up, down in states],
    }


def object_of(item: str) -> Coalesce:
    """The key of the item that stands for the object, from the path to an item."""
    return Coalesce(f"{item}__merged_into_id", f"{item}_id")


def _counted(looks: Looks, moment: datetime) -> dict[str, Any]:
    up, down = looks.at(moment)
    return {"at": moment.isoformat(), "up": int(up.sum()), "unknown": int((~up & ~down).sum())}

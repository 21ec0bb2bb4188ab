"""Presence: how many of the items the operation decided to refer were up at each moment, with what could not be told as a band."""

from __future__ import annotations

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

Ints = NDArray[np.int64]


def presence(operation: Operation, now: datetime) -> dict[str, Any]:
    """Before (at T0), after (now) and an hourly series between; each {at, up, unknown}.

    An item is up at a moment when the looks on both sides of it saw it up, down likewise; at every other moment -
    between an up and a down, before the first look, after the last - it is unknown.
    """
    start = operation.t0 or operation.starts_at
    moments = [start - BEFORE + STEP * n for n in range(int((now - start + BEFORE) / STEP) + 1)]
    if not moments or moments[-1] != now:
        moments.append(now)
    followed = Tracking.objects.filter(episode__operation=operation)
    table = _looks(followed)
    never = followed.values(root=object_of("item")).distinct().count() - int(np.unique(table[0]).size)
    series = [_at(moment, never, *table) for moment in moments]
    return {"before": _at(start, never, *table), "after": series[-1], "series": series}


def object_of(item: str) -> Coalesce:
    """The key of the item that stands for the object, from the path to an item."""
    return Coalesce(f"{item}__merged_into_id", f"{item}_id")


def _looks(followed: QuerySet[Tracking]) -> tuple[Ints, Ints, Ints]:
    """Decisive looks at items, sorted by item and time: item int64[n], seconds int64[n], up 0/1 int64[n]."""
    decisive = [Verdict.UP, *DOWN]
    rows = list(
        Capture.objects.filter(episode__tracking__in=followed, verdict__in=decisive).values_list(
            object_of("episode__item"), "at", "verdict"
        )
    )
    rows += Probe.objects.filter(tracking__in=followed, verdict__in=decisive).values_list(
        object_of("tracking__item"), "at", "verdict"
    )
    items = np.array([row[0] for row in rows], dtype=np.int64)
    times = np.array([int(row[1].timestamp()) for row in rows], dtype=np.int64)
    up = np.array([row[2] == Verdict.UP for row in rows], dtype=np.int64)
    order = np.lexsort((times, items))
    return items[order], times[order], up[order]


def _at(moment: datetime, never: int, items: Ints, times: Ints, up: Ints) -> dict[str, Any]:
    """Count at one moment: the last look at or before it and the first at or after it, for each item; `never` had no look that told."""
    seconds = int(moment.timestamp())
    firsts = np.flatnonzero(np.diff(items, prepend=-1))
    ends = np.append(firsts[1:], items.size)
    not_after = np.add.reduceat((times <= seconds).astype(np.int64), firsts) if items.size else np.zeros(0, np.int64)
    before = firsts + not_after - 1
    exact = (not_after > 0) & (times[np.maximum(before, 0)] == seconds)
    after = np.where(exact, before, before + 1)
    seen = (not_after > 0) & (after < ends)
    was = up[np.where(seen, before, 0)] if items.size else up
    will = up[np.where(seen, after, 0)] if items.size else up
    surely_up = seen & (was == 1) & (will == 1)
    surely_down = seen & (was == 0) & (will == 0)
    return {
        "at": moment.isoformat(),
        "up": int(surely_up.sum()),
        "unknown": never + int((~surely_up & ~surely_down).sum()),
    }

"""How often what was removed came back: mean cumulative function of confirmed returns for each removed object."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cautery.core.effect import mean_cumulative, spells
from cautery.report.measures.cases import Case, grouped
from cautery.report.measures.figure import DAY, absent, figure
from cautery.watch.models import Sighting

MOMENTS = (("by_24h", DAY), ("by_72h", 3 * DAY))
LEAST = 5
"""Removed objects below which no rate of returns is stated."""


def returns(
    rows: Sequence[Case], sightings: Sequence[Sighting], roots: Mapping[int, int], now: datetime
) -> dict[str, Any]:
    """Expected returns an object 24 and 72 hours after it was first seen down, in all and at each provider.

    A return counts for the object it succeeds; one whose predecessor nobody knows is in `unattributed`. Each object is observed
    from when it was first seen down until `now`.
    """
    moments: dict[int, list[datetime]] = {}
    for sighting in sightings:
        before = sighting.predecessor_id or (sighting.item_id if sighting.way == "same_place" else None)
        if before is not None:
            moments.setdefault(roots.get(before, before), []).append(sighting.at)
    gone = _first_down(rows)
    found = {
        "unattributed": len(sightings) - sum(len(moments[item]) for item in moments if item in gone),
        **_rates(gone, moments, now),
    }
    by = grouped(rows, lambda case: case.provider)
    return found | {"by_provider": {name: _rates(_first_down(own), moments, now) for name, own in by.items()}}


def _first_down(rows: Sequence[Case]) -> dict[int, float]:
    """When each object was first seen down, in seconds since the epoch."""
    gone: dict[int, float] = {}
    for case in rows:
        if case.received is not None and math.isfinite(case.down):
            at = case.received.timestamp() + case.down
            gone[case.item] = min(at, gone.get(case.item, at))
    return gone


def _rates(gone: Mapping[int, float], moments: Mapping[int, Sequence[datetime]], now: datetime) -> dict[str, Any]:
    if len(gone) < LEAST:
        return {key: absent("returns an object", f"fewer than {LEAST} were seen down", len(gone)) for key, _ in MOMENTS}
    times, events, subjects = [], [], []
    for item, since in gone.items():
        ends = [moment.timestamp() - since for moment in moments.get(item, ()) if moment.timestamp() > since]
        for at in ends:
            times.append(at)
            events.append(1)
            subjects.append(item)
        times.append(max(now.timestamp() - since, max(ends, default=0.0)))
        events.append(0)
        subjects.append(item)
    start, stop, happened, kept = spells(times, events, subjects)
    curve = mean_cumulative(start, stop, happened, [subjects[place] for place in kept])
    longest = max(times)
    return {
        key: figure(curve.at(moment), "returns an object")
        if longest >= moment
        else absent("returns an object", "nothing was followed for so long", len(gone))
        for key, moment in MOMENTS
    }

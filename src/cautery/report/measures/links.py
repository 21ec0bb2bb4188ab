"""Where pages still up point to, before and after T0: shares of out-links by destination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Any

from cautery.core.effect import displacement
from cautery.intake.models import Operation
from cautery.report.measures.figure import figure
from cautery.track.models import OutLink
from cautery.watch.closed import closed_to_view

LEAST = 20
"""Out-links on each side below which no shift is stated."""
MOST = 20


def displaced(operation: Operation) -> dict[str, Any]:
    """Links first seen before T0 and after it, by the provider they lead to; the largest changes of share first."""
    seen: list[Counter[Hashable]] = [Counter(), Counter()]
    rows = OutLink.objects.filter(item__episodes__operation=operation).distinct()
    for identity, at in rows.values_list("identity", "first_seen_at"):
        seen[operation.t0 is not None and at >= operation.t0][identity.partition(":")[0]] += 1
    before, after = seen
    counts = {"links_before": before.total(), "links_after": after.total()}
    if operation.t0 is None or min(before.total(), after.total()) < LEAST:
        why = f"it takes {LEAST} out-links first seen before T0 and {LEAST} after"
        return {**counts, "by_destination": {}, "reason": why}
    closed = closed_to_view()
    shifts = sorted(displacement({**before}, {**after}), key=lambda one: -abs(one.change.value or 0.0))[:MOST]
    return {
        **counts,
        "reason": None,
        "by_destination": {
            closed.say(str(one.destination)): {
                "before": figure(one.before, "share"),
                "after": figure(one.after, "share"),
                "change": figure(one.change, "share"),
            }
            for one in shifts
        },
    }

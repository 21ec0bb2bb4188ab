"""Before and after T0: an interrupted time series and a counterfactual of how many were online, or why there is neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cautery.core.effect import Estimate
from cautery.core.effect.interrupted import Counterfactual, counterfactual, segmented
from cautery.report.measures.figure import absent, figure, hull
from cautery.report.presence import Looks

STEP = timedelta(hours=1)
LEAST_STEPS = 12
MOST_STEPS = 96
LEAST_ITEMS = 20
MOST_UNKNOWN = 0.1
"""Share of the cohort whose state may be unknown before T0, on average: more, and the line before is a line of our looking."""


def before_and_after(looks: Looks, t0: datetime | None, now: datetime) -> dict[str, Any]:
    """Change of the number online at T0 in a cohort of items, those already seen at the start of the window, hour by hour.

    Items that come under observation later would make the line before rise by our finding them; so they are left out. Both
    are fitted to the lower and the upper edge of the band of unknowns, and the intervals hold both.
    """
    if t0 is None:
        return _none("the operation has no T0")
    start = _start(looks, t0)
    before, after = int((t0 - start) / STEP), int((now - t0) / STEP)
    if min(before, after) < LEAST_STEPS:
        return _none(
            f"it takes {LEAST_STEPS} hours before T0 and after; there were {max(before, 0)} and {max(after, 0)}"
        )
    moments = [t0 + STEP * n for n in range(-before, min(after, MOST_STEPS))]
    cohort = looks.first_at() <= start.timestamp()
    if int(cohort.sum()) < LEAST_ITEMS:
        return _none(f"fewer than {LEAST_ITEMS} items had been seen by then")
    lower, upper = _edges(looks, cohort, moments)
    unsure = float((upper - lower)[:before].mean() / cohort.sum())
    if unsure > MOST_UNKNOWN:
        return _none(f"before T0 the state of {unsure:.0%} of the cohort was unknown, more than {MOST_UNKNOWN:.0%}")
    return {"items": int(cohort.sum()), "hours_before": before, "reason": None, **_fitted(lower, upper, before)}


def _none(reason: str) -> dict[str, Any]:
    names = {"level": "items", "slope": "items an hour", "average": "items"}
    return {
        "items": 0,
        "hours_before": 0,
        "reason": reason,
        **{name: absent(unit, reason) for name, unit in names.items()},
    }


def _start(looks: Looks, t0: datetime) -> datetime:
    """The hour by which half of what was seen before T0 had been seen, at most `MOST_STEPS` before it."""
    firsts = looks.first_at()
    early = firsts[firsts < t0.timestamp()]
    if early.size == 0:
        return t0
    hours = int((t0.timestamp() - float(np.median(early))) / STEP.total_seconds())
    return t0 - STEP * min(hours, MOST_STEPS)


def _edges(looks: Looks, cohort: Any, moments: Sequence[datetime]) -> tuple[Any, Any]:
    states = [looks.at(moment) for moment in moments]
    lower = np.array([float((up & cohort).sum()) for up, _ in states])
    upper = np.array([float((~down & cohort).sum()) for _, down in states])
    return lower, upper


def _fitted(lower: Any, upper: Any, moment: int) -> Mapping[str, Any]:
    edges = ((lower + upper) / 2, lower, upper)
    lines = [segmented(edge, moment) for edge in edges]
    futures: list[Counterfactual] = [counterfactual(edge, moment) for edge in edges]
    averages: list[Estimate] = [one.average for one in futures]
    return {
        "level": figure(hull([one.level for one in lines]), "items"),
        "slope": figure(hull([one.slope for one in lines]), "items an hour"),
        "average": figure(hull(averages), "items"),
    }

"""report.json: everything an operation amounts to, each figure with its unit and definition."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from statistics import median
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.effect import Estimate, quantile_interval, share_interval
from cautery.core.lifecycle import Outcome
from cautery.custody.queries import verify
from cautery.intake.models import Operation
from cautery.report import queries
from cautery.report.definitions import DEFINITIONS
from cautery.report.presence import presence
from cautery.track.models import Tracking
from cautery.watch.models import Sighting

HOUR, DAY = 3_600.0, 86_400.0


def build(operation: Operation, *, run: Mapping[str, Any], by: Actor, at: datetime) -> dict[str, Any]:
    """The report as of `at`. `run` says how it was run (wall seconds, peak memory, seed, version)."""
    by.require(Permission.REPORT_OPERATION_READ)
    followed = queries.trackings(operation)
    checked = verify()
    return {
        "schema": 1,
        "operation": {
            "slug": operation.slug,
            "name": operation.name,
            "started_at": operation.starts_at.isoformat(),
            "t0": operation.t0.isoformat() if operation.t0 else None,
            "ended_at": at.isoformat(),
        },
        "generated_at": at.isoformat(),
        "run": dict(run),
        "flags": queries.flags(operation),
        "items": queries.items(operation),
        "matches": queries.matches(operation),
        "decisions": queries.decisions(operation),
        "notices": queries.notices(operation),
        "outcomes": queries.outcomes(followed),
        "removal_time": _removal_times(followed),
        "presence": presence(operation, at),
        "reemergence": _reemergence(queries.sightings(operation)),
        "deconfliction": queries.deconfliction(operation),
        "custody": {"entries": checked.entries, "head": checked.head, "verified": checked.sealed == checked.entries},
        "definitions": {name: {"unit": unit, "definition": text} for name, (unit, text) in DEFINITIONS.items()},
    }


def _removal_times(followed: Sequence[Tracking]) -> dict[str, Any]:
    """In all and by provider."""
    by_provider: dict[str, list[Tracking]] = {}
    for tracking in followed:
        by_provider.setdefault(queries.provider_of(tracking), []).append(tracking)
    return {**_speed(followed), "by_provider": {slug: _speed(rows) for slug, rows in sorted(by_provider.items())}}


def _speed(followed: Sequence[Tracking]) -> dict[str, Any]:
    spans = [_span(tracking) for tracking in followed if tracking.referred_at is not None]
    left, right = [low for low, _ in spans], [high for _, high in spans]
    return {
        "median_s": _estimate(quantile_interval(left, right, 0.5), "s"),
        "p90_s": _estimate(quantile_interval(left, right, 0.9), "s"),
        "share_1h": _estimate(share_interval(left, right, HOUR), "share"),
        "share_24h": _estimate(share_interval(left, right, DAY), "share"),
    }


def _span(tracking: Tracking) -> tuple[float, float]:
    """Between which two looks the provider removed it, in seconds from receipt: (last seen up, first seen down], or never seen down."""
    received = tracking.referred_at or tracking.last_up_at
    up = tracking.last_up_at or received
    low = max(0.0, (up - received).total_seconds()) if up and received else 0.0
    if queries.outcome_of(tracking) is not Outcome.REMOVED or tracking.first_down_at is None or received is None:
        return low, math.inf
    return low, max(low, (tracking.first_down_at - received).total_seconds())


def _estimate(found: Estimate, unit: str) -> dict[str, Any]:
    values = asdict(found)
    rounded = {name: _finite(values[name]) for name in ("value", "low", "high")}
    return {**rounded, "unit": unit, "n": found.n, "method": found.method, "level": found.level, "reason": found.reason}


def _finite(value: float | None) -> float | None:
    return round(value, 4) if value is not None and math.isfinite(value) else None


def _reemergence(sightings: Sequence[Sighting]) -> dict[str, Any]:
    """Returns seen and confirmed; how long after the last look that would have shown them."""
    gaps = sorted((s.at - s.looked_before_at).total_seconds() for s in sightings if s.looked_before_at is not None)
    return {
        "returned_seen": len(sightings),
        "by_way": dict(sorted(Counter(s.way for s in sightings).items())),
        "median_detection_s": {
            "value": round(median(gaps), 1) if gaps else None,
            "low": 0.0 if gaps else None,
            "high": round(median(gaps), 1) if gaps else None,
            "unit": "s",
            "n": len(gaps),
            "method": "upper bound: time from the last look without it to the look that showed it",
        },
    }

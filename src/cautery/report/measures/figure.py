"""An estimate as report.json holds it: value, interval, unit, how many it rests on, how it was made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cautery.core.effect import LEVEL, Estimate, Inspected

HOUR, DAY = 3_600.0, 86_400.0


def figure(found: Estimate, unit: str) -> dict[str, Any]:
    """An estimate with its unit; what is infinite or was not estimable is None."""
    return {
        "value": _finite(found.value),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "unit": unit,
        "n": found.n,
        "method": found.method,
        "level": found.level,
        "reason": found.reason,
    }


def absent(unit: str, reason: str, n: int = 0) -> dict[str, Any]:
    """The place of a figure that the data do not carry, with the reason."""
    return figure(Estimate(None, None, None, n, "", LEVEL, reason), unit)


def speed(spans: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Median, nine in ten, within an hour and a day, of spans (last seen up, first seen down] in seconds; one fit for all."""
    cases = Inspected([low for low, _ in spans], [high for _, high in spans])
    return {
        "median_s": figure(cases.median(), "s"),
        "p90_s": figure(cases.quantile(0.9), "s"),
        "share_1h": figure(cases.share(HOUR), "share"),
        "share_24h": figure(cases.share(DAY), "share"),
    }


def hull(parts: Sequence[Estimate]) -> Estimate:
    """The first of `parts` with an interval that holds those of all: for figures whose moments lie between two looks."""
    lows, highs = [p.low for p in parts], [p.high for p in parts]
    low = None if any(end is None for end in lows) else min(end for end in lows if end is not None)
    high = None if any(end is None for end in highs) else max(end for end in highs if end is not None)
    first = parts[0]
    return Estimate(first.value, low, high, first.n, first.method, first.level, first.reason)


def _finite(value: float | None) -> float | None:
    return round(value, 4) if value is not None and math.isfinite(value) else None

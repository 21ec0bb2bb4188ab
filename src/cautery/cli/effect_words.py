"""Figures as JSON and as words, the same for every estimator."""

from __future__ import annotations

import math
from typing import Any

from cautery.core.effect import Estimate


def plain(found: Estimate) -> dict[str, Any]:
    """An estimate as JSON has it: what is not finite is null."""
    return {
        "value": finite(found.value),
        "low": finite(found.low),
        "high": finite(found.high),
        "n": found.n,
        "method": found.method,
        "level": found.level,
        "reason": found.reason,
    }


def finite(value: float | None) -> float | None:
    """A number JSON can hold, else None."""
    return float(value) if value is not None and math.isfinite(value) else None


def shown(found: dict[str, Any], digits: int = 4) -> str:
    """`0.42 (0.36 to 0.48)`; where there is no figure, why."""
    if found["value"] is None:
        return f"not to be said: {found['reason'] or 'too little was seen'}"
    return f"{found['value']:.{digits}g} ({_side(found['low'], digits)} to {_side(found['high'], digits)})"


def _side(value: float | None, digits: int) -> str:
    return "no limit" if value is None else f"{value:.{digits}g}"

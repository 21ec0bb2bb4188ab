"""A figure with its uncertainty, and the simplest of them: a share of counted things."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95


class Bounds(NamedTuple):
    """Two ends the data cannot tell apart; equal where they can."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval at `level`; None is "not estimable", and `reason` then says why.

    `high` alone is None where the data set no upper limit. `n` is how many observations it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    level: float = LEVEL
    reason: str | None = None


def deviate(level: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(successes: float, trials: int, level: float = LEVEL) -> Estimate:
    """A share, 0 to 1, with Wilson's score interval (1927), which holds near 0 and 1 where the plain one does not."""
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is not a share")
    method = "Wilson score interval"
    if trials == 0:
        return Estimate(None, None, None, 0, method, level, "nothing was counted")
    z = deviate(level)
    share = successes / trials
    weight = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / weight
    reach = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / weight
    # At 0 and 1 the limit is the share itself; rounding must not put it beyond.
    low = 0.0 if successes == 0 else centre - reach
    high = 1.0 if successes == trials else centre + reach
    return Estimate(share, low, high, trials, method, level)

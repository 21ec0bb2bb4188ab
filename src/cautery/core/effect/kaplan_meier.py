"""The product-limit estimator of Kaplan and Meier (1958), with Greenwood's variance and R's intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]
Scale = Literal["log", "log-log"]

_TIE = 1e-12  # survival this near to a level counts as equal to it


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Survival right after each event time. All arrays are as long as there are distinct event times.

    times in the unit given; survival 0 to 1; spread is Greenwood's sum, the variance of log survival.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    spread: Floats
    n: int

    def at(self, time: float) -> float:
        """Share not yet over at `time`."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.survival[place - 1]) if place else 1.0

    def limits(self, scale: Scale = "log-log", level: float = LEVEL) -> tuple[Floats, Floats]:
        """Pointwise lower and upper limits of survival at `times`, symmetric on the scale named."""
        z = deviate(level)
        error = np.sqrt(self.spread)
        with np.errstate(divide="ignore", invalid="ignore"):
            logged = np.log(self.survival)
            if scale == "log":
                low, high = np.exp(logged - z * error), np.minimum(1.0, np.exp(logged + z * error))
            else:
                reach = z * error / np.abs(logged)
                low, high = self.survival ** np.exp(reach), self.survival ** np.exp(-reach)
        # Once nobody is left the variance is not defined, and R gives no limits either.
        gone = self.survival <= _TIE
        return np.where(gone, np.nan, low), np.where(gone, np.nan, high)

    def quantile(self, share: float, scale: Scale = "log-log", level: float = LEVEL) -> Estimate:
        """The time by which `share` is over, with the interval of Brookmeyer and Crowley (1982)."""
        if not 0 < share < 1:
            raise ValueError(f"a quantile is asked for a share between 0 and 1, not {share}")
        left = 1 - share
        low, high = self.limits(scale, level)
        value = self._falls_to(self.survival, left)
        return Estimate(
            value=value,
            low=self._falls_to(low, left),
            high=self._falls_to(high, left),
            n=self.n,
            method=f"Kaplan-Meier, {scale} interval",
            level=level,
            reason=None if value is not None else f"fewer than {share:.0%} were over when observation ended",
        )

    def median(self, scale: Scale = "log-log", level: float = LEVEL) -> Estimate:
        """The time by which half is over."""
        return self.quantile(0.5, scale, level)

    def _falls_to(self, curve: Floats, level: float) -> float | None:
        """First time `curve` lies at or below `level`; midway to the next step where it lies on it exactly."""
        below = np.flatnonzero(curve <= level + _TIE)
        if below.size == 0:
            return None
        first = int(below[0])
        on_it = abs(float(curve[first]) - level) <= _TIE
        further = np.flatnonzero(curve < level - _TIE)
        if on_it and further.size:
            return float(self.times[first] + self.times[further[0]]) / 2
        return float(self.times[first])


def kaplan_meier(durations: ArrayLike, observed: ArrayLike, entry: ArrayLike | None = None) -> SurvivalCurve:
    """Survival from `durations` float[n] and `observed` bool[n] (False: censored then).

    `entry` float[n] is when each came under observation (left truncation): nobody counts as at risk before it.
    ValueError on arrays of different length, on negative or missing times, and on an end not after its entry.
    """
    ends, over = np.asarray(durations, np.float64), np.asarray(observed, np.bool_)
    starts = np.full(ends.shape, -np.inf) if entry is None else np.asarray(entry, np.float64)
    if not (ends.ndim == 1 and ends.shape == over.shape == starts.shape):
        raise ValueError("durations, observed and entry are one-dimensional and of one length")
    if not np.all(np.isfinite(ends)) or np.any(ends < 0) or not np.all(starts < ends):
        raise ValueError("a duration is finite, not negative and later than its entry")
    times, events = np.unique(ends[over], return_counts=True)
    ended_before = np.searchsorted(np.sort(ends), times, side="left")
    entered_before = np.searchsorted(np.sort(starts), times, side="left")
    at_risk = (entered_before - ended_before).astype(np.float64)
    with np.errstate(divide="ignore"):
        spread = np.cumsum(events / (at_risk * (at_risk - events)))
    survival = np.cumprod(1 - events / at_risk, dtype=np.float64)
    return SurvivalCurve(times, at_risk, events.astype(np.float64), survival, spread, ends.size)

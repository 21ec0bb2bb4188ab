"""How soon and how many, for events seen only at inspections: a figure and an interval that assumes little.

The figure comes from Turnbull's estimator. The interval does not: it holds whatever the distribution of the times
and however inspections were chosen, even when they came sooner for the cases that mattered. The moment of case i lies
in (left, right], so counts of right ends and of left ends bound the true count at every time, and

    a share by t     lies between Wilson's lower limit for #(right <= t) and his upper limit for #(left < t);
    a quantile       lies between an order statistic of the left ends and one of the right ends (sign test).

Cases never seen over (right infinite) stay possible at every later time: unknown is not folded into "no".
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, wilson
from .turnbull import Npmle, turnbull

Floats = NDArray[np.float64]

_MOST_ENDS = 400  # distinct ends the point estimate is fitted on; more are moved outward to the nearest of these

_SHARE_METHOD = "Turnbull estimate; Wilson limits of the counts surely and possibly over"
_TIME_METHOD = "Turnbull estimate; order statistics of last seen before and first seen after"


class Inspected:
    """Cases seen only at inspections: (left, right] float[n], seconds since each case began.

    left is when the case was last seen going on (0 if never), right when it was first seen over (infinite if never).
    One fit serves every figure asked of it. ValueError on a left end that is negative or after its right end.
    """

    def __init__(self, left: ArrayLike, right: ArrayLike) -> None:
        self._left, self._right = _checked(left, right)

    @property
    def n(self) -> int:
        """How many cases."""
        return self._left.size

    @cached_property
    def fit(self) -> Npmle:
        """Turnbull's fit, on a grid where there are many distinct ends."""
        return _estimate(self._left, self._right)

    def share(self, by: float, level: float = LEVEL) -> Estimate:
        """Share of cases over within `by` seconds; the value is the middle of what the fit leaves open."""
        if self.n == 0:
            return Estimate(None, None, None, 0, _SHARE_METHOD, level, "nothing was observed")
        surely = self._right <= by
        low = wilson(int(surely.sum()), self.n, level).low
        high = wilson(int((surely | (self._left < by)).sum()), self.n, level).high
        between = self.fit.cdf(by)
        return Estimate((between.low + between.high) / 2, low, high, self.n, _SHARE_METHOD, level)

    def quantile(self, share: float, level: float = LEVEL) -> Estimate:
        """Seconds by which `share` of all cases are over.

        The value is the middle of the interval in which the fit reaches the share, None where that interval has no
        end; `high` is None where too many cases were never seen over to set an upper limit.
        """
        if self.n == 0:
            return Estimate(None, None, None, 0, _TIME_METHOD, level, "nothing was observed")
        below, above = _ranks(self.n, share, level)
        low = float(np.sort(self._left)[below - 1]) if below else 0.0
        high = float(np.sort(self._right)[above - 1]) if above <= self.n else math.inf
        between = self.fit.quantile(share)
        known = math.isfinite(between.high)
        return Estimate(
            value=min(max((between.low + between.high) / 2, low), high) if known else None,
            low=low,
            high=high if math.isfinite(high) else None,
            n=self.n,
            method=_TIME_METHOD,
            level=level,
            reason=None if known else f"fewer than {share:.0%} were seen over",
        )

    def median(self, level: float = LEVEL) -> Estimate:
        """Seconds by which half of all cases are over."""
        return self.quantile(0.5, level)


def share_interval(left: ArrayLike, right: ArrayLike, by: float, level: float = LEVEL) -> Estimate:
    """Share of cases over within `by` seconds; for several figures of the same cases use `Inspected`."""
    return Inspected(left, right).share(by, level)


def median_interval(left: ArrayLike, right: ArrayLike, level: float = LEVEL) -> Estimate:
    """Seconds by which half of all cases are over."""
    return Inspected(left, right).median(level)


def quantile_interval(left: ArrayLike, right: ArrayLike, share: float, level: float = LEVEL) -> Estimate:
    """Seconds by which `share` of all cases are over."""
    return Inspected(left, right).quantile(share, level)


def _checked(left: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    lefts, rights = np.asarray(left, np.float64), np.asarray(right, np.float64)
    if lefts.ndim != 1 or lefts.shape != rights.shape:
        raise ValueError("left and right are one-dimensional and of one length")
    if not np.all(np.isfinite(lefts) & (lefts >= 0) & (lefts <= rights)):
        raise ValueError("a left end is finite, not negative and not after its right end")
    return lefts, rights


def _estimate(lefts: Floats, rights: Floats) -> Npmle:
    """Turnbull's fit, on ends moved outward to a grid where there are too many: wider intervals remain true."""
    ends = np.sort(np.concatenate((lefts, rights[np.isfinite(rights)])))
    if np.unique(ends).size <= _MOST_ENDS:
        return turnbull(lefts, rights)
    grid = np.unique(ends[np.linspace(0, ends.size - 1, _MOST_ENDS).astype(np.intp)])
    outer = np.append(grid, np.inf)
    down = grid[np.searchsorted(grid, lefts, side="right") - 1]
    return turnbull(down, outer[np.searchsorted(grid, rights)])


def _ranks(n: int, share: float, level: float) -> tuple[int, int]:
    """Ranks a < b, 0 to n + 1, such that the quantile lies between the a-th and b-th smallest with at least `level`."""
    if not 0 < share < 1:
        raise ValueError(f"a quantile is asked for a share between 0 and 1, not {share}")
    counts = np.arange(n)
    steps = np.log((n - counts) / (counts + 1)) + math.log(share / (1 - share))
    chances = np.exp(np.concatenate(([0.0], np.cumsum(steps))) + n * math.log1p(-share))
    at_most = np.cumsum(chances)
    tail = (1 - level) / 2
    below = int(np.searchsorted(at_most, tail, side="right"))
    above = int(np.searchsorted(at_most, 1 - tail, side="left")) + 1
    return below, above

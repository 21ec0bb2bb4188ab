"""When did it happen, if we only looked now and then? The estimator of Turnbull (1976) for interval censoring.

An observation is (left, right]: last seen before the event, first seen after it. Right is infinite where the
event was never seen; left equals right where the moment is known. Mass can only lie in the innermost intervals, those
from some left to the next right with no other end between; within one the data do not say where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from .estimate import Bounds

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_GAP = 1e-7  # mean log likelihood that may still be missing when the fit stops
_MOST_STEPS = 3_000
_SHORTEST = 1e-3
_TINY = 1e-300
_TIE = 1e-6  # cumulative mass this near to a share counts as equal to it


@dataclass(frozen=True, slots=True)
class Npmle:
    """Mass in each innermost interval (left, right], ascending; mass sums to 1; n observations.

    `gap` bounds the mean log likelihood still to be gained: 1e-7 or less unless the data made the fit very slow.
    """

    left: Floats
    right: Floats
    mass: Floats
    n: int
    gap: float

    def cdf(self, time: float) -> Bounds:
        """Share over by `time`: its two ends differ where `time` falls inside an interval with mass."""
        certain = self.right <= time
        possible = certain | (self.left < time)
        return Bounds(float(self.mass[certain].sum()), float(self.mass[possible].sum()))

    def quantile(self, share: float) -> Bounds:
        """The times between which the share `share` (0 to 1) is reached; an infinite end is not known."""
        if not 0 < share < 1:
            raise ValueError(f"a quantile is asked for a share between 0 and 1, not {share}")
        reached = np.cumsum(self.mass)
        end = self.mass.size - 1
        first = min(int(np.searchsorted(reached, share - _TIE)), end)
        last = min(int(np.searchsorted(reached, share + _TIE, side="right")), end)
        return Bounds(float(self.left[first]), float(self.right[last]))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Observations collapsed: each distinct one covers the innermost intervals start to stop, `count` times."""

    left: Floats
    right: Floats
    start: Places
    stop: Places
    count: NDArray[np.int64]


def turnbull(left: ArrayLike, right: ArrayLike) -> Npmle:
    """Fit (left, right] float[n], in seconds; equal ends collapse first, so the cost is in distinct intervals.

    ValueError on no observations, different lengths, a missing or infinite left, or a right before its left.
    """
    cells = _collapse(left, right)
    mass, gap = _fit(cells)
    return Npmle(cells.left, cells.right, mass, int(cells.count.sum()), gap)


def _collapse(left: ArrayLike, right: ArrayLike) -> _Cells:
    """The innermost intervals, and which of them each distinct observation covers."""
    lefts, rights = np.asarray(left, np.float64), np.asarray(right, np.float64)
    if lefts.ndim != 1 or lefts.shape != rights.shape or lefts.size == 0:
        raise ValueError("left and right are one-dimensional, of one length and not empty")
    if not np.all(np.isfinite(lefts)) or not np.all(lefts <= rights):
        raise ValueError("a left end is finite and not after its right end")
    pairs, count = np.unique(np.column_stack((lefts, rights)), axis=0, return_counts=True)
    times, order = np.unique(pairs, return_inverse=True)
    order = order.reshape(pairs.shape)
    # Ends as whole numbers in the order they lie on the line: "[t" before "t]" before "(t".
    opens = 3 * order[:, 0] + np.where(pairs[:, 0] == pairs[:, 1], 0, 2)
    closes = 3 * order[:, 1] + 1
    ends = np.unique(np.concatenate((opens, closes)))
    closing = ends % 3 == 1
    inner = np.flatnonzero(~closing[:-1] & closing[1:])
    inner_opens, inner_closes = ends[inner], ends[inner + 1]
    return _Cells(
        left=times[inner_opens // 3],
        right=times[inner_closes // 3],
        start=np.searchsorted(inner_opens, opens, side="left"),
        stop=np.searchsorted(inner_closes, closes, side="right"),
        count=count,
    )


def _fit(cells: _Cells) -> tuple[Floats, float]:
    """Masses float[m] and the gap: EM and iterative convex minorants by turns (Wellner and Zhan 1997).

    The gradient bounds what is left to gain in mean log likelihood (Lindsay 1983); that bound is the gap. EM alone takes
    thousands of steps where most cells end without mass; the minorant empties and fills many at once.
    """
    mass = np.full(cells.left.size, 1.0 / cells.left.size)
    for _ in range(_MOST_STEPS):
        gradient = _gradient(cells, mass)
        if gradient.max() - 1 < _GAP:
            break
        mass = mass * gradient
        mass = _towards(cells, mass, _minorant(cells, mass))
    return mass / mass.sum(), float(max(0.0, _gradient(cells, mass).max() - 1))


def _minorant(cells: _Cells, mass: Floats) -> Floats:
    """Newton's step on the cumulative masses with the curvature's diagonal, made increasing again by pooling (Jongbloed 1998)."""
    size = mass.size + 1
    covered = _covered(cells, mass)
    slope = cells.count / covered
    rise = (np.bincount(cells.stop, slope, size) - np.bincount(cells.start, slope, size))[1:-1]
    bend = slope / covered
    curvature = (np.bincount(cells.stop, bend, size) + np.bincount(cells.start, bend, size))[1:-1]
    if curvature.size == 0:
        return mass
    wanted = np.cumsum(mass)[:-1] + rise / curvature
    pooled = np.clip(isotonic_regression(wanted, weights=curvature).x, 0.0, 1.0)
    return np.diff(pooled, prepend=0.0, append=1.0)


def _towards(cells: _Cells, mass: Floats, target: Floats) -> Floats:
    """As much of the way from `mass` to `target` as is no step down."""
    least, part = _log_likelihood(cells, mass), 1.0
    while part > _SHORTEST:
        further: Floats = mass + part * (target - mass)
        if _log_likelihood(cells, further) >= least:
            return further
        part /= 2
    return mass


def _covered(cells: _Cells, mass: Floats) -> Floats:
    """The mass each distinct observation covers; never zero, since rounding would otherwise divide by it."""
    reached = np.concatenate(([0.0], np.cumsum(mass)))
    covered: Floats = np.maximum(reached[cells.stop] - reached[cells.start], _TINY)
    return covered


def _gradient(cells: _Cells, mass: Floats) -> Floats:
    """For each innermost interval, the mean over observations of (covers it) / (mass the observation covers)."""
    weight = cells.count / (cells.count.sum() * _covered(cells, mass))
    size = mass.size + 1
    change = np.bincount(cells.start, weight, size) - np.bincount(cells.stop, weight, size)
    return np.cumsum(change)[:-1]


def _log_likelihood(cells: _Cells, mass: Floats) -> float:
    return float(cells.count @ np.log(_covered(cells, mass)))

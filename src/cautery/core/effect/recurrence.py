"""How often things come back: the mean cumulative function (Nelson 1988) with the robust variance of Lawless and Nadeau (1995)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanCumulative:
    """Expected events a subject right after each event time; `variance` allows that a subject's returns hang together."""

    times: Floats
    mean: Floats
    variance: Floats
    subjects: int
    events: int

    def at(self, time: float, level: float = LEVEL) -> Estimate:
        """Expected events a subject by `time`, with an interval symmetric on the log scale."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        method = "mean cumulative function, robust log interval"
        if place < 0:
            return Estimate(0.0, 0.0, None, self.subjects, method, level, "none by then")
        mean, error = float(self.mean[place]), float(np.sqrt(self.variance[place]))
        reach = np.exp(deviate(level) * error / mean)
        return Estimate(mean, float(mean / reach), float(mean * reach), self.subjects, method, level)

    def error(self, time: float) -> float:
        """The standard error at `time`."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(np.sqrt(self.variance[place])) if place >= 0 else 0.0


def mean_cumulative(start: ArrayLike, stop: ArrayLike, events: ArrayLike, subjects: ArrayLike) -> MeanCumulative:
    """From spells of observation (start, stop] float[n], `events` at their ends (bool or counts)[n] and whose they are, any[n].

    ValueError on arrays of different length, missing times, and a spell that ends before it begins.
    """
    starts, stops, counts = np.asarray(start, np.float64), np.asarray(stop, np.float64), np.asarray(events, np.float64)
    names, member = np.unique(np.asarray(subjects), return_inverse=True)
    member = member.reshape(stops.shape)
    if not (stops.ndim == 1 and starts.shape == stops.shape == counts.shape):
        raise ValueError("start, stop and events are one-dimensional and of one length")
    if not np.all(np.isfinite(stops)) or not np.all(starts <= stops) or np.any(counts < 0):
        raise ValueError("a spell is finite and does not end before it begins; events are counted from 0")
    times = np.unique(stops[counts > 0])
    at_risk = (
        np.searchsorted(np.sort(starts), times, side="left") - np.searchsorted(np.sort(stops), times, side="left")
    ).astype(float)
    place = np.searchsorted(times, stops)
    happened = np.bincount(place[counts > 0], counts[counts > 0], times.size)
    rate = happened / at_risk if times.size else np.zeros(0)
    variance = _robust(starts, stops, counts, member, names.size, times, at_risk, rate)
    return MeanCumulative(times, np.cumsum(rate), variance, names.size, int(counts.sum()))


def _robust(
    starts: Floats,
    stops: Floats,
    counts: Floats,
    member: NDArray[np.intp],
    subjects: int,
    times: Floats,
    at_risk: Floats,
    rate: Floats,
) -> Floats:
    """Sum over subjects of the squares of what each adds beyond its expectation, at each event time."""
    if not times.size:
        return np.zeros(0)
    order = np.argsort(member, kind="stable")
    bounds = np.searchsorted(member[order], np.arange(subjects + 1))
    expected = np.cumsum(rate / at_risk)
    total = np.zeros(times.size)
    for first, last in pairwise(bounds):
        own = np.zeros(times.size)
        for row in order[first:last]:
            begin, end = np.searchsorted(times, (starts[row], stops[row]), side="right")
            if end > begin:
                base = expected[begin - 1] if begin else 0.0
                own[begin:end] -= expected[begin:end] - base
                own[end:] -= expected[end - 1] - base
            if counts[row] > 0:
                at = int(np.searchsorted(times, stops[row]))
                own[at:] += counts[row] / at_risk[at]
        total += own**2
    return total


def spells(
    times: ArrayLike, events: ArrayLike, subjects: ArrayLike, entry: ArrayLike | None = None, *, once: bool = True
) -> tuple[Floats, Floats, Floats, NDArray[np.intp]]:
    """Rows of (subject, time, whether something happened) as spells: each begins where the one before of its subject ended.

    `entry` float[n] is when the subject came under observation (the same in all its rows); else at 0. Returns start, stop,
    events, and which rows they are. `once`: a subject comes back at most once at a time, as R's survival has it; otherwise
    every row counts (Nelson counts both of two valve seats replaced on one day).
    """
    stops, counts = np.asarray(times, np.float64), np.asarray(events, np.float64)
    _, member = np.unique(np.asarray(subjects), return_inverse=True)
    member = member.reshape(stops.shape)
    begun = np.zeros(stops.shape) if entry is None else np.asarray(entry, np.float64)
    order = np.lexsort((counts == 0, stops, member))
    same = np.concatenate(([False], np.diff(member[order]) == 0))
    starts = np.where(same, np.concatenate(([0.0], stops[order][:-1])), begun[order])
    kept = (starts < stops[order]) | ~same if once else np.ones(stops.shape, np.bool_)
    return starts[kept], stops[order][kept], counts[order][kept], order[kept]

"""Competing risks: who took it down, the provider, the owner, nobody knows. Aalen and Johansen (1978).

One minus Kaplan-Meier with the other causes as censored answers a question nobody asked and says too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Incidence:
    """Share over by one cause, right after each event time (of any cause). `variance` is Greenwood's for two kinds of change."""

    times: Floats
    share: Floats
    variance: Floats
    n: int

    def at(self, time: float, level: float = LEVEL) -> Estimate:
        """Share over by this cause at `time`, with an interval symmetric on the log-log scale."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        share = float(self.share[place]) if place >= 0 else 0.0
        error = float(np.sqrt(self.variance[place])) if place >= 0 else 0.0
        method = "Aalen-Johansen, log-log interval"
        if not 0 < share < 1 or error == 0:
            return Estimate(share, share, share or None, self.n, method, level, None if share else "none by then")
        reach = deviate(level) * error / abs(share * np.log(share))
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
        return Estimate(share, float(low), float(high), self.n, method, level)


def aalen_johansen(durations: ArrayLike, causes: ArrayLike, entry: ArrayLike | None = None) -> dict[int, Incidence]:
    """Cumulative incidence by cause, from `durations` float[n] and `causes` int[n] (0: censored then).

    `entry` float[n] is when each came under observation. Ties are taken as they are; nothing is moved to break them.
    ValueError on arrays of different length, missing times, and an end not after its entry.
    """
    ends, kinds, starts = checked(durations, causes, entry)
    times = np.unique(ends[kinds > 0])
    at_risk = count_at_risk(starts, ends, times)
    counts = {cause: count_at(ends[kinds == cause], times) for cause in np.unique(kinds[kinds > 0])}
    every = sum(counts.values(), np.zeros(times.size))
    before = np.concatenate(([1.0], np.cumprod(1 - every / at_risk)[:-1])) if times.size else np.zeros(0)
    return {int(cause): _incidence(times, at_risk, every, count, before, ends.size) for cause, count in counts.items()}


def _incidence(times: Floats, at_risk: Floats, every: Floats, count: Floats, before: Floats, n: int) -> Incidence:
    """Share and its variance (Gaynor and others 1993), by sums that grow with time."""
    share = np.cumsum(before * count / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        survived = np.where(at_risk > every, every / (at_risk * (at_risk - every)), 0.0)
    own = before**2 * count * (at_risk - count) / at_risk**3
    cross = before * count / at_risk**2
    spread = share**2 * np.cumsum(survived) - 2 * share * np.cumsum(survived * share) + np.cumsum(survived * share**2)
    variance = spread + np.cumsum(own) - 2 * (share * np.cumsum(cross) - np.cumsum(cross * share))
    return Incidence(times, share, np.maximum(variance, 0.0), n)


def checked(
    durations: ArrayLike, causes: ArrayLike, entry: ArrayLike | None
) -> tuple[Floats, NDArray[np.int64], Floats]:
    ends, kinds = np.asarray(durations, np.float64), np.asarray(causes, np.int64)
    starts = np.full(ends.shape, -np.inf) if entry is None else np.asarray(entry, np.float64)
    if not (ends.ndim == 1 and ends.shape == kinds.shape == starts.shape):
        raise ValueError("durations, causes and entry are one-dimensional and of one length")
    if not np.all(np.isfinite(ends)) or not np.all(starts < ends) or np.any(kinds < 0):
        raise ValueError("a duration is finite and later than its entry; a cause is 0 (censored) or more")
    return ends, kinds, starts


def count_at_risk(starts: Floats, ends: Floats, times: Floats) -> Floats:
    entered = np.searchsorted(np.sort(starts), times, side="left")
    left = np.searchsorted(np.sort(ends), times, side="left")
    return (entered - left).astype(np.float64)


def count_at(events: Floats, times: Floats) -> Floats:
    found, count = np.unique(events, return_counts=True)
    counted = np.zeros(times.size)
    counted[np.searchsorted(times, found)] = count
    return counted

"""Do groups differ? The log-rank test, by time at risk, with left truncation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from .competing import count_at, count_at_risk

Floats = NDArray[np.float64]


def log_rank(
    durations: ArrayLike, observed: ArrayLike, groups: ArrayLike, entry: ArrayLike | None = None
) -> tuple[float, float]:
    """Chi-squared (groups less one degrees) and p of equal survival, from float[n], bool[n] and any[n].

    ValueError on fewer than two groups and on arrays of different length.
    """
    ends, over = np.asarray(durations, np.float64), np.asarray(observed, np.bool_)
    starts = np.full(ends.shape, -np.inf) if entry is None else np.asarray(entry, np.float64)
    labels, member = np.unique(np.asarray(groups), return_inverse=True)
    member = member.reshape(ends.shape)
    if not ends.shape == over.shape == starts.shape or labels.size < 2:
        raise ValueError("durations, observed and groups are of one length, of two groups or more")
    times = np.unique(ends[over])
    at_risk = np.array([count_at_risk(starts[member == g], ends[member == g], times) for g in range(labels.size)])
    events = np.array([count_at(ends[over & (member == g)], times) for g in range(labels.size)])
    whole, every = at_risk.sum(axis=0), events.sum(axis=0)
    share = at_risk / whole
    difference = (events - share * every).sum(axis=1)
    weight = np.where(whole > 1, every * (whole - every) / np.maximum(whole - 1, 1), 0.0)
    covariance = np.diag((share * weight).sum(axis=1)) - (share * weight) @ share.T
    statistic = float(difference[:-1] @ np.linalg.solve(covariance[:-1, :-1], difference[:-1]))
    return statistic, float(chi2.sf(statistic, labels.size - 1))

"""Gray's test (1988): is the incidence of one cause the same in all groups, the others competing?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from .competing import checked, count_at, count_at_risk

Floats = NDArray[np.float64]


def gray_test(durations: ArrayLike, causes: ArrayLike, groups: ArrayLike, cause: int = 1) -> tuple[float, float]:
    """Chi-squared (groups less one degrees) and p of equal incidence by `cause`, from float[n], int[n] and any[n].

    ValueError on fewer than two groups, and on what `aalen_johansen` refuses.
    """
    ends, kinds, _ = checked(durations, causes, None)
    labels, member = np.unique(np.asarray(groups), return_inverse=True)
    if labels.size < 2:
        raise ValueError("a comparison takes two groups or more")
    state = _Score(ends, kinds, member.reshape(ends.shape), labels.size, cause)
    score, covariance = state.run()
    statistic = float(score @ np.linalg.solve(covariance, score))
    return statistic, float(chi2.sf(statistic, labels.size - 1))


class _Score:
    """The score and its covariance, summed over the event times; names as in the paper's section 2, rho = 0."""

    def __init__(
        self, ends: Floats, kinds: NDArray[np.int64], member: NDArray[np.intp], groups: int, cause: int
    ) -> None:
        times = np.unique(ends[kinds > 0])
        inside = [member == g for g in range(groups)]
        self.groups = groups
        self.at_risk = np.array([count_at_risk(np.full(i.sum(), -np.inf), ends[i], times) for i in inside])
        self.mine = np.array([count_at(ends[i & (kinds == cause)], times) for i in inside])
        self.other = np.array([count_at(ends[i & (kinds > 0) & (kinds != cause)], times) for i in inside])
        self.score = np.zeros(groups)
        self.direct = np.zeros((groups, groups))
        self.drift = np.zeros((groups, groups))
        self.mixed = np.zeros((groups, groups))
        self.own = np.zeros(groups)

    def run(self) -> tuple[Floats, Floats]:
        """Score and covariance of all groups but the last."""
        before, share, pooled = np.ones(self.groups), np.zeros(self.groups), 0.0
        for place in range(self.at_risk.shape[1]):
            before, share, pooled = self._step(place, before, share, pooled)
        covariance = (
            self.direct + (self.drift * self.own) @ self.drift.T + self.drift @ self.mixed.T + self.mixed @ self.drift.T
        )
        return self.score[:-1], covariance[:-1, :-1]

    def _step(self, place: int, before: Floats, share: Floats, pooled: float) -> tuple[Floats, Floats, float]:
        at_risk, mine, other = self.at_risk[:, place], self.mine[:, place], self.other[:, place]
        there = at_risk > 0
        safe = np.where(there, at_risk, 1.0)
        after = np.where(there, before * (at_risk - mine - other) / safe, before)
        kept = np.where(there, at_risk / np.where(before > 0, before, 1.0), 0.0)
        whole, weighted, events = kept.sum(), (kept * (1 - share)).sum(), mine.sum()
        now = pooled + events / whole
        change = np.diag(kept) - np.outer(kept, kept) / whole
        self.drift += change * events / (whole * (1 - pooled))
        if events:
            self.score += np.where(there, mine - events * kept * (1 - share) / weighted, 0.0)
            for g in np.flatnonzero(there):
                pull = 1 - (1 - now) / after[g] if after[g] > 0 else 1.0
                ties = 1 - (events - 1) / (whole * before[g] - 1) if events > 1 else 1.0
                self._add(
                    int(g),
                    change[:, g] - pull * self.drift[:, g],
                    pull,
                    ties * before[g] * events / (whole * at_risk[g]),
                )
        for g in np.flatnonzero(there & (other > 0) & (after > 0)):
            pull = (1 - now) / after[g]
            ties = 1 - (other[g] - 1) / (at_risk[g] - 1) if other[g] > 1 else 1.0
            self._add(int(g), -pull * self.drift[:, g], pull, ties * before[g] ** 2 * other[g] / at_risk[g] ** 2)
        return after, share + np.where(there, before * mine / safe, 0.0), now

    def _add(self, group: int, row: Floats, pull: float, weight: float) -> None:
        """One group's part: its change of the score, how it will drift, and the two together."""
        self.direct += weight * np.outer(row, row)
        self.mixed[:, group] += weight * row * pull
        self.own[group] += weight * pull * pull

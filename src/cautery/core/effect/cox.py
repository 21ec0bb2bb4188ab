"""Cox's regression (1972): ties by Efron, spells (start, stop], strata, robust errors by cluster, and the usual checks.

Our own, because statsmodels counts a spell as at risk at its own start and gives no robust errors with strata, and lifelines'
robust errors for spells differ from R's (docs/effect.md); coefficients agree with both where they are right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm, rankdata

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]

_MOST_STEPS = 50
_CLOSE = 1e-11


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Coefficients float[p] with standard errors from the model, robust ones where clusters were given, and the likelihoods."""

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    robust: Floats | None
    log_likelihood: float
    null_log_likelihood: float
    n: int
    events: int
    schoenfeld: Floats
    event_times: Floats

    @property
    def errors(self) -> Floats:
        """Standard errors; the robust ones where there are."""
        chosen = self.covariance if self.robust is None else self.robust
        return np.sqrt(np.diag(chosen))

    @property
    def likelihood_ratio(self) -> tuple[float, float]:
        """Chi-squared of the whole model, and p."""
        statistic = 2 * (self.log_likelihood - self.null_log_likelihood)
        return statistic, float(chi2.sf(statistic, self.coefficients.size))

    def ratio(self, name: str, level: float = LEVEL) -> Estimate:
        """The hazard ratio of a covariate."""
        place = self.names.index(name)
        value, reach = self.coefficients[place], deviate(level) * self.errors[place]
        low, high = np.exp(value - reach), np.exp(value + reach)
        method = "Cox regression, Efron" + (", robust" if self.robust is not None else "")
        return Estimate(float(np.exp(value)), float(low), float(high), self.n, method, level)

    def p_values(self) -> Floats:
        """Wald tests, one a coefficient."""
        found: Floats = 2 * norm.sf(np.abs(self.coefficients / self.errors))
        return found

    def proportionality(self) -> dict[str, tuple[float, float]]:
        """Does an effect change with time? Chi-squared and p by covariate (Grambsch and Therneau 1994, by rank of time).

        A small p says that one hazard ratio for the whole time does not tell the story.
        """
        moved = rankdata(self.event_times) - rankdata(self.event_times).mean()
        scaled = self.events * self.schoenfeld @ self.covariance
        statistic = (moved @ scaled) ** 2 / (self.events * np.diag(self.covariance) * (moved @ moved))
        return {name: (float(x), float(chi2.sf(x, 1))) for name, x in zip(self.names, statistic, strict=True)}


@dataclass(frozen=True, slots=True)
class _Spells:
    """Rows of one stratum in the order of their ends, and where its event times lie among them."""

    start: Floats
    stop: Floats
    event: NDArray[np.bool_]
    x: Floats
    rows: NDArray[np.intp]


def cox(
    stop: ArrayLike,
    events: ArrayLike,
    covariates: ArrayLike,
    *,
    names: tuple[str, ...] = (),
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> CoxFit:
    """Fit from `stop` float[n], `events` bool[n], `covariates` float[n, p]; `start` float[n] opens the spell, else it is open from the first.

    `clusters` any[n] (whose rows hang together) asks for robust errors. ValueError on shapes that do not fit, on no events,
    and when it does not converge: a covariate that separates those with an event from those without.
    """
    ends, over = np.asarray(stop, np.float64), np.asarray(events, np.bool_)
    x = np.asarray(covariates, np.float64).reshape(ends.size, -1)
    starts = np.full(ends.shape, -np.inf) if start is None else np.asarray(start, np.float64)
    if not (ends.shape == over.shape == starts.shape) or not np.all(starts < ends) or not np.all(np.isfinite(x)):
        raise ValueError(
            "stop, events, start and covariates are of one length, finite, and a spell ends after it begins"
        )
    if not over.any():
        raise ValueError("there is no event to learn from")
    parts = _parts(starts, ends, over, x - x.mean(axis=0), strata)
    beta, information, likelihood, null = _newton(parts, x.shape[1])
    covariance: Floats = np.asarray(np.linalg.inv(information), np.float64)
    robust = None
    residuals, at = _schoenfeld(parts, beta)
    if clusters is not None:
        _, member = np.unique(np.asarray(clusters), return_inverse=True)
        influence = _score_residuals(parts, beta, ends.size) @ covariance
        summed = np.zeros((member.max() + 1, beta.size))
        np.add.at(summed, member.reshape(ends.shape), influence)
        robust = summed.T @ summed
    named = names or tuple(f"x{place + 1}" for place in range(beta.size))
    return CoxFit(named, beta, covariance, robust, likelihood, null, ends.size, int(over.sum()), residuals, at)


def _parts(start: Floats, stop: Floats, event: NDArray[np.bool_], x: Floats, strata: ArrayLike | None) -> list[_Spells]:
    labels = (
        np.zeros(stop.size)
        if strata is None
        else np.unique(np.asarray(strata), return_inverse=True)[1].reshape(stop.shape)
    )
    parts = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(stop[rows], kind="stable")]
        if event[rows].any():
            parts.append(_Spells(start[rows], stop[rows], event[rows], x[rows], rows))
    return parts


def _newton(parts: list[_Spells], size: int) -> tuple[Floats, Floats, float, float]:
    beta = np.zeros(size)
    likelihood, score, information = _derivatives(parts, beta)
    null = likelihood
    for _ in range(_MOST_STEPS):
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError as error:
            raise ValueError("covariates say the same twice, or one does not vary") from error
        fresh, trial = likelihood, beta + step
        for _ in range(20):
            fresh, fresh_score, fresh_information = _derivatives(parts, trial)
            if np.isfinite(fresh) and fresh >= likelihood - 1e-9 * abs(likelihood):
                break
            trial = (beta + trial) / 2
        gain = abs(fresh - likelihood)
        beta, likelihood, score, information = trial, fresh, fresh_score, fresh_information
        if gain <= _CLOSE * max(1.0, abs(likelihood)) and np.abs(step).max() < 1e-6:
            return beta, information, likelihood, null
    raise ValueError("it does not converge: a covariate may separate those with an event from those without")


def _derivatives(parts: list[_Spells], beta: Floats) -> tuple[float, Floats, Floats]:
    """Log partial likelihood with its first and second derivatives."""
    likelihood, score, information = 0.0, np.zeros(beta.size), np.zeros((beta.size, beta.size))
    for part in parts:
        eta = part.x @ beta
        likelihood += float(eta[part.event].sum())
        score += part.x[part.event].sum(axis=0)
        for _, _, s0, s1, s2 in _steps(part, eta, second=True):
            mean = s1 / s0[:, None]
            likelihood -= float(np.log(s0).sum())
            score -= mean.sum(axis=0)
            information += np.einsum("kij,k->ij", s2, 1 / s0) - mean.T @ mean
    return likelihood, score, information


def _steps(part: _Spells, eta: Floats, *, second: bool) -> list[tuple[float, NDArray[np.intp], Floats, Floats, Floats]]:
    """For each event time: it, the rows whose event it is, and Efron's sums S0[d], S1[d, p], S2[d, p, p] over the d tied events."""
    risk = np.exp(eta)
    weighted = risk[:, None] * part.x
    squares = weighted[:, :, None] * part.x[:, None, :] if second else np.zeros((risk.size, 0, 0))
    by_start = np.argsort(part.start, kind="stable")
    sums = [_tails(values) for values in (risk, weighted, squares)]
    openings = [_tails(values[by_start]) for values in (risk, weighted, squares)]
    times = np.unique(part.stop[part.event])
    ends = np.searchsorted(part.stop, times, side="left")
    begins = np.searchsorted(part.start[by_start], times, side="left")
    last = np.searchsorted(part.stop, times, side="right")
    found = []
    for place, time in enumerate(times):
        tied = np.arange(ends[place], last[place])
        tied = tied[part.event[tied]]
        share = np.arange(tied.size) / tied.size
        levels = [tail[ends[place]] - opened[begins[place]] for tail, opened in zip(sums, openings, strict=True)]
        own = [values[tied].sum(axis=0) for values in (risk, weighted, squares)]
        s0 = levels[0] - share * own[0]
        s1 = levels[1] - share[:, None] * own[1]
        s2 = levels[2] - share[:, None, None] * own[2]
        found.append((float(time), tied, s0, s1, s2))
    return found


def _tails(values: Floats) -> Floats:
    """Sums from each place to the end, and 0 behind it."""
    zero = np.zeros((1, *values.shape[1:]))
    tails: Floats = np.concatenate((np.cumsum(values[::-1], axis=0)[::-1], zero))
    return tails


def _schoenfeld(parts: list[_Spells], beta: Floats) -> tuple[Floats, Floats]:
    """What each event's covariates are beyond those expected then, with its time."""
    residuals, times = [], []
    for part in parts:
        for time, tied, s0, s1, _ in _steps(part, part.x @ beta, second=False):
            expected = (s1 / s0[:, None]).mean(axis=0)
            residuals += [part.x[row] - expected for row in tied]
            times += [time] * tied.size
    return np.array(residuals), np.array(times)


def _score_residuals(parts: list[_Spells], beta: Floats, n: int) -> Floats:
    """Each row's part in the score at the fit (Lin and Wei 1989), with Efron's weights for ties."""
    residuals = np.zeros((n, beta.size))
    for part in parts:
        eta = part.x @ beta
        risk = np.exp(eta)
        steps = _steps(part, eta, second=False)
        times = np.array([step[0] for step in steps])
        rate = np.concatenate(([0.0], np.cumsum([(1 / s0).sum() for _, _, s0, _, _ in steps])))
        drift = np.vstack(
            [np.zeros(beta.size), np.cumsum([(s1 / s0[:, None] ** 2).sum(axis=0) for _, _, s0, s1, _ in steps], axis=0)]
        )
        begin, end = np.searchsorted(times, part.start, side="right"), np.searchsorted(times, part.stop, side="right")
        own = -risk[:, None] * (part.x * (rate[end] - rate[begin])[:, None] - (drift[end] - drift[begin]))
        for _, tied, s0, s1, _ in steps:
            share = np.arange(tied.size) / tied.size
            mean = s1 / s0[:, None]
            for row in tied:
                own[row] += part.x[row] - mean.mean(axis=0)
                # Of those tied, each is taken to have left in part when the next one goes.
                own[row] += risk[row] * ((part.x[row] - mean) * (share / s0)[:, None]).sum(axis=0)
        residuals[part.rows] += own
    return residuals

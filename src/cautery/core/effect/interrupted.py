"""Before and after: interrupted time series, and what would have been without the intervention.

statsmodels does the fitting; it is read when a figure is asked for, because it takes a second to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]


def _statsmodels() -> Any:
    return import_module("statsmodels.api")


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level at a moment: the ratio after to before, and the same with the spread the data show."""

    ratio: Estimate
    ratio_spread: Estimate
    dispersion: float
    trend: float


@dataclass(frozen=True, slots=True)
class Segments:
    """A line before, another after: the jump and the change of slope a step, with errors that hold under autocorrelation."""

    level: Estimate
    slope: Estimate
    before: float


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What was seen after the moment beside what was to be expected: each step, on average, and in all."""

    expected: Floats
    low: Floats
    high: Floats
    average: Estimate
    total: Estimate
    relative: float


def poisson_step(
    counts: ArrayLike, after: ArrayLike, offset: ArrayLike | None = None, seasons: int = 0, level: float = LEVEL
) -> Step:
    """Poisson regression of counts float[n] on `after` bool[n] with a linear trend; `offset` float[n] is the population at risk.

    `seasons` is the length of a season in steps: two harmonics are then fitted too (Lopez Bernal, Cummins and Gasparrini 2017).
    """
    y, step = np.asarray(counts, np.float64), np.asarray(after, np.float64)
    if y.shape != step.shape or y.ndim != 1 or step.min() == step.max():
        raise ValueError("counts and after are of one length, with steps before and after the moment")
    time = np.arange(1.0, y.size + 1)
    columns = [np.ones(y.size), step, time, *_harmonics(time, seasons)]
    population = None if offset is None else np.log(np.asarray(offset, np.float64))
    sm = _statsmodels()
    model = sm.GLM(y, np.column_stack(columns), family=sm.families.Poisson(), offset=population)
    plain, spread = model.fit(), model.fit(scale="X2")
    method = "Poisson regression with trend"
    return Step(
        _ratio(plain, 1, level, method),
        _ratio(spread, 1, level, f"quasi-{method}"),
        float(spread.scale),
        float(np.exp(plain.params[2])),
    )


def _harmonics(time: Floats, seasons: int) -> list[Floats]:
    if not seasons:
        return []
    angles = [2 * np.pi * order * time / seasons for order in (1, 2)]
    return [wave(angle) for angle in angles for wave in (np.sin, np.cos)]


def _ratio(fit: Any, place: int, level: float, method: str) -> Estimate:
    value, reach = float(fit.params[place]), deviate(level) * float(fit.bse[place])
    low, high = np.exp(value - reach), np.exp(value + reach)
    return Estimate(float(np.exp(value)), float(low), float(high), int(fit.nobs), method, level)


def segmented(
    values: ArrayLike, moment: int, lags: int = 0, comparison: ArrayLike | None = None, level: float = LEVEL
) -> Segments:
    """Segmented regression of values float[n] with the moment at step `moment`; errors by Newey and West with `lags`.

    A `comparison` series float[n] that nothing was done to is taken off first: days of action are chosen at peaks, and what
    falls back from a peak is no effect.
    """
    y = np.asarray(values, np.float64) - (0.0 if comparison is None else np.asarray(comparison, np.float64))
    if not 2 <= moment <= y.size - 2:
        raise ValueError("a line on each side takes two steps before and two after")
    time = np.arange(y.size, dtype=np.float64)
    after = (time >= moment).astype(np.float64)
    x = np.column_stack([np.ones(y.size), time, after, after * (time - moment)])
    chosen = lags or max(1, int(np.floor(4 * (y.size / 100) ** (2 / 9))))
    fit = _statsmodels().OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": chosen})
    parts = []
    for place in (2, 3):
        value, reach = float(fit.params[place]), deviate(level) * float(fit.bse[place])
        parts.append(
            Estimate(value, value - reach, value + reach, y.size, f"segmented regression, Newey-West {chosen}", level)
        )
    return Segments(parts[0], parts[1], float(fit.params[1]))


def counterfactual(
    values: ArrayLike, moment: int, controls: ArrayLike | None = None, season: int = 0, level: float = LEVEL
) -> Counterfactual:
    """A local level with regression on `controls` float[n, k] (series nothing was done to), learnt before step `moment`.

    The sum of the effects has its interval from simulated futures, which hang together. Bayesian models differ from it by what
    they take for granted; agreement is to be looked for within a standard error, not to digits.
    """
    y = np.asarray(values, np.float64)
    x = None if controls is None else np.asarray(controls, np.float64).reshape(y.size, -1)
    if not 5 <= moment < y.size:
        raise ValueError("a model of what was before takes five steps, and one after")
    seasonal = {"seasonal": season} if season else {}
    model = _statsmodels().tsa.UnobservedComponents(
        y[:moment], "llevel", exog=None if x is None else x[:moment], **seasonal
    )
    fit = model.fit(disp=False)
    after = None if x is None else x[moment:]
    forecast = fit.get_forecast(y.size - moment, exog=after)
    bounds = np.asarray(forecast.conf_int(alpha=1 - level))
    futures = fit.simulate(y.size - moment, anchor="end", repetitions=2_000, exog=after, rng=7)
    futures = np.asarray(futures).reshape(y.size - moment, -1)
    expected = np.asarray(forecast.predicted_mean)
    effects = y[moment:, None] - futures
    total = _spread(float((y[moment:] - expected).sum()), effects.sum(axis=0), y.size, level)
    average = _spread(float((y[moment:] - expected).mean()), effects.mean(axis=0), y.size, level)
    return Counterfactual(
        expected, bounds[:, 0], bounds[:, 1], average, total, float((y[moment:] - expected).sum() / expected.sum())
    )


def _spread(value: float, drawn: Floats, n: int, level: float) -> Estimate:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), n, "local level, simulated futures", level)

"""What was never found: capture and recapture, with units' lists as the captures.

Two and more units flag independently; what none of them found is estimated from how they overlap. Chao's (1987) is a lower
bound, and is reported as one. The log-linear models are those of Rcapture (Baillargeon and Rivest 2007), fitted by Poisson
regression to the counts of histories.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import LEVEL, Estimate, deviate

Floats = NDArray[np.float64]
Model = Literal["M0", "Mt", "Mh Chao", "Mh Poisson2", "Mh Darroch", "Mth Chao", "Mth Poisson2", "Mth Darroch"]
MODELS: tuple[Model, ...] = (
    "M0",
    "Mt",
    "Mh Chao",
    "Mh Poisson2",
    "Mh Darroch",
    "Mth Chao",
    "Mth Poisson2",
    "Mth Darroch",
)
_STEPS = 200
_CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Population:
    """How many there are in all, seen and unseen: the estimate, its standard error, and how the model fits."""

    model: str
    total: Estimate
    error: float
    seen: int
    deviance: float
    degrees: int
    aic: float

    @property
    def unseen(self) -> Estimate:
        """How many were never found."""
        whole = self.total
        less = [None if part is None else max(part - self.seen, 0.0) for part in (whole.value, whole.low, whole.high)]
        return Estimate(less[0], less[1], less[2], whole.n, whole.method, whole.level, whole.reason)


def histories(lists: Mapping[Hashable, Iterable[Hashable]]) -> NDArray[np.int64]:
    """Who found what, int[n, lists] of 0 and 1, from the things on each list, in the order they are first named."""
    listed = [list(things) for things in lists.values()]
    sets = [set(things) for things in listed]
    everything = dict.fromkeys(thing for things in listed for thing in things)
    return np.array([[int(thing in things) for things in sets] for thing in everything], np.int64).reshape(
        -1, len(sets)
    )


def chao(captures: ArrayLike, occasions: int | None = None, level: float = LEVEL) -> Population:
    """Chao's lower bound from `captures` int[n], how often each thing was found; with `occasions` its correction for few lists."""
    times = np.asarray(captures, np.int64)
    times = times[times > 0]
    once, twice, seen = int((times == 1).sum()), int((times == 2).sum()), times.size
    factor = (occasions - 1) / occasions if occasions else 1.0
    missed = factor * once**2 / (2 * twice) if twice else factor * once * (once - 1) / 2
    ratio = once / twice if twice else 0.0
    variance = twice * (factor * ratio**2 / 2 + factor**2 * ratio**3 + factor**2 * ratio**4 / 4) if twice else missed
    total = _interval(seen, missed, math.sqrt(variance), "Chao's lower bound, log interval", level)
    return Population("Chao", total, math.sqrt(variance), seen, math.nan, 0, math.nan)


def chapman(first: int, second: int, both: int, level: float = LEVEL) -> Population:
    """Two lists: Chapman's estimator (1951) from how many are on the first, the second, and on both."""
    if not 0 <= both <= min(first, second):
        raise ValueError("what is on both lists is on each of them")
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    error = math.sqrt(variance)
    return Population(
        "Chapman",
        _interval(seen, total - seen, error, "Chapman, log interval", level),
        error,
        seen,
        math.nan,
        0,
        math.nan,
    )


def closed(found: ArrayLike, model: Model = "Mt", weights: ArrayLike | None = None, level: float = LEVEL) -> Population:
    """A closed population under one of `MODELS`, from histories int[n, t] of 0 and 1; `weights` int[n] where rows are counts.

    ValueError on fewer than two lists, on nothing found, on a model with more unknowns than histories.
    """
    cells, counts = _cells(found, weights)
    return _fit(model, _design(cells, model), counts, level, negatives="Chao" in model)


def loglinear(
    found: ArrayLike, pairs: Iterable[tuple[int, int]] = (), weights: ArrayLike | None = None, level: float = LEVEL
) -> Population:
    """Lists that hang together in `pairs` (places from 0): one effect a list, one a pair (Fienberg 1972)."""
    cells, counts = _cells(found, weights)
    chosen = tuple(pairs)
    columns = [cells, *(cells[:, [a]] * cells[:, [b]] for a, b in chosen)]
    name = "independence" if not chosen else " ".join(f"{a + 1}x{b + 1}" for a, b in chosen)
    return _fit(name, np.hstack(columns), counts, level)


def best_loglinear(
    found: ArrayLike, weights: ArrayLike | None = None, level: float = LEVEL, *, most: int | None = None
) -> Population:
    """The log-linear model of least AIC, pairs added one at a time while that helps; `most` pairs at most.

    Many lists make many pairs to try, and the least AIC of many tries fits the noise: say beforehand how many to allow.
    """
    lists = np.asarray(found).shape[1]
    chosen: tuple[tuple[int, int], ...] = ()
    best = loglinear(found, chosen, weights, level)
    left = list(combinations(range(lists), 2)) if lists > 2 else []
    while left and len(chosen) != most:
        tries = [loglinear(found, (*chosen, pair), weights, level) for pair in left]
        place = min(range(len(tries)), key=lambda one: tries[one].aic)
        if tries[place].aic >= best.aic or tries[place].degrees < 1:
            break
        best, chosen = tries[place], (*chosen, left.pop(place))
    return best


def _cells(found: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Every history there can be but the empty one, and how many things have it."""
    rows = np.asarray(found, np.int64)
    if rows.ndim != 2 or rows.shape[1] < 2 or not np.isin(rows, (0, 1)).all():
        raise ValueError("histories are rows of 0 and 1, one column a list, of two lists or more")
    if rows.shape[1] > 16:
        raise ValueError("more than 16 lists make more histories than can be fitted; put lists together")
    counted = np.ones(rows.shape[0]) if weights is None else np.asarray(weights, np.float64)
    cells = np.array([cell for cell in product((1, 0), repeat=rows.shape[1]) if any(cell)], np.float64)
    place = rows @ (1 << np.arange(rows.shape[1])[::-1])
    totals = np.bincount(place, counted, 1 << rows.shape[1])
    counts = totals[(cells @ (1 << np.arange(rows.shape[1])[::-1])).astype(int)]
    if not counts.any():
        raise ValueError("nothing was found on any list")
    return cells, counts


def _design(cells: Floats, model: Model) -> Floats:
    often = cells.sum(axis=1, keepdims=True)
    base = cells if model.startswith(("Mt",)) else often
    lists = cells.shape[1]
    extra = {
        "Chao": lambda: np.maximum(often - np.arange(2, lists), 0),
        "Poisson2": lambda: 2.0**often - 1,
        "Darroch": lambda: often**2 / 2,
    }
    _, _, kind = model.partition(" ")
    return np.hstack([base, extra[kind]()]) if kind else base


def _fit(name: str, design: Floats, counts: Floats, level: float, *, negatives: bool = False) -> Population:
    """Poisson regression with an intercept, whose exponential is the count of the empty history.

    Chao's models lose the columns whose effect is negative: they would say that a thing found often was hard to find.
    """
    x = np.hstack([np.ones((counts.size, 1)), design])
    if x.shape[1] > counts.size:
        raise ValueError(f"{name} has more unknowns than there are histories")
    beta, covariance, deviance = _poisson(x, counts)
    fixed = x.shape[1]
    if negatives:
        lists = int(design[:, :1].max()) if "Mh" in name else 0
        fixed = 2 if lists else 1 + int(math.log2(counts.size + 1))
        while (worst := int(np.argmin(np.append(beta[fixed:], 0.0)))) < beta.size - fixed:
            x = np.delete(x, fixed + worst, axis=1)
            beta, covariance, deviance = _poisson(x, counts)
    missed = math.exp(beta[0])
    error = math.sqrt(missed + missed**2 * covariance[0, 0])
    seen = int(counts.sum())
    total = _interval(seen, missed, error, f"log-linear {name}, log interval", level)
    likelihood = float((counts * np.log(np.maximum(np.exp(x @ beta), 1e-300)) - np.exp(x @ beta)).sum()) - sum(
        math.lgamma(c + 1) for c in counts
    )
    return Population(name, total, error, seen, deviance, counts.size - x.shape[1], 2 * x.shape[1] - 2 * likelihood)


def _poisson(x: Floats, counts: Floats) -> tuple[Floats, Floats, float]:
    """Iterated weighted least squares: coefficients, their covariance, deviance."""
    mean = np.maximum(counts, 0.1)
    eta = np.log(mean)
    last = math.inf
    for _ in range(_STEPS):
        weighted = x * mean[:, None]
        beta = np.linalg.lstsq(x.T @ weighted, weighted.T @ (eta + (counts - mean) / mean), rcond=None)[0]
        eta = np.clip(x @ beta, -60, 60)
        mean = np.exp(eta)
        terms = np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-300) / mean), 0.0)
        deviance = float(2 * (terms - (counts - mean)).sum())
        if abs(last - deviance) <= _CLOSE * (abs(deviance) + 0.1):
            break
        last = deviance
    covariance = np.asarray(np.linalg.pinv(x.T @ (x * mean[:, None])), np.float64)
    return np.asarray(beta, np.float64), covariance, deviance


def _interval(seen: int, missed: float, error: float, method: str, level: float) -> Estimate:
    """Chao's (1987) interval: the unseen are log-normal, so that the whole is never fewer than the seen."""
    if missed <= 0:
        return Estimate(float(seen), float(seen), float(seen), seen, method, level, "the lists leave nothing unseen")
    spread = math.exp(deviate(level) * math.sqrt(math.log1p((error / missed) ** 2)))
    return Estimate(seen + missed, seen + missed / spread, seen + missed * spread, seen, method, level)

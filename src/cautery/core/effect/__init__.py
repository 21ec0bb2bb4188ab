"""Estimators on plain arrays. Times are float seconds; unknown is never folded into known.

kaplan_meier(durations, observed, entry=None) -> SurvivalCurve     event times known or right-censored
turnbull(left, right) -> Npmle                                     event seen only to lie in (left, right]
Inspected(left, right).median() / .quantile(p) / .share(by)        how soon and how many, each with its interval
median_interval, quantile_interval, share_interval                 the same for a single figure
aalen_johansen(durations, causes, entry=None) -> {cause: Incidence}   causes kept apart
mean_cumulative(start, stop, events, subjects) -> MeanCumulative   how often things come back
chao, chapman, closed, loglinear, best_loglinear -> Population     what was never found, from units' lists
displacement(before, after) -> [Shift]                             where out-links went
wilson(successes, trials) -> Estimate                              a share of counted things

In modules of their own, since they read heavy libraries: `cox` (regression and its checks), `logrank`, `gray` (tests between
groups), `interrupted` (before and after, counterfactual). docs/effect.md says which reference each meets.
"""

from __future__ import annotations

from .competing import Incidence, aalen_johansen
from .displacement import Shift, displacement
from .estimate import LEVEL, Bounds, Estimate, wilson
from .inspection import Inspected, median_interval, quantile_interval, share_interval
from .kaplan_meier import SurvivalCurve, kaplan_meier
from .recurrence import MeanCumulative, mean_cumulative, spells
from .turnbull import Npmle, turnbull
from .unseen import MODELS, Population, best_loglinear, chao, chapman, closed, histories, loglinear

__all__ = [
    "LEVEL",
    "MODELS",
    "Bounds",
    "Estimate",
    "Incidence",
    "Inspected",
    "MeanCumulative",
    "Npmle",
    "Population",
    "Shift",
    "SurvivalCurve",
    "aalen_johansen",
    "best_loglinear",
    "chao",
    "chapman",
    "closed",
    "displacement",
    "histories",
    "kaplan_meier",
    "loglinear",
    "mean_cumulative",
    "median_interval",
    "quantile_interval",
    "share_interval",
    "spells",
    "turnbull",
    "wilson",
]

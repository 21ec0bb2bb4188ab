"""Estimators on plain arrays. Times are float seconds; unknown is never folded into known.

kaplan_meier(durations, observed, entry=None) -> SurvivalCurve     event times known or right-censored
turnbull(left, right) -> Npmle                                     event seen only to lie in (left, right]
Inspected(left, right).median() / .quantile(p) / .share(by)        how soon and how many, each with its interval
median_interval, quantile_interval, share_interval                 the same for a single figure
wilson(successes, trials) -> Estimate                              a share of counted things
"""

from __future__ import annotations

from .estimate import Bounds, Estimate, wilson
from .inspection import Inspected, median_interval, quantile_interval, share_interval
from .kaplan_meier import SurvivalCurve, kaplan_meier
from .turnbull import Npmle, turnbull

__all__ = [
    "Bounds",
    "Estimate",
    "Inspected",
    "Npmle",
    "SurvivalCurve",
    "kaplan_meier",
    "median_interval",
    "quantile_interval",
    "share_interval",
    "turnbull",
    "wilson",
]

"""Estimators on plain arrays. Times are float seconds; unknown is never folded into known.

kaplan_meier(durations, observed, entry=None) -> SurvivalCurve     event times known or right-censored
turnbull(left, right) -> Npmle                                     event seen only to lie in (left, right]
median_interval / quantile_interval(left, right, ...) -> Estimate  when, with its uncertainty
share_interval(left, right, by) -> Estimate                        how many by then, with its uncertainty
wilson(successes, trials) -> Estimate                              a share of counted things
"""

from __future__ import annotations

from .estimate import Bounds, Estimate, wilson
from .inspection import median_interval, quantile_interval, share_interval
from .kaplan_meier import SurvivalCurve, kaplan_meier
from .turnbull import Npmle, turnbull

__all__ = [
    "Bounds",
    "Estimate",
    "Npmle",
    "SurvivalCurve",
    "kaplan_meier",
    "median_interval",
    "quantile_interval",
    "share_interval",
    "turnbull",
    "wilson",
]

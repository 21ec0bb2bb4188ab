"""Who took it down: the provider, its owner, the provider in some countries, nobody can tell. Causes are kept apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cautery.core.effect import Estimate, aalen_johansen
from cautery.core.effect.competing import Incidence
from cautery.report.measures.cases import CAUSES, Case
from cautery.report.measures.figure import DAY, HOUR, figure, hull

MOMENTS = (("share_1h", HOUR), ("share_24h", DAY), ("share_72h", 3 * DAY))
_METHOD = "Aalen-Johansen at the middle of the two looks; limits at their ends"

Curves = dict[int, Incidence]


def causes(rows: Sequence[Case]) -> dict[str, Any]:
    """Cumulative incidence of each cause after 1, 24 and 72 hours; what is still up, or was not seen, is censored when last seen up.

    The moment lies between two looks, so the estimate is made three times: at their middle (the value), at the first and
    at the last moment it can have been; the interval holds the limits of all three.
    """
    followed = [case for case in rows if case.received is not None]
    ways = [_curves(followed, at) for at in (_middle, _earliest, _latest)]
    return {
        name: {
            "seen": sum(case.cause == name for case in followed),
            **{key: figure(_at(ways, place, moment, len(followed)), "share") for key, moment in MOMENTS},
        }
        for place, name in enumerate(CAUSES, 1)
    }


def _middle(case: Case) -> float:
    return (case.low + case.down) / 2


def _earliest(case: Case) -> float:
    return case.low


def _latest(case: Case) -> float:
    return case.down


def _curves(rows: Sequence[Case], at: Any) -> Curves:
    ended = [bool(case.cause) and math.isfinite(case.down) for case in rows]
    durations = [at(case) if over else case.low for case, over in zip(rows, ended, strict=True)]
    kinds = [CAUSES.index(case.cause) + 1 if over else 0 for case, over in zip(rows, ended, strict=True)]
    return aalen_johansen(durations, kinds)


def _at(ways: Sequence[Curves], cause: int, moment: float, n: int) -> Estimate:
    if not n:
        return Estimate(None, None, None, 0, _METHOD, reason="nothing was observed")
    if cause not in ways[0]:
        return Estimate(0.0, None, None, n, _METHOD, reason="no such case was seen")
    found = hull([curves[cause].at(moment) for curves in ways])
    return Estimate(found.value, found.low, found.high, n, _METHOD, found.level, found.reason)

"""Where do they go? Shares of out-links by destination, before and after."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from .estimate import LEVEL, Estimate, wilson


@dataclass(frozen=True, slots=True)
class Shift:
    """One destination: its share of all out-links before and after, and the difference."""

    destination: Hashable
    before: Estimate
    after: Estimate
    change: Estimate


def displacement(before: Mapping[Hashable, int], after: Mapping[Hashable, int], level: float = LEVEL) -> list[Shift]:
    """Each destination's change of share, the largest gain first, with Newcombe's interval (1998, method 10).

    Counts are of links that can be told apart (a link repeated by one page is one): links of one page hang together.
    """
    whole = sum(before.values()), sum(after.values())
    shifts = []
    for place in dict.fromkeys((*before, *after)):
        old, new = wilson(before.get(place, 0), whole[0], level), wilson(after.get(place, 0), whole[1], level)
        shifts.append(Shift(place, old, new, _difference(old, new, level)))
    return sorted(shifts, key=lambda shift: -(shift.change.value or 0.0))


def _difference(old: Estimate, new: Estimate, level: float) -> Estimate:
    method = "difference of shares, Newcombe interval"
    if (
        old.value is None
        or new.value is None
        or old.low is None
        or old.high is None
        or new.low is None
        or new.high is None
    ):
        return Estimate(None, None, None, old.n + new.n, method, level, "no links were counted on one side")
    change = new.value - old.value
    down = math.hypot(new.value - new.low, old.high - old.value)
    up = math.hypot(new.high - new.value, old.value - old.low)
    return Estimate(change, max(-1.0, change - down), min(1.0, change + up), old.n + new.n, method, level)

"""A plan hour by hour: what each provider can take, in the plan's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Refused
from .units import checked

MOST_HOURS = 24 * 365


@dataclass(frozen=True, slots=True)
class Quota:
    """What one provider can take: notices in an hour, and in all; None is no limit."""

    an_hour: int | None = None
    in_all: int | None = None


NO_QUOTA = Quota()


@dataclass(frozen=True, eq=False)
class Waves:
    """hours[h] are the nodes to act on in hour h, in the plan's order; `left_out` are those beyond a provider's quota."""

    hours: list[NDArray[np.int64]]
    left_out: NDArray[np.int64]

    @property
    def order(self) -> NDArray[np.int64]:
        """All of them, in the order they go."""
        return np.concatenate(self.hours) if self.hours else np.empty(0, np.int64)


def waves(order: ArrayLike, providers: ArrayLike, quotas: Mapping[int, Quota], hours: int | None = None) -> Waves:
    """Spread an order over hours: each hour every provider takes the next of its own that its quota allows.

    providers int64[n]: whose node each is. Within `hours`, where given; what does not fit is left out.
    """
    whose = np.asarray(providers, np.int64)
    nodes = checked(order, whose.size, "The order")
    if any(limit is not None and limit < 0 for quota in quotas.values() for limit in (quota.an_hour, quota.in_all)):
        raise Refused("A quota is below 0.", reason="bad_quota")
    hour = np.zeros(nodes.size, np.int64)
    for provider in np.unique(whose[nodes]):
        quota = quotas.get(int(provider), NO_QUOTA)
        own = np.flatnonzero(whose[nodes] == provider)
        turn = np.arange(own.size)
        hour[own] = 0 if quota.an_hour is None else turn // max(quota.an_hour, 1)
        beyond = np.zeros(own.size, np.bool_) if quota.in_all is None else turn >= quota.in_all
        hour[own[beyond | (quota.an_hour == 0)]] = MOST_HOURS
    last = min(MOST_HOURS, MOST_HOURS if hours is None else hours)
    taken = hour < last
    count = int(hour[taken].max(initial=-1)) + 1
    return Waves([nodes[taken & (hour == h)] for h in range(count)], nodes[~taken])

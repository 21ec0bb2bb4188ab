"""Plans where each provider takes only so many notices: in all, or in every hour.

Cutting a plan down to the quotas leaves its gaps open. So it is planned again: what a provider takes of its own is kept, the
rest of its nodes stay, and the search finds others in their place. An hour's plan knows what the hours before took.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .dismantle import DEFAULT_UNITS, Plan, assess, dismantle
from .network import Network
from .units import Groups, checked
from .waves import MOST_HOURS, Quota, Waves, waves

Ids = NDArray[np.int64]
ROUNDS = 4
"""How many plans are made, of which the best is taken; each is cut to the quotas."""

HOURS = 24
"""Hours that are each planned for; what is left then keeps its order."""


@dataclass(frozen=True, eq=False)
class Quotas:
    """Whose each node is (int64[n]), and what each of them takes."""

    providers: Ids
    limits: Mapping[int, Quota]

    def left_out(self, order: Ids) -> Ids:
        """Nodes of an order that are beyond what their provider takes in all."""
        in_all = {provider: Quota(None, quota.in_all) for provider, quota in self.limits.items()}
        return waves(order, self.providers, in_all).left_out


def within_quotas(
    network: Network, quotas: Quotas, budget: int, protected: ArrayLike = (), groups: Groups | None = None,
    seconds: float | None = None, seed: int = 0, *, gone: ArrayLike = (), first: Plan | None = None,
    work: float = DEFAULT_UNITS,
) -> Ids:  # fmt: skip
    """As many nodes as the budget pays for, within what each provider takes in all, planned again where a quota cuts.

    `first`: the plan without quotas, where it is there already. Nodes of one group count against their own providers; a group
    that cannot go as a whole within the quotas may be in part in the answer, and is then not gone.
    """
    stay = checked(protected, network.n, "Protected")
    share = None if seconds is None else seconds / ROUNDS
    share_of_work = work / ROUNDS
    order: Ids = (first or dismantle(network, budget, stay, groups, share, seed, gone=gone, work=share_of_work)).order
    found = []
    for turn in range(ROUNDS):
        found.append(order[~np.isin(order, quotas.left_out(order))][:budget])
        wanted = order[:budget]
        beyond = quotas.left_out(wanted)
        if not beyond.size or turn == ROUNDS - 1:
            break
        stay = np.union1d(stay, _full(quotas, order, wanted, beyond))
        order = dismantle(network, budget, stay, groups, share, seed, gone=gone, work=share_of_work).order
    return min(found, key=lambda nodes: _left(network, nodes, groups, gone))


def _left(network: Network, nodes: Ids, groups: Groups | None, gone: ArrayLike) -> int:
    """The largest component without these nodes."""
    judged = assess(network, nodes, groups, gone=gone)
    return int(judged.curve[-1]) if nodes.size else judged.scores.largest


def _full(quotas: Quotas, order: Ids, wanted: Ids, beyond: Ids) -> Ids:
    """All nodes of the providers that were asked too much, but those they take of the wanted ones."""
    asked = np.unique(quotas.providers[beyond])
    taken = wanted[~np.isin(wanted, beyond)]
    own = order[np.isin(quotas.providers[order], asked)]
    return own[~np.isin(own, taken)]


def hour_by_hour(
    network: Network, quotas: Quotas, budget: int, protected: ArrayLike = (), groups: Groups | None = None,
    seconds: float | None = None, seed: int = 0, *, gone: ArrayLike = (), hours: int = HOURS,
) -> Waves:  # fmt: skip
    """The budget spread over hours: each is planned for by itself, on what the hours before left, within its quotas.

    An hour takes what each provider takes in an hour, and no more in all than its quota in all. After `hours` hours what is left
    of the budget goes in the order of the last plan (`waves`).
    """
    away = checked(gone, network.n, "Nodes gone")
    share = None if seconds is None else seconds / hours
    spread: list[Ids] = []
    left = dict(quotas.limits)
    for _ in range(hours):
        if budget <= 0:
            break
        now = Quotas(quotas.providers, {who: Quota(None, _least(quota)) for who, quota in left.items()})
        room = min(budget, _room(now, network.n))
        work = DEFAULT_UNITS / hours
        taken = within_quotas(network, now, room, protected, groups, share, seed, gone=away, work=work)
        if not taken.size:
            break
        spread.append(taken)
        away, budget = np.union1d(away, taken), budget - taken.size
        left = {who: _less(quota, int((quotas.providers[taken] == who).sum())) for who, quota in left.items()}
    rest = _rest(network, Quotas(quotas.providers, left), budget, protected, groups, share, seed, away)
    return Waves([*spread, *rest.hours], rest.left_out)


def _least(quota: Quota) -> int | None:
    """What a provider takes in this hour."""
    given = [limit for limit in (quota.an_hour, quota.in_all) if limit is not None]
    return min(given) if given else None


def _less(quota: Quota, taken: int) -> Quota:
    return quota if quota.in_all is None else Quota(quota.an_hour, max(0, quota.in_all - taken))


def _room(quotas: Quotas, n: int) -> int:
    """How many nodes all providers together take."""
    counts = np.bincount(quotas.providers, minlength=1)
    limits = {who: quota.in_all for who, quota in quotas.limits.items()}
    room = 0
    for who, count in enumerate(counts.tolist()):
        limit = limits.get(who)
        room += count if limit is None else min(limit, count)
    return min(room, n)


def _rest(
    network: Network, quotas: Quotas, budget: int, protected: ArrayLike, groups: Groups | None, seconds: float | None,
    seed: int, away: Ids,
) -> Waves:  # fmt: skip
    """What of the budget the hours planned for did not take."""
    if budget <= 0:
        return Waves([], np.empty(0, np.int64))
    plan = dismantle(network, budget, protected, groups, seconds, seed, gone=away)
    return waves(plan.order[:budget], quotas.providers, quotas.limits, MOST_HOURS)

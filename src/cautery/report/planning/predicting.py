"""What a plan on a register promises: the order, the set a budget pays for, and what is left if it goes, beside the obvious sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.core.graph import Network, Plan, dismantle
from cautery.core.graph.meaning import SEEDS, meaning
from cautery.core.graph.quotas import Quotas, within_quotas
from cautery.core.graph.relations import Planned, from_relations
from cautery.core.graph.waves import Quota, waves
from cautery.report.planning.register import Register

Ids = NDArray[np.int64]
SHARE = 0.1
"""Of the accounts, as many as a plan without a budget is made for."""
PLAN, LOUDEST, CONNECTED, SIGNED = "plan", "most flagged", "most connected", "all signed"


@dataclass(frozen=True, eq=False)
class Prediction:
    """A plan on a register: whom to act on, in order, within quotas, and each set's promise."""

    network: Network
    groups: Ids
    plan: Plan
    size: int
    sets: dict[str, Ids]
    promised: dict[str, dict[str, float]]


def predict(
    register: Register,
    budget: int | None = None,
    quotas: Mapping[str, Quota] | None = None,
    seed: int = 0,
    seconds: float | None = None,
) -> Prediction:
    """Plan on the register's network. Reach is from the nodes with most flags; shares are of all nodes not gone."""
    planned = from_relations(links=register.links, same_operator=register.same_operator, n=len(register.labels))
    network = planned.network
    allowed = np.setdiff1d(np.arange(network.n), register.protected + register.gone)
    size = min(allowed.size, max(1, round(SHARE * allowed.size)) if budget is None else budget)
    plan = dismantle(network, size, register.protected, planned.groups, seconds, seed, gone=register.gone)
    chosen = _within_quotas(planned, register, plan, size, quotas or {}, seconds, seed)
    flags = np.asarray(register.flags, np.int64)
    by = {LOUDEST: flags, CONNECTED: network.degree}
    others = {name: allowed[np.argsort(-value[allowed], kind="stable")] for name, value in by.items()}
    sets = {PLAN: chosen} | {n: within(o, register.providers, quotas or {}, size) for n, o in others.items()}
    sets[SIGNED] = np.setdiff1d(register.signed, register.gone).astype(np.int64)
    return Prediction(
        network=network,
        groups=planned.groups,
        plan=plan,
        size=size,
        sets=sets,
        promised={name: promise(network, nodes, register) for name, nodes in sets.items()},
    )


def _within_quotas(
    planned: Planned, register: Register, plan: Plan, size: int, quotas: Mapping[str, Quota],
    seconds: float | None, seed: int,
) -> Ids:  # fmt: skip
    """The plan's set of this size; where quotas cut it, others in the place of what a provider does not take."""
    if not quotas:
        return plan.order[:size]
    numbers = {name: place for place, name in enumerate(sorted(set(register.providers)))}
    whose = np.array([numbers[name] for name in register.providers], np.int64)
    limits = {numbers[name]: Quota(None, quota.in_all) for name, quota in quotas.items() if name in numbers}
    given = (register.protected, planned.groups, seconds, seed)
    return within_quotas(planned.network, Quotas(whose, limits), size, *given, gone=register.gone, first=plan)


def within(order: Ids, providers: list[str], quotas: Mapping[str, Quota], size: int) -> Ids:
    """The first `size` of an order that the providers' quotas leave room for."""
    names = sorted(set(providers))
    number = {name: place for place, name in enumerate(names)}
    whose = np.array([number[name] for name in providers], np.int64)
    given = {number[name]: Quota(None, quota.in_all) for name, quota in quotas.items() if name in number}
    left_out = waves(order, whose, given).left_out
    return order[~np.isin(order, left_out)][:size]


def starts(register: Register) -> Ids:
    """The nodes with most flags: where people are taken to begin."""
    return np.argsort(-np.asarray(register.flags, np.int64), kind="stable")[:SEEDS].astype(np.int64)


def promise(network: Network, removed: Ids, register: Register) -> dict[str, float]:
    """Largest component and reach if exactly these go besides those gone already, as shares of the nodes not gone."""
    away = np.union1d(removed, register.gone).astype(np.int64)
    flags = np.asarray(register.flags, np.float64)
    found = meaning(network, away, starts(register), flags)
    alive = max(1, network.n - len(register.gone))
    scale = network.n / alive
    return {
        "largest": round(found.weak * scale, 4),
        "reach": round(found.reached * scale, 4),
        "flags_left": round(found.audience_left or 0.0, 4),
    }


def content(register: Register, made: Prediction, as_of: datetime) -> dict[str, Any]:
    """All that has to be kept to compare a plan with what happened; nodes are places in `labels` and `items`."""
    return {
        "as_of": as_of.isoformat(),
        "labels": register.labels,
        "items": register.items,
        "arcs": made.network.arcs.tolist(),
        "same_operator": register.same_operator,
        "gone": register.gone,
        "protected": len(register.protected),
        "starts": starts(register).tolist(),
        "order": made.plan.order.tolist(),
        "sets": {name: nodes.tolist() for name, nodes in made.sets.items()},
        "simultaneous": {f"{share:g}": nodes.tolist() for share, nodes in made.plan.simultaneous.items()},
        "promised": made.promised,
    }

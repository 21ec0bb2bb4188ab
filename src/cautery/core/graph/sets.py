"""The set to act on at one moment: as few nodes as found that leave no component above a limit.

It is another product than the order. An order wants every step to count; a set only its end, and the best sets break
cycles first (CoreHD, tree breaking) and then bring back all that may come back under the limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .budget import Effort
from .kernel import Ints, Nodes
from .reinsert import Blur, least_set
from .starts import NOBODY, Score, by_core, by_degree, by_influence, by_leaves, completed
from .task import HUNDREDTH, Found, Task

NOISE = (0.0, 0.1, 0.3, 1.0)
RESERVES = (0.1, 0.3, 0.6)
IDLE_MOVES = 60
"""A search by units ends after so many moves without a smaller set."""


def least(task: Task, order: Found, share: float, effort: Effort) -> Nodes:
    """The smallest set found that brings the largest component under a share of all; `order` is one to begin with."""
    limit = task.limit(share)
    scores: list[Score] = [by_core(share), by_degree, by_influence, by_leaves(2)]
    best = _brought_back(task, task.cut(order, limit).order, limit, 0.0)
    for score in scores:
        if not effort.left:
            return best
        best = _smaller(task, best, _brought_back(task, completed(task, NOBODY, score, limit).order, limit, 0.0))
        effort.spend(4 * task.units)
    costs, idle = task.links.costs, 0
    while effort.left and (effort.until is not None or idle < IDLE_MOVES) and best.size:
        before = costs[best].sum()
        trial = _other(task, best, share, scores)
        found = _brought_back(task, trial, limit, float(task.rng.choice(NOISE)))
        best = _smaller(task, best, found)
        idle = 0 if costs[best].sum() < before else idle + 1
        effort.spend(4 * task.units)
    return best


def _smaller(task: Task, one: Nodes, other: Nodes) -> Nodes:
    """The cheaper set; of two that cost the same the newer, to move on."""
    costs = task.links.costs
    return other if costs[other].sum() <= costs[one].sum() else one


def _brought_back(task: Task, removed: Nodes, limit: int, noise: float) -> Nodes:
    return least_set(task.links, removed, limit, Blur(task.draws(), noise))


def _other(task: Task, best: Nodes, share: float, scores: list[Score]) -> Nodes:
    """A set like the best: with more taken in, or with a random part put back and others found in its place."""
    which = int(task.rng.integers(len(scores) + 1))
    if which == len(scores):
        return completed(task, best, None, task.limit(share * float(task.rng.choice(RESERVES)))).order
    part = 0.5 * 2 ** -(7 * task.rng.random())
    kept = best[task.rng.random(best.size) > part]
    return completed(task, kept, scores[which], task.limit(share)).order


@dataclass(frozen=True)
class _Within:
    """A removal order and the largest component once the budget is used up along it."""

    found: Found
    level: int


def within_budget(task: Task, order: Found, sets: list[Nodes], budget: int, effort: Effort) -> Found:
    """The order whose first nodes, as many as the budget pays for, leave the smallest largest component found."""
    best = _used(task, order, budget)
    for nodes in (order.order, *sets):
        best = _lower(best, _from_behind(task, nodes, budget))
        effort.spend(3 * task.units)
    idle = 0
    while effort.left and (effort.until is not None or idle < IDLE_MOVES) and best.found.order.size:
        before = best.level
        kept = best.found.order[: first_paid(task.links.costs[best.found.order], budget)]
        part = 0.5 * 2 ** -(5 * task.rng.random())
        kept = kept[task.rng.random(kept.size) > part]
        best = _lower(best, _from_behind(task, completed(task, kept, by_degree, task.limit(HUNDREDTH)).order, budget))
        idle = 0 if best.level < before else idle + 1
        effort.spend(6 * task.units)
    return best.found


def _lower(one: _Within, other: _Within) -> _Within:
    return other if other.level <= one.level else one


def _from_behind(task: Task, nodes: Nodes, budget: int) -> _Within:
    """All of the nodes re-inserted: what is left to remove at any point is a good set of that size."""
    found = task.found(nodes)
    count = found.order.size
    if count > 1:
        found = task.reinserted(found, np.array([0, count], np.int64), float(task.rng.choice(NOISE)))
    return _used(task, found, budget)


def _used(task: Task, found: Found, budget: int) -> _Within:
    return _Within(found, int(found.levels[first_paid(task.links.costs[found.order], budget)]))


def first_paid(costs: Ints, budget: int) -> int:
    """How many of the first removals a budget pays for."""
    return int(np.searchsorted(np.cumsum(costs), budget, side="right"))

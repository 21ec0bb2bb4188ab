"""Which nodes to act on, and in which order; and what any such plan is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Refused
from .budget import Effort
from .forward import adaptive_degree
from .kernel import Flags, Ints, Nodes
from .network import Network
from .percolate import largest_first, levels_of
from .scores import Scores, scored
from .search import search
from .sets import first_paid, least, within_budget
from .task import HUNDREDTH, TENTH, Found, Task
from .units import Groups, Units, checked, labelled, marked

DEFAULT_UNITS = 1e8
"""Work of a search without a time limit: some seconds below 100,000 links, under a minute at a million."""

ORDER_SHARE, SET_SHARE = 0.7, 0.5
"""Of a search's effort, what goes to the order; and of the rest, what goes to the first of the two sets."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """A plan's course: curve int64[len(order)] is the largest component after each removal."""

    order: NDArray[np.int64]
    curve: Ints
    scores: Scores


@dataclass(frozen=True, eq=False)
class Plan:
    """What to act on.

    order int64[k]         every node that may be acted on, the one to act on first at the front
    curve int64[k]         the largest component after each
    simultaneous           {0.1: int64[], 0.01: int64[]}: the smallest set found that brings the largest component
                           under that share of all nodes at one moment; `reached` says whether it does
    chosen int64[b]        with a budget: the nodes it pays for, also the front of `order`; else empty
    """

    order: NDArray[np.int64]
    curve: Ints
    simultaneous: dict[float, NDArray[np.int64]]
    reached: dict[float, bool]
    chosen: NDArray[np.int64]
    scores: Scores
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON: node ids as numbers."""
        return {
            "order": self.order.tolist(),
            "curve": self.curve.tolist(),
            "simultaneous": {f"{share:g}": nodes.tolist() for share, nodes in self.simultaneous.items()},
            "reached": {f"{share:g}": done for share, done in self.reached.items()},
            "chosen": self.chosen.tolist(),
            "scores": self.scores.as_dict(),
            "seed": self.seed,
        }


def dismantle(
    network: Network,
    budget: int | None = None,
    protected: ArrayLike = (),
    groups: Groups | None = None,
    seconds: float | None = None,
    seed: int = 0,
    *,
    gone: ArrayLike = (),
    counted: ArrayLike | None = None,
    work: float = DEFAULT_UNITS,
) -> Plan:
    """Plan which nodes to act on so that the largest component is small as early, and with as few, as can be found.

    budget: nodes that can be acted on; the front of the order is then the best set of that size. protected: node ids
    that are in no plan. groups: labels int64[n] (-1: none) or rows of ids; a group is one node and goes as a whole.
    seconds: search until then, else as far as so much `work` goes, and the same for the same seed. gone: nodes
    already offline. counted: the nodes whose components are measured (two-mode networks); all, unless given.
    """
    if budget is not None and budget < 0:
        raise Refused(f"A budget of {budget} is below 0.", reason="bad_budget")
    effort = Effort.of(work, seconds)
    away = marked(gone, network.n, "Nodes gone")
    count = np.ones(network.n, np.bool_) if counted is None else marked(counted, network.n, "Counted nodes")
    units = Units.of(network, labelled(groups, network.n), marked(protected, network.n, "Protected"), away, count)
    task = Task(units.links, units.allowed, int(count.sum()), np.random.default_rng(seed))
    found = search(task, effort.part(ORDER_SHARE))
    sets = {TENTH: least(task, found, TENTH, effort.part(1 - SET_SHARE))}
    sets[HUNDREDTH] = least(task, found, HUNDREDTH, effort.part(1.0 if budget is None else SET_SHARE))
    if budget is not None:
        found = within_budget(task, found, list(sets.values()), budget, effort.part(1.0))
    return _plan(network, units, task, found, sets, away, budget, seed)


def assess(
    network: Network,
    order: ArrayLike,
    groups: Groups | None = None,
    *,
    gone: ArrayLike = (),
    counted: ArrayLike | None = None,
) -> Assessment:
    """The course and the figures of any plan: node ids, the one to act on first at the front; some or all of them.

    A group counts as gone once all its members are. `Refused` on an id that is no node, or that comes twice.
    """
    nodes = checked(order, network.n, "The order")
    if np.unique(nodes).size != nodes.size:
        raise Refused("The order names a node twice.", reason="twice")
    away = marked(gone, network.n, "Nodes gone")
    if away[nodes].any():
        raise Refused("The order names a node that is gone already.", reason="gone_already")
    count = np.ones(network.n, np.bool_) if counted is None else marked(counted, network.n, "Counted nodes")
    nobody = np.zeros(network.n, np.bool_)
    units = Units.of(network, labelled(groups, network.n), nobody, away, count)
    return _assessed(network, units, nodes, away, int(count.sum()))


def _assessed(network: Network, units: Units, nodes: NDArray[np.int64], gone: Flags, total: int) -> Assessment:
    levels = _course(units, nodes)
    live = network.without(gone) if gone.any() else network
    return Assessment(nodes, levels[1:], scored(live, nodes.astype(np.int32), levels, total))


def _course(units: Units, nodes: NDArray[np.int64]) -> Ints:
    """The largest component before anything and after each node; a unit goes with the last of its members."""
    unit = units.unit[nodes]
    members = np.bincount(unit, minlength=units.links.costs.size)
    whole = np.flatnonzero((members > 0) & (members == units.links.costs))
    last = np.full(units.links.costs.size, -1, np.int64)
    last[unit] = np.arange(nodes.size)  # of equal indices the last is kept
    ended = whole[np.argsort(last[whole])]
    links = units.links
    work = links.sizes.size + links.indices.size
    levels = levels_of.once(work, links.indptr, links.indices, links.sizes, ended.astype(np.int32))
    steps = np.zeros(nodes.size + 1, np.int64)
    steps[last[ended] + 1] = 1
    return levels[np.cumsum(steps)]


def _plan(
    network: Network, units: Units, task: Task, found: Found, sets: dict[float, Nodes], gone: Flags,
    budget: int | None, seed: int,
) -> Plan:  # fmt: skip
    whole = _completed(task, found, replay=budget is None)
    order = units.nodes(whole, gone).astype(np.int64)
    course = _assessed(network, units, order, gone, task.total)
    costs = task.links.costs[whole]
    paid = 0 if budget is None else int(costs[: first_paid(costs, budget)].sum())
    return Plan(
        order=order,
        curve=course.curve,
        simultaneous={share: units.nodes(nodes, gone).astype(np.int64) for share, nodes in sets.items()},
        reached={share: _left(task, nodes) <= task.limit(share) for share, nodes in sets.items()},
        chosen=order[:paid],
        scores=course.scores,
        seed=seed,
    )


def _left(task: Task, removed: Nodes) -> int:
    links = task.links
    return int(levels_of(links.indptr, links.indices, links.sizes, removed)[-1])


def _completed(task: Task, found: Found, *, replay: bool) -> Nodes:
    """The order with all other units behind it: by degree while there are links, then by size and links they had."""
    links = task.links
    ties = np.arange(task.n, dtype=np.int32)
    more = adaptive_degree(links.indptr, links.indices, task.allowed, ties, found.order, 0)
    whole = np.concatenate((found.order, more))
    if replay:
        whole, _ = largest_first(links.indptr, links.indices, links.sizes, whole)
    rest = np.setdiff1d(np.flatnonzero(task.allowed), whole)
    by = np.lexsort((rest, -np.diff(links.indptr)[rest], -links.sizes[rest]))
    return np.concatenate((whole, rest[by])).astype(np.int32)

"""How sure a plan is: the same planning where a part of the links was never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .budget import Effort
from .dismantle import DEFAULT_UNITS
from .kernel import Floats, Ints, Nodes
from .network import Network
from .percolate import levels_of
from .search import search
from .sets import least
from .task import TENTH, Task
from .units import Groups, Units, labelled, marked

PASSES = 60
"""Passes over the network a draw may cost; in all no more than a search without a time limit."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle of the draws and the ends that hold 95 % of them."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """Over draws of unseen links, each planned on what was seen and judged on all.

    needed    nodes in the set found (largest component under a tenth of what was seen)
    left      largest component of the whole network after acting on that set, as a share of all nodes
    overlap   nodes that set and the plan's have in common, of those in either (Jaccard)
    always    node ids in every draw's set
    """

    draws: int
    missing: tuple[float, float]
    needed: Interval
    left: Interval
    overlap: Interval
    always: Ints


def robustness(
    network: Network,
    chosen: ArrayLike,
    protected: ArrayLike = (),
    groups: Groups | None = None,
    *,
    missing: tuple[float, float] = (0.1, 0.2),
    draws: int = 20,
    seed: int = 0,
) -> Robustness:
    """Plan again and again with a random 10 to 20 % of the links unseen, beside the set `chosen` on all of them."""
    rng = np.random.default_rng(seed)
    none = np.zeros(network.n, np.bool_)
    everyone, stay = ~none, marked(protected, network.n, "Protected")
    labels = labelled(groups, network.n)
    plan = marked(chosen, network.n, "Chosen nodes")
    times = np.zeros(network.n, np.int64)
    needed, left, overlap = [], [], []
    for _ in range(draws):
        seen = _thinned(network, float(rng.uniform(*missing)), rng)
        units = Units.of(seen, labels, stay, none, everyone)
        task = Task(units.links, units.allowed, network.n, rng)
        effort = Effort(min(DEFAULT_UNITS / draws, PASSES * task.units))
        found = least(task, search(task, effort.part(0.7)), TENTH, effort.part(1.0))
        nodes = units.nodes(found, none)
        times[nodes] += 1
        mine = marked(nodes.astype(np.int64), network.n, "Nodes")
        needed.append(nodes.size)
        left.append(_left(network, nodes) / max(network.n, 1))
        either = int((mine | plan).sum())
        overlap.append(int((mine & plan).sum()) / either if either else 1.0)
    return Robustness(
        draws, missing, interval(needed), interval(left), interval(overlap), np.flatnonzero(times == draws)
    )


def _thinned(network: Network, share: float, rng: np.random.Generator) -> Network:
    keep = rng.random(network.arcs.shape[0]) >= share
    return Network.from_edges(network.arcs[keep], network.volumes[keep], network.n)


def _left(network: Network, removed: Nodes) -> int:
    return int(levels_of(network.indptr, network.indices, np.ones(network.n, np.int64), removed)[-1])


def interval(values: Sequence[float]) -> Interval:
    """The median and the 2.5 and 97.5 percentiles."""
    drawn: Floats = np.asarray(values, np.float64)
    low, middle, high = np.percentile(drawn, (2.5, 50, 97.5)) if drawn.size else (np.nan, np.nan, np.nan)
    return Interval(float(middle), float(low), float(high))

"""Where a search begins: removal orders by score, each brought down to a hundredth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .betweenness import betweenness_round
from .budget import Effort
from .forward import adaptive_degree, break_trees, collective_influence, core_degree
from .kernel import Nodes
from .task import HUNDREDTH, Found, Task

BALL, ALL_BALLS = 20_000, 1_000_000_000
"""Links looked at for one collective influence, and for one of every node: around a hub the rest is left out."""

WALK = 0.1
"""What one source's walk over a network costs, of one pass of re-insertion."""

NOBODY: Nodes = np.zeros(0, np.int32)

Score = Callable[[Task, Nodes, Nodes], Nodes]
"""(task, what is removed already, how ties fall) -> what to remove next; it may stop before all is apart."""


def by_degree(task: Task, removed: Nodes, ties: Nodes) -> Nodes:
    """Adaptive degree."""
    return adaptive_degree(task.links.indptr, task.links.indices, task.allowed, ties, removed, 0)


def by_leaves(leaf: int) -> Score:
    """Adaptive degree where a neighbour that hangs on the node alone counts 1 + leaf."""

    def score(task: Task, removed: Nodes, ties: Nodes) -> Nodes:
        return adaptive_degree(task.links.indptr, task.links.indices, task.allowed, ties, removed, leaf)

    return score


def by_influence(task: Task, removed: Nodes, ties: Nodes) -> Nodes:
    """Collective influence at distance 2."""
    ball = max(1, min(BALL, ALL_BALLS // max(1, task.n)))
    return collective_influence(task.links.indptr, task.links.indices, task.allowed, ties, removed, ball)


def by_core(share: float = HUNDREDTH) -> Score:
    """Degree in the 2-core, then the fewest that leave no tree above a share of all."""

    def score(task: Task, removed: Nodes, ties: Nodes) -> Nodes:
        links = task.links
        cycles = core_degree(links.indptr, links.indices, task.allowed, ties, removed)
        so_far = np.concatenate((removed, cycles))
        trees = break_trees(links.indptr, links.indices, links.sizes, task.allowed, so_far, task.limit(share))
        return np.concatenate((cycles, trees))

    return score


def by_betweenness(sources: int, part: float, effort: Effort) -> Score:
    """Adaptive betweenness from so many sources, a `part` of the largest component at once, while there is effort."""

    def score(task: Task, removed: Nodes, ties: Nodes) -> Nodes:
        del ties
        gone = np.zeros(task.n, np.bool_)
        gone[removed] = True
        taken = [NOBODY]
        while effort.left:
            nodes, size = betweenness_round(
                task.links.indptr, task.links.indices, task.allowed, gone, task.rng.random(sources), part
            )
            effort.spend(WALK * sources * task.units * size / task.n)
            if size <= task.limit(HUNDREDTH) or not nodes.size:
                break
            taken.append(nodes)
            gone[nodes] = True
        return np.concatenate(taken)

    return score


def completed(task: Task, kept: Nodes, score: Score | None, limit: int) -> Found:
    """`kept` removed, then by score, then by degree, replayed and cut where the largest component is within `limit`."""
    ties = task.shuffled()
    if score is not None:
        kept = np.concatenate((kept, score(task, kept, ties)))
    whole = np.concatenate((kept, by_degree(task, kept, ties)))
    heavy = np.flatnonzero(task.allowed & (task.links.sizes > 1)).astype(np.int32)
    if heavy.size:  # a group can pass the limit without any link
        alone = np.setdiff1d(heavy, whole)
        whole = np.concatenate((whole, alone[np.argsort(-task.links.sizes[alone], kind="stable")]))
    return task.cut(task.found(whole), limit)

"""What acting on some nodes would mean: who is still reached, what volume is lost, what would close the gap again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from .kernel import Flags, Floats, Ints, Nodes, kernel
from .network import Network
from .percolate import find, standing
from .units import marked

SEEDS = 20
"""So many of the most followed nodes are where people start, unless seeds are given."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Shares are of the whole network before anything was removed, 0 to 1.

    weak, strong          nodes of the largest component without and with regard to direction
    volume_lost           weight of arcs with an end among the removed
    volume_inside         weight of arcs left inside the largest component
    reached_before, reached     nodes to be got to from the seeds along the arcs, before and after
    audience_left         audience of the nodes in the largest component; None without audiences
    """

    removed: int
    weak: float
    strong: float
    volume_lost: float
    volume_inside: float
    reached_before: float
    reached: float
    audience_left: float | None


def meaning(
    network: Network, removed: ArrayLike, seeds: ArrayLike | None = None, audience: ArrayLike | None = None
) -> Meaning:
    """What is left when these nodes are gone. Arcs lead where people who follow them get to.

    seeds: node ids where people start (the most followed, unless given). audience: float64[n], how many follow a node.
    """
    away = marked(removed, network.n, "Removed nodes")
    starts = _most_followed(network) if seeds is None else np.flatnonzero(marked(seeds, network.n, "Seeds"))
    live = ~(away[network.arcs[:, 0]] | away[network.arcs[:, 1]])
    before, after = _matrix(network, np.ones(live.size, np.bool_)), _matrix(network, live)
    total = max(network.n, 1)
    volume = max(float(network.volumes.sum()), np.finfo(float).tiny)
    weak, strong = _largest(after, ~away, "weak"), _largest(after, ~away, "strong")
    inside = weak[network.arcs].all(axis=1) & live
    return Meaning(
        removed=int(away.sum()),
        weak=float(weak.sum()) / total,
        strong=float(strong.sum()) / total,
        volume_lost=float(network.volumes[~live].sum()) / volume,
        volume_inside=float(network.volumes[inside].sum()) / volume,
        reached_before=_reached(before, starts) / total,
        reached=_reached(after, starts[~away[starts]]) / total,
        audience_left=None if audience is None else _share(np.asarray(audience, np.float64), weak),
    )


def _share(amount: Floats, where: Flags) -> float:
    return float(amount[where].sum() / amount.sum()) if amount.sum() > 0 else 0.0


def _most_followed(network: Network) -> NDArray[np.int64]:
    return np.argsort(-network.followed, kind="stable")[:SEEDS].astype(np.int64)


def _matrix(network: Network, kept: Flags) -> csr_array:
    arcs = network.arcs[kept]
    return csr_array((np.ones(arcs.shape[0], np.int8), (arcs[:, 0], arcs[:, 1])), shape=(network.n, network.n))


def _largest(matrix: csr_array, live: Flags, kind: str) -> Flags:
    """The nodes of the largest component among those live."""
    if not live.any():
        return live
    _, label = connected_components(matrix, directed=True, connection=kind)
    most = np.bincount(label[live]).argmax()
    return np.asarray((label == most) & live, np.bool_)


def _reached(matrix: csr_array, starts: NDArray[np.int64]) -> int:
    """How many nodes are reached from any of the starts, themselves among them: from one node that leads to all."""
    n = matrix.shape[0]
    if not starts.size:
        return 0
    coo = matrix.tocoo()
    rows, cols = np.append(coo.row, np.full(starts.size, n)), np.append(coo.col, starts)
    joined = csr_array((np.ones(rows.size, np.int8), (rows, cols)), shape=(n + 1, n + 1))
    return int(breadth_first_order(joined, n, directed=True, return_predecessors=False).size) - 1


@dataclass(frozen=True, slots=True)
class Watch:
    """Nodes to look at after an action, the most important first.

    returning: removed nodes, and in `joined` the size of the component each would make if it alone came back.
    bridging: nodes left, and in `beside` the sum of such sizes over the removed ones each was linked with: who could
    take their place.
    """

    returning: NDArray[np.int64]
    joined: Ints
    bridging: NDArray[np.int64]
    beside: Ints


def to_watch(network: Network, removed: ArrayLike, most: int = 20) -> Watch:
    """What would close the gap again once these nodes are gone; at most so many of each kind."""
    away = marked(removed, network.n, "Removed nodes")
    nodes = np.flatnonzero(away)
    joined, beside = _joined.once(network.n + network.indices.size, network.indptr, network.indices, away)
    returning = nodes[np.argsort(-joined[nodes], kind="stable")][:most]
    left = np.flatnonzero(~away & (beside > 0))
    bridging = left[np.argsort(-beside[left], kind="stable")][:most]
    return Watch(returning, joined[returning], bridging, beside[bridging])


@kernel
def _joined(indptr: Ints, indices: Nodes, away: Flags) -> tuple[Ints, Ints]:
    n = away.shape[0]
    parent, size, _ = standing(indptr, indices, np.ones(n, np.int64), ~away)
    joined = np.zeros(n, np.int64)
    beside = np.zeros(n, np.int64)
    seen = np.full(n, -1, np.int32)
    for node in range(n):
        if not away[node]:
            continue
        joined[node] = 1
        for at in range(indptr[node], indptr[node + 1]):
            other = indices[at]
            if not away[other]:
                root = find(parent, other)
                if seen[root] != node:
                    seen[root] = node
                    joined[node] += size[root]
        for at in range(indptr[node], indptr[node + 1]):
            if not away[indices[at]]:
                beside[indices[at]] += joined[node]
    return joined, beside


def by_obvious(network: Network, allowed: Flags) -> Mapping[str, NDArray[np.int64]]:
    """The plans anybody would make: most followed first, and most connected first, of the nodes allowed."""
    nodes = np.flatnonzero(allowed)
    return {
        "most followed first": nodes[np.argsort(-network.followed[nodes], kind="stable")],
        "most connected first": nodes[np.argsort(-network.degree[nodes], kind="stable")],
    }

"""Small networks whose best plan is known, and one that is not small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cautery.core.graph import Network

Edges = NDArray[np.int64]


def star(leaves: int, centre: int = 0, first: int = 1) -> Edges:
    return np.array([[centre, first + i] for i in range(leaves)], np.int64)


def path(n: int) -> Edges:
    return np.stack((np.arange(n - 1), np.arange(1, n)), axis=1)


def clique(n: int) -> Edges:
    return np.array([[i, j] for i in range(n) for j in range(i)], np.int64)


def villages(count: int, size: int) -> Edges:
    """Cliques in a ring, each tied to the next by a broker of its own: the brokers are the plan."""
    edges = []
    for c in range(count):
        first = c * size
        edges += [[first + i, first + j] for i in range(size) for j in range(i)]
        broker = count * size + c
        edges += [[broker, first], [broker, (c + 1) % count * size + 1]]
    return np.array(edges, np.int64)


def scattered(n: int, m: int, seed: int = 0) -> Network:
    """A random network with hubs."""
    rng = np.random.default_rng(seed)
    ends = (n * rng.random((m, 2)) ** 2).astype(np.int64)
    return Network.from_edges(ends, n=n)

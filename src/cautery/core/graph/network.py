"""A network on plain arrays: who is linked to whom, in which direction, and how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Refused
from .kernel import Floats, Ints, Nodes, kernel

MOST_NODES = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes 0 .. n-1. Components look at links without their direction; reach and volume look at the arcs.

    The neighbours of v are indices[indptr[v]:indptr[v + 1]], each once, without v. arcs int64[a, 2] are the distinct
    (from, to) pairs in ascending order, volumes float64[a] the weight of each.
    """

    n: int
    indptr: Ints
    indices: Nodes
    arcs: Ints
    volumes: Floats

    @classmethod
    def from_edges(cls, edges: ArrayLike, weights: ArrayLike | None = None, n: int | None = None) -> Network:
        """From int64[m, 2] (from, to), in any order; loops are left out, weights of equal arcs add up (1 by default).

        `Refused` where the edges are not pairs of whole numbers from 0 to n - 1, or a weight is negative or not finite.
        """
        pairs = _pairs(edges)
        count = _count(pairs, n)
        volumes = _volumes(weights, pairs.shape[0])
        real = pairs[:, 0] != pairs[:, 1]
        if not real.all():
            pairs, volumes = pairs[real], volumes[real]
        arcs, volumes = _distinct(pairs, volumes, count)
        keys = np.unique(arcs.min(axis=1, initial=count) * count + arcs.max(axis=1, initial=0))
        indptr, indices = adjacency.once(count + 2 * keys.size, keys, count)
        return cls(count, indptr, indices, arcs, volumes)

    @property
    def links(self) -> int:
        """How many pairs of nodes are linked."""
        return self.indices.size // 2

    @property
    def degree(self) -> Ints:
        """int64[n]: with how many others a node is linked."""
        return np.diff(self.indptr)

    @property
    def followed(self) -> Floats:
        """float64[n]: the weight of the arcs that lead to a node."""
        return np.bincount(self.arcs[:, 1], self.volumes, minlength=self.n).astype(np.float64)

    def without(self, gone: NDArray[np.bool_]) -> Network:
        """The same nodes, without any link of those that are gone."""
        keep = ~(gone[self.arcs[:, 0]] | gone[self.arcs[:, 1]])
        return Network.from_edges(self.arcs[keep], self.volumes[keep], self.n)


def _pairs(edges: ArrayLike) -> Ints:
    given = np.asarray(edges)
    if given.size == 0:
        return np.empty((0, 2), np.int64)
    if given.ndim != 2 or given.shape[1] != 2:
        raise Refused(f"Edges are an array of m rows and 2 columns, not of shape {given.shape}.", reason="bad_shape")
    if given.dtype.kind not in "iu":
        raise Refused(f"Edges are whole numbers, not {given.dtype}.", reason="not_whole_numbers")
    return given.astype(np.int64, copy=False)


def _count(pairs: Ints, n: int | None) -> int:
    least = int(pairs.max(initial=-1)) + 1
    if pairs.min(initial=0) < 0:
        raise Refused("A node id is below 0.", reason="negative_id")
    if n is not None and n < least:
        raise Refused(f"The edges name node {least - 1}, and there are to be {n} nodes.", reason="id_too_large", n=n)
    count = least if n is None else n
    if count > MOST_NODES:
        raise Refused(f"{count} nodes are more than {MOST_NODES}.", reason="too_large", n=count)
    return count


def _volumes(weights: ArrayLike | None, count: int) -> Floats:
    if weights is None:
        return np.ones(count)
    volumes = np.asarray(weights, np.float64)
    if volumes.shape != (count,):
        raise Refused(f"{count} edges have {volumes.size} weights.", reason="bad_shape")
    if not np.isfinite(volumes).all() or (volumes < 0).any():
        raise Refused("A weight is negative or not a number.", reason="bad_weight")
    return volumes


def _distinct(pairs: Ints, volumes: Floats, n: int) -> tuple[Ints, Floats]:
    keys = pairs[:, 0] * n + pairs[:, 1]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.ones(keys.size, np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(first)
    summed = np.add.reduceat(volumes[order], starts) if starts.size else volumes[:0]
    distinct = keys[starts]
    return np.stack((distinct // max(n, 1), distinct % max(n, 1)), axis=1), summed


@kernel
def adjacency(keys: Ints, n: int) -> tuple[Ints, Nodes]:
    """Neighbours from distinct keys low * n + high, ascending: (indptr int64[n + 1], indices int32[2m])."""
    indptr = np.zeros(n + 1, np.int64)
    for key in keys:
        indptr[key // n + 1] += 1
        indptr[key % n + 1] += 1
    for node in range(n):
        indptr[node + 1] += indptr[node]
    at = indptr[:-1].copy()
    indices = np.empty(2 * keys.shape[0], np.int32)
    for key in keys:
        low, high = key // n, key % n
        indices[at[low]] = high
        at[low] += 1
        indices[at[high]] = low
        at[high] += 1
    return indptr, indices

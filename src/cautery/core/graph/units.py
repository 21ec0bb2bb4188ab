"""What is planned on: mirror groups as one node each, nodes that stay, nodes already gone, nodes that do not count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Refused
from .kernel import Flags, Ints, Nodes
from .network import Network, adjacency
from .reinsert import Links

ALONE = -1


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a network: unit[v] is the unit of node v; members are listed by unit, most linked first."""

    unit: Nodes
    links: Links
    allowed: Flags
    members: Nodes
    begin: Ints

    @classmethod
    def of(cls, network: Network, groups: Ints, protected: Flags, gone: Flags, counted: Flags) -> Units:
        """Contract each group (equal labels; -1 stands alone). A group with a protected member stays as a whole."""
        unit = _numbered(groups)
        count = int(unit.max(initial=-1)) + 1
        live = ~gone
        sizes = np.bincount(unit[live & counted], minlength=count)
        costs = np.bincount(unit[live], minlength=count)
        allowed = np.ones(count, np.bool_)
        allowed[unit[protected]] = False
        allowed &= costs > 0
        listed = np.lexsort((np.arange(network.n), -network.degree, unit)).astype(np.int32)
        begin = np.searchsorted(unit[listed], np.arange(count + 1))
        indptr, indices = _contracted(network, unit, live, count)
        return cls(unit, Links(indptr, indices, sizes, costs), allowed, listed, begin)

    def nodes(self, units: Nodes, gone: Flags) -> Nodes:
        """The nodes of these units, unit by unit, without those already gone."""
        if not units.size:
            return units
        listed: Nodes = np.concatenate([self.members[self.begin[u] : self.begin[u + 1]] for u in units])
        kept: Nodes = listed[~gone[listed]]
        return kept


def _numbered(groups: Ints) -> Nodes:
    """Units numbered by their first node, so that without groups a unit is its node."""
    nodes = np.arange(groups.size)
    labels = np.where(groups == ALONE, groups.max(initial=0) + 1 + nodes, groups)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[inverse].astype(np.int32)


def _contracted(network: Network, unit: Nodes, live: Flags, count: int) -> tuple[Ints, Nodes]:
    if live.all() and count == network.n:
        return network.indptr, network.indices
    ends = network.arcs[live[network.arcs].all(axis=1)]
    ends = unit[ends].astype(np.int64)
    ends = ends[ends[:, 0] != ends[:, 1]]
    keys = np.unique(ends.min(axis=1, initial=count) * count + ends.max(axis=1, initial=0))
    return adjacency.once(count + 2 * keys.size, keys, count)


def marked(nodes: ArrayLike, n: int, what: str) -> Flags:
    """bool[n] from node ids, or from bool[n] itself; `Refused` on an id that is no node."""
    given = np.asarray(nodes)
    if given.dtype == np.bool_ and given.shape == (n,):
        return given
    flags = np.zeros(n, np.bool_)
    if given.size:
        flags[checked(given, n, what)] = True
    return flags


def checked(nodes: ArrayLike, n: int, what: str) -> NDArray[np.int64]:
    """Node ids as int64; `Refused` on one that is no node."""
    given = np.asarray(nodes)
    if given.size == 0:
        return np.empty(0, np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise Refused(f"{what} are node ids in one row.", reason="bad_shape")
    if given.min() < 0 or given.max() >= n:
        raise Refused(f"{what} name a node that is not there: ids go from 0 to {n - 1}.", reason="no_such_node")
    return given.astype(np.int64)


Groups = NDArray[np.int64] | Iterable[Sequence[int]]


def labelled(groups: Groups | None, n: int) -> Ints:
    """int64[n]: the group of each node, -1 for none; from labels for each node, or from rows of node ids."""
    if groups is None:
        return np.full(n, ALONE, np.int64)
    if isinstance(groups, np.ndarray) and groups.ndim == 1 and groups.size == n and groups.dtype.kind in "iu":
        return groups.astype(np.int64)
    labels = np.full(n, ALONE, np.int64)
    for label, members in enumerate(groups):
        labels[checked(np.asarray(members), n, "Groups")] = label
    return labels

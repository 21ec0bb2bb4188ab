"""From typed relations of a register to the network planned on; the rule is stated here and can be changed.

    relation        from -> to                     by default
    forwards        channel -> where it came from  weight 1 each
    links           page -> page                   weight 1 each
    mentions        channel -> channel             weight 1/2 each: said more easily than done
    admin_of        account -> channel             weight 1 each; accounts and channels are both nodes
    same_operator   either -> either               no arc: both become one node, and so on through chains

An arc's weights add up over its relations. A pair whose arcs together weigh less than `floor` is not linked. Components
look at the pairs, reach and volume at the arcs. A relation of weight 0 is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .kernel import Floats, Ints
from .network import Network
from .units import ALONE


@dataclass(frozen=True, slots=True)
class Weights:
    """What one relation of each kind weighs, and the least a pair must weigh to be linked."""

    forwards: float = 1.0
    links: float = 1.0
    mentions: float = 0.5
    admin_of: float = 1.0
    floor: float = 0.5


DEFAULT = Weights()


class Planned(NamedTuple):
    """The network planned on, and the group of each node (-1: none) for `dismantle`."""

    network: Network
    groups: Ints


def from_relations(
    *,
    links: ArrayLike = (),
    forwards: ArrayLike = (),
    mentions: ArrayLike = (),
    admin_of: ArrayLike = (),
    same_operator: ArrayLike = (),
    weights: Weights = DEFAULT,
    n: int | None = None,
) -> Planned:
    """Each relation is int64[k, 2] of node ids, a row for every time it was seen; `Refused` as in `Network`."""
    kinds = [
        (forwards, weights.forwards),
        (links, weights.links),
        (mentions, weights.mentions),
        (admin_of, weights.admin_of),
    ]
    given = [(_rows(rows), weight) for rows, weight in kinds]
    mirrors = _rows(same_operator)
    least = max(int(rows.max(initial=-1)) for rows in (mirrors, *(rows for rows, _ in given))) + 1
    count = least if n is None else n
    edges = np.concatenate([rows for rows, weight in given if weight > 0] or [mirrors[:0]])
    volumes = np.concatenate([np.full(len(rows), weight) for rows, weight in given if weight > 0] or [np.empty(0)])
    whole = Network.from_edges(edges, volumes, count)
    kept = _pair_weight(whole) >= weights.floor
    if not kept.all():
        whole = Network.from_edges(whole.arcs[kept], whole.volumes[kept], count)
    return Planned(whole, _groups(Network.from_edges(mirrors, n=count)))


def _rows(relation: ArrayLike) -> Ints:
    rows = np.asarray(relation)
    return rows if rows.size else np.empty((0, 2), np.int64)


def _pair_weight(network: Network) -> Floats:
    """For each arc, what the arcs of its pair weigh together."""
    keys = network.arcs.min(axis=1, initial=network.n) * network.n + network.arcs.max(axis=1, initial=0)
    _, pair = np.unique(keys, return_inverse=True)
    return np.bincount(pair, network.volumes).astype(np.float64)[pair]


def _groups(mirrors: Network) -> Ints:
    """The group of each node linked to another; alone otherwise."""
    arcs = mirrors.arcs
    matrix = csr_array((np.ones(len(arcs), np.int8), (arcs[:, 0], arcs[:, 1])), shape=(mirrors.n, mirrors.n))
    if not mirrors.n:
        return np.empty(0, np.int64)
    _, label = connected_components(matrix, directed=False)
    return np.where(mirrors.degree > 0, label, ALONE).astype(np.int64)

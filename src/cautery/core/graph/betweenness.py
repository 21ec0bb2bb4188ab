"""Adaptive betweenness from sampled sources: the nodes most shortest paths of the largest component lead over.

Brandes' accumulation from some sources inside the largest component; the best few go at once, then it is done again.
Source: Brandes (2001); sampling as in Brandes and Pich (2007).
"""

from __future__ import annotations

import numpy as np

from .kernel import Flags, Floats, Ints, Nodes, kernel


@kernel
def largest_component(indptr: Ints, indices: Nodes, gone: Flags) -> Nodes:
    """The nodes of the component with the most nodes."""
    n = gone.shape[0]
    seen = gone.copy()
    walk = np.empty(n, np.int32)
    best, begin, filled = 0, 0, 0
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        left = filled
        walk[filled] = start
        filled += 1
        at = left
        while at < filled:
            node = walk[at]
            at += 1
            for near in range(indptr[node], indptr[node + 1]):
                other = indices[near]
                if not seen[other]:
                    seen[other] = True
                    walk[filled] = other
                    filled += 1
        if filled - left > best:
            best, begin = filled - left, left
    return walk[begin : begin + best].copy()


@kernel
def _accumulate(indptr: Ints, indices: Nodes, gone: Flags, sources: Nodes, score: Floats) -> None:
    n = gone.shape[0]
    far = np.full(n, -1, np.int32)
    paths = np.zeros(n)
    share = np.zeros(n)
    walk = np.empty(n, np.int32)
    for source in sources:
        far[source] = 0
        paths[source] = 1.0
        walk[0] = source
        length = 1
        at = 0
        while at < length:
            node = walk[at]
            at += 1
            for near in range(indptr[node], indptr[node + 1]):
                other = indices[near]
                if gone[other]:
                    continue
                if far[other] < 0:
                    far[other] = far[node] + 1
                    walk[length] = other
                    length += 1
                if far[other] == far[node] + 1:
                    paths[other] += paths[node]
        for back in range(length - 1, -1, -1):
            node = walk[back]
            part = (1.0 + share[node]) / paths[node]
            for near in range(indptr[node], indptr[node + 1]):
                other = indices[near]
                if far[other] == far[node] - 1 and far[other] >= 0:
                    share[other] += paths[other] * part
            if back:
                score[node] += share[node]
        for back in range(length):
            node = walk[back]
            far[node] = -1
            paths[node] = 0.0
            share[node] = 0.0


@kernel
def _scores(indptr: Ints, indices: Nodes, gone: Flags, nodes: Nodes, draws: Floats) -> Floats:
    sources = np.empty(draws.shape[0], np.int32)
    for i in range(draws.shape[0]):
        sources[i] = nodes[int(draws[i] * nodes.shape[0])]
    score = np.zeros(gone.shape[0])
    _accumulate(indptr, indices, gone, sources, score)
    return score


def betweenness_round(
    indptr: Ints, indices: Nodes, allowed: Flags, gone: Flags, draws: Floats, part: float
) -> tuple[Nodes, int]:
    """The nodes to take next, at least one where one may be taken, and how many nodes the largest component had.

    draws float64[s] in [0, 1) choose the sources; `part` of the component's nodes is taken at once.
    """
    nodes = largest_component(indptr, indices, gone)
    able = nodes[allowed[nodes]]
    take = min(able.size, max(1, int(part * nodes.size)))
    score = _scores(indptr, indices, gone, nodes, draws)
    return able[np.argsort(-score[able], kind="stable")][:take], nodes.size

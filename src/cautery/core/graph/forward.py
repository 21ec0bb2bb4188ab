"""Removal orders found going forward: each kernel scores what is left and takes the highest.

Nodes that may not be removed (`allowed` false) keep their links and are never taken; those in `removed` are gone
before it begins and are not in the answer. `first` is a permutation of all
nodes: among equal scores the one that comes last in it is taken first, so that a draw of it is a draw of the ties.
"""

from __future__ import annotations

import numpy as np

from .kernel import Flags, Floats, Ints, Nodes, kernel


@kernel
def _unlink(node: int, score: Ints, head: Nodes, after: Nodes, ahead: Nodes) -> None:
    if ahead[node] >= 0:
        after[ahead[node]] = after[node]
    else:
        head[score[node]] = after[node]
    if after[node] >= 0:
        ahead[after[node]] = ahead[node]


@kernel
def _link(node: int, score: Ints, head: Nodes, after: Nodes, ahead: Nodes) -> None:
    ahead[node] = -1
    after[node] = head[score[node]]
    if after[node] >= 0:
        ahead[after[node]] = node
    head[score[node]] = node


@kernel
def residual(indptr: Ints, indices: Nodes, removed: Nodes) -> tuple[Flags, Ints]:
    """Which nodes are gone, and the degrees left (0 where gone)."""
    degree = indptr[1:] - indptr[:-1]
    gone = np.zeros(degree.shape[0], np.bool_)
    gone[removed] = True
    for node in removed:
        degree[node] = 0
        for at in range(indptr[node], indptr[node + 1]):
            if not gone[indices[at]]:
                degree[indices[at]] -= 1
    return gone, degree


@kernel
def adaptive_degree(indptr: Ints, indices: Nodes, allowed: Flags, first: Nodes, removed: Nodes, leaf: int) -> Nodes:
    """Highest remaining degree first, plus `leaf` times the neighbours that hang on it alone; stops without links.

    With leaf = 0 this is adaptive degree. A bucket queue holds the scores: O(n + m) steps.
    """
    n = indptr.shape[0] - 1
    gone, degree = residual(indptr, indices, removed)
    score = degree.copy()
    if leaf:
        for node in range(n):
            for at in range(indptr[node], indptr[node + 1]):
                if degree[indices[at]] == 1 and not gone[node]:
                    score[node] += leaf
    highest = max(0, score.max()) if n else 0
    head = np.full((1 + leaf) * highest + 2, -1, np.int32)
    after = np.full(n, -1, np.int32)
    ahead = np.full(n, -1, np.int32)
    for node in first:
        if allowed[node] and not gone[node]:
            _link(node, score, head, after, ahead)
    order = np.empty(n, np.int32)
    count = 0
    top = highest
    while True:
        while top > 0 and head[top] < 0:
            top -= 1
        if top <= 0:
            break
        node = head[top]
        _unlink(node, score, head, after, ahead)
        gone[node] = True
        order[count] = node
        count += 1
        for at in range(indptr[node], indptr[node + 1]):
            other = indices[at]
            if gone[other]:
                continue
            if allowed[other]:
                _unlink(other, score, head, after, ahead)
            was_leaf = degree[other] == 1
            degree[other] -= 1
            score[other] -= 1
            if leaf and degree[node] == 1:
                score[other] -= leaf
            if allowed[other]:
                _link(other, score, head, after, ahead)
                top = max(top, score[other])
            if leaf and degree[other] == 1 and not was_leaf:
                for near in range(indptr[other], indptr[other + 1]):
                    last = indices[near]
                    if not gone[last]:
                        if allowed[last]:
                            _unlink(last, score, head, after, ahead)
                        score[last] += leaf
                        if allowed[last]:
                            _link(last, score, head, after, ahead)
                            top = max(top, score[last])
    return order[:count]


@kernel
def core_degree(indptr: Ints, indices: Nodes, allowed: Flags, first: Nodes, removed: Nodes) -> Nodes:
    """CoreHD: highest degree within the 2-core first, until no cycle is left that may be broken (Zdeborova 2016)."""
    n = indptr.shape[0] - 1
    out, score = residual(indptr, indices, removed)
    head = np.full((score.max() if n else 0) + 2, -1, np.int32)
    after = np.full(n, -1, np.int32)
    ahead = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    depth = 0
    for node in first:
        if out[node]:
            continue
        if score[node] < 2:
            out[node] = True
            stack[depth] = node
            depth += 1
        elif allowed[node]:
            _link(node, score, head, after, ahead)
    order = np.empty(n, np.int32)
    count = 0
    top = head.shape[0] - 1
    while True:
        while depth:
            depth -= 1
            node = stack[depth]
            for at in range(indptr[node], indptr[node + 1]):
                other = indices[at]
                if out[other]:
                    continue
                if allowed[other]:
                    _unlink(other, score, head, after, ahead)
                score[other] -= 1
                if score[other] < 2:
                    out[other] = True
                    stack[depth] = other
                    depth += 1
                elif allowed[other]:
                    _link(other, score, head, after, ahead)
        while top > 0 and head[top] < 0:
            top -= 1
        if top <= 0:
            break
        node = head[top]
        _unlink(node, score, head, after, ahead)
        out[node] = True
        stack[0] = node
        depth = 1
        order[count] = node
        count += 1
    return order[:count]


@kernel
def break_trees(indptr: Ints, indices: Nodes, sizes: Ints, allowed: Flags, removed: Nodes, limit: int) -> Nodes:
    """The fewest further nodes that leave no component above `limit`, where what is left has no cycle.

    From the leaves up: the first node whose subtree passes the limit goes. Where cycles are left (among nodes that
    may not be removed) the answer is good rather than least. Nodes that may not go leave their subtree to their parent.
    """
    n = sizes.shape[0]
    gone = np.zeros(n, np.bool_)
    gone[removed] = True
    seen = gone.copy()
    above = np.full(n, -1, np.int32)
    walk = np.empty(n, np.int32)
    held = sizes.copy()
    more = np.empty(n, np.int32)
    count = 0
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        walk[0] = start
        length = 1
        at = 0
        while at < length:
            node = walk[at]
            at += 1
            for near in range(indptr[node], indptr[node + 1]):
                other = indices[near]
                if not seen[other]:
                    seen[other] = True
                    above[other] = node
                    walk[length] = other
                    length += 1
        for back in range(length - 1, -1, -1):
            node = walk[back]
            if held[node] > limit and allowed[node]:
                more[count] = node
                count += 1
            elif above[node] >= 0:
                held[above[node]] += held[node]
    return more[:count]


@kernel
def collective_influence(
    indptr: Ints, indices: Nodes, allowed: Flags, first: Nodes, removed: Nodes, most: int
) -> Nodes:
    """Collective influence at distance 2 (Morone and Makse 2015), highest first, with a lazy heap.

    CI(v) = (deg v - 1) x the sum of (deg u - 1) over nodes u at distance 2. A node whose ball holds more than `most`
    links is scored by the part walked: around hubs the balls would be the whole network.
    """
    n = indptr.shape[0] - 1
    gone, degree = residual(indptr, indices, removed)
    stamp = np.full(n, -1, np.int64)
    fresh = np.zeros(n, np.int64)
    score = np.zeros(n, np.float64)
    heap = np.empty(n, np.int32)
    length = 0
    clock = 0
    for node in first[::-1]:
        if allowed[node] and degree[node] > 1:
            clock += 1
            score[node] = _influence(indptr, indices, degree, gone, stamp, clock, node, most)
            length = _rise(heap, length, score, node)
    order = np.empty(n, np.int32)
    count = 0
    while length:
        node = heap[0]
        if fresh[node] < count:
            # Scores only fall, so that one brought up to date and still on top is the highest.
            clock += 1
            score[node] = _influence(indptr, indices, degree, gone, stamp, clock, node, most)
            fresh[node] = count
            _sink(heap, length, score, heap[0])
            continue
        if score[node] <= 0:
            break
        length -= 1
        _sink(heap, length, score, heap[length])
        gone[node] = True
        order[count] = node
        count += 1
        for at in range(indptr[node], indptr[node + 1]):
            degree[indices[at]] -= 1
    return order[:count]


@kernel
def _influence(
    indptr: Ints, indices: Nodes, degree: Ints, gone: Flags, stamp: Ints, clock: int, node: int, most: int
) -> float:
    stamp[node] = clock
    for at in range(indptr[node], indptr[node + 1]):
        stamp[indices[at]] = clock
    total = 0.0
    walked = 0
    for at in range(indptr[node], indptr[node + 1]):
        near = indices[at]
        if gone[near]:
            continue
        for on in range(indptr[near], indptr[near + 1]):
            far = indices[on]
            if stamp[far] != clock and not gone[far]:
                stamp[far] = clock
                total += degree[far] - 1
        walked += indptr[near + 1] - indptr[near]
        if walked > most:
            break
    return float(total * (degree[node] - 1))


@kernel
def _rise(heap: Nodes, length: int, score: Floats, item: int) -> int:
    at = length
    while at > 0 and score[item] > score[heap[(at - 1) >> 1]]:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = item
    return length + 1


@kernel
def _sink(heap: Nodes, length: int, score: Floats, item: int) -> None:
    at = 0
    while 2 * at + 1 < length:
        below = 2 * at + 1
        if below + 1 < length and score[heap[below + 1]] > score[heap[below]]:
            below += 1
        if score[heap[below]] <= score[item]:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = item

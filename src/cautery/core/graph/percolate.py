"""What is left after each removal, and the same removals in the order that always splits the largest component.

Components are followed backwards: nodes come back in reverse order and a union-find joins them, O((n + m) log n).
`levels[i]` is the size of the largest component while `order[:i]` is removed; nodes not in `order` are never removed.
"""

from __future__ import annotations

import numpy as np

from .kernel import Flags, Ints, Nodes, kernel


@kernel
def find(parent: Nodes, node: int) -> int:
    """The root of a node, halving the path to it."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@kernel
def join(parent: Nodes, size: Ints, one: int, other: int) -> int:
    """Join two roots; the root of both."""
    if size[one] < size[other]:
        one, other = other, one
    parent[other] = one
    size[one] += size[other]
    return one


@kernel
def standing(indptr: Ints, indices: Nodes, sizes: Ints, present: Flags) -> tuple[Nodes, Ints, int]:
    """Union-find over the nodes that are present: parents, sizes at the roots, the largest size."""
    n = sizes.shape[0]
    parent = np.arange(n).astype(np.int32)
    size = sizes.copy()
    largest = 0
    for node in range(n):
        if not present[node]:
            continue
        root = find(parent, node)
        for at in range(indptr[node], indptr[node + 1]):
            other = indices[at]
            if other < node and present[other]:
                there = find(parent, other)
                if there != root:
                    root = join(parent, size, root, there)
        largest = max(largest, size[root])
    return parent, size, largest


@kernel
def levels_of(indptr: Ints, indices: Nodes, sizes: Ints, order: Nodes) -> Ints:
    """The largest component while `order[:i]` is removed, for i = 0 .. len(order)."""
    present = np.ones(sizes.shape[0], np.bool_)
    present[order] = False
    parent, size, largest = standing(indptr, indices, sizes, present)
    count = order.shape[0]
    levels = np.empty(count + 1, np.int64)
    levels[count] = largest
    for i in range(count - 1, -1, -1):
        node = order[i]
        present[node] = True
        root = int(node)
        for at in range(indptr[node], indptr[node + 1]):
            if present[indices[at]]:
                there = find(parent, indices[at])
                if there != root:
                    root = join(parent, size, root, there)
        largest = max(largest, size[root])
        levels[i] = largest
    return levels


@kernel
def largest_first(indptr: Ints, indices: Nodes, sizes: Ints, order: Nodes) -> tuple[Nodes, Ints]:
    """The same removals replayed so that each hits the largest component that still has one due: (order, levels).

    Reverse insertion gives a tree: a node's children are the components it joins. Replayed from the roots, largest
    first, the largest component is at no point larger than in the order given.
    """
    count = order.shape[0]
    present = np.ones(sizes.shape[0], np.bool_)
    present[order] = False
    parent, size, floor = standing(indptr, indices, sizes, present)
    top = np.full(sizes.shape[0], -1, np.int32)  # position of the last node that came into the component of a root
    child = np.full(count, -1, np.int32)
    sibling = np.full(count, -1, np.int32)
    weight = np.empty(count, np.int64)
    for i in range(count - 1, -1, -1):
        node = order[i]
        present[node] = True
        root = int(node)
        for at in range(indptr[node], indptr[node + 1]):
            if present[indices[at]]:
                there = find(parent, indices[at])
                if there != root:
                    if top[there] >= 0 and top[there] != i:
                        sibling[top[there]] = child[i]
                        child[i] = top[there]
                    root = join(parent, size, root, there)
        top[root] = i
        weight[i] = size[root]
    heap = np.empty(count, np.int32)
    length = 0
    for i in range(count):
        root = find(parent, order[i])
        if top[root] == i:
            length = _put(heap, length, weight, i)
    # A component nobody removes from stays as it is: it can only be counted where it stands alone.
    lone = floor
    replayed = np.empty(count, np.int32)
    levels = np.empty(count + 1, np.int64)
    for k in range(count):
        i = heap[0]
        levels[k] = max(weight[i], lone)
        length = _take(heap, length, weight)
        replayed[k] = order[i]
        below = child[i]
        while below >= 0:
            length = _put(heap, length, weight, below)
            below = sibling[below]
    levels[count] = floor
    return replayed, levels


@kernel
def _before(weight: Ints, one: int, other: int) -> bool:
    return weight[one] > weight[other] or (weight[one] == weight[other] and one < other)


@kernel
def _put(heap: Nodes, length: int, weight: Ints, item: int) -> int:
    at = length
    while at > 0:
        above = (at - 1) >> 1
        if not _before(weight, item, heap[above]):
            break
        heap[at] = heap[above]
        at = above
    heap[at] = item
    return length + 1


@kernel
def _take(heap: Nodes, length: int, weight: Ints) -> int:
    length -= 1
    item = heap[length]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= length:
            break
        if below + 1 < length and _before(weight, heap[below + 1], heap[below]):
            below += 1
        if not _before(weight, heap[below], item):
            break
        heap[at] = heap[below]
        at = below
    heap[at] = item
    return length

"""A binary heap of nodes with keys that can change: the least key on top, every node's place known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .kernel import Floats, Ints, Nodes, inlined, kernel


class Heap(NamedTuple):
    """items[:length[0]] is the heap; place[v] is where v stands in it (-1: not in it); key[v] is its key."""

    items: Nodes
    place: Nodes
    key: Floats
    length: Ints


@kernel
def new_heap(n: int, room: int, key: Floats) -> Heap:
    """An empty heap for `room` of n nodes; heaps whose nodes are apart may share their keys."""
    return Heap(np.empty(room, np.int32), np.full(n, -1, np.int32), key, np.zeros(1, np.int64))


@inlined
def put(heap: Heap, node: int, key: float) -> None:
    """Bring a node in, or change its key."""
    if heap.place[node] < 0:
        heap.items[heap.length[0]] = node
        heap.place[node] = heap.length[0]
        heap.length[0] += 1
        heap.key[node] = key
        _up(heap, heap.place[node])
    elif key < heap.key[node]:
        heap.key[node] = key
        _up(heap, heap.place[node])
    else:
        heap.key[node] = key
        _down(heap, heap.place[node])


@inlined
def take_out(heap: Heap, node: int) -> None:
    """Take a node out of the heap it is in."""
    at = heap.place[node]
    heap.place[node] = -1
    heap.length[0] -= 1
    last = heap.items[heap.length[0]]
    if last != node:
        heap.items[at] = last
        heap.place[last] = at
        _up(heap, at)
        _down(heap, heap.place[last])


@kernel
def clear(heap: Heap) -> None:
    """Empty the heap."""
    for i in range(heap.length[0]):
        heap.place[heap.items[i]] = -1
    heap.length[0] = 0


@inlined
def _up(heap: Heap, at: int) -> None:
    node = heap.items[at]
    key = heap.key[node]
    while at > 0:
        above = (at - 1) >> 1
        other = heap.items[above]
        if heap.key[other] <= key:
            break
        heap.items[at] = other
        heap.place[other] = at
        at = above
    heap.items[at] = node
    heap.place[node] = at


@inlined
def _down(heap: Heap, at: int) -> None:
    node = heap.items[at]
    key = heap.key[node]
    length = heap.length[0]
    while True:
        below = 2 * at + 1
        if below >= length:
            break
        if below + 1 < length and heap.key[heap.items[below + 1]] < heap.key[heap.items[below]]:
            below += 1
        other = heap.items[below]
        if heap.key[other] >= key:
            break
        heap.items[at] = other
        heap.place[other] = at
        at = below
    heap.items[at] = node
    heap.place[node] = at

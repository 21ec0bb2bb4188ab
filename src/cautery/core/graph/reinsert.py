"""Reverse-greedy re-insertion: bring nodes back so that the largest component stays small as long as it can.

A removal order is improved window by window, from its end: within a window the nodes come back in the order in which
each makes the smallest component, and that order is kept where the area under the curve is smaller. What is left when
a window is through does not depend on the order within it, so that one pass of O(m log n) tries every window.

Two lazy heaps hold the nodes due: those that do not touch the giant component, by the size of what they would join,
and those that do, by that size without the giant. Keys only fall when a component joins the giant, and the members of
that component then lower those of the nodes beside them; else they grow, so a key is checked when it is on top.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .heap import Heap, clear, new_heap, put, take_out
from .kernel import Flags, Floats, Ints, Nodes, inlined, kernel
from .percolate import find

NO_GIANT = -1
GIANT_FROM = 50
"""A component counts as the giant once it holds one part in so many of all."""


class Links(NamedTuple):
    """The network as kernels see it: neighbours, what a node adds to a component, what removing it costs."""

    indptr: Ints
    indices: Nodes
    sizes: Ints
    costs: Ints


class Forest(NamedTuple):
    """Components of the nodes present: union-find, members in a ring; `seen` and `clock[0]` mark visits."""

    parent: Nodes
    size: Ints
    ring: Nodes
    present: Flags
    seen: Ints
    clock: Ints


class Blur(NamedTuple):
    """How keys are drawn: size x (1 + noise x draw) + draw; without noise the draws only break ties."""

    draws: Floats
    noise: float


@inlined
def settle(links: Links, forest: Forest, node: int) -> int:
    """Bring a node back; the root of its component."""
    forest.present[node] = True
    root = find(forest.parent, node)
    for at in range(links.indptr[node], links.indptr[node + 1]):
        if forest.present[links.indices[at]]:
            there = find(forest.parent, links.indices[at])
            if there != root:
                if forest.size[root] < forest.size[there]:
                    root, there = there, root
                forest.parent[there] = root
                forest.size[root] += forest.size[there]
                forest.ring[root], forest.ring[there] = forest.ring[there], forest.ring[root]
    return root


@kernel
def forest_without(links: Links, order: Nodes) -> Forest:
    """The components while all of `order` is removed."""
    n = links.sizes.shape[0]
    ids = np.arange(n).astype(np.int32)
    forest = Forest(
        ids, links.sizes.copy(), ids.copy(), np.zeros(n, np.bool_), np.zeros(n, np.int64), np.zeros(1, np.int64)
    )
    away = np.zeros(n, np.bool_)
    away[order] = True
    for node in range(n):
        if not away[node]:
            settle(links, forest, node)
    return forest


@inlined
def _merged(links: Links, forest: Forest, node: int, giant: int) -> tuple[int, bool]:
    """The size of what the node would join, the giant left out, and whether it touches the giant."""
    forest.clock[0] += 1
    clock = forest.clock[0]
    total = links.sizes[node]
    touches = False
    for at in range(links.indptr[node], links.indptr[node + 1]):
        if forest.present[links.indices[at]]:
            root = find(forest.parent, links.indices[at])
            if root == giant:
                touches = True
            elif forest.seen[root] != clock:
                forest.seen[root] = clock
                total += forest.size[root]
    return total, touches


@inlined
def _enter(links: Links, forest: Forest, node: int, giant: int, apart: Heap, beside: Heap, blur: Blur) -> None:
    """Put a node that is due into the heap it belongs to, with the key of now."""
    total, touches = _merged(links, forest, node, giant)
    key = total * (1.0 + blur.noise * blur.draws[node]) + blur.draws[node]
    if touches:
        if apart.place[node] >= 0:
            take_out(apart, node)
        put(beside, node, key)
    else:
        put(apart, node, key)


@kernel
def _next(
    links: Links, forest: Forest, level: int, giant: int, apart: Heap, beside: Heap, blur: Blur
) -> tuple[int, bool]:
    """The node to bring back now, out of its heap, and whether it joins the giant; a key is checked until it holds."""
    while True:
        lone = apart.length[0] > 0
        if lone and beside.length[0]:
            key = apart.key[apart.items[0]]
            lone = key <= level or key <= forest.size[giant] + beside.key[beside.items[0]]
        heap = apart if lone else beside
        node = heap.items[0]
        key = heap.key[node]
        _enter(links, forest, node, giant, apart, beside, blur)
        if heap.place[node] >= 0 and heap.key[node] <= key:
            take_out(heap, node)
            return node, not lone


@kernel
def _lower(links: Links, forest: Forest, node: int, giant: int, apart: Heap, beside: Heap, blur: Blur) -> None:
    """The node is about to join the giant with all it touches: the nodes due beside them get nearer to it."""
    for at in range(links.indptr[node], links.indptr[node + 1]):
        other = links.indices[at]
        if not forest.present[other]:
            if apart.place[other] >= 0:
                take_out(apart, other)
                put(beside, other, beside.key[other])
            continue
        root = find(forest.parent, other)
        if root == giant or forest.seen[root] == -node - 1:
            continue
        forest.seen[root] = -node - 1
        forest.clock[0] += 1
        clock = forest.clock[0]
        member = root
        while True:
            for near in range(links.indptr[member], links.indptr[member + 1]):
                due = links.indices[near]
                if forest.present[due] or due == node or forest.seen[due] == clock:
                    continue
                forest.seen[due] = clock
                if apart.place[due] >= 0:
                    take_out(apart, due)
                elif beside.place[due] < 0:
                    continue
                put(beside, due, beside.key[due] - forest.size[root] * (1.0 + blur.noise * blur.draws[due]))
            member = forest.ring[member]
            if member == root:
                break


@kernel
def _window(
    links: Links, forest: Forest, nodes: Nodes, level: int, most: float, counted: int, tail: float,
    apart: Heap, beside: Heap, blur: Blur,
) -> bool:  # fmt: skip
    """Bring back all of `nodes`, written over in removal order; false where the area reaches `most` (order not told)."""
    clear(apart)
    clear(beside)
    given = nodes.copy()
    everything = forest.size.shape[0]
    giant = _giant(links, forest, given, level) if GIANT_FROM * level >= everything else NO_GIANT
    left = 0
    for node in given:
        left += links.costs[node]
        _enter(links, forest, node, giant, apart, beside, blur)
    area = 0.0
    for i in range(nodes.shape[0] - 1, -1, -1):
        node, joins = _next(links, forest, level, giant, apart, beside, blur)
        if joins:
            _lower(links, forest, node, giant, apart, beside, blur)
        nodes[i] = node
        root = settle(links, forest, node)
        level = max(level, forest.size[root])
        area += links.costs[node] * level * (1.0 if level >= counted else tail)
        left -= links.costs[node]
        if area + left * level * (1.0 if level >= counted else tail) >= most:
            for other in given:
                if not forest.present[other]:
                    settle(links, forest, other)
            return False
        if giant != NO_GIANT:
            giant = find(forest.parent, giant)
        leads = forest.size[root] == level and (giant == NO_GIANT or level > forest.size[giant])
        if leads and GIANT_FROM * level >= everything:
            giant = root
            _sort_again(links, forest, giant, apart, beside, blur)
    return True


@kernel
def _giant(links: Links, forest: Forest, nodes: Nodes, level: int) -> int:
    """The root of a component of this size that one of the nodes is in or beside, if there is one."""
    for node in nodes:
        if forest.present[node]:
            root = find(forest.parent, node)
            if forest.size[root] == level:
                return root
        for at in range(links.indptr[node], links.indptr[node + 1]):
            if forest.present[links.indices[at]]:
                root = find(forest.parent, links.indices[at])
                if forest.size[root] == level:
                    return root
    return NO_GIANT


@kernel
def _sort_again(links: Links, forest: Forest, giant: int, apart: Heap, beside: Heap, blur: Blur) -> None:
    """Give every node that is due its key under another giant."""
    lone = apart.length[0]
    nodes = np.empty(lone + beside.length[0], np.int32)
    nodes[:lone] = apart.items[:lone]
    nodes[lone:] = beside.items[: beside.length[0]]
    clear(apart)
    clear(beside)
    for node in nodes:
        _enter(links, forest, node, giant, apart, beside, blur)


@kernel
def reinsert(
    links: Links, order: Nodes, levels: Ints, edges: Ints, blur: Blur, counted: int, tail: float, slack: float
) -> tuple[Nodes, int]:
    """The order with every window that gained by it re-inserted, and how many did.

    levels: of this order (`percolate`). edges int64[w + 1], ascending: the windows are order[edges[i]:edges[i + 1]],
    and what lies before the first stays. A level counts in full from `counted` up and times `tail` below. A window is
    taken where its area is less than before plus `slack`.
    """
    n = links.sizes.shape[0]
    forest = forest_without(links, order)
    for i in range(order.shape[0] - 1, edges[edges.shape[0] - 1] - 1, -1):
        settle(links, forest, order[i])
    room = 1
    for w in range(edges.shape[0] - 1):
        room = max(room, edges[w + 1] - edges[w])
    key = np.zeros(n)
    apart, beside = new_heap(n, room, key), new_heap(n, room, key)
    result = order.copy()
    gained = 0
    for w in range(edges.shape[0] - 2, -1, -1):
        begin, end = edges[w], edges[w + 1]
        if end - begin == 1:
            settle(links, forest, order[begin])
            continue
        before = 0.0
        for i in range(begin, end):
            before += links.costs[order[i]] * levels[i] * (1.0 if levels[i] >= counted else tail)
        nodes = order[begin:end].copy()
        if _window(links, forest, nodes, levels[end], before + slack, counted, tail, apart, beside, blur):
            gained += 1
            result[begin:end] = nodes
    return result, gained


@kernel
def least_set(links: Links, order: Nodes, limit: int, blur: Blur) -> Nodes:
    """What of a removed set must stay removed so that no component passes `limit`: the rest comes back, smallest first."""
    n = links.sizes.shape[0]
    forest = forest_without(links, order)
    key = np.zeros(n)
    apart, beside = new_heap(n, max(1, order.shape[0]), key), new_heap(n, 1, key)
    for node in order:
        _enter(links, forest, node, NO_GIANT, apart, beside, blur)
    kept = np.empty(order.shape[0], np.int32)
    count = 0
    while apart.length[0]:
        node = apart.items[0]
        key_then = apart.key[node]
        total, _ = _merged(links, forest, node, NO_GIANT)
        key_now = total * (1.0 + blur.noise * blur.draws[node]) + blur.draws[node]
        if key_now > key_then:
            put(apart, node, key_now)
            continue
        take_out(apart, node)
        if total > limit:
            kept[count] = node
            count += 1
        else:
            settle(links, forest, node)
    return kept[:count]

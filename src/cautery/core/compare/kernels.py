"""The compiled inside of the index: building its tables, looking into them, and scanning.

What is searched. A hash is sixteen chunks of 16 bits. There is a table a chunk: `starts` says where each of its 65,536
buckets begins, and a bucket holds, for every hash with that chunk, its *tag* (the chunk after it, the first after the
last) and its place in `codes`.

What is looked at. Let H be the distance of a stored hash from the query, d[i] that of their chunks i, and share
radius + 1 out over the chunks in whole numbers u[i]. If H <= radius, the sum of u[i] - d[i] is at least 1, so by the
cycle lemma there is a chunk from which on, going round, every partial sum is at least 1; of it the first two say

    d[i] <= u[i] - 1    and    d[i] + d[i + 1] <= u[i] + u[i + 1] - 1.

The first is which buckets of table i to visit, the second is asked of the tags, which lie there in a row, 32 at a time.
Nothing within the radius is missed, and at radius 31 (every u[i] = 2) one random hash in 460 gets past its tag; only
those are compared in full. (Multi-index hashing: Norouzi, Punjani and Fleet 2014; the ring: Qin and Xiao 2018.)

How it is shared out. Evenly, unless the buckets in reach hold far more than chance would have it (flat pictures, large
families): then by the counts in them, so that full buckets get u[i] = 1 or 0 and empty ones more. A query for which all
that would cost more than looking at every hash is handed back, to be scanned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .bits import CHUNKS
from .intrinsics import LANES, near, popcount, prefetch, trailing_zeros

BUCKETS = 1 << 16
DEEPEST = 4  # at most u = 4 a chunk by the tables: 697 buckets; beyond, a scan is no slower
VISIT, TAG, LOOKUP, SCAN = 6.0, 0.12, 2.5, 0.9
"""Nanoseconds for a bucket, for a tag in it, for a look at a bucket's size, for a hash scanned: measured, only ratios matter."""
SURVIVORS = 4  # a query is handed back once a quarter of all hashes had to be looked at in full
ID_BITS = 54
"""A hit is one number while it is sorted: the distance above 54 bits of id."""
PLACE = np.uint64((1 << ID_BITS) - 1)

_SCAN_BLOCK = 1024


def compiled(function: Callable[..., Any]) -> Any:
    """Compiled when it is first called, kept on disk for later processes, and run beside other threads."""
    return njit(cache=True, nogil=True, error_model="numpy")(function)


def masks() -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """All 16-bit words by how many bits they have set, and where each count begins: a ball round any key, by XOR."""
    weights = np.bitwise_count(np.arange(BUCKETS, dtype=np.uint16))
    order = np.argsort(weights, kind="stable").astype(np.uint16)
    return order, np.concatenate([[0], np.cumsum(np.bincount(weights))]).astype(np.int64)


@compiled
def order_by_chunk(keys: Any, rows: Any) -> Any:
    """`rows` in the order of keys[row], uint16; those of one key as they stood."""
    room = np.zeros(BUCKETS + 1, np.int64)
    for row in rows:
        room[np.int64(keys[row]) + 1] += 1
    for key in range(BUCKETS):
        room[key + 1] += room[key]
    ordered = np.empty_like(rows)
    for row in rows:
        at = np.int64(keys[row])
        ordered[room[at]] = row
        room[at] += 1
    return ordered


@compiled
def fill_table(keys: Any, following: Any, starts: Any, tags: Any, low: Any, high: Any) -> None:
    """Make one table of the codes' chunk `keys` and the chunk after it, both uint16[N].

    Places ascend within a bucket, so their upper bits take about two bits each: entry j of bucket k with place p has
    bit j + k * blocks + (p >> 16) of `high` set (Elias and Fano), and its lower sixteen bits are low[j].
    """
    n = keys.size
    blocks = ((n - 1) >> 16) + 1
    for p in range(n):
        starts[np.int64(keys[p]) + 1] += 1
    for bucket in range(BUCKETS):
        starts[bucket + 1] += starts[bucket]
    room = starts[:-1].astype(np.int64)
    for p in range(n):
        key = np.int64(keys[p])
        j = room[key]
        room[key] = j + 1
        tags[j] = following[p]
        if low.size > 0:
            low[j] = np.uint16(p & 0xFFFF)
            bit = j + key * blocks + (p >> 16)
            high[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)


@compiled
def look_up(queries: Any, chunks: Any, segment: Any, radius: int, ball: Any, work: Any) -> Any:
    """Every code of a segment within `radius` of each query: (hits of each query, hits, handed back).

    queries uint64[Q, 4] and their chunks uint16[Q, 16]; a hit is uint64 (distance << 54) | place, in no order.
    segment: codes uint64[N, 4], starts uint32[16, 65537], tags uint16[16, N + 32], low uint16[15, N], high uint64[15, W].
    ball: as `masks` gives it. work: as `workspace` makes it; one for each thread.
    """
    n = segment[0].shape[0]
    counts = np.zeros(queries.shape[0], np.int64)
    back = np.zeros(queries.shape[0], np.bool_)
    hits, found = np.empty(64, np.uint64), 0
    seen = work[0]
    for q in range(queries.shape[0]):
        first = found
        back[q] = _plan(chunks[q], segment[1], radius, n, ball, work) > n * SCAN
        if not back[q]:
            hits, found, back[q] = _visit(queries[q], chunks[q], segment, radius, ball, work, hits, found)
        for hit in range(first, found):
            seen[np.int64(hits[hit] & PLACE) >> 6] = 0
        if back[q]:
            found = first
        counts[q] = found - first
    return counts, hits[:found], back


@compiled
def _plan(chunks: Any, starts: Any, radius: int, n: int, ball: Any, work: Any) -> Any:
    """Share radius + 1 out over the tables and note the buckets to visit; what that will cost, in nanoseconds."""
    _, froms, tos, _, shares, sizes = work
    total = radius + 1
    depth = (total + CHUNKS - 1) // CHUNKS
    if depth > DEEPEST:
        return np.inf
    by_chance = n / BUCKETS * TAG + VISIT
    sizes[:] = 0
    _measure(chunks, starts, 0, depth, ball, froms, tos, sizes)
    cost = _share(sizes, ball[1], total, depth, shares)
    while depth < DEEPEST:
        lookups = CHUNKS * (ball[1][depth + 1] - ball[1][depth])
        if cost < 2 * CHUNKS * ball[1][depth] * by_chance or cost < 2 * lookups * LOOKUP:
            break
        _measure(chunks, starts, depth, depth + 1, ball, froms, tos, sizes)
        depth += 1
        cost = _share(sizes, ball[1], total, depth, shares)
    return cost


@compiled
def _measure(chunks: Any, starts: Any, inner: int, outer: int, ball: Any, froms: Any, tos: Any, sizes: Any) -> None:
    """Where the buckets lie whose keys differ from the query's chunks in `inner` to `outer` - 1 bits, and how full they are."""
    near_masks, offsets = ball
    for i in range(CHUNKS):
        for weight in range(inner, outer):
            held = np.int64(0)
            for v in range(offsets[weight], offsets[weight + 1]):
                key = np.int64(chunks[i] ^ near_masks[v])
                froms[i, v], tos[i, v] = starts[i, key], starts[i, key + 1]
                held += np.int64(tos[i, v]) - np.int64(froms[i, v])
            sizes[i, weight] = held


@compiled
def _share(sizes: Any, offsets: Any, total: int, depth: int, shares: Any) -> Any:
    """The cheapest u[i] in 0 .. depth whose sum is `total`, into `shares`; its cost in nanoseconds."""
    if total == CHUNKS * depth:
        shares[:] = depth
        return float(sizes.sum()) * TAG + CHUNKS * offsets[depth] * VISIT
    best = np.full((CHUNKS + 1, total + 1), np.inf)
    taken = np.zeros((CHUNKS, total + 1), np.int8)
    best[0, 0] = 0.0
    for i in range(CHUNKS):
        cost = 0.0
        for u in range(depth + 1):
            if u > 0:
                cost += sizes[i, u - 1] * TAG + (offsets[u] - offsets[u - 1]) * VISIT
            for before in range(max(0, total - (CHUNKS - i) * depth), total + 1 - u):
                if best[i, before] + cost < best[i + 1, before + u]:
                    best[i + 1, before + u] = best[i, before] + cost
                    taken[i, before + u] = u
    left = total
    for i in range(CHUNKS - 1, -1, -1):
        shares[i] = taken[i, left]
        left -= shares[i]
    return float(best[CHUNKS, total])


@compiled
def _visit(query: Any, chunks: Any, segment: Any, radius: int, ball: Any, work: Any, hits: Any, found: int) -> Any:
    """Go through the buckets of the plan; the hits, how many there are now, and whether it was given up."""
    _, froms, tos, (entries, buckets), shares, _ = work
    near_masks, offsets = ball
    cursor = np.zeros(3, np.int64)
    most = max(entries.size, segment[0].shape[0] // SURVIVORS)
    looked = 0
    _ask_for_tags(segment[2], froms, shares, offsets)
    while cursor[0] < CHUNKS:
        waiting = _gather(cursor, chunks, segment[2], froms, tos, shares, near_masks, offsets, entries, buckets)
        hits, found = _verify(query, segment, radius, work, waiting, hits, found)
        looked += waiting
        if looked > most:
            return hits, found, True
    return hits, found, False


@compiled
def _ask_for_tags(tags: Any, froms: Any, shares: Any, offsets: Any) -> None:
    for i in range(CHUNKS):
        for v in range(offsets[shares[i]]):
            prefetch(tags, i, np.int64(froms[i, v]))


@compiled
def _gather(
    cursor: Any, chunks: Any, tags: Any, froms: Any, tos: Any, shares: Any, near_masks: Any, offsets: Any,
    entries: Any, buckets: Any,
) -> int:  # fmt: skip
    """Fill `entries` and `buckets` with what gets past its tag, from `cursor` (table, visit, entries done) on; how many.

    It makes no array and calls nothing that does: Numba then leaves the counting of references out, a quarter of the time.
    """
    waiting = 0
    room = entries.size - LANES
    i, v, done = cursor[0], cursor[1], cursor[2]
    while i < CHUNKS:
        after = (i + 1) % CHUNKS
        wanted = chunks[after]
        weight = 0
        while v < offsets[shares[i]]:
            while v >= offsets[weight + 1]:
                weight += 1
            limit = np.uint16(shares[i] + shares[after] - 1 - weight)
            block, stop = np.int64(froms[i, v]) + done, np.int64(tos[i, v])
            while block < stop:
                if waiting > room:
                    cursor[0], cursor[1], cursor[2] = i, v, block - np.int64(froms[i, v])
                    return waiting
                mask = near(tags, i, block, wanted, limit)
                if stop - block < LANES:
                    mask &= (np.uint64(1) << np.uint64(stop - block)) - np.uint64(1)
                while mask != 0:
                    entries[waiting] = block + np.int64(trailing_zeros(mask))
                    buckets[waiting] = (i << 16) | np.int64(chunks[i] ^ near_masks[v])
                    waiting += 1
                    mask &= mask - np.uint64(1)
                block += LANES
            done = 0
            v += 1
        v = 0
        i += 1
    cursor[0] = i
    return waiting


@compiled
def _verify(query: Any, segment: Any, radius: int, work: Any, waiting: int, hits: Any, found: int) -> Any:
    """Compare in full what got past its tag, each hash once; the hits, and how many there are now."""
    codes, seen, places = segment[0], work[0], work[3][0]
    _find_places(segment, work, waiting)
    for t in range(waiting):
        place = np.int64(places[t])
        bit = np.uint64(1) << np.uint64(place & 63)
        if seen[place >> 6] & bit:
            continue
        distance = _distance(codes, place, query)
        if distance <= radius:
            seen[place >> 6] |= bit
            if found == hits.size:
                larger = np.empty(2 * found, np.uint64)
                larger[:found] = hits
                hits = larger
            hits[found] = (distance << np.uint64(ID_BITS)) | np.uint64(place)
            found += 1
    return hits, found


@compiled
def _find_places(segment: Any, work: Any, waiting: int) -> None:
    """Turn waiting entries of the tables into places among the codes, asking for all memory before using any."""
    codes, starts, _, low, high = segment
    entries, buckets = work[3]
    blocks = ((codes.shape[0] - 1) >> 16) + 1
    for t in range(waiting):
        i, key = np.int64(buckets[t]) >> 16, np.int64(buckets[t]) & 0xFFFF
        if i > 0:
            prefetch(low, i - 1, np.int64(entries[t]))
            prefetch(high, i - 1, (np.int64(starts[i, key]) + key * blocks) >> 6)
    last, base, cell, ones, word = np.int64(-1), np.int64(0), np.int64(0), np.int64(0), np.uint64(0)
    for t in range(waiting):
        j, bucket = np.int64(entries[t]), np.int64(buckets[t])
        i, key = bucket >> 16, bucket & 0xFFFF
        if i > 0:
            if bucket != last:
                last, base, ones = bucket, key * blocks, np.int64(starts[i, key])
                cell = (ones + base) >> 6
                word = high[i - 1, cell] & (~np.uint64(0) << np.uint64((ones + base) & 63))
            while ones + np.int64(popcount(word)) <= j:
                ones += np.int64(popcount(word))
                cell += 1
                word = high[i - 1, cell]
            while ones < j:
                word &= word - np.uint64(1)
                ones += 1
            upper = (cell << 6) + np.int64(trailing_zeros(word)) - j - base
            entries[t] = (upper << 16) | np.int64(low[i - 1, j])
        prefetch(codes, np.int64(entries[t]), 0)


@compiled
def _distance(codes: Any, place: int, query: Any) -> Any:
    return (
        popcount(codes[place, 0] ^ query[0])
        + popcount(codes[place, 1] ^ query[1])
        + popcount(codes[place, 2] ^ query[2])
        + popcount(codes[place, 3] ^ query[3])
    )


@compiled
def scan(queries: Any, codes: Any, radius: int) -> Any:
    """Every code within `radius` of each query, by looking at all: (hits of each query, hits), as `look_up` gives them.

    Codes come in blocks that stay in the nearest cache while all queries are held against them; what is found is put
    in the order of the queries at the end.
    """
    counts = np.zeros(queries.shape[0], np.int64)
    hits, asked, found = np.empty(64, np.uint64), np.empty(64, np.int64), 0
    for block in range(0, codes.shape[0], _SCAN_BLOCK):
        end = min(codes.shape[0], block + _SCAN_BLOCK)
        for q in range(queries.shape[0]):
            if found + end - block > hits.size:
                hits, asked = _grown(hits, asked, found, end - block)
            before = found
            for place in range(block, end):
                half = popcount(codes[place, 0] ^ queries[q, 0]) + popcount(codes[place, 1] ^ queries[q, 1])
                if half <= radius:
                    distance = _distance(codes, place, queries[q])
                    if distance <= radius:
                        hits[found] = (distance << np.uint64(ID_BITS)) | np.uint64(place)
                        asked[found] = q
                        found += 1
            counts[q] += found - before
    return counts, _by_query(counts, asked[:found], hits[:found])


@compiled
def _grown(hits: Any, asked: Any, found: int, more: int) -> Any:
    size = max(2 * hits.size, found + more)
    larger, longer = np.empty(size, np.uint64), np.empty(size, np.int64)
    larger[:found], longer[:found] = hits[:found], asked[:found]
    return larger, longer


@compiled
def _by_query(counts: Any, asked: Any, hits: Any) -> Any:
    room = np.cumsum(counts) - counts
    ordered = np.empty_like(hits)
    for hit in range(hits.size):
        ordered[room[asked[hit]]] = hits[hit]
        room[asked[hit]] += 1
    return ordered


@compiled
def named(hits: Any, ids: Any, base: int) -> None:
    """Put ids in the place of places: base + ids[place]."""
    for t in range(hits.size):
        hit = hits[t]
        hits[t] = (hit & ~PLACE) | np.uint64(base + np.int64(ids[np.int64(hit & PLACE)]))


@compiled
def in_rows(counts: Any, hits: Any) -> Any:
    """(limits, ids, distances) of an answer: within a query the nearest first, then the lower id."""
    limits = np.zeros(counts.size + 1, np.int64)
    ids, distances = np.empty(hits.size, np.int64), np.empty(hits.size, np.int32)
    for q in range(counts.size):
        first, stop = limits[q], limits[q] + counts[q]
        limits[q + 1] = stop
        if stop - first > 1:
            hits[first:stop].sort()
        for t in range(first, stop):
            ids[t] = np.int64(hits[t] & PLACE)
            distances[t] = np.int32(hits[t] >> np.uint64(ID_BITS))
    return limits, ids, distances

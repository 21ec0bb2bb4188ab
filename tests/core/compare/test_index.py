from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from cautery.core.compare import HammingIndex, Hits
from cautery.core.errors import NotFound

Hashes = NDArray[np.uint8]


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    """Compile before anything is timed."""
    HammingIndex.build(np.zeros((1_025, 32), np.uint8)).search(np.zeros((1, 32), np.uint8))


@st.composite
def families(draw: st.DrawFn, most: int = 12) -> Hashes:
    """Hashes of which some lie close together, as copies do: few bits of a few originals changed."""
    originals = draw(arrays(np.uint8, (3, 32)))
    chosen = draw(st.lists(st.integers(0, 2), max_size=most))
    flips = draw(st.lists(st.sets(st.integers(0, 255), max_size=60), min_size=len(chosen), max_size=len(chosen)))
    bits = np.unpackbits(originals, axis=1)[chosen].reshape(-1, 256)
    for row, places in zip(bits, flips, strict=True):
        row[sorted(places)] ^= 1
    return np.packbits(bits, axis=1)


def brute_force(stored: dict[int, bytes], query: bytes, radius: int) -> list[tuple[int, int]]:
    distances = ((id_, (int.from_bytes(held) ^ int.from_bytes(query)).bit_count()) for id_, held in stored.items())
    return sorted((distance, id_) for id_, distance in distances if distance <= radius)


def as_lists(hits: Hits) -> list[list[tuple[int, int]]]:
    pairs = list(zip(hits.distances.tolist(), hits.ids.tolist(), strict=True))
    return [pairs[start:stop] for start, stop in zip(hits.limits[:-1], hits.limits[1:], strict=True)]


@given(families(), families(4), st.integers(0, 256))
def test_it_finds_exactly_what_brute_force_finds(stored: Hashes, queries: Hashes, radius: int) -> None:
    known = {id_: row.tobytes() for id_, row in enumerate(stored)}
    hits = HammingIndex.build(stored).search(queries, radius)
    assert as_lists(hits) == [brute_force(known, query.tobytes(), radius) for query in queries]


@settings(max_examples=50)
@given(st.lists(st.one_of(families(5), st.integers(0, 20))), families(3))
def test_it_stays_exact_through_additions_and_removals(changes: list[Hashes | int], queries: Hashes) -> None:
    index, known = HammingIndex(), dict[int, bytes]()
    for change in changes:
        if isinstance(change, int):
            if change in known:
                index.remove(change)
                del known[change]
        else:
            known.update(zip(index.add_many(change).tolist(), (row.tobytes() for row in change), strict=True))
    assert len(index) == len(known)
    assert as_lists(index.search(queries)) == [brute_force(known, query.tobytes(), 31) for query in queries]


def test_it_is_exact_across_its_blocks() -> None:
    rng = np.random.default_rng(1)
    stored = rng.integers(0, 256, (70_000, 32), dtype=np.uint8)
    queries = stored[[0, 65_535, 65_536, 69_999]].copy()
    queries[:, :3] ^= 0b11
    hits = HammingIndex.build(stored).search(queries)
    assert as_lists(hits) == [[(6, 0)], [(6, 65_535)], [(6, 65_536)], [(6, 69_999)]]


def test_it_gives_the_shapes_and_types_it_promises() -> None:
    hits = HammingIndex().search(np.zeros((3, 32), np.uint8))
    assert hits.limits.tolist() == [0, 0, 0, 0]
    assert (hits.limits.dtype, hits.ids.dtype, hits.distances.dtype) == (np.int64, np.int64, np.int32)
    assert HammingIndex().search(np.empty((0, 32), np.uint8)).limits.tolist() == [0]


def test_an_added_hash_is_found_at_once_and_a_removed_one_never_again() -> None:
    index = HammingIndex()
    first, second = index.add(b"\x01" * 32), index.add(np.full(32, 1, np.uint8))
    index.remove(first)
    assert index.search(np.full((1, 32), 1, np.uint8)).ids.tolist() == [second]
    assert index.add(b"\x02" * 32) not in {first, second}


@pytest.mark.parametrize("id_", [-1, 0, 7])
def test_it_says_when_there_is_nothing_to_remove(id_: int) -> None:
    index = HammingIndex.build(np.zeros((1, 32), np.uint8))
    index.remove(0)
    with pytest.raises(NotFound):
        index.remove(id_)


@pytest.mark.parametrize("wrong", [np.zeros((2, 31), np.uint8), np.zeros(32, np.uint8), np.zeros((2, 32), np.int64)])
def test_it_refuses_hashes_of_another_shape(wrong: Hashes) -> None:
    with pytest.raises(ValueError, match=r"uint8\[N, 32\]"):
        HammingIndex.build(wrong)


@pytest.mark.parametrize("radius", [-1, 257])
def test_it_refuses_a_radius_that_cannot_be(radius: int) -> None:
    with pytest.raises(ValueError, match="radius"):
        HammingIndex().search(np.zeros((1, 32), np.uint8), radius)


@pytest.mark.parametrize("radius", [0, 1, 15, 16, 31, 32, 47, 63, 64, 120, 256])
def test_it_is_exact_at_every_radius_with_tables(radius: int) -> None:
    stored, queries = skewed(6_000), skewed(12, seed=2)
    queries[:6] = stored[:6]
    hits = HammingIndex.build(stored).search(queries, radius)
    known = {id_: row.tobytes() for id_, row in enumerate(stored)}
    assert as_lists(hits) == [brute_force(known, query.tobytes(), radius) for query in queries]


def skewed(count: int, seed: int = 1) -> Hashes:
    """A third uniform, a third copies of a few, a third one flat picture again and again, hardly changed."""
    rng = np.random.default_rng(seed)
    uniform = rng.integers(0, 256, (count // 3, 32), dtype=np.uint8)
    few = np.random.default_rng(9).integers(0, 256, (5, 32), dtype=np.uint8)
    noise = rng.integers(0, 256, (3, count // 3, 32), dtype=np.uint8)
    copies = few[rng.integers(0, 5, count // 3)] ^ (noise[0] & noise[1] & noise[2])
    flat = np.full((count // 3, 32), 0b01010101, np.uint8)
    flat[:, 0] = rng.integers(0, 4, count // 3)
    hashes = np.concatenate([uniform, copies, flat])
    rng.shuffle(hashes)
    return hashes


def test_threads_give_the_same_answer() -> None:
    stored, queries = skewed(6_000), skewed(600, seed=3)
    index = HammingIndex.build(stored)
    alone, together = index.search(queries), index.search(queries, threads=4)
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_additions_in_bulk_and_one_by_one_end_in_the_same_place() -> None:
    stored = skewed(30_000)
    index = HammingIndex.build(stored[:2_000])
    index.add_many(stored[2_000:29_990])
    for row in stored[29_990:]:
        index.add(row)
    index.tidy()
    queries = stored[::3_001]
    assert as_lists(index.search(queries)) == as_lists(HammingIndex.build(stored).search(queries))

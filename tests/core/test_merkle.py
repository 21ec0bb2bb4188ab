"""The growing tree against RFC 9162's own recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.merkle import (
    EMPTY,
    Tree,
    consistency,
    extends,
    folded,
    inclusion,
    leaf_hash,
    levels_of,
    path_in,
    perfect,
    root_by_inclusion,
    root_of,
)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert root_of(leaves) == naive_root(leaves)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40))
def test_every_prefix_has_its_own_root_on_the_way(leaves: list[bytes]) -> None:
    tree = Tree()
    for n, data in enumerate(leaves, 1):
        tree.append(leaf_hash(data))
        assert (tree.size, tree.root()) == (n, naive_root(leaves[:n]))


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root() == EMPTY


def test_one_and_two_leaves_have_the_values_of_certificate_transparency() -> None:
    assert root_of([b""]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of([b"", b"\x00"]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"


def test_a_leaf_is_never_taken_for_an_inner_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != root_of([b"a", b"b"])


def subtree(leaves: list[bytes], span: tuple[int, int]) -> bytes:
    """A range's hash, by the RFC's own definition and by its perfect subtrees."""
    by_perfect = folded([naive_root(leaves[i << level : (i + 1) << level]) for level, i in perfect(*span)])
    assert by_perfect == naive_root(leaves[span[0] : span[1]])
    return by_perfect


@given(st.integers(1, 70), st.data())
def test_an_inclusion_proof_leads_to_the_root_and_from_no_other_place(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = [subtree(leaves, span) for span in inclusion(index, size)]
    assert path == path_in(levels_of([leaf_hash(leaf) for leaf in leaves]), index)
    root, leaf = naive_root(leaves), leaf_hash(leaves[index])
    assert root_by_inclusion(leaf, index, size, path) == root
    assert all(root_by_inclusion(leaf, other, size, path) != root for other in range(size) if other != index)
    assert root_by_inclusion(leaf_hash(b"x"), index, size, path) != root
    assert root_by_inclusion(leaf, index, size, [*path, root]) is None
    assert not path or root_by_inclusion(leaf, index, size, path[:-1]) is None


@given(st.integers(1, 70), st.data())
def test_a_consistency_proof_holds_for_what_continues_and_for_nothing_else(new: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(new)]
    old = data.draw(st.integers(1, new))
    path = [subtree(leaves, span) for span in consistency(old, new)]
    before, after = naive_root(leaves[:old]), naive_root(leaves)
    assert extends(old, before, new, after, path)
    assert not extends(old, naive_root([b"x", *leaves[1:old]]), new, after, path)
    assert not extends(old, before, new, naive_root([b"x", *leaves[1:]]), path)
    assert not extends(old, before, new, after, [*path, after])
    assert old == new or not extends(old, before, new, after, path[:-1])


def test_a_tree_goes_on_from_its_edge_and_tells_the_subtrees_that_are_worth_keeping() -> None:
    leaves = [leaf_hash(str(n).encode()) for n in range(70_000)]
    kept: dict[tuple[int, int], bytes] = {}
    whole = Tree(keep=kept.__setitem__)
    for leaf in leaves:
        whole.append(leaf)
    levels = levels_of(leaves)
    assert kept == {(level, n): levels[level][n] for level in (8, 16) for n in range(70_000 >> level)}
    half = 40_123
    resumed = Tree(half, [levels[level][index] for level, index in perfect(0, half)])
    for leaf in leaves[half:]:
        resumed.append(leaf)
    assert resumed.root() == whole.root() == levels[-1][0]


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError):
        inclusion(index, size)
    with pytest.raises(ValueError):
        consistency(size + 1, size)

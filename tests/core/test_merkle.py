"""The growing tree against RFC 9162's own recursive definition."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from cautery.core.merkle import EMPTY, Tree, leaf_hash, root_of


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

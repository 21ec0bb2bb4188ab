"""RFC 9162 Merkle trees over byte strings: leaf and node hashes, the root, and a tree that grows."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree that keeps only its right edge: O(log n) memory, amortised O(1) an append."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # roots of the perfect subtrees, widest first

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        self.size += 1
        self._edge.append(leaf)
        n = self.size
        while n % 2 == 0:
            right = self._edge.pop()
            self._edge.append(node_hash(self._edge.pop(), right))
            n //= 2

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._edge:
            return EMPTY
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of `leaves` given as data."""
    tree = Tree()
    for data in leaves:
        tree.append(leaf_hash(data))
    return tree.root()

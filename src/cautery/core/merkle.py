"""RFC 9162 Merkle trees over byte strings: hashes, the root, a tree that grows, and proofs.

Subtrees are named two ways. A *range* `(start, end)` is any subtree of the RFC's recursion. A *place* `(level, index)` is a
perfect one: the leaves from `index * 2**level`, `2**level` of them. Whoever keeps perfect subtrees can answer every range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, 2.1.1)."""
TILE = 8
"""Perfect subtrees whose level is a multiple of this are worth keeping: 256 below each."""

Range = tuple[int, int]
Place = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree that keeps only its right edge: O(log n) memory, amortised O(1) an append.

    `keep` is told each perfect subtree of a level that is a multiple of `TILE` above 0, as it is completed.
    """

    def __init__(
        self,
        size: int = 0,
        edge: Iterable[bytes] = (),
        keep: Callable[[Place, bytes], None] | None = None,
    ) -> None:
        self.size = size
        self._edge = list(edge)  # roots of the perfect subtrees, widest first
        self._keep = keep

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        self.size += 1
        n, level = self.size, 0
        while n % 2 == 0:
            leaf = node_hash(self._edge.pop(), leaf)
            n //= 2
            level += 1
            if level % TILE == 0 and self._keep is not None:
                self._keep((level, n - 1), leaf)
        self._edge.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return folded(self._edge)


def folded(edge: Sequence[bytes]) -> bytes:
    """The root over neighbouring perfect subtrees, widest first."""
    if not edge:
        return EMPTY
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def perfect(start: int, end: int) -> list[Place]:
    """The perfect subtrees a range is made of, widest first; `start` is a multiple of the widest."""
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level of the tree over leaf hashes, from the leaves up to the root; an odd last one rises as it is."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [sha256(b"\x01" + a + b).digest() for a, b in zip(below[::2], below[1::2], strict=False)]
        if len(below) % 2:
            above.append(below[-1])
        levels.append(above)
    return levels


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of `leaves` given as data."""
    hashes = [sha256(b"\x00" + data).digest() for data in leaves]
    return levels_of(hashes)[-1][0] if hashes else EMPTY


def path_in(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The inclusion path of the leaf at `index` in a whole tree (`levels_of`)."""
    path = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index //= 2
    return path


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove the leaf at `index` in a tree of `size`, nearest first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end, ranges = 0, size, list[Range]()
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of `new` leaves extends that of its first `old` (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"no tree of {old} before one of {new}")
    start, end, whole, ranges = 0, new, True, list[Range]()
    while end != old:
        middle = start + _half(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    return ([] if whole else [(start, end)]) + ranges[::-1]


def _half(n: int) -> int:
    """The largest power of two smaller than `n`."""
    return 1 << ((n - 1).bit_length() - 1)


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from a leaf hash; None where the path cannot be one (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    first, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if first % 2 or first == last:
            root = node_hash(step, root)
            while first and not first % 2:
                first, last = first // 2, last // 2
        else:
            root = node_hash(root, step)
        first, last = first // 2, last // 2
    return root if last == 0 else None


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree with `new_root` begins with the one with `old_root` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not 0 < old < new or not steps:
        return False
    first, last = old - 1, new - 1
    while first % 2:
        first, last = first // 2, last // 2
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first % 2 or first == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while first and not first % 2:
                first, last = first // 2, last // 2
        else:
            after = node_hash(after, step)
        first, last = first // 2, last // 2
    return before == old_root and after == new_root and last == 0

"""The sealed tree as the register keeps it: leaves by position, and the root of every 256th subtree above them.

Any subtree's root is computed from one block of at most 256 hashes a level, so that a proof in a tree of a million
leaves reads six blocks and a restart reads three.
"""

from __future__ import annotations

from django.db.models import Max

from cautery.core.merkle import TILE, Range, folded, levels_of, perfect
from cautery.custody.models import Leaf, Node

BLOCK = 1 << TILE


class Stored:
    """Reads subtrees' roots; keeps the blocks it has read."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], list[bytes]] = {}

    def hash(self, span: Range) -> bytes:
        """The root over the leaves of a range."""
        return folded([self.perfect(level, index) for level, index in perfect(*span)])

    def edge(self, size: int) -> list[bytes]:
        """The perfect subtrees that make up the tree of `size`, widest first."""
        return [self.perfect(level, index) for level, index in perfect(0, size)]

    def perfect(self, level: int, index: int) -> bytes:
        """The root of one perfect subtree."""
        kept, above = divmod(level, TILE)
        start, count = index << above, 1 << above
        block = self._block(kept, start // BLOCK)
        below = block[start % BLOCK : start % BLOCK + count]
        if len(below) != count:
            raise LookupError(f"subtree {index} of level {level} is not whole")
        return levels_of(below)[-1][0]

    def _block(self, level: int, number: int) -> list[bytes]:
        """Up to 256 neighbouring hashes of one kept level."""
        if (level, number) not in self._blocks:
            span = (number * BLOCK, (number + 1) * BLOCK - 1)
            leaves = Leaf.objects.filter(position__range=span).order_by("position")
            nodes = Node.objects.filter(level=level, index__range=span).order_by("index")
            found = (nodes if level else leaves).values_list("hash", flat=True)
            self._blocks[level, number] = [bytes.fromhex(text) for text in found]
        return self._blocks[level, number]


def sealed_size() -> int:
    """How many entries have a place in the tree."""
    last: int | None = Leaf.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1

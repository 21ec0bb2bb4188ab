"""What a search works on, and what it has found: the values its parts hand to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .kernel import Flags, Floats, Ints, Nodes
from .percolate import largest_first
from .reinsert import Blur, Links, reinsert

TENTH = 0.1
HUNDREDTH = 0.01
LEAST_UNITS = 4_000
TAIL = 0.05
"""What a level below a tenth counts in a search, of one above."""


class Found(NamedTuple):
    """A removal order as far as the largest component is small, the levels along it, and the area searched for."""

    order: Nodes
    levels: Ints
    area: float


@dataclass(frozen=True)
class Task:
    """A network to take apart, with nodes that stay, and its own draws."""

    links: Links
    allowed: Flags
    total: int
    rng: np.random.Generator

    @property
    def n(self) -> int:
        """Nodes planned on (a group is one)."""
        return int(self.links.sizes.size)

    @property
    def units(self) -> int:
        """What one pass over the network costs; a small one costs as much as calling it does."""
        return max(LEAST_UNITS, self.n + int(self.links.indices.size))

    @property
    def counted(self) -> int:
        """The least size of a component that is not below a tenth."""
        return int(np.ceil(TENTH * self.total))

    def limit(self, share: float) -> int:
        """The largest size of a component that is under a share of all nodes; a single node always is."""
        return max(1, int(np.ceil(share * self.total)) - 1)

    def draws(self) -> Floats:
        """A draw in [0, 1) for every node."""
        return self.rng.random(self.n)

    def shuffled(self) -> Nodes:
        """The nodes in an order of their own, for ties."""
        return self.rng.permutation(self.n).astype(np.int32)

    def found(self, order: Nodes) -> Found:
        """An order replayed largest component first, with its area."""
        order, levels = largest_first(self.links.indptr, self.links.indices, self.links.sizes, order)
        return Found(order, levels, self.area(order, levels))

    def area(self, order: Nodes, levels: Ints) -> float:
        """The area under the levels, each for as long as its removal takes; below a tenth it counts little."""
        before = levels[:-1]
        weights = np.where(before >= self.counted, 1.0, TAIL)
        return float((before * weights * self.links.costs[order]).sum())

    def cut(self, found: Found, limit: int) -> Found:
        """The order as far as the largest component passes `limit`."""
        keep = first_within(found.levels, limit)
        order, levels = found.order[:keep], found.levels[: keep + 1]
        return Found(order, levels, self.area(order, levels))

    def reinserted(self, found: Found, edges: Ints, noise: float = 0.0, slack: float = 0.0) -> Found:
        """The order after one pass of windows between `edges`, replayed."""
        blur = Blur(self.draws(), noise)
        order, gained = reinsert(self.links, found.order, found.levels, edges, blur, self.counted, TAIL, slack)
        return self.found(order) if gained else found


def first_within(levels: Ints, limit: int) -> int:
    """How many removals bring the largest component to `limit`; all of them where they do not."""
    within = levels <= limit
    return int(np.argmax(within)) if within.any() else levels.shape[0] - 1

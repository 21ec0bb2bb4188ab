"""Things of which some belong together: families, each named by its lowest member."""

from __future__ import annotations

from collections.abc import Iterable


def families(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """By each thing of a pair the lowest thing it is connected with, over any number of pairs. Near linear time."""
    above: dict[int, int] = {}

    def root(thing: int) -> int:
        while (up := above.setdefault(thing, thing)) != thing:
            above[thing] = above[up]
            thing = up
        return thing

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        above[high] = low
    return {thing: root(thing) for thing in above}

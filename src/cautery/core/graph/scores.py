"""What a plan is worth, in the field's figures; lower is better in all of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.integrate import simpson

from .kernel import Flags, Ints, Nodes, kernel
from .network import Network


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one order on one network of n nodes, L_k the largest component after k removals.

    a10     percent: area under L_k / n (Simpson) until L_k < n / 10, over n (MIND, AAAI-26, divided by n)
    r       percent: sum of L_k / L_0 over all k, over the nodes of the largest component (FINDER's ANC, unit weights)
    n10, n1 removals until L_k <= n / 10, and until L_k <= n / 100 (a single node always is); None where the order does not get there
    cost10, cost1   links cut by those removals, as a share of all
    """

    n: int
    links: int
    largest: int
    a10: float
    r: float
    n10: int | None
    n1: int | None
    cost10: float | None
    cost1: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def scored(network: Network, order: Nodes, levels: Ints, total: int) -> Scores:
    """The figures of an order of distinct nodes; levels int64[len(order) + 1] begins with nothing removed;
    `total` is how many nodes count.

    What an order does not remove stays: the last level holds for the rest of the area of `r`.
    """
    n, largest = total, int(levels[0])
    each = links_cut.once(n + network.indices.size, network.indptr, network.indices, order)
    cut = np.concatenate((np.zeros(1, np.int64), np.cumsum(each)))
    n10, n1 = _first(levels <= max(1.0, 0.1 * n)), _first(levels <= max(1.0, 0.01 * n))
    links = max(1, network.links)
    area = float(levels[1:].sum()) + float(levels[-1]) * max(0, n - order.size)
    return Scores(
        n=n,
        links=network.links,
        largest=largest,
        a10=_a10(levels[1:], n),
        r=100.0 * area / largest**2 if largest else 0.0,
        n10=n10,
        n1=n1,
        cost10=None if n10 is None else float(cut[n10]) / links,
        cost1=None if n1 is None else float(cut[n1]) / links,
    )


@kernel
def links_cut(indptr: Ints, indices: Nodes, order: Nodes) -> Ints:
    """How many links each removal of an order cuts that were not cut before."""
    gone = np.zeros(indptr.shape[0] - 1, np.bool_)
    cut = np.zeros(order.shape[0], np.int64)
    for i in range(order.shape[0]):
        gone[order[i]] = True
        for at in range(indptr[order[i]], indptr[order[i] + 1]):
            if not gone[indices[at]]:
                cut[i] += 1
    return cut


def _first(reached: Flags) -> int | None:
    return int(np.argmax(reached)) if reached.any() else None


def _a10(curve: Ints, n: int) -> float:
    if not curve.size:
        return 0.0
    below = _first(curve < 0.1 * n)
    shares = curve[: curve.size if below is None else below + 1] / n
    return 100.0 / n * float(simpson(shares, dx=1) if shares.size > 1 else shares[0])

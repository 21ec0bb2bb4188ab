"""Plans within what each provider takes: none is asked too much, and others are found in the place of what cannot go."""

from __future__ import annotations

import numpy as np

from cautery.core.graph import Network, assess, dismantle
from cautery.core.graph.quotas import Quotas, hour_by_hour, within_quotas
from cautery.core.graph.waves import Quota, waves
from tests.core.graph.networks import Edges, clique, scattered


def twice(count: int, size: int) -> Edges:
    """Cliques in a ring, neighbours joined by a link between two brokers in a row: either of the two opens the gap."""
    edges = []
    for c in range(count):
        edges += (clique(size) + c * size).tolist()
        one, other = count * size + 2 * c, count * size + 2 * c + 1
        edges += [[c * size, one], [one, other], [other, (c + 1) % count * size + 1]]
    return np.array(edges, np.int64)


def left(network: Network, nodes: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    return int(assess(network, nodes).curve[-1]) if nodes.size else network.n


def test_others_are_found_in_the_place_of_what_a_provider_does_not_take() -> None:
    network = Network.from_edges(twice(6, 6))
    providers = np.zeros(network.n, np.int64)
    providers[36::2] = 1  # one broker of each pair
    quotas = Quotas(providers, {0: Quota(in_all=3), 1: Quota(in_all=3)})
    plain = dismantle(network, 6, work=2e6)
    chosen = within_quotas(network, quotas, 6, first=plain, work=8e6)
    assert np.bincount(providers[chosen], minlength=2).tolist() == [3, 3]
    cut = plain.order[~np.isin(plain.order, quotas.left_out(plain.order))][:6]
    assert left(network, chosen) <= left(network, cut)
    whole = Quotas(providers, {0: Quota(in_all=0)})
    assert left(network, within_quotas(network, whole, 6, first=plain, work=8e6)) <= 8


def test_no_provider_is_asked_more_than_it_takes_and_protected_nodes_stay() -> None:
    network = scattered(200, 350)
    providers = np.arange(200) % 4
    limits = {0: Quota(in_all=0), 1: Quota(in_all=2), 2: Quota(in_all=5)}
    loud = np.argsort(-network.degree)[:5]
    chosen = within_quotas(network, Quotas(providers, limits), 20, protected=loud, work=8e6)
    counts = np.bincount(providers[chosen], minlength=4).tolist()
    assert counts[0] == 0
    assert counts[1] <= 2
    assert counts[2] <= 5
    assert chosen.size == 20
    assert not set(chosen.tolist()) & set(loud.tolist())


def test_quotas_that_leave_nothing_leave_nothing() -> None:
    network = scattered(30, 40)
    assert within_quotas(network, Quotas(np.zeros(30, np.int64), {0: Quota(in_all=0)}), 5, seconds=0.1).size == 0
    assert hour_by_hour(network, Quotas(np.zeros(30, np.int64), {0: Quota(an_hour=0)}), 5, seconds=0.1).order.size == 0


def test_each_hour_is_planned_on_what_the_hours_before_left() -> None:
    network = scattered(150, 260)
    providers = np.arange(150) % 2
    quotas = Quotas(providers, {0: Quota(an_hour=2), 1: Quota(an_hour=3, in_all=7)})
    spread = hour_by_hour(network, quotas, 18)
    for hour in spread.hours:
        counts = np.bincount(providers[hour], minlength=2)
        assert counts[0] <= 2
        assert counts[1] <= 3
    order = spread.order
    assert order.size == np.unique(order).size == 18
    assert int((providers[order] == 1).sum()) <= 7
    assert left(network, order) <= left(
        network, waves(np.argsort(-network.degree), providers, quotas.limits).order[:18]
    )

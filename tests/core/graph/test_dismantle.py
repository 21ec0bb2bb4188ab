"""Plans: what they hold, that they are good, and that nothing breaks them."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pytest

from cautery.core.errors import Refused
from cautery.core.graph import Network, assess, dismantle
from cautery.core.graph.meaning import by_obvious
from tests.core.graph.networks import Edges, clique, path, scattered, star, villages
from tests.shared import shared

SHORT = 0.2
"""Seconds to search: enough where what is asked holds for any plan."""


def network_of(name: str) -> Network:
    lines = shared(f"networks/{name}.txt").read_text().splitlines()
    return Network.from_edges(np.loadtxt(lines, np.int64), n=int(lines[0].split("n=")[1].split()[0]))


def largest_without(network: Network, removed: set[int]) -> int:
    """The same by another library."""
    graph = nx.Graph(network.arcs.tolist())
    graph.add_nodes_from(range(network.n))
    graph.remove_nodes_from(removed)
    return max((len(part) for part in nx.connected_components(graph)), default=0)


def test_the_curve_is_the_largest_component_after_each_removal() -> None:
    network = scattered(60, 90)
    plan = dismantle(network, seconds=SHORT)
    assert sorted(plan.order) == list(range(60))
    assert plan.curve.tolist() == [largest_without(network, set(plan.order[: k + 1].tolist())) for k in range(60)]


def test_the_sets_bring_the_largest_component_under_their_share() -> None:
    network = scattered(400, 600)
    plan = dismantle(network, seconds=SHORT)
    for share, nodes in plan.simultaneous.items():
        assert plan.reached[share]
        assert largest_without(network, set(nodes.tolist())) < share * 400
    assert plan.simultaneous[0.1].size <= plan.simultaneous[0.01].size


def test_it_finds_the_brokers_between_villages() -> None:
    network = Network.from_edges(villages(12, 6))
    plan = dismantle(network, seconds=2.0)
    assert plan.simultaneous[0.1].size <= 12
    loudest = by_obvious(network, np.ones(network.n, np.bool_))["most connected first"]
    assert plan.scores.a10 < 0.6 * assess(network, loudest).scores.a10


@pytest.mark.parametrize(
    ("edges", "n", "first"),
    [
        (star(200), None, 0),
        (path(3), None, 1),
        (np.concatenate((star(50), star(40, 100, 101))), 150, 0),
        (path(2), None, None),
        (clique(3), None, None),
        (clique(30), None, None),
        (np.empty((0, 2), np.int64), 0, None),
        (np.empty((0, 2), np.int64), 4, None),
        (np.array([[0, 0], [1, 1]]), None, None),
        (np.array([[0, 1]] * 9), 40, None),
    ],
)
def test_it_takes_any_network(edges: Edges, n: int | None, first: int | None) -> None:
    network = Network.from_edges(edges, n=n)
    plan = dismantle(network, budget=1, seconds=SHORT)
    assert sorted(plan.order) == list(range(network.n))
    assert first is None or plan.order[0] == first
    assert np.array_equal(assess(network, plan.order).curve, plan.curve)
    assert all(plan.reached.values())


def test_the_same_seed_gives_the_same_plan() -> None:
    network = scattered(60, 100)
    one, same, other = (dismantle(network, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.order, same.order)
    assert all(np.array_equal(one.simultaneous[share], same.simultaneous[share]) for share in (0.1, 0.01))
    assert not np.array_equal(one.order, other.order)


def test_protected_and_gone_nodes_are_in_no_plan() -> None:
    network = scattered(200, 320)
    loud = np.argsort(-network.degree)[:12]
    plan = dismantle(network, budget=20, protected=loud[:6], gone=loud[6:], seconds=SHORT)
    for nodes in (plan.order, plan.chosen, *plan.simultaneous.values()):
        assert not set(nodes.tolist()) & set(loud.tolist())
    assert plan.order.size == 188
    assert plan.scores.largest < largest_without(network, set())


def test_a_plan_says_where_protection_keeps_it_from_the_end() -> None:
    plan = dismantle(Network.from_edges(clique(20)), protected=np.arange(10), seconds=SHORT)
    assert plan.reached == {0.1: False, 0.01: False}
    assert plan.scores.n10 is None
    assert plan.curve[-1] == 10


def test_mirrors_of_one_operator_go_as_one_node() -> None:
    hubs = np.concatenate((star(40, 0, 2), star(40, 1, 2)))
    network = Network.from_edges(hubs)
    plan = dismantle(network, groups=[[0, 1]], seconds=SHORT)
    assert set(plan.order[:2].tolist()) == {0, 1}
    assert plan.curve[:2].tolist() == [42, 1]
    assert np.array_equal(assess(network, plan.order, [[0, 1]]).curve, plan.curve)
    stays = dismantle(network, protected=[1], groups=[[0, 1]], seconds=SHORT)
    assert not {0, 1} & set(stays.order.tolist())


def test_a_budget_is_spent_on_the_best_set_of_that_size() -> None:
    network = scattered(200, 350)
    plan = dismantle(network, budget=15, seconds=1.0)
    assert np.array_equal(plan.chosen, plan.order[:15])
    loudest = by_obvious(network, np.ones(200, np.bool_))["most connected first"]
    assert plan.curve[14] < assess(network, loudest).curve[14]
    assert dismantle(network, budget=0, seconds=0).chosen.size == 0


def test_only_what_counts_is_measured_in_a_network_of_two_kinds() -> None:
    accounts, channels = np.arange(10), np.arange(10, 50)
    edges = [[a, 10 + (a * 4 + j) % 40] for a in range(10) for j in range(5)]
    network = Network.from_edges(np.array(edges), n=50)
    plan = dismantle(network, protected=channels, counted=channels, seconds=SHORT)
    assert sorted(plan.order) == accounts.tolist()
    assert plan.scores.n == 40
    assert plan.scores.largest == 40
    assert plan.curve[-1] == 1


@pytest.mark.parametrize(("order", "reason"), [([0, 0], "twice"), ([99], "no_such_node"), ([-1], "no_such_node")])
def test_it_refuses_an_order_that_is_none(order: list[int], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        assess(Network.from_edges(path(4)), order)
    assert refused.value.reason == reason


def test_a_time_limit_is_kept() -> None:
    network = scattered(2000, 5000)
    dismantle(Network.from_edges(path(9)))  # compiled
    start = time.monotonic()
    dismantle(network, seconds=1.0)
    assert time.monotonic() - start < 10


def test_it_reaches_the_figures_on_crime() -> None:
    scores = dismantle(network_of("crime")).scores
    assert scores.a10 <= 0.83
    assert scores.n10 is not None
    assert scores.n10 <= 18


def test_the_figures_are_those_of_the_published_scorer() -> None:
    scores = assess(network_of("crime"), np.arange(754)).scores
    assert scores.cost10 is not None
    assert round(scores.cost10, 4) == 0.7038
    assert (round(scores.a10, 4), round(scores.r, 4), scores.n10, scores.n1) == (23.6429, 25.4642, 356, 649)

"""Networks from arrays."""

from __future__ import annotations

import numpy as np
import pytest

from cautery.core.errors import Refused
from cautery.core.graph import Network
from cautery.core.graph.relations import Weights, from_relations


def test_it_keeps_each_link_once_and_each_direction_apart() -> None:
    network = Network.from_edges(np.array([[0, 1], [1, 0], [0, 1], [2, 2], [1, 2]]), [1, 2, 3, 9, 4])
    assert network.links == 2
    assert network.arcs.tolist() == [[0, 1], [1, 0], [1, 2]]
    assert network.volumes.tolist() == [4, 2, 4]
    assert network.followed.tolist() == [2, 4, 4]
    assert network.degree.tolist() == [1, 2, 1]


def test_it_is_the_same_whatever_the_order_of_edges() -> None:
    edges = np.random.default_rng(1).integers(0, 50, (200, 2))
    one, other = Network.from_edges(edges), Network.from_edges(edges[::-1])
    assert (one.indices == other.indices).all()


@pytest.mark.parametrize(("edges", "n"), [([], None), ([], 5), ([[0, 0]], None), (np.empty((0, 2), np.int64), 1)])
def test_it_takes_networks_without_links(edges: object, n: int | None) -> None:
    network = Network.from_edges(edges, n=n)  # type: ignore[arg-type]
    assert network.links == 0
    assert network.n == (n or len(edges))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("edges", "weights", "n", "reason"),
    [
        ([[0, -1]], None, None, "negative_id"),
        ([[0, 7]], None, 3, "id_too_large"),
        ([[0.5, 1.0]], None, None, "not_whole_numbers"),
        ([[0, 1, 2]], None, None, "bad_shape"),
        ([[0, 1]], [1.0, 2.0], None, "bad_shape"),
        ([[0, 1]], [float("nan")], None, "bad_weight"),
        ([[0, 1]], [-1.0], None, "bad_weight"),
        ([[0, 2**40]], None, None, "too_large"),
    ],
)
def test_it_refuses_what_is_no_network(
    edges: list[list[float]], weights: list[float] | None, n: int | None, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        Network.from_edges(edges, weights, n)
    assert refused.value.reason == reason


def test_relations_weigh_what_the_rule_says() -> None:
    network, groups = from_relations(
        forwards=[[0, 1], [0, 1]], mentions=[[1, 2]], admin_of=[[3, 0]], same_operator=[[4, 5], [5, 6]], n=8
    )
    assert dict(zip(map(tuple, network.arcs.tolist()), network.volumes.tolist(), strict=True)) == {
        (0, 1): 2.0,
        (1, 2): 0.5,
        (3, 0): 1.0,
    }
    assert groups[4] == groups[5] == groups[6] != -1
    assert (groups[[0, 1, 2, 3, 7]] == -1).all()


def test_relations_can_be_weighed_otherwise() -> None:
    weights = Weights(mentions=0.0, floor=1.5)
    network, _ = from_relations(links=[[0, 1], [2, 1]], forwards=[[1, 0]], mentions=[[2, 1]] * 9, weights=weights)
    assert network.arcs.tolist() == [[0, 1], [1, 0]]
    assert network.n == 3

"""Places on a page: what is linked lies together, and the same network lies the same."""

from __future__ import annotations

import numpy as np

from cautery.core.graph import Network
from cautery.core.graph.layout import layout
from tests.core.graph.networks import clique, scattered


def test_two_circles_of_people_lie_apart() -> None:
    network = Network.from_edges(np.concatenate((clique(12), clique(12) + 12, [[0, 12]])))
    places = layout(network)
    one, other = places[:12].mean(axis=0), places[12:].mean(axis=0)
    width = np.linalg.norm(places[:12] - one, axis=1).max()
    assert np.linalg.norm(one - other) > 2 * width


def test_a_network_is_laid_out_the_same_within_its_circle() -> None:
    network = scattered(300, 400)
    places = layout(network)
    assert np.array_equal(places, layout(network))
    assert places.shape == (300, 2)
    assert np.linalg.norm(places, axis=1).max() <= 1 + 1e-9
    assert np.unique(places.round(9), axis=0).shape[0] == 300


def test_nodes_without_links_stand_around_the_others() -> None:
    network = Network.from_edges(clique(5), n=25)
    radius = np.linalg.norm(layout(network), axis=1)
    assert radius[:5].max() < radius[5:].min()


def test_networks_of_next_to_nothing_have_places() -> None:
    for n, edges in ((0, []), (1, []), (2, [[0, 1]]), (3, [])):
        places = layout(Network.from_edges(np.array(edges, np.int64).reshape(-1, 2), n=n))
        assert places.shape == (n, 2)
        assert np.isfinite(places).all()

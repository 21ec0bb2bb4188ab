"""The parts a plan is made of, and what is said about it: each against a plain way of finding the same."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cautery.core.errors import Refused
from cautery.core.graph import Network
from cautery.core.graph.chart import svg, terminal
from cautery.core.graph.forward import adaptive_degree, break_trees
from cautery.core.graph.meaning import meaning, to_watch
from cautery.core.graph.percolate import largest_first, levels_of
from cautery.core.graph.reinsert import Blur, Links, least_set, reinsert
from cautery.core.graph.robustness import interval, robustness
from cautery.core.graph.waves import Quota, waves
from tests.core.graph.networks import path, scattered, star, villages


def links_of(network: Network) -> Links:
    ones = np.ones(network.n, np.int64)
    return Links(network.indptr, network.indices, ones, ones)


def test_adaptive_degree_takes_the_most_linked_of_what_is_left() -> None:
    network = scattered(80, 160)
    everyone, ties, nobody = np.ones(80, np.bool_), np.arange(80, dtype=np.int32), np.empty(0, np.int32)
    order = adaptive_degree(network.indptr, network.indices, everyone, ties, nobody, 0)
    left = {frozenset(arc) for arc in network.arcs.tolist()}
    for node in order.tolist():
        degree = np.bincount(list(itertools.chain.from_iterable(left)), minlength=80)
        assert degree[node] == degree.max()
        left = {link for link in left if node not in link}
    assert not left


def test_the_replay_is_at_no_point_worse_and_says_its_own_levels() -> None:
    network = scattered(200, 320)
    ones, order = np.ones(200, np.int64), np.random.default_rng(0).permutation(200)[:120].astype(np.int32)
    before = levels_of(network.indptr, network.indices, ones, order)
    replayed, levels = largest_first(network.indptr, network.indices, ones, order)
    assert sorted(replayed) == sorted(order)
    assert (levels <= before).all()
    assert np.array_equal(levels, levels_of(network.indptr, network.indices, ones, replayed))


def test_a_window_is_kept_only_where_it_gains() -> None:
    network = scattered(200, 320)
    links, rng = links_of(network), np.random.default_rng(0)
    order = rng.permutation(200).astype(np.int32)
    for width in (200, 50, 7):
        before = levels_of(*links[:3], order)
        edges = np.unique(np.append(np.arange(0, 200, width), 200))
        order, gained = reinsert(links, order, before, edges, Blur(rng.random(200), 0.1), 20, 0.05, 0.0)
        after = levels_of(*links[:3], order)
        assert gained
        assert sorted(order) == list(range(200))
        assert np.array_equal(before[edges], after[edges])
        assert after.sum() < before.sum()


def test_trees_are_broken_with_the_fewest() -> None:
    network = Network.from_edges(path(29))
    nobody, everyone = np.empty(0, np.int32), np.ones(29, np.bool_)
    cut = break_trees(network.indptr, network.indices, np.ones(29, np.int64), everyone, nobody, 4)
    assert cut.size == 5  # 6 pieces of 4 are left; 4 would leave 25 nodes in 5 pieces


def test_all_that_may_come_back_comes_back() -> None:
    network = Network.from_edges(villages(8, 5))
    kept = least_set(links_of(network), np.arange(network.n, dtype=np.int32), 6, Blur(np.zeros(network.n), 0.0))
    for node in kept:
        others = kept[kept != node]
        assert levels_of(*links_of(network)[:3], others)[-1] > 6


def test_reach_follows_the_direction_and_volume_the_weights() -> None:
    network = Network.from_edges(np.array([[0, 1], [1, 2], [3, 2], [4, 4]]), [5.0, 3.0, 2.0, 1.0], n=5)
    found = meaning(network, [1], seeds=[0], audience=[10, 10, 10, 20, 50])
    assert (found.reached_before, found.reached) == (0.6, 0.2)
    assert found.volume_lost == pytest.approx(0.8)
    assert found.volume_inside == pytest.approx(0.2)
    assert (found.weak, found.strong) == (0.4, 0.2)
    assert found.audience_left == pytest.approx(0.3)


def test_nothing_removed_and_all_removed_have_a_meaning() -> None:
    network = Network.from_edges(star(4))
    assert meaning(network, []).volume_lost == 0
    assert meaning(network, range(5)).weak == 0
    assert to_watch(network, []).bridging.size == 0


def test_the_nodes_to_watch_are_those_that_would_close_the_gap() -> None:
    pair = Network.from_edges(np.concatenate((star(6, 0, 1), star(9, 10, 11), [[7, 0], [7, 10], [8, 1]])))
    watch = to_watch(pair, [7, 8])
    assert watch.returning.tolist() == [7, 8]
    assert watch.joined.tolist() == [18, 8]
    assert set(watch.bridging[:2].tolist()) == {0, 10}


def test_a_plan_is_spread_over_hours_as_providers_can_take_it() -> None:
    providers = [0, 0, 0, 0, 1, 1, 2]
    spread = waves([3, 4, 2, 1, 0, 5, 6], providers, {0: Quota(an_hour=2), 1: Quota(in_all=1), 2: Quota(an_hour=0)})
    assert [hour.tolist() for hour in spread.hours] == [[3, 4, 2], [1, 0]]
    assert spread.left_out.tolist() == [5, 6]
    assert waves([3, 2, 1], providers, {0: Quota(an_hour=1)}, hours=2).order.tolist() == [3, 2]
    with pytest.raises(Refused):
        waves([0], [0], {0: Quota(an_hour=-1)})


def test_robustness_says_how_far_the_set_depends_on_links_unseen() -> None:
    network = Network.from_edges(villages(10, 6))
    sure = robustness(network, range(60, 70), draws=4, seed=1)
    assert sure.needed.low <= sure.needed.median <= sure.needed.high
    assert 0 <= sure.overlap.low <= sure.overlap.high <= 1
    assert robustness(network, range(60, 70), draws=4, seed=1).left == sure.left
    assert np.isnan(interval([]).median)


def test_a_chart_names_its_curves_and_escapes_them() -> None:
    curves = {"a <plan>": np.array([9, 5, 1, 0]), "other": np.array([9, 8, 7, 6])}
    drawn = svg(curves, 9, "T & t")
    assert "a &lt;plan&gt;" in drawn
    assert "T &amp; t" in drawn
    assert drawn.count("<polyline") == 2
    assert "* a <plan>   o other" in terminal(curves, 9)
    assert terminal({"none": np.array([0])}, 0)

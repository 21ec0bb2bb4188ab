"""Plans beside the ways everybody uses: the area under the largest component, removals to 10 % and 1 %, and the time.

    python benchmarks/dismantling.py [FILE ...] [--seconds 120] [--large 1000000]

Without files: the shared networks where they are there, and a made-up one. Adaptive degree, CoreHD and collective
influence are written here; betweenness is networkx's and rustworkx's (static), where m x n is small enough to finish.
Time is processor time of one core, compiled before. `--large` plans on a made-up network of so many edges and tells
the memory above the base.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from cautery.core.graph import Network, assess, dismantle
from cautery.core.graph.forward import adaptive_degree, collective_influence, core_degree
from cautery.core.graph.meaning import by_obvious

SHARED = Path(os.environ.get("CAUTERY_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "networks"
BETWEENNESS = 30_000_000
"""Nodes times links up to which betweenness is waited for."""

Order = NDArray[np.int64]


def peers(network: Network) -> Iterator[tuple[str, Callable[[], Order]]]:
    """Every other way, by name."""
    everyone, nobody = np.ones(network.n, np.bool_), np.empty(0, np.int32)
    ties = np.arange(network.n, dtype=np.int32)
    parts = (network.indptr, network.indices, everyone, ties)

    def completed(front: NDArray[np.int32]) -> Order:
        return np.concatenate((front, adaptive_degree(*parts, front, 0))).astype(np.int64)

    for name, order in by_obvious(network, everyone).items():
        yield name, lambda order=order: order
    yield "adaptive degree", lambda: completed(nobody)
    yield "CoreHD", lambda: completed(core_degree(*parts, nobody))
    yield "collective influence", lambda: completed(collective_influence(*parts, nobody, 20_000))
    if network.n * network.links <= BETWEENNESS:
        yield "networkx betweenness", lambda: _ranked(nx.betweenness_centrality(nx.Graph(network.arcs.tolist())))
    if network.n * network.links <= 40 * BETWEENNESS:
        yield "rustworkx betweenness", lambda: _ranked(dict(rx.graph_betweenness_centrality(_rustworkx(network))))


def _rustworkx(network: Network) -> rx.PyGraph:
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(network.n))
    graph.add_edges_from_no_data([tuple(arc) for arc in network.arcs.tolist()])
    return graph


def _ranked(score: dict[int, float]) -> Order:
    return np.array(sorted(score, key=lambda node: -score[node]), np.int64)


def compare(name: str, network: Network, seconds: float | None) -> None:
    """One table."""
    start = time.process_time()
    plan = dismantle(network, seconds=seconds)
    spent = time.process_time() - start
    sets = " and ".join(f"{nodes.size:,} to {share:.0%}" for share, nodes in plan.simultaneous.items())
    print(f"\n{name}: {network.n:,} nodes, {network.links:,} links; at one moment {sets}")
    print(f"{'':24}{'A10 %':>9}{'ratio':>8}{'R %':>9}{'n10':>9}{'n1':>9}{'s':>9}")
    _row("cautery", plan.scores, plan.scores.a10, spent)
    for peer, way in peers(network):
        start = time.process_time()
        order = way()
        spent = time.process_time() - start
        _row(peer, assess(network, order).scores, plan.scores.a10, spent)


def _row(name: str, scores: object, ours: float, spent: float) -> None:
    s = scores
    print(f"{name:24}{s.a10:9.3f}{s.a10 / ours:8.2f}{s.r:9.3f}{s.n10 or -1:9,}{s.n1 or -1:9,}{spent:9.2f}")  # type: ignore[attr-defined]


def made_up(nodes: int, edges: int) -> NDArray[np.int64]:
    """Edges between nodes that attract them unequally."""
    rng = np.random.default_rng(5)
    pull = np.cumsum((np.arange(nodes) + 10.0) ** -0.67)
    return np.searchsorted(pull / pull[-1], rng.random((edges, 2))).clip(0, nodes - 1)


def large(edges: int) -> None:
    """Time and memory on one large network."""
    given = made_up(max(10, edges // 5), edges)
    dismantle(Network.from_edges(made_up(500, 2_000)))  # compiled
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    network = Network.from_edges(given)
    plan = dismantle(network)
    spent = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(f"\nmade up: {network.n:,} nodes, {network.links:,} links: A10 {plan.scores.a10:.3f} % in {spent:.1f} s,")
    print(f"{grown / edges:.0f} bytes an edge above the base")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--large", type=int, default=1_000_000)
    options = parser.parse_args()
    dismantle(Network.from_edges(made_up(500, 2_000)))
    for path in options.files or sorted(SHARED.glob("*.txt")):
        lines = path.read_text().splitlines()
        compare(path.name, Network.from_edges(np.loadtxt(lines, np.int64)[:, :2]), options.seconds)
    if not options.files and not SHARED.exists():
        compare("made up", Network.from_edges(made_up(5_000, 20_000)), options.seconds)
    if options.large:
        large(options.large)


if __name__ == "__main__":
    main()

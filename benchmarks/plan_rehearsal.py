"""Acting on a plan's accounts beside acting on the loudest and on the most connected, in the rehearsal's world, over 20 seeds.

    python benchmarks/plan_rehearsal.py [--seeds 20] [--flags 2000] [--budgets 0.1,0.8]

The world's own population, providers and adversary (cautery.exercise), without HTTP. The network is what its pages show at T0:
an account links to another when its page, or a page of what it posted, does. At T0 every account of a set gets one notice; the
providers do what they do, the adversary answers for seven days. Nothing is tuned to come out: all three sets meet the same draws.

Shares are of the accounts up at T0. `promised`: the largest component if the whole set went at once. `back`: of the accounts
removed, those up again, or with a successor up, after seven days. `above half`: hours from the moment the largest component was
under half of what it was until it is above again; 168 where it never is, and only over seeds where it was under half.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cautery.core.graph import Network, dismantle
from cautery.core.graph.meaning import meaning
from cautery.exercise.books import Books
from cautery.exercise.media import Media
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.providers.pages import Pages
from cautery.exercise.scenario import Run, load
from cautery.exercise.specimens import Specimens
from cautery.exercise.state import State

HOUR, WEEK = 3_600, 7 * 86_400
DAYS = 12
STARTS = 20
SETS = ("plan", "loudest", "connected")
FIGURES = (
    "promised",
    "largest after 24 h",
    "largest after 7 d",
    "reach after 7 d",
    "back after 7 d",
    "hours until above half",
)
LINK = re.compile(r'href="([^"]+)"')
Ids = NDArray[np.int64]


class World:
    """A world at T0: its accounts as nodes, and who links to whom."""

    def __init__(self, seed: int, flags: int, folder: str) -> None:
        scenario = load(Run(seed, flags, 9, DAYS))
        books = Books(Path(folder) / f"{time.monotonic_ns()}.sqlite3", scenario.identity)
        self.state = State(scenario, books, Media(Specimens(seed)))
        self.t0 = scenario.t0
        self.state.settle(self.t0)
        self.pages = Pages(self.state)
        things = self.state.population.objects.values()
        self.accounts = [thing for thing in things if thing.is_account and thing.is_up(self.t0)]
        self.number = {thing.id: node for node, thing in enumerate(self.accounts)}

    def links_of(self, thing: WebObject) -> list[tuple[int, int]]:
        """From whoever a page belongs to, to whoever each page it links to belongs to."""
        found = []
        source = self.number.get(thing.owner or thing.id)
        for url in LINK.findall(self.pages.of(thing)):
            other = self.state.population.resolve(url)
            target = None if other is None else self.number.get(other.owner or other.id)
            if source is not None and target is not None and source != target:
                found.append((source, target))
        return found

    def network(self) -> Network:
        """What all pages show at T0."""
        up = [thing for thing in self.state.population.objects.values() if thing.is_up(self.t0)]
        return Network.from_edges(
            np.array([pair for thing in up for pair in self.links_of(thing)]), n=len(self.accounts)
        )

    def flags(self) -> Ids:
        """Flags on each account and what it posted."""
        counts = np.zeros(len(self.accounts), np.int64)
        for thing in self.state.population.objects.values():
            node = self.number.get(thing.owner or thing.id)
            if node is not None:
                counts[node] += len(thing.flagged_by)
        return counts

    def act(self, nodes: Ids) -> None:
        """One notice on each, at T0."""
        for node in nodes:
            thing = self.accounts[node]
            notice = {"idempotency_key": thing.id, "url": thing.url, "reference": "specimen"}
            receipts = self.state.receive(thing.provider, [notice], call=thing.id)
            assert receipts[0].status == "received"


def follow(world: World, network: Network, starts: Ids) -> tuple[NDArray[np.float64], list[float]]:
    """Hour by hour: the largest component; then reach and the share back at the end."""
    n, state = network.n, world.state
    edges, known, levels = [tuple(arc) for arc in network.arcs.tolist()], set(world.number), []
    came: dict[int, int] = {}
    nodes, before = list(world.accounts), (0, b"")
    left = meaning(network, np.empty(0, np.int64), starts)
    seen = 0
    for hour in range(WEEK // HOUR + 1):
        now = world.t0 + hour * HOUR
        state.settle(now)
        added = list(itertools.islice(state.population.objects.values(), seen, None))
        seen += len(added)
        fresh = [thing for thing in added if thing.is_account and thing.id not in known]
        for thing in fresh:
            known.add(thing.id)
            world.number[thing.id] = len(nodes)
            nodes.append(thing)
            if thing.predecessor in world.number:
                came[world.number[thing.id]] = world.number[thing.predecessor]
        for thing in fresh:
            edges += world.links_of(thing)
            announced = (c for c, said in state.announcements.items() if any(new is thing for _, new in said))
            edges += [
                (world.number[channel], world.number[thing.id]) for channel in announced if channel in world.number
            ]
        down = np.array([node for node, thing in enumerate(nodes) if not thing.is_up(now)], np.int64)
        if (len(nodes), down.tobytes()) != before:  # most hours change nothing
            left = meaning(Network.from_edges(np.array(edges), n=len(nodes)), down, starts)
            before = (len(nodes), down.tobytes())
        levels.append(left.weak * len(nodes) / n)
    end = world.t0 + WEEK
    removed = [node for node, t in enumerate(world.accounts) if t.episodes[0].cause in {"provider", "geo"}]
    back = {node for node in removed if nodes[node].is_up(end)} | {
        old for new, old in came.items() if nodes[new].is_up(end)
    }
    share = len(back & set(removed)) / len(removed) if removed else float("nan")
    return np.array(levels), [left.reached * len(nodes) / n, share]


def measured(seed: int, flags: int, budgets: list[float], folder: str) -> dict[tuple[float, str], list[float]]:
    """All figures of one seed."""
    first = World(seed, flags, folder)
    network, loud = first.network(), first.flags()
    ours = np.array([node for node, t in enumerate(first.accounts) if t.truth == PROPAGANDA], np.int64)
    protected = np.setdiff1d(np.arange(network.n), ours)
    starts = np.argsort(-loud, kind="stable")[:STARTS]
    found = {}
    for budget in budgets:
        size = round(budget * ours.size)
        sets = {
            "plan": dismantle(network, size, protected, seed=seed).chosen,
            "loudest": ours[np.argsort(-loud[ours], kind="stable")][:size],
            "connected": ours[np.argsort(-network.degree[ours], kind="stable")][:size],
        }
        for name, nodes in sets.items():
            world = World(seed, flags, folder)
            world.act(nodes)
            levels, rest = follow(world, network, starts)
            whole = meaning(network, np.empty(0, np.int64)).weak
            found[budget, name] = [
                meaning(network, nodes).weak,
                levels[24],
                levels[-1],
                *rest,
                _until(levels, whole / 2),
            ]
    return found


def _until(levels: NDArray[np.float64], half: float) -> float:
    under = np.flatnonzero(levels < half)
    if not under.size:
        return float("nan")
    above = np.flatnonzero(levels[under[0] :] >= half)
    return float(above[0]) if above.size else 168.0


def interval(values: NDArray[np.float64]) -> str:
    """Mean and 95 % interval over the seeds (Student's t)."""
    values = values[~np.isnan(values)]
    if values.size < 2:
        return f"– (n {values.size})".rjust(26)
    mean, half = values.mean(), stats.t.ppf(0.975, values.size - 1) * values.std(ddof=1) / values.size**0.5
    count = "" if values.size == 20 else f" n {values.size}"
    return f"{mean:.3f} ({mean - half:.3f} to {mean + half:.3f}){count}".rjust(26)


def main() -> None:
    """Print a table for each budget: the three sets, and the plan's difference to the other two, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--flags", type=int, default=2_000)
    parser.add_argument("--budgets", default="0.1,0.8")
    wanted = parser.parse_args()
    budgets = [float(word) for word in wanted.budgets.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for seed in range(1, wanted.seeds + 1):
            runs.append(measured(seed, wanted.flags, budgets, folder))
            print(f"seed {seed}", file=sys.stderr, flush=True)
    for budget in budgets:
        got = {name: np.array([run[budget, name] for run in runs]) for name in SETS}
        print(
            f"\nacting on {budget:.0%} of the outlet's accounts, {wanted.flags:,} flags, {wanted.seeds} seeds, mean (95 %)"
        )
        print(f"{'':24}" + "".join(f"{t:>27}" for t in (*SETS, "plan - loudest", "plan - connected")))
        for place, figure in enumerate(FIGURES):
            columns = [got[name][:, place] for name in SETS]
            columns += [columns[0] - columns[1], columns[0] - columns[2]]
            print(f"{figure:24}" + "".join(f" {interval(column)}" for column in columns), flush=True)


if __name__ == "__main__":
    main()

"""A kept plan's promise beside what our probes saw after T0.

For each set of the plan (its own, the most flagged, the most connected, all that was signed) and each moment: the network of the
plan without those of the set that were down then. A node is down when the looks on both sides of the moment saw it down, and
nothing that was confirmed to come after it had been sighted by then. Where our probes cannot tell, both ends are given: `low`
takes it for down, `high` for up. Nodes outside a set count as up: the question is what acting on the set alone did.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from cautery.core.actors import Actor, Permission
from cautery.core.availability import DOWN, Verdict
from cautery.identify.models import Capture
from cautery.intake.models import Operation
from cautery.report.models import Plan
from cautery.review.models import Finding
from cautery.track.models import Probe
from cautery.watch.models import Sighting

HOURS = (1, 6, 24, 48, 72)
"""After T0; and at the end."""

Flags = NDArray[np.bool_]


def compare(operation: Operation, *, by: Actor, at: datetime) -> dict[str, Any] | None:
    """The promise of the plan kept first, and what came of it until `at`; None where no plan was kept or nothing left."""
    by.require(Permission.REPORT_OPERATION_READ)
    plan = Plan.objects.filter(operation=operation).order_by("pk").first()
    if plan is None or operation.t0 is None or at <= operation.t0:
        return None
    held = plan.content
    nodes = {item: node for node, item in enumerate(held["items"]) if item}
    looks = _looks(operation, nodes)
    returns = _returns(operation, nodes)
    sets: dict[str, Any] = {name: _row(held, name) for name in held["sets"]}
    for moment in _moments(operation.t0, at):
        up, down = _seen(looks, len(held["items"]), moment)
        back = {node for node, sighted in returns if sighted <= moment}
        for name, members in held["sets"].items():
            surely, maybe = _away(members, up, down, back)
            sets[name]["seen"].append({"at": moment.isoformat(), **_left(held, surely, maybe)})
    size = len(held["items"])
    return {
        "as_of": held["as_of"],
        "nodes": size,
        "links": len(held["arcs"]),
        "protected": held["protected"],
        "gone_before": len(held["gone"]),
        "sets": sets,
    }


def _row(held: dict[str, Any], name: str) -> dict[str, Any]:
    return {"size": len(held["sets"][name]), "promised": held["promised"][name], "seen": []}


def _moments(t0: datetime, end: datetime) -> list[datetime]:
    hours = (t0 + timedelta(hours=number) for number in HOURS)
    return [*(moment for moment in hours if moment < end), end]


def _returns(operation: Operation, nodes: dict[int, int]) -> list[tuple[int, datetime]]:
    """Nodes that something confirmed comes after, and when that was sighted."""
    rows = Sighting.objects.filter(operation=operation, episode__assessment__finding=Finding.CONFIRMED)
    found = rows.exclude(predecessor=None).values_list("predecessor", "at")
    return [(nodes[item], when) for item, when in found if item is not None and item in nodes]


def _looks(operation: Operation, nodes: dict[int, int]) -> dict[int, list[tuple[datetime, bool]]]:
    """By node: every look that could tell, when it was and whether it saw the thing up, in the order of time."""
    decisive = [Verdict.UP, *DOWN]
    pages = Capture.objects.filter(episode__operation=operation, verdict__in=decisive, episode__item__in=nodes)
    probes = Probe.objects.filter(
        tracking__episode__operation=operation, verdict__in=decisive, tracking__item__in=nodes
    )
    found: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    rows = [
        *pages.values_list("episode__item", "at", "verdict"),
        *probes.values_list("tracking__item", "at", "verdict"),
    ]
    for item, at, verdict in rows:
        found[nodes[item]].append((at, verdict == Verdict.UP))
    return {node: sorted(seen) for node, seen in found.items()}


def _seen(looks: dict[int, list[tuple[datetime, bool]]], size: int, moment: datetime) -> tuple[Flags, Flags]:
    """Which nodes were surely up and surely down: the last look until then says so, and the next one, where there is one."""
    up, down = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for node, seen in looks.items():
        after = bisect_right(seen, (moment, True))
        around = {shown for _, shown in seen[max(after - 1, 0) : after + 1]}
        up[node] = after > 0 and around == {True}
        down[node] = after > 0 and around == {False}
    return up, down


def _away(members: Sequence[int], up: Flags, down: Flags, back: set[int]) -> tuple[Flags, Flags]:
    """Which of a set are surely away, and which may be."""
    chosen = np.zeros(up.size, np.bool_)
    chosen[list(members)] = True
    chosen[list(back)] = False
    return chosen & down, chosen & ~up


def _left(held: dict[str, Any], surely: Flags, maybe: Flags) -> dict[str, Any]:
    """Largest component and reach as shares of the nodes not gone before, each between what may be and what surely is away."""
    low, high = (_shares(held, away) for away in (maybe, surely))
    return {
        "down": int(surely.sum()),
        "unknown": int((maybe & ~surely).sum()),
        **{name: {"low": low[name], "high": high[name]} for name in low},
    }


def _shares(held: dict[str, Any], away: Flags) -> dict[str, float]:
    size = away.size
    live = ~away
    live[held["gone"]] = False
    alive = max(1, size - len(held["gone"]))
    arcs = np.array(held["arcs"], np.int64).reshape(-1, 2)
    arcs = arcs[live[arcs].all(axis=1)]
    matrix = csr_array((np.ones(len(arcs), np.int8), (arcs[:, 0], arcs[:, 1])), shape=(size + 1, size + 1))
    _, label = connected_components(matrix, directed=False)
    largest = int(np.bincount(label[:size][live]).max(initial=0)) if live.any() else 0
    return {"largest": round(largest / alive, 4), "reach": round(_reached(arcs, held["starts"], live) / alive, 4)}


def _reached(arcs: NDArray[np.int64], starts: Sequence[int], live: Flags) -> int:
    """Nodes to be got to from those of the starts that are left."""
    first = np.array([node for node in starts if live[node]], np.int64)
    if not first.size:
        return 0
    n = live.size
    rows, cols = np.append(arcs[:, 0], np.full(first.size, n)), np.append(arcs[:, 1], first)
    matrix = csr_array((np.ones(rows.size, np.int8), (rows, cols)), shape=(n + 1, n + 1))
    return int(breadth_first_order(matrix, n, directed=True, return_predecessors=False).size) - 1

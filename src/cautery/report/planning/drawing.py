"""An operation's network as it is shown: its nodes with what is known of them, the sets of its plan as layers, and what acting on
some nodes would leave.

Who may choose is told which nodes may not be acted on; nobody is told why. To all others a node that may not be acted on looks
like any other: that an investigation stands behind it must not be read off a picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.graph import Network, assess
from cautery.core.graph.relations import from_relations
from cautery.intake.models import Episode, Operation
from cautery.intake.queries import objects_of
from cautery.report.models import Choice, Plan
from cautery.report.planning.predicting import PLAN, promise
from cautery.report.planning.register import Register, read_register
from cautery.review.models import Quarantine

Ids = NDArray[np.int64]
OWNER = "owner"
"""The kind of a node that owns something in the register and is itself in nobody's list."""
MOST = 50_000
"""Nodes of one picture."""
MOST_LINKS = 300_000
CHOSEN = "chosen"
"""The layer of what people chose."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A register at a moment with what a picture of it needs; lists by node, `node_of` the node of an item.

    `hidden` are nodes whose item must not be seen further: their labels say nothing.
    """

    at: datetime
    register: Register
    network: Network
    groups: Ids
    labels: list[str]
    kinds: list[str]
    states: list[str]
    hidden: frozenset[int]
    node_of: dict[int, int]

    @property
    def closed(self) -> frozenset[int]:
        """Nodes that are in no plan: protected, or gone already."""
        return frozenset((*self.register.protected, *self.register.gone))


def draw(operation: Operation, *, by: Actor, at: datetime) -> Drawn:
    """Read the network of an operation; a constant number of statements."""
    by.require(Permission.INTAKE_ITEM_READ)
    register = read_register(operation, at)
    planned = from_relations(links=register.links, same_operator=register.same_operator, n=len(register.labels))
    kinds = dict(objects_of(operation).values_list("pk", "kind"))
    rows = Episode.objects.filter(operation=operation).order_by("pk")
    states = {merged or item: state for item, merged, state in rows.values_list("item", "item__merged_into", "state")}
    shut = set(Quarantine.objects.values_list("item_id", flat=True))
    hidden = frozenset(node for node, item in enumerate(register.items) if item in shut)
    return Drawn(
        at=at,
        register=register,
        network=planned.network,
        groups=planned.groups,
        labels=["" if node in hidden else label for node, label in enumerate(register.labels)],
        kinds=[kinds.get(item, OWNER) for item in register.items],
        states=[str(states.get(item, "")) for item in register.items],
        hidden=hidden,
        node_of={item: node for node, item in enumerate(register.items) if item},
    )


@dataclass(frozen=True, slots=True)
class NodeFilter:
    """What is wanted of a network: empty means any. `most` nodes, those with most links first."""

    provider: str = ""
    kind: str = ""
    state: str = ""
    most: int = MOST

    def nodes(self, drawn: Drawn) -> Ids:
        """The nodes wanted, the most linked first."""
        wanted = np.ones(drawn.network.n, np.bool_)
        for word, have in (
            (self.provider, drawn.register.providers),
            (self.kind, drawn.kinds),
            (self.state, drawn.states),
        ):
            if word:
                wanted &= np.fromiter((value == word for value in have), np.bool_, len(have))
        found = np.flatnonzero(wanted)
        ranked: Ids = found[np.argsort(-drawn.network.degree[found], kind="stable")]
        return ranked[: self.most]


def links_among(drawn: Drawn, nodes: Ids) -> NDArray[np.int64]:
    """int64[a, 2]: the arcs between these nodes, as places in `nodes`; no more than a picture holds."""
    place = np.full(drawn.network.n, -1, np.int64)
    place[nodes] = np.arange(nodes.size)
    ends = place[drawn.network.arcs]
    return ends[(ends >= 0).all(axis=1)][:MOST_LINKS]


@dataclass(frozen=True, slots=True)
class Layer:
    """A set of nodes somebody may want to see gone: those of its items that are in the network now."""

    name: str
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layers:
    """What was planned and chosen last: layers by name, and the rows they came from (None: nobody planned, or chose)."""

    layers: dict[str, Layer]
    plan: Plan | None
    choice: Choice | None

    @property
    def order(self) -> list[int]:
        """Items in the plan's order."""
        held = self.plan.content if self.plan else {"items": [], "order": []}
        return [held["items"][node] for node in held["order"]]


def layers_of(operation: Operation, drawn: Drawn, *, by: Actor) -> Layers:
    """The sets of the plan kept last, and the choice made last."""
    by.require(Permission.REPORT_OPERATION_READ)
    plan = Plan.objects.filter(operation=operation).order_by("-pk").first()
    choice = Choice.objects.filter(plan__operation=operation).order_by("-pk").first()
    sets: dict[str, Sequence[int]] = {}
    if plan is not None:
        held = plan.content
        sets[PLAN] = [held["items"][node] for node in held["sets"][PLAN]]
        sets |= {name: [held["items"][node] for node in nodes] for name, nodes in held.get("simultaneous", {}).items()}
    if choice is not None:
        sets[CHOSEN] = choice.items
    found = {name: Layer(name, _nodes(drawn, items)) for name, items in sets.items()}
    return Layers(found, plan, choice)


def _nodes(drawn: Drawn, items: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(drawn.node_of[item] for item in items if item in drawn.node_of))


def as_nodes(nodes: Sequence[int]) -> Ids:
    """As an array."""
    return np.array(nodes, np.int64)


def nodes_named(drawn: Drawn, items: Sequence[int], *, by: Actor) -> Ids:
    """The nodes of items that somebody wants to act on; `Refused` on one that is not there or is in no plan."""
    by.require(Permission.REPORT_PLAN_CHOOSE)
    beyond = [item for item in items if item not in drawn.node_of or drawn.node_of[item] in drawn.closed][:5]
    if beyond:
        raise Refused(f"These may not be acted on: {beyond}.", reason="not_in_the_plan", items=beyond)
    return np.array(_nodes(drawn, items), np.int64)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left when some nodes go: shares are of the nodes not gone before; `links` are those cut, as a share of all.

    component, largest      the largest component with mirrors of one operator as one, in nodes and as a share
    reach, flags            of the nodes with most flags; flags on what is left in the largest component
    """

    name: str
    nodes: int
    component: int
    largest: float
    reach: float
    flags: float
    links: float


def weighed(drawn: Drawn, sets: dict[str, Ids]) -> list[Left]:
    """Each set's outcome on the network as it stands, in the order given; nothing is stored."""
    return [_left(drawn, name, nodes) for name, nodes in sets.items()]


def _left(drawn: Drawn, name: str, nodes: Ids) -> Left:
    gone = np.array(drawn.register.gone, np.int64)
    acted = np.setdiff1d(nodes, gone)
    judged = assess(drawn.network, acted, drawn.groups, gone=gone)
    promised = promise(drawn.network, acted, drawn.register)
    ends = np.zeros(drawn.network.n, np.bool_)
    ends[acted] = True
    before = np.zeros(drawn.network.n, np.bool_)
    before[gone] = True
    pairs = np.repeat(np.arange(drawn.network.n), drawn.network.degree)
    live = ~(before[pairs] | before[drawn.network.indices])
    cut = live & (ends[pairs] | ends[drawn.network.indices])
    component = int(judged.curve[-1]) if acted.size else judged.scores.largest
    return Left(
        name=name,
        nodes=int(acted.size),
        component=component,
        largest=component / max(1, drawn.network.n - gone.size),
        reach=promised["reach"],
        flags=promised["flags_left"],
        links=float(cut.sum()) / max(1, int(live.sum())),
    )


def beside(drawn: Drawn, layers: Layers, nodes: Ids) -> list[Left]:
    """The network now, without these nodes, and without as many as them: by the plan, and by the flags on them."""
    most = int(nodes.size)
    able = np.setdiff1d(np.arange(drawn.network.n), np.fromiter(drawn.closed, np.int64))
    flags = np.asarray(drawn.register.flags, np.int64)
    loud = able[np.argsort(-flags[able], kind="stable")][:most]
    planned = [node for node in _nodes(drawn, layers.order) if node not in drawn.closed][:most]
    sets = {"now": np.empty(0, np.int64), "these": nodes, "plan": np.array(planned, np.int64), "flagged": loud}
    if layers.plan is None:
        del sets["plan"]
    return weighed(drawn, sets)


def node_rows(drawn: Drawn, nodes: Ids) -> list[dict[str, Any]]:
    """Nodes as rows of a list or a file."""
    register, degree = drawn.register, drawn.network.degree
    return [
        {
            "node": int(node),
            "item_id": register.items[node] or None,
            "label": drawn.labels[node],
            "provider": register.providers[node],
            "kind": drawn.kinds[node],
            "state": drawn.states[node],
            "flags": register.flags[node],
            "linked_with": int(degree[node]),
        }
        for node in nodes
    ]


NODE_FIELDS = ("node", "item_id", "label", "provider", "kind", "state", "flags", "linked_with")
LINK_FIELDS = ("source", "target", "source_label", "target_label", "weight")


def link_rows(drawn: Drawn, nodes: Ids) -> Iterable[dict[str, Any]]:
    """The arcs between these nodes as rows of a file: by node and by label, with how often each link was seen."""
    among = np.zeros(drawn.network.n, np.bool_)
    among[nodes] = True
    arcs, volumes = drawn.network.arcs, drawn.network.volumes
    for (source, target), weight in zip(arcs[among[arcs].all(axis=1)], volumes[among[arcs].all(axis=1)], strict=True):
        labels = {"source_label": drawn.labels[source], "target_label": drawn.labels[target]}
        yield {"source": int(source), "target": int(target), **labels, "weight": float(weight)}

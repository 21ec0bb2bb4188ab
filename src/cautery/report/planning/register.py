"""The network of an operation as its register stood at a moment.

node            an account, channel, group, bot or site flagged in the operation, or one that owns something flagged there
posts           are no nodes: what they link to, and who links to them, counts for their owner. The owner is what the link
                says, else an account of that provider whose key is the page's author; what has neither is left out
links           out-links of pages to what the register knows; so far no page says which of them are forwards or mentions
same operator   a confirmed sighting and what it comes after; items that were merged are one node from the start
may be acted on nodes that are an item of the operation, not dismissed, refused or quarantined, and without an investigation
                interest. All others are protected, and nothing says for which of these reasons
gone            down by our own last look
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from cautery.authorise.models import Act, Signature
from cautery.core.availability import DOWN
from cautery.identify.models import Capture, Hosting
from cautery.intake.models import Episode, Flag, Item, Operation
from cautery.intake.queries import objects_of
from cautery.review.models import Assessment, Finding, Quarantine
from cautery.review.queries import families, interests
from cautery.track.models import OutLink, Tracking
from cautery.watch.closed import CLOSED, closed_to_view
from cautery.watch.memory import HANDLES
from cautery.watch.models import Sighting

Pairs = list[tuple[int, int]]


@dataclass(slots=True)
class Register:
    """Nodes 0 .. n-1: their labels, whose they are, their items (0: in nobody's list), and the flags on them and what they own.

    `links` and `same_operator` are pairs of nodes, `signed` those on which a notice was signed; `left_out` counts items without
    an owner.
    """

    labels: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    links: Pairs = field(default_factory=list)
    same_operator: Pairs = field(default_factory=list)
    protected: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    left_out: int = 0


def read_register(operation: Operation, at: datetime) -> Register:
    """The network as the register stood at `at`; a constant number of statements."""
    reading = _Reading(operation, at)
    found = reading.register
    found.links = reading.links()
    found.same_operator = reading.same_operator()
    found.flags = reading.flags()
    found.gone = reading.nodes_of(_down(operation, at))
    found.signed = reading.nodes_of(_signed(operation, at))
    stay = set(reading.nodes_of(_not_referable(operation, at) | _of_interest(reading.own.values(), at)))
    found.protected = sorted(stay | {node for node, item in enumerate(found.items) if not item})
    return found


class _Reading:
    """Which node each item is or belongs to."""

    def __init__(self, operation: Operation, at: datetime) -> None:
        self.operation, self.at = operation, at
        self.register = Register()
        self.node: dict[int, int] = {}
        self.own: dict[int, Item] = {}
        self._named: dict[tuple[str, str], int] = {}
        items = list(objects_of(operation).filter(first_flagged_at__lte=at).order_by("pk"))
        merged = Item.objects.filter(merged_into__in=objects_of(operation)).values_list("pk", "merged_into")
        self.mine = Episode.objects.filter(operation=operation).values("item")
        self.family = {item.pk: item.pk for item in items} | {pk: root for pk, root in merged if root is not None}
        self.known = {item.identity: item.pk for item in items}
        hosts = dict(Hosting.objects.filter(item__in=self.mine).values_list("item", "provider__slug"))
        self.closed = closed_to_view()
        for item in items:
            if item.kind in HANDLES:
                label = f"item {item.pk} {CLOSED}" if item.pk in self.closed else item.url
                self.node[item.pk] = self._new(label, hosts.get(item.pk, item.provider), item.pk)
                self.own[item.pk] = item
                self._named.setdefault((item.provider, item.key.lower()), self.node[item.pk])
        self._owned([item for item in items if item.kind not in HANDLES], hosts)

    def _new(self, label: str, provider: str, item: int) -> int:
        found = self.register
        found.labels.append(label)
        found.providers.append(provider)
        found.items.append(item)
        return len(found.labels) - 1

    def _owned(self, items: list[Item], hosts: dict[int, str]) -> None:
        pages = Capture.objects.filter(episode__operation=self.operation, at__lte=self.at).order_by("at")
        authors = dict(pages.values_list("episode__item", "author"))
        for item in items:
            node = self._named.get((item.provider, (item.owner or authors.get(item.pk, "")).lower()))
            if node is None and item.owner:
                node = self._new(
                    self.closed.say(f"{item.provider}: {item.owner}"), hosts.get(item.pk, item.provider), 0
                )
                self._named[item.provider, item.owner.lower()] = node
            if node is None:
                self.register.left_out += 1
            else:
                self.node[item.pk] = node

    def nodes_of(self, items: Iterable[int]) -> list[int]:
        """The nodes that are these items themselves; not those that own them."""
        return sorted({self.node[root] for root in self._roots(items) if root in self.own})

    def _roots(self, items: Iterable[int]) -> Iterable[int]:
        return (self.family.get(item, item) for item in items)

    def links(self) -> Pairs:
        """From the owner of a page to the owner of what it links to, once for each link."""
        seen = OutLink.objects.filter(item__in=self.mine, first_seen_at__lte=self.at).order_by("pk")
        ends = ((item, self.known.get(identity)) for item, identity in seen.values_list("item", "identity"))
        pairs = ((self._node(source), self._node(target)) for source, target in ends if target is not None)
        return [(a, b) for a, b in pairs if a is not None and b is not None and a != b]

    def _node(self, item: int) -> int | None:
        return self.node.get(self.family.get(item, item))

    def same_operator(self) -> Pairs:
        """Confirmed lineage between nodes that are accounts themselves."""
        rows = Sighting.objects.filter(
            operation=self.operation,
            predecessor__isnull=False,
            episode__assessment__finding=Finding.CONFIRMED,
            episode__assessment__decided_at__lte=self.at,
        )
        found = []
        for pair in rows.order_by("pk").values_list("item", "predecessor"):
            one, other = (self.family.get(item or 0, item or 0) for item in pair)
            if one in self.own and other in self.own and self.node[one] != self.node[other]:
                found.append((self.node[one], self.node[other]))
        return found

    def flags(self) -> list[int]:
        """How many flags each node and what it owns have."""
        rows = Flag.objects.filter(batch__operation=self.operation, batch__received_at__lte=self.at)
        rows = rows.exclude(batch__source="watch")
        counts: Counter[int | None] = Counter(self._node(item) for item in rows.values_list("item", flat=True))
        return [counts[node] for node in range(len(self.register.labels))]


def _down(operation: Operation, at: datetime) -> set[int]:
    """Items whose last look before `at` saw them down."""
    pages = Capture.objects.filter(episode__operation=operation, at__lte=at).order_by("at")
    verdicts = dict(pages.values_list("episode__item", "verdict"))
    found = {item for item, verdict in verdicts.items() if verdict in DOWN}
    probed = Tracking.objects.filter(episode__operation=operation, first_down_at__lte=at)
    return found | set(probed.filter(Q(returned_at=None) | Q(returned_at__gt=at)).values_list("item", flat=True))


def _signed(operation: Operation, at: datetime) -> set[int]:
    rows = Signature.objects.filter(assessment__episode__operation=operation, act=Act.SIGN, signed_at__lte=at)
    return set(rows.values_list("assessment__episode__item", flat=True))


def _not_referable(operation: Operation, at: datetime) -> set[int]:
    """Items whose last decision was that nothing is to be sent, and those nobody is to see."""
    rows = Assessment.objects.filter(episode__operation=operation, decided_at__lte=at).order_by("decided_at", "pk")
    last = dict(rows.values_list("episode__item", "finding"))
    refused = Signature.objects.filter(assessment__episode__operation=operation, act=Act.REFUSE, signed_at__lte=at)
    dismissed = {item for item, finding in last.items() if finding == Finding.DISMISSED}
    hidden = Quarantine.objects.filter(at__lte=at).values_list("item", flat=True)
    return dismissed | set(refused.values_list("assessment__episode__item", flat=True)) | set(hidden)


def _of_interest(items: Iterable[Item], at: datetime) -> set[int]:
    """Items a unit has an investigation interest in."""
    standing = interests(at)
    if not standing:
        return set()
    return {key for key, family in families(i.pk for i in items).items() if standing.in_items(family, ())}

"""One outlet, one domain: what the register has of it, what became of it, who answers for it. By the index, never counted through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.directory.models import Provider
from cautery.identify.models import Hosting
from cautery.intake.models import Episode
from cautery.intake.queries import hidden
from cautery.match.models import Match
from cautery.report.dossier.items import ItemFilter, ItemRow, hits, rows_of
from cautery.report.models import Tallied, Tally
from cautery.review.care.queries import closed_items
from cautery.watch.models import DomainEvent, Lead, Sighting, Watch, What
from cautery.watch.queries import known_of

LOOKED_AT = 300
"""The newest items of an outlet or domain that are looked at for its figures; beyond, the page says so."""
SHOWN = 25
LINES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """Something of a timeline: when, what in a stable word, about which item."""

    at: datetime
    what: str
    item: int

    @property
    def stage(self) -> str:
        """The stage it belongs to, for its colour."""
        return {"flagged": "intake", "referred": "refer", "down": "track", "back": "watch"}[self.what]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of an outlet or a domain, over its newest items; `tally` counts all of them (None: not indexed yet)."""

    name: str
    provider: str
    tally: Tally | None
    looked_at: int
    states: Counter[str]
    outcomes: Counter[str]
    newest: list[ItemRow]
    line: list[Line]
    known: list[tuple[str, str, int]]
    lineage: list[dict[str, Any]]
    hosts: list[tuple[Provider, str, int]]
    watches: list[Watch]
    leads: list[Lead]
    record: dict[str, Any]
    life: list[DomainEvent]

    @property
    def referred(self) -> int:
        """Episodes of these items whose notice reached its provider."""
        return self.outcomes.total()

    @property
    def more(self) -> bool:
        """Whether there are more items than were looked at."""
        return self.tally is not None and self.tally.items > self.looked_at

    @property
    def query(self) -> str:
        """The register's filter for its items."""
        return urlencode({"outlet": f"{self.provider}/{self.name}"} if self.provider else {"domain": self.name})


def outlet_page(provider: str, name: str, *, by: Actor) -> Gathered:
    """An account or channel at a provider, with what belongs to it; `NotFound`."""
    tally = Tally.objects.filter(kind=Tallied.OUTLET, provider=provider, name=name).first()
    return _gathered(ItemFilter(outlet=f"{provider}/{name}"), name, provider, tally, by)


def domain_page(name: str, *, by: Actor) -> Gathered:
    """A domain with the hosts below it; `NotFound`."""
    tally = Tally.objects.filter(kind=Tallied.DOMAIN, provider="", name=name).first()
    return _gathered(ItemFilter(domain=name), name, "", tally, by)


def _gathered(wanted: ItemFilter, name: str, provider: str, tally: Tally | None, by: Actor) -> Gathered:
    by.require(Permission.INTAKE_ITEM_READ)
    keys = _keys(wanted)
    if not keys and tally is None and (provider or not Watch.objects.filter(subject=name, what=What.DOMAIN).exists()):
        raise NotFound(f"Nothing in the register belongs to {name[:100]}.", name=name[:100])
    unseen = hidden(by=by)
    rows = _rows(keys, unseen)
    watched = Watch.objects.filter(item__in=keys[:LOOKED_AT], ended_at=None).order_by("-pk")
    own = [] if provider else list(Watch.objects.filter(subject=name).order_by("-pk")[:SHOWN])
    return Gathered(
        name,
        provider,
        tally,
        len(keys),
        Counter(row[1] for row in rows),
        Counter(row[5] for row in rows if row[2] is not None),
        rows_of(keys[:SHOWN], by=by),
        _line(rows),
        _known(keys),
        _lineage(keys, unseen),
        _hosts(keys),
        list(dict.fromkeys([*(watch for watch in own if watch.ended_at is None), *watched[:SHOWN]])),
        [] if provider else list(Lead.objects.filter(domain=name).order_by("-score")[:SHOWN]),
        _record(own),
        [] if provider else list(DomainEvent.objects.filter(watch__subject=name).order_by("-at")[:LINES]),
    )


def _keys(wanted: ItemFilter) -> list[int]:
    found = hits(wanted, None, LOOKED_AT)
    closed = closed_items(found)
    return [key for key in found if key not in closed]


def _record(watches: Sequence[Watch]) -> dict[str, Any]:
    """What its registry and its site say of a watched domain; empty where it is not watched."""
    last = max((watch for watch in watches if watch.what == What.DOMAIN), key=lambda watch: watch.pk, default=None)
    return (known_of(last) if last is not None else None) or {}


def _rows(keys: Sequence[int], unseen: frozenset[int]) -> list[tuple[Any, ...]]:
    """Episodes of the items: item, state, when it was referred, went down, came back, how its notice stands, when it opened."""
    told = Episode.objects.filter(item__in=keys).exclude(operation__in=unseen).values_list(
        "item_id", "state", "tracking__referred_at", "tracking__first_down_at", "tracking__returned_at",
        "tracking__down_verdict", "opened_at",
    )  # fmt: skip
    return [(*row[:5], "down" if row[3] else "up", row[6]) for row in told]


def _line(rows: Sequence[tuple[Any, ...]]) -> list[Line]:
    """The newest things that happened to its items, newest first."""
    lines = [Line(row[6], "flagged", row[0]) for row in rows]
    lines += [Line(row[2], "referred", row[0]) for row in rows if row[2]]
    lines += [Line(row[3], "down", row[0]) for row in rows if row[3]]
    lines += [Line(row[4], "back", row[0]) for row in rows if row[4]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:LINES]


def _known(keys: Sequence[int]) -> list[tuple[str, str, int]]:
    """Known content its items showed: label, outlet the bank gives it, on how many."""
    rows = Match.objects.filter(episode__item__in=keys, entry__negative=False, entry__quarantined_at=None)
    counts = Counter(rows.values_list("entry__label", "entry__outlet"))
    return [(label, outlet, n) for (label, outlet), n in counts.most_common(SHOWN)]


def _lineage(keys: Sequence[int], unseen: frozenset[int]) -> list[dict[str, Any]]:
    """What came after its items, and what they came after."""
    rows = Sighting.objects.filter(predecessor__in=keys) | Sighting.objects.filter(item__in=keys)
    fields = ("predecessor_id", "item_id", "way", "score", "reason", "at")
    return [dict(row) for row in rows.exclude(operation__in=unseen).order_by("-pk").values(*fields)[:SHOWN]]


def _hosts(keys: Sequence[int]) -> list[tuple[Provider, str, int]]:
    """Who answers for its items, and how that is known, most first: whom to write to."""
    counts = Counter(Hosting.objects.filter(item__in=keys).values_list("provider_id", "how"))
    known = Provider.objects.in_bulk([provider for provider, _ in counts])
    return [(known[provider], how, n) for (provider, how), n in counts.most_common(10)]

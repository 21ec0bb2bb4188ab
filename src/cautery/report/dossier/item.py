"""One item and all that is known of it: a constant number of statements, however long its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Prefetch

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.lifecycle import Outcome
from cautery.identify.models import EpisodeMedia, Hosting
from cautery.intake.models import Episode, Flag, Item
from cautery.intake.queries import hidden, members, require_seen
from cautery.match.models import Match
from cautery.refer.models import Notice, Obstacle
from cautery.report.dossier.timeline import Line, Run, lines_of, runs_of
from cautery.report.queries import outcome_of
from cautery.track.models import Answer, Probe, Tracking
from cautery.watch.closed import closed_to_view
from cautery.watch.models import Sighting

FLAGS_SHOWN = 100
PROBES_READ = 2_000
LINEAGE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Dossier:
    """An item, its episodes with all that hangs on them, its lineage both ways, and one timeline of it all."""

    item: Item
    hosting: Hosting | None
    units: list[dict[str, Any]]
    flags: list[Flag]
    flags_total: int
    episodes: list[Episode]
    holds: list[Obstacle]
    predecessors: list[Sighting]
    successors: list[Sighting]
    runs: dict[int, list[Run]]
    timeline: list[Line]

    @property
    def operations(self) -> list[Any]:
        """The operations it was part of, newest first."""
        return list({e.operation_id: e.operation for e in reversed(self.episodes)}.values())

    @property
    def outcome(self) -> Outcome | None:
        """What came of the newest episode's notice."""
        tracking: Tracking | None = getattr(self.episodes[-1], "tracking", None) if self.episodes else None
        return None if tracking is None or tracking.referred_at is None else outcome_of(tracking)


def dossier(item_id: int, *, by: Actor) -> Dossier:
    """All that is known of an item, or of the one it was merged into; `NotFound` when there is none."""
    by.require(Permission.INTAKE_ITEM_READ)
    hosts = Item.objects.select_related("hosting__provider", "merged_into__hosting__provider")
    found = hosts.filter(pk=item_id).first()
    if found is None:
        raise NotFound(f"No item {item_id}.", item=item_id)
    item, unseen = found.merged_into or found, hidden(by=by)
    require_seen(item, unseen)
    family = list(Item.objects.filter(pk__in=members([item.pk])))
    flags = Flag.objects.filter(item=item).exclude(batch__operation__in=unseen)
    shown = list(flags.select_related("batch__unit").order_by("seen_at", "pk")[:FLAGS_SHOWN])
    units: list[Any] = list(
        flags.values("batch__unit__name", "batch__source")
        .annotate(n=Count("pk"), first=Min("seen_at"), last=Max("seen_at"))
        .order_by("first")
    )
    episodes = _episodes(family, unseen)
    runs = _runs(family, unseen)
    holds = _holds(family, unseen)
    before, after = _lineage(family, unseen)
    return Dossier(
        item=item,
        hosting=getattr(item, "hosting", None),
        units=units,
        flags=shown,
        flags_total=sum(unit["n"] for unit in units),
        episodes=episodes,
        holds=holds,
        predecessors=before,
        successors=after,
        runs=runs,
        timeline=lines_of(shown, episodes, holds, (before, after), runs),
    )


def _episodes(family: Sequence[Item], unseen: frozenset[int]) -> list[Episode]:
    related = (
        "operation",
        "capture",
        "tracking",
        "assessment__reviewer__unit",
        "assessment__signature__signer__unit",
    )
    return list(
        Episode.objects.filter(item__in=family)
        .exclude(operation__in=unseen)
        .select_related(*related)
        .prefetch_related(
            Prefetch("media", EpisodeMedia.objects.select_related("media").order_by("pk")),
            Prefetch("matches", Match.objects.select_related("entry", "media").order_by("distance", "pk")),
            Prefetch("notices", Notice.objects.select_related("provider", "delivery").order_by("pk")),
            Prefetch("notices__answers", Answer.objects.order_by("at", "pk")),
        )
        .order_by("opened_at", "pk")
    )


def _holds(family: Sequence[Item], unseen: frozenset[int]) -> list[Obstacle]:
    """Where another unit's interest stopped a notice on it; an interest that stopped none shows to nobody."""
    met = Obstacle.objects.filter(notice__item__in=family, hold__isnull=False, disclosed=True)
    met = met.exclude(notice__operation__in=unseen)
    return list(met.select_related("hold__unit").order_by("at", "pk"))


def _runs(family: Sequence[Item], unseen: frozenset[int]) -> dict[int, list[Run]]:
    seen = Probe.objects.filter(tracking__item__in=family).exclude(tracking__episode__operation__in=unseen)
    probes = seen.order_by("-at", "-pk")[:PROBES_READ]
    return runs_of(list(probes)[::-1])


def _lineage(family: Sequence[Item], unseen: frozenset[int]) -> tuple[list[Sighting], list[Sighting]]:
    """Sightings of this item, and of others that may succeed it (a return at the same place is only the first); no word of what is closed to view."""
    seen = Sighting.objects.exclude(operation__in=unseen)
    rows = seen.select_related("item", "predecessor", "operation").order_by("at", "pk")
    before = list(rows.filter(item__in=family)[:LINEAGE_SHOWN])
    after = list(rows.filter(predecessor__in=family).exclude(item__in=family)[:LINEAGE_SHOWN])
    closed = closed_to_view()
    for one in (*before, *after):
        one.reason = closed.about(one.reason, (one.item_id, one.predecessor_id))
    return before, after

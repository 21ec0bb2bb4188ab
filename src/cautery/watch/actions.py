"""Write what the watch does: searches to make, sightings to hand back to intake, returns at the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from cautery.core.actors import Actor
from cautery.core.availability import DOWN
from cautery.core.clock import on_grid
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.ground.rows import update_many
from cautery.intake.actions import advance, receive_all, reopen
from cautery.intake.models import Episode, Item, OpenedBy, Operation
from cautery.intake.queries import roots
from cautery.sources.base import Row
from cautery.track.models import Tracking
from cautery.watch.models import Mark, Search, Sighting, Watched, Way

SEARCH_AFTER = tuple(timedelta(minutes=m) for m in (30, 240, 960, 2160))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that may be a return, before it is in the register."""

    url: str
    identity: str
    way: Way
    score: float
    reason: str
    predecessor: Item | None
    looked_before: datetime | None = None


def start_searches(searches: Sequence[Search], taken_up: Sequence[Tracking]) -> None:
    """Begin searches (the same words at the same provider are asked once) and note whose removal was taken up."""
    with transaction.atomic():
        Search.objects.bulk_create(searches, ignore_conflicts=True, batch_size=500)
        Watched.objects.bulk_create((Watched(tracking=t) for t in taken_up), ignore_conflicts=True, batch_size=500)


def searched(searches: Sequence[Search], *, at: datetime) -> None:
    """Note that searches were made, and when the next is due."""
    for search in searches:
        search.asked, search.last_at = search.asked + 1, at
        later = [search.began_at + step for step in SEARCH_AFTER if search.began_at + step > at]
        search.next_at = on_grid(later[0], 15) if later else None
    with transaction.atomic():
        update_many(searches, ["asked", "last_at", "next_at"])


def sight(operation: Operation, candidates: Sequence[Candidate], *, by: Actor, at: datetime) -> int:
    """Hand new objects back to intake as flags of the watch, each with what it may succeed; how many were new."""
    fresh = {c.identity: c for c in sorted(candidates, key=lambda c: c.score)}
    known = set(Item.objects.filter(identity__in=fresh).values_list("identity", flat=True))
    new = [c for c in fresh.values() if c.identity not in known]
    if not new:
        return 0
    new.sort(key=lambda c: c.identity)
    rows = [Row(line, c.url, seen_at=at, note=c.reason) for line, c in enumerate(new, 1)]
    key = f"{at.isoformat()}|{new[0].identity[:60]}|{len(new)}"
    with transaction.atomic():
        receive_all(rows, operation=operation, key=key, source="watch", by=by, at=at)
        episodes = {
            e.item.identity: e
            for e in Episode.objects.filter(
                item__identity__in=fresh, operation=operation, opened_by=OpenedBy.WATCH
            ).select_related("item")
        }
        found = [(episodes[c.identity], c) for c in new if c.identity in episodes]
        _save(operation, found, by=by, at=at)
    return len(found)


def _save(operation: Operation, found: Sequence[tuple[Episode, Candidate]], *, by: Actor, at: datetime) -> None:
    Sighting.objects.bulk_create(
        (
            Sighting(
                operation=operation,
                item=episode.item,
                episode=episode,
                predecessor=c.predecessor,
                way=c.way,
                score=c.score,
                reason=c.reason[:300],
                at=at,
                looked_before_at=c.looked_before,
            )
            for episode, c in found
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    if found:
        rows = [
            {
                "episode": e.pk,
                "way": str(c.way),
                "reason": c.reason,
                "predecessor": c.predecessor.pk if c.predecessor else None,
            }
            for e, c in found
        ]
        record(
            Event.WATCH_SIGHTINGS_RECORDED,
            by=by,
            at=at,
            subject=f"operation:{operation.slug}",
            facts={"sightings": len(found)},
            rows=rows,
        )


def reopen_returned(operation: Operation, trackings: Sequence[Tracking], *, by: Actor, at: datetime) -> int:
    """Open the next episode of things up again at the same place, and say so as sightings; how many were opened."""
    with transaction.atomic():
        _close(trackings)
        opened = reopen([t.item_id for t in trackings], operation=operation, opened_by=OpenedBy.PROBE, by=by, at=at)
        standing = roots(t.item_id for t in trackings)
        episodes = Episode.objects.filter(
            item_id__in=standing.values(), operation=operation, opened_by=OpenedBy.PROBE, opened_at=at
        ).select_related("item")
        down = {standing[t.item_id]: last_down(t) for t in trackings}
        reason = "up again at the same place, by our own probe"
        found = [
            (e, Candidate(e.item.url, e.item.identity, Way.SAME_PLACE, 1.0, reason, e.item, down[e.item_id]))
            for e in episodes
        ]
        _save(operation, found, by=by, at=at)
    return opened


def last_down(tracking: Tracking) -> datetime | None:
    """When a probe last saw it down, before it was back."""
    seen = tracking.history.filter(verdict__in=DOWN).order_by("-at").first()
    return seen.at if seen is not None else None


def _close(trackings: Sequence[Tracking]) -> None:
    advance([t.pk for t in trackings], EpisodeState.REFERRED, EpisodeState.CLOSED)


def add_copies(found: Sequence[tuple[Episode, Item]], *, by: Actor, at: datetime) -> int:
    """Note items whose bytes were referred before under another item, as returns by copy."""
    rows = [
        (
            episode,
            Candidate(
                episode.item.url,
                episode.item.identity,
                Way.COPY,
                1.0,
                "the same bytes as something referred before",
                before,
            ),
        )
        for episode, before in found
    ]
    with transaction.atomic():
        if rows:
            _save(rows[0][0].operation, rows, by=by, at=at)
    return len(rows)


def mark(name: str, position: int) -> None:
    """Note how far the watch has read."""
    Mark.objects.update_or_create(name=name, defaults={"position": position})

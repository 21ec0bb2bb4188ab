"""Write what the watch does: searches to make, sightings to hand back to intake, returns at the same place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.availability import DOWN
from cautery.core.clock import on_grid
from cautery.core.errors import NotAllowed, NotFound
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.ground.rows import update_many
from cautery.intake.actions import advance, receive_all, reopen
from cautery.intake.models import Episode, Item, OpenedBy, Operation
from cautery.intake.queries import roots
from cautery.refer.models import Notice
from cautery.sources.base import Row
from cautery.track.models import Tracking
from cautery.watch.models import Ended, Lead, Mark, Search, Sighting, Watch, Watched, Way, Weighed, What
from cautery.watch.queries import Found

COVERED_AFTER = tuple(timedelta(minutes=m) for m in (240, 1440))
"""When the words of one thing are asked for, where a word of its outlet finds it too; for other things more often."""
SEARCH_AFTER = tuple(timedelta(minutes=m) for m in (30, 120, 300, 600, 1200, 2160))
BRAND_EVERY, BRAND_GRID = timedelta(minutes=10), 10
BRAND_QUIET = ((timedelta(hours=60), timedelta(minutes=20)), (timedelta(hours=120), timedelta(minutes=60)))
"""A word of an outlet is asked for every ten minutes; less often once it has shown nothing new for so long."""
TERM = timedelta(days=180)
"""How long beyond its operation a removed thing is watched for."""


PARTS = 2
"""Colons of an identity: provider, kind and key."""


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
    watch_id: int | None = None


def start_searches(searches: Sequence[Search], taken_up: Sequence[Tracking], *, by: Actor, at: datetime) -> None:
    """Begin searches (the same words at the same provider are asked once), and a watch for each removal that was taken up."""
    signatures = dict(
        Notice.objects.filter(episode__in=[t.pk for t in taken_up]).values_list("episode_id", "signature_id")
    )
    watches = [_watch(t, signatures[t.pk], by, at) for t in taken_up if t.pk in signatures]
    with transaction.atomic():
        Search.objects.bulk_create(searches, ignore_conflicts=True, batch_size=500)
        Watched.objects.bulk_create((Watched(tracking=t) for t in taken_up), ignore_conflicts=True, batch_size=500)
        Watch.objects.bulk_create(watches, ignore_conflicts=True, batch_size=500)
        if watches:
            rows = [{"subject": w.subject, "signature": w.signature_id} for w in watches]
            facts = {"watches": len(watches)}
            record(Event.WATCH_WATCHES_BEGUN, by=by, at=at, subject="watches", facts=facts, rows=rows)


def _watch(tracking: Tracking, signature: int, by: Actor, at: datetime) -> Watch:
    """A removed thing's watch: on the ground of the decision that was signed, until half a year after its operation."""
    ends = (tracking.episode.operation.ends_at or at) + TERM
    return Watch(
        signature_id=signature,
        subject=tracking.item.identity,
        item_id=tracking.item_id,
        by=by.name,
        began_at=at,
        expires_at=ends,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A watch a person asks for: on what, why, who agreed, by which ways (none: all) and until when."""

    what: What
    subject: str
    ground: str
    seconded_by: str
    until: datetime
    scope: tuple[Way, ...] = ()


def begin_watch(asked: Asked, *, asker: str, by: Actor, at: datetime) -> Watch:
    """Put something under watch: a domain, a file, an account or content. `NotAllowed`, `NotFound`.

    What the register does not hold was decided on elsewhere: the ground says where. One that runs already is answered as it is.
    """
    by.require(Permission.WATCH_WATCH_BEGIN)
    if not asked.ground.strip() or not asked.seconded_by.strip() or asked.seconded_by.strip() == asker.strip():
        raise NotAllowed(
            "A watch needs a ground and a second person who agreed.", permission="watch:watch:begin", actor=asker
        )
    item = Item.objects.filter(identity=asked.subject).first() if asked.what == What.ITEM else None
    if asked.what == What.ITEM and item is None and asked.subject.count(":") < PARTS:
        raise NotFound(f"{asked.subject} names no object.", hint="Give the link of an account, a channel or a page.")
    with transaction.atomic():
        watch, made = Watch.objects.get_or_create(
            subject=asked.subject,
            ended_at=None,
            defaults={
                "what": asked.what,
                "item": item,
                "ground": asked.ground.strip()[:500],
                "by": asker[:64],
                "seconded_by": asked.seconded_by[:64],
                "scope": " ".join(asked.scope),
                "began_at": at,
                "expires_at": asked.until,
                "next_look_at": at if asked.what == What.DOMAIN else None,
            },
        )
        if made:
            rows = [
                {"subject": watch.subject, "ground": watch.ground, "by": watch.by, "seconded_by": watch.seconded_by}
            ]
            record(Event.WATCH_WATCHES_BEGUN, by=by, at=at, subject="watches", facts={"watches": 1}, rows=rows)
    return watch


def keep_leads(found: Sequence[Found], *, source: str, by: Actor, at: datetime) -> int:
    """Keep names of a list that may be where a watched domain went; how many were new."""
    by.require(Permission.WATCH_WATCH_BEGIN)
    have = set(Lead.objects.filter(watch__in={f.watch.pk for f in found}).values_list("watch_id", "domain"))
    new = {(f.watch.pk, f.domain): f for f in found if (f.watch.pk, f.domain) not in have}
    with transaction.atomic():
        Lead.objects.bulk_create(
            (
                Lead(
                    watch=f.watch,
                    domain=f.domain,
                    source=source,
                    score=f.score,
                    reason=f.reason[:300],
                    first_seen_at=at,
                )
                for f in new.values()
            ),
            ignore_conflicts=True,
            batch_size=500,
        )
        if new:
            rows = [{"watch": f.watch.pk, "domain": f.domain, "reason": f.reason} for f in new.values()]
            record(Event.WATCH_LEADS_RECORDED, by=by, at=at, subject="leads", facts={"leads": len(new)}, rows=rows)
    return len(new)


def end(keys: Sequence[int], why: Ended, *, by: Actor, at: datetime) -> int:
    """End running watches: what they were on is neither searched for nor compared with from now on; how many ended."""
    if not keys:
        return 0
    with transaction.atomic():
        running = list(Watch.objects.select_for_update().filter(pk__in=keys, ended_at__isnull=True).order_by("pk"))
        Watch.objects.filter(pk__in=[w.pk for w in running]).update(ended_at=at, ended_why=why, next_look_at=None)
        Search.objects.filter(item__in=[w.item_id for w in running if w.item_id]).update(next_at=None)
        rows = [{"watch": w.pk, "subject": w.subject, "why": str(why)} for w in running]
        if rows:
            facts = {"watches": len(rows), "why": str(why)}
            record(Event.WATCH_WATCHES_ENDED, by=by, at=at, subject="watches", facts=facts, rows=rows)
    return len(running)


def searched(searches: Sequence[Search], fresh: Collection[int], *, at: datetime) -> None:
    """Note that searches were made, which of them (by key) showed something new, and when the next is due."""
    for search in searches:
        search.asked, search.last_at = search.asked + 1, at
        if search.pk in fresh:
            search.found_at = at
        search.next_at = _next_search(search, at)
    with transaction.atomic():
        update_many(searches, ["asked", "last_at", "found_at", "next_at"])


def _next_search(search: Search, at: datetime) -> datetime | None:
    ends = search.operation.ends_at
    if search.item_id is None:
        quiet = at - (search.found_at or search.began_at)
        wait = next((wait for least, wait in reversed(BRAND_QUIET) if quiet >= least), BRAND_EVERY)
        return on_grid(at + wait, BRAND_GRID) if ends is None or at < ends + TERM else None
    steps = COVERED_AFTER if search.reason else SEARCH_AFTER
    later = [search.began_at + step for step in steps if search.began_at + step > at]
    return on_grid(later[0], 15) if later else None


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
                watch_id=c.watch_id,
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


@dataclass(frozen=True, slots=True)
class Traced:
    """A late episode after its page was read: what it comes after, how sure and why; no predecessor: nothing was like it."""

    episode: Episode
    way: Way
    predecessor: int | None = None
    score: float = 0.0
    reason: str = ""
    watch_id: int | None = None


def trace(found: Sequence[Traced], *, by: Actor, at: datetime) -> int:
    """Write what late episodes come after: better founded than when they were sighted, or for the first time."""
    with transaction.atomic():
        Weighed.objects.bulk_create(
            (Weighed(episode=one.episode) for one in found), ignore_conflicts=True, batch_size=500
        )
        named = {one.episode.pk: one for one in found if one.score}
        sighted = list(Sighting.objects.filter(episode__in=named))
        for sighting in sighted:
            one = named[sighting.episode_id]
            sighting.predecessor_id, sighting.score, sighting.reason = one.predecessor, one.score, one.reason[:300]
            sighting.watch_id = one.watch_id or sighting.watch_id
        update_many(sighted, ["predecessor", "score", "reason", "watch"])
        rows = [{"episode": s.episode_id, "predecessor": s.predecessor_id, "reason": s.reason} for s in sighted]
        if rows:
            facts = {"sightings": len(rows)}
            record(Event.WATCH_LINEAGE_TRACED, by=by, at=at, subject="lineage", facts=facts, rows=rows)
        have = {s.episode_id for s in sighted}
        items = Item.objects.in_bulk({one.predecessor for key, one in named.items() if key not in have} - {None})
        by_operation: dict[Operation, list[tuple[Episode, Candidate]]] = {}
        for key, one in named.items():
            if key not in have:
                item, before = one.episode.item, items.get(one.predecessor or 0)
                candidate = Candidate(
                    item.url, item.identity, one.way, one.score, one.reason, before, watch_id=one.watch_id
                )
                by_operation.setdefault(one.episode.operation, []).append((one.episode, candidate))
        for operation, rest in by_operation.items():
            _save(operation, rest, by=by, at=at)
    return len(found)


def mark(name: str, position: int) -> None:
    """Note how far the watch has read."""
    mark_all({name: position})


def mark_all(positions: Mapping[str, int]) -> None:
    """Note how far the watch has read several things, in one statement."""
    Mark.objects.bulk_create(
        (Mark(name=name, position=position) for name, position in positions.items()),
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["position"],
    )

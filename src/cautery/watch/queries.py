"""Read watches: what runs, why it says what it says, who came after whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cautery.core.domains import DomainRecord, Site, State, expiring, lookalikes
from cautery.core.errors import NotFound
from cautery.core.kinship.lineage import generations
from cautery.intake.models import Item, Operation
from cautery.track.models import Answer, Proceeding, ProceedingKind, Ruling, Tracking
from cautery.watch.closed import CLOSED, Closed, closed_to_view
from cautery.watch.domains.telling import told_of
from cautery.watch.models import DomainEvent, Lead, Search, Sighting, Watch, Way, What

WORTH = {
    "other TLD": 0.9,
    "numbered or renamed": 0.85,
    "letters that look the same": 0.85,
    "hyphens": 0.8,
    "a letter left out": 0.6,
    "a letter doubled": 0.6,
    "two letters swapped": 0.6,
}
HOLDS = 0.65
"""What a name is worth that holds the whole of a watched one."""
LONG_ENOUGH = 6
SHOWN = 200
FELL = Q(kind__in=(ProceedingKind.WITHDRAWAL, ProceedingKind.REINSTATEMENT)) | Q(ruling=Ruling.OVERTURNED)
"""The steps of redress by which a removal falls."""
REINSTATED = Q(answer="reinstated")
"""A provider's word that it put the thing back."""


def running() -> QuerySet[Watch]:
    """Watches that run, newest first."""
    return Watch.objects.filter(ended_at__isnull=True).select_related("item", "signature").order_by("-pk")


def every() -> QuerySet[Watch]:
    """All watches there were, newest first."""
    return Watch.objects.select_related("item", "signature").order_by("-pk")


def find_watch(subject: str) -> Watch:
    """The newest watch on this subject (its number, identity, domain or SHA-256); `NotFound`."""
    wanted = Q(subject=subject) | (Q(pk=int(subject)) if subject.isdecimal() and len(subject) < 12 else Q())
    found = Watch.objects.filter(wanted).select_related("item").order_by("-pk").first()
    if found is None:
        raise NotFound(
            f"There is no watch on {subject}.",
            hint="cautery watch list shows those there are; cautery watch add begins one.",
        )
    return found


def explained(watch: Watch) -> dict[str, Any]:
    """All a watch rests on, does and found: plain values. Of what is closed to view only that it is there."""
    item, closed = watch.item_id, closed_to_view()
    found = Q(watch=watch) | (Q(predecessor=item) if item and watch.what == What.ITEM else Q())
    sightings = Sighting.objects.filter(found).select_related("item").order_by("at", "pk")
    searches = Search.objects.filter(item=item).select_related("provider").order_by("pk") if item else ()
    brands: Iterable[Search] = ()
    if watch.item is not None:
        brands = (
            Search.objects.filter(item=None, provider__slug=watch.item.provider)
            .select_related("provider")
            .order_by("pk")
        )
    return {
        **row_of(watch, closed),
        "searches": [_search(one, closed) for one in (*searches, *brands)][:SHOWN],
        "found": [_sighting(one, closed) for one in sightings[:SHOWN]],
        "events": [_event(one, closed) for one in watch.events.order_by("-at", "-pk")[:SHOWN]],
        "state": None if _is_closed(watch, closed) else known_of(watch),
        "leads": [
            {
                "domain": closed.say(lead.domain),
                "score": lead.score,
                "reason": closed.say(lead.reason),
                "source": lead.source,
                "at": lead.first_seen_at,
            }
            for lead in watch.leads.order_by("-score", "domain")[:SHOWN]
        ],
    }


def _is_closed(watch: Watch, closed: Closed) -> bool:
    """Whether what it is on must not be seen further."""
    return watch.item_id in closed or closed.say(watch.subject) != watch.subject


def row_of(watch: Watch, closed: Closed | None = None) -> dict[str, Any]:
    """A watch for a list; `closed` where many are asked for. What is on something closed to view names it by its number alone."""
    closed = closed_to_view() if closed is None else closed
    shut = _is_closed(watch, closed)
    ground = (
        watch.ground or f"decision signed {watch.signature.signed_at:%Y-%m-%d %H:%M}"
        if watch.signature
        else watch.ground
    )
    return {
        "watch": watch.pk,
        "what": watch.what,
        "subject": CLOSED if shut else watch.subject,
        "url": watch.item.url if watch.item and not shut else None,
        "closed": shut,
        "ground": closed.say(ground),
        "by": watch.by,
        "seconded_by": watch.seconded_by or None,
        "scope": watch.scope.split() or [str(way) for way in Way],
        "began_at": watch.began_at,
        "expires_at": watch.expires_at,
        "ended_at": watch.ended_at,
        "ended_why": watch.ended_why or None,
    }


def _event(event: DomainEvent, closed: Closed) -> dict[str, Any]:
    return {
        "at": event.at,
        "after": event.after,
        "what": event.what,
        "value": closed.say(event.value),
        "said": closed.say(event.said),
        "same_marks": event.same_marks,
    }


def known_of(watch: Watch) -> dict[str, Any] | None:
    """What the last look at a domain that could tell said, when, and whom to write to; None where nobody looked."""
    last = watch.looks.order_by("-at").first()
    if last is None:
        return None
    look = watch.looks.exclude(state=State.UNKNOWN).order_by("-at").first() or last
    record = DomainRecord.of(look.record, look.record.get("marks", ()))
    said = record.as_dict() | {"seen_at": look.until, "source": look.source, "looked_at": last.until}
    return said | told_of(record, Site.of(last.site))


def calendar(now: datetime, within: timedelta) -> list[dict[str, Any]]:
    """Watched domains that expire within a span, the first first, by what was last known of each; none that is closed to view."""
    found, closed = {}, closed_to_view()
    for watch in running().filter(what=What.DOMAIN):
        known = None if _is_closed(watch, closed) else known_of(watch)
        if known is not None and known["expires"] is not None:
            found[watch.subject] = DomainRecord.of(known)
    return [
        {"domain": one.domain, "expires": one.expires, "state": str(one.state), "registrar": one.registrar or None}
        for one in expiring(found.values(), now=now, within=within)
    ]


def _search(search: Search, closed: Closed) -> dict[str, Any]:
    return {
        "words": closed.about(search.words, [search.item_id]),
        "provider": search.provider.slug,
        "why": closed.about(search.reason or "its own name or title", [search.item_id]),
        "asked": search.asked,
        "last_at": search.last_at,
        "next_at": search.next_at,
    }


def _sighting(sighting: Sighting, closed: Closed) -> dict[str, Any]:
    return {
        "url": CLOSED if sighting.item_id in closed else sighting.item.url,
        "way": sighting.way,
        "score": sighting.score,
        "reason": closed.about(sighting.reason, (sighting.item_id, sighting.predecessor_id)),
        "at": sighting.at,
    }


@dataclass(frozen=True, slots=True)
class Found:
    """A name of a list that may be where a watched domain went."""

    watch: Watch
    domain: str
    score: float
    reason: str


def domains_like(names: Iterable[str], watches: Iterable[Watch]) -> Iterator[Found]:
    """The names that look like a watched domain, or hold it. One look-up a label and name: any number of names."""
    made: dict[str, tuple[Watch, str, float]] = {}
    holding: dict[str, Watch] = {}
    for watch in watches:
        for one in lookalikes(watch.subject):
            made.setdefault(one.domain, (watch, one.way, WORTH[one.way]))
        label = watch.subject.partition(".")[0].replace("-", "")
        if len(label) >= LONG_ENOUGH:
            holding[label] = watch
    own = {watch.subject for watch in holding.values()}
    for name in names:
        labels = name.split(".")
        ends = [".".join(labels[place:]) for place in range(max(1, len(labels) - 1))]
        known = next((end for end in ends if end in made), None)
        if known is not None:
            watch, way, worth = made[known]
            yield Found(watch, name, worth, f"{known} is like {watch.subject}: {way}")
        elif not own.intersection(ends):
            bare = name.replace("-", "").replace(".", "")
            held = next((label for label in holding if label in bare), None)
            if held is not None:
                yield Found(holding[held], name, HOLDS, f"{name} holds the name of {holding[held].subject}")


def watched_domains() -> list[Watch]:
    """Running watches on domains."""
    running = Watch.objects.filter(ended_at__isnull=True, what=What.DOMAIN).order_by("pk")
    return [watch for watch in running if watch.may(Way.FEED)]


def leads() -> QuerySet[Lead]:
    """All leads, best first."""
    return Lead.objects.select_related("watch").order_by("-score", "domain")


def put_right(item: Any) -> tuple[QuerySet[Proceeding], QuerySet[Answer]]:
    """The steps of redress by which a removal fell, and the provider's word that it put the thing back: of an item (or `OuterRef`)."""
    return Proceeding.objects.filter(FELL, notice__item=item), Answer.objects.filter(REINSTATED, notice__item=item)


def no_returns() -> Q:
    """Trackings whose item is not to be taken up when it is up again: put right, its watch over, or narrowed to other ways."""
    proceedings, answers = put_right(OuterRef("item"))
    on_it = Watch.objects.filter(item=OuterRef("item"), what=What.ITEM)
    running = on_it.filter(ended_at__isnull=True)
    narrowed = running.exclude(scope="").exclude(scope__contains=Way.SAME_PLACE.value)
    over = Q(Exists(on_it.filter(ended_at__isnull=False))) & ~Q(Exists(running))
    return Q(Exists(proceedings)) | Q(Exists(answers)) | Q(Exists(narrowed)) | over


def lineage(operation: Operation) -> dict[str, Any]:
    """Who came after whom: `nodes` (item, generation, from when till when it was seen up) and `links` (from, to, way, score, reason).

    What was up again at the same place is a further life of its node. Dismissed sightings are left out; of what is closed to view
    only that it is there.
    """
    closed = closed_to_view()
    rows = list(
        Sighting.objects.filter(operation=operation, predecessor__isnull=False)
        .exclude(episode__assessment__finding="dismissed")
        .order_by("at", "pk")
    )
    keys = {row.item_id for row in rows} | {row.predecessor_id for row in rows if row.predecessor_id}
    lives: dict[int, list[tuple[datetime | None, datetime | None]]] = {key: [] for key in keys}
    tracked = Tracking.objects.filter(item__in=keys).order_by("episode__opened_at", "pk")
    for item, opened, down in tracked.values_list("item_id", "episode__opened_at", "first_down_at"):
        lives[item].append((opened, down))
    links = [row for row in rows if row.item_id != row.predecessor_id]
    depth = generations({row.item_id: row.predecessor_id for row in links if row.predecessor_id is not None})
    items = Item.objects.in_bulk(keys)
    return {
        "nodes": [
            {
                "item": key,
                "url": CLOSED if key in closed else items[key].url,
                "provider": items[key].provider,
                "kind": items[key].kind,
                "generation": depth.get(key, 0),
                "lives": [{"from": opened, "until": down} for opened, down in lives[key]],
            }
            for key in sorted(keys)
        ],
        "links": [
            {
                "from": row.predecessor_id,
                "to": row.item_id,
                "way": row.way,
                "score": row.score,
                "reason": closed.about(row.reason, (row.predecessor_id, row.item_id)),
                "at": row.at,
            }
            for row in links
        ],
        "same_place": sum(row.item_id == row.predecessor_id for row in rows),
        "generations": 1 + max(depth.values(), default=0),
    }

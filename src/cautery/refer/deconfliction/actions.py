"""Write what stops a signed notice at the last moment, who was told, and who overrode it.

1. Only deliveries that are due are compared: signed, released, made out. Nothing else can be tried out.
2. Each obstacle is a row the holder reads; the sender's unit learns whose hold it is and until when.
3. A unit that met more than `LIMIT` holds within a day learns no more than that its notice waits; the overseer sees it in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotFound, Refused
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.ground.rows import chunks
from cautery.intake.actions import advance
from cautery.refer.actions import queued_now
from cautery.refer.models import Delivery, Notice, Obstacle
from cautery.review.models import ORDERS, Hold
from cautery.review.queries import Interests, families, files_of, interests

LIMIT = 100
AT_ONCE = 900
DAY = timedelta(days=1)
WITH_PROVIDER = (DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DELIVERED)


class Waiting(NamedTuple):
    """What is compared of a delivery, thousands of them at a time."""

    delivery: int
    notice: int
    item: int
    episode: int
    provider: int
    instrument: str


COLUMNS = ("pk", "notice_id", "notice__item_id", "notice__episode_id", "notice__provider_id", "notice__instrument")


@dataclass(frozen=True, slots=True)
class Stop:
    """A delivery (its key) and what stands in its way: a hold, or another notice (its key)."""

    delivery: int
    hold: Hold | None = None
    other: int | None = None


def newest_hold() -> int:
    """Tells that a unit set a hold meanwhile: the newest one's key, 0 without any."""
    return Hold.objects.aggregate(newest=Max("pk"))["newest"] or 0


def hold_back(now: datetime, *, by: Actor) -> int:
    """Hold due deliveries that another unit's interest, or another unit's order, stands against; how many."""
    due = _waiting(queued_now(now))
    stops = _stops(due, now)
    if not stops:
        return 0
    with transaction.atomic():
        keys = {stop.delivery for stop in stops}
        Delivery.objects.filter(pk__in=keys, state=DeliveryState.QUEUED).update(state=DeliveryState.HELD)
        advance([one.episode for one in due if one.delivery in keys], EpisodeState.COMPOSED, EpisodeState.HELD)
        rows = [{"reference": reference} for reference in _tell(stops, now, by)]
        record(Event.REFER_NOTICES_HELD, by=by, at=now, subject="notices", facts={"held": len(rows)}, rows=rows)
    return len(keys)


def _waiting(deliveries: QuerySet[Delivery]) -> list[Waiting]:
    return [Waiting(*row) for row in deliveries.order_by("pk").values_list(*COLUMNS)]


def _stops(waiting: Sequence[Waiting], now: datetime) -> list[Stop]:
    """What may not leave as things stand, one obstacle each."""
    standing = interests(now)
    stops = list(_of_interests(standing, waiting)) if standing else []
    stopped = {stop.delivery for stop in stops}
    return stops + _duplicates([d for d in waiting if d.instrument in ORDERS and d.delivery not in stopped])


def _of_interests(standing: Interests, waiting: Sequence[Waiting]) -> Iterable[Stop]:
    family = families(one.item for one in waiting)
    files = files_of(one.episode for one in waiting)
    passed = _overridden(waiting)
    for one in waiting:
        for hold in standing.in_items(family[one.item], files.get(one.episode, ())):
            if (one.notice, hold.pk) not in passed:
                yield Stop(one.delivery, hold=hold)


def _overridden(waiting: Iterable[Waiting]) -> set[tuple[int, int | None]]:
    """Pairs of notice and hold (None: a duplicate) that two people let pass."""
    confirmed = Obstacle.objects.filter(notice__in=[one.notice for one in waiting], confirmed_at__isnull=False)
    return set(confirmed.values_list("notice_id", "hold_id"))


def _duplicates(orders: Sequence[Waiting]) -> list[Stop]:
    """Orders for an object the same provider has an order for already, of another episode or item that stands for it."""
    if not orders:
        return []
    family, passed = families(one.item for one in orders), _overridden(orders)
    first = _ordered({item.pk for items in family.values() for item in items})
    found: list[Stop] = []
    for one in orders:
        keys = [(one.provider, item.pk) for item in family[one.item]]
        other = next((first[key] for key in keys if first.get(key, one.notice) != one.notice), None)
        if other is not None and (one.notice, None) not in passed:
            found.append(Stop(one.delivery, other=other))
        else:
            first |= dict.fromkeys(keys, one.notice)
    return found


def _ordered(items: Iterable[int]) -> dict[tuple[int, int], int]:
    """By provider and item: the first order (its notice) that is with the provider."""
    found: dict[tuple[int, int], int] = {}
    for some in chunks(items, AT_ONCE):
        with_provider = Notice.objects.filter(
            item__in=some,
            instrument__in=ORDERS,
            delivery__state__in=WITH_PROVIDER,
            episode__state__in=(EpisodeState.COMPOSED, EpisodeState.REFERRED),
        )
        for provider, item, notice in with_provider.order_by("pk").values_list("provider_id", "item_id", "pk"):
            found.setdefault((provider, item), notice)
    return found


def _tell(stops: Sequence[Stop], now: datetime, by: Actor) -> list[str]:
    """Obstacles for what was stopped; who asked too often is told less. The references of the notices, one each."""
    keys = {stop.delivery for stop in stops}
    stopped = Delivery.objects.filter(pk__in=keys).select_related("notice__signature__reviewer").in_bulk()
    others = Notice.objects.in_bulk({stop.other for stop in stops if stop.other is not None})
    met: dict[int, int] = {}
    rows = []
    for stop in stops:
        notice = stopped[stop.delivery].notice
        unit = notice.signature.reviewer.unit_id
        if unit not in met:
            recent = Obstacle.objects.filter(
                notice__signature__reviewer__unit=unit, hold__isnull=False, at__gt=now - DAY
            )
            met[unit] = recent.count()
        met[unit] += stop.hold is not None
        other = others.get(stop.other or 0)
        rows.append(Obstacle(notice=notice, hold=stop.hold, other=other, at=now, disclosed=met[unit] <= LIMIT))
    Obstacle.objects.bulk_create(rows, ignore_conflicts=True)
    for event, chosen in (
        (Event.REFER_HOLDS_TOLD, [o for o in rows if o.hold is not None]),
        (Event.REFER_DUPLICATES_HELD, [o for o in rows if o.other is not None]),
    ):
        if chosen:
            said = [_said(obstacle) for obstacle in chosen]
            record(event, by=by, at=now, subject="notices", facts={"notices": len(chosen)}, rows=said)
    return [stopped[key].notice.reference for key in sorted(keys)]


def _said(obstacle: Obstacle) -> dict[str, object]:
    if obstacle.hold is not None:
        unit = obstacle.hold.unit.slug
        return {"reference": obstacle.notice.reference, "holder": unit, "disclosed": obstacle.disclosed}
    other = obstacle.other.reference if obstacle.other else ""
    return {"reference": obstacle.notice.reference, "other": other}


def let_go(now: datetime, *, by: Actor) -> int:
    """Queue held deliveries again once nothing stands against them any more: the interest ended, or two people overrode it."""
    held = Delivery.objects.filter(state=DeliveryState.HELD)
    if not held.exists():
        return 0
    waiting = _waiting(held)
    with transaction.atomic():
        stops = _stops(waiting, now)
        if new := _untold(stops, waiting):
            _tell(new, now, by)
        stopped = {stop.delivery for stop in stops}
        free = [one for one in waiting if one.delivery not in stopped]
        Delivery.objects.filter(pk__in=[one.delivery for one in free], state=DeliveryState.HELD).update(
            state=DeliveryState.QUEUED, due_at=now
        )
        advance([one.episode for one in free], EpisodeState.HELD, EpisodeState.COMPOSED)
    return len(free)


def _untold(stops: Sequence[Stop], waiting: Sequence[Waiting]) -> list[Stop]:
    """What came to stand in the way of a notice while it was held for something else: its holder learns of it as well."""
    notices = {one.delivery: one.notice for one in waiting}
    known = set(Obstacle.objects.filter(notice__in=notices.values()).values_list("notice_id", "hold_id"))
    return [stop for stop in stops if (notices[stop.delivery], stop.hold.pk if stop.hold else None) not in known]


def override(obstacle: int, reason: str, *, by: Actor, at: datetime) -> bool:
    """Let a notice pass a hold. The first signer asks, with a reason; another one, never the reviewer, confirms. True when it passes.

    Refused: no reason, or the reviewer of the decision. MovedMeanwhile: the same person twice, or confirmed before.
    """
    by.require(Permission.REFER_HOLD_OVERRIDE)
    with transaction.atomic():
        found = Obstacle.objects.select_related("notice__signature").filter(pk=obstacle).first()
        if found is None:
            raise NotFound(f"No obstacle {obstacle}.", obstacle=obstacle)
        if not reason.strip() or str(found.notice.signature.reviewer_id) == by.officer_id:
            raise Refused("An override needs a reason, and two people other than the reviewer.", reason="override")
        rows = Obstacle.objects.filter(pk=obstacle, confirmed_at=None)
        confirmed = bool(
            rows.exclude(asked_by=None)
            .exclude(asked_by=UUID(by.officer_id))
            .update(confirmed_by=by.officer_id, confirmed_at=at)
        )
        if not confirmed and not rows.filter(asked_by=None).update(reason=reason, asked_by=by.officer_id, asked_at=at):
            raise MovedMeanwhile("Another person must confirm it, or it passed before.", obstacle=obstacle)
        facts = {"reference": found.notice.reference, "reason": reason, "confirmed": confirmed}
        record(Event.REFER_HOLD_OVERRIDDEN, by=by, at=at, subject=f"obstacle:{obstacle}", facts=facts)
    return confirmed

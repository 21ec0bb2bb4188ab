"""Write what stops a signed notice at the last moment, who was told, and who overrode it.

1. Only deliveries that are due are compared: signed, released, made out. Nothing else can be tried out.
2. Each obstacle is a row the holder reads; the sender's unit learns whose hold it is and until when.
3. A unit that met more than `LIMIT` holds within a day learns no more than that its notice waits; the overseer sees it in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotFound, Refused
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.actions import advance
from cautery.refer.actions import queued_now
from cautery.refer.models import Delivery, Notice, Obstacle
from cautery.review.models import ORDERS, Hold
from cautery.review.queries import Interests, families, files_of, interests

LIMIT = 100
DAY = timedelta(days=1)
WITH_PROVIDER = (DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Stop:
    """A delivery and what stands in its way."""

    delivery: Delivery
    hold: Hold | None = None
    other: Notice | None = None


def newest_hold() -> int:
    """Tells that a unit set a hold meanwhile: the newest one's key, 0 without any."""
    return Hold.objects.aggregate(newest=Max("pk"))["newest"] or 0


def hold_back(now: datetime, *, by: Actor) -> int:
    """Hold due deliveries that another unit's interest, or another unit's order, stands against; how many."""
    standing = interests(now)
    stops = list(_of_interests(standing, _due(now))) if standing else []
    stopped = {stop.delivery.pk for stop in stops}
    stops += _duplicates([d for d in _due(now, orders_only=True) if d.pk not in stopped])
    if not stops:
        return 0
    with transaction.atomic():
        deliveries = {stop.delivery.pk: stop.delivery for stop in stops}
        Delivery.objects.filter(pk__in=deliveries, state=DeliveryState.QUEUED).update(state=DeliveryState.HELD)
        advance([d.notice.episode_id for d in deliveries.values()], EpisodeState.COMPOSED, EpisodeState.HELD)
        _tell(stops, now, by)
        rows = [{"reference": delivery.notice.reference} for delivery in deliveries.values()]
        record(Event.REFER_NOTICES_HELD, by=by, at=now, subject="notices", facts={"held": len(rows)}, rows=rows)
    return len(deliveries)


def _due(now: datetime, *, orders_only: bool = False) -> list[Delivery]:
    due = queued_now(now).filter(notice__instrument__in=ORDERS) if orders_only else queued_now(now)
    related = ("notice__item", "notice__signature__reviewer__unit")
    return list(due.select_related(*related).defer("notice__body").order_by("pk"))


def _of_interests(standing: Interests, deliveries: Sequence[Delivery]) -> Iterable[Stop]:
    family = families(d.notice.item_id for d in deliveries)
    files = files_of(d.notice.episode_id for d in deliveries)
    passed = _overridden(deliveries)
    for delivery in deliveries:
        notice = delivery.notice
        for hold in standing.in_items(family[notice.item_id], files.get(notice.episode_id, ())):
            if (notice.pk, hold.pk) not in passed:
                yield Stop(delivery, hold=hold)


def _overridden(deliveries: Iterable[Delivery]) -> set[tuple[int, int | None]]:
    """Pairs of notice and hold (None: a duplicate) that two people let pass."""
    confirmed = Obstacle.objects.filter(notice__in=[d.notice_id for d in deliveries], confirmed_at__isnull=False)
    return set(confirmed.values_list("notice_id", "hold_id"))


def _duplicates(deliveries: Sequence[Delivery]) -> list[Stop]:
    """Orders for an object the same provider has an order for already, of another episode or item that stands for it."""
    family, passed = families(d.notice.item_id for d in deliveries), _overridden(deliveries)
    found: list[Stop] = []
    first: dict[tuple[int, int], Notice] = {}
    for delivery in deliveries:
        notice = delivery.notice
        keys = [item.pk for item in family[notice.item_id]]
        same = Notice.objects.filter(provider=notice.provider_id, instrument__in=ORDERS).exclude(pk=notice.pk)
        same = same.filter(item__in=keys, delivery__state__in=WITH_PROVIDER, episode__state=EpisodeState.REFERRED)
        other = same.first() or next(
            (first[notice.provider_id, key] for key in keys if (notice.provider_id, key) in first), None
        )
        if other is not None and (notice.pk, None) not in passed:
            found.append(Stop(delivery, other=other))
        else:
            first.update({(notice.provider_id, key): notice for key in keys})
    return found


def _tell(stops: Sequence[Stop], now: datetime, by: Actor) -> None:
    """Obstacles for what was stopped; who asked too often is told less."""
    met: dict[int, int] = {}
    rows = []
    for stop in stops:
        unit = stop.delivery.notice.signature.reviewer.unit_id
        if unit not in met:
            recent = Obstacle.objects.filter(
                notice__signature__reviewer__unit=unit, hold__isnull=False, at__gt=now - DAY
            )
            met[unit] = recent.count()
        met[unit] += stop.hold is not None
        rows.append(
            Obstacle(
                notice=stop.delivery.notice, hold=stop.hold, other=stop.other, at=now, disclosed=met[unit] <= LIMIT
            )
        )
    Obstacle.objects.bulk_create(rows, ignore_conflicts=True)
    for event, chosen in (
        (Event.REFER_HOLDS_TOLD, [o for o in rows if o.hold is not None]),
        (Event.REFER_DUPLICATES_HELD, [o for o in rows if o.other is not None]),
    ):
        if chosen:
            said = [_said(obstacle) for obstacle in chosen]
            record(event, by=by, at=now, subject="notices", facts={"notices": len(chosen)}, rows=said)


def _said(obstacle: Obstacle) -> dict[str, object]:
    if obstacle.hold is not None:
        unit = obstacle.hold.unit.slug
        return {"reference": obstacle.notice.reference, "holder": unit, "disclosed": obstacle.disclosed}
    other = obstacle.other.reference if obstacle.other else ""
    return {"reference": obstacle.notice.reference, "other": other}


def let_go(now: datetime) -> int:
    """Queue held deliveries again once nothing stands against them any more: the interest ended, or two people overrode it."""
    held = Delivery.objects.filter(state=DeliveryState.HELD)
    if not held.exists():
        return 0
    waiting = list(held.select_related("notice__item", "notice__signature__reviewer__unit").order_by("pk"))
    with transaction.atomic():
        standing = interests(now)
        stopped = {stop.delivery.pk for stop in _of_interests(standing, waiting)} if standing else set()
        stopped |= {stop.delivery.pk for stop in _duplicates([d for d in waiting if d.notice.instrument in ORDERS])}
        free = [d for d in waiting if d.pk not in stopped]
        Delivery.objects.filter(pk__in=[d.pk for d in free], state=DeliveryState.HELD).update(
            state=DeliveryState.QUEUED, due_at=now
        )
        advance([d.notice.episode_id for d in free], EpisodeState.HELD, EpisodeState.COMPOSED)
    return len(free)


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

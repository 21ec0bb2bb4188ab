"""Read obstacles: what stopped a unit's notices, and which of a unit's interests stopped whose."""

from __future__ import annotations

from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.refer.models import Obstacle
from cautery.review.care.queries import closed_items


def met(*, by: Actor) -> list[dict[str, Any]]:
    """What stands against notices of the officer's unit: from whom and until when, never in what the interest is."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Obstacle.objects.filter(notice__signature__reviewer__unit__slug=by.unit).order_by("pk")
    return [_for_sender(one) for one in rows.select_related("hold__unit", "notice", "other")]


def _for_sender(one: Obstacle) -> dict[str, Any]:
    told = one.disclosed and one.hold is not None
    return {
        "obstacle_id": one.pk,
        "reference": one.notice.reference,
        "at": one.at,
        "kind": "interest" if one.hold_id else "duplicate",
        "holder": one.hold.unit.name if told and one.hold else "",
        "until": one.hold.until if told and one.hold else None,
        "other": one.other.reference if one.other else "",
        "asked": one.asked_at is not None,
        "passed": one.confirmed_at is not None,
    }


def told(*, by: Actor) -> list[dict[str, Any]]:
    """Every time an interest of the officer's unit stopped a notice: whose it was, and of which object."""
    by.require(Permission.REVIEW_HOLD_SET)
    rows = Obstacle.objects.filter(hold__unit__slug=by.unit).order_by("pk")
    closed = closed_items(rows.values_list("notice__item_id", flat=True))
    return [
        {
            "hold_id": one.hold_id,
            "at": one.at,
            "unit": one.notice.signature.reviewer.unit.name,
            "url": "" if one.notice.item_id in closed else one.notice.item.url,
            "passed": one.confirmed_at is not None,
        }
        for one in rows.select_related("notice__signature__reviewer__unit", "notice__item")
    ]

"""Read what came in, as far as the actor may."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.intake.models import Item, Operation, Rejection


def get_operation(slug: str, *, by: Actor) -> Operation:
    """The operation of this slug; `NotFound` when there is none."""
    by.require(Permission.INTAKE_OPERATION_READ)
    found = Operation.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"No operation {slug}.", operation=slug)
    return found


def operation_row(operation: Operation) -> dict[str, Any]:
    """An operation for a list; `state` is `gathering` until it is released."""
    return {
        "slug": operation.slug,
        "name": operation.name,
        "state": "released" if operation.released_at else "gathering",
        "starts_at": operation.starts_at,
        "t0": operation.t0,
        "ends_at": operation.ends_at,
    }


def operations(*, by: Actor) -> list[dict[str, Any]]:
    """All operations, newest first, with how many episodes each has."""
    by.require(Permission.INTAKE_OPERATION_READ)
    rows = Operation.objects.annotate(episodes_n=Count("episodes")).order_by("-starts_at")
    return [operation_row(row) | {"items": row.episodes_n} for row in rows]


def items(operation: Operation, *, by: Actor) -> QuerySet[Item]:
    """The items of an operation."""
    by.require(Permission.INTAKE_ITEM_READ)
    return Item.objects.filter(episodes__operation=operation).distinct()


def rejections(batch_id: int, *, by: Actor) -> list[dict[str, Any]]:
    """The rows of a batch that could not be taken, in their order."""
    by.require(Permission.INTAKE_FLAG_SUBMIT)
    rows = Rejection.objects.filter(batch_id=batch_id).order_by("line", "part")
    return [dict(row) for row in rows.values("line", "part", "reason", "message", "excerpt")]

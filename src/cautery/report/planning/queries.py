"""Read plans that were kept, and the order of work people chose."""

from __future__ import annotations

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.intake.models import Operation
from cautery.report.models import Choice, Plan


def last_plan(operation: Operation, *, by: Actor) -> Plan:
    """The plan kept last; `NotFound` where none is."""
    by.require(Permission.REPORT_OPERATION_READ)
    found = Plan.objects.filter(operation=operation).order_by("-pk").first()
    if found is None:
        raise NotFound(f"No plan of {operation.slug} was kept.", operation=operation.slug, hint="Add --keep to one.")
    return found


def order_of_work(operation: Operation, *, by: Actor) -> list[int]:
    """The items of the choice made last, the first to work on at the front; empty where nobody chose."""
    by.require(Permission.REPORT_OPERATION_READ)
    chosen = Choice.objects.filter(plan__operation=operation).order_by("-pk").first()
    return list(chosen.items) if chosen else []

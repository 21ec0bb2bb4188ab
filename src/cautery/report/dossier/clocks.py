"""Legal clocks that run: orders that are out, which of their terms ends next, and which have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cautery.core.actors import Actor, Permission
from cautery.core.clock.running import Standing
from cautery.core.lifecycle import DeliveryState
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.review.models import Instrument
from cautery.track.timelines.queries import timelines

ORDERS = 40
"""Orders whose clocks are computed while somebody waits: those that left last and are not answered."""

OPEN = frozenset({Standing.RUNNING, Standing.OVERDUE})


@dataclass(frozen=True, slots=True)
class Term:
    """A clock of a notice: which, when it ends, whether it has."""

    reference: str
    item: int
    provider: str
    clock: str
    due: datetime
    over: bool


def terms(operation: Operation, *, by: Actor, at: datetime) -> list[Term]:
    """The clocks of removal orders that are out and not answered with a removal, the next to end first."""
    by.require(Permission.INTAKE_OPERATION_READ)
    orders = Notice.objects.filter(
        operation=operation, instrument=Instrument.TCO_ORDER, delivery__state=DeliveryState.DELIVERED
    ).exclude(episode__tracking__answer__in=("removed", "disabled"))
    keys = list(orders.order_by("-pk").values_list("pk", flat=True)[:ORDERS])
    if not keys:
        return []
    found = [
        Term(notice.reference, notice.item_id, notice.provider.name, run.clock.title["en"], run.due, run.due < at)
        for notice, line in timelines(Notice.objects.filter(pk__in=keys), at)
        for run in line.runs
        if run.due is not None and run.standing(at) in OPEN
    ]
    return sorted(found, key=lambda term: term.due)

"""Which figures the desk shows: counted now where an operation is small, else those kept last, always with the time they are of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Sum

from cautery.intake.models import Batch, Operation
from cautery.report.dossier.counting import Counted, count
from cautery.report.models import Figures

LIVE = 5_000
"""Flags up to which an operation is counted while somebody waits."""
PAUSE_S = 5.0
SHARE = 20
"""Counting takes at most one part in so many of a core: it rests so many times as long as it took."""


def sizes(operations: Sequence[int]) -> dict[int, int]:
    """How many flags each operation took, by its lists."""
    rows = Batch.objects.filter(operation__in=operations).values_list("operation")
    return dict(rows.annotate(n=Sum(F("accepted") + F("known"))).order_by())


def figures_of(operation: Operation, at: datetime) -> Counted:
    """The figures of an operation: of now, or as of the last counting; without one, `as_of` is None."""
    if sizes([operation.pk]).get(operation.pk, 0) <= LIVE:
        return count(operation, at)
    kept = Figures.objects.filter(operation=operation).first()
    return Counted.read(kept.content) if kept is not None and kept.content else Counted()


def is_stale(operation: Operation, wall: float) -> bool:
    """Whether a large operation is to be counted anew, at `wall` (unix seconds of the machine)."""
    if sizes([operation.pk]).get(operation.pk, 0) <= LIVE:
        return False
    kept = Figures.objects.filter(operation=operation).only("counted_wall", "took_s", "counting_until").first()
    if kept is None:
        return True
    return kept.counting_until < wall and kept.counted_wall + max(PAUSE_S, SHARE * kept.took_s) < wall

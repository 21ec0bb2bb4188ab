"""Read the precision record: of what was referred, how much was upheld, overturned, reinstated."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import DeliveryState
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.track.models import Answer, Proceeding, ProceedingKind, Ruling

BY = {
    "unit": "signature__reviewer__unit__slug",
    "instrument": "instrument",
    "language": "episode__capture__language",
    "kind": "item__kind",
}


MARKS = ("complained", "upheld", "overturned", "reinstated")


def precision(*, by: Actor, operation: Operation | None = None, until: datetime | None = None) -> list[dict[str, Any]]:
    """By unit, instrument, language and kind: delivered, complained of, upheld, overturned (withdrawn too), reinstated.

    Counts of notices; of one operation where one is named, and as far as was known at `until`.
    """
    by.require(Permission.REPORT_OPERATION_READ)
    marks = _marks(until)
    sent = Notice.objects.filter(delivery__state=DeliveryState.DELIVERED)
    if operation is not None:
        sent = sent.filter(operation=operation)
    return [row for axis, path in BY.items() for row in _along(sent, axis, path, marks)]


def _marks(until: datetime | None) -> dict[str, set[int]]:
    """Notices (their keys) by what was said of them."""
    decided, answers = Proceeding.objects.all(), Answer.objects.all()
    if until is not None:
        decided, answers = decided.filter(at__lte=until), answers.filter(received_at__lte=until)

    def told(*kinds: ProceedingKind) -> set[int]:
        return set(decided.filter(kind__in=kinds).values_list("notice_id", flat=True))

    def said(answer: str) -> set[int]:
        return set(answers.filter(answer=answer).values_list("notice_id", flat=True))

    def ruled(ruling: Ruling) -> set[int]:
        return set(decided.filter(ruling=ruling).values_list("notice_id", flat=True))

    return {
        "complained": said("complaint") | told(ProceedingKind.COMPLAINT),
        "upheld": ruled(Ruling.UPHELD),
        "overturned": ruled(Ruling.OVERTURNED) | told(ProceedingKind.WITHDRAWAL),
        "reinstated": said("reinstated") | told(ProceedingKind.REINSTATEMENT),
    }


def _along(sent: QuerySet[Notice], axis: str, path: str, marks: dict[str, set[int]]) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    for key, value in sent.values_list("pk", path).iterator():
        line = counts.setdefault(str(value or ""), Counter())
        line["delivered"] += 1
        line.update(name for name, keys in marks.items() if key in keys)
    return [
        {"by": axis, "value": value, "delivered": line["delivered"]} | {name: line[name] for name in MARKS}
        for value, line in sorted(counts.items())
    ]

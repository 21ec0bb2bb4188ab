"""Read the precision record: of what was referred, how much was upheld, overturned, reinstated."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import DeliveryState
from cautery.refer.models import Notice
from cautery.track.models import Answer, Proceeding, ProceedingKind, Ruling

BY = {
    "unit": "signature__reviewer__unit__slug",
    "instrument": "instrument",
    "language": "episode__capture__language",
    "kind": "item__kind",
}


def precision(*, by: Actor) -> list[dict[str, Any]]:
    """By unit, instrument, language and kind: delivered, complained of, upheld, overturned (withdrawn too), reinstated."""
    by.require(Permission.REPORT_OPERATION_READ)
    marks = _marks()
    return [row for axis, path in BY.items() for row in _along(axis, path, marks)]


def _marks() -> dict[str, set[int]]:
    """Notices (their keys) by what was said of them."""
    decided = Proceeding.objects.all()
    back = set(Answer.objects.filter(answer="reinstated").values_list("notice_id", flat=True))
    complained = set(Answer.objects.filter(answer="complaint").values_list("notice_id", flat=True))
    return {
        "complained": complained
        | set(decided.filter(kind=ProceedingKind.COMPLAINT).values_list("notice_id", flat=True)),
        "upheld": set(decided.filter(ruling=Ruling.UPHELD).values_list("notice_id", flat=True)),
        "overturned": set(decided.filter(ruling=Ruling.OVERTURNED).values_list("notice_id", flat=True))
        | set(decided.filter(kind=ProceedingKind.WITHDRAWAL).values_list("notice_id", flat=True)),
        "reinstated": back | set(decided.filter(kind=ProceedingKind.REINSTATEMENT).values_list("notice_id", flat=True)),
    }


def _along(axis: str, path: str, marks: dict[str, set[int]]) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    sent = Notice.objects.filter(delivery__state=DeliveryState.DELIVERED).values_list("pk", path)
    for key, value in sent.iterator():
        line = counts.setdefault(str(value or ""), Counter())
        line["delivered"] += 1
        line.update(name for name, keys in marks.items() if key in keys)
    return [
        {"by": axis, "value": value, "delivered": line["delivered"]} | {name: line[name] for name in marks}
        for value, line in sorted(counts.items())
    ]

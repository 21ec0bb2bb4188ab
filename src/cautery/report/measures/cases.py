"""One row a notice that reached its provider: when, between which looks it went, by whom, and what it was."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, Outcome
from cautery.core.outcomes import outcome
from cautery.refer.models import Notice
from cautery.report.measures.figure import speed

COUNTED = (DeliveryState.DELIVERED, DeliveryState.REJECTED)
NOT_SAID = "not_said"
CAUSES = ("provider", "owner", "geo_blocked", "unknown")
"""Who took it from view: the provider, its owner, the provider in some countries only, nobody can tell."""


class Case(NamedTuple):
    """`low` and `down` are seconds from receipt: last seen up, first seen down (infinite: never). `cause` is empty while up."""

    notice: int
    item: int
    provider: str
    kind: str
    language: str
    instrument: str
    unit: str
    received: datetime | None
    low: float
    down: float
    cause: str
    outcome: Outcome
    answer: str

    @property
    def span(self) -> tuple[float, float]:
        """Between which two looks the provider removed it; without an end where it did not."""
        return self.low, self.down if self.outcome is Outcome.REMOVED else math.inf


def counted(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those that reached their provider and are followed."""
    return notices.filter(delivery__state__in=COUNTED, episode__tracking__isnull=False)


def cases(notices: QuerySet[Notice]) -> list[Case]:
    """The rows of these notices, oldest first; one statement."""
    said = Value(NOT_SAID)
    empty: NullIf = NullIf(F("episode__capture__language"), Value(""))
    rows = counted(notices).values_list(
        "pk",
        Coalesce("item__merged_into_id", "item_id"),
        "provider__slug",
        "item__kind",
        Coalesce(empty, said, output_field=CharField()),
        "instrument",
        "episode__assessment__reviewer__unit__slug",
        "episode__tracking__referred_at",
        "episode__tracking__last_up_at",
        "episode__tracking__first_down_at",
        "episode__tracking__down_verdict",
        "episode__tracking__verdict",
        "episode__tracking__answer",
    )
    return [_case(*row) for row in rows.order_by("pk").iterator(5_000)]


def _case(*row: Any) -> Case:
    known, (referred, up, down, down_verdict, verdict, answer) = row[:7], row[7:]
    received = referred or up
    low = _seconds(received, up) if up else 0.0
    right = max(low, _seconds(received, down)) if down and received else math.inf
    final = Verdict(down_verdict or verdict)
    found = outcome(final, answer or None)
    return Case._make((*known, referred, low, right, cause_of(final, found) if down else "", found, answer))


def _seconds(since: datetime | None, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds()) if since else 0.0


def cause_of(verdict: Verdict, found: Outcome) -> str:
    """Whose doing it was, of `CAUSES`: without the page's word or the provider's it is unknown, not the provider."""
    if found is Outcome.REMOVED:
        return "provider"
    if verdict is Verdict.DELETED_BY_OWNER:
        return "owner"
    return "geo_blocked" if verdict is Verdict.GEO_BLOCKED else "unknown"


def grouped(rows: Iterable[Case], by: Callable[[Case], str]) -> dict[str, list[Case]]:
    """Rows by a word of theirs, in its order."""
    return {name: list(group) for name, group in groupby(sorted(rows, key=by), by)}


def removal_times(rows: list[Case]) -> dict[str, Any]:
    """In all, and by provider, kind, language and instrument."""
    words: dict[str, Callable[[Case], str]] = {
        "by_provider": lambda case: case.provider,
        "by_kind": lambda case: case.kind,
        "by_language": lambda case: case.language,
        "by_instrument": lambda case: case.instrument,
    }
    return {**_speed(rows)} | {
        name: {word: _speed(group) for word, group in grouped(rows, by).items()} for name, by in words.items()
    }


def _speed(rows: Iterable[Case]) -> dict[str, Any]:
    return speed([case.span for case in rows if case.received is not None])

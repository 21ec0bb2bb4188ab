"""The scorecard of one provider, over its newest notices: what became of them, how fast, with intervals. Never counted through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.effect import wilson
from cautery.core.lifecycle import Outcome
from cautery.directory.models import Provider
from cautery.intake.queries import hidden
from cautery.refer.models import Delivery, Notice
from cautery.report.measures.cases import Case, cases
from cautery.report.measures.figure import figure, speed
from cautery.report.register.lists import Rows

NEWEST = 500
"""Notices the scorecard is made of while somebody waits."""
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A provider: its entry; its newest notices by state, answer and outcome; how fast it removes, as intervals; the newest of all.

    `line` are hours from receipt and how many of the notices were seen down by then: what a curve is drawn from.
    """

    provider: Provider
    deliveries: dict[str, int]
    answers: dict[str, int]
    outcomes: dict[str, int]
    notices: int
    removed: dict[str, Any]
    speed: dict[str, Any]
    line: list[tuple[int, int]]
    newest: Rows

    @property
    def over(self) -> bool:
        """Whether there may be more than were looked at."""
        return sum(self.deliveries.values()) >= NEWEST


def provider_facts(provider: Provider, *, by: Actor) -> ProviderFacts:
    """One provider, by its newest 500 deliveries in operations this officer may see."""
    by.require(Permission.INTAKE_ITEM_READ)
    mine = Delivery.objects.filter(provider=provider).exclude(notice__operation__in=hidden(by=by)).order_by("-pk")
    newest = list(mine.values_list("notice_id", "state")[:NEWEST])
    rows = cases(Notice.objects.filter(pk__in=[notice for notice, _ in newest]))
    seen = Counter(str(case.outcome) for case in rows)
    fields = ("notice__reference", "notice__item_id", "state", "sent_at", "received_at", "error")
    return ProviderFacts(
        provider,
        dict(Counter(state for _, state in newest)),
        dict(Counter(case.answer for case in rows if case.answer)),
        dict(seen),
        len(rows),
        figure(wilson(seen[Outcome.REMOVED], len(rows)), "share"),
        speed([case.span for case in rows if case.received is not None]) if rows else {},
        _line(rows),
        [dict(row) for row in mine.values(*fields)[:20]],
    )


def _line(rows: list[Case]) -> list[tuple[int, int]]:
    """How many were seen down within each hour of the first three days."""
    hours = sorted(case.down / HOUR_S for case in rows if case.down < 72 * HOUR_S)
    return [(hour, sum(1 for one in hours if one <= hour)) for hour in range(73)]

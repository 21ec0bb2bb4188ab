"""Which item a reviewer sees next: by threat and clock, an order of work people chose, reach, match, then by fairness.

It orders, it never decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

WAIT_HOURS = 24
"""Each day of waiting counts as one degree of threat, so that nothing waits for ever."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An episode that waits: `severity` of what it matches (0 to 4), `units` that flagged it, `match` 2 same bytes, 1 alike, 0 none.

    `unit` is whose flag opened it; `place` its number in an order of work that people chose, 0 where it is in none.
    """

    episode: int
    severity: int
    units: int
    match: int
    since: datetime
    unit: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An episode in its place, with the reason in words."""

    episode: int
    reason: str


def rank(waiting: Iterable[Waiting], now: datetime, served: dict[str, int] | None = None) -> list[Ranked]:
    """Most pressing first; of one degree what people chose to act on together, in their order.

    Among equals the unit that was `served` least (decisions so far), then the oldest, comes first.
    """
    done = served or {}

    def place(row: Waiting) -> tuple[int, float, int, int, int, datetime, int]:
        fair = (done.get(row.unit, 0), row.since, row.episode)
        return (-_degree(row, now), row.place or math.inf, -row.units, -row.match, *fair)

    return [Ranked(row.episode, _reason(row, now)) for row in sorted(waiting, key=place)]


def _degree(row: Waiting, now: datetime) -> int:
    return row.severity + max(0, int((now - row.since).total_seconds() // 3600 // WAIT_HOURS))


def _reason(row: Waiting, now: datetime) -> str:
    days = _degree(row, now) - row.severity
    words = [
        f"known content of degree {row.severity}" if row.severity else "",
        f"number {row.place} of those chosen to be acted on together" if row.place else "",
        f"flagged by {row.units} units" if row.units > 1 else "",
        {2: "the same bytes as known content", 1: "looks like known content"}.get(row.match, ""),
        f"waits for {days} day{'s' if days > 1 else ''}" if days else "",
    ]
    return ", ".join(word for word in words if word) or "the oldest that waits"

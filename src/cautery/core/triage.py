"""Which item a reviewer sees next: by threat and clock, an order of work people chose, reach, match, language, then by fairness.

It orders, it never decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cautery.core.tongues import Reading

WAIT_HOURS = 24
"""Each day of waiting counts as one degree of threat, so that nothing waits for ever."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An episode that waits: `severity` of what it matches (0 to 4), `units` that flagged it, `match` 2 same bytes, 1 alike, 0 none.

    `unit` is whose flag opened it; `place` its number in an order of work that people chose, 0 where it is in none. `language` is a
    primary subtag and `reading` how it stands to the officer; None where nothing is to be said of it.
    """

    episode: int
    severity: int
    units: int
    match: int
    since: datetime
    unit: str = ""
    place: int = 0
    language: str = ""
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An episode in its place, with the reason in words."""

    episode: int
    reason: str


_READ_FIRST = {Reading.MINE: 0, None: 1, Reading.NOBODY: 2, Reading.OTHERS: 3}
_READ = {
    Reading.MINE: "in a language you read",
    Reading.OTHERS: "in a language you have not said you read",
    Reading.NOBODY: "in a language nobody here has said they read",
}


def rank(waiting: Iterable[Waiting], now: datetime, served: dict[str, int] | None = None) -> list[Ranked]:
    """Most pressing first; of one degree what people chose to act on together, in their order.

    Among equals what the officer reads comes first, then the unit that was `served` least (decisions so far), then the oldest.
    """
    done = served or {}

    def place(row: Waiting) -> tuple[int, float, int, int, int, int, datetime, int]:
        fair = (done.get(row.unit, 0), row.since, row.episode)
        return (-_degree(row, now), row.place or math.inf, -row.units, -row.match, _READ_FIRST[row.reading], *fair)

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
    why = ", ".join(word for word in words if word) or "the oldest that waits"
    return f"{why}, {_READ[row.reading]} ({row.language})" if row.reading else why

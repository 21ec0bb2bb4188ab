"""Simulated time: whole seconds since 1970 (UTC) inside, ISO 8601 outside."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

HOUR = 3600
DAY = 86400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_iso(moment: int) -> str:
    """`2027-03-01T06:00:00Z`."""
    return (EPOCH + timedelta(seconds=moment)).isoformat()[:19] + "Z"


def iso_or_none(moment: int | None) -> str | None:
    """As `to_iso`, None for None."""
    return None if moment is None else to_iso(moment)


def from_iso(text: str) -> int:
    """The second at or after the time written; ValueError for anything that is not ISO 8601 with an offset."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"a time without an offset: {text!r}")
    return math.ceil((parsed - EPOCH).total_seconds())


def moment_of(moment: int) -> datetime:
    """The same moment as an aware datetime."""
    return EPOCH + timedelta(seconds=moment)

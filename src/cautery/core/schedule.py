"""When to look again: soon after a notice, then spreading out; when it is down, now and then whether it is back."""

from __future__ import annotations

from datetime import datetime, timedelta

from cautery.core.availability import DOWN, UNSURE, Verdict
from cautery.core.clock import on_grid

AFTER_NOTICE = tuple(timedelta(minutes=m) for m in (15, 60, 120, 240, 480, 960, 1440, 2160, 2880))
"""How long after its notice a thing that is still up is looked at again."""
WHILE_DOWN = timedelta(hours=18)
UNSURE_AGAIN = timedelta(minutes=30)
CHANNEL_EVERY = timedelta(hours=1)
CHANNEL_LATER = timedelta(hours=2)
"""A channel still up is read for what it announces: hourly in the first half day after its notice, then every two hours."""
ANNOUNCERS = frozenset({"account", "channel", "group"})
GRID_MINUTES = 15
HALF_A_DAY = timedelta(hours=12)


def next_probe(
    now: datetime, *, referred_at: datetime | None, verdict: Verdict, kind: str, unsure_in_a_row: int
) -> datetime:
    """The next look, on a grid of a quarter of an hour: looks at many things come together."""
    return on_grid(_next(now, referred_at, verdict, kind, unsure_in_a_row), GRID_MINUTES)


def _next(now: datetime, referred_at: datetime | None, verdict: Verdict, kind: str, unsure_in_a_row: int) -> datetime:
    if verdict in UNSURE:
        return now + UNSURE_AGAIN * (1 << min(unsure_in_a_row, 4))
    if verdict in DOWN:
        return now + WHILE_DOWN
    steps = [referred_at + step for step in AFTER_NOTICE] if referred_at else []
    due = next((moment for moment in steps if moment > now + timedelta(minutes=1)), now + WHILE_DOWN)
    if referred_at is None or kind not in ANNOUNCERS:
        return due
    return min(due, now + (CHANNEL_EVERY if now - referred_at < HALF_A_DAY else CHANNEL_LATER))

"""When to look again: soon after a notice, then spreading out; when it is down, now and then whether it is back."""

from __future__ import annotations

from datetime import datetime, timedelta

from cautery.core.availability import DOWN, UNSURE, Verdict
from cautery.core.clock import on_grid

AFTER_NOTICE = tuple(timedelta(minutes=m) for m in (15, 60, 120, 240, 480, 960, 1440, 2160, 2880))
"""How long after its notice a thing that is still up is looked at again."""
AFTER_NOTICE_SPARSE = tuple(timedelta(minutes=m) for m in (60, 240, 1440, 2880))
WHILE_DOWN = tuple(timedelta(hours=h) for h in (3, 9, 24, 48))
"""How long after it was first seen down a thing is looked at for being up again; most that come back do so within a day."""
WHILE_DOWN_SPARSE = tuple(timedelta(hours=h) for h in (12, 48))
WHILE_DOWN_LATER = timedelta(hours=24)
UP_LATER = timedelta(hours=18)
UNSURE_AGAIN = timedelta(minutes=30)
READ_EVERY = (
    (timedelta(hours=60), timedelta(minutes=10)),
    (timedelta(hours=120), timedelta(minutes=20)),
)
READ_LATER = timedelta(hours=2)
"""A page still up that may announce something is read so often, until so long after its notice; later every two hours. Few are up."""
ANNOUNCERS = frozenset({"account", "channel", "group", "site"})
GRID_MINUTES, READ_GRID_MINUTES = 15, 10


def next_probe(
    now: datetime,
    *,
    referred_at: datetime | None,
    verdict: Verdict,
    kind: str,
    unsure_in_a_row: int,
    down_since: datetime | None = None,
    sparse: bool = False,
) -> datetime:
    """The next look, on a grid: looks at many things come together. `sparse`: half as many of them."""
    if verdict in UNSURE:
        return on_grid(now + UNSURE_AGAIN * (1 << min(unsure_in_a_row, 4)), GRID_MINUTES)
    if verdict in DOWN:
        return on_grid(_while_down(now, down_since or now, sparse=sparse), GRID_MINUTES)
    steps = [referred_at + step for step in (AFTER_NOTICE_SPARSE if sparse else AFTER_NOTICE)] if referred_at else []
    due = next((moment for moment in steps if moment > now + timedelta(minutes=1)), now + UP_LATER)
    if referred_at is None or kind not in ANNOUNCERS or sparse:
        return on_grid(due, GRID_MINUTES)
    age = now - referred_at
    every = next((wait for until, wait in READ_EVERY if age < until), READ_LATER)
    return min(on_grid(due, GRID_MINUTES), on_grid(now + every, READ_GRID_MINUTES))


def _while_down(now: datetime, since: datetime, *, sparse: bool) -> datetime:
    steps = WHILE_DOWN_SPARSE if sparse else WHILE_DOWN
    return next((since + step for step in steps if since + step > now), now + WHILE_DOWN_LATER)

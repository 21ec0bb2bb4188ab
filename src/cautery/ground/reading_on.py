"""Read on in tables that grow, by key, without missing a row that is committed late.

Keys are given out in order, but a transaction that took one may commit after another that took a higher one. On SQLite one writes at
a time, so behind the last row seen nothing comes any more. On PostgreSQL a row that is missing behind the last one belongs to a
transaction that was open when we looked; it is not read past until none of those is open (`horizon`: the first transaction that began
later). A place is therefore two keys: up to `sure` nothing comes any more, from there to `seen` it may, and is read again.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

BEHIND = 100
"""Keys behind the sure ones that are read again: a key may be taken a moment before its transaction can be seen to be open."""
SNAPSHOT = "SELECT pg_snapshot_xmin(now_open)::text::bigint, pg_snapshot_xmax(now_open)::text::bigint FROM pg_current_snapshot() now_open"


@dataclass(frozen=True, slots=True)
class Open:
    """Transactions at a moment: the first that is open, and the first that has not begun."""

    first: int
    next: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far a table has been read."""

    sure: int = 0
    seen: int = 0
    horizon: int = 0

    @property
    def after(self) -> int:
        """The key behind which to read now."""
        return max(0, self.sure - BEHIND)

    def moved(self, last: int, there: Open | None) -> Place:
        """The place after all behind `after` was read up to `last`. `there` was asked before; None where one writes at a time."""
        if there is None:
            return Place(last, last)
        if there.first >= self.horizon:
            return Place(self.seen, max(last, self.seen), there.next)
        return self


def open_now() -> Open | None:
    """The transactions that are open; None on a database where one writes at a time."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        first, following = cursor.fetchone()
    return Open(first, following)

"""Times as the database wants them in raw statements."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection


def stored(moment: datetime | None) -> Any:
    """`moment` as a parameter of a raw statement."""
    return None if moment is None else _stored(connection.vendor, moment)


@lru_cache(maxsize=10_000)
def _stored(_vendor: str, moment: datetime) -> Any:
    """The same moments are written over and over: a batch has one, a grid few."""
    return connection.ops.adapt_datetimefield_value(moment)


def read(value: Any) -> datetime:
    """A moment as a raw statement answers it; SQLite's are UTC without saying so."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

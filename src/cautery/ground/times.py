"""Times as the database wants them in raw statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection


def stored(moment: datetime) -> Any:
    """`moment` as a parameter of a raw statement."""
    return connection.ops.adapt_datetimefield_value(moment)

"""How often we were right, as far as others had a say: what was complained of, upheld, overturned, reinstated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cautery.core.actors import Actor
from cautery.core.effect import wilson
from cautery.intake.models import Operation
from cautery.report.measures.cases import NOT_SAID
from cautery.report.measures.figure import figure
from cautery.track.redress.queries import BY, MARKS, precision

COUNTED = ("delivered", *MARKS)


def rightness(operation: Operation, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The precision record of an operation's notices as of `at`: in all, and by unit, instrument, language and kind."""
    rows = precision(by=by, operation=operation, until=at)
    return {
        "as_of": at.isoformat(),
        "unit": "notices",
        **_line([row for row in rows if row["by"] == "instrument"]),
        **{f"by_{axis}": {name: _line([row]) for name, row in _values(rows, axis)} for axis in BY},
    }


def _values(rows: Sequence[Mapping[str, Any]], axis: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(row["value"] or NOT_SAID, row) for row in rows if row["by"] == axis]


def _line(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts = {name: sum(row[name] for row in rows) for name in COUNTED}
    return {**counts, "overturned_share": figure(wilson(counts["overturned"], counts["delivered"]), "share")}

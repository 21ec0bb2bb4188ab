"""Asking the index of words: which items hold all parts of what is searched for, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Max, QuerySet

from cautery.report.models import Words

NEWEST = 20_000
"""Items that PostgreSQL reads through before it asks its index.

FTS5 hands over the newest first and stops. GIN has no order: it collects all there are, 1.5 s for a word in a fifth of a million
items. Such a word fills its page from the newest alone, in some milliseconds; for a rare one this reading costs about 20.
"""


def holding(parts: Sequence[str], below: int | None, limit: int) -> list[int]:
    """Up to `limit` items that hold all `parts` (folded texts and marks), below a key if one is given, the newest first."""
    known = Words.objects.order_by("-rowid").values_list("rowid", flat=True)
    if below is not None:
        known = known.filter(rowid__lt=below)
    if connection.vendor == "sqlite":
        return list(_with(known, "holds", parts)[:limit])
    top = below if below is not None else (Words.objects.aggregate(top=Max("rowid"))["top"] or 0) + 1
    found = list(_with(known.filter(rowid__gte=top - NEWEST), "contains", parts)[:limit])
    if len(found) < limit and top > NEWEST:
        found += _with(known.filter(rowid__lt=top - NEWEST), "holds", parts)[: limit - len(found)]
    return found


def _with(rows: QuerySet[Words, int], lookup: str, parts: Sequence[str]) -> QuerySet[Words, int]:
    for part in parts:
        rows = rows.filter(**{f"text__{lookup}": part})
    return rows

"""Pull what waits to be indexed."""

from __future__ import annotations

from datetime import datetime

from cautery.report.register.actions import index_waiting


def index_words(_now: datetime) -> int:
    """Index the next batch of items that are new or changed; how many."""
    return index_waiting()

"""Large operations are counted behind the pages: a page shows what was kept, and has it counted anew where that is old."""

from __future__ import annotations

import threading
import time

from django.db import connection

from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.report.dossier.actions import keep_figures
from cautery.report.dossier.kept import is_stale

_ONE = threading.Lock()
"""One counting at a time in a process; another process counts another operation, or nothing (the row says who is at it)."""


def count_behind(operation: Operation) -> bool:
    """Begin to count an operation anew in a thread, where that is due and none is at it; whether it was begun."""
    if not is_stale(operation, time.time()) or not _ONE.acquire(blocking=False):
        return False
    threading.Thread(target=_count, args=(operation,), name="counting", daemon=True).start()
    return True


def _count(operation: Operation) -> None:
    try:
        keep_figures(operation, at=clock().now())
    finally:
        _ONE.release()
        connection.close()

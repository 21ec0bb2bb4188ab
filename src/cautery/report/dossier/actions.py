"""Keep the figures of large operations. They are counted from the register and can be thrown away."""

from __future__ import annotations

import time
from datetime import datetime

from cautery.intake.models import Operation
from cautery.report.dossier.counting import count
from cautery.report.dossier.kept import is_stale
from cautery.report.models import Figures

LONGEST_S = 900.0
"""After so long whoever counts is taken for dead."""


def keep_figures(operation: Operation, *, at: datetime) -> bool:
    """Count an operation and keep the figures, unless that is not due or somebody else counts already; whether it was done."""
    wall = time.time()
    if not is_stale(operation, wall):
        return False
    Figures.objects.get_or_create(operation=operation)
    mine = Figures.objects.filter(operation=operation, counting_until__lt=wall)
    if not mine.update(counting_until=wall + LONGEST_S):
        return False
    began, content = time.perf_counter(), count(operation, at).content()
    Figures.objects.filter(operation=operation).update(
        content=content, as_of=at, took_s=time.perf_counter() - began, counted_wall=time.time(), counting_until=0
    )
    return True

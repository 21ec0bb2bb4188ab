"""Time comes from a Clock that is passed in, so that four days can be rehearsed in a minute."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

POLL_S = 1.0
"""How long a worker with nothing to do waits before it looks again (seconds of wall time)."""


class Clock(Protocol):
    """What the platform asks of time."""

    def now(self) -> datetime:
        """The present, aware, UTC."""

    def wait(self, due: datetime | None) -> bool:
        """Let time pass until `due` at the latest (None: nothing is due); False when time has ended."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, due: datetime | None) -> bool:
        ahead = POLL_S if due is None else (due - self.now()).total_seconds()
        time.sleep(min(POLL_S, max(0.0, ahead)))
        return True


def on_grid(moment: datetime, minutes: int) -> datetime:
    """`moment` rounded up to the next multiple of `minutes`, so that work comes in batches."""
    step = timedelta(minutes=minutes)
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + -(-(moment - start) // step) * step

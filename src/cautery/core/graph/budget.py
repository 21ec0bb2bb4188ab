"""How much a search may do: so many units of work (the same everywhere), or until a moment."""

from __future__ import annotations

import time

PACE = 1e7
"""Units a second, where links no longer fit the processor's cache."""


class Effort:
    """Work to give. A unit is one node or link looked at in one pass of re-insertion.

    With `until` (of the monotonic clock) the clock decides when it is over, and the units only say what was spent.
    """

    def __init__(self, units: float, until: float | None = None, whole: Effort | None = None) -> None:
        self.units = units
        self.until = until
        self.spent = 0.0
        self._whole = whole

    @classmethod
    def of(cls, units: float, seconds: float | None) -> Effort:
        """So many units; or, where seconds are given, until they are over."""
        return cls(units, None if seconds is None else time.monotonic() + seconds)

    def spend(self, units: float) -> None:
        """Take note of work done, here and in what this is a part of."""
        self.spent += units
        if self._whole is not None:
            self._whole.spend(units)

    @property
    def left(self) -> bool:
        """Whether there is more to give."""
        return self.spent < self.units if self.until is None else time.monotonic() < self.until

    @property
    def room(self) -> float:
        """Units left; by the clock, as many as the slower machines do in the time."""
        if self.until is None:
            return max(0.0, self.units - self.spent)
        return max(0.0, self.until - time.monotonic()) * PACE

    def part(self, share: float) -> Effort:
        """A share of what is left, as an effort of its own."""
        if self.until is None:
            return Effort(self.room * share, whole=self)
        now = time.monotonic()
        return Effort(self.units, now + max(0.0, self.until - now) * share, self)

"""Politeness: how often one host is asked, and how long one that asked us to wait is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_WAIT_S = 120.0
"""A request that would have to wait longer for its turn is refused; the caller comes again."""
LONGEST_HOLD_S = 3_600.0
HOSTS_KEPT = 50_000


class Pacer:
    """Gives each request to a host its turn, `gap_s` seconds after the one before; 0: as they come."""

    def __init__(self, gap_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self.gap_s = gap_s
        self._now = now
        self._next: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def turn(self, host: str) -> float | None:
        """Seconds until the turn of one more request to `host`, which is then taken; None when that is too far away."""
        now = self._now()
        if self._held.get(host, 0.0) > now:
            return None
        due = max(now, self._next.get(host, 0.0))
        if due - now > LONGEST_WAIT_S:
            return None
        if len(self._next) >= HOSTS_KEPT:
            self._next = {name: at for name, at in self._next.items() if at > now}
        self._next[host] = due + self.gap_s
        return due - now

    def hold(self, host: str, asked: str | None) -> None:
        """Leave `host` alone for as long as its Retry-After (in seconds) asks; at most an hour."""
        if asked is not None and asked.isascii() and asked.isdigit():
            self._held[host] = self._now() + min(float(asked[:6]), LONGEST_HOLD_S)

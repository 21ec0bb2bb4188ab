"""Too many wrong passwords: who or what failed too often within a while is refused for a while.

Kept in this process's memory. Several web processes each count for themselves, and a restart forgets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

FAILURES = 10
WINDOW_S = 900.0
REFUSED_S = 900.0
KEYS_KEPT = 10_000


@dataclass(slots=True)
class _Record:
    failed_at: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    until: float = 0.0


@dataclass(slots=True)
class Lockout:
    """Failures by key (a user name, an address). `now` gives seconds that only rise."""

    now: Callable[[], float] = monotonic
    _records: dict[str, _Record] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def seconds_left(self, *keys: str) -> float:
        """How long the strictest of `keys` is still refused; 0 when none is."""
        now = self.now()
        with self._lock:
            return max([0.0, *(self._records[key].until - now for key in keys if key in self._records)])

    def fail(self, *keys: str) -> None:
        """Note a failure of each of `keys`; the tenth within the window starts a refusal."""
        now = self.now()
        with self._lock:
            for key in keys:
                record = self._records.pop(key, None) or _Record()
                record.failed_at.append(now)
                if len(record.failed_at) == FAILURES and record.failed_at[0] > now - WINDOW_S:
                    record.until = now + REFUSED_S
                self._records[key] = record
            self._forget(now)

    def clear(self, key: str) -> None:
        """Forget the failures of `key`: it got in."""
        with self._lock:
            self._records.pop(key, None)

    def _forget(self, now: float) -> None:
        """Bounded memory: what failed longest ago goes first, and what is refused now stays if anything else can go."""
        if len(self._records) <= KEYS_KEPT:
            return
        free = [key for key, record in self._records.items() if record.until <= now]
        for key in (free or list(self._records))[: len(self._records) - KEYS_KEPT]:
            del self._records[key]


LOCKOUT = Lockout()
"""The one of this process."""

"""Figures many people look at: made once for some seconds, whoever asks; one thread makes them, the others take what was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Briefly(Generic[T]):
    """Keeps the newest value of each key for `seconds`; at most `most` keys."""

    seconds: float
    most: int = 100
    now: Callable[[], float] = monotonic
    _kept: dict[str, tuple[float, T]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str, make: Callable[[], T]) -> T:
        """The value of `key`, made now where it is too old."""
        kept = self._kept.get(key)
        if kept is not None and self.now() - kept[0] < self.seconds:
            return kept[1]
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self.now() - kept[0] < self.seconds:
                return kept[1]
            value = make()
            self._kept[key] = (self.now(), value)
            while len(self._kept) > self.most:
                del self._kept[min(self._kept, key=lambda old: self._kept[old][0])]
        return value

    def forget(self, key: str) -> None:
        """Make it anew next time."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Make all of them anew next time."""
        self._kept.clear()

    def forget_all(self) -> None:
        """Make all of it anew next time."""
        self._kept.clear()

"""What became of each row of a bulk act, said back in the order asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: `recorded`, `already`, `conflict` or `refused`, and why."""

    key: Any
    status: str
    detail: str = ""


@dataclass(slots=True)
class Answers:
    """Results by row key; the first word on a row stands."""

    order: list[Any]
    by_key: dict[Any, Result] = field(default_factory=dict)

    def say(self, key: Any, status: str, detail: str = "") -> None:
        """Say what became of `key`, unless it was said before."""
        self.by_key.setdefault(key, Result(key, status, detail))

    def once(self, rows: Iterable[tuple[Any, T]]) -> dict[Any, T]:
        """By key what is asked of it; a key asked for two different things is refused."""
        asked: dict[Any, T] = {}
        for key, row in rows:
            if asked.setdefault(key, row) != row:
                self.say(key, "refused", "asked twice, and not for the same")
        return {key: row for key, row in asked.items() if key not in self.by_key}

    def all(self) -> list[Result]:
        """Every row's result."""
        return [self.by_key[key] for key in self.order]

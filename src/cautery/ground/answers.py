"""What became of each row of a bulk act, said back in the order asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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

    def all(self) -> list[Result]:
        """Every row's result."""
        return [self.by_key[key] for key in self.order]

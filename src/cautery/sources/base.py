"""What every way in yields: rows, good ones and those that could not be read, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cautery.core.errors import RowRefused


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a list: `line` counts from 1, `part` from 0 where a line holds several; `refused` when it could not be read."""

    line: int
    url: str
    seen_at: datetime | None = None
    language: str = ""
    note: str = ""
    refused: RowRefused | None = None
    part: int = 0

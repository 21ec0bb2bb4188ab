"""Lists as files, line by line. NDJSON is exact; CSV is for spreadsheets, which must not take a cell for a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from cautery.report.dossier import EXPORT_FIELDS, ItemRow

FORMULA_STARTS = frozenset("=+-@\t\r\n|%＝＋－＠")
"""What spreadsheets, or scripts behind them, read as the start of a formula (OWASP: CSV injection), wide forms too."""


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def cell(value: Any) -> Any:
    """A value as a cell: text that would start a formula gets an apostrophe before it, and stays text."""
    if isinstance(value, str) and value.lstrip(" ")[:1] in FORMULA_STARTS and value.strip():
        return f"'{value}"
    return "" if value is None else value


def csv_lines(rows: Iterable[ItemRow]) -> Iterator[str]:
    """A header and one line an item (RFC 4180)."""
    writer = csv.writer(Echo())
    yield writer.writerow(EXPORT_FIELDS)
    for row in rows:
        yield writer.writerow([cell(value) for value in row.exported().values()])


def ndjson_lines(rows: Iterable[ItemRow]) -> Iterator[str]:
    """One JSON object an item."""
    for row in rows:
        yield json.dumps(row.exported(), ensure_ascii=False) + "\n"

"""Cells of a CSV: it is for spreadsheets, which must not take a cell for a formula. NDJSON is exact."""

from __future__ import annotations

from typing import Any

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

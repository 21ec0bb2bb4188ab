"""Lists of links from files: CSV, NDJSON, free text."""

from __future__ import annotations

from cautery.sources.lists.lines import Line, read_lines
from cautery.sources.lists.rows import FORMATS, read_rows

__all__ = ["FORMATS", "Line", "read_lines", "read_rows"]

"""Which story tells which kind of report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .document import Document
from .press import press
from .sheet import sheet
from .story import story


def document_of(report: Mapping[str, Any]) -> Document:
    """The document of a report: an operation's in full, a press summary, or a sheet of sections. KeyError where it lacks a key."""
    kind = report.get("kind", "full")
    if kind == "full":
        return story(report)
    return press(report) if kind == "press" else sheet(report)

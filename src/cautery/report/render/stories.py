"""Which story tells which kind of report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from .document import Chart, Document
from .press import press
from .sheet import sheet
from .story import story

WORD = re.compile(r"`([^`]*)`")


def document_of(report: Mapping[str, Any]) -> Document:
    """The document of a report: an operation's in full, a press summary, or a sheet of sections. KeyError where it lacks a key."""
    kind = report.get("kind", "full")
    told = {"full": story, "press": press}.get(kind, sheet)(report)
    quoted: Document = _quoted(told)
    return quoted


def _quoted(part: Any) -> Any:
    """The same, with words of the data in quotation marks, where definitions have them between backticks."""
    if isinstance(part, str):
        return WORD.sub("“\\1”", part)
    if isinstance(part, tuple):
        return tuple(map(_quoted, part))
    return (
        replace(part, **{one.name: _quoted(getattr(part, one.name)) for one in fields(part)})
        if _is_part(part)
        else part
    )


def _is_part(part: Any) -> bool:
    return hasattr(part, "__dataclass_fields__") and not isinstance(part, Chart)

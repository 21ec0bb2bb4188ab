"""A report of sections with figures and tables, as data; render/sheet.py makes its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Value = int | str | Mapping[str, Any] | None
"""A count, words, an estimate as `measures.figure` makes it, or None: not in the register."""

Kind = Literal["name", "number", "word", "text"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its place in the law or the audit, what it is, its unit; the value may be an estimate with its interval."""

    name: str
    label: str
    value: Value
    unit: str
    definition: str
    law: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, each of a kind of column; `total` marks the last row."""

    caption: str
    columns: Sequence[tuple[str, Kind]]
    rows: Sequence[Sequence[Value]]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section: running text, figures, tables, and a presence series to be drawn."""

    title: str
    text: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    presence: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole report. `facts` stand at its head, `data` are for programs only."""

    kind: str
    title: str
    subtitle: str
    facts: Mapping[str, Any]
    parts: Sequence[Part]
    at: datetime
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it; figures without a value are listed again under `missing`."""
        return {
            "schema": 1,
            "kind": self.kind,
            "title": self.title,
            "subtitle": self.subtitle,
            "facts": dict(self.facts),
            "as_of": self.at.isoformat(),
            "generated_at": self.at.isoformat(),
            "note": self.note,
            "sections": [_part(part) for part in self.parts],
            "missing": [
                {
                    "figure": f"{one.law} {one.label}".strip(),
                    "why": "The register does not keep it; it is given as a fact.",
                }
                for part in self.parts
                for one in part.figures
                if one.value is None
            ],
            **self.data,
        }


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "text": list(part.text),
        "figures": [
            {
                "name": f.name,
                "label": f.label,
                "value": f.value,
                "unit": f.unit,
                "definition": f.definition,
                "law": f.law,
            }
            for f in part.figures
        ],
        "tables": [
            {
                "caption": t.caption,
                "columns": [list(c) for c in t.columns],
                "rows": [list(r) for r in t.rows],
                "total": t.total,
            }
            for t in part.tables
        ],
        "presence": list(part.presence),
    }

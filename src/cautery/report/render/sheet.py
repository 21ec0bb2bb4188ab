"""Reports made of figures and tables: the scorecard, the yearly reports, the provider's, the self-audit, the outlet's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import figures
from .document import Block, Cell, Column, Document, Paragraph, Section, Table
from .drawings import presence_chart

NOT_KEPT = "not in the register"
LACKS = "These figures are not known to the register and are left blank; blank is not none. Whoever answers for the report adds them."


def sheet(report: Mapping[str, Any]) -> Document:
    """A document of the report's own sections, with each figure's unit, definition, moment and interval."""
    sections = [Section(part["title"], _blocks(report, part)) for part in report["sections"]]
    if report["missing"]:
        sections.append(Section("What this report lacks", (Paragraph(LACKS), _missing(report["missing"]))))
    return Document(
        title=report["title"],
        subtitle=report["subtitle"],
        facts=tuple((label, _fact(value)) for label, value in report["facts"].items()),
        sections=tuple(sections),
        generated=report["generated_at"],
        note=report["note"],
    )


def _missing(missing: Sequence[Mapping[str, str]]) -> Table:
    """What is left blank, a line each."""
    heads = (Column("Figure left blank", "name"), Column("Why", "text"))
    return Table("Left blank", heads, tuple((Cell(one["figure"]), Cell(one["why"])) for one in missing))


def _fact(value: Any) -> str:
    return figures.moment(value) if isinstance(value, str) and value[10:11] == "T" else str(value)


def _blocks(report: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(text) for text in part["text"]]
    if part.get("presence"):
        blocks.append(presence_chart(part["presence"], None))
    if part["figures"]:
        blocks.append(_figures(report, part["figures"]))
    blocks += [_table(table) for table in part["tables"] if table["rows"]]
    return tuple(blocks)


def _figures(report: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            Cell(figure["label"], figure.get("law", "")),
            _value(figure["value"]),
            Cell(figure["unit"]),
            Cell(figure["definition"]),
        )
        for figure in found
    )
    heads = (
        Column("Figure", "name"),
        Column("Value", "number"),
        Column("Unit", "word"),
        Column("What is counted", "text"),
    )
    return Table(f"As of {figures.moment(report['as_of'])}", heads, rows)


def _table(table: Mapping[str, Any]) -> Table:
    columns = tuple(Column(title, kind) for title, kind in table["columns"])
    rows = tuple(tuple(_value(value) for value in row) for row in table["rows"])
    return Table(table["caption"], columns, rows, total=table.get("total", False))


def _value(value: Any) -> Cell:
    if value is None:
        return Cell(NOT_KEPT)
    if isinstance(value, Mapping):
        return figures.estimate(value)
    return Cell(figures.count(value) if isinstance(value, int) else figures.NAMES.get(str(value), str(value)))

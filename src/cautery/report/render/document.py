"""What a report consists of, before it becomes a page: sections of paragraphs, figures, tables and charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ColumnKind = Literal["name", "number", "word", "text"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a table cell, with a smaller line under it where it has an interval; `code` is for digests and keys."""

    text: str
    detail: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands below it: a name (bold), a number (to the right), one word, or running text."""

    title: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number of the summary: what it is, its value, and what makes it readable."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The numbers of the summary."""

    figures: tuple[KeyFigure, ...]
    kind: Literal["key_figures"] = "key_figures"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `total` marks the last row as the sum of the others."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing (an `<svg>` element with classes, no colours) with a title and its content in words."""

    title: str
    description: str
    svg: str
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Tables:
    """Small tables that may stand side by side."""

    tables: tuple[Table, ...]
    kind: Literal["tables"] = "tables"


Block = Paragraph | KeyFigures | Table | Tables | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `note` is a warning to print before all else, as on a specimen."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    generated: str
    note: str = ""
    language: str = field(default="en-GB")

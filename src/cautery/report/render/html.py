"""The document as one page: no script, no outside reference, one style element, dark and light, fit to print."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from . import figures
from .document import Block, Cell, Chart, Column, Document, KeyFigures, Paragraph, Section, Table, Tables
from .palette import CHART_STYLE, DARK, LIGHT, declared
from .stories import document_of

STYLE = (
    f":root{{{declared(LIGHT)}}}\n"
    f"@media screen and (prefers-color-scheme: dark){{:root{{{declared(DARK)}}}}}\n"
    f"{Path(__file__).with_name('report.css').read_text(encoding='utf-8')}{CHART_STYLE}"
)

_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""Content security policy under which the page is whole; a door that serves it can send the same."""


def render_html(report: Mapping[str, Any]) -> str:
    """The content of a report, of any kind, as a self-contained HTML page; KeyError where the report lacks a key."""
    document = document_of(report)
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)} – report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{_header(document)}\n<main>\n{_sections(document.sections)}\n</main>\n"
        f"<footer>{escape(document.title)}. Report made {escape(figures.moment(document.generated))}.</footer>\n"
        "</body>\n</html>\n"
    )


def _header(document: Document) -> str:
    note = f'<p class="note" role="note">{escape(document.note)}</p>' if document.note else ""
    facts = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in document.facts)
    contents = "".join(
        f'<li><a href="#part-{place}">{escape(section.title)}</a></li>'
        for place, section in enumerate(document.sections, 1)
    )
    return (
        f'<header>{note}<h1>{escape(document.title)}</h1><p class="subtitle">{escape(document.subtitle)}</p>'
        f'<dl class="facts">{facts}</dl></header>\n<nav aria-label="Contents"><ul>{contents}</ul></nav>'
    )


def _sections(sections: Sequence[Section]) -> str:
    return "\n".join(
        f'<section id="part-{place}" aria-labelledby="title-{place}">'
        f'<h2 id="title-{place}">{escape(section.title)}</h2>'
        f"{''.join(_block(block) for block in section.blocks)}</section>"
        for place, section in enumerate(sections, 1)
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case KeyFigures():
            return _key_figures(block)
        case Chart():
            return f"<figure><figcaption>{escape(block.title)}</figcaption>{block.svg}</figure>"
        case Table():
            return _table(block)
        case Tables():
            return f'<div class="tables">{"".join(_table(table) for table in block.tables)}</div>'


def _key_figures(block: KeyFigures) -> str:
    return '<dl class="key-figures">{}</dl>'.format(
        "".join(
            f'<div><dt>{escape(figure.label)}</dt><dd class="value">{escape(figure.value)}</dd>'
            f'<dd class="detail">{escape(figure.detail)}</dd></div>'
            for figure in block.figures
        )
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col" class="{column.kind}">{escape(column.title)}</th>' for column in table.columns)
    last = len(table.rows) - 1
    rows = "".join(
        _row(table.columns, row, total=table.total and place == last) for place, row in enumerate(table.rows)
    )
    return (
        f'<div class="scroll"><table><caption>{escape(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(columns: Sequence[Column], row: Sequence[Cell], *, total: bool) -> str:
    cells = "".join(_cell(column, cell) for column, cell in zip(columns, row, strict=True))
    return f'<tr class="total">{cells}</tr>' if total else f"<tr>{cells}</tr>"


def _cell(column: Column, cell: Cell) -> str:
    detail = f'<span class="detail">{escape(cell.detail)}</span>' if cell.detail else ""
    text = f"<code>{escape(cell.text)}</code>" if cell.code else escape(cell.text)
    if column.kind == "name":
        return f'<th scope="row" class="name">{text}{detail}</th>'
    return f'<td class="{column.kind}">{text}{detail}</td>'

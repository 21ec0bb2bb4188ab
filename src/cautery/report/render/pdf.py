"""The document as PDF/A-2b, tagged, set by Typst from report.typ with the fonts in the wheel and no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from . import figures
from .glyphs import showable
from .palette import CHART_STYLE, LIGHT, resolved
from .stories import document_of

TEMPLATE = Path(__file__).with_name("report.typ")

_STYLE = f"<style>.chart text {{ font-family: 'Libertinus Serif'; }}{resolved(CHART_STYLE)}</style>"


def render_pdf(report: Mapping[str, Any]) -> bytes:
    """The content of a report, of any kind, as a PDF; the same report gives the same bytes. KeyError where it lacks a key."""
    document = document_of(report)
    content = showable(asdict(document))
    for section in content["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "chart":
                block["svg"] = block["svg"].replace("<title>", f"{_STYLE}<title>", 1)
    content["made"] = figures.moment(document.generated)
    content["colours"] = LIGHT
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=datetime.fromisoformat(document.generated).astimezone(UTC).replace(microsecond=0),
    )
    return made

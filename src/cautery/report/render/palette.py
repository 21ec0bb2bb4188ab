"""The colours of the report, once: the page takes both sets, the PDF the light one.

The outcome colours stay apart for the three common kinds of colour blindness (after Okabe and Ito, 2008) and differ in
lightness too, so that a photocopy can still be read beside the legend's order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

LIGHT = {
    "paper": "#ffffff",
    "ink": "#16202b",
    "quiet": "#55626f",
    "rule": "#d5dbe1",
    "wash": "#f3f5f8",
    "accent": "#1f4e79",
    "band": "#c9d7e6",
    "warning": "#8f2d0e",
    "removed": "#1f4e79",
    "gone-other": "#6fa3cf",
    "geo-blocked": "#e3b23c",
    "claimed-but-up": "#b5431a",
    "declined": "#8a5a83",
    "unanswered": "#98a2ac",
    "unknown": "#dbe0e5",
}

DARK = {
    "paper": "#11161c",
    "ink": "#e6ebf0",
    "quiet": "#9dabb8",
    "rule": "#303a45",
    "wash": "#1a222b",
    "accent": "#8dbbe6",
    "band": "#33485e",
    "warning": "#ff9c73",
    "removed": "#5b9bd5",
    "gone-other": "#a9cbe8",
    "geo-blocked": "#e3b23c",
    "claimed-but-up": "#e5764a",
    "declined": "#b98ab2",
    "unanswered": "#78838e",
    "unknown": "#414c57",
}

CHART_STYLE = Path(__file__).with_name("chart.css").read_text(encoding="utf-8")

_VARIABLE = re.compile(r"var\(--([a-z-]+)\)")


def declared(colours: Mapping[str, str]) -> str:
    """Colours as CSS custom properties."""
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def resolved(style: str, colours: Mapping[str, str] = LIGHT) -> str:
    """CSS with the colours themselves in the place of custom properties."""
    return _VARIABLE.sub(lambda found: colours[found[1]], style)

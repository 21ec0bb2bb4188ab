"""report.json's content -> report.html and report.pdf.

    report --story()--> Document --+-- html.py --> one self-contained page, no script
                                   +-- pdf.py ---> PDF/A-2b by Typst, tagged

Both show the same document: what to say is decided once, in story.py; charts are SVG drawn in charts.py.
"""

from __future__ import annotations

from .html import render_html
from .pdf import render_pdf

__all__ = ["render_html", "render_pdf"]

"""The picture of who came after whom: a row a thing, a bar for each time it was up, a line from each to what came after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from . import figures
from .charts import WIDTH
from .document import Chart

LEFT, RIGHT, TOP, ROW = 250, WIDTH - 16, 34, 20
LETTERS = 38
DAY, MOST_DAYS = 86_400, 10
CLOSED = "(closed to view)"
GAP = 8
"""Between families."""


def lineage_chart(lineage: Mapping[str, Any], ended: str) -> Chart | None:
    """The longest lines of a lineage until `ended`; None where nothing came after anything."""
    shown: Sequence[Sequence[Mapping[str, Any]]] = lineage["shown"]
    moments = [figures.epoch(life["since"]) for family in shown for one in family for life in one["lives"]]
    if not moments:
        return None
    title = "What came after what: the longest lines, with the times each was seen up"
    described = " ".join(" was followed by ".join(_short(one["url"]) for one in family) + "." for family in shown)
    start, stop = min(moments), max(figures.epoch(ended), min(moments) + 1)

    def across(at: float) -> float:
        return LEFT + (RIGHT - LEFT) * (min(max(at, start), stop) - start) / (stop - start)

    parts: list[str] = []
    place: dict[str, tuple[float, float]] = {}
    y = float(TOP)
    for family in shown:
        for one in family:
            parts.append(_text(LEFT - 8, y + 4, _short(one["url"]), "end"))
            bars = [
                (across(figures.epoch(a["since"])), across(figures.epoch(a["until"] or ended))) for a in one["lives"]
            ]
            parts += [
                f'<rect class="line-key" x="{a:.1f}" y="{y - 4:.1f}" width="{max(2.0, b - a):.1f}" height="8"/>'
                for a, b in bars
            ]
            if bars and one["before"] in place:
                x, above = place[one["before"]]
                parts.append(f'<path class="arrow" d="M{x:.1f},{above:.1f}V{y:.1f}H{max(x, bars[0][0]):.1f}"/>')
            if bars:
                place[one["item"]] = (min(bars[0][1], RIGHT - 2), y)
            y += ROW
        y += GAP
    words = f"{figures.moment(lineage_start(shown))} to {figures.moment(ended)}"
    head = [_text(LEFT, 16, words, "start", "quiet")]
    for day in _midnights(start, stop):
        x, when = across(day), datetime.fromtimestamp(day, UTC)
        head.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP - 12}" x2="{x:.1f}" y2="{y:.1f}"/>')
        head.append(_text(x, y + 14, f"{when.day} {when:%b}", "middle"))
    return Chart(title, described, _svg(y + 20, title, described, [*head, *parts]))


def _midnights(start: float, stop: float) -> list[float]:
    """The days that begin within the picture; every so many, where there are many."""
    first, last = int(start // DAY) + 1, int(stop // DAY)
    return [float(day * DAY) for day in range(first, last + 1, max(1, (last - first) // MOST_DAYS + 1))]


def lineage_start(shown: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    """The earliest moment drawn."""
    return str(min(life["since"] for family in shown for one in family for life in one["lives"]))


def _short(url: str) -> str:
    bare = url.partition("://")[2].rstrip("/") or CLOSED
    return bare if len(bare) <= LETTERS else f"{bare[: LETTERS - 13]}…{bare[-12:]}"


def _text(x: float, y: float, words: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(height: float, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height:.0f}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )

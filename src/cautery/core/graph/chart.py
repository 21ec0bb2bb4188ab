"""The largest component against how many were removed: as SVG, and in the letters of a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

Curves = Mapping[str, NDArray[np.int64]]
"""By name: the largest component with nothing removed, and after each removal."""

COLOURS = ("#1a5fb4", "#c64600", "#26a269", "#813d9c")
DASHES = ("", "7 4", "2 3", "9 3 2 3")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 64, 24, 16, 64
POINTS = 400
MARKS = "*o+x"
COLUMNS, LINES = 64, 14


def shown(curves: Curves, n: int) -> int:
    """How many removals are worth showing: a little beyond where the first curve is under a hundredth of n nodes."""
    ends = [int(np.argmax(curve <= max(1.0, 0.01 * n))) for curve in curves.values() if (curve <= 0.01 * n).any()]
    longest = max((curve.size for curve in curves.values()), default=1)
    return max(2, min(longest, int(1.6 * min(ends)) + 2 if ends else longest))


def _sampled(curve: NDArray[np.int64], count: int, points: int) -> NDArray[np.int64]:
    """Positions and levels at no more than so many points: int64[p, 2]."""
    at = np.unique(np.linspace(0, min(count, curve.size) - 1, points).astype(np.int64))
    return np.stack((at, curve[at]), axis=1)


def svg(curves: Curves, n: int, title: str) -> str:
    """A drawing that stands alone; its words are text, and lines differ by dash as well as by colour."""
    count = shown(curves, n)
    across, up = (WIDTH - LEFT - RIGHT) / max(count - 1, 1), (HEIGHT - TOP - BOTTOM) / max(n, 1)
    base = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = base - share * n * up
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d0d0d0" fill="none"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    for share in (0.0, 0.5, 1.0):
        x = LEFT + share * (WIDTH - LEFT - RIGHT)
        anchor = ("start", "middle", "end")[round(share * 2)]
        parts.append(f'<text x="{x:.1f}" y="{base + 18}" text-anchor="{anchor}">{round(share * (count - 1)):,}</text>')
    parts.append(f'<text x="{LEFT}" y="{base + 34}">removed; the largest component left, as a share of all</text>')
    for i, (name, curve) in enumerate(curves.items()):
        line = " ".join(f"{LEFT + k * across:.1f},{base - v * up:.1f}" for k, v in _sampled(curve, count, POINTS))
        style = f'stroke="{COLOURS[i % 4]}" stroke-dasharray="{DASHES[i % 4]}" stroke-width="2" fill="none"'
        parts.append(f'<polyline points="{line}" {style}/>')
        x = LEFT + i * 200
        parts.append(f'<path d="M{x} {HEIGHT - 12}h28" {style}/>')
        parts.append(f'<text x="{x + 34}" y="{HEIGHT - 8}">{escape(name)}</text>')
    return "\n".join((*parts, "</svg>\n"))


def terminal(curves: Curves, n: int) -> str:
    """The same in letters: a mark a curve, the first on top where they meet."""
    count = shown(curves, n)
    grid = [[" "] * COLUMNS for _ in range(LINES)]
    for mark, curve in reversed(list(zip(MARKS, curves.values(), strict=False))):
        for column in range(COLUMNS):
            at = column * (count - 1) // (COLUMNS - 1)
            if at < curve.size:
                line = LINES - 1 - round(float(curve[at]) / max(n, 1) * (LINES - 1))
                grid[max(0, min(LINES - 1, line))][column] = mark
    rows = [f"{1 - i / (LINES - 1):>5.0%} |" + "".join(row).rstrip() for i, row in enumerate(grid)]
    axis = "      +" + "-" * COLUMNS
    ends = f"       0{count - 1:>{COLUMNS - 1},}  removed"
    legend = "       " + "   ".join(f"{mark} {name}" for mark, name in zip(MARKS, curves, strict=False))
    return "\n".join((*rows, axis, ends, legend))

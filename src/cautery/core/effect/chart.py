"""Step curves with their bands as SVG, without a library: a picture for a report or a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 40, 52
COLOURS = ("#1f4e79", "#b5482a", "#2f7d4f", "#6b4e9b", "#8a6d1d", "#3f7f8c")
"""Told apart in print and by those who see colours otherwise; the legend names them too."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A step curve: it takes `values` right after each of `times`; `low` and `high` are its band, where there is one."""

    name: str
    times: Sequence[float]
    values: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    start: float = 1.0


def step_chart(curves: Sequence[Curve], *, title: str, x: str, y: str, top: float | None = None) -> str:
    """The curves as one SVG document; x runs from 0 or the first time if that is far off, y from 0 to `top`."""
    last = max((time for curve in curves for time in curve.times), default=1.0)
    first = min((time for curve in curves for time in curve.times), default=0.0)
    begin = first if first > last / 2 else 0.0
    highest = top or max(
        (value for curve in curves for value in (*curve.values, *curve.high) if value == value), default=1.0
    )
    frame = _Frame(begin, last if last > begin else begin + 1, highest or 1.0)
    parts = [_axes(frame, title, x, y)]
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        if curve.low:
            parts.append(f'<path d="{_band(frame, curve)}" fill="{colour}" fill-opacity="0.15"/>')
        dash = ' stroke-dasharray="6 3"' if place >= len(COLOURS) else ""
        parts.append(f'<path d="{_line(frame, curve)}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if len(curves) > 1:
            parts.append(
                f'<text x="{WIDTH - RIGHT - 4}" y="{TOP + 16 * (place + 1)}" text-anchor="end" fill="{colour}">{escape(curve.name)}</text>'
            )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" '
        f'font-family="sans-serif" font-size="12">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    begin: float
    last: float
    top: float

    def x(self, time: float) -> float:
        """Time to pixels."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (time - self.begin) / (self.last - self.begin), 1)

    def y(self, value: float) -> float:
        """Value to pixels, downwards."""
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(value, 0.0), self.top) / self.top, 1)


def _axes(frame: _Frame, title: str, x: str, y: str) -> str:
    bottom, left = HEIGHT - BOTTOM, LEFT
    parts = [f'<text x="{left}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>']
    for step in range(6):
        time = frame.begin + (frame.last - frame.begin) * step / 5
        value = frame.top * step / 5
        parts.append(f'<text x="{frame.x(time)}" y="{bottom + 18}" text-anchor="middle">{time:.4g}</text>')
        parts.append(f'<text x="{left - 8}" y="{frame.y(value) + 4}" text-anchor="end">{value:.3g}</text>')
        parts.append(f'<path d="M{left} {frame.y(value)}H{WIDTH - RIGHT}" stroke="#ddd"/>')
    parts.append(f'<path d="M{left} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#333"/>')
    parts.append(f'<text x="{(left + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x)}</text>')
    parts.append(
        f'<text transform="translate(16 {(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    return "\n".join(parts)


def _line(frame: _Frame, curve: Curve) -> str:
    steps = "".join(f"H{frame.x(time)}V{frame.y(value)}" for time, value in zip(curve.times, curve.values, strict=True))
    return f"M{frame.x(frame.begin)} {frame.y(curve.start)}{steps}"


def _band(frame: _Frame, curve: Curve) -> str:
    """There along the upper limit, back along the lower; where a limit is not known the band has no width."""
    rows = [
        (frame.x(time), frame.y(low if low == low else value), frame.y(high if high == high else value))
        for time, value, low, high in zip(curve.times, curve.values, curve.low, curve.high, strict=True)
    ]
    there = "".join(f"H{at}V{high}" for at, _, high in rows)
    back = "".join(f"V{low}H{at}" for at, low, _ in reversed(rows))
    return f"M{frame.x(frame.begin)} {frame.y(curve.start)}{there}{back}Z"

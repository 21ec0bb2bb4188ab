"""Charts as SVG elements with classes and no colours: the page and the PDF each bring their own.

Every chart has `role="img"`, a title and its content in words. Sizes are in the units of a 720-wide view box.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

WIDTH = 720
_NAME = 20  # letters of a name that fit beside a chart
_LETTER = 6.4  # width of a letter of a label


@dataclass(frozen=True, slots=True)
class PresencePoint:
    """A time on the axis (seconds since the epoch), items up and items of unknown state."""

    at: float
    up: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A named row of counts, one for each kind of part."""

    name: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A named value in seconds with its limits; None is not known, and without an upper limit the span has an arrow."""

    name: str
    value: float | None
    low: float | None
    high: float | None


def presence(points: Sequence[PresencePoint], mark: tuple[float, str] | None, title: str, description: str) -> str:
    """Items up over time as steps, with a band above them for those whose state is unknown."""
    left, right, top, bottom = 64, WIDTH - 20, 40, 268
    start, stop = points[0].at, max(points[-1].at, points[0].at + 1)
    ticks = _ticks(max(point.up + point.unknown for point in points))

    def across(at: float) -> float:
        return left + (right - left) * (min(max(at, start), stop) - start) / (stop - start)

    def down(value: float) -> float:
        return bottom - (bottom - top) * value / ticks[-1]

    upper = _steps([(across(point.at), down(point.up + point.unknown)) for point in points])
    lower = _steps([(across(point.at), down(point.up)) for point in points])
    parts = [_legend([("band", "state unknown"), ("line-key", "seen up")], left)]
    parts += [_line(left, down(tick), right, down(tick), "grid") for tick in ticks]
    parts += [_text(left - 8, down(tick) + 4, f"{tick:,}", "end") for tick in ticks]
    parts.append(f'<path class="band" d="M{_path(upper)}L{_path(lower[::-1])}Z"/>')
    parts.append(f'<path class="line" d="M{_path(lower)}"/>')
    if mark:
        parts.append(_line(across(mark[0]), top - 8, across(mark[0]), bottom, "mark"))
        parts.append(_text(across(mark[0]) + 5, top - 10, mark[1], "start"))
    parts += _time_axis(start, stop, across, bottom)
    return _svg(bottom + 30, title, description, parts)


def shares(bars: Sequence[Bar], kinds: Sequence[tuple[str, str]], title: str, description: str) -> str:
    """Rows of parts of a whole, each row as wide as the chart; kinds are (class, label)."""
    left, right, row = 150, WIDTH - 70, 26
    legend, height = _wrapped_legend(kinds)
    parts, top = legend, height + 14
    for bar in bars:
        whole = sum(bar.parts)
        parts.append(_text(left - 10, top + 14, _short(bar.name), "end"))
        at = float(left)
        for (kind, label), part in zip(kinds, bar.parts, strict=True):
            width = (right - left) * part / whole if whole else 0
            if part:
                tip = f"{bar.name}: {label}, {part:,} of {whole:,}"
                parts.append(_box(kind, at, top, max(width, 0.5), 18, tip))
            at += width
        parts.append(_text(right + 10, top + 14, f"{whole:,}", "start"))
        top += row
    return _svg(top + 4, title, description, parts)


def spans(rows: Sequence[Span], title: str, description: str) -> str:
    """Values with their intervals on a logarithmic axis of time."""
    left, right, row, top = 150, WIDTH - 24, 26, 16
    ticks = _time_ticks([end for span in rows for end in (span.low, span.value, span.high) if end])
    bottom = top + row * len(rows)

    def across(seconds: float) -> float:
        low, high = math.log(ticks[0][0]), math.log(ticks[-1][0])
        return left + (right - left) * (math.log(min(max(seconds, ticks[0][0]), ticks[-1][0])) - low) / (high - low)

    parts = [_line(across(seconds), top - 6, across(seconds), bottom, "grid") for seconds, _ in ticks]
    parts += [_text(across(seconds), bottom + 18, label, "middle") for seconds, label in ticks]
    for place, span in enumerate(rows):
        middle = top + row * place + row / 2
        parts.append(_text(left - 10, middle + 4, _short(span.name), "end"))
        parts += _span(span, middle, right, across)
    return _svg(bottom + 28, title, description, parts)


def _span(span: Span, y: float, right: float, across: Callable[[float], float]) -> list[str]:
    parts: list[str] = []
    low = span.low or 0.0
    if span.low is None and span.value is None:
        return [_text(across(0.0) + 6, y + 4, "not estimable", "start", "quiet")]
    end = across(span.high) if span.high is not None else right
    parts.append(_line(across(low), y, end, y, "span"))
    if span.high is None:
        corners = [(right - 7, y - 5), (right, y), (right - 7, y + 5)]
        parts.append(f'<path class="arrow" d="M{_path(corners)}"/>')
    if span.value is not None:
        parts.append(f'<circle class="dot" cx="{across(span.value):.1f}" cy="{y:.1f}" r="4.5"/>')
    return parts


_DAY = 86_400
_CALENDAR = (60, 300, 900, 3_600, 2 * 3_600, 6 * 3_600, _DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY)
_MOST_MOMENTS = 8

_TIMES = (
    (1, "1 s"),
    (10, "10 s"),
    (60, "1 min"),
    (600, "10 min"),
    (3_600, "1 h"),
    (6 * 3_600, "6 h"),
    (86_400, "1 d"),
    (4 * 86_400, "4 d"),
    (14 * 86_400, "14 d"),
    (60 * 86_400, "60 d"),
    (365 * 86_400, "1 y"),
)


def _time_ticks(seconds: Sequence[float]) -> Sequence[tuple[int, str]]:
    """The marks of a logarithmic axis from at or below the least to at or above the greatest."""
    least, most = (min(seconds), max(seconds)) if seconds else (60.0, 86_400.0)
    first = max((place for place, (at, _) in enumerate(_TIMES) if at <= least), default=0)
    last = min((place for place, (at, _) in enumerate(_TIMES) if at >= most), default=len(_TIMES) - 1)
    return _TIMES[min(first, last - 1 if last else 0) : max(last, 1) + 1]


def _ticks(most: int) -> list[int]:
    """Round numbers from 0 to at or above `most`, about five of them."""
    rough = max(most, 1) / 4
    size: float = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = int(
        next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough and size * factor % 1 == 0)
    )
    return list(range(0, step * math.ceil(max(most, 1) / step) + 1, step))


def _time_axis(start: float, stop: float, across: Callable[[float], float], y: float) -> list[str]:
    """Round moments (UTC) along the axis, eight at most."""
    step = next((size for size in _CALENDAR if (stop - start) / size <= _MOST_MOMENTS), _CALENDAR[-1])
    moments = [at * step for at in range(math.ceil(start / step), math.floor(stop / step) + 1)]
    parts = [_line(across(start), y, across(stop), y, "axis")]
    for at in moments[:: len(moments) // _MOST_MOMENTS + 1]:
        when = datetime.fromtimestamp(at, UTC)
        parts.append(_line(across(at), y, across(at), y + 5, "axis"))
        parts.append(_text(across(at), y + 20, f"{when.day} {when:%b}" if step >= _DAY else f"{when:%H:%M}", "middle"))
    return parts


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of a line that keeps each value until the next; points that change nothing are left out."""
    corners = [points[0]]
    for x, y in points[1:]:
        if y != corners[-1][1]:
            corners += [(x, corners[-1][1]), (x, y)]
    return [*corners, (points[-1][0], corners[-1][1])]


def _wrapped_legend(kinds: Sequence[tuple[str, str]]) -> tuple[list[str], float]:
    """A legend in as many lines as it needs, and its height."""
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for kind, label in kinds:
        width = 32 + len(label) * _LETTER
        if used + width > WIDTH - 10:
            lines.append([])
            used = 0.0
        lines[-1].append((kind, label))
        used += width
    return [_legend(line, 8, 16 + 20 * place) for place, line in enumerate(lines)], 20.0 * len(lines)


def _legend(entries: Sequence[tuple[str, str]], x: float, y: float = 16) -> str:
    parts = []
    for kind, label in entries:
        parts.append(_box(kind, x, y - 10, 12, 12))
        parts.append(_text(x + 18, y, label, "start"))
        x += 32 + len(label) * _LETTER
    return "".join(parts)


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _box(kind: str, x: float, y: float, width: float, height: float, tip: str = "") -> str:
    inside = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">{inside}</rect>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(height: float, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height:.0f}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )

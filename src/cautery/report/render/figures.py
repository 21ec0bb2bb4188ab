"""Numbers as they are read: counts, shares, durations, moments, estimates with their interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .document import Cell

NOT_ESTIMABLE = "not estimable"
NOT_YET = "not yet"

MINUS = "−"
WHOLE = 100
"""From here on a figure without a unit of its own is written without decimals, below with three figures."""

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def count(value: int) -> str:
    """26000 -> 26,000."""
    return f"{value:,}"


def share(value: float) -> str:
    """0.8734 -> 87.3 %; nothing short of all becomes 100 %, nothing above none 0 %."""
    percent = round(value * 100, 1)
    if percent == 100 and value < 1:
        return "over 99.9 %"
    if percent == 0 and value > 0:
        return "under 0.1 %"
    written = f"{percent:.0f} %" if percent in {0, 100} else f"{percent:.1f} %"
    return written.replace("-", MINUS)


def duration(seconds: float) -> str:
    """4980 -> 1 h 23 min: the two largest units, from milliseconds to days."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms" if seconds else "0 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for place, (size, unit) in enumerate(_STEPS):
        if whole >= size:
            return _two_units(whole, place, size, unit)
    return f"{whole} s"


def _two_units(whole: int, place: int, size: int, unit: str) -> str:
    if unit == "s":
        return f"{whole} s"
    smaller, name = _STEPS[place + 1]
    rest = round(whole % size / smaller)
    if rest * smaller == size:
        return duration(whole // size * size + size)
    return f"{whole // size} {unit} {rest} {name}" if rest else f"{whole // size} {unit}"


def moment(text: str | None) -> str:
    """2026-06-18T08:00:00Z -> 18 June 2026, 08:00:00 UTC."""
    if text is None:
        return NOT_YET
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def epoch(text: str) -> float:
    """Seconds since 1970 of a moment in ISO 8601."""
    return datetime.fromisoformat(text).timestamp()


def _plain(value: float) -> str:
    written = f"{round(value):,}" if abs(value) >= WHOLE else f"{value:.3g}"
    return written.replace("-", MINUS)


NAMES = {
    "dsa-notice": "DSA notice (Art 16)",
    "dsa-order": "DSA order (Art 9)",
    "tco-removal-order": "TCO removal order (Art 3)",
    "not_a_url": "Not a URL",
}
"""Words that come as data and are names: instruments by their law."""

_UNITS: dict[str, Callable[[float], str]] = {"s": duration, "share": share}


def estimate(figure: Mapping[str, Any]) -> Cell:
    """An estimate with its interval, or "not estimable" with the reason."""
    written = _UNITS.get(figure["unit"], _plain)
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return Cell(NOT_ESTIMABLE, _why(figure, written))
    if low is None:
        return Cell(written(value))
    return Cell(written(value), f"{written(low)} to {written(high)}" if high is not None else f"{written(low)} or more")


def _why(figure: Mapping[str, Any], written: Callable[[float], str]) -> str:
    if figure["n"] == 0:
        return figure.get("reason") or "nothing was observed"
    reason: str = figure.get("reason") or "too few were seen to end"
    return f"{written(figure['low'])} or more" if figure["low"] else reason


def named(slug: str) -> str:
    """claimed_but_up -> Claimed but up; for words that come as data."""
    if slug in NAMES:
        return NAMES[slug]
    words = slug.replace("_", " ")
    return words[:1].upper() + words[1:]

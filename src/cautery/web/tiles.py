"""A map of states as tiles: each a square of the same size, roughly where it lies. It needs no borders, and shows small states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PLACES: Mapping[str, tuple[int, int]] = {
    "IS": (0, 0), "NO": (4, 0), "SE": (5, 0), "FI": (6, 0),
    "EE": (7, 1), "LV": (7, 2), "LT": (7, 3), "DK": (4, 1),
    "IE": (0, 2), "GB": (1, 2), "NL": (3, 2), "DE": (4, 2), "PL": (5, 2),
    "BE": (2, 3), "LU": (3, 3), "CZ": (4, 3), "SK": (5, 3), "UA": (6, 3),
    "FR": (2, 4), "CH": (3, 4), "AT": (4, 4), "HU": (5, 4), "RO": (6, 4), "MD": (7, 4),
    "PT": (0, 5), "ES": (1, 5), "IT": (3, 5), "SI": (4, 5), "HR": (5, 5), "RS": (6, 5), "BG": (7, 5),
    "MT": (3, 6), "BA": (5, 6), "ME": (5, 7), "AL": (6, 7), "MK": (6, 6), "GR": (7, 6), "CY": (8, 7), "TR": (8, 6),
}  # fmt: skip
COLUMNS, ROWS, SIZE, GAP = 9, 8, 44, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A state: where its square lies, how many flags its units brought, and how dark it is (0 none, 4 most)."""

    state: str
    x: int
    y: int
    flags: int
    level: int


@dataclass(frozen=True, slots=True)
class Tiles:
    """The map, and the states that have no place on it."""

    shown: list[Tile]
    elsewhere: list[tuple[str, int]]
    width: int = COLUMNS * (SIZE + GAP)
    height: int = ROWS * (SIZE + GAP)


def tiles(units: Iterable[Mapping[str, Any]]) -> Tiles:
    """The map of what each state's units brought; `units` as the operation room has them."""
    flags: Counter[str] = Counter()
    for unit in units:
        flags[str(unit["state"])] += int(unit["flags"])
    most = max(flags.values(), default=0)
    step = SIZE + GAP
    shown = [
        Tile(state, x * step, y * step, flags[state], _level(flags[state], most)) for state, (x, y) in PLACES.items()
    ]
    return Tiles(shown, sorted((state, n) for state, n in flags.items() if state not in PLACES))


def _level(flags: int, most: int) -> int:
    return 0 if not flags else 1 + min(3, 4 * (flags - 1) // most)

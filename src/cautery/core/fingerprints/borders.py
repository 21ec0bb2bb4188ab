"""The picture inside its uniform borders: letterboxes, pillarboxes, frames and margins of one grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .pdq_kernel import Grey

SPREAD = 20
"""Grey levels between the darkest and lightest hundredth of a line that still count as one grey: compression rings."""
DRIFT = 14
"""Grey levels by which a line's mean may differ from the outermost line's."""
LEAST = 0.02
"""Share of a side below which a border is not worth a second hash."""
POINTS = 200
"""Points of a line that are looked at."""
CORE = 0.25
"""Share of a side that must be left; a picture that is all border has no inside."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels top <= y < bottom, left <= x < right."""

    top: int
    bottom: int
    left: int
    right: int

    def crop(self, grey: Grey) -> Grey:
        """The part of uint8[height, width] in the box."""
        return grey[self.top : self.bottom, self.left : self.right]

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def worth(self, height: int, width: int) -> bool:
        """Whether it leaves out enough, and leaves enough, for a hash of its own."""
        tall, wide = (self.bottom - self.top) / height, (self.right - self.left) / width
        return min(tall, wide) >= CORE and (tall <= 1 - LEAST or wide <= 1 - LEAST)


def content_box(grey: Grey) -> Box | None:
    """Where uint8[height, width] has more than uniform borders; None for a flat picture.

    Rows first, then columns within those rows, then rows once more: a logo in a side bar does not hide the bars
    above and below.
    """
    height, width = grey.shape
    box = Box(0, height, 0, width)
    for _ in range(2):
        rows = _inside(grey[:, box.left : box.right])
        if rows is None:
            return None
        columns = _inside(grey[rows[0] : rows[1], :].T)
        if columns is None:
            return None
        box = Box(*rows, *columns)
    return box


def _inside(lines: Grey) -> tuple[int, int] | None:
    """First and one past the last line that is not part of a uniform border at either end."""
    sampled = lines[:, :: max(1, lines.shape[1] // POINTS)]
    top, bottom = _border(sampled), _border(sampled[::-1])
    return None if top + bottom >= len(lines) else (top, len(lines) - bottom)


def _border(lines: Grey) -> int:
    """How many lines from the start are uniform and of the first line's grey."""
    if not _uniform(lines[:1])[0]:
        return 0
    mean = lines.mean(axis=1)
    border = _uniform(lines) & (np.abs(mean - mean[0]) <= DRIFT)
    return int(np.argmin(border)) if not border.all() else len(border)


def _uniform(lines: Grey) -> NDArray[np.bool_]:
    """bool[lines]: whether a line is one grey, but for a hundredth of its points at either end."""
    margin = lines.shape[1] // 100
    ordered = np.partition(lines, (margin, lines.shape[1] - 1 - margin), axis=1)
    spread = ordered[:, -1 - margin].astype(np.int16) - ordered[:, margin]
    return np.asarray(spread <= SPREAD)

"""Which frames of a moving picture are kept: those in which something changed, and one now and then.

A frame stands for all moments until the next one kept, so a still scene costs a few hashes and a quick one many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .pdq_kernel import PdqHash

PER_SECOND = 5.0
"""Frames a second that are looked at."""
CHANGED = 10
"""Bits from the last frame kept: more than recompression does to a still scene."""
AT_LEAST_EVERY = 4.0
"""Seconds after which a frame is kept although nothing changed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame's hash, its time in seconds, and the milliseconds its making took."""

    at: float
    hash: PdqHash
    ms: float = 0.0


def kept(frames: Iterable[Moment]) -> Iterator[Moment]:
    """The frames worth keeping, in order."""
    last: Moment | None = None
    for frame in frames:
        if last is None or frame.at - last.at >= AT_LEAST_EVERY or frame.hash.distance(last.hash) >= CHANGED:
            last = frame
            yield frame

"""A distance in words, so that an officer sees why something is proposed."""

from __future__ import annotations

from dataclasses import dataclass

from .bits import BITS, RADIUS


@dataclass(frozen=True, slots=True)
class Match:
    """Near enough to be proposed to a person as a copy."""

    distance: int
    radius: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Too far apart to be proposed."""

    distance: int
    radius: int
    reason: str


def verdict(distance: int, radius: int = RADIUS) -> Match | NoMatch:
    """Judge a Hamming distance in bits (0 to 256) against a radius in bits: equal to the radius is still a match."""
    if not 0 <= distance <= BITS:
        raise ValueError(f"a distance lies between 0 and {BITS} bits, not {distance}")
    if distance == 0:
        return Match(distance, radius, f"The fingerprints are the same in all {BITS} bits.")
    differs = f"The fingerprints differ in {distance} of {BITS} bits"
    if distance <= radius:
        return Match(distance, radius, f"{differs}; up to {radius} counts as a copy.")
    return NoMatch(distance, radius, f"{differs}; more than {radius} does not count as a copy.")

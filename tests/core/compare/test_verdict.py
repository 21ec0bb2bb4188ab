from __future__ import annotations

import pytest

from cautery.core.compare import Match, NoMatch, verdict


def test_the_radius_itself_still_matches() -> None:
    assert isinstance(verdict(31, 31), Match)
    assert isinstance(verdict(32, 31), NoMatch)


@pytest.mark.parametrize(
    ("distance", "reason"),
    [
        (0, "The fingerprints are the same in all 256 bits."),
        (12, "The fingerprints differ in 12 of 256 bits; up to 31 counts as a copy."),
        (90, "The fingerprints differ in 90 of 256 bits; more than 31 does not count as a copy."),
    ],
)
def test_the_reason_is_in_words(distance: int, reason: str) -> None:
    assert verdict(distance).reason == reason


@pytest.mark.parametrize("distance", [-1, 257])
def test_it_refuses_a_distance_that_cannot_be(distance: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 256"):
        verdict(distance)

"""How like handles and titles are."""

from __future__ import annotations

import pytest

from cautery.core.kinship import HANDLE_THRESHOLD, TITLE_THRESHOLD, like_handles, like_titles, stem


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("specimen_news", "specimen_news2"),
        ("SpecimenMedia", "specimen.media"),
        ("specimen", "specimen_official"),
        ("specimenhouse", "specimen_house_backup"),
    ],
)
def test_a_handle_taken_again_with_small_edits_is_like_it(old: str, new: str) -> None:
    assert like_handles(old, new).score >= HANDLE_THRESHOLD
    assert new in like_handles(old, new).reason


@pytest.mark.parametrize(("old", "new"), [("specimen_news", "gardening_daily"), ("abc", "xyz"), ("house", "12345678")])
def test_another_handle_is_not(old: str, new: str) -> None:
    assert like_handles(old, new).score < HANDLE_THRESHOLD


def test_the_stem_is_never_empty_unless_nothing_but_digits_was_there() -> None:
    assert stem("official") == "official"
    assert stem("tv") == "tv"
    assert stem("Specimen_News_2026") == "specimennews"


def test_titles_are_alike_but_for_small_edits() -> None:
    assert like_titles("A specimen film, part two", "a specimen film part two").score >= TITLE_THRESHOLD
    assert like_titles("A specimen film", "How to plant a tree").score < TITLE_THRESHOLD

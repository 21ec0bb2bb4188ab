"""Languages by their primary subtag, and how one stands to an officer."""

from __future__ import annotations

import pytest

from cautery.core.tongues import Readers, Reading, primary, subtags


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ar-SA", "ar"),
        ("AR", "ar"),
        ("pt_BR", "pt"),
        (" ur ", "ur"),
        ("zh-Hant-TW", "zh"),
        ("und", ""),
        ("mul", ""),
        ("", ""),
    ],
)
def test_a_tag_is_known_by_its_primary_subtag(tag: str, code: str) -> None:
    assert primary(tag) == code


def test_tags_that_name_no_one_language_say_nothing() -> None:
    assert subtags(["ar-EG", "ar", "und", ""]) == {"ar"}


def test_who_said_nothing_reads_everything() -> None:
    silent = Readers(frozenset(), frozenset({"ar"}))
    assert silent.kept == frozenset()
    assert silent.reading("ur") is None


def test_a_language_is_ones_own_or_others_or_nobodys() -> None:
    who = Readers(frozenset({"fr"}), frozenset({"fr", "ar"}))
    assert who.kept == {"ar"}
    assert [who.reading(code) for code in ("fr", "ar", "ur", "")] == [
        Reading.MINE,
        Reading.OTHERS,
        Reading.NOBODY,
        None,
    ]

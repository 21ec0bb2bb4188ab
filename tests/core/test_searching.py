"""Text is folded alike on both sides, whatever its script."""

from __future__ import annotations

import pytest

from cautery.core.errors import Refused
from cautery.core.searching import indexed, terms


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Über die STRAẞE", "uber strasse"),
        ("الدَّولةُ", "الدوله"),
        ("أخبار", "اخبار"),
        ("圣战者", "圣战"),
        ("ＡＢＣ １２３", "abc 123"),
        ("Ёлка", "елка"),
        ("a\u200bbc", "abc"),
        ("한국어 시험", "한국어"),
    ],
)
def test_what_is_asked_is_found_in_the_text(text: str, asked: str) -> None:
    assert all(part in indexed(text) for part in terms(asked))


def test_words_in_quotation_marks_stay_together() -> None:
    assert terms('one "two  THREE" one') == ["one", "two three"]


@pytest.mark.parametrize("asked", ["ab", "圣", '"x"', "long enough no"])
def test_what_an_index_of_three_characters_cannot_find_is_refused(asked: str) -> None:
    with pytest.raises(Refused) as refused:
        terms(asked)
    assert refused.value.fields["reason"] == "too_short"

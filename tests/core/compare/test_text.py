from __future__ import annotations

import random

import pytest

from cautery.core.compare import TextIndex
from cautery.core.errors import NotFound

WORDS = ("harbour", "lantern", "copper", "meadow", "sparrow", "winter", "ladder", "puzzle", "garden", "velvet")


def paragraph(seed: int) -> str:
    draw = random.Random(seed)  # noqa: S311 (specimen words)
    return " ".join("".join(draw.sample("abcdefghijklmnopqrstuvwxyz", 6)) for _ in range(50))


def edited(text: str, seed: int) -> str:
    """One word in ten is another."""
    draw = random.Random(seed)  # noqa: S311
    return " ".join(draw.choice(WORDS) if draw.random() < 0.1 else word for word in text.split())


def found(index: TextIndex, *texts: str) -> list[list[int]]:
    hits = index.search(texts)
    return [hits.ids[a:b].tolist() for a, b in zip(hits.limits[:-1], hits.limits[1:], strict=True)]


def test_a_text_with_a_tenth_of_its_words_changed_is_found_and_another_is_not() -> None:
    index = TextIndex.build([paragraph(seed) for seed in range(300)])
    asked = [edited(paragraph(seed), seed) for seed in range(100)] + [paragraph(1_000)]
    assert found(index, *asked) == [[seed] for seed in range(100)] + [[]]


def test_case_marks_and_invisible_letters_make_no_difference() -> None:
    index = TextIndex.build(["Überall stehen Häuser, und überall wohnen Leute."])
    hits = index.search(["UBERALL STEHEN HAUSER — und über\u200ball wohnen leute"])
    assert (hits.ids.tolist(), hits.scores.tolist()) == ([0], [100.0])


@pytest.mark.parametrize(
    "text",
    [
        "يعيد هذا الفصل النظر في بعض القضايا التي ناقشناها سابقا لكن من وجهة نظر مختلفة",
        "本章では、以前に説明したいくつかの側面を別の視点から取り上げます。",
        "В этой главе рассматриваются вопросы, которые уже обсуждались ранее, с другой стороны",
    ],
)
def test_scripts_are_no_special_case(text: str) -> None:
    index = TextIndex.build([paragraph(1), text])
    assert found(index, text[:-3]) == [[1]]


def test_a_text_added_later_is_found_beside_those_that_are_sorted() -> None:
    index = TextIndex.build([paragraph(seed) for seed in range(5_000)])
    assert found(index, paragraph(7)) == [[7]]
    assert index.add(edited(paragraph(7), 1)) == 5_000
    assert found(index, paragraph(7)) == [[7, 5_000]]


def test_a_removed_text_is_not_found_and_cannot_be_removed_again() -> None:
    index = TextIndex.build([paragraph(1), paragraph(2)])
    index.remove(0)
    assert found(index, paragraph(1)) == [[]]
    assert len(index) == 1
    with pytest.raises(NotFound):
        index.remove(0)


def test_texts_without_letters_are_like_nothing() -> None:
    index = TextIndex.build(["", "...", "a"])
    assert found(index, "", "!!!", "a") == [[], [], [2]]
    assert found(TextIndex(), "a") == [[]]
    assert TextIndex.build(["a"]).search([]).limits.tolist() == [0]

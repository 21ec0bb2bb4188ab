"""Wordings find what their patterns find, and try only those whose necessary words are there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.wordings import Lowered, Wordings, needles

PATTERNS = (
    r"(deleted|removed) by (its|the) (author|owner)",
    r"удал\w+ автор",
    r"no longer exists?\b|page (is )?gone\b",
    r"\d{3}",
    r"(wurden?|ist) ([\w-]+,? ){0,3}(entfernt|gesperrt)",
)
WORDS = ("deleted", "removed", "by", "its", "the", "author", "owner", "удалено", "автором", "no", "longer", "exist")
MORE = ("page", "gone", "404", "wurde", "ist", "nun", "entfernt", "gesperrt")
TEXTS = st.lists(st.sampled_from(WORDS + MORE), max_size=8).map(" ".join)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_match_contains_one_of_the_needles(pattern: str) -> None:
    @given(TEXTS)
    def check(text: str) -> None:
        if re.search(pattern, text) and needles(pattern):
            assert any(needle in text for needle in needles(pattern))

    check()


def test_it_reads_what_a_pattern_cannot_do_without() -> None:
    assert set(needles(r"(deleted|removed) by (its|the) (author|owner)")) == {"deleted", "removed"}
    assert needles(r"a?b*") == ()
    assert needles(r"(abc|x?)") == ()


@given(TEXTS)
def test_it_finds_what_the_first_matching_pattern_finds(text: str) -> None:
    found = next((match.group(0) for pattern in PATTERNS if (match := re.search(pattern, text))), "")
    assert Wordings(*PATTERNS).search(Lowered(text)) == found

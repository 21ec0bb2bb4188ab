"""Pseudonyms: steady for a recipient, different between recipients, and nobody left in a text."""

from __future__ import annotations

from cautery.core.pseudonyms import Pseudonyms

OFFICER = "officer:0b9f6c1e-2f4a-5d8e-9c3b-1a2b3c4d5e6f"
COURT, PRESS = Pseudonyms(b"k" * 32, "court"), Pseudonyms(b"k" * 32, "press")


def test_they_are_steady_for_one_recipient_and_cannot_be_joined_with_another_s() -> None:
    assert COURT.of(OFFICER) == COURT.of(OFFICER) != PRESS.of(OFFICER)
    assert Pseudonyms(b"l" * 32, "court").of(OFFICER) != COURT.of(OFFICER)
    assert Pseudonyms(b"k" * 32, "a:b").of("c") != Pseudonyms(b"k" * 32, "a").of("b:c")


def test_officers_and_addresses_in_a_text_have_theirs_and_nothing_else_changes() -> None:
    text = f'{{"actor":"{OFFICER}","by":"system:cli","from":"A.Specimen+x@post.example","subject":"item:7"}}'
    shown = COURT.within(text)
    assert OFFICER not in shown
    assert "pecimen" not in shown
    assert f"officer:{COURT.of(OFFICER)}" in shown
    assert shown.endswith('"subject":"item:7"}')
    assert COURT.within(shown).count("officer:") == 1

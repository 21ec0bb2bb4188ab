"""States by their codes."""

from __future__ import annotations

import pytest

from cautery.core.countries import CODES, state_code


@pytest.mark.parametrize(("typed", "code"), [("fr", "FR"), (" De ", "DE"), ("el", "GR"), ("EU", "EU")])
def test_a_code_is_read_as_it_is_typed(typed: str, code: str) -> None:
    assert state_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ZZ", "UK", "AA", "F1", "fra", "ﬀ"])
def test_what_no_state_has_is_none(typed: str) -> None:
    assert state_code(typed) is None


def test_there_are_as_many_as_are_assigned() -> None:
    assert (len(CODES), all(len(code) == 2 and code.isupper() for code in CODES)) == (249, True)

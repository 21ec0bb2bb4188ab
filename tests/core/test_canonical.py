"""Canonical JSON against the reference library, on any JSON value."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.canonical import canonical, digest

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_it_gives_the_bytes_of_the_reference_library(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_are_sorted_as_utf_16_where_code_points_would_sort_otherwise() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2}).startswith('{"\U0001f600"'.encode())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {"a": 2**60}])
def test_it_refuses_what_json_cannot_say_exactly(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


def test_the_digest_is_the_same_however_a_value_is_written() -> None:
    assert digest({"b": [1, "é"], "a": None}) == digest({"a": None, "b": [1, "é"]})
    assert digest({"a": 1}) != digest({"a": "1"})

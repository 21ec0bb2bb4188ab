"""Keys the register can hold, and still one for each object."""

from __future__ import annotations

import pytest

from cautery.core.errors import LinkRefused
from cautery.intake.rules import KEY_LIMIT, folded, object_of


def test_a_long_address_gets_a_key_that_fits_and_keeps_its_address() -> None:
    url = f"https://example.com/{'a' * 3_000}"
    link = object_of(url)
    assert len(link.key) <= KEY_LIMIT
    assert len(link.identity) <= 400
    assert link.canonical_url == url


def test_long_addresses_that_differ_at_their_end_stay_two_objects() -> None:
    first, second = (object_of(f"https://example.com/{'a' * 3_000}{end}") for end in "bc")
    assert first.identity != second.identity


def test_a_key_that_fits_is_left_as_it_is() -> None:
    assert folded("a" * KEY_LIMIT) == "a" * KEY_LIMIT
    assert object_of("https://example.com/a").key == "example.com/a"


def test_a_host_with_a_name_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cautery.intake.rules.PROVIDER_LIMIT", len("example.com") - 1)
    with pytest.raises(LinkRefused) as refused:
        object_of("https://example.com/a")
    assert refused.value.reason == "too_long"

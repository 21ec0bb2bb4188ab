from __future__ import annotations

from cautery.core.families import families


def test_what_is_connected_goes_by_its_lowest_member() -> None:
    assert families([(5, 3), (3, 9), (2, 7)]) == {5: 3, 3: 3, 9: 3, 2: 2, 7: 2}


def test_a_chain_of_any_length_is_one_family() -> None:
    pairs = [(n, n + 1) for n in range(9_999, 0, -1)]
    assert set(families(pairs).values()) == {1}

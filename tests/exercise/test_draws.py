from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean, median

import pytest

from cautery.exercise.draws import Draws, draw, pick, weighted

CASES = 5000


def test_a_draw_depends_on_seed_purpose_and_key_and_on_nothing_else() -> None:
    assert draw(7, "a", "b") == draw(7, "a", "b")
    assert len({draw(7, "a", "b"), draw(8, "a", "b"), draw(7, "b", "b"), draw(7, "a", "c"), draw(7, "ab", "")}) == 5


def test_draws_are_spread_evenly() -> None:
    draws = Draws(7)
    units = [draws.unit("x", number) for number in range(CASES)]
    assert all(0 <= unit < 1 for unit in units)
    assert mean(units) == pytest.approx(0.5, abs=0.015)
    assert sum(draws.happens("y", number, 0.1) for number in range(CASES)) / CASES == pytest.approx(0.1, abs=0.015)


def test_the_eight_numbers_of_one_draw_are_independent() -> None:
    draws = Draws(7)
    columns = list(zip(*(draws.units("x", number) for number in range(CASES)), strict=True))
    assert len(columns) == 8
    for left, right in pairwise(columns):
        assert mean((a - 0.5) * (b - 0.5) for a, b in zip(left, right, strict=True)) == pytest.approx(0, abs=0.005)


def test_times_have_the_median_and_the_mean_asked_for() -> None:
    draws = Draws(7)
    assert median(draws.lognormal("x", n, 40, 0.8) for n in range(CASES)) == pytest.approx(40, rel=0.06)
    assert mean(draws.exponential("x", n, 15) for n in range(CASES)) == pytest.approx(15, rel=0.06)


def test_weights_need_not_add_up_to_one() -> None:
    draws = Draws(7)
    chosen = Counter(weighted(draws.unit("x", n), {"a": 3.0, "b": 1.0, "never": 0.0}) for n in range(CASES))
    assert set(chosen) == {"a", "b"}
    assert chosen["a"] / CASES == pytest.approx(0.75, abs=0.02)


def test_the_last_option_can_be_picked_and_nothing_beyond_it() -> None:
    assert [pick(unit, "abc") for unit in (0.0, 0.34, 0.9999999)] == ["a", "b", "c"]


def test_a_token_is_spelled_in_its_alphabet() -> None:
    assert set(Draws(7).token("key", "x", 24, "ab")) == {"a", "b"}
    assert Draws(7).token("key", "x", 24, "ab") != Draws(7).token("key", "y", 24, "ab")

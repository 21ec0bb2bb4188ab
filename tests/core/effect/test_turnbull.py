from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.effect import kaplan_meier, turnbull

from .tables import table

SURVIVAL = {  # R, per ../shared/reference/effect.md, at 5, 10, ... 30 years
    "female": [0.9740, 0.8453, 0.4832, 0.1973, 0.0827, 0.0296],
    "male": [0.9898, 0.9118, 0.5804, 0.2376, 0.0931, 0.0334],
}

intervals = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (float(min(pair)), float(max(pair)))),
    min_size=1,
    max_size=25,
)


@pytest.mark.parametrize("gender", SURVIVAL)
def test_it_gives_the_survival_of_diabetes_that_r_gives(gender: str) -> None:
    columns = table("lifelines_diabetes.csv")
    who = columns["gender"] == gender
    curve = turnbull(columns["left"].astype(float)[who], columns["right"].astype(float)[who])
    for year, expected in zip((5, 10, 15, 20, 25, 30), SURVIVAL[gender], strict=True):
        assert [round(1 - end, 4) for end in curve.cdf(year)] == [expected, expected]


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=30))
def test_known_moments_and_right_censoring_give_kaplan_meier(cases: list[tuple[int, bool]]) -> None:
    ends = np.array([end for end, _ in cases], float)
    seen = np.array([over for _, over in cases])
    product_limit = kaplan_meier(ends, seen)
    curve = turnbull(ends, np.where(seen, ends, np.inf))
    last = ends[seen].max() if seen.any() else 0
    for time in range(int(last) + 1):
        assert 1 - curve.cdf(time).low == pytest.approx(product_limit.at(time), abs=1e-3)


@given(intervals)
def test_it_is_a_distribution_between_the_sure_and_the_possible_counts(cases: list[tuple[float, float]]) -> None:
    lefts, rights = np.array(cases).T
    curve = turnbull(lefts, rights)
    assert curve.mass.sum() == pytest.approx(1)
    assert curve.mass.min() >= 0
    for time in np.arange(0, 10, 0.5):
        low, high = curve.cdf(time)
        surely = (rights <= time).mean()
        possibly = ((rights <= time) | (lefts < time)).mean()
        assert surely - 1e-3 <= low <= high <= possibly + 1e-3


@given(intervals)
def test_no_other_distribution_of_the_mass_is_likelier(cases: list[tuple[float, float]]) -> None:
    lefts, rights = np.array(cases).T
    curve = turnbull(lefts, rights)
    known = lefts == rights
    covers = (curve.left >= lefts[:, None]) & (curve.right <= rights[:, None])
    covers &= ~(~known[:, None] & (curve.left == curve.right) & (curve.left == lefts[:, None]))
    gradient = (covers / (covers @ curve.mass)[:, None]).mean(axis=0)
    assert gradient.max() <= 1 + max(curve.gap, 1e-6)


def test_the_left_end_itself_is_outside() -> None:
    # Seen up at 10 by one probe, seen down at 10 by another case's: the two cannot share a moment.
    curve = turnbull([0, 10], [10, 20])
    assert curve.left.tolist() == [0, 10]
    assert curve.right.tolist() == [10, 20]
    assert curve.cdf(10) == pytest.approx((0.5, 0.5))


def test_where_the_data_cannot_tell_it_gives_both_ends() -> None:
    curve = turnbull([0, 0, 60, 60], [60, 60, 300, math.inf])
    assert curve.cdf(30) == pytest.approx((0, 0.5))
    assert curve.quantile(0.25) == (0, 60)
    assert curve.quantile(0.5) == (0, 300)
    assert curve.quantile(0.9).low == 60


def test_a_quantile_beyond_what_was_seen_has_no_end() -> None:
    assert turnbull([0, 60, 60, 60], [60, math.inf, math.inf, math.inf]).quantile(0.5).high == math.inf


@pytest.mark.parametrize(
    ("left", "right"), [([], []), ([1], [0]), ([1, 2], [3]), ([math.inf], [math.inf]), ([math.nan], [1])]
)
def test_it_refuses_intervals_that_cannot_be(left: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError):
        turnbull(left, right)


def test_many_distinct_ends_are_fitted_in_few_steps() -> None:
    rng = np.random.default_rng(2)
    times = rng.lognormal(0, 1.2, 20_000) * 4
    looks = np.cumsum(rng.exponential(2, (times.size, 12)), axis=1)
    up = looks < times[:, None]
    curve = turnbull(np.where(up, looks, 0.0).max(axis=1), np.where(up, np.inf, looks).min(axis=1))
    assert curve.left.size > 5_000
    assert curve.gap < 1e-7
    assert np.all(curve.mass >= 0)
    assert abs(curve.quantile(0.5).low - 4) < 0.5

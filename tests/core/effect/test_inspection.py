from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cautery.core.effect import Inspected, median_interval, quantile_interval, share_interval

Floats = NDArray[np.float64]
HOUR = 3600.0


def inspected(moments: Floats, probes: Floats) -> tuple[Floats, Floats]:
    """(last seen up, first seen down] of each moment, for probes float[P] or one row of them a case."""
    rows = np.broadcast_to(probes, (moments.size, probes.shape[-1]))
    up = rows < moments[:, None]
    return np.where(up, rows, 0).max(axis=1), np.where(up, np.inf, rows).min(axis=1)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(200):
        left, right = inspected(rng.exponential(HOUR, 150), np.arange(120.0, 12 * HOUR, 120.0))
        median, share = median_interval(left, right), share_interval(left, right, HOUR)
        assert median.low is not None
        assert median.high is not None
        assert share.low is not None
        assert share.high is not None
        held.append(
            (
                median.low <= HOUR * math.log(2) <= median.high,
                share.low <= 1 - math.exp(-1) <= share.high,
            )
        )
    assert np.mean(held, axis=0).min() >= 0.92


def test_it_holds_even_when_inspections_are_few_and_at_odd_times() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        probes = np.cumsum(rng.uniform(3, 11, (300, 30)), axis=1)
        median = median_interval(*inspected(rng.exponential(3 / math.log(2), 300), probes))
        assert median.value is not None
        assert median.low is not None
        assert median.high is not None
        assert median.low <= 3 <= median.high
        assert 0.5 < median.value < 6  # taking the day of detection as the day of removal gives 8.5


def test_the_value_lies_in_its_interval() -> None:
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 40, 900):
        left, right = inspected(rng.exponential(HOUR, n), np.sort(rng.uniform(0, 5 * HOUR, (n, 12)), axis=1))
        for estimate in (median_interval(left, right), share_interval(left, right, HOUR)):
            if estimate.value is not None:
                assert estimate.low is not None
                assert estimate.low <= estimate.value
                assert estimate.high is None or estimate.value <= estimate.high


def test_a_case_never_seen_over_stays_possible_at_every_later_time() -> None:
    share = share_interval([0.0, 0.0], [60.0, math.inf], HOUR)
    assert share.high == 1
    assert share.low == pytest.approx(0.0945, abs=5e-5)  # Wilson, 1 of 2


def test_too_few_seen_over_is_not_estimable_and_says_why() -> None:
    ninth = quantile_interval([0.0] * 6 + [600.0] * 4, [600.0] * 6 + [math.inf] * 4, 0.9)
    assert (ninth.value, ninth.high) == (None, None)
    assert ninth.low == 600  # six of ten over by then are too few for nine in ten
    assert ninth.reason == "fewer than 90% were seen over"


def test_nothing_observed_is_not_estimable() -> None:
    for estimate in (median_interval([], []), share_interval([], [], HOUR)):
        assert (estimate.value, estimate.low, estimate.high, estimate.n) == (None, None, None, 0)
        assert estimate.reason == "nothing was observed"


def test_known_moments_give_the_sign_test_interval() -> None:
    # Ten known moments: the 2nd and the 9th smallest enclose the median with 97.9 %.
    moments = np.arange(1.0, 11.0) * 60
    median = median_interval(moments, moments)
    assert (median.low, median.high) == (120, 540)
    assert median.value == pytest.approx(330)


def test_one_fit_serves_every_figure() -> None:
    rng = np.random.default_rng(6)
    left, right = inspected(rng.exponential(HOUR, 50), np.arange(300.0, 9 * HOUR, 300.0))
    cases = Inspected(left, right)
    assert cases.n == 50
    assert cases.median() == median_interval(left, right)
    assert cases.quantile(0.9) == quantile_interval(left, right, 0.9)
    assert cases.share(HOUR) == share_interval(left, right, HOUR)


@pytest.mark.parametrize(("left", "right"), [([-1.0], [2.0]), ([3.0], [2.0]), ([1.0], [2.0, 3.0])])
def test_it_refuses_intervals_that_cannot_be(left: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError):
        median_interval(left, right)

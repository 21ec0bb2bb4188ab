from __future__ import annotations

import math

import numpy as np
import pytest

from cautery.core.effect import SurvivalCurve, kaplan_meier

from .tables import table


def lung() -> SurvivalCurve:
    columns = table("lung.csv")
    return kaplan_meier(columns["time"].astype(float), columns["status"] == "2")


def test_it_gives_the_survival_of_lung_that_r_gives() -> None:
    assert [round(lung().at(day), 4) for day in (180, 365, 730)] == [0.7217, 0.4092, 0.1157]


def test_it_gives_the_median_of_lung_that_r_gives() -> None:
    logged, twice = lung().median("log"), lung().median("log-log")
    assert (logged.value, logged.low, logged.high) == (310, 285, 363)
    assert (twice.value, twice.low, twice.high) == (310, 284, 361)


def test_left_truncation_takes_only_those_then_under_observation() -> None:
    columns = table("channing.csv")
    women = columns["gender"] == "2"
    start, end = columns["ageentry"].astype(float)[women], columns["age"].astype(float)[women]
    died, stayed = columns["death"][women] == "1", end > start
    curve = kaplan_meier(end[stayed], died[stayed], start[stayed])
    assert [round(curve.at(age), 4) for age in (900, 960, 1020, 1080)] == [0.8237, 0.7055, 0.4766, 0.2800]
    blind = kaplan_meier(end, died)
    assert [round(blind.at(age), 4) for age in (900, 960, 1020, 1080)] == [0.9657, 0.8876, 0.6501, 0.4056]


def test_a_flat_stretch_at_one_half_puts_the_median_in_its_middle() -> None:
    assert kaplan_meier([10, 20, 30, 40], [True] * 4).median().value == 25


def test_a_median_not_reached_says_so() -> None:
    median = kaplan_meier([10, 20, 30, 40], [True, False, False, False]).median()
    assert (median.value, median.high) == (None, None)
    assert median.reason == "fewer than 50% were over when observation ended"


def test_nobody_observed_leaves_everything_open() -> None:
    curve = kaplan_meier([], [])
    assert curve.at(100) == 1
    assert curve.median().value is None


def test_the_last_one_gone_has_no_limits() -> None:
    low, high = kaplan_meier([1, 2], [True, True]).limits()
    assert math.isnan(low[-1])
    assert math.isnan(high[-1])


def test_limits_enclose_the_curve() -> None:
    rng = np.random.default_rng(2)
    curve = kaplan_meier(rng.exponential(100, 300), rng.random(300) < 0.7)
    for scale in ("log", "log-log"):
        low, high = curve.limits(scale)
        inside = ~np.isnan(low)
        assert np.all((low <= curve.survival)[inside] & (curve.survival <= high)[inside])


@pytest.mark.parametrize(
    ("durations", "observed", "entry"),
    [([1, 2], [True], None), ([-1], [True], None), ([math.nan], [True], None), ([5], [True], [5])],
)
def test_it_refuses_times_that_cannot_be(durations: list[float], observed: list[bool], entry: list[float]) -> None:
    with pytest.raises(ValueError):
        kaplan_meier(durations, observed, entry)

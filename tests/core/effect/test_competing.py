"""Causes kept apart, and tests between groups that keep their word."""

from __future__ import annotations

import numpy as np
import pytest

from cautery.core.effect import aalen_johansen, displacement
from cautery.core.effect.cox import cox
from cautery.core.effect.gray import gray_test
from cautery.core.effect.logrank import log_rank


def test_causes_and_those_still_up_add_up_to_all() -> None:
    rng = np.random.default_rng(1)
    times, causes = rng.integers(1, 20, 400).astype(float), rng.choice([0, 1, 2, 3], 400)
    found = aalen_johansen(times, causes)
    assert set(found) == {1, 2, 3}
    left = np.prod([1 - np.isin(causes[times == t], (1, 2, 3)).sum() / (times >= t).sum() for t in np.unique(times)])
    assert sum(one.at(20).value or 0 for one in found.values()) + left == pytest.approx(1)


def test_counted_by_hand() -> None:
    found = aalen_johansen([1, 2, 2, 3, 4], [1, 2, 1, 0, 1])
    assert found[1].share.tolist() == pytest.approx([0.2, 0.4, 0.8])
    assert found[2].at(2).value == pytest.approx(0.2)
    assert found[2].at(0.5).value == 0


def test_nobody_is_at_risk_before_being_seen() -> None:
    late = aalen_johansen([5.0, 6.0, 7.0], [1, 1, 0], [0.0, 5.5, 5.5])
    assert late[1].share.tolist() == [1.0, 1.0]


def test_ties_are_not_broken_by_chance() -> None:
    times, causes = [2.0] * 6, [1, 2, 1, 2, 0, 1]
    assert (
        aalen_johansen(times, causes)[1].at(2).value == aalen_johansen(times[::-1], causes[::-1])[1].at(2).value == 0.5
    )


@pytest.mark.parametrize("test", ["gray", "log-rank"])
def test_where_nothing_differs_one_in_twenty_says_it_does(test: str) -> None:
    rng = np.random.default_rng(2)
    small = []
    for _ in range(300):
        times, causes, groups = (
            np.ceil(rng.exponential(10, 120)),
            rng.choice([0, 1, 2], 120, p=[0.2, 0.5, 0.3]),
            rng.integers(0, 3, 120),
        )
        p = gray_test(times, causes, groups)[1] if test == "gray" else log_rank(times, causes > 0, groups)[1]
        small.append(p < 0.05)
    assert 0.02 <= np.mean(small) <= 0.08


def test_a_difference_is_seen() -> None:
    rng = np.random.default_rng(3)
    groups = np.repeat([0, 1], 200)
    times = rng.exponential(np.where(groups == 0, 10, 20))
    assert gray_test(times, np.ones(400, int), groups)[1] < 0.001
    assert log_rank(times, np.ones(400, bool), groups)[1] < 0.001


def test_cox_finds_the_truth_and_says_when_an_effect_does_not_keep() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(800, 1))
    kept = cox(rng.exponential(np.exp(-0.7 * x[:, 0])), np.ones(800, bool), x, names=("x",))
    assert kept.coefficients[0] == pytest.approx(0.7, abs=0.1)
    assert kept.proportionality()["x"][1] > 0.01
    arm = np.repeat([0.0, 1.0], 400)
    crossing = np.where(arm == 0, rng.exponential(1, 800), rng.weibull(4, 800))
    assert cox(crossing, np.ones(800, bool), arm[:, None]).proportionality()["x1"][1] < 0.001


@pytest.mark.parametrize(
    ("stop", "events", "x"),
    [([1, 2], [0, 0], [[1], [2]]), ([1, 2, 3], [1, 1, 1], [[1, 1], [2, 2], [4, 4]]), ([1, 2], [1, 1], [[np.nan], [1]])],
)
def test_cox_refuses_what_it_cannot_learn_from(stop: list[float], events: list[int], x: list[list[float]]) -> None:
    with pytest.raises(ValueError):
        cox(stop, events, x)


def test_links_that_went_elsewhere_show_where() -> None:
    shifts = displacement({"courier": 80, "harbour": 20}, {"courier": 30, "harbour": 20, "cinder": 50})
    assert [shift.destination for shift in shifts] == ["cinder", "harbour", "courier"]
    first = shifts[0].change
    assert first.low is not None
    assert first.value == pytest.approx(0.5)
    assert 0.39 < first.low < 0.5
    assert displacement({}, {"courier": 3})[0].change.reason == "no links were counted on one side"

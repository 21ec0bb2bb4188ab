"""What was never found: estimates that know the truth of made-up populations."""

from __future__ import annotations

import numpy as np
import pytest

from cautery.core.effect import best_loglinear, chao, chapman, closed, histories, loglinear
from cautery.core.effect.interrupted import counterfactual, segmented


def drawn(n: int, chances: tuple[float, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = (rng.random((n, len(chances))) < np.array(chances)).astype(int)
    return found[found.any(axis=1)]


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = []
    for seed in range(200):
        total = closed(drawn(400, (0.3, 0.4, 0.25), seed), "Mt").total
        held.append((total.low or 0) <= 400 <= (total.high or 0))
    assert np.mean(held) >= 0.92


def test_two_lists_give_chapman_s_figure() -> None:
    found = chapman(100, 80, 20)
    assert found.total.value == pytest.approx(101 * 81 / 21 - 1)
    assert found.seen == 160
    assert (found.unseen.value or 0) == pytest.approx((found.total.value or 0) - 160)


def test_units_that_share_their_lists_are_seen_to() -> None:
    rng = np.random.default_rng(5)
    found = (rng.random((3_000, 3)) < 0.3).astype(int)
    copied = found[:, 0] & (rng.random(3_000) < 0.7)
    found[:, 1] |= copied
    found = found[found.any(axis=1)]
    assert (loglinear(found).total.value or 0) < 2_700
    assert best_loglinear(found).model == "1x2"
    assert (loglinear(found, [(0, 1)]).total.value or 0) == pytest.approx(3_000, rel=0.1)


def test_chao_never_says_fewer_than_were_seen() -> None:
    for captures in ([1, 1, 1], [2, 2], [1], [5, 6, 7]):
        total = chao(captures).total
        assert (total.low or 0) >= len(captures)


def test_counts_stand_for_rows() -> None:
    rows = drawn(200, (0.5, 0.5, 0.5), 6)
    patterns, counts = np.unique(rows, axis=0, return_counts=True)
    assert closed(patterns, "Mt", counts).total.value == pytest.approx(closed(rows, "Mt").total.value)


def test_lists_of_things_become_histories() -> None:
    assert histories({"a": ["x", "y"], "b": ["y", "z"]}).tolist() == [[1, 0], [1, 1], [0, 1]]


@pytest.mark.parametrize("found", [[[1], [1]], [[0, 0]], [[2, 1]], [1, 0]])
def test_it_refuses_what_are_no_histories(found: list[object]) -> None:
    with pytest.raises(ValueError):
        closed(found, "Mt")


def test_a_jump_is_told_from_a_trend() -> None:
    rng = np.random.default_rng(7)
    values = 0.5 * np.arange(80) + rng.normal(size=80)
    values[50:] -= 10
    level = segmented(values, 50).level
    assert (level.low or 0) <= -10 <= (level.high or 0)
    assert abs(level.value or 0) > 8


def test_what_falls_back_from_a_peak_everywhere_is_no_effect() -> None:
    rng = np.random.default_rng(8)
    peak = np.where(np.arange(60) < 30, 20.0, 5.0)
    level = segmented(peak + rng.normal(size=60), 30, comparison=peak + rng.normal(size=60)).level
    assert (level.low or 0) <= 0 <= (level.high or 0)


def test_what_would_have_been_is_learnt_from_what_nothing_was_done_to() -> None:
    rng = np.random.default_rng(9)
    control = np.cumsum(rng.normal(size=90)) + 50
    values = 2 * control + rng.normal(size=90)
    values[70:] -= 10
    found = counterfactual(values, 70, control)
    assert found.expected.shape == found.low.shape == (20,)
    assert (found.average.low or 0) <= -10 <= (found.average.high or 0)
    assert (found.average.high or 0) < 0

"""The figures of docs/effect.md: R 4.2.2 and the papers, to the digits they give, on the public data sets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cautery.core.effect import aalen_johansen, chao, closed, kaplan_meier, loglinear, mean_cumulative, spells, turnbull
from cautery.core.effect.cox import CoxFit, cox
from cautery.core.effect.interrupted import poisson_step
from cautery.core.effect.logrank import log_rank
from cautery.core.effect.unseen import Model
from tests.core.effect.tables import table

Floats = NDArray[np.float64]


def numbers(name: str, *columns: str) -> tuple[Floats, ...]:
    read = table(name)
    return tuple(read[column].astype(float) for column in columns)


def lung_cox() -> CoxFit:
    read = table("lung.csv")
    known = read["ph.ecog"] != "NA"
    time, status, age, sex, ecog = (
        read[name][known].astype(float) for name in ("time", "status", "age", "sex", "ph.ecog")
    )
    return cox(time, status == 2, np.column_stack([age, sex, ecog]), names=("age", "sex", "ph.ecog"))


def bladder(*, strata: bool) -> CoxFit:
    whose, start, stop, event, rx, number, size, enum = numbers(
        "bladder2.csv", "id", "start", "stop", "event", "rx", "number", "size", "enum"
    )
    x = np.column_stack([rx, number, size])
    return cox(
        stop,
        event == 1,
        x,
        names=("rx", "number", "size"),
        start=start,
        clusters=whose,
        strata=enum if strata else None,
    )


def test_kaplan_meier_of_lung() -> None:
    time, status = numbers("lung.csv", "time", "status")
    curve = kaplan_meier(time, status == 2)
    assert [round(curve.at(t), 4) for t in (180, 365, 730)] == [0.7217, 0.4092, 0.1157]
    plain, twice = curve.median("log"), curve.median("log-log")
    assert (plain.value, plain.low, plain.high) == (310, 285, 363)
    assert (twice.value, twice.low, twice.high) == (310, 284, 361)


def test_log_rank_of_lung_by_sex() -> None:
    time, status, sex = numbers("lung.csv", "time", "status", "sex")
    statistic, p = log_rank(time, status == 2, sex)
    assert (round(statistic, 4), round(p, 6)) == (10.3267, 0.001311)


def test_cox_of_lung() -> None:
    fit = lung_cox()
    assert np.round(fit.coefficients, 6).tolist() == [0.011067, -0.552612, 0.463728]
    assert np.round(fit.errors, 6).tolist() == [0.009267, 0.167739, 0.113577]
    assert round(fit.likelihood_ratio[0], 2) == 30.50


def test_andersen_gill_of_bladder_with_robust_errors() -> None:
    fit = bladder(strata=False)
    assert np.round(fit.coefficients, 5).tolist() == [-0.46469, 0.17496, -0.04366]
    assert np.round(fit.errors, 5).tolist() == [0.26556, 0.06304, 0.07762]


def test_prentice_williams_peterson_of_bladder() -> None:
    fit = bladder(strata=True)
    assert np.round(fit.coefficients, 5).tolist() == [-0.33349, 0.11962, -0.00849]
    assert np.round(fit.errors, 5).tolist() == [0.20479, 0.05139, 0.06164]


def test_left_truncation_of_channing() -> None:
    entry, age, death, gender = numbers("channing.csv", "ageentry", "age", "death", "gender")
    women = (gender == 2) & (entry < age)
    known = kaplan_meier(age[women], death[women] == 1, entry[women])
    ignored = kaplan_meier(age[women], death[women] == 1)
    assert [round(known.at(t), 4) for t in (900, 960, 1020, 1080)] == [0.8237, 0.7055, 0.4766, 0.2800]
    assert ignored.at(900) > known.at(900) + 0.1


def test_interval_censoring_of_diabetes() -> None:
    read = table("lifelines_diabetes.csv")
    left, right = read["left"].astype(float), read["right"].astype(float)
    want = {
        "female": [0.9740, 0.8453, 0.4832, 0.1973, 0.0827, 0.0296],
        "male": [0.9898, 0.9118, 0.5804, 0.2376, 0.0931, 0.0334],
    }
    for gender, shares in want.items():
        mine = read["gender"] == gender
        fit = turnbull(left[mine], right[mine])
        assert [1 - fit.cdf(t).low for t in (5, 10, 15, 20, 25, 30)] == pytest.approx(shares, abs=1e-4)


def test_mean_cumulative_of_valve_seats() -> None:
    whose, days, event = numbers("valveSeats.csv", "ID", "Days", "No.")
    start, stop, happened, rows = spells(days, event, whose)
    mean = mean_cumulative(start, stop, happened, whose[rows])
    assert mean.subjects == 41
    assert [round(mean.at(t).value or 0, 4) for t in range(100, 700, 100)] == [
        0.1463,
        0.2439,
        0.4390,
        0.6341,
        0.7841,
        0.9899,
    ]
    assert [round(mean.error(t), 4) for t in range(100, 700, 100)] == [0.0552, 0.0671, 0.1038, 0.1279, 0.1464, 0.1722]
    each = spells(days, event, whose, once=False)
    assert each[2].sum() == 48


@pytest.mark.parametrize(
    ("rx", "means"), [(1, [0.3937, 0.7168, 1.4468, 1.9332]), (2, [0.3876, 0.4474, 0.8898, 1.3481])]
)
def test_mean_cumulative_of_bladder(rx: int, means: list[float]) -> None:
    whose, start, stop, event, arm = numbers("bladder2.csv", "id", "start", "stop", "event", "rx")
    mine = arm == rx
    mean = mean_cumulative(start[mine], stop[mine], event[mine], whose[mine])
    assert [round(mean.at(t).value or 0, 4) for t in (6, 12, 24, 36)] == means


@pytest.mark.parametrize(
    ("model", "total", "error"),
    [
        ("M0", 75.4336, 3.4550),
        ("Mt", 75.0662, 3.3523),
        ("Mh Chao", 79.8371, 6.3738),
        ("Mh Poisson2", 81.5270, None),
        ("Mh Darroch", 90.4024, None),
        ("Mth Poisson2", 81.0793, 5.5736),
    ],
)
def test_capture_and_recapture_of_hares(model: Model, total: float, error: float | None) -> None:
    found = closed(np.column_stack(numbers("hare.csv", "c1", "c2", "c3", "c4", "c5", "c6")), model)
    assert round(found.total.value or 0, 4) == total
    assert error is None or round(found.error, 4) == error


def test_chao_s_moments_and_independence_of_hares() -> None:
    found = np.column_stack(numbers("hare.csv", "c1", "c2", "c3", "c4", "c5", "c6"))
    assert round(chao(found.sum(axis=1), 6).total.value or 0, 2) == 79.84
    assert loglinear(found).total.value == pytest.approx(closed(found, "Mt").total.value)


def test_interrupted_series_of_sicily() -> None:
    counts, ban, population = numbers("sicily.csv", "aces", "smokban", "stdpop")
    step = poisson_step(counts, ban == 1, population)
    assert [round(part or 0, 4) for part in (step.ratio.value, step.ratio.low, step.ratio.high)] == [
        0.8944,
        0.8647,
        0.9251,
    ]
    assert [round(part or 0, 4) for part in (step.ratio_spread.low, step.ratio_spread.high, step.dispersion)] == [
        0.8392,
        0.9532,
        3.5592,
    ]


def test_one_cause_alone_is_kaplan_meier_upside_down() -> None:
    time, status = numbers("lung.csv", "time", "status")
    curve, incidence = kaplan_meier(time, status == 2), aalen_johansen(time, (status == 2).astype(int))[1]
    assert incidence.share == pytest.approx(1 - curve.survival)
    last = curve.survival > 0
    assert incidence.variance[last] == pytest.approx((curve.survival**2 * curve.spread)[last])

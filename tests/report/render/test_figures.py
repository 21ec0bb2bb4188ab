from __future__ import annotations

import pytest

from cautery.report.render import figures
from cautery.report.render.document import Cell


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.619, "619 ms"),
        (4.25, "4.2 s"),
        (47, "47 s"),
        (60, "1 min"),
        (3599.6, "1 h"),
        (4980, "1 h 23 min"),
        (7199, "2 h"),
        (86_399, "1 d"),
        (90_000, "1 d 1 h"),
        (345_600, "4 d"),
    ],
)
def test_a_duration_is_read_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert figures.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0 %"), (1, "100 %"), (0.96, "96.0 %"), (0.99999, "over 99.9 %"), (0.00001, "under 0.1 %")],
)
def test_nearly_all_is_never_written_as_all(value: float, words: str) -> None:
    assert figures.share(value) == words


def test_a_moment_says_its_time_zone() -> None:
    assert figures.moment("2026-06-08T04:05:06Z") == "8 June 2026, 04:05:06 UTC"
    assert figures.moment("2026-06-08T06:05:06+02:00") == "8 June 2026, 04:05:06 UTC"
    assert figures.moment(None) == "not yet"


@pytest.mark.parametrize(
    ("value", "low", "high", "n", "cell"),
    [
        (1860, 1600, 2100, 900, Cell("31 min", "26 min 40 s to 35 min")),
        (1860, 1600, None, 9, Cell("31 min", "26 min 40 s or more")),
        (None, 172_800, None, 40, Cell("not estimable", "2 d or more")),
        (None, None, None, 0, Cell("not estimable", "nothing was observed")),
    ],
)
def test_an_estimate_carries_its_interval_or_its_reason(
    value: float | None, low: float | None, high: float | None, n: int, cell: Cell
) -> None:
    given = {"value": value, "low": low, "high": high, "unit": "s", "n": n, "method": "made up"}
    assert figures.estimate(given) == cell


def test_a_reason_that_comes_with_the_estimate_is_kept() -> None:
    given = {"value": None, "low": None, "high": None, "unit": "s", "n": 3, "method": "", "reason": "three are too few"}
    assert figures.estimate(given).detail == "three are too few"

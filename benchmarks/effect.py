"""How long the estimators take on large tables, beside the library that has each, and how long a verdict takes.

    python benchmarks/effect.py [--rows 100000]

CPU seconds of one process; each pair in one run, on the same data. Where the two give the same figure by right, the
difference is shown.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from cautery.core.availability import Observation, judge
from cautery.core.effect import Inspected, aalen_johansen, closed, kaplan_meier, mean_cumulative, turnbull
from cautery.core.effect.cox import cox

PAGES = [
    "A specimen film about gardens and the sea.", "Dieses Video ist in deinem Land nicht verfügbar.", "Страница не найдена",
    "This content was removed because it breaks our rules.", "このアカウントは凍結されています。", "And so the story goes on. " * 60,
]  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of a call, and its result."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def looks(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Last seen up and first seen down, in minutes, of removals seen at looks a quarter of an hour to a day apart."""
    moments = rng.exponential(200, rows)
    step = rng.choice([15, 60, 240, 1_440], rows)
    left = np.floor(moments / step) * step + rng.integers(0, 60, rows)
    left = np.minimum(left, moments)
    right = np.where(moments > 2_880, np.inf, left + step)
    return left, np.maximum(right, moments)


def figures(cases: Inspected) -> list[Any]:
    """What a report asks of one set of cases."""
    return [cases.median(), cases.share(60.0), cases.quantile(0.9)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    rng = np.random.default_rng(1)
    times, over = np.ceil(rng.exponential(200, rows)), rng.random(rows) < 0.8
    x = rng.normal(size=(rows // 10, 3))
    short, happened = times[: rows // 10], over[: rows // 10]
    left, right = looks(rows, rng)
    print(f"{rows:,} rows\n{'':44}{'ours s':>9}{'peer s':>9}{'ratio':>8}  difference")
    ours, mine = timed(lambda: kaplan_meier(times, over))
    theirs, peer = timed(lambda: SurvfuncRight(times, over))
    off = abs(mine.survival - peer.surv_prob).max()
    print(f"{'Kaplan-Meier / statsmodels':44}{ours:9.3f}{theirs:9.3f}{theirs / ours:8.1f}  {off:.1e}")
    ours, fit = timed(lambda: cox(short, happened, x))
    theirs, other = timed(lambda: PHReg(short, x, status=happened, ties="efron").fit())
    name, off = f"Cox, {rows // 10:,} rows / statsmodels", abs(fit.coefficients - other.params).max()
    print(f"{name:44}{ours:9.3f}{theirs:9.3f}{theirs / ours:8.1f}  {off:.1e}")
    for name, work in (
        ("Turnbull, minutes", lambda: turnbull(np.floor(left), np.ceil(right))),
        ("Turnbull, all ends different", lambda: turnbull(left, right)),
        (
            "Inspected: median, share, quantile",
            lambda: figures(Inspected(left, right)),
        ),
        ("Aalen-Johansen, three causes", lambda: aalen_johansen(times, rng.choice([0, 1, 2, 3], rows))),
        (
            "Mean cumulative function, 2,000 subjects",
            lambda: mean_cumulative(times - 1, times, over, rng.integers(0, 2_000, rows)),
        ),
        (
            "Capture and recapture, eight lists",
            lambda: closed((rng.random((rows, 8)) < 0.3).astype(int), "Mth Poisson2"),
        ),
    ):
        print(f"{name:44}{timed(work)[0]:9.3f}")
    judge(Observation("u", "u", 200, "", "warm"))
    number = 3_000
    fresh = [
        Observation("https://a.example/1", "https://a.example/1", 200, "Harbour", f"{page} {n}")
        for n in range(number)
        for page in PAGES
    ]
    spent, _ = timed(lambda: [judge(one) for one in fresh])
    print(f"\na verdict on a page not seen before: {spent / len(fresh) * 1e3:.3f} ms; ", end="")
    spent, _ = timed(lambda: [judge(one) for one in fresh[: len(PAGES)] * number])
    print(f"on one seen before: {spent / (number * len(PAGES)) * 1e3:.4f} ms")


if __name__ == "__main__":
    main()

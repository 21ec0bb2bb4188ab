"""How often the truth lies inside the report's intervals: many small worlds, each looked at the way we look.

    python benchmarks/intervals.py [--seeds 200] [--items 2000]

A world has items with true removal times (a fast and a slow provider, some never removed). Probes come soon after the
notice and then ever more rarely, jittered; one in twenty says nothing; looks stop after four days. The report's own estimators get only
(last seen up, first seen down]. Printed: the share of worlds whose true figure lies inside, beside the stated level. The band of
presence has worlds of its own: benchmarks/presence.py.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from cautery.core.effect import LEVEL, wilson
from cautery.report.measures.figure import DAY, HOUR, speed

Floats = NDArray[np.float64]

END = 4 * DAY
SCHEDULE = np.array([0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 24, 36, 48, 72, 96]) * HOUR


@dataclass(frozen=True, slots=True)
class Law:
    """What removal times follow in one world: two providers, spread, share that is never removed."""

    fast: float
    scales: tuple[float, float]
    spread: float
    never: float

    @staticmethod
    def drawn(rng: np.random.Generator) -> Law:
        """Another world."""
        scales = float(rng.uniform(0.3, 3)), float(rng.uniform(5, 30))
        return Law(float(rng.uniform(0.3, 0.7)), scales, float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.02, 0.2)))

    def share(self, by: float) -> float:
        """True share removed within `by` seconds."""
        normal = NormalDist()
        parts = [normal.cdf(math.log(by / (scale * HOUR)) / self.spread) for scale in self.scales]
        return (1 - self.never) * (self.fast * parts[0] + (1 - self.fast) * parts[1])

    def quantile(self, share: float) -> float:
        """True seconds until `share` of all are removed; infinite where so many never are."""
        if share >= 1 - self.never:
            return math.inf
        return float(brentq(lambda by: self.share(by) - share, 1e-3, 1e9))

    def times(self, rng: np.random.Generator, items: int) -> Floats:
        """Seconds to removal of so many items, infinite where it never happens."""
        scale = np.where(rng.random(items) < self.fast, *self.scales) * HOUR
        times = rng.lognormal(0, self.spread, items) * scale
        return np.where(rng.random(items) < self.never, np.inf, times)


def looked_at(rng: np.random.Generator, truth: Floats) -> list[tuple[float, float]]:
    """Last seen up and first seen down, in seconds; every item has its own jittered times, some looks say nothing."""
    times = SCHEDULE * rng.uniform(0.7, 1.3, (truth.size, SCHEDULE.size))
    times = np.where((rng.random(times.shape) < 0.05) | (times > END), np.nan, times)
    up = times < truth[:, None]
    left = np.nanmax(np.where(up, times, 0.0), axis=1)
    right = np.nanmin(np.where(up | np.isnan(times), np.inf, times), axis=1)
    return list(zip(left.tolist(), right.tolist(), strict=True))


def inside(figure: dict[str, float | None], truth: float) -> bool:
    """Whether the interval holds the true figure; one without an upper end is open."""
    low, high = figure["low"], figure["high"]
    return low is not None and low <= truth and (high is None or truth <= high)


def one(seed: int, items: int) -> dict[str, tuple[bool, bool]]:
    """Of one world: whether each figure's interval holds the true one, and whether the naive one (day of detection) does."""
    rng = np.random.default_rng(seed)
    law = Law.drawn(rng)
    spans = looked_at(rng, law.times(rng, items))
    found, naive = speed(spans), speed([(right if math.isfinite(right) else left, right) for left, right in spans])
    truth = {
        "median_s": law.quantile(0.5),
        "p90_s": law.quantile(0.9),
        "share_1h": law.share(HOUR),
        "share_24h": law.share(DAY),
    }
    return {name: (inside(found[name], true), inside(naive[name], true)) for name, true in truth.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--items", type=int, default=2_000)
    asked = parser.parse_args()
    began = time.process_time()
    held: Counter[tuple[str, int]] = Counter()
    for seed in range(asked.seeds):
        for name, both in one(seed, asked.items).items():
            held.update((name, place) for place, holds in enumerate(both) if holds)
    print(
        f"{asked.seeds} worlds of {asked.items:,} items; stated level {LEVEL:.0%}; {time.process_time() - began:.0f} s of CPU"
    )
    print(f"{'figure':<12}{'inside':>9}{'95 % interval':>20}{'if the day of detection is taken':>36}")
    for name in ("median_s", "p90_s", "share_1h", "share_24h"):
        rate = wilson(held[name, 0], asked.seeds)
        span = f"{rate.low:.1%} to {rate.high:.1%}"
        print(f"{name:<12}{rate.value:>9.1%}{span:>20}{held[name, 1] / asked.seeds:>36.1%}")


if __name__ == "__main__":
    main()
